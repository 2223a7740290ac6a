"""A quote and the deed after it are one plan: compared over a spread of cases on both databases."""

from __future__ import annotations

from typing import Any, NamedTuple

import hypothesis
import pytest
from hypothesis import strategies as st

from lanhouse.cafe.desk.queries.receipt import check_out_view, receipt_of
from lanhouse.cafe.sessions import wire
from lanhouse.cafe.sessions.plans.ending import Settlement
from lanhouse.cafe.sessions.queries.quotes import customers_on
from lanhouse.cafe.sessions.schemas import FREE, MEMBER, POSTPAID, PREPAID, Session
from lanhouse.cafe.topups.commands import add_loan
from lanhouse.cafe.topups.schemas import Loan
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError
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


def api_quote(floor: Floor) -> dict[str, Any]:
    at = whole_second(clock.now())
    found = floor.store.read_sync(customers_on, (floor.center, ["PC01"], at))
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
    (row,) = wire.ended_rows([end])["pcs"]
    (told,) = quoted["pcs"]
    assert {name: row[name] for name in TOLD_ALIKE} == {name: told[name] for name in TOLD_ALIKE}
    assert quoted["pc_cost"] == row["pc_cost"]
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
    shown = floor.store.read_sync(check_out_view, (floor.center, "PC01", clock.now()))
    assert shown is not None
    quote: dict[str, Any] = {"quote_time": shown.quote_time, "quote_sign": shown.quote_sign}
    (end,) = floor.check_out("PC01", at_desk=True, due_micros=shown.split.due_micros, **quote)
    assert (shown.split.due_micros, shown.split.back) == (end.due_micros, end.back.handed_out)
    receipt = floor.store.read_sync(receipt_of, (floor.center, session.id))
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
    wanted = (floor.center, ["PC01"], clock.now())
    quoted = floor.store.read_sync(customers_on, wanted)[0].end
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
