"""Agents, their currencies, their keys and their providers."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Json, UtcTime

agents = sa.Table(
    "agents",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    # transfer: players' money is deposited with us; seamless: it stays with the operator. An agent
    # has one of them for life (aggregator-domain 1.2 row 5).
    sa.Column("kind", sa.Text, nullable=False),
    # Five characters that begin the ids of the agent's players on the wire.
    sa.Column("prefix", sa.Text, nullable=False, unique=True),
    # The currency in which agent and platform settle.
    sa.Column("base_currency", sa.Text, nullable=False),
    # The agent above this one; null for one that stands by itself.
    sa.Column("parent_id", sa.BigInteger),
    # Its own switch, and whether that and those of all agents above it are on: one that is off
    # switches its descendants off.
    sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("is_live", sa.Boolean, nullable=False, server_default=sa.true()),
    # Addresses or networks, comma-separated, normalised; only they may call.
    sa.Column("allowed_ips", sa.Text, nullable=False),
    # Origins whose pages may frame the agent's games and hear of them, comma-separated.
    sa.Column("frame_origins", sa.Text, nullable=False, server_default=""),
    # The secret its calls are signed with, sealed under the server secret; null: they need not be.
    sa.Column("signing_sealed", sa.LargeBinary),
    # How it wants its answers: also `message` and `data` (aggregator-domain 1.2 row 1), refusals
    # by an HTTP status of their own (row 2).
    sa.Column("has_aliases", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("has_statuses", sa.Boolean, nullable=False, server_default=sa.false()),
    # The operator's promise, for life: without a number it is a test agent. Its countries are ISO
    # 3166 codes, its players at least so many years old; we hold no birth dates.
    sa.Column("licence_number", sa.Text, nullable=False, server_default=""),
    sa.Column("countries", Json, nullable=False, server_default="[]"),
    sa.Column("minimum_age", sa.SmallInteger, nullable=False, server_default="0"),
    # Whether its money is play tokens of a centre's members: no keys, no way in or out.
    sa.Column("is_play", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.CheckConstraint("kind IN ('transfer', 'seamless')", name="kind"),
    sa.Index("agents_parent_id_ix", "parent_id"),
)

agent_currencies = sa.Table(
    "agent_currencies",
    metadata,
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), primary_key=True),
    sa.Column("currency", sa.Text, primary_key=True),
    # The agent's wallet of this currency in the ledger.
    sa.Column("account_id", sa.BigInteger, nullable=False),
    # Units of the base currency for one unit of this one, an exact decimal as text; frozen on
    # every game record.
    sa.Column("settle_rate", sa.Text, nullable=False),
)

# Two live keys per agent, so that one can be replaced without a gap (aggregator-domain row 30).
agent_keys = sa.Table(
    "agent_keys",
    metadata,
    sa.Column("key_hash", sa.Text, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    # The first characters, so that people can tell keys apart.
    sa.Column("shown_prefix", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("ended_at", UtcTime),
    # Real time, to the minute.
    sa.Column("last_used_at", UtcTime),
    sa.Index("agent_keys_agent_id_ix", "agent_id"),
)

# Whose games the agent's players may play, and on what terms.
agent_providers = sa.Table(
    "agent_providers",
    metadata,
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), primary_key=True),
    sa.Column("provider_id", sa.Text, sa.ForeignKey("providers.id"), primary_key=True),
    # The order in which the agent named them.
    sa.Column("place", sa.Integer, nullable=False),
    # The agent's part of what players lose, its commission on turnover, and what it contributes of
    # it: 0 to 1, exact decimals as text, frozen on each bet.
    sa.Column("share", sa.Text, nullable=False, server_default="0"),
    sa.Column("commission", sa.Text, nullable=False, server_default="0"),
    sa.Column("contribution", sa.Text, nullable=False, server_default="0"),
)
