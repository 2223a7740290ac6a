"""Members in both databases: unique accounts, races, money by join, deleting."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.auth.tokens import NewToken, find_token, issue_token
from lanhouse.cafe.facts import PointsChanged
from lanhouse.cafe.groups.tables import member_groups
from lanhouse.cafe.members.commands.accounts import AccountTaken
from lanhouse.cafe.members.commands.changing import (
    MemberChange,
    MembersNamed,
    change_members,
    delete_members,
    reset_passwords,
)
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.members.queries import member_by_account, member_detail
from lanhouse.cafe.members.queries.listing import (
    MEMBER_LIST,
    MemberSearch,
    members_page,
    members_part,
    suggested_members,
)
from lanhouse.cafe.members.wire import SEARCH_FIELDS, SORT_NAMES, column_of
from lanhouse.cafe.registration.commands import Deposit, NewMember, Personal, create_member
from lanhouse.db.store import Store, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import NotFound, Refused
from lanhouse.ledger import Posting, Transfer, open_account, post
from tests.builders.floor import DESK, EURO, Floor, open_floor


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    return open_floor(store)


def new(floor: Floor, account: str, **more: Any) -> NewMember:
    return NewMember(center=floor.center, actor=DESK, account=account, password_hash="h", **more)


def search(floor: Floor, **more: Any) -> list[str]:
    wanted = MemberSearch(center=floor.center, at=clock.now(), **more)
    return [row.account for row in floor.store.read_sync(members_page, wanted).rows]


def test_a_member_with_a_deposit(floor: Floor) -> None:
    made = floor.run(create_member, new(floor, "eva", deposit=Deposit(7 * EURO, 0, "card")))
    found = floor.store.read_sync(member_detail, floor.center, made.member_id)
    assert found is not None
    assert (found.purse.balance_micros, found.purse.bonus_micros) == (7 * EURO, 0)
    assert floor.till("card") == 7 * EURO
    floor.verify()


def test_an_account_exists_once(floor: Floor) -> None:
    floor.run(create_member, new(floor, "Eva"))
    with pytest.raises(AccountTaken, match="already exists"):
        floor.run(create_member, new(floor, "eva", deposit=Deposit(EURO)))
    assert floor.till() == 0
    assert search(floor) == ["Eva"]


def test_two_who_make_the_same_account_at_once(floor: Floor) -> None:
    async def both() -> list[Any]:
        floor.store.start()
        made = [
            floor.store.write(create_member, new(floor, account, deposit=Deposit(EURO)))
            for account in ("eva", "EVA", "Eva", "eVa")
        ]
        return await asyncio.gather(*made, return_exceptions=True)

    outcomes = asyncio.run(both())
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "AccountTaken",
        "AccountTaken",
        "AccountTaken",
        "Opened",
    ]
    assert len(search(floor)) == 1
    assert floor.till() == EURO


def test_two_who_rename_to_the_same_account_at_once(floor: Floor) -> None:
    first, second = floor.add_member("a"), floor.add_member("b")

    async def both() -> list[Any]:
        floor.store.start()
        changes = [
            MemberChange(
                center=floor.center, actor=DESK, member_ids=[member_id], values={"account": "c"}
            )
            for member_id in (first, second)
        ]
        work = [floor.store.write(change_members, change) for change in changes]
        return await asyncio.gather(*work, return_exceptions=True)

    outcomes = asyncio.run(both())
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AccountTaken", "list"]
    assert sorted(search(floor))[-1] == "c"
    assert len(search(floor)) == 2


def test_every_search_and_every_order_runs(floor: Floor) -> None:
    floor.add_member("eva", first_name="Eva", phone="5%5", balance=EURO)
    floor.add_member("bob", last_name="O'Neil")
    for field in ("", *SEARCH_FIELDS):
        field = column_of(field)
        assert search(floor, search_text="no-such-text", search_field=field) == []
    for name in SORT_NAMES:
        for is_descending in (False, True):
            found = search(floor, sort_name=column_of(name), is_descending=is_descending)
            assert sorted(found) == ["bob", "eva"], name
    assert search(floor, search_text="5%5") == ["eva"]
    assert search(floor, search_text="O'NEIL") == ["bob"]
    assert search(floor, search_text="o'neil", search_field="last_name") == ["bob"]
    assert search(floor, sort_name="balance", is_descending=True) == ["eva", "bob"]
    # Accounts that were never used count as 0.
    assert search(floor, sort_name="loan", page=2) == []


@pytest.mark.parametrize("rows_max", [1, 2, 3, 100])
def test_by_cursor_come_the_rows_of_the_pages(floor: Floor, rows_max: int) -> None:
    """In every order, also where all are equal in it and the end falls on the end of a part."""
    gold = floor.add_member_group("Gold")
    for number in range(6):
        balance = (number % 3) * EURO
        group_id = gold if number % 2 else 0
        floor.add_member(f"m{number}", balance=balance, group_id=group_id, last_name="Ö" * number)
    by_expiry = floor.add_member("late", first_name="Eva", phone="1")
    never = {"expires_at": None}
    change = MemberChange(center=floor.center, actor=DESK, member_ids=[by_expiry], values=never)
    floor.run(change_members, change)
    for column in ("", *(name for name, one in MEMBER_LIST.columns.items() if one.order)):
        for is_descending in (False, True):
            choice: dict[str, Any] = {"sort_name": column, "is_descending": is_descending}
            wanted = MemberSearch(center=floor.center, at=clock.now(), **choice)
            accounts: list[str] = []
            part = floor.store.read_sync(members_part, wanted, None, rows_max)
            while True:
                assert len(part.rows) <= rows_max
                accounts += [row.account for row in part.rows]
                if part.after is None:
                    break
                # As a caller sends it back.
                text = MEMBER_LIST.cursor_text(wanted, part.after) or ""
                after = MEMBER_LIST.cursor_sent(wanted, text)
                part = floor.store.read_sync(members_part, wanted, after, rows_max)
            assert accounts == search(floor, **choice), choice
            assert len(accounts) == 7


def test_rows_show_money_session_and_group(floor: Floor, freeze: clock.frozen) -> None:
    gold = floor.add_member_group("Gold", pc_time_discount=5000)
    eva = floor.add_member("eva", balance=5 * EURO, bonus=EURO, group_id=gold)
    floor.add_member("bob")
    session = floor.member(eva, "PC01")
    at = clock.now()
    (row,) = floor.store.read_sync(suggested_members, floor.center, "EV", at)
    assert (row.id, row.balance_micros, row.bonus_micros) == (eva, 5 * EURO, EURO)
    assert (row.coin_micros, row.point_micros, row.loan_micros) == (0, 0, 0)
    assert (row.group_name, row.pc_time_discount) == ("Gold", 5000)
    assert (row.session_id, row.session_expires_at) == (session.id, session.expires_at)
    floor.check_out("PC01")
    (row,) = floor.store.read_sync(suggested_members, floor.center, "ev", at)
    assert row.session_id is None


def test_another_group_changes_the_price_of_a_running_session_from_now(
    floor: Floor, freeze: clock.frozen
) -> None:
    half = floor.add_member_group("Half", pc_time_discount=5000)
    eva = floor.add_member("eva", balance=50 * EURO)
    session = floor.member(eva, "PC01")
    freeze.advance(3600)
    change = MemberChange(
        center=floor.center, actor=DESK, member_ids=[eva], values={"group_id": half}
    )
    floor.run(change_members, change)
    freeze.advance(3600)
    assert floor.session(session.id).cost_micros(clock.now()) == 3 * EURO


def test_deleting_signs_out_and_frees_the_account(floor: Floor) -> None:
    eva = floor.add_member("eva", balance=5 * EURO, first_name="Eva")
    token = floor.run(issue_token, NewToken(7777, "member", "bearer", eva))
    named = MembersNamed(center=floor.center, actor=DESK, member_ids=[eva])
    assert floor.run(delete_members, named) == [eva]
    assert floor.store.read_sync(lambda read: find_token(read, token, "bearer")) is None
    assert floor.store.read_sync(member_by_account, 7777, "eva") is None
    assert floor.store.read_sync(member_detail, floor.center, eva) is None
    with pytest.raises(NotFound, match=r"^Member not found$"):
        floor.run(delete_members, named)
    floor.run(create_member, new(floor, "eva"))
    floor.verify()


def test_a_member_who_plays_stays(floor: Floor) -> None:
    eva = floor.add_member("eva", balance=5 * EURO)
    floor.member(eva, "PC01")
    named = MembersNamed(center=floor.center, actor=DESK, member_ids=[eva])
    with pytest.raises(Refused, match="running session"):
        floor.run(delete_members, named)
    assert search(floor) == ["eva"]


def test_a_new_password_signs_out(floor: Floor) -> None:
    eva = floor.add_member("eva")
    token = floor.run(issue_token, NewToken(7777, "member", "bearer", eva))
    named = MembersNamed(center=floor.center, actor=DESK, member_ids=[eva], password_hash="new")
    assert floor.run(reset_passwords, named) == [eva]
    assert floor.store.read_sync(lambda read: find_token(read, token, "bearer")) is None
    row = floor.store.read_sync(member_by_account, 7777, "eva")
    assert row is not None
    assert row.password_hash == "new"


def test_names_are_found_whatever_their_spelling(floor: Floor) -> None:
    floor.run(create_member, new(floor, "Straße", personal=Personal(first_name="ÉLODIE")))
    assert search(floor, search_text="strasse") == ["Straße"]
    assert search(floor, search_text="élodie") == ["Straße"]


def test_with_points_a_member_rises_and_falls(floor: Floor) -> None:
    gold = floor.add_member_group("Gold", pc_time_discount=5000)
    floor.run(
        lambda tx, _: tx.run(
            sa.update(member_groups)
            .where(member_groups.c.id == gold)
            .values(min_points_micros=10 * EURO)
        ),
        None,
    )
    eva = floor.add_member("eva")

    def group() -> int:
        found = floor.store.read_sync(member_detail, floor.center, eva)
        assert found is not None
        return found.row.group_id

    def after(points: int) -> int:
        floor.run(lambda tx, _: _points(tx, eva, points), None)
        return group()

    assert after(12) == 0
    floor.set(point_enable=True)
    assert after(1) == gold
    assert after(1) == gold
    assert after(-13) == 0


def _points(tx: Tx, member_id: int, points: int) -> None:
    lock_member(tx, 7777, member_id)
    tx.tell(PointsChanged(7777, member_id, "system", 0))
    held = open_account(tx, 7777, "member", member_id, "point", "POINT")
    issued = open_account(tx, 7777, "center", 7777, "point_issued", "POINT")
    amount = points * EURO
    postings = [Posting(held, amount), Posting(issued, -amount)]
    post(tx, Transfer(book_id=7777, kind="topup", postings=postings))
