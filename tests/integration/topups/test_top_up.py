"""Top-ups, refunds and loans in the books of both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.centers.schemas import BonusTier, LoyaltySettings, Settings
from lanhouse.cafe.groups.tables import member_groups
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.sessions import commands as sessions
from lanhouse.cafe.topups.commands import add_loan, top_up
from lanhouse.cafe.topups.commands.batch import TopUpMany
from lanhouse.cafe.topups.errors import NotRefundable
from lanhouse.cafe.topups.schemas import Loan, TopUp, TopUpDone
from lanhouse.cafe.topups.tables import topups
from lanhouse.db.store import Store, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import BalanceTooLow, Conflict, Forbidden, InvalidInput
from lanhouse.ledger import balances
from lanhouse.ledger.answers import Keyed, run_once
from lanhouse.ledger.posting import LimitExceeded
from lanhouse.ledger.tables import transfers
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor

TIERS = Settings(
    loyalty=LoyaltySettings(
        price_bonus=(BonusTier(10 * EURO, bonus_micros=2 * EURO),), point_enable=True
    )
)
CASHIER = Actor(
    kind="staff",
    center_id=7777,
    staff_id=2,
    staff_name="Ann",
    role="staff",
    rights=rights_of("staff"),
)
KEY = Actor(kind="api_key", center_id=7777, staff_name="API", role="api", rights=rights_of("api"))


def _cmd(floor: Floor, *member_ids: int, actor: Actor = DESK, **more: Any) -> TopUp:
    return TopUp(center=floor.center, actor=actor, member_ids=list(member_ids), **more)


def _top_up(floor: Floor, *member_ids: int, **more: Any) -> list[int]:
    return floor.run(top_up, _cmd(floor, *member_ids, **more)).order_ids


def _held(floor: Floor, member_id: int) -> dict[str, int]:
    found = floor.store.read_sync(
        lambda read: balances(read, floor.hall.center_id, "member", member_id)
    )
    return {kind: micros for (kind, _), micros in found.items()}


def _rows(floor: Floor) -> list[Any]:
    statement = sa.select(topups).order_by(topups.c.id)
    return floor.store.read_sync(lambda read: read.all(statement))


def test_a_top_up_moves_everything_at_once(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store, settings=TIERS)
    ada = floor.add_member("ada")
    (order,) = _top_up(
        floor,
        ada,
        value_micros=12 * EURO + 50 * CENT,
        bonus_micros=2 * EURO,
        coin_micros=3 * EURO,
        payment="card",
        comment="welcome",
    )
    assert _held(floor, ada) == {
        "balance": 12_500_000,
        "bonus": 2 * EURO,
        "coin": 3 * EURO,
        "point": 12 * EURO,
    }
    assert (floor.till("card"), floor.till(), floor.house("bonus_given")) == (
        12_500_000,
        0,
        -2 * EURO,
    )
    (row,) = _rows(floor)
    assert (row.id, row.kind, row.payment, row.value_micros, row.bonus_micros) == (
        order,
        "topup",
        "card",
        12_500_000,
        2 * EURO,
    )
    assert (row.coin_micros, row.point_micros, row.at, row.comment, row.staff_name) == (
        3 * EURO,
        12 * EURO,
        clock.now(),
        "welcome",
        "Kim",
    )
    (log,) = floor.logs("TOPUP")
    assert (log.card_micros, log.cash_micros, log.balance_micros, log.bonus_micros) == (
        12_500_000,
        0,
        12_500_000,
        2 * EURO,
    )
    assert (log.subject, log.member_account, log.details, log.staff_id) == (
        "member",
        "ada",
        "Comment: welcome",
        1,
    )
    floor.verify()


def test_several_members_are_topped_up_all_or_none(store: Store) -> None:
    floor = open_floor(store)
    ada, bob = floor.add_member("ada"), floor.add_member("bob")
    orders = _top_up(floor, bob, ada, value_micros=5 * EURO)
    named = {row.id: row.member_id for row in _rows(floor)}
    assert [named[order] for order in orders] == [bob, ada]
    with pytest.raises(MemberNotFound, match=r"^Member not found$"):
        _top_up(floor, ada, 10_000_000_000, value_micros=5 * EURO)
    with pytest.raises(InvalidInput, match="member_ids: must not name a member twice"):
        _top_up(floor, ada, ada, value_micros=5 * EURO)
    assert (floor.money(ada), floor.money(bob)) == ((5 * EURO, 0), (5 * EURO, 0))
    assert len(_rows(floor)) == 2
    floor.verify()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "value: must not be 0 without bonus or coins"),
        ({"value_micros": EURO, "payment": "balance"}, "payment: must be cash, card or qr"),
        ({"value_micros": -EURO}, "comment: is required for a refund"),
        (
            {"value_micros": EURO, "bonus_micros": -EURO, "comment": "x"},
            "value: must have the same sign as bonus and coins",
        ),
        ({"value_micros": EURO, "comment": "x" * 256}, "comment: must be at most 255 characters"),
    ],
)
def test_what_makes_no_sense_is_refused(
    sqlite_store: Store, given: dict[str, Any], message: str
) -> None:
    floor = open_floor(sqlite_store)
    ada = floor.add_member("ada", balance=9 * EURO)
    with pytest.raises(InvalidInput) as refused:
        _top_up(floor, ada, **given)
    assert refused.value.message == message
    assert _rows(floor) == []
    assert floor.money(ada) == (9 * EURO, 0)


def test_rights_for_bonus_coins_and_refunds(sqlite_store: Store) -> None:
    """The bonus that the money earns needs no right; more of it is a bonus by hand."""
    floor = open_floor(sqlite_store, settings=TIERS)
    ada = floor.add_member("ada")
    _top_up(floor, ada, actor=CASHIER, value_micros=10 * EURO, bonus_micros=2 * EURO)
    for given in (
        {"value_micros": 10 * EURO, "bonus_micros": 2 * EURO + CENT},
        {"value_micros": 9 * EURO, "bonus_micros": CENT},
        {"bonus_micros": CENT},
        {"coin_micros": CENT},
        {"bonus_micros": -CENT, "comment": "x"},
    ):
        with pytest.raises(Forbidden):
            _top_up(floor, ada, actor=CASHIER, **given)
    with pytest.raises(InvalidInput, match="comment: is required for a bonus by hand"):
        _top_up(floor, ada, bonus_micros=EURO)
    assert floor.money(ada) == (10 * EURO, 2 * EURO)
    _top_up(floor, ada, bonus_micros=EURO, comment="sorry for the wait")
    _top_up(floor, ada, actor=KEY, bonus_micros=EURO)
    assert floor.money(ada) == (10 * EURO, 4 * EURO)
    floor.verify()


def test_a_refund_takes_the_matching_bonus_and_points_back(store: Store) -> None:
    floor = open_floor(store, settings=TIERS)
    ada = floor.add_member("ada")
    _top_up(floor, ada, value_micros=10 * EURO, bonus_micros=2 * EURO)
    _top_up(floor, ada, value_micros=5 * EURO)
    _top_up(floor, ada, actor=CASHIER, value_micros=-10 * EURO, comment="typing error")
    assert _held(floor, ada) == {"balance": 5 * EURO, "bonus": 0, "point": 5 * EURO}
    assert (floor.till(), floor.house("bonus_given")) == (5 * EURO, 0)
    assert [(row.refundable_micros, row.refundable_bonus_micros) for row in _rows(floor)] == [
        (0, 0),
        (5 * EURO, 0),
        (0, 0),
    ]
    first, _, back = _rows(floor)
    reversed_by = sa.select(transfers.c.id).where(transfers.c.reverses_id == first.transfer_id)
    found = store.read_sync(lambda read: read.all(reversed_by))
    assert [row.id for row in found] == [back.transfer_id]
    log = floor.logs("TOPUP")[-1]
    assert (log.cash_micros, log.bonus_micros, log.details) == (
        -10 * EURO,
        -2 * EURO,
        "Comment: typing error",
    )
    floor.verify()


def test_the_group_follows_the_points(store: Store) -> None:
    """Also in a batch, which PostgreSQL makes of calls through the store's queue."""
    floor = open_floor(store, settings=TIERS)
    silver = floor.add_member_group("silver")
    statement = sa.update(member_groups).where(member_groups.c.id == silver)
    floor.run(lambda tx, _: tx.run(statement.values(min_points_micros=15 * EURO)), None)
    ada = floor.add_member("ada")

    def group_of_ada() -> int:
        found = sa.select(members.c.group_id).where(members.c.id == ada)
        return floor.store.read_sync(lambda read: read.scalar(found))

    _top_up(floor, ada, value_micros=14 * EURO)
    assert group_of_ada() == 0
    plain = _cmd(floor, ada, value_micros=EURO)
    (done,) = asyncio.run(_at_once(store, [store.write(top_up, plain)]))
    assert done.order_ids == [2]
    assert group_of_ada() == silver
    _top_up(floor, ada, value_micros=-EURO, comment="back")
    assert group_of_ada() == 0
    floor.verify()


