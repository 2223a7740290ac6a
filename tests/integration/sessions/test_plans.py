"""A quote and the deed after it are one plan: compared over a spread of cases on both databases."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st

from lanhouse.cafe.desk.queries.computers import move_choice
from lanhouse.cafe.desk.queries.quotes import (
    Quote,
    QuoteWanted,
    StartForm,
    quote,
    start_options,
)
from lanhouse.cafe.desk.queries.receipt import check_out_view, receipt_of
from lanhouse.cafe.sessions import wire
from lanhouse.cafe.sessions.commands import Move, move_session
from lanhouse.cafe.sessions.plans.ending import Settlement
from lanhouse.cafe.sessions.queries.quotes import TimeAsked, customers_on, quote_time
from lanhouse.cafe.sessions.schemas import FREE, MEMBER, POSTPAID, PREPAID, Session
from lanhouse.cafe.sessions.wire.outputs import PaymentInfoOut
from lanhouse.cafe.topups.commands import add_loan
from lanhouse.cafe.topups.schemas import Loan
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, BalanceTooLow
from lanhouse.kit.local_time import whole_second
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    """One hall for all cases of a test: what a case leaves behind does not touch the next."""
    return open_floor(store)


on_one_hall = hypothesis.settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
_numbers = itertools.count(1)
cents = st.integers(min_value=0, max_value=1200)


class EndCase(NamedTuple):
    """A session that is checked out, and what lies on its account. Amounts in cents."""

    kind: str
    paid: int
    by: str
    more: int
    more_by: str
    balance: int
    bonus: int
    owed: int
    seconds: int
    keeps: bool
    bonus_first: bool
    minimum: int
    named: str


ends = st.builds(
    EndCase,
    kind=st.sampled_from([PREPAID, POSTPAID, MEMBER, FREE]),
    paid=st.integers(min_value=50, max_value=1500),
    by=st.sampled_from(["cash", "card", "qr"]),
    more=cents,
    more_by=st.sampled_from(["cash", "card", "qr"]),
    balance=cents,
    bonus=cents,
    owed=st.integers(min_value=0, max_value=300),
    seconds=st.integers(min_value=0, max_value=4 * 3600),
    keeps=st.booleans(),
    bonus_first=st.booleans(),
    minimum=st.integers(min_value=0, max_value=49),
    named=st.sampled_from(["", "", "cash", "card", "balance"]),
)
TOLD_ALIKE = (
    *("pc_name", "member_id", "pc_cost", "pc_change", "paid_back", "pc_paid"),
    *("spent_balance", "spent_balance_bonus"),
)


def begun(floor: Floor, case: EndCase) -> Session:
    """The session of a case, after its time; it may be over by then."""
    floor.set(
        prepaid_session_change_method="keep" if case.keeps else "return",
        use_bonus_first=case.bonus_first,
        minimum_charge_micros=case.minimum * CENT,
    )
    if case.kind == MEMBER:
        account = f"m{len(floor.session_ids())}"
        member_id = floor.add_member(account, balance=case.balance * CENT + EURO)
        session = floor.member(member_id)
    elif case.kind == PREPAID:
        session = floor.guest(PREPAID, paid_micros=case.paid * CENT, payment=case.by)
        if case.more:
            floor.pay(case.more * CENT, "PC01", payment=case.more_by)
    else:
        session = floor.guest(case.kind)
        floor.give(session.member_id, case.balance * CENT)
    floor.give(session.member_id, case.bonus * CENT, "bonus", "bonus_given")
    if case.owed:
        loan = {"member_id": session.member_id, "value_micros": case.owed * CENT}
        floor.run(add_loan, Loan(center=floor.center, actor=DESK, **loan))
    return session


def held(floor: Floor, session: Session) -> tuple[int, ...]:
    """All that a check-out may move: the account, the tills, the revenue."""
    return (
        *floor.money(session.member_id),
        floor.owes(session.member_id),
        *(floor.house(kind) for kind in ("cash", "card", "qr", "revenue_time")),
    )


def api_quote(floor: Floor) -> PaymentInfoOut:
    at = whole_second(clock.now())
    found = floor.store.read_sync(customers_on, floor.center, ["PC01"], at)
    return wire.payment_info(found, floor.center, at)


@on_one_hall
@hypothesis.given(case=ends)
def test_payment_info_tells_what_the_check_out_does(
    floor: Floor, freeze: clock.frozen, case: EndCase
) -> None:
    session = begun(floor, case)
    freeze.advance(case.seconds)
    quoted = api_quote(floor)
    before = held(floor, session)
    (end,) = floor.check_out("PC01")
    (row,) = wire.ended([end]).pcs
    (told,) = quoted.pcs
    assert [getattr(row, name) for name in TOLD_ALIKE] == [
        getattr(told, name) for name in TOLD_ALIKE
    ]
    assert quoted.pc_cost == row.pc_cost
    balance, bonus, owed, *tills, revenue = (
        after - then for after, then in zip(held(floor, session), before, strict=True)
    )
    assert balance == -end.from_balance_micros - end.refund_micros
    assert (bonus, owed) == (-end.from_bonus_micros, end.from_loan_micros)
    assert sum(tills) == end.refund_micros - end.paid_micros
    assert revenue == end.bill.total_micros


@on_one_hall
@hypothesis.given(case=ends)
def test_the_dialog_tells_what_the_check_out_does_and_the_receipt_says_it_again(
    floor: Floor, freeze: clock.frozen, case: EndCase
) -> None:
    session = begun(floor, case)
    freeze.advance(case.seconds)
    shown = floor.store.read_sync(check_out_view, floor.center, "PC01", clock.now())
    assert shown is not None
    quote: dict[str, Any] = {"quote_time": shown.quote_time, "quote_sign": shown.quote_sign}
    (end,) = floor.check_out("PC01", at_desk=True, due_micros=shown.split.due_micros, **quote)
    assert (shown.split.due_micros, shown.split.back) == (end.due_micros, end.back.handed_out)
    receipt = floor.store.read_sync(receipt_of, floor.center, session.id)
    assert receipt is not None
    assert receipt.bill == end.bill == shown.bill
    split = receipt.split
    assert (split.paid_micros, split.due_micros, split.back) == (
        shown.split.paid_micros,
        shown.split.due_micros,
        shown.split.back,
    )
    assert (split.from_balance_micros, split.from_bonus_micros) == (
        shown.split.from_balance_micros,
        shown.split.from_bonus_micros,
    )


@on_one_hall
@hypothesis.given(case=ends)
def test_a_named_tender_changes_neither_the_bill_nor_who_owns_what(
    floor: Floor, freeze: clock.frozen, case: EndCase
) -> None:
    session = begun(floor, case)
    freeze.advance(case.seconds)
    quoted = floor.store.read_sync(customers_on, floor.center, ["PC01"], clock.now())[0].end
    if case.kind == POSTPAID and case.named == "balance" and not is_covered(quoted):
        with pytest.raises(AppError, match="no balance that covers this"):
            floor.check_out("PC01", payment="balance")
        floor.check_out("PC01")
        return
    (end,) = floor.check_out("PC01", payment=case.named, comment="asked for it")
    assert end.bill == quoted.bill
    assert (end.from_balance_micros, end.from_bonus_micros, end.paid_micros) == (
        quoted.from_balance_micros,
        quoted.from_bonus_micros,
        quoted.paid_micros,
    )
    assert sum(end.back.by_tender.values()) == sum(quoted.back.by_tender.values())
    assert floor.session(session.id).ended_at == end.ended_at
    floor.verify()


def is_covered(end: Settlement) -> bool:
    """Whether the account pays the whole bill of a postpaid guest."""
    return end.paid_micros == 0 and end.balance_micros + end.bonus_micros > 0


class StartCase(NamedTuple):
    """What somebody brings to a PC. Amounts in cents; `more` is paid a while later."""

    is_member: bool
    amount: int
    bonus: int
    more: int
    seconds: int
    free_minutes: int
    free_once: bool
    minimum: int
    balance_pays: bool
    price: int


starts = st.builds(
    StartCase,
    is_member=st.booleans(),
    amount=st.integers(min_value=1, max_value=3000),
    bonus=cents,
    more=st.integers(min_value=1, max_value=3000),
    seconds=st.integers(min_value=0, max_value=7200),
    free_minutes=st.sampled_from([0, 0, 5]),
    free_once=st.booleans(),
    minimum=st.sampled_from([0, 0, 50, 200]),
    balance_pays=st.sampled_from([True, True, True, False]),
    price=st.integers(min_value=50, max_value=900),
)


def asked(floor: Floor, kind: str, **form: Any) -> Quote:
    """What the desk's form shows."""
    form["session"] = floor.running_on("PC01")
    wanted = QuoteWanted(floor.center, StartForm(pc="PC01", kind=kind, **form), clock.now(), True)
    options = floor.store.read_sync(start_options, wanted)
    return floor.store.read_sync(quote, wanted, options)


