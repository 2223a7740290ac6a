"""Points that a person moves, and what a promo code gives at the registration."""

from __future__ import annotations

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.members.queries import purse_of
from lanhouse.cafe.money.movements import Amounts, Moved, Movement, move
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.promo.commands import lock_promo, use_promo
from lanhouse.cafe.promo.plans import plan_promo
from lanhouse.cafe.promo.schemas import Purpose
from lanhouse.db.statements import Row
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say

_HOUSE = Actor(kind="system")


class MovePoints(msgspec.Struct, frozen=True, kw_only=True):
    """Give a member points, or take them (negative); the group follows by itself."""

    center: Center
    actor: Actor
    member_id: int
    point_micros: int
    comment: str = ""


class PointsMoved(msgspec.Struct, frozen=True):
    """The points of a member after that."""

    member_id: int
    point_micros: int


def move_points(tx: Tx, cmd: MovePoints) -> PointsMoved:
    """Move points by hand. Raises MemberNotFound, Forbidden, InvalidInput of `points` (0, or more
    than there are) and of `comment` (a person says why)."""
    cmd.actor.require("members.points")
    if not cmd.point_micros:
        raise InvalidInput({"points": say("must not be 0")})
    if cmd.actor.kind == "staff" and not cmd.comment:
        raise InvalidInput({"comment": say("is required")})
    if len(cmd.comment) > COMMENT_CHARS_MAX:
        text = say("must be at most %(count)s characters", count=COMMENT_CHARS_MAX)
        raise InvalidInput({"comment": text})
    member = _member(tx, cmd.center, cmd.member_id)
    held = purse_of(tx, cmd.center, member.id).point_micros
    if held + cmd.point_micros < 0:
        text = say("is more than the %(points)s that are there", points=format_fixed(held))
        raise InvalidInput({"points": text})
    words = f"Points: {format_fixed(cmd.point_micros)}"
    _gift(
        *(tx, cmd.center, cmd.actor, member),
        *("points_by_hand", f"{words}. Comment: {cmd.comment}" if cmd.comment else words),
        points=cmd.point_micros,
    )
    return PointsMoved(member.id, held + cmd.point_micros)


def give_promo(tx: Tx, center: Center, actor: Actor, member_id: int, code: str) -> None:
    """Give a new member what a code for registrations gives. Raises InvalidInput of `promo_code` in
    the words of promo.plans."""
    member = _member(tx, center, member_id)
    lock_promo(tx, center.id, code)
    plan = plan_promo(tx, center, code, member_id, Purpose.REGISTER, 0, tx.now)
    moved = _gift(
        *(tx, center, actor, member, "promo", f"Promo code {plan.name}"),
        bonus=plan.bonus_micros,
        coins=plan.coin_micros,
    )
    assert moved.transfer_id is not None, "a code gives something"
    use_promo(tx, center, plan, member_id, moved.transfer_id)


def _member(tx: Tx, center: Center, member_id: int) -> Row:
    member = lock_member(tx, center.id, member_id)
    if member is None or member.deleted_at is not None:
        raise MemberNotFound
    return member


def _gift(
    tx: Tx,
    center: Center,
    actor: Actor,
    member: Row,
    kind: str,
    details: str,
    *,
    bonus: int = 0,
    coins: int = 0,
    points: int = 0,
) -> Moved:
    amounts: Amounts = {
        ("center", center.id, "bonus_given"): -bonus,
        ("member", member.id, "bonus"): bonus,
        ("center", center.id, "coin_issued"): -coins,
        ("member", member.id, "coin"): coins,
        ("center", center.id, "point_issued"): -points,
        ("member", member.id, "point"): points,
    }
    return move(
        tx,
        Movement(
            center=center,
            actor=actor,
            event=Event.REWARD,
            member_id=member.id,
            holder=(member.account, member.group_id),
            kind=kind,
            amounts=amounts,
            details=details,
        ),
    )
