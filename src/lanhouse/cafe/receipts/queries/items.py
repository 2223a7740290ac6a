"""What a row of the billing log sold, and who paid it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.metering.rules import Bill, Terms
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.taxes import TIME_TAX
from lanhouse.cafe.orders.queries import orders_moved_by
from lanhouse.cafe.orders.schemas import Line
from lanhouse.cafe.receipts.rules import kept_tax, taxes_in
from lanhouse.cafe.receipts.schemas import Document, Head, Item, Kind, Receipt, Tax
from lanhouse.cafe.sessions.plans.ending import Settlement, settlement_of
from lanhouse.cafe.sessions.schemas import POSTPAID
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.money import MICROS, unit_micros

_COMMENT = "Comment: "
_ENDED = static(
    sa.select(pc_sessions.c.id)
    .where(
        pc_sessions.c.center_id == sa.bindparam("center"),
        pc_sessions.c.member_id == sa.bindparam("member"),
        # A session ends on a whole second (decision 0020); who checks out is told to the moment.
        pc_sessions.c.ended_at == sa.bindparam("second", type_=pc_sessions.c.ended_at.type),
    )
    .order_by(pc_sessions.c.id.desc())
    .limit(1)
)


def receipt_of_row(read: Read, center: Center, head: Head, row: Row) -> Receipt:
    """The receipt of a row, from the row and, of a check-out, from the session that ended."""
    if row.event == Event.CHECKOUT:
        session_id = read.scalar(
            _ENDED, center=center.id, member=row.member_id, second=whole_second(row.at)
        )
        end = None if session_id is None else settlement_of(read, center.id, session_id)
        if end is not None:
            return _of_end(row, head, end)
    if row.event == Event.OFFER and row.tax_micros and len(head.taxes) >= TIME_TAX:
        unit = unit_micros(center.currency)
        tax = kept_tax(head.taxes[TIME_TAX - 1], row.cost_micros, row.tax_micros, unit)
        return msgspec.structs.replace(receipt_of_items(row, head, items_of(row)), taxes=(tax,))
    if row.event == Event.SALE and row.transfer_id is not None:
        orders = orders_moved_by(read, center.id, row.transfer_id)
        # What came back, and what paid a part, has no lines of its own.
        if sum(order.total_micros for order in orders) == row.cost_micros:
            return _of_orders(row, head, [line for order in orders for line in order.lines])
    return receipt_of_items(row, head, items_of(row))


def _of_orders(row: Row, head: Head, lines: Sequence[Line]) -> Receipt:
    """The lines of orders with the taxes that were agreed for them, rounded once a line."""
    items = [
        Item(kind="goods", name=line.name, quantity=line.quantity, amount_micros=line.total_micros)
        for line in lines
    ]
    sums: dict[tuple[int, int], int] = defaultdict(int)
    for line in lines:
        if line.tax_micros:
            sums[line.tax_id, line.tax_rate_micros] += line.tax_micros
    taxes = tuple(
        Tax(head.taxes[number - 1].name if number <= len(head.taxes) else "", rate, amount)
        for (number, rate), amount in sorted(sums.items())
    )
    return msgspec.structs.replace(receipt_of_items(row, head, items), taxes=taxes)


def receipt_of_items(row: Row, head: Head, items: Sequence[Item]) -> Receipt:
    """A receipt with these lines; who paid, and when, is the row's.

    A noun that keeps lines of its own (an order) hands them over here: what it sold stands in its
    own words, with its own taxes.
    """
    return Receipt(
        document=Document(Kind.LOG, row.id),
        at=row.at,
        staff_name=row.staff_name,
        member_account=_account(row),
        pc_name=row.pc_name,
        items=tuple(items),
        total_micros=sum(item.amount_micros for item in items),
        taxes=taxes_in(head, items),
        paid=_paid(row),
        bonus_micros=_given(row),
        comment=row.details.removeprefix(_COMMENT) if _has_comment(row) else "",
    )


def items_of(row: Row) -> list[Item]:
    """What a row sold that has no lines of its own."""
    taken = row.cash_micros + row.card_micros + row.qr_micros
    if row.event == Event.ADDTIME:
        # Its tax stands on the bill at the end, when it is known what was played.
        return [Item(kind="deposit", amount_micros=taken, name=row.pc_name)]
    if row.event == Event.OFFER:
        cost = row.cost_micros
        return [Item(kind="package", amount_micros=cost, name=row.details, tax_number=TIME_TAX)]
    if row.event == Event.TOPUP:
        return [Item(kind="topup", amount_micros=taken or row.balance_micros)]
    if row.event == Event.LOAN:
        kind = "loan" if row.balance_micros > 0 or taken < 0 else "repaid"
        return [Item(kind=kind, amount_micros=row.balance_micros or taken)]
    if row.event == Event.EXPENSE:
        return [Item(kind="expense", amount_micros=taken)]
    return [Item(kind="other", amount_micros=row.cost_micros or taken, name=row.details)]


def _of_end(row: Row, head: Head, end: Settlement) -> Receipt:
    total = end.bill.total_micros
    paid = {"balance": end.from_balance_micros, "bonus": end.from_bonus_micros}
    paid[end.payment] = paid.get(end.payment, 0) + end.paid_micros
    if end.session.kind not in ("member", POSTPAID):
        # What a guest paid before, whatever comes back of it.
        paid = {"before": end.from_balance_micros + end.from_bonus_micros + end.refund_micros}
    for tender, micros in end.back.handed_out.items():
        paid[tender] = paid.get(tender, 0) - micros
    return Receipt(
        document=Document(Kind.LOG, row.id),
        at=row.at,
        staff_name=row.staff_name,
        member_account=_account(row),
        pc_name=row.pc_name,
        bill=end.bill,
        total_micros=total,
        taxes=_time_taxes(head, end.bill, end.session.terms),
        paid={tender: micros for tender, micros in paid.items() if micros},
    )


def _time_taxes(head: Head, bill: Bill, terms: Terms) -> tuple[Tax, ...]:
    """The tax of a bill as it was agreed; a session of before that was kept has the head's. What
    comes on top is a line of the bill."""
    if terms.tax_parts:
        if not terms.is_tax_included:
            return ()
        return (Tax(terms.tax_name, terms.tax_parts * MICROS // 100, bill.tax_micros),)
    time = Item(kind="time", amount_micros=bill.total_micros, tax_number=TIME_TAX)
    return taxes_in(head, [time])


def _account(row: Row) -> str:
    """A member's account. A guest's is half of a log-in, which stands on no receipt."""
    return row.member_account if row.member_group_id >= 0 else ""


def _paid(row: Row) -> dict[str, int]:
    paid = {
        "cash": row.cash_micros,
        "card": row.card_micros,
        "qr": row.qr_micros,
        "balance": row.spend_micros,
        "bonus": -row.bonus_micros if row.cost_micros else 0,
    }
    return {tender: micros for tender, micros in paid.items() if micros}


def _given(row: Row) -> int:
    """Bonus that came on top of a top-up, or was taken back with one."""
    return row.bonus_micros if row.event == Event.TOPUP else 0


def _has_comment(row: Row) -> bool:
    return row.event == Event.EXPENSE or row.details.startswith(_COMMENT)
