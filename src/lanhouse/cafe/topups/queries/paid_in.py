"""What was paid in for an account and can still be given back."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.centers.tables import centers
from lanhouse.cafe.money.tenders import CameBy, PayBack, pay_back
from lanhouse.cafe.topups.rules import Refundable, Undone, undo, undo_newest
from lanhouse.cafe.topups.tables import topups
from lanhouse.cafe.topups.tables.time_payments import time_payments
from lanhouse.db.statements import static
from lanhouse.db.store import Read
from lanhouse.kit.money import paid_decimals

LOOK_BACK = 500
"""A refund looks among this many payments of each kind, newest first."""

_CURRENCY = static(sa.select(centers.c.currency).where(centers.c.id == sa.bindparam("center")))
_TOPUPS = static(
    sa.select(topups)
    .where(
        topups.c.center_id == sa.bindparam("center"),
        topups.c.member_id == sa.bindparam("member"),
        topups.c.refundable_micros > 0,
    )
    .order_by(topups.c.id.desc())
    .limit(LOOK_BACK)
)
_TIME_PAYMENTS = static(
    sa.select(time_payments)
    .where(
        time_payments.c.center_id == sa.bindparam("center"),
        time_payments.c.member_id == sa.bindparam("member"),
        time_payments.c.refundable_micros > 0,
    )
    .order_by(time_payments.c.id.desc())
    .limit(LOOK_BACK)
)


def refundable_of(read: Read, center_id: int, member_id: int) -> list[Refundable]:
    """What may be undone of the account's top-ups and payments for time, the newest first."""
    of = {"center": center_id, "member": member_id}
    found = [
        Refundable(
            row.id,
            row.refundable_micros,
            row.refundable_bonus_micros,
            row.point_micros > 0,
            tender=row.payment,
            transfer_id=row.transfer_id,
            coin_micros=row.refundable_coin_micros,
        )
        for row in read.all(_TOPUPS, **of)
    ]
    found += [
        Refundable(
            row.id,
            row.refundable_micros,
            0,
            tender=row.payment,
            transfer_id=row.transfer_id,
            is_topup=False,
        )
        for row in read.all(_TIME_PAYMENTS, **of)
    ]
    return sorted(found, key=lambda each: each.transfer_id, reverse=True)


def refund_way_back(
    read: Read, center_id: int, member_id: int, amount_micros: int, named: str = ""
) -> tuple[PayBack, list[Undone]]:
    """How a refund of `amount_micros` goes back, and what it undoes in the order of decision 0071.

    `named` is the tender for all of it; empty: as it came (decision 0078).
    """
    undone = (
        undo(refundable_of(read, center_id, member_id), amount_micros, _decimals(read, center_id))
        if amount_micros
        else []
    )
    return pay_back(_came_by(undone), amount_micros, named), undone


def rest_way_back(
    read: Read, center_id: int, member_id: int, amount_micros: int, named: str = ""
) -> tuple[PayBack, list[Undone]]:
    """How money that a session has not used goes back: the newest payments first.

    As refund_way_back(), but no single payment is meant. What stays on the balance undoes nothing.
    """
    found = refundable_of(read, center_id, member_id)
    undone = undo_newest(found, amount_micros, _decimals(read, center_id))
    back = pay_back(_came_by(undone), amount_micros, named)
    return back, undone if back.handed_out else []


def _decimals(read: Read, center_id: int) -> int:
    return paid_decimals(read.scalar(_CURRENCY, center=center_id))


def _came_by(undone: list[Undone]) -> list[CameBy]:
    return [CameBy(each.tender, each.value_micros) for each in undone]
