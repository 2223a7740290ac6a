"""Reads of callbacks."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.aggregator.operators.tables import agent_callbacks
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_BY_AGENT = static(
    sa.select(agent_callbacks).where(agent_callbacks.c.agent_id == sa.bindparam("agent"))
)
_SEALED_OTHERWISE = static(
    sa.select(agent_callbacks.c.agent_id)
    .where(agent_callbacks.c.sealed_under != sa.bindparam("fingerprint"))
    .order_by(agent_callbacks.c.agent_id)
)


def callback_row(read: Read, agent_id: int) -> Row | None:
    """The callback of an agent as it is kept, or None: it has none."""
    return read.one(_BY_AGENT, agent=agent_id)


def has_callback(read: Read, agent_id: int) -> bool:
    """Whether an agent's wallet can be called."""
    return callback_row(read, agent_id) is not None


def unreadable_callbacks(read: Read, fingerprint: str) -> list[int]:
    """The agents whose signing secret another server secret than this one's has sealed."""
    return [row.agent_id for row in read.all(_SEALED_OTHERWISE, fingerprint=fingerprint)]