def test_a_bonus_that_is_spent_is_taken_from_the_balance(store: Store) -> None:
    floor = open_floor(store, settings=TIERS)
    ada = floor.add_member("ada", balance=EURO)
    _top_up(floor, ada, value_micros=10 * EURO, bonus_micros=2 * EURO)
    floor.give(ada, -150 * CENT, "bonus", "bonus_given")
    with pytest.raises(
        NotRefundable, match=r"not enough balance: 11\.00 is left, 11\.50 would be taken"
    ):
        _top_up(floor, ada, value_micros=-10 * EURO, comment="mistake")
    assert floor.money(ada) == (11 * EURO, 50 * CENT)
    floor.give(ada, 50 * CENT)
    _top_up(floor, ada, value_micros=-10 * EURO, comment="mistake")
    assert floor.money(ada) == (0, 0)
    # The house has its bonus back: given 2, of which 1.50 went elsewhere, and 2 came back.
    assert floor.house("bonus_given") == 150 * CENT
    assert floor.logs("TOPUP")[-1].spend_micros == 0
    floor.verify()


def test_money_that_was_played_is_never_paid_back(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store, price_cents=200)
    ada = floor.add_member("ada")
    _top_up(floor, ada, value_micros=10 * EURO)
    session = floor.member(ada)
    assert (floor.session(session.id).expires_at - clock.now()).total_seconds() == 5 * 3600  # type: ignore[operator]
    freeze.advance(3600)
    with pytest.raises(NotRefundable, match=r"8\.00 is left, 9\.00 would be taken"):
        _top_up(floor, ada, value_micros=-9 * EURO, comment="leaves")
    _top_up(floor, ada, value_micros=-6 * EURO, comment="leaves")
    # 10 - 6 = 4 pays two hours, of which one is played: the end has moved.
    assert (floor.session(session.id).expires_at - clock.now()).total_seconds() == 3600  # type: ignore[operator]
    _top_up(floor, ada, value_micros=2 * EURO)
    assert (floor.session(session.id).expires_at - clock.now()).total_seconds() == 7200  # type: ignore[operator]
    floor.check_out("PC01")
    assert floor.money(ada) == (4 * EURO, 0)
    floor.verify()


