"""Payments and notices as the panel lists them, newest first."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from lanhouse.cafe.members.tables import members
from lanhouse.cafe.payments.tables import payment_notices, payment_orders
from lanhouse.db.listing import Condition, Listing, Wanted, by
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Read

_ACCOUNTS = static(
    sa.select(members.c.id, members.c.account).where(
        members.c.center_id == sa.bindparam("center"), among(members.c.id, "ids")
    )
)
_NOTICE = static(
    sa.select(payment_notices).where(
        payment_notices.c.center_id == sa.bindparam("center"),
        payment_notices.c.id == sa.bindparam("notice"),
    )
)


class PaymentsWanted(Wanted, frozen=True, kw_only=True):
    """Payments of a centre; with `waiting_at` only those that wait at that moment."""

    center_id: int
    waiting_at: datetime | None = None
    member_id: int | None = None


class NoticesWanted(Wanted, frozen=True, kw_only=True):
    """What the gateways told; only what waits for somebody, if that is wanted."""

    center_id: int
    is_open: bool = True


def _payments(wanted: PaymentsWanted) -> list[Condition]:
    found = [payment_orders.c.center_id == wanted.center_id]
    if wanted.waiting_at is not None:
        found += [
            payment_orders.c.status == sa.literal_column("'pending'"),
            payment_orders.c.expires_at > wanted.waiting_at,
        ]
    if wanted.member_id is not None:
        found.append(payment_orders.c.member_id == wanted.member_id)
    return found


def _notices(wanted: NoticesWanted) -> list[Condition]:
    found = [payment_notices.c.center_id == wanted.center_id]
    if wanted.is_open:
        open_ones = [sa.literal_column("'open'"), sa.literal_column("'refunding'")]
        found.append(payment_notices.c.state.in_(open_ones))
    return found


PAYMENT_LIST: Listing[PaymentsWanted] = Listing(
    payment_orders.c.id, conditions=_payments, usual=by(payment_orders.c.id)
)
NOTICE_LIST: Listing[NoticesWanted] = Listing(
    payment_notices.c.id, conditions=_notices, usual=by(payment_notices.c.id)
)


def accounts_of(read: Read, center_id: int, member_ids: set[int]) -> dict[int, str]:
    """Member -> account, of those that there are."""
    ids = sorted(member_ids - {0})
    rows = read.all(_ACCOUNTS, center=center_id, ids=ids) if ids else []
    return {row.id: row.account for row in rows}


def notice_by_id(read: Read, center_id: int, notice_id: int) -> Row | None:
    """A notice of the centre, or None."""
    return read.one(_NOTICE, center=center_id, notice=notice_id)
