"""Bonus that ends: kept in lots that agree with the ledger, and booked back to the house."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import BonusChanged
from lanhouse.cafe.loyalty.queries import ended_lots, open_lots
from lanhouse.cafe.loyalty.rules.lots import spent_from
from lanhouse.cafe.loyalty.tables import bonus_lots
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.money.movements import Movement, move_many
from lanhouse.cafe.money.purses import purse_of
from lanhouse.cafe.money.schemas import Event
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

BATCH = 50
"""Lots of one step of the clock."""
_HOUSE = Actor(kind="system")
_b = bonus_lots.c
_TIME = _b.expires_at.type
_DUE = static(
    sa.select(_b.id, _b.center_id, _b.member_id)
    .where(_b.left_micros > 0, _b.expires_at <= sa.bindparam("at", type_=_TIME))
    .order_by(_b.expires_at, _b.id)
    .limit(BATCH)
)
_INSERT = static(sa.insert(bonus_lots))
_LEAVE = static(
    sa.update(bonus_lots)
    .where(_b.id == sa.bindparam("lot"))
    .values(left_micros=sa.bindparam("left"))
)
_END = static(
    sa.update(bonus_lots)
    .where(_b.id == sa.bindparam("lot"))
    .values(
        left_micros=_b.left_micros - sa.bindparam("gone"),
        expired_micros=_b.expired_micros + sa.bindparam("gone"),
        expires_at=sa.bindparam("until", type_=_TIME),
    )
)


def keep_lots(tx: Tx, facts: Sequence[BonusChanged]) -> None:
    """Make the lots of members agree with their bonus; follows BonusChanged.

    What is more than all lots hold is a new lot, what is less was spent. The members are locked by
    who moved the bonus.
    """
    for fact in facts:
        center = center_by_id(tx, fact.center_id)
        assert center is not None
        if center.settings.loyalty.bonus_expiration_time:
            _agree(tx, center, fact.member_id)


def _agree(tx: Tx, center: Center, member_id: int) -> None:
    held = purse_of(tx, center, member_id).bonus_micros
    lots = open_lots(tx, center.id, member_id)
    more = held - sum(lot.left_micros for lot in lots)
    if more > 0:
        days = center.settings.loyalty.bonus_expiration_time
        tx.run(
            _INSERT,
            center_id=center.id,
            member_id=member_id,
            given_at=tx.now,
            expires_at=tx.now + timedelta(days=days),
            amount_micros=more,
            left_micros=more,
            expired_micros=0,
        )
    for lot in spent_from(lots, -more, tx.now):
        tx.run(_LEAVE, lot=lot.id, left=lot.left_micros)


def expire_bonus(tx: Tx, _: None = None) -> bool:
    """Book bonus back to the house whose day has come, the oldest first; answers whether more
    waits. Running it twice changes nothing, running it late neither: what a session had used by the
    end of a lot stays, and from then on nobody can spend the rest (queries.ended_bonus)."""
    rows = tx.all(_DUE, at=tx.now)
    if not rows:
        return False
    # One centre at a time, all of its members locked by rising id before any money moves.
    center = center_by_id(tx, rows[0].center_id)
    assert center is not None
    whose = sorted({row.member_id for row in rows if row.center_id == center.id})
    for member_id in whose:
        lock_member(tx, center.id, member_id)
    _end_of_members(tx, center, whose)
    return len(rows) == BATCH or any(row.center_id != center.id for row in rows)


def _end_of_members(tx: Tx, center: Center, member_ids: Sequence[int]) -> None:
    gone = {member_id: _end_lots(tx, center, member_id) for member_id in member_ids}
    movements = [_movement(center, member_id, micros) for member_id, micros in gone.items()]
    movements = [movement for movement in movements if any(movement.amounts.values())]
    if movements:
        move_many(tx, movements)


def _end_lots(tx: Tx, center: Center, member_id: int) -> int:
    """End the lots of a locked member that are due; how much of them goes back to the house."""
    ended = ended_lots(tx, center, member_id, tx.now)
    for lot, gone in ended:
        until = lot.expires_at if gone == lot.left_micros else None
        tx.run(_END, lot=lot.id, gone=gone, until=until)
    return sum(each.gone_micros for each in ended)


def _movement(center: Center, member_id: int, micros: int) -> Movement:
    return Movement(
        center=center,
        actor=_HOUSE,
        event=Event.EXPIRED,
        member_id=member_id,
        kind="bonus_expired",
        amounts={
            ("center", center.id, "bonus_given"): micros,
            ("member", member_id, "bonus"): -micros,
        },
        details="Bonus expired",
    )