def test_coins_and_bonus_alone(store: Store) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada")
    _top_up(floor, ada, coin_micros=150 * CENT)
    _top_up(floor, ada, bonus_micros=3 * EURO, comment="birthday")
    _top_up(floor, ada, coin_micros=-50 * CENT, comment="typing error")
    _top_up(floor, ada, bonus_micros=-EURO, comment="typing error")
    assert _held(floor, ada) == {"coin": EURO, "bonus": 2 * EURO}
    with pytest.raises(BalanceTooLow, match="not enough coin"):
        _top_up(floor, ada, coin_micros=-101 * CENT, comment="typing error")
    with pytest.raises(NotRefundable):
        _top_up(floor, ada, bonus_micros=-3 * EURO, comment="typing error")
    assert floor.till() == 0
    floor.verify()


def test_a_loan_adds_to_balance_and_debt_and_is_repaid_from_the_balance(store: Store) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=EURO)

    def lend(value: int) -> list[int]:
        cmd = Loan(center=floor.center, actor=CASHIER, member_id=ada, value_micros=value)
        return floor.run(add_loan, cmd).order_ids

    assert len(lend(5 * EURO)) == 1
    assert _held(floor, ada) == {"balance": 6 * EURO, "loan": -5 * EURO}
    _top_up(floor, ada, value_micros=EURO)
    assert _held(floor, ada)["loan"] == -5 * EURO
    with pytest.raises(InvalidInput, match=r"value: is more than the loan of 5\.00"):
        lend(-5 * EURO - CENT)
    with pytest.raises(InvalidInput, match="value: must not be 0"):
        lend(0)
    lend(-4 * EURO)
    assert (_held(floor, ada)["balance"], _held(floor, ada)["loan"]) == (3 * EURO, -EURO)
    floor.give(ada, -250 * CENT)
    with pytest.raises(NotRefundable, match=r"not enough balance: 0\.50 is left"):
        lend(-EURO)
    assert [row.kind for row in _rows(floor)] == ["loan", "topup", "repayment"]
    assert [log.loan_micros for log in floor.logs("LOAN")] == [-5 * EURO, 4 * EURO]
    floor.verify()


