"""What every top-up asks of its caller, and what a move is as a movement and as a row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.movements import Moved, Movement
from lanhouse.cafe.money.tenders import TENDERS, must_take
from lanhouse.cafe.topups.plans import Move
from lanhouse.cafe.topups.rules import quoted_bonus
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.cafe.topups.tables import topups
from lanhouse.db.statements import Row, numbered
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.said import say

INSERT = numbered(topups)


def movement_of(
    move: Move, center: Center, actor: Actor, member: Row, pc_name: str = ""
) -> Movement:
    """What moves and is told; the comment stands in the log's details (cafe-wire, Billing logs)."""
    return Movement(
        center=center,
        actor=actor,
        event=move.event,
        member_id=member.id,
        holder=(member.account, member.group_id),
        pc_name=pc_name,
        kind=move.kind.value,
        amounts=move.amounts,
        reverses_id=move.reverses_id,
        details=f"Comment: {move.comment}" if move.comment else "",
    )


def check(cmd: TopUp, at: datetime) -> None:
    """Refuse what no account could make right, and callers without the right for it.

    Raises InvalidInput by field, Refused where top-ups are switched off, and Forbidden.
    """
    errors = _field_errors(cmd)
    if errors:
        raise InvalidInput(errors)
    if cmd.is_refund:
        cmd.actor.require("members.refund")
    elif cmd.value_micros:
        if not cmd.center.settings.payment.enable_topup:
            raise Refused(say("top-ups are switched off in the settings"))
        must_take(cmd.center, cmd.till)
    if cmd.coin_micros:
        cmd.actor.require("members.coins")
    by_hand = cmd.bonus_micros > quoted_bonus(cmd.center, cmd.value_micros, at)
    # What a promo code gives is known when its plan is made.
    if cmd.bonus_micros < 0 or (by_hand and not cmd.promo_code):
        must_give_by_hand(cmd)


def must_give_by_hand(cmd: TopUp) -> None:
    """Bonus beyond what the money earns is given by hand: that needs a right and, from a person, a
    comment (cafe-domain 6; decision 0072). Raises Forbidden, and InvalidInput of `comment`."""
    cmd.actor.require("members.bonus")
    if cmd.actor.kind == "staff" and not cmd.comment:
        raise InvalidInput({"comment": say("is required for a bonus by hand")})


def _field_errors(cmd: TopUp) -> dict[str, str]:
    given = (cmd.value_micros, cmd.bonus_micros, cmd.coin_micros)
    errors: dict[str, str] = {}
    if not cmd.member_ids:
        errors["member_ids"] = say("is required")
    elif len(set(cmd.member_ids)) != len(cmd.member_ids):
        errors["member_ids"] = say("must not name a member twice")
    if not any(given):
        errors["value"] = say("must not be 0 without bonus or coins")
    if cmd.is_refund and max(given) > 0:
        errors["value"] = say("must have the same sign as bonus and coins")
    if cmd.till not in TENDERS:
        errors["payment"] = say("must be cash, card or qr")
    if len(cmd.comment) > COMMENT_CHARS_MAX:
        errors["comment"] = say("must be at most %(count)s characters", count=COMMENT_CHARS_MAX)
    elif cmd.is_refund and not cmd.comment:
        errors["comment"] = say("is required for a refund")
    return errors


def row_of(move: Move, moved: Moved, at: datetime) -> dict[str, Any]:
    """The row of `topups`."""
    assert moved.transfer_id is not None, "every move moves something"
    return {
        "center_id": moved.entry.center_id,
        "member_id": moved.entry.member_id,
        "at": at,
        "kind": move.kind.value,
        "payment": move.payment,
        "value_micros": move.value_micros,
        "bonus_micros": move.bonus_micros,
        "coin_micros": move.coin_micros,
        "point_micros": move.point_micros,
        "refundable_micros": move.refundable_micros,
        "refundable_bonus_micros": move.refundable_bonus_micros,
        "refundable_coin_micros": move.refundable_coin_micros,
        "comment": move.comment,
        "staff_id": moved.entry.staff_id,
        "staff_name": moved.entry.staff_name,
        "transfer_id": moved.transfer_id,
    }
