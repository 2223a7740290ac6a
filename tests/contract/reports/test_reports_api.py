"""Reports over HTTP: every key of the wire, figures as JSON numbers, filters, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lanhouse.app import create_app
from lanhouse.cafe.money.log import write_log
from lanhouse.cafe.money.schemas import Event, LogEntry
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor

REPORT = "/reports/reportData"
CHART = "/reports/reportChart"
DAY = {"date_start": "2026-03-04", "date_end": "2026-03-04"}
_SALE = {"number": 0, "cost": 0, "tax": 0, "total": 0, "profit": 0}
_LINE = {"number": 0, "amount": 0}
_EMPTY: dict[str, Any] = {
    "report": {
        "report_start": "2026-03-04 00:00:00",
        "report_end": "2026-03-04 23:59:00",
        "staff": "All",
        "cash": 0,
        "profit": 0,
    },
    "sale": {
        "product": _SALE,
        "offer_guest": _SALE,
        "offer_member": _SALE,
        "cash": _SALE,
        "credit_card": _SALE,
        "by_balance": _SALE,
        "coin": _SALE,
        "offer": {"tax": 0},
        "total": 0,
        "profit": 0,
    },
    "top_five_members_topup": [],
    "top_five_pc_spend": [],
    "topup": {
        "member": _LINE,
        "guest": _LINE,
        "prepaid": _LINE,
        "postpaid": _LINE,
        "pc": _LINE,
        "console": _LINE,
        "cash": _LINE,
        "credit_card": _LINE,
        "qr": _LINE,
        "bonus": _LINE,
        "number": 0,
        "amount": 0,
    },
    "refund": {
        "topup": {
            "member": _LINE,
            "prepaid": _LINE,
            "postpaid": _LINE,
            "guest": _LINE,
            "pc": _LINE,
            "console": _LINE,
            "credit_card": _LINE,
            "cash": _LINE,
            "bonus": _LINE,
            "total": _LINE,
        },
        "sale": {
            "product": _LINE,
            "offer": _LINE,
            "offer_guest": _LINE,
            "offer_member": _LINE,
            "card": _LINE,
            "cash": _LINE,
            "by_balance": _LINE,
            "coin": _LINE,
            "total": _LINE,
        },
        "total": _LINE,
        "other_tender": _LINE,
    },
    "income": {
        "expense": {"amount": 0, "items": []},
        "cash": 0,
        "credit_card": 0,
        "qr": 0,
        "by_balance": 0,
        "coin": 0,
        "amount": 0,
        "cost": 0,
        "tax": 0,
        "profit": 0,
        "loan": 0,
    },
    "game": [],
    "game_license": [],
    "product_sales_items": [],
    "product_group_list": [
        {"product_group_id": -1, "product_group_name": "Offers"},
        {"product_group_id": 1, "product_group_name": "Default"},
    ],
    "new_members_number": 0,
    "pcs_list": [],
    "user_surveys": [],
}


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=0, zone="Asia/Manila")


@pytest.fixture
def client(floor: Floor, tmp_path: Path) -> Iterator[Client]:
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0)
    app = create_app(settings, floor.store, with_ticker=False)
    with Client(app, key=floor.hall.api_key, base="/api/v2/cafe/7777") as opened:
        yield opened


def _begin(floor: Floor, freeze: clock.frozen) -> int:
    """10:00 of 4 March in Manila, with a PC and a new member, whose id is answered."""
    freeze.set(datetime(2026, 3, 4, 2, tzinfo=UTC))
    floor.add_pc("PC01")
    return floor.add_member("ada")


def test_nothing_happened(client: Client, freeze: clock.frozen) -> None:
    assert client.ok("GET", REPORT, params=DAY) == _EMPTY
    for path in (REPORT, CHART):
        assert client.refused("GET", path, params={"date_start": "", "time_end": "24:00"}) == (
            400,
            "date_start: is required; date_end: is required",
        )


def test_a_day(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    ada = _begin(floor, freeze)
    topup = "/members/action/topup"
    client.ok("POST", topup, json={"topup_ids": ada, "topup_value": 20, "topup_balance_bonus": 2.5})
    card = {"topup_ids": ada, "topup_value": "5.50", "payment_method_credit_card": "on"}
    client.ok("POST", topup, json=card)
    client.ok("POST", topup, json={"topup_ids": ada, "topup_value": "-5.50", "comment": "back"})
    client.ok("POST", "/members/action/loan", json={"loan_id": ada, "loan_value": 3})
    floor.member(ada)
    freeze.advance(3600)
    floor.check_out("PC01")
    found = client.ok("GET", REPORT, params=DAY | {"data_source": "recent"})

    assert found["report"]["cash"] == 20
    assert found["topup"] == _EMPTY["topup"] | {
        "member": {"number": 2, "amount": 25.5},
        "cash": {"number": 1, "amount": 20},
        "credit_card": {"number": 1, "amount": 5.5},
        "bonus": {"number": 1, "amount": 2.5},
        "number": 2,
        "amount": 25.5,
    }
    back = {"number": 1, "amount": 5.5}
    assert found["refund"]["topup"] == _EMPTY["refund"]["topup"] | {
        "member": back,
        "credit_card": back,
        "total": back,
    }
    assert found["refund"]["total"] == back
    assert found["income"] == _EMPTY["income"] | {
        "cash": 20,
        "by_balance": 2,
        "amount": 20,
        "profit": 20,
        "loan": 3,
    }
    assert found["sale"] == _EMPTY["sale"]
    assert found["top_five_members_topup"] == [{"member": "ada", "amount": 20}]
    assert found["top_five_pc_spend"] == [{"pc_name": "PC01", "total_spend": 2}]
    assert found["pcs_list"] == [
        {"pc_name": "PC01", "session_number": 1, "used_time": "01:00:00", "total_spend": 2}
    ]
    assert found["new_members_number"] == 1
    assert set(found) == set(_EMPTY)
    # Whole amounts are integers in the text of the answer, others exact decimals.
    text = client.raw("GET", f"/api/v2/cafe/7777{REPORT}", params=DAY).text
    for written in ('"amount":25.5', '"cash":20,', '"by_balance":2,'):
        assert written in text
    floor.verify()


@pytest.fixture
def logs(floor: Floor) -> None:
    pc_group = floor.add_pc_group("VIP")
    for at, staff, member_group, group, euros in (
        (datetime(2026, 3, 3, 15, 59, 59, tzinfo=UTC), "Kim", 0, None, 1),
        (datetime(2026, 3, 3, 16, 0, 0, tzinfo=UTC), "Kim", 0, 0, 10),
        (datetime(2026, 3, 4, 1, 30, tzinfo=UTC), "Ann", 5, pc_group, 100),
        (datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC), "API", -2, pc_group, 1000),
    ):
        with clock.frozen(at):
            entry = LogEntry(
                center_id=7777,
                event=Event.ADDTIME,
                subject="member" if member_group >= 0 else "prepaid",
                member_id=57_843_940_635,
                member_group_id=member_group,
                pc_group_id=group,
                staff_name=staff,
                cash_micros=euros * EURO,
            )
            floor.store.run_sync(write_log, entry)


@pytest.mark.usefixtures("logs")
@pytest.mark.parametrize(
    ("params", "cash"),
    [
        (DAY, 1110),
        (DAY | {"time_end": "24:00"}, 1110),
        (DAY | {"time_end": "09:29"}, 10),
        (DAY | {"time_end": "09:30"}, 110),
        (DAY | {"time_start": "00:01"}, 1100),
        (DAY | {"date_start": "2026-03-03"}, 1111),
        (DAY | {"date_start": "2026-03-03", "time_start": "23:59", "time_end": "00:00"}, 11),
        (DAY | {"log_staff_name": "all"}, 1110),
        (DAY | {"log_staff_name": "Ann"}, 100),
        (DAY | {"log_staff_name": "Nobody"}, 0),
        (DAY | {"member_group_id": 0}, 10),
        (DAY | {"member_group_id": "5"}, 100),
        (DAY | {"member_group_id": -2}, 1000),
        (DAY | {"pc_group_id": 1}, 1100),
        (DAY | {"pc_group_id": 0}, 10),
        (DAY | {"pc_group_id": 1, "log_staff_name": "API"}, 1000),
        (DAY | {"log_staff_name": "api"}, 1000),
        (DAY | {"member_group_id": "all", "pc_group_id": "All"}, 1110),
        (DAY | {"member_group_id": "all", "pc_group_id": 0}, 10),
    ],
)
def test_ranges_and_filters(client: Client, params: dict[str, Any], cash: int) -> None:
    found = client.ok("GET", REPORT, params=params)
    assert found["income"]["cash"] == cash
    assert found["topup"]["amount"] == cash


@pytest.mark.parametrize(
    ("params", "report"),
    [
        (
            DAY | {"time_end": "24:00"},
            {"report_end": "2026-03-04 24:00:59", "staff": "All"},
        ),
        (DAY | {"time_start": "8:05"}, {"report_start": "2026-03-04 08:05:00"}),
        (DAY | {"log_staff_name": "Kim"}, {"staff": "Kim"}),
        (DAY | {"log_staff_name": "All"}, {"staff": "All"}),
    ],
)
def test_the_echo(client: Client, params: dict[str, Any], report: dict[str, Any]) -> None:
    shown = client.ok("GET", REPORT, params=params)["report"]
    assert shown == shown | report


@pytest.mark.parametrize("path", [REPORT, CHART, "/reports/customerAnalysis"])
@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"date_start": "2026-03-05", "date_end": "2026-03-04"}, "Time range error"),
        (DAY | {"date_start": "04.03.2026"}, "date_start: must be a date such as 2026-01-31"),
        (DAY | {"member_group_id": "vip"}, "member_group_id: must be a whole number"),
        (
            DAY | {"date_end": "2026-13-01", "pc_group_id": 1.5},
            (
                "pc_group_id: must be a whole number;"
                " date_end: must be a date that exists, such as 2026-01-31"
            ),
        ),
    ],
)
def test_bad_input(client: Client, path: str, params: dict[str, Any], message: str) -> None:
    assert client.refused("GET", path, params=params) == (400, message)


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ({"time_start": "12:01", "time_end": "12:00"}, "Time range error"),
        ({"time_start": "24:01"}, "time_start: must be a time from 00:00 to 24:00"),
        ({"time_end": "noon"}, "time_end: must be a time from 00:00 to 24:00"),
        ({"time_end": "12:60"}, "time_end: must be a time from 00:00 to 24:00"),
    ],
)
def test_bad_times(client: Client, times: dict[str, str], message: str) -> None:
    assert client.refused("GET", REPORT, params=DAY | times) == (400, message)


@pytest.mark.usefixtures("logs")
def test_a_chart_by_days(client: Client) -> None:
    days = {"date_start": "2026-03-02", "date_end": "2026-03-04"}
    report = {
        "staff": "All",
        "report_start": "2026-03-02 00:00:00",
        "report_end": "2026-03-04 23:59:00",
    }
    categories = ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert client.ok("GET", CHART, params=days) == {
        "series": [
            {"name": "Cash", "data": [0, 1, 1110]},
            {"name": "Credit card", "data": [0, 0, 0]},
        ],
        "categories": categories,
        "report": report,
    }
    income = client.ok("GET", CHART, params=days | {"chart_type": "income", "time_end": "01:00"})
    assert income == {
        "series": [
            {"name": "Cash", "data": [0, 1, 10]},
            {"name": "Credit card", "data": [0, 0, 0]},
            {"name": "Balance", "data": [0, 0, 0]},
            {"name": "Profit", "data": [0, 1, 10]},
            {"name": "Total", "data": [0, 1, 10]},
        ],
        "categories": categories,
        "report": report | {"report_end": "2026-03-04 01:00:00"},
    }
    staff = client.ok("GET", CHART, params=days | {"log_staff_name": "Ann"})
    assert staff["series"][0] == {"name": "Cash", "data": [0, 0, 100]}
    assert staff["report"]["staff"] == "Ann"


@pytest.mark.usefixtures("logs")
@pytest.mark.parametrize(
    ("chart_type", "names"),
    [
        ("topup", ["Cash", "Credit card", "QR", "Bonus"]),
        ("totup", ["Cash", "Credit card", "QR", "Bonus"]),
        ("sale", ["Cash", "Credit card", "Balance", "Coin"]),
        ("product", ["Offers", "Default"]),
    ],
)
def test_a_chart_by_hours(client: Client, chart_type: str, names: list[str]) -> None:
    chart = client.ok("GET", CHART, params=DAY | {"chart_type": chart_type})
    assert [series["name"] for series in chart["series"]] == names
    assert chart["categories"] == [f"{hour:02}" for hour in range(24)]
    assert all(len(series["data"]) == 24 for series in chart["series"])
    if names[-1] == "Bonus":
        cash = chart["series"][0]["data"]
        assert (cash[0], cash[9], cash[23], sum(cash)) == (10, 100, 1000, 1110)


@pytest.mark.usefixtures("logs")
def test_a_chart_is_cut_to_its_times(client: Client) -> None:
    """A last hour that is not whole has a value and a label, and the sum is the report's."""
    times = {"time_start": "08:30", "time_end": "11:14"}
    chart = client.ok("GET", CHART, params=DAY | times)
    assert chart["categories"] == ["08", "09", "10", "11"]
    assert chart["series"][0]["data"] == [0, 100, 0, 0]
    assert chart["report"] == {
        "staff": "All",
        "report_start": "2026-03-04 08:30:00",
        "report_end": "2026-03-04 11:14:00",
    }
    for asked in (times, {"time_start": "09:00"}, {"time_end": "23:00"}, {"time_end": "24:00"}):
        cash = client.ok("GET", REPORT, params=DAY | asked)["income"]["cash"]
        chart = client.ok("GET", CHART, params=DAY | asked)
        assert sum(chart["series"][0]["data"]) == cash, asked