def test_a_plain_top_up_takes_few_statements(sqlite_store: Store) -> None:
    """It is the busiest write: lock, two balances, transfer, entries, order, log, session, key,
    the digests of order and log, and whether a printer waits for its receipt.
    """
    floor = open_floor(sqlite_store)
    ada = floor.add_member("ada", balance=EURO)
    statements: list[str] = []

    def counted(tx: Tx, keyed: Keyed) -> bytes:
        raw: Any = tx._connection.connection.dbapi_connection
        raw.set_trace_callback(statements.append)
        try:
            return run_once(tx, keyed)
        finally:
            raw.set_trace_callback(None)

    cmd = _cmd(floor, ada, value_micros=EURO)
    floor.run(counted, Keyed(7777, "k", "ab" * 32, top_up, cmd, msgspec.json.encode))
    assert len(statements) == 19, statements


def test_what_the_ledger_cannot_hold_is_refused(store: Store) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada")
    for _ in range(9):
        _top_up(floor, ada, value_micros=10**18)
    with pytest.raises(LimitExceeded):
        _top_up(floor, ada, value_micros=10**18)
    assert floor.money(ada) == (9 * 10**18, 0)
    floor.verify()


async def _at_once(store: Store, calls: list[Any]) -> list[Any]:
    store.start()
    try:
        return await asyncio.gather(*calls, return_exceptions=True)
    finally:
        await store.stop()


