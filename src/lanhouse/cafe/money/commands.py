"""Writes about the till itself: cash that is taken out for the house (cafe-domain 1, 11)."""

from __future__ import annotations

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.movements import Movement, move
from lanhouse.cafe.money.schemas import Event, LogEntry
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.said import say


class Expense(msgspec.Struct, frozen=True, kw_only=True):
    """Cash that leaves the till for something the house buys; `comment` says for what."""

    center: Center
    actor: Actor
    amount_micros: int
    comment: str = ""


def take_expense(tx: Tx, cmd: Expense) -> LogEntry:
    """Take cash out of the till; answers the row of the log.

    A till may be taken below what the books say is in it, because they do not know the float that
    was in the drawer before (decision 0093). Raises InvalidInput by field.
    """
    errors = _field_errors(cmd)
    if errors:
        raise InvalidInput(errors)
    house = cmd.center.id
    movement = Movement(
        center=cmd.center,
        actor=cmd.actor,
        event=Event.EXPENSE,
        member_id=0,
        holder=("", 0),
        kind="expense",
        amounts={
            ("center", house, "cash"): cmd.amount_micros,
            ("center", house, "expense"): -cmd.amount_micros,
        },
        details=cmd.comment,
    )
    return move(tx, movement).entry


def _field_errors(cmd: Expense) -> dict[str, str]:
    errors: dict[str, str] = {}
    if cmd.amount_micros <= 0:
        errors["amount"] = say("must be more than 0")
    if len(cmd.comment) > COMMENT_CHARS_MAX:
        errors["comment"] = say("must be at most %(count)s characters", count=COMMENT_CHARS_MAX)
    elif cmd.actor.kind == "staff" and not cmd.comment:
        # A program of before sends only the amount, and must go on working (decision 0093).
        errors["comment"] = say("is required for an expense")
    return errors
