"""What a top-up, a refund or a loan moves, worked out before anything is written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.movements import Amounts, Moved, Movement
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tenders import TENDERS, PayBack
from lanhouse.cafe.topups.rules import bonus_for, points_for
from lanhouse.cafe.topups.schemas import COMMENT_CHARS_MAX, Kind, Loan, TopUp
from lanhouse.cafe.topups.tables import topups
from lanhouse.db.statements import Row, numbered
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say

INSERT = numbered(topups)


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `topups` to be, and the postings that go with it."""

    kind: Kind
    event: Event = Event.TOPUP
    payment: str = ""
    value_micros: int = 0
    bonus_micros: int = 0
    coin_micros: int = 0
    point_micros: int = 0
    refundable_micros: int = 0
    refundable_bonus_micros: int = 0
    comment: str = ""
    back: PayBack = PayBack()
    """How a refund's money goes back."""
    reverses_id: int | None = None
    """The ledger's transfer that this one takes back, when it is a single one."""
    amounts: Amounts

    def movement(self, center: Center, actor: Actor, member: Row, pc_name: str = "") -> Movement:
        """What moves and is told; the comment stands in the log's details (cafe-wire, Billing
        logs)."""
        return Movement(
            center=center,
            actor=actor,
            event=self.event,
            member_id=member.id,
            holder=(member.account, member.group_id),
            pc_name=pc_name,
            kind=self.kind.value,
            amounts=self.amounts,
            reverses_id=self.reverses_id,
            details=f"Comment: {self.comment}" if self.comment else "",
        )


def check(cmd: TopUp, at: datetime) -> None:
    """Refuse what no account could make right, and callers without the right for it.

    Raises InvalidInput by wire field and Forbidden.
    """
    errors = _field_errors(cmd)
    if errors:
        raise InvalidInput(errors)
    if cmd.is_refund:
        cmd.actor.require("members.refund")
    if cmd.coin_micros:
        cmd.actor.require("members.coins")
    # Bonus beyond what the money earns is given by hand: that needs a right and, from a person, a
    # comment (cafe-domain 6; decision 0072).
    if cmd.bonus_micros < 0 or cmd.bonus_micros > quoted_bonus(cmd.center, cmd.value_micros, at):
        cmd.actor.require("members.bonus")
        if cmd.actor.kind == "staff" and not cmd.comment:
            raise InvalidInput({"comment": say("is required for a bonus by hand")})


def _field_errors(cmd: TopUp) -> dict[str, str]:
    given = (cmd.value_micros, cmd.bonus_micros, cmd.coin_micros)
    errors: dict[str, str] = {}
    if not cmd.member_ids:
        errors["topup_ids"] = say("is required")
    elif len(set(cmd.member_ids)) != len(cmd.member_ids):
        errors["topup_ids"] = say("must not name a member twice")
    if not any(given):
        errors["topup_value"] = say("must not be 0 without bonus or coins")
    if cmd.is_refund and max(given) > 0:
        errors["topup_value"] = say("must have the same sign as bonus and coins")
    if cmd.till not in TENDERS:
        errors["payment_method"] = say("must be cash, card or qr")
    if len(cmd.comment) > COMMENT_CHARS_MAX:
        errors["comment"] = say("must be at most %(count)s characters", count=COMMENT_CHARS_MAX)
    elif cmd.is_refund and not cmd.comment:
        errors["comment"] = say("is required for a refund")
    return errors


def quoted_bonus(center: Center, value_micros: int, at: datetime) -> int:
    """The bonus that this money earns at this moment, by the centre's weekday."""
    settings = center.settings
    if not settings.loyalty.price_bonus:
        return 0
    return bonus_for(settings.loyalty, value_micros, at.astimezone(center.zone).weekday())


def gift(cmd: TopUp, member: Row) -> Move:
    """What a top-up puts on a member's accounts."""
    center_id, value, bonus = cmd.center.id, cmd.value_micros, cmd.bonus_micros
    earns_points = cmd.center.settings.loyalty.point_enable and member.group_id >= 0
    points = points_for(value) if earns_points else 0
    return Move(
        kind=Kind.TOPUP,
        payment=cmd.till,
        value_micros=value,
        bonus_micros=bonus,
        coin_micros=cmd.coin_micros,
        point_micros=points,
        refundable_micros=value,
        refundable_bonus_micros=bonus if value else 0,
        comment=cmd.comment,
        amounts={
            ("center", center_id, cmd.till): -value,
            ("member", member.id, "balance"): value,
            ("center", center_id, "bonus_given"): -bonus,
            ("member", member.id, "bonus"): bonus,
            ("center", center_id, "coin_issued"): -cmd.coin_micros,
            ("member", member.id, "coin"): cmd.coin_micros,
            ("center", center_id, "point_issued"): -points,
            ("member", member.id, "point"): points,
        },
    )


def loan(cmd: Loan) -> Move:
    """What a loan, or its repayment, moves."""
    value = cmd.value_micros
    return Move(
        kind=Kind.LOAN if value > 0 else Kind.REPAYMENT,
        event=Event.LOAN,
        value_micros=value,
        comment=cmd.comment,
        amounts={
            ("member", cmd.member_id, "balance"): value,
            ("member", cmd.member_id, "loan"): -value,
        },
    )


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
        "comment": move.comment,
        "staff_id": moved.entry.staff_id,
        "staff_name": moved.entry.staff_name,
        "transfer_id": moved.transfer_id,
    }
