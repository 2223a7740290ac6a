"""What settling several sessions in one act comes to: one bill, its payers, what stays open.

For check-out, dialog and receipt alike (decisions 0119 and 0120). Amounts are micros.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.sharing import LATER, Part, Payer, check_payers, even_parts, spread
from lanhouse.cafe.sessions.plans.ending import Settlement, shared
from lanhouse.cafe.sessions.queries.bundles import Debt
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import parse_micros
from lanhouse.kit.said import say


class BillPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Sessions that are settled together, and debts of before that are paid with them."""

    ends: list[Settlement]
    debts: list[Debt] = []
    debt_parts: list[tuple[Part, ...]] = []
    """For each debt who pays which part of it."""
    payers: list[Payer] = []
    """Who pays what is due; empty: nothing is."""
    bundle_id: int | None = None

    @property
    def due_micros(self) -> int:
        """What is to be paid at the desk, or left open."""
        return sum(self.dues)

    @property
    def dues(self) -> list[int]:
        """The same by session, then by debt."""
        return [
            *(end.paid_micros + end.later_micros for end in self.ends),
            *(debt.amount_micros for debt in self.debts),
        ]

    @property
    def cost_micros(self) -> int:
        """What the sessions cost."""
        return sum(end.bill.total_micros for end in self.ends)

    @property
    def carried_micros(self) -> int:
        """What was left open before and is settled now."""
        return sum(debt.amount_micros for debt in self.debts)

    @property
    def own_micros(self) -> int:
        """What the sessions' own accounts pay of it."""
        return sum(end.own_micros for end in self.ends)

    @property
    def later_micros(self) -> int:
        """What is left open."""
        return sum(payer.amount_micros for payer in self.payers if payer.tender == LATER)

    @property
    def paid_micros(self) -> int:
        """What is paid at the desk."""
        return self.due_micros - self.later_micros

    @property
    def refund_micros(self) -> int:
        """What is handed out."""
        return sum(end.refund_micros for end in self.ends)

    @property
    def back(self) -> dict[str, int]:
        """The same by tender."""
        found: dict[str, int] = {}
        for end in self.ends:
            for tender, micros in end.back.handed_out.items():
                found[tender] = found.get(tender, 0) + micros
        return found

    @property
    def is_one_act(self) -> bool:
        """Whether there is more to tell than a session tells alone."""
        return len(self.ends) + len(self.debts) > 1 or len(self.payers) > 1 or self.later_micros > 0


def plan_bill(
    center: Center,
    ends: Sequence[Settlement],
    debts: Sequence[Debt] = (),
    *,
    payment: str = "",
    payers: Sequence[Payer] = (),
    ways: int = 0,
    debtor_id: int = 0,
    bundle_id: int | None = None,
) -> BillPlan:
    """One bill of sessions that end and of debts of before.

    `payers` share what is due; without them `ways` (more than 1) divide it evenly by `payment`, and
    otherwise one payer pays all of it by `payment` (cash, card, qr, later; empty: cash).
    `debtor_id` is the member who owes what is paid later. Raises InvalidInput of `payers` for parts
    that are not exactly what is due.
    """
    plan = BillPlan(ends=list(ends), debts=list(debts), bundle_id=bundle_id)
    due = plan.due_micros
    if payers:
        check_payers(payers, due)
        given = list(payers)
    elif not due:
        return plan
    else:
        step = parse_micros(center.settings.payment.bill_rounding, decimals=2, field="payers")
        tender = payment or "cash"
        given = [
            Payer(tender, micros, debtor_id if tender == LATER else 0)
            for micros in even_parts(due, max(ways, 1), step)
            if micros
        ]
    _check_ways(center, given)
    shares = spread(plan.dues, given)
    return msgspec.structs.replace(
        plan,
        ends=[
            shared(end, parts) if parts else end
            for end, parts in zip(plan.ends, shares, strict=False)
        ],
        debt_parts=[tuple(parts) for parts in shares[len(plan.ends) :]],
        payers=given,
    )


def _check_ways(center: Center, payers: Sequence[Payer]) -> None:
    """Several tenders for one bill are a choice of the centre (setting payment_method_mixed)."""
    tenders = {payer.tender for payer in payers} - {LATER}
    if len(tenders) > 1 and not center.settings.payment.payment_method_mixed:
        raise InvalidInput(
            {"payers": say("the settings of the centre take one way to pay for a bill")}
        )
