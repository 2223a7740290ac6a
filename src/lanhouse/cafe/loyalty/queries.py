"""Reads on what members are given."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import EndedBonus, Spending
from lanhouse.cafe.loyalty.rules.lots import Ended, Lot
from lanhouse.cafe.loyalty.tables import bonus_lots, referral_codes, referrals
from lanhouse.cafe.money.purses import own_share, purse_of
from lanhouse.db.statements import static
from lanhouse.db.store import Read

_b = bonus_lots.c
_OPEN = static(
    sa.select(_b.id, _b.expires_at, _b.left_micros)
    .where(
        _b.center_id == sa.bindparam("center"),
        _b.member_id == sa.bindparam("member"),
        _b.left_micros > 0,
    )
    .order_by(_b.id)
)
_NEXT = static(
    sa.select(sa.func.min(_b.expires_at)).where(
        _b.center_id == sa.bindparam("center"),
        _b.member_id == sa.bindparam("member"),
        _b.left_micros > 0,
    )
)
_CODE = static(
    sa.select(referral_codes.c.code).where(
        referral_codes.c.center_id == sa.bindparam("center"),
        referral_codes.c.member_id == sa.bindparam("member"),
    )
)
_FRIENDS = static(
    sa.select(sa.func.count())
    .select_from(referrals)
    .where(
        referrals.c.center_id == sa.bindparam("center"),
        referrals.c.referrer_id == sa.bindparam("member"),
    )
)


def open_lots(read: Read, center_id: int, member_id: int) -> list[Lot]:
    """What is left of a member's lots, in the order in which they were given."""
    return [Lot(*row) for row in read.all(_OPEN, center=center_id, member=member_id)]


def ended_lots(read: Read, center: Center, member_id: int, at: datetime) -> list[Ended]:
    """The lots of a member that are over at `at`, with what of each goes back to the house.

    What sessions that still run had used of the bonus by then stays: of lots that end one after the
    other it comes out of the first, as what ends first is spent first. Nothing goes back where
    bonus does not end any more (bonus_expiration_time 0).
    """
    due = sorted(
        (lot for lot in open_lots(read, center.id, member_id) if lot.is_over(at)),
        key=lambda lot: (lot.expires_at or at, lot.id),
    )
    if not due or not center.settings.loyalty.bonus_expiration_time:
        return [Ended(lot, 0) for lot in due]
    purse = purse_of(read, center, member_id)
    ended: list[Ended] = []
    kept = gone = 0
    for lot in due:
        assert lot.expires_at is not None
        used = read.claimed(Spending(center.id, member_id, lot.expires_at))
        _, from_bonus = own_share(
            used,
            purse.balance_micros,
            purse.bonus_micros - gone,
            is_bonus_first=center.settings.loyalty.use_bonus_first,
        )
        stays = min(lot.left_micros, max(from_bonus - kept, 0))
        ended.append(Ended(lot, lot.left_micros - stays))
        kept, gone = kept + stays, gone + lot.left_micros - stays
    return ended


def ended_bonus(read: Read, question: EndedBonus) -> int:
    """Claim: bonus that is over can be spent by nobody, though the clock has not booked it yet."""
    center = center_by_id(read, question.center_id)
    assert center is not None
    found = ended_lots(read, center, question.member_id, question.at)
    return sum(each.gone_micros for each in found)


def bonus_ends_at(read: Read, center_id: int, member_id: int) -> datetime | None:
    """When the first of a member's bonus ends; None: none of it ends."""
    return read.scalar(_NEXT, center=center_id, member=member_id)


def bonus_left_seconds(read: Read, center_id: int, member_id: int, at: datetime) -> int | None:
    """How many whole seconds until some of a member's bonus ends (member_balance_bonus_left_seconds
    of the client's status); None: none of it ends."""
    until = bonus_ends_at(read, center_id, member_id)
    return None if until is None else max(int((until - at).total_seconds()), 0)


def friends_of(read: Read, center_id: int, member_id: int) -> tuple[str, int]:
    """The code by which a member brings friends ("": none was asked for yet), and how many came."""
    his = {"center": center_id, "member": member_id}
    return read.scalar(_CODE, **his) or "", int(read.scalar(_FRIENDS, **his))