@pytest.mark.usefixtures("logs")
@pytest.mark.parametrize("path", [REPORT, CHART, "/reports/customerAnalysis", "/billingLogs"])
def test_a_time_inside_a_date_wins(client: Client, path: str) -> None:
    """Times beside it count no longer; on every call that takes a range."""

    def asked(start: str, end: str, **times: str) -> dict[str, Any]:
        return client.ok("GET", path, params={"date_start": start, "date_end": end} | times)

    wanted = asked("2026-03-04", "2026-03-04", time_start="09:00", time_end="09:59")
    whole = asked("2026-03-04", "2026-03-04")
    inside = asked(
        "2026-03-04 09:00:00", "2026-03-04 09:59:59", time_start="20:00", time_end="21:00"
    )
    assert inside != whole
    for answer in (inside, wanted):
        answer.pop("report", None)
    assert inside == wanted
    assert client.refused(
        "GET", path, params={"date_start": "2026-03-04 10:00:00", "date_end": "2026-03-04 09:59:59"}
    ) == (400, "Time range error")
    code, message = client.refused(
        "GET", path, params={"date_start": "2026-03-04 25:00:00", "date_end": "2026-03-04"}
    )
    assert (code, message) == (400, "date_start: must be a date and time that exist")


@pytest.mark.usefixtures("logs")
def test_a_time_inside_a_date_is_echoed(client: Client) -> None:
    params = {"date_start": "2026-03-03 07:00:05", "date_end": "2026-03-04 09:30:15"}
    report = client.ok("GET", REPORT, params=params)["report"]
    assert (report["report_start"], report["report_end"]) == tuple(params.values())
    chart = client.ok("GET", CHART, params=params)
    assert chart["categories"] == ["2026-03-03", "2026-03-04"]
    assert chart["report"]["report_end"] == "2026-03-04 09:30:15"


