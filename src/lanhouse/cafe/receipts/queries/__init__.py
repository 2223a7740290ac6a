"""Making receipts from what is stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.queries.pictures import LOGO, shown_key
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.files.queries import whole_file
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.orders.tables import order_payments
from lanhouse.cafe.receipts.queries.items import order_paid_by, receipt_of_row, rows_of_order
from lanhouse.cafe.receipts.schemas import Document, Head, Kind, Paper, Receipt, TaxRate
from lanhouse.cafe.receipts.tables import receipt_heads, receipt_issues
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.cafe.topups.tables import topups
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit.errors import NotFound
from lanhouse.kit.said import say

NOT_THERE = say("There is no receipt with this number.")
logs = billing_logs.c
_ROW = static(
    sa.select(billing_logs).where(
        logs.center_id == sa.bindparam("center"), logs.id == sa.bindparam("log")
    )
)
_HEAD = static(
    sa.select(receipt_heads.c.head)
    .where(
        receipt_heads.c.center_id == sa.bindparam("center"),
        receipt_heads.c.from_at <= sa.bindparam("at", type_=receipt_heads.c.from_at.type),
    )
    .order_by(receipt_heads.c.from_at.desc(), receipt_heads.c.id.desc())
    .limit(1)
)
_ISSUED = static(
    sa.select(receipt_issues.c.number).where(
        receipt_issues.c.center_id == sa.bindparam("center"),
        receipt_issues.c.kind == sa.bindparam("kind"),
        receipt_issues.c.subject_id == sa.bindparam("subject"),
    )
)
# The member's rows from the newest on, by their index; a guest has few.
_OF_SALE = static(
    sa.select(logs.id)
    .where(
        logs.center_id == sa.bindparam("center"),
        logs.member_id == sa.bindparam("member"),
        logs.at >= sa.bindparam("since", type_=logs.at.type),
        (logs.event == Event.ADDTIME.value) | (logs.event == Event.OFFER.value),
    )
    .order_by(logs.id.desc())
    .limit(1)
)
_SESSION = static(
    sa.select(pc_sessions.c.member_id, pc_sessions.c.started_at, pc_sessions.c.ended_at).where(
        pc_sessions.c.center_id == sa.bindparam("center"),
        pc_sessions.c.id == sa.bindparam("session"),
    )
)
_OF_END = static(
    sa.select(logs.id)
    .where(
        logs.center_id == sa.bindparam("center"),
        logs.member_id == sa.bindparam("member"),
        logs.event == Event.CHECKOUT.value,
        logs.at >= sa.bindparam("since", type_=logs.at.type),
        logs.at < sa.bindparam("before", type_=logs.at.type),
    )
    .order_by(logs.id.desc())
    .limit(1)
)
_OF_TOPUP = static(
    sa.select(logs.id)
    .join(
        topups,
        (topups.c.center_id == logs.center_id)
        & (topups.c.member_id == logs.member_id)
        & (topups.c.transfer_id == logs.transfer_id),
    )
    .where(logs.center_id == sa.bindparam("center"), topups.c.id == sa.bindparam("order"))
    .order_by(logs.id)
    .limit(1)
)

# A row of the log is of the moment of what it tells, which leads to it by the index of moments.
_OF_ORDER = static(
    sa.select(logs.id)
    .join(
        order_payments,
        (order_payments.c.center_id == logs.center_id)
        & (order_payments.c.at == logs.at)
        & (order_payments.c.transfer_id == logs.transfer_id),
    )
    .where(
        logs.center_id == sa.bindparam("center"),
        order_payments.c.order_id == sa.bindparam("order"),
        order_payments.c.amount_micros > 0,
    )
    .order_by(logs.id)
    .limit(1)
)


def head_at(read: Read, center: Center, at: datetime) -> Head:
    """What stood on this centre's receipts at a moment."""
    stored = read.scalar(_HEAD, center=center.id, at=at)
    return head_of(center) if stored is None else msgspec.json.decode(stored, type=Head)


