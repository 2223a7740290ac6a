"""Every write says who made it, from where, by which call, on which ids, and what changed."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.app import all_routes
from lanhouse.cafe.documented import NOT_BUILT
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.db.audit import audit_log
from lanhouse.ledger.answers import run_once
from lanhouse.ledger.sealing import seal_new_digests
from lanhouse.ledger.verify import verify_ledger
from lanhouse.web.unaudited import UNAUDITED
from tests.builders.client import Client
from tests.builders.databases import by_hand
from tests.builders.door import WITHOUT_ID, PastTheDoor, check, check_row
from tests.builders.floor import EURO, Floor

CAFE = "/api/v2/cafe/{cafe_id}"
NATIVE = "/api/native/v1"


def rows(floor: Floor) -> list[Any]:
    statement = sa.select(audit_log).order_by(audit_log.c.id)
    return floor.store.read_sync(lambda read: read.all(statement))


def logged(floor: Floor) -> list[Any]:
    statement = sa.select(billing_logs).order_by(billing_logs.c.id)
    return floor.store.read_sync(lambda read: read.all(statement))


def test_a_price_tells_its_values_before_and_after(client: Client, floor: Floor) -> None:
    body = {"name": "Night", "price_per_hour": "2.00"}
    made = client.raw("POST", f"{NATIVE}/prices", json=body).json()
    path = f"{NATIVE}/prices/{made['id']}"
    client.raw("PUT", path, json=body | {"price_per_hour": "2.50"})
    client.raw("DELETE", path)

    added, changed, removed = rows(floor)

    assert (added.actor_kind, added.actor_id, added.address) == ("api_key", 0, "127.0.0.1")
    assert (added.center_id, added.agent_id) == (7777, 0)
    assert added.call == f"POST {NATIVE}/prices"
    assert (
        changed.call == removed.call.replace("DELETE", "PUT") == f"PUT {NATIVE}/prices/{{price_id}}"
    )
    assert {(row.subject, row.subject_id) for row in rows(floor)} == {("price", made["id"])}
    assert added.before is None
    assert (added.after["name"], added.after["price_per_hour_micros"]) == ("Night", 2_000_000)
    assert changed.before == {"price_per_hour_micros": 2_000_000}
    assert changed.after == {"price_per_hour_micros": 2_500_000}
    assert (removed.before["name"], removed.after) == ("Night", None)


@pytest.mark.parametrize("sent", [{}, {"edit_pc_comment": ""}, {"edit_pc_group_id": 0}])
def test_pcs_that_are_so_already_leave_no_row(
    client: Client, floor: Floor, sent: dict[str, Any]
) -> None:
    floor.add_pc("PC77")
    (row,) = client.ok("PUT", "/pcs", json={"pcs": "PC77"} | sent)["pcs"]
    assert row["pc_name"] == "PC77"
    assert rows(floor) == []


def test_only_the_pcs_that_change_are_told(client: Client, floor: Floor) -> None:
    ids = [floor.add_pc(name) for name in ("PC77", "PC78")]
    client.ok("PUT", "/pcs", json={"pcs": "PC77", "edit_pc_comment": "by the door"})
    body = {"pcs": ["PC77", "PC78"], "edit_pc_comment": "by the door"}
    assert len(client.ok("PUT", "/pcs", json=body)["pcs"]) == 2
    assert [row.subject_id for row in rows(floor)] == ids


def test_settings_tell_what_changed(client: Client, floor: Floor) -> None:
    client.ok("PUT", "/configs/paymentSettings", json={"minimum_charge": "1.50"})

    (row,) = rows(floor)

    assert (row.subject, row.subject_id) == ("settings", 7777)
    assert row.before == {"minimum_charge_micros": 0}
    assert row.after == {"minimum_charge_micros": 1_500_000}


def test_a_log_row_carries_address_and_call_instead(client: Client, floor: Floor) -> None:
    member_id = floor.add_member("eva")
    before = len(logged(floor))
    client.ok("POST", "/members/action/topup", json={"member_id": member_id, "topup_value": "5"})

    new = logged(floor)[before:]

    assert rows(floor) == []
    assert {(row.address, row.call) for row in new} == {
        ("127.0.0.1", f"POST {CAFE}/members/action/topup")
    }


def test_what_the_house_does_by_itself_has_no_caller(floor: Floor) -> None:
    floor.add_member("eva")
    floor.pay(2 * EURO, "PC01")
    assert {(row.address, row.call) for row in logged(floor)} == {(None, None)}
    assert rows(floor) == []


def test_several_things_are_several_rows_of_one_call(client: Client, floor: Floor) -> None:
    client.ok("POST", "/pcs", json={"pc_name": ["Z1", "Z2"]})
    client.ok("DELETE", "/pcs", json={"pcs": ["Z1", "Z2"]})

    found = rows(floor)

    assert [row.call.partition(" ")[0] for row in found] == ["POST"] * 2 + ["DELETE"] * 2
    assert [row.after["name"] for row in found[:2]] == ["Z1", "Z2"]
    assert [row.subject_id for row in found[2:]] == [row.subject_id for row in found[:2]]


def test_a_members_fields_are_told_by_name_only(client: Client, floor: Floor) -> None:
    member_id = floor.add_member("eva")
    body = {"member_first_name": "Eva", "member_phone": "49123", "member_is_active": 0}
    client.ok("PUT", f"/members/{member_id}", json=body)

    (row,) = rows(floor)

    assert (row.subject, row.subject_id) == ("member", member_id)
    assert row.before == {"first_name": "changed", "phone": "changed", "is_active": True}
    assert row.after == {"first_name": "changed", "phone": "changed", "is_active": False}


def test_a_refused_write_and_a_repeated_one_leave_nothing(client: Client, floor: Floor) -> None:
    once = {"Idempotency-Key": "k1"}
    body = {"name": "Night", "price_per_hour": "2.00"}
    for _ in range(2):
        assert client.raw("POST", f"{NATIVE}/prices", json=body, headers=once).status_code == 200
    assert client.raw("POST", f"{NATIVE}/prices", json=body).status_code == 400
    assert client.raw("DELETE", f"{NATIVE}/prices/999").status_code == 404
    assert len(rows(floor)) == 1


def test_a_new_key_shows_its_beginning_and_addresses_only(client: Client, floor: Floor) -> None:
    made = client.ok("POST", "/configs/action/generateApiKey", json={"api_key_ips": "127.0.0.1"})

    (row,) = rows(floor)

    assert (row.subject, row.subject_id) == ("api_key", 7777)
    assert row.after == {"prefix": made["api_key"][:12], "allowed_ips": "127.0.0.1"}
    assert made["api_key"] not in str(row)


def test_unaudited_routes_exist_and_have_a_reason() -> None:
    known = {route.id for route in all_routes() if route.summary != NOT_BUILT}
    assert set(UNAUDITED) <= known
    assert all(UNAUDITED.values())


def test_the_door_notices_who_goes_past_it() -> None:
    """The watch over all tests (tests/builders/door.py) can fail."""
    by_id = {route.id: route for route in all_routes()}
    route = by_id[f"POST {CAFE}/members/action/topup"]
    with pytest.raises(PastTheDoor, match="not by call"):
        check(route, rows, None)
    with pytest.raises(PastTheDoor, match="without saying who"):
        check(route, run_once, _NoOrigin())
    check(None, rows, None)


class _NoOrigin:
    origin = None


def test_the_door_notices_a_row_that_names_nothing() -> None:
    """The watch over the rows of all tests can fail, for both logs."""
    call = f"PUT {CAFE}/pcs/{{pc_id}}"
    for row in (
        {"call": call, "subject": "", "subject_id": 0, "ids": {}},
        {"call": call, "subject": "pc", "subject_id": 0, "ids": {"is_guest": 0}},
        {"call": call, "member_id": 0, "pc_id": None, "transfer_id": None},
    ):
        with pytest.raises(PastTheDoor, match="names no id"):
            check_row(row)
        check_row(row | {"call": None})
        check_row(row | {"call": "POST /panel/sign-in"})
    check_row({"call": call, "subject": "pc", "subject_id": 7, "ids": {"is_guest": 0}})
    check_row({"call": call, "member_id": 0, "pc_id": None, "transfer_id": 3})


def test_routes_without_an_id_exist_and_have_a_reason() -> None:
    known = {route.id for route in all_routes() if route.summary != NOT_BUILT}
    assert set(WITHOUT_ID) <= known - set(UNAUDITED)
    assert all(WITHOUT_ID.values())


def test_a_map_that_is_saved_as_it_stands_touches_nothing(client: Client, floor: Floor) -> None:
    places = [{"pc_name": "PC01", "pc_room": "", "pc_box_top": 7, "pc_box_left": 9}]
    for _ in range(2):
        client.ok("POST", "/pcs/action/savePcLayout", json={"pc_list": places})
    (row,) = rows(floor)
    assert (row.subject, row.subject_id) == ("pc", floor.pc_ids["PC01"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE audit_log SET actor_id = 9", "was changed"),
        ("UPDATE audit_log SET after = '{}'", "was changed"),
        ("DELETE FROM audit_log", "was removed"),
    ],
)
def test_whoever_alters_the_log_by_hand_is_found_out(
    client: Client, floor: Floor, change: str, says: str
) -> None:
    client.raw("POST", f"{NATIVE}/prices", json={"name": "Night", "price_per_hour": "2.00"})
    (row,) = rows(floor)
    while floor.store.run_sync(seal_new_digests, None):
        pass
    assert floor.store.read_sync(verify_ledger, None).problem is None
    by_hand(floor.store, change)
    problem = floor.store.read_sync(verify_ledger, None).problem
    assert problem is not None
    assert problem.startswith(f"audit_log {row.id}: {says}")