def test_charts_that_make_no_sense(client: Client) -> None:
    assert client.refused("GET", CHART, params=DAY | {"chart_type": "weather"}) == (
        400,
        "chart_type: must be one of money, income, topup, totup, sale, product",
    )
    far = {"date_start": "2020-01-01", "date_end": "2999-12-31"}
    assert client.refused("GET", CHART, params=far) == (
        400,
        "date_end: must be at most 1100 days after date_start",
    )


def test_customer_analysis(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    path = "/reports/customerAnalysis"
    ada = _begin(floor, freeze)
    client.ok("POST", "/members/action/topup", json={"topup_ids": ada, "topup_value": 20})
    floor.member(ada)
    freeze.advance(3600)
    floor.check_out("PC01")
    floor.guest("postpaid")
    freeze.advance(1800)
    floor.check_out("PC01", payment="card")
    assert client.ok("GET", path, params=DAY) == {
        "income_chart": [
            {"name": "Cash", "value": 20},
            {"name": "Credit card", "value": 1},
            {"name": "QR", "value": 0},
            {"name": "Balance", "value": 2},
        ],
        "member_spend_ranking": [{"member_account": "ada", "spend_amount": "2.00"}],
        "session": {
            "total_session": 2,
            "avg_duration": "00:45:00",
            "unique_guests_count": 1,
            "new_members_number": 1,
        },
    }
    empty = client.ok("GET", path, params={"date_start": "2020-01-01", "date_end": "2020-01-02"})
    assert empty["member_spend_ranking"] == []
    assert empty["session"] == {
        "total_session": 0,
        "avg_duration": "00:00:00",
        "unique_guests_count": 0,
        "new_members_number": 0,
    }
