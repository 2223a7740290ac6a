"""Remembering how money came in, and what of it went back."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.money.kinds import MONEY_COLUMNS
from lanhouse.cafe.money.log import write_log
from lanhouse.cafe.money.schemas import Event, LogEntry
from lanhouse.cafe.money.tenders import PayBack
from lanhouse.cafe.topups.rules import Undone
from lanhouse.cafe.topups.tables import topups
from lanhouse.cafe.topups.tables.time_payments import time_payments
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say

RIGHT = "sessions.refund_other_tender"

_INSERT = static(sa.insert(time_payments))
_UNDO_TOPUP = static(
    sa.update(topups)
    .where(topups.c.id == sa.bindparam("source"))
    .values(
        refundable_micros=topups.c.refundable_micros - sa.bindparam("value"),
        refundable_bonus_micros=topups.c.refundable_bonus_micros - sa.bindparam("bonus"),
        refundable_coin_micros=topups.c.refundable_coin_micros - sa.bindparam("coin"),
    )
)
_UNDO_TIME = static(
    sa.update(time_payments)
    .where(time_payments.c.id == sa.bindparam("source"))
    .values(refundable_micros=time_payments.c.refundable_micros - sa.bindparam("value"))
)
_NO_AMOUNTS = dict.fromkeys((*MONEY_COLUMNS, "spend_micros", "used_seconds"), 0)


def remember_payment(
    tx: Tx, center_id: int, member_id: int, amount_micros: int, payment: str, transfer_id: int
) -> None:
    """Store that a guest paid for time by `payment` (cash, card, qr)."""
    tx.run(
        _INSERT,
        center_id=center_id,
        member_id=member_id,
        at=tx.now,
        payment=payment,
        value_micros=amount_micros,
        refundable_micros=amount_micros,
        transfer_id=transfer_id,
    )


def mark_undone(tx: Tx, undone: Sequence[Undone]) -> None:
    """Take off what a later refund may still undo; the account's row is locked."""
    for each in undone:
        if each.is_topup:
            tx.run(
                _UNDO_TOPUP,
                source=each.source_id,
                value=each.value_micros,
                bonus=each.bonus_micros,
                coin=each.coin_micros,
            )
        else:
            tx.run(_UNDO_TIME, source=each.source_id, value=each.value_micros)


def must_be_allowed(actor: Actor, back: PayBack, comment: str) -> None:
    """Refuse another tender than the money came by, without the right or a person's reason.

    Raises Forbidden, and InvalidInput for `comment`.
    """
    if not back.other:
        return
    actor.require(RIGHT)
    if actor.kind == "staff" and not comment.strip():
        raise InvalidInput(
            {"comment": say("is required when money goes back another way than it came")}
        )


def log_other(tx: Tx, entry: LogEntry, back: PayBack, reason: str) -> None:
    """Write the log's own line about what went back another way than it came, if anything did.

    `entry` is the row of the refund or check-out itself, which has the amounts of the transfer.
    """
    if not back.other:
        return
    told = [
        f"{format_fixed(way.micros)} came by {way.came_by}, "
        + ("left on the balance" if way.goes_by == "balance" else f"given back by {way.goes_by}")
        for way in back.other
    ]
    details = "; ".join(told) + (f". Comment: {reason}" if reason else "")
    write_log(
        tx,
        msgspec.structs.replace(
            entry,
            **_NO_AMOUNTS,
            event=Event.OTHERTENDER,
            details=details,
            other_tender_micros=back.other_micros,
        ),
    )
