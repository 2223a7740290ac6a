"""Forgetting messages that nobody was told in time."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.messages.tables import admin_messages as messages
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.jobs.ticker import Task

BATCH = 500
_OVER = messages.c.expires_at <= sa.bindparam("at", type_=messages.c.expires_at.type)
_NEXT = sa.select(messages.c.id).where(_OVER).order_by(messages.c.expires_at).limit(BATCH)
_DELETE = static(sa.delete(messages).where(messages.c.id.in_(_NEXT)))


def forget_old_messages(tx: Tx, _: None = None) -> bool:
    """Delete messages whose time is over, some at a time; answers whether more are there."""
    return tx.run(_DELETE, at=tx.now) == BATCH


TASKS = [Task("forget old messages", 600, forget_old_messages)]
