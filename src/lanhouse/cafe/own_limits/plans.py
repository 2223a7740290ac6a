"""Whether money may be topped up by the member's own limit, for every way in which it comes."""

from __future__ import annotations

from datetime import datetime

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.own_limits.queries import limits_of, topped_up_micros, underway_micros
from lanhouse.cafe.own_limits.schemas import Kind
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say


def must_let_top_up(
    read: Read, center: Center, member_id: int, micros: int, at: datetime, *, field: str = "value"
) -> None:
    """Refuse money that passes what a member lets himself top up in a month, with what waits to be
    paid by QR code. Money that has come is not asked for. The member is locked. Raises InvalidInput
    by `field`."""
    found = limits_of(read, member_id).get(Kind.TOPUP)
    limit = None if found is None else found.at(at).value
    if limit is None or micros <= 0:
        return
    used = topped_up_micros(read, center, member_id, at)
    left = max(limit - used - underway_micros(read, center, member_id, at), 0)
    if micros > left:
        reason = say(
            "the member’s own limit leaves %(left)s of %(limit)s this month",
            left=format_fixed(left),
            limit=format_fixed(limit),
        )
        raise InvalidInput({field: reason})
