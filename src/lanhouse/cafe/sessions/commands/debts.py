"""What guests have left open is paid, or becomes the loan of a member (decision 0178)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.movements import Amounts, Movement, move_many
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.sharing import LATER, Part, Payer
from lanhouse.cafe.sessions.commands.base import lock_sessions
from lanhouse.cafe.sessions.commands.bills import must_let_owe, must_take_from, store_bill
from lanhouse.cafe.sessions.errors import QuoteRefused
from lanhouse.cafe.sessions.plans.bills import BillPlan, plan_bill
from lanhouse.cafe.sessions.queries.bundles import Debt, debts_of
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say


class PayDebts(msgspec.Struct, frozen=True, kw_only=True):
    """Settle what guests have left open (session ids): by `payment` (empty: cash), by `payers`, or
    by `payment` later as a loan of the member `debtor_id`.

    `due_micros` is the sum that the desk was shown.
    """

    center: Center
    actor: Actor
    session_ids: list[int]
    payment: str = ""
    payers: list[Payer] = []
    debtor_id: int = 0
    due_micros: int | None = None


def pay_debts(tx: Tx, cmd: PayDebts) -> int:
    """Settle what was left open, all of it or nothing; answers the bill's id.

    Raises Refused where a session has nothing open, InvalidInput by field (member: who may not owe
    it), Forbidden where the caller may not lend, and QuoteRefused where the sum is not the one that
    was shown.
    """
    wanted = sorted(set(cmd.session_ids))
    if not wanted:
        raise InvalidInput({"session_ids": say("is required")})
    guests = {debt.member_id for debt in debts_of(tx, cmd.center, wanted)}
    lock_sessions(tx, cmd.center.id, [], and_members=guests | _debtors(cmd))
    # Read again under the locks: another desk may have taken the money while this one waited.
    debts = debts_of(tx, cmd.center, wanted)
    if [debt.session_id for debt in sorted(debts, key=lambda debt: debt.session_id)] != wanted:
        raise Refused(say("nothing is left open of it any more"))
    plan = plan_bill(
        cmd.center,
        [],
        debts,
        payment=cmd.payment or "cash",
        payers=cmd.payers,
        debtor_id=cmd.debtor_id,
    )
    if cmd.due_micros is not None and cmd.due_micros != plan.due_micros:
        raise QuoteRefused(say("the sum to pay has changed; ask for it again"))
    if plan.later_micros:
        _must_lend(tx, cmd, plan, guests)
    else:
        must_take_from(tx, cmd.center, cmd.actor, plan, "", goes_on=False)
    move_many(tx, payments_of_debts(cmd.center, cmd.actor, plan))
    return store_bill(tx, cmd.center, cmd.actor, plan, "")


def _debtors(cmd: PayDebts) -> set[int]:
    named = {payer.member_id for payer in cmd.payers} | {cmd.debtor_id}
    return named - {0}


def _must_lend(tx: Tx, cmd: PayDebts, plan: BillPlan, guests: set[int]) -> None:
    """A member takes all of it over, whom the house lends it: a guest owes it already."""
    if any(payer.tender != LATER for payer in plan.payers):
        raise InvalidInput({"payers": say("must all be paid, or all be lent")})
    owed_by: dict[int, int] = {}
    for payer in plan.payers:
        if not payer.member_id or payer.member_id in guests:
            raise InvalidInput({"member": say("is required: who owes it from now on?")})
        owed_by[payer.member_id] = owed_by.get(payer.member_id, 0) + payer.amount_micros
    must_let_owe(tx, cmd.center, cmd.actor, owed_by, "")


def payments_of_debts(center: Center, actor: Actor, plan: BillPlan) -> list[Movement]:
    """What settles debts of before: money for time that comes in later than it was played, or the
    loan of somebody else."""
    movements: list[Movement] = []
    for debt, parts in zip(plan.debts, plan.debt_parts, strict=True):
        paid = [part for part in parts if part.tender != LATER]
        if paid:
            movements.append(_paid(center, actor, debt, paid))
        for part in parts:
            if part.tender == LATER:
                movements += _lent(center, actor, debt, part)
    return movements


def _paid(center: Center, actor: Actor, debt: Debt, parts: Sequence[Part]) -> Movement:
    micros = sum(part.micros for part in parts)
    amounts: Amounts = {("member", debt.member_id, "loan"): micros}
    for part in parts:
        till = ("center", center.id, part.tender)
        amounts[till] = amounts.get(till, 0) - part.micros
    return Movement(
        center=center,
        actor=actor,
        event=Event.ADDTIME,
        member_id=debt.member_id,
        pc_name=debt.pc_name,
        kind="addtime",
        amounts=amounts,
        details=f"paid what was left open {format_fixed(micros)}",
        is_settled=True,
    )


def _lent(center: Center, actor: Actor, debt: Debt, part: Part) -> list[Movement]:
    """A row for each of the two: the guest owes it no more, the member does."""
    amount = format_fixed(part.micros)
    told = {
        debt.member_id: (part.micros, f"taken over as a loan of member {part.member_id}: {amount}"),
        part.member_id: (-part.micros, f"took over what {debt.session_id} left open: {amount}"),
    }
    return [
        Movement(
            center=center,
            actor=actor,
            event=Event.LOAN,
            member_id=member_id,
            pc_name=debt.pc_name,
            kind="debt_lent",
            amounts={
                ("member", member_id, "loan"): micros,
                ("center", center.id, "taken_over"): -micros,
            },
            details=details,
            is_settled=True,
        )
        for member_id, (micros, details) in told.items()
    ]
