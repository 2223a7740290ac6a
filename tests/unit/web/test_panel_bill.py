"""Who pays a bill, as the desk shows it before the check-out."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from lanhouse.cafe.desk.pages.bill import Split, split_of
from lanhouse.cafe.metering.rules import Bill, Terms
from lanhouse.cafe.money.tenders import CameBy, PayBack, pay_back
from lanhouse.cafe.sessions.plans.ending import Settlement, paid_for
from lanhouse.cafe.sessions.schemas import Session

EURO = 1_000_000
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def split(kind: str, total: int, balance: int = 0, bonus: int = 0, **choices: bool) -> Split:
    session = Session(
        id=1,
        center_id=1,
        pc_id=1,
        pc_name="PC01",
        kind=kind,
        member_id=1,
        started_at=NOW,
        expires_at=None,
        ended_at=None,
        billed_to_at=None,
        limit_micros=None,
        terms=Terms(),
        segments=[],
    )
    end = Settlement(
        session=session,
        at=NOW,
        ended_by="checkout",
        bill=Bill([], Fraction(total), total, 60),
        billed_to_at=NOW,
        balance_micros=balance,
        bonus_micros=bonus,
        back=pay_back([CameBy("cash", EURO), CameBy("card", EURO)], max(balance - total, 0))
        if choices.get("gives_back", True) and kind == "prepaid"
        else PayBack(),
    )
    return split_of(paid_for(end, "", is_bonus_first=choices.get("is_bonus_first", False)))


def test_a_postpaid_guest_pays_all_at_the_desk() -> None:
    assert split("postpaid", 5 * EURO) == Split(due_micros=5 * EURO)


def test_unless_there_is_own_money_on_the_account() -> None:
    assert split("postpaid", 5 * EURO, 2 * EURO) == Split(paid_micros=2 * EURO, due_micros=3 * EURO)


def test_a_session_without_charge_costs_nobody() -> None:
    assert split("free", 0) == Split()


def test_a_member_pays_from_the_balance_then_from_the_bonus() -> None:
    assert split("member", 5 * EURO, 3 * EURO, 4 * EURO) == Split(
        from_balance_micros=3 * EURO,
        from_bonus_micros=2 * EURO,
        balance_left_micros=0,
        bonus_left_micros=2 * EURO,
    )


def test_or_from_the_bonus_first() -> None:
    shown = split("member", 5 * EURO, 3 * EURO, 4 * EURO, is_bonus_first=True)
    assert (shown.from_balance_micros, shown.from_bonus_micros) == (EURO, 4 * EURO)
    assert (shown.balance_left_micros, shown.due_micros) == (2 * EURO, 0)


def test_a_prepaid_guest_gets_the_rest_back() -> None:
    assert split("prepaid", 2 * EURO, 5 * EURO) == Split(
        paid_micros=5 * EURO, due_micros=-3 * EURO, back={"cash": 2 * EURO, "card": EURO}
    )


def test_unless_the_centre_keeps_it() -> None:
    assert split("prepaid", 2 * EURO, 5 * EURO, gives_back=False) == Split(paid_micros=2 * EURO)


@pytest.mark.parametrize("kind", ["member", "prepaid"])
def test_more_than_there_is_is_never_shown_as_paid(kind: str) -> None:
    shown = split(kind, 9 * EURO, 5 * EURO, EURO)
    assert shown.from_balance_micros + shown.from_bonus_micros + shown.paid_micros == 6 * EURO


def test_what_a_member_will_owe_is_told() -> None:
    assert split("member", 5 * EURO, 2 * EURO, EURO) == Split(
        from_balance_micros=2 * EURO,
        from_bonus_micros=EURO,
        owed_micros=2 * EURO,
        balance_left_micros=0,
        bonus_left_micros=0,
    )