def test_top_ups_at_once_on_few_members_lose_nothing(store: Store) -> None:
    """Batched with others on PostgreSQL, together with refunds and calls for several members."""
    floor = open_floor(store, settings=TIERS)
    accounts = [floor.add_member(name, balance=100 * EURO) for name in ("ada", "bob", "eve")]
    calls = []
    for number in range(60):
        member_id = accounts[number % 3]
        if number % 10 == 7:
            cmd = _cmd(floor, *accounts, value_micros=EURO, payment="qr")
        elif number % 10 == 8:
            cmd = _cmd(floor, member_id, value_micros=-EURO, comment="back")
        else:
            cmd = _cmd(floor, member_id, value_micros=10 * EURO, bonus_micros=2 * EURO)
        calls.append(store.write(run_once, Keyed(7777, None, "", top_up, cmd, msgspec.json.encode)))
    calls.append(store.write(top_up, _cmd(floor, 10_000_000_000, value_micros=EURO)))
    outcomes = asyncio.run(_at_once(store, calls))
    assert isinstance(outcomes.pop(), MemberNotFound)
    assert [outcome for outcome in outcomes if not isinstance(outcome, bytes)] == []
    plain, refunds, shared = 48, 6, 6
    assert floor.till("qr") == shared * 3 * EURO
    assert floor.till() == 300 * EURO + plain * 10 * EURO - refunds * EURO
    assert sum(floor.money(member_id)[0] for member_id in accounts) == floor.till() + floor.till(
        "qr"
    )
    assert len(_rows(floor)) == plain + refunds + 3 * shared
    ids = [msgspec.json.decode(outcome)["order_ids"] for outcome in outcomes]
    flat = [order for orders in ids for order in orders]
    assert len(flat) == len(set(flat)) == len(_rows(floor))
    floor.verify()


def test_a_top_up_in_a_batch_lengthens_the_session_of_who_is_playing(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store, price_cents=200)
    ada, bob = (floor.add_member(name, balance=2 * EURO) for name in ("ada", "bob"))
    session = floor.member(ada)
    cmds = [_cmd(floor, member_id, value_micros=EURO) for member_id in (ada, bob)]
    assert floor.run(TopUpMany().run, cmds) == [TopUpDone([1]), TopUpDone([2])]
    assert (floor.money(ada), floor.money(bob)) == ((3 * EURO, 0), (3 * EURO, 0))
    outcomes = asyncio.run(_at_once(store, [store.write(top_up, cmd) for cmd in cmds * 10]))
    assert all(isinstance(outcome, TopUpDone) for outcome in outcomes)
    assert (floor.money(ada), floor.money(bob)) == ((13 * EURO, 0), (13 * EURO, 0))
    assert floor.session(session.id).expires_at == clock.now() + timedelta(hours=6.5)
    floor.verify()


def test_top_ups_and_refunds_while_the_member_is_checked_out(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store, price_cents=200)
    ada = floor.add_member("ada", balance=20 * EURO)
    floor.member(ada)
    freeze.advance(3600)
    check_out = sessions.Checkout(center=floor.center, actor=DESK, pc_names=["PC01"])
    calls: list[Any] = []
    for number in range(24):
        value = -2 * EURO if number % 3 == 2 else EURO
        cmd = _cmd(floor, ada, value_micros=value, comment="to and fro")
        calls.append(store.write(top_up, cmd))
    calls.insert(12, store.write(sessions.check_out, check_out))
    calls.insert(18, store.write(sessions.check_out, check_out))
    outcomes = asyncio.run(_at_once(store, calls))
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    # 20 + 16 - 16 covers the hour of 2 in every order, so only the second check-out is refused.
    assert [str(error) for error in refused] == ["PC01: the PC is not in use"]
    assert floor.money(ada) == (18 * EURO, 0)
    assert (floor.till(), floor.house("revenue_time")) == (20 * EURO, 2 * EURO)
    assert not floor.is_busy("PC01")
    floor.verify()


def test_the_same_key_at_once_tops_up_once(store: Store) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada")
    cmd = _cmd(floor, ada, value_micros=10 * EURO)
    same = Keyed(7777, "topup:k1", "ab" * 32, top_up, cmd, msgspec.json.encode)
    other = Keyed(7777, "topup:k1", "cd" * 32, top_up, cmd, msgspec.json.encode)
    calls = [store.write(run_once, same) for _ in range(20)]
    outcomes = asyncio.run(_at_once(store, calls))
    assert set(outcomes) == {b'{"order_ids":[1]}'}
    (conflict,) = asyncio.run(_at_once(store, [store.write(run_once, other)]))
    assert isinstance(conflict, Conflict)
    assert floor.money(ada) == (10 * EURO, 0)
    floor.verify()
