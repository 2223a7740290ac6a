"""Reads of agents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from lanhouse.aggregator.agents.schemas import Agent, AgentCurrency
from lanhouse.aggregator.agents.tables import agent_currencies, agent_keys, agents
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_BY_ID = static(sa.select(agents).where(agents.c.id == sa.bindparam("agent")))
_ANY = static(sa.select(agents.c.id).limit(1))
_BY_KEY = static(
    sa.select(agents)
    .join(agent_keys, agent_keys.c.agent_id == agents.c.id)
    .where(agent_keys.c.key_hash == sa.bindparam("hash"), agent_keys.c.ended_at.is_(None))
)
_WITH_KEYS = static(
    sa.select(agent_keys.c.agent_id, agent_keys.c.created_at)
    .where(agent_keys.c.ended_at.is_(None))
    .order_by(agent_keys.c.created_at.desc())
)
_CURRENCIES = static(
    sa.select(agent_currencies)
    .where(agent_currencies.c.agent_id == sa.bindparam("agent"))
    .order_by(agent_currencies.c.currency)
)


def agent_by_id(read: Read, agent_id: int) -> Agent | None:
    """The agent, or None."""
    return _agent(read, read.one(_BY_ID, agent=agent_id))


def agent_by_key_hash(read: Read, key_hash: str) -> Agent | None:
    """The agent that holds the live key with this hash, or None."""
    return _agent(read, read.one(_BY_KEY, hash=key_hash))


def has_agents(read: Read) -> bool:
    """Whether there is any agent."""
    return read.one(_ANY) is not None


def agents_with_keys(read: Read) -> dict[int, datetime]:
    """The agents that have a live key, and when the oldest of them was made."""
    return {row.agent_id: row.created_at for row in read.all(_WITH_KEYS)}


def agents_named(read: Read, names: Sequence[str]) -> list[Agent]:
    """The agents with these names, oldest first."""
    rows = read.all(sa.select(agents).where(agents.c.name.in_(names)).order_by(agents.c.id))
    return [agent for agent in (_agent(read, row) for row in rows) if agent is not None]


def _agent(read: Read, row: Row | None) -> Agent | None:
    if row is None:
        return None
    currencies = {
        one.currency: AgentCurrency(one.account_id, one.settle_rate)
        for one in read.all(_CURRENCIES, agent=row.id)
    }
    return Agent(
        id=row.id,
        name=row.name,
        kind=row.kind,
        prefix=row.prefix,
        base_currency=row.base_currency,
        is_active=bool(row.is_active),
        allowed_ips=row.allowed_ips,
        provider_ids=tuple(row.provider_ids),
        currencies=currencies,
    )