@on_one_hall
@hypothesis.given(case=starts)
def test_what_a_start_is_quoted_it_gets(
    floor: Floor, freeze: clock.frozen, case: StartCase
) -> None:
    floor.set(
        free_time_minutes=case.free_minutes,
        free_minutes_once=case.free_once,
        minimum_charge_micros=case.minimum * CENT,
        allow_balance_for_pc_time=case.balance_pays,
    )
    floor.set_price(case.price)
    amount = f"{case.amount / 100:.2f}"
    account, member_id = f"m{next(_numbers)}", 0
    if case.is_member:
        member_id = floor.add_member(account, balance=case.amount * CENT, bonus=case.bonus * CENT)
        shown = asked(floor, "member", member=account)
    else:
        shown = asked(floor, "guest", amount=amount)
        at = whole_second(clock.now())
        wanted = TimeAsked(floor.center, ["PC01"], None, case.amount * CENT, at)
        (told,) = floor.store.read_sync(quote_time, wanted)
        assert told.seconds == (0 if shown.problem == "too_little" else shown.seconds)
    try:
        started = (
            floor.member(member_id) if case.is_member else floor.pay(case.amount * CENT, "PC01")[0]
        )
    except BalanceTooLow:
        assert shown.problem == ("money" if case.is_member else "too_little")
        return
    session = started if isinstance(started, Session) else started.session
    assert shown.problem == ""
    assert shown.until == session.expires_at
    freeze.advance(case.seconds)
    if not session.is_due(clock.now()):
        added = asked(floor, "guest", amount=f"{case.more / 100:.2f}")
        (more,) = floor.pay(case.more * CENT, "PC01")
        assert added.until == more.session.expires_at
    floor.check_out("PC01")


def test_the_places_to_go_are_those_that_a_move_takes(store: Store) -> None:
    floor = open_floor(store, pcs_count=4)
    vip = floor.add_pc_group("VIP")
    floor.add_pc("VIP01", vip)
    floor.add_pc("PS01", console_type=1)
    floor.break_pc("PC02")
    floor.guest(POSTPAID, "PC03")
    floor.guest(PREPAID, "PC01", paid_micros=EURO)
    taken, at = [], "PC01"
    listed = floor.store.read_sync(move_choice, floor.hall.center_id, "PC01").targets
    for name in [*floor.pc_ids]:
        cmd = Move(center=floor.center, actor=DESK, pc_name=at, target_name=name)
        try:
            floor.run(move_session, cmd)
        except AppError:
            continue
        taken.append(name)
        floor.run(move_session, msgspec.structs.replace(cmd, pc_name=name, target_name=at))
    assert listed == taken == ["PC04"]
