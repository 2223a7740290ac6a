"""Rows that nobody needs any more: ended tokens, old log-in failures, published events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from lanhouse.auth.tables import login_failures, tokens
from lanhouse.db.outbox import delete_older_than
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.jobs.queue import enqueue
from lanhouse.kit import clock

KIND = "housekeeping"
_EVENTS_KEPT_HOURS = 24

_TOKENS = static(sa.delete(tokens).where(tokens.c.expires_at < sa.bindparam("before")))
_FAILURES = static(
    sa.delete(login_failures).where(login_failures.c.last_at < sa.bindparam("before"))
)


def plan_housekeeping(tx: Tx, _: None) -> bool:
    """Queue the next clean-up unless one waits already."""
    enqueue(tx, KIND, {}, key=KIND)
    return False


def clean_up(tx: Tx, _: Any) -> None:
    """Delete what ended more than a day ago."""
    before = clock.real_now() - timedelta(days=1)
    tx.run(_TOKENS, before=before)
    tx.run(_FAILURES, before=before)
    delete_older_than(tx, _EVENTS_KEPT_HOURS)
