"""Reads of agents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from lanhouse.aggregator.agents.schemas import Agent, AgentCurrency, AgentTerms
from lanhouse.aggregator.agents.tables import (
    agent_currencies,
    agent_keys,
    agent_providers,
    agents,
)
from lanhouse.aggregator.errors import AgentNotUnder
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_BY_ID = static(sa.select(agents).where(agents.c.id == sa.bindparam("agent")))
_ANY = static(sa.select(agents.c.id).limit(1))
_BY_KEY = static(
    sa.select(agents)
    .join(agent_keys, agent_keys.c.agent_id == agents.c.id)
    .where(agent_keys.c.key_hash == sa.bindparam("hash"), agent_keys.c.ended_at.is_(None))
)
_KEY_USED = static(
    sa.select(agent_keys.c.last_used_at).where(agent_keys.c.key_hash == sa.bindparam("hash"))
)
_LIVE_KEYS = static(
    sa.select(agent_keys)
    .where(agent_keys.c.agent_id == sa.bindparam("agent"), agent_keys.c.ended_at.is_(None))
    .order_by(agent_keys.c.created_at, agent_keys.c.key_hash)
)
_PARENT = static(sa.select(agents.c.parent_id).where(agents.c.id == sa.bindparam("agent")))
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
_PROVIDERS = static(
    sa.select(agent_providers)
    .where(agent_providers.c.agent_id == sa.bindparam("agent"))
    .order_by(agent_providers.c.place, agent_providers.c.provider_id)
)
_CHILDREN = static(
    sa.select(agents.c.id, agents.c.is_active)
    .where(agents.c.parent_id == sa.bindparam("parent"))
    .order_by(agents.c.id)
)


def agent_by_id(read: Read, agent_id: int) -> Agent | None:
    """The agent, or None."""
    return _agent(read, read.one(_BY_ID, agent=agent_id))


def agent_by_key_hash(read: Read, key_hash: str) -> Agent | None:
    """The agent that holds the live key with this hash, or None."""
    return _agent(read, read.one(_BY_KEY, hash=key_hash))


def agent_under(read: Read, caller_id: int, agent_id: int) -> Agent:
    """The agent when it is the caller or anywhere below it.

    Raises AgentNotUnder, also for an agent that does not exist.
    """
    above: int | None = agent_id
    while above is not None and above != caller_id:
        above = read.scalar(_PARENT, agent=above)
    agent = None if above is None else agent_by_id(read, agent_id)
    if agent is None:
        raise AgentNotUnder
    return agent


def key_used_at(read: Read, key_hash: str) -> datetime | None:
    """When the key with this hash was used last, in real time and to the minute."""
    return read.scalar(_KEY_USED, hash=key_hash)


def live_keys(read: Read, agent_id: int) -> Sequence[Row]:
    """The agent's keys that work, oldest first."""
    return read.all(_LIVE_KEYS, agent=agent_id)


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


def signing_agents(read: Read) -> list[Agent]:
    """The agents whose calls must be signed, oldest first."""
    rows = read.all(
        sa.select(agents).where(agents.c.signing_sealed.is_not(None)).order_by(agents.c.id)
    )
    return [agent for agent in (_agent(read, row) for row in rows) if agent is not None]


def terms_of_agent(read: Read, agent_id: int) -> list[AgentTerms]:
    """The agent's terms with each of its providers, in its order."""
    return [
        AgentTerms(row.provider_id, row.share, row.commission, row.contribution)
        for row in read.all(_PROVIDERS, agent=agent_id)
    ]


def children_of(read: Read, agent_id: int) -> Sequence[Row]:
    """The agents right below this one (id, is_active), by id."""
    return read.all(_CHILDREN, parent=agent_id)


def _agent(read: Read, row: Row | None) -> Agent | None:
    if row is None:
        return None
    currencies = {
        one.currency: AgentCurrency(one.account_id, one.settle_rate)
        for one in read.all(_CURRENCIES, agent=row.id)
    }
    return Agent(
        id=row.id,
        parent_id=row.parent_id,
        name=row.name,
        kind=row.kind,
        prefix=row.prefix,
        base_currency=row.base_currency,
        is_active=bool(row.is_active),
        is_live=bool(row.is_live),
        allowed_ips=row.allowed_ips,
        frame_origins=tuple(filter(None, row.frame_origins.split(","))),
        provider_ids=tuple(one.provider_id for one in read.all(_PROVIDERS, agent=row.id)),
        currencies=currencies,
        signing_sealed=row.signing_sealed,
        has_aliases=bool(row.has_aliases),
        has_statuses=bool(row.has_statuses),
        licence_number=row.licence_number,
        countries=tuple(row.countries),
        minimum_age=row.minimum_age,
        is_play=bool(row.is_play),
    )
