"""The billing log over HTTP: shapes, filters, totals, pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lanhouse.cafe.money.log import write_log
from lanhouse.cafe.money.schemas import Event, LogEntry, Subject
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.centers import PASSWORD, Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import Floor

EURO = 1_000_000
ADA, GUEST = 57_843_940_635, 57_843_940_636

_EMPTY_PAGING = {
    "total_records": 0,
    "pages": 0,
    "page": 1,
    "page_prev": 1,
    "page_next": 0,
    "page_start": 1,
    "page_end": 0,
    "start_from": "0",
    "end_from": "0",
}


@pytest.fixture
def hall(sqlite_store: Store) -> Hall:
    return open_hall(sqlite_store, zone="Asia/Manila")


def _write(hall: Hall, at: datetime, **values: Any) -> None:
    with clock.frozen(at):
        entry = LogEntry(**({"center_id": 7777, "event": Event.TOPUP} | values))
        hall.store.run_sync(write_log, entry)


@pytest.fixture
def logs(hall: Hall) -> None:
    ada = {"subject": Subject.MEMBER, "member_id": ADA, "member_account": "ada"}
    guest = {
        "subject": Subject.PREPAID,
        "member_id": GUEST,
        "member_account": "G_AB12CD",
        "member_group_id": -2,
    }
    on = {"pc_id": 1, "pc_name": "PC01", "pc_group_id": 0}
    # 15:59 UTC is 23:59 in Manila, 16:00 the next day's midnight.
    _write(
        hall,
        datetime(2026, 3, 3, 15, 59, 59, tzinfo=UTC),
        **ada,
        cash_micros=10 * EURO,
        balance_micros=10 * EURO,
        bonus_micros=2 * EURO,
        staff_id=4,
        staff_name="Kim",
    )
    _write(
        hall,
        datetime(2026, 3, 3, 16, tzinfo=UTC),
        **guest,
        **on,
        event=Event.ADDTIME,
        card_micros=5 * EURO,
        qr_micros=EURO,
        staff_name="API",
    )
    _write(
        hall,
        datetime(2026, 3, 4, 2, tzinfo=UTC),
        **ada,
        **on,
        event=Event.CHECKOUT,
        spend_micros=3_500_000,
        bonus_micros=-2 * EURO,
        coin_micros=EURO,
        used_seconds=90_061,
        details="ended by the clock",
    )
    _write(hall, datetime(2026, 3, 5, tzinfo=UTC), event=Event.LOGIN, staff_name="Kim")
    open_hall(hall.store, 7778)
    _write(hall, datetime(2026, 3, 4, tzinfo=UTC), center_id=7778, staff_name="Other")


def _seen(client: Client, **params: Any) -> list[str]:
    found = client.ok("GET", "/billingLogs", params=params)
    return [row["log_event"] for row in found["log_list"]]


def test_an_empty_log(client: Client) -> None:
    assert client.ok("GET", "/billingLogs") == {
        "log_list": [],
        "paging_info": _EMPTY_PAGING,
        "total": {
            "log_bonus": None,
            "log_money": None,
            "log_coin": None,
            "log_spend": None,
            "log_card": None,
            "log_used_secs": "00:00:00",
        },
        "event_list": [],
    }


@pytest.mark.usefixtures("logs")
def test_rows_totals_and_events(client: Client) -> None:
    found = client.ok("GET", "/billingLogs")
    assert [row["log_event"] for row in found["log_list"]] == [
        "LOGIN",
        "CHECKOUT",
        "ADDTIME",
        "TOPUP",
    ]
    assert found["log_list"][1] == {
        "log_id": 3,
        "log_icafe_id": 7777,
        "log_date": "2026-03-04 02:00:00",
        "log_date_local": "2026-03-04 10:00:00",
        "log_member_account": "ada",
        "log_pc_name": "PC01",
        "log_event": "CHECKOUT",
        "log_money": "0.00",
        "log_card": "0.00",
        "log_spend": "3.50",
        "log_bonus": "-2.00",
        "log_coin": "1.00",
        "log_used_secs": "25:01:01",
        "log_details": "ended by the clock",
        "log_staff_name": "",
    }
    assert (found["log_list"][2]["log_card"], found["log_list"][2]["log_money"]) == (
        "6.00",
        "0.00",
    )
    assert found["total"] == {
        "log_bonus": "0.00",
        "log_money": "10.00",
        "log_coin": "1.00",
        "log_spend": "3.50",
        "log_card": "6.00",
        "log_used_secs": "25:01:01",
    }
    assert found["event_list"] == ["ADDTIME", "CHECKOUT", "LOGIN", "TOPUP"]
    assert found["paging_info"]["total_records"] == 4


@pytest.mark.usefixtures("logs")
@pytest.mark.parametrize(
    ("params", "events"),
    [
        ({"event": "TOPUP"}, ["TOPUP"]),
        ({"event": "all", "staff": "all"}, ["LOGIN", "CHECKOUT", "ADDTIME", "TOPUP"]),
        ({"staff": "Kim"}, ["LOGIN", "TOPUP"]),
        ({"staff": "api"}, ["ADDTIME"]),
        ({"member": "ada"}, ["CHECKOUT", "TOPUP"]),
        ({"member_id": str(GUEST)}, ["ADDTIME"]),
        ({"pc": "PC01"}, ["CHECKOUT", "ADDTIME"]),
        ({"member_or_guest": "guest"}, ["ADDTIME"]),
        ({"member_or_guest": "member"}, ["CHECKOUT", "TOPUP"]),
        ({"date_start": "2026-03-03", "date_end": "2026-03-03"}, ["TOPUP"]),
        ({"date_start": "2026-03-04", "date_end": "2026-03-04"}, ["CHECKOUT", "ADDTIME"]),
        (
            {"date_start": "2026-03-03", "date_end": "2026-03-04", "time_end": "00:00"},
            ["ADDTIME", "TOPUP"],
        ),
        (
            {"date_start": "2026-03-03", "time_start": "24:00", "date_end": "2026-03-04"},
            ["CHECKOUT", "ADDTIME"],
        ),
        ({"date_start": "2026-03-04", "date_end": "2026-03-04", "time_end": "09:59"}, ["ADDTIME"]),
        ({"member": "nobody"}, []),
    ],
)
def test_filters(client: Client, params: dict[str, Any], events: list[str]) -> None:
    assert _seen(client, **params) == events


def test_names_are_found_in_any_case(client: Client, hall: Hall) -> None:
    floor = Floor(hall.store, hall)
    floor.add_pc("Nº 1")
    floor.set_price(200)
    floor.add_member("Zoë", balance=EURO)
    client.ok(
        "POST", "/pcSessions/memberSession", json={"pc_name": "nº 1", "member_account": "ZOË"}
    )
    assert _seen(client, pc="NÖ 1") == []
    assert _seen(client, pc="nº 1", member="ZOË", event="session") == ["SESSION"]
    assert _seen(client, member="zoë") == ["SESSION", "TOPUP"]


@pytest.mark.usefixtures("logs")
def test_the_choice_of_events_stays_whole_when_one_is_chosen(client: Client) -> None:
    found = client.ok("GET", "/billingLogs", params={"event": "TOPUP", "member": "ada"})
    assert found["event_list"] == ["CHECKOUT", "TOPUP"]
    assert found["total"]["log_bonus"] == "2.00"


def test_a_sign_in_is_logged_with_its_address(client: Client, hall: Hall) -> None:
    url = "/api/native/v1/auth/staff-login"
    body = {"cafe_id": 7777, "account": hall.staff["manager"], "password": "wrong"}
    assert client.raw("POST", url, key="", json=body).status_code == 401
    assert _seen(client) == []
    assert client.raw("POST", url, key="", json=body | {"password": PASSWORD}).status_code == 200
    (row,) = client.ok("GET", "/billingLogs")["log_list"]
    assert (row["log_event"], row["log_staff_name"], row["log_details"]) == (
        "LOGIN",
        "manager7777",
        "Signed in from 127.0.0.1",
    )
    assert _seen(client, staff="Manager7777") == ["LOGIN"]
    assert _seen(client, staff="Staff7777") == []


def test_pages_of_thirty(client: Client, hall: Hall) -> None:
    for number in range(61):
        _write(hall, datetime(2026, 3, 4, 0, 0, number % 60, tzinfo=UTC), cash_micros=EURO)
    pages = [client.ok("GET", "/billingLogs", params={"page": page}) for page in (1, 2, 3, 4)]
    assert [len(page["log_list"]) for page in pages] == [30, 30, 1, 0]
    ids = [row["log_id"] for page in pages for row in page["log_list"]]
    assert len(set(ids)) == 61
    assert all(page["total"]["log_money"] == "61.00" for page in pages)
    assert pages[1]["paging_info"] == {
        "total_records": 61,
        "pages": 3,
        "page": "2",
        "page_prev": 1,
        "page_next": 3,
        "page_start": 1,
        "page_end": 3,
        "start_from": "30",
        "end_from": "60",
    }


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"page": "x"}, "page: must be a whole number"),
        (
            {"date_start": "2026-02-30"},
            "date_start: must be a date that exists, such as 2026-01-31",
        ),
        ({"time_start": "25:00"}, "time_start: must be a time from 00:00 to 24:00"),
        ({"time_end": "12"}, "time_end: must be a time from 00:00 to 24:00"),
        ({"member_or_guest": "robot"}, "member_or_guest: must be one of member, guest, all"),
        ({"date_start": "2026-03-04", "date_end": "2026-03-03"}, "Time range error"),
    ],
)
def test_bad_input(client: Client, params: dict[str, Any], message: str) -> None:
    assert client.refused("GET", "/billingLogs", params=params) == (400, message)


def test_nobody_has_written_to_the_house(client: Client) -> None:
    path = "/billingLogs/action/feedbackLogs"
    assert client.ok("GET", path) == {"log_list": [], "paging_info": _EMPTY_PAGING}
    asked = client.ok("GET", path, params={"read": "0", "page": "2"})
    assert asked["log_list"] == []
    assert asked["paging_info"]["page"] == "2"
    assert client.refused("GET", path, params={"read": "7"})[0] == 400
