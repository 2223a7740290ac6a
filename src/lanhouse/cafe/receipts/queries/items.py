"""What a row of the billing log sold, and who paid it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.metering.rules import Bill, Terms
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.money.taxes import TIME_TAX
from lanhouse.cafe.orders.queries import orders_moved_by
from lanhouse.cafe.orders.schemas import Order
from lanhouse.cafe.receipts.queries.booked import item_of_booking
from lanhouse.cafe.receipts.rules import kept_tax, taxes_in
from lanhouse.cafe.receipts.schemas import Document, Head, Item, Kind, Receipt, Tax
from lanhouse.cafe.sessions.plans.ending import Settlement, settlement_of
from lanhouse.cafe.sessions.schemas import POSTPAID
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.statements import Row, among, static
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

# The member's rows since the order, by their index.
_OF_ORDER = static(
    sa.select(billing_logs)
    .where(
        billing_logs.c.center_id == sa.bindparam("center"),
        billing_logs.c.member_id == sa.bindparam("member"),
        billing_logs.c.at >= sa.bindparam("since", type_=billing_logs.c.at.type),
        among(billing_logs.c.transfer_id, "transfers"),
    )
    .order_by(billing_logs.c.id)
)


def receipt_of_row(read: Read, center: Center, head: Head, row: Row) -> Receipt:
    """The receipt of a row, from the row and, of a check-out, from the session that ended."""
    if row.event == Event.CHECKOUT:
        session_id = read.scalar(
            _ENDED, center=center.id, member=row.member_id, second=whole_second(row.at)
        )
        end = None if session_id is None else settlement_of(read, center.id, session_id)
        if end is not None:
            return _of_end(row, head, end, center.currency)
    order = order_paid_by(read, row)
    if order is not None:
        return _of_order(head, order, rows_of_order(read, order, row), center.currency)
    booked = item_of_booking(read, center, row) if row.event == Event.OFFER else None
    items = items_of(row) if booked is None else [booked]
    found = receipt_of_items(row, head, items, center.currency)
    if row.event == Event.OFFER and row.tax_micros and len(head.taxes) >= TIME_TAX:
        unit = unit_micros(center.currency)
        tax = kept_tax(head.taxes[TIME_TAX - 1], row.cost_micros, row.tax_micros, unit)
        return msgspec.structs.replace(found, taxes=(tax,))
    return found


def order_paid_by(read: Read, row: Row) -> Order | None:
    """The order that a row of the log paid for; None for what came back, and for other sales."""
    if row.event not in (Event.SALE, Event.OFFER) or row.transfer_id is None:
        return None
    for order in orders_moved_by(read, row.center_id, row.transfer_id):
        if any(
            paid.transfer_id == row.transfer_id and paid.amount_micros > 0
            for paid in order.payments
        ):
            return order
    return None


def rows_of_order(read: Read, order: Order, row: Row) -> list[Row]:
    """The rows of the log that an order was paid by, of which `row` is one: each package has its
    own. They have one receipt, which is that of the first."""
    if not any(line.is_package for line in order.lines):
        return [row]
    ids = [paid.transfer_id for paid in order.payments if paid.amount_micros > 0]
    return read.all(
        _OF_ORDER, center=row.center_id, member=row.member_id, since=order.at, transfers=ids
    )


def _of_order(head: Head, order: Order, rows: Sequence[Row], currency: str) -> Receipt:
    """The lines of an order with the taxes that were agreed for them, rounded once a line, and
    what all of its rows say of who paid."""
    items = [
        Item(kind="package", name=line.name, amount_micros=line.total_micros)
        if line.is_package
        else Item(
            kind="goods", name=line.name, quantity=line.quantity, amount_micros=line.total_micros
        )
        for line in order.lines
    ]
    sums: dict[tuple[int, int], int] = defaultdict(int)
    for line in order.lines:
        if line.tax_micros:
            sums[line.tax_id, line.tax_rate_micros] += line.tax_micros
    taxes = tuple(
        Tax(head.taxes[number - 1].name if number <= len(head.taxes) else "", rate, amount)
        for (number, rate), amount in sorted(sums.items())
    )
    made = receipt_of_items(rows[0], head, items, currency)
    paid: dict[str, int] = defaultdict(int)
    for row in rows:
        for tender, micros in _paid(row).items():
            paid[tender] += micros
    return msgspec.structs.replace(made, taxes=taxes, paid=dict(paid))


def receipt_of_items(row: Row, head: Head, items: Sequence[Item], currency: str) -> Receipt:
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
        taxes=taxes_in(head, items, currency),
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


def _of_end(row: Row, head: Head, end: Settlement, currency: str) -> Receipt:
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
        taxes=_time_taxes(head, end.bill, end.session.terms, currency),
        paid={tender: micros for tender, micros in paid.items() if micros},
    )


def _time_taxes(head: Head, bill: Bill, terms: Terms, currency: str) -> tuple[Tax, ...]:
    """The tax of a bill as it was agreed; a session of before that was kept has the head's. What
    comes on top is a line of the bill."""
    if terms.tax_parts:
        if not terms.is_tax_included:
            return ()
        return (Tax(terms.tax_name, terms.tax_parts * MICROS // 100, bill.tax_micros),)
    time = Item(kind="time", amount_micros=bill.total_micros, tax_number=TIME_TAX)
    return taxes_in(head, [time], currency)


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
