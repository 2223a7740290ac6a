"""The members of another centre of this server, by its licence password (seed: Members, Import
member by license name)."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.auth.passwords import hash_password
from lanhouse.cafe.imports import jobs as imports
from lanhouse.cafe.members.commands.changing import MembersNamed, delete_members
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.own_data import jobs as own_data
from lanhouse.db.store import Store
from lanhouse.jobs.queue import Turn, run_step
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import DESK, EURO, Floor, open_floor
from tests.builders.people import bearer_of
from tests.contract.pages.test_pages import Desk, text_of

IMPORT = "/members/action/importMembers"
WORD = "correct horse"
TURN = Turn({kind.kind: kind for kind in (*imports.JOBS, *own_data.JOBS)})


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=0)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


@pytest.fixture
def other(floor: Floor) -> Floor:
    """Centre 7778, which has a licence password and two members with money."""
    found = Floor(floor.store, open_hall(floor.store, 7778))
    found.set(licence_password=hash_password(WORD))
    found.add_member("eva", balance=9 * EURO, first_name="Eva")
    found.add_member("bob", balance=5 * EURO)
    return found


def ask(**change: Any) -> dict[str, Any]:
    return {"license_name": "hall7778", "license_password": WORD, **change}


def work(floor: Floor) -> None:
    while floor.run(run_step, TURN) is not None:
        pass


def test_they_come_without_money_and_can_sign_in(
    client: Client, floor: Floor, other: Floor
) -> None:
    theirs = sa.update(members).where(members.c.center_id == 7778, members.c.account == "eva")
    change = theirs.values(password_hash=hash_password("her own"))
    floor.run(lambda tx, _: tx.run(change), None)
    floor.add_member("BOB", balance=EURO)
    before = other.run(_count, 7778)
    data = client.ok("POST", IMPORT, json=ask())
    assert (data["imported"], data["left_out"]) == (1, ["bob"])
    work(floor)
    rows = client.ok("GET", "/members")["members"]
    assert {row["member_account"]: row["member_balance"] for row in rows} == {
        "eva": "0.00",
        "BOB": "1.00",
    }
    body = {"member_account": "eva", "member_password": "her own"}
    found = client.ok("POST", "/members/action/memberInfo", json=body)
    assert (found["member_first_name"], found["must_change_password"]) == ("Eva", 0)
    own = [row.details for row in floor.logs("MEMBER")]
    assert "1 members taken in from hall7778 (7778)" in own
    assert "1 members taken over by hall7777 (7777)" in [
        row.details for row in other.logs("MEMBER")
    ]
    assert other.run(_count, 7778) == before
    floor.verify()
    other.verify()
    again = client.ok("POST", IMPORT, json=ask())
    assert (again["imported"], again["job_id"]) == (0, 0)
    assert sorted(again["left_out"]) == ["bob", "eva"]


def _count(tx: Any, center_id: int) -> int:
    return tx.scalar(
        sa.select(sa.func.count()).select_from(members).where(members.c.center_id == center_id)
    )


def test_what_this_centre_asks_of_every_member_is_asked_of_them_too(
    client: Client, floor: Floor, other: Floor
) -> None:
    other.add_member("ida", first_name="Ida", id_card="12-4")
    other.add_member("uma", first_name="Uma", id_card="1234")
    fields = '{"member_first_name":1,"member_id_card":1,"member_balance":1}'
    floor.set(member_settings=fields, id_number_rules='{"limit_length":4,"digital_only":1}')
    data = client.ok("POST", IMPORT, json=ask())
    assert (data["imported"], data["left_out"]) == (1, [])
    assert [tuple(each.values()) for each in data["turned_away"]] == [
        ("eva", "member_id_card", "is required"),
        ("bob", "member_first_name", "is required"),
        ("bob", "member_id_card", "is required"),
        ("ida", "member_id_card", "must be digits only"),
    ]
    work(floor)
    rows = client.ok("GET", "/members")["members"]
    assert [row["member_account"] for row in rows] == ["uma"]
    # Mended where they are, they come.
    theirs = sa.update(members).where(members.c.center_id == 7778)
    change = theirs.values(first_name="Known", id_card="4321")
    floor.run(lambda tx, _: tx.run(change), None)
    data = client.ok("POST", IMPORT, json=ask())
    assert (data["imported"], data["left_out"], data["turned_away"]) == (3, ["uma"], [])


def test_the_page_lists_whom_a_rule_keeps_out(client: Client, floor: Floor, other: Floor) -> None:
    other.add_member("uma", first_name="Uma", id_card="1234")
    floor.set(member_settings='{"member_id_card":1}')
    desk = Desk(client, floor.hall.staff["admin"])
    page = desk.post("/panel/members/import/other", ask())
    text = text_of(page)
    assert "1 member is being taken in" in text
    assert "2 members are left out because this centre asks more of its members." in text
    assert "eva member_id_card is required" in text


def test_guests_and_the_deleted_stay(client: Client, floor: Floor, other: Floor) -> None:
    gone = other.add_member("gone")
    named = MembersNamed(center=other.center, actor=DESK, member_ids=[gone])
    other.run(delete_members, named)
    client.ok("POST", IMPORT, json=ask())
    work(floor)
    rows = client.ok("GET", "/members")["members"]
    assert sorted(row["member_account"] for row in rows) == ["bob", "eva"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"license_password": "wrong"}, "The licence password is wrong."),
        ({"license_name": "nowhere"}, "there is no such centre on this server"),
        ({"license_name": ""}, "license_name: "),
        ({"license_password": None}, "license_password: "),
        ({"license_name": "' OR 1=1 --"}, "there is no such centre"),
        ({"license_name": "x" * 81}, "license_name: "),
    ],
)
def test_who_does_not_know_the_password(
    client: Client, floor: Floor, other: Floor, change: dict[str, Any], reason: str
) -> None:
    code, message = client.refused("POST", IMPORT, json=ask(**change))
    assert (code, reason in message) == (400, True), message
    assert floor.run(_count, 7777) == 0


def test_not_from_itself_nor_without_the_right(client: Client, floor: Floor, other: Floor) -> None:
    floor.set(licence_password=hash_password(WORD))
    message = client.refused("POST", IMPORT, json=ask(license_name="hall7777"))[1]
    assert message == "This is the centre itself."
    code, _ = client.refused("POST", IMPORT, json=ask(), key=bearer_of(floor.hall, "manager"))
    assert code == 403
