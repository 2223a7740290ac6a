"""A member changes what he allows himself. Nobody else does (decision 0146)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import ClockStepped, LimitsChanged, MemberForgotten
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.own_limits.queries import limits_of
from lanhouse.cafe.own_limits.rules import (
    BREAK_DAYS,
    DAY_MINUTES,
    PLAY_SECONDS_MAX,
    PLAY_SECONDS_MIN,
    broken_off,
    changed,
)
from lanhouse.cafe.own_limits.schemas import Kind, Limit
from lanhouse.cafe.own_limits.tables import own_limits
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import Forbidden, InvalidInput, Refused
from lanhouse.kit.limits import AMOUNT_MICROS_MAX
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say

_limits = own_limits.c
_KEY = (_limits.member_id == sa.bindparam("member"), _limits.kind == sa.bindparam("the_kind"))
_INSERT = static(sa.insert(own_limits))
_CHANGE = static(
    sa.update(own_limits)
    .where(*_KEY)
    .values(
        value=sa.bindparam("new_value"),
        next_value=sa.bindparam("new_next"),
        next_at=sa.bindparam("new_next_at", type_=_limits.next_at.type),
        changed_at=sa.bindparam("at", type_=_limits.changed_at.type),
    )
)
_FORGET = static(sa.delete(own_limits).where(_limits.member_id == sa.bindparam("member")))
_WAITING = static(
    sa.select(_limits.member_id, _limits.kind, _limits.next_at)
    .where(_limits.next_at > sa.bindparam("at", type_=_limits.next_at.type))
    .order_by(_limits.member_id, _limits.kind)
)
_WAIT = static(
    sa.update(own_limits)
    .where(*_KEY)
    .values(next_at=sa.bindparam("new_next_at", type_=_limits.next_at.type))
)
_LEAST = {Kind.PLAY: PLAY_SECONDS_MIN, Kind.LATE: 0, Kind.TOPUP: 0}
_MOST = {Kind.PLAY: PLAY_SECONDS_MAX, Kind.LATE: DAY_MINUTES - 1, Kind.TOPUP: AMOUNT_MICROS_MAX}


class SetLimit(msgspec.Struct, frozen=True, kw_only=True):
    """A member wants this limit (in the unit of its kind) from now on; None: no limit."""

    center: Center
    actor: Actor
    kind: Kind
    value: int | None


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """A member wants to play nothing for so many days."""

    center: Center
    actor: Actor
    days: int


def set_limit(tx: Tx, cmd: SetLimit) -> Limit:
    """Set it, at once where it is stricter, after a wait where it is looser; answers it.

    Raises InvalidInput of `value`, Forbidden for anybody but a member, MemberNotFound, Refused for
    a guest.
    """
    if cmd.kind is Kind.BREAK:
        raise InvalidInput({"value": say("a break cannot be changed")})
    if cmd.value is not None and not _LEAST[cmd.kind] <= cmd.value <= _MOST[cmd.kind]:
        raise InvalidInput({"value": say("is out of range")})
    before = _own(tx, cmd.center, cmd.actor, cmd.kind)
    after = changed(before, cmd.value, whole_second(tx.now))
    _keep(tx, cmd.center, cmd.actor.member_id, before, after)
    return after


def take_break(tx: Tx, cmd: Break) -> Limit:
    """Begin it; nothing ends it early. What runs ends. Raises as set_limit(), of `days`."""
    if cmd.days not in BREAK_DAYS:
        raise InvalidInput({"days": say("must be one of %(names)s", names="1, 7, 30")})
    now = whole_second(tx.now)
    before = _own(tx, cmd.center, cmd.actor, Kind.BREAK)
    after = broken_off(before, now + timedelta(days=cmd.days), now)
    _keep(tx, cmd.center, cmd.actor.member_id, before, after)
    return after


def forget_limits(tx: Tx, facts: Sequence[MemberForgotten]) -> None:
    """Limits go with the person; follows MemberForgotten."""
    for fact in facts:
        tx.run(_FORGET, member=fact.member_id)


def keep_waits(tx: Tx, facts: Sequence[ClockStepped]) -> None:
    """A step of the clock shortens and lengthens no wait and no break; follows ClockStepped."""
    for fact in facts:
        step = fact.after - fact.before
        for row in tx.all(_WAITING, at=fact.before):
            moved = row.next_at + step
            tx.run(_WAIT, member=row.member_id, the_kind=row.kind, new_next_at=moved)


def _own(tx: Tx, center: Center, actor: Actor, kind: Kind) -> Limit:
    if actor.kind != "member":
        raise Forbidden(say("Only members set their own limits."))
    row = lock_member(tx, center.id, actor.member_id)
    if row is None or row.deleted_at is not None:
        raise MemberNotFound
    if row.group_id < DEFAULT_GROUP:
        raise Refused(say("A guest has no limits: they would end with the session."))
    return limits_of(tx, row.id).get(kind, Limit(kind=kind))


def _keep(tx: Tx, center: Center, member_id: int, before: Limit, after: Limit) -> None:
    if before == after:
        tx.did_nothing()
        return
    new = {"new_value": after.value, "new_next": after.next_value, "new_next_at": after.next_at}
    if not tx.run(_CHANGE, member=member_id, the_kind=after.kind.value, at=tx.now, **new):
        tx.run(
            _INSERT,
            member_id=member_id,
            kind=after.kind.value,
            center_id=center.id,
            value=after.value,
            next_value=after.next_value,
            next_at=after.next_at,
            changed_at=tx.now,
        )
    # Only that he did: how much he allows himself is his own affair.
    tx.audit("own_limit", member_id, after={"kind": after.kind.value})
    tx.tell(LimitsChanged(center.id, member_id))