def head_of(center: Center) -> Head:
    """What stands on this centre's receipts from now on."""
    payment, house = center.settings.payment, center.settings.center
    tells_more = payment.print_additional_info
    return Head(
        name=center.name,
        zone_name=center.zone_name,
        address=payment.receipt_address,
        tax_number=payment.receipt_tax_number,
        note=payment.receipt_note,
        link=payment.receipt_link,
        language=payment.receipt_language,
        taxes=tuple(
            TaxRate(
                getattr(payment, f"tax{number}_name"),
                getattr(payment, f"tax{number}_percentage_micros"),
            )
            for number in range(1, 5)
        ),
        is_tax_included=payment.tax_included_in_price,
        has_logo=payment.allow_print_logo,
        opens=f"{house.open_time_start}-{house.open_time_end}" if tells_more else "",
        page=house.join_us if tells_more else "",
        signs_cash=payment.tax_printer_for_cash,
    )


def paper_of(read: Read, center: Center, head: Head, *, is_copy: bool) -> Paper:
    """The paper of a receipt. Its logo is that of now: a picture proves nothing."""
    key = shown_key(read, (center.id, LOGO)) if head.has_logo else None
    logo = None if key is None else whole_file(read, key)
    return Paper(
        head=head,
        currency=center.currency,
        is_copy=is_copy,
        logo=b"" if logo is None else logo.data,
    )


def receipt(read: Read, center: Center, log_id: int) -> tuple[Receipt, Head]:
    """The receipt of a row of the billing log, and the head of its time.

    Raises NotFound for another centre's row, and for one that is no sale: nothing was sold, taken
    or given.
    """
    row = read.one(_ROW, center=center.id, log=log_id)
    if row is None or not is_receipt(row):
        raise NotFound(NOT_THERE)
    head = head_at(read, center, row.at)
    return receipt_of_row(read, center, head, row), head


def is_receipt(row: Row) -> bool:
    """Whether a row of the billing log has a receipt: something was sold, or money moved at the
    desk or on an account."""
    if row.event in (Event.OTHERTENDER, Event.OPENING):
        return False
    moved = row.cash_micros, row.card_micros, row.qr_micros, row.balance_micros, row.bonus_micros
    return row.event == Event.CHECKOUT or any((*moved, row.cost_micros, row.coin_micros))


def original_of(read: Read, center_id: int, document: Document) -> Document:
    """The document itself, or of a receipt of an order that several rows of the log were paid by
    that of the first: printed again by another one it is a copy."""
    row = None
    if document.kind is Kind.LOG:
        row = read.one(_ROW, center=center_id, log=document.subject_id)
    order = None if row is None else order_paid_by(read, row)
    if row is None or order is None:
        return document
    return Document(Kind.LOG, rows_of_order(read, order, row)[0].id)


def issued(read: Read, center_id: int, document: Document) -> int:
    """How often a document was printed."""
    number: Any = read.scalar(
        _ISSUED, center=center_id, kind=document.kind.value, subject=document.subject_id
    )
    return number or 0


def log_of_sale(read: Read, center_id: int, session_id: int) -> int:
    """The newest sale of time or a package to a session's guest or member since it began.

    Raises NotFound.
    """
    row = read.one(_SESSION, center=center_id, session=session_id)
    if row is None:
        raise NotFound(NOT_THERE)
    log_id = read.scalar(_OF_SALE, center=center_id, member=row.member_id, since=row.started_at)
    return _found(log_id)


def log_of_end(read: Read, center_id: int, session_id: int) -> int:
    """The check-out of an ended session. Raises NotFound."""
    row = read.one(_SESSION, center=center_id, session=session_id)
    if row is None or row.ended_at is None:
        raise NotFound(NOT_THERE)
    # The end is a whole second (decision 0020), the log's row tells the moment.
    before = row.ended_at + timedelta(seconds=1)
    log_id = read.scalar(
        _OF_END, center=center_id, member=row.member_id, since=row.ended_at, before=before
    )
    return _found(log_id)


def log_of_topup(read: Read, center_id: int, order_id: int) -> int:
    """The row of a top-up, by its order number. Raises NotFound."""
    return _found(read.scalar(_OF_TOPUP, center=center_id, order=order_id))


def log_of_order(read: Read, center_id: int, order_id: int) -> int:
    """The first row that a paid order left, by its number. Raises NotFound."""
    return _found(read.scalar(_OF_ORDER, center=center_id, order=order_id))


def _found(log_id: int | None) -> int:
    if log_id is None:
        raise NotFound(NOT_THERE)
    return log_id
