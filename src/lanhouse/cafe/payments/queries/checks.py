"""Proof that each payment that is done moved its money once, and nothing else did."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.payments.schemas import TENDER
from lanhouse.cafe.payments.tables import payment_notices, payment_orders
from lanhouse.db.store import Read
from lanhouse.ledger.tables import accounts, entries


def check_all_payments(read: Read) -> str | None:
    """The first payment of any centre that is done without a transfer of its amount by QR code, has
    one without being done, or shares one; or None. Notices that staff credited are held to the
    same."""
    paid, told = payment_orders.c, payment_notices.c
    wrong = _first(
        read,
        paid.id,
        (paid.status == "done")
        != sa.and_(
            paid.transfer_id.is_not(None), paid.paid_at.is_not(None), paid.went_to != sa.literal("")
        ),
    )
    if wrong is not None:
        return f"payment {wrong}: is done and has moved nothing, or has moved something undone"
    wrong = _first(read, told.id, (told.state == "credited") != told.transfer_id.is_not(None))
    if wrong is not None:
        return (
            f"notice {wrong}: is credited and has moved nothing, or has moved something unsettled"
        )
    for table, what in ((payment_orders, "payment"), (payment_notices, "notice")):
        wrong = read.scalar(_without_money(table))
        if wrong is not None:
            return f"{what} {wrong}: its transfer is not {TENDER} money of its amount"
    return _shared(read)


def _first(read: Read, number: Any, is_wrong: Any) -> int | None:
    return read.scalar(sa.select(number).where(is_wrong).order_by(number).limit(1))


def _without_money(table: sa.Table) -> Any:
    """The first row whose transfer did not bring its amount in by QR code."""
    came = (
        sa.select(entries.c.transfer_id)
        .join(accounts, accounts.c.id == entries.c.account_id)
        .where(
            entries.c.transfer_id == table.c.transfer_id,
            accounts.c.owner_kind == "center",
            accounts.c.owner_id == table.c.center_id,
            accounts.c.kind == TENDER,
            entries.c.amount_micros == -table.c.amount_micros,
        )
    )
    return (
        sa.select(table.c.id)
        .where(table.c.transfer_id.is_not(None), ~came.exists())
        .order_by(table.c.id)
        .limit(1)
    )


def _shared(read: Read) -> str | None:
    both = sa.union_all(
        sa.select(payment_orders.c.transfer_id).where(payment_orders.c.transfer_id.is_not(None)),
        sa.select(payment_notices.c.transfer_id).where(payment_notices.c.transfer_id.is_not(None)),
    ).subquery()
    found = read.scalar(
        sa.select(both.c.transfer_id)
        .group_by(both.c.transfer_id)
        .having(sa.func.count() > 1)
        .order_by(both.c.transfer_id)
        .limit(1)
    )
    return None if found is None else f"transfer {found}: stands for two payments"
