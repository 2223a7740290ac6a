"""The providers of this house as data."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.tables import metadata
from lanhouse.db.types import Json, UtcTime

providers = sa.Table(
    "providers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    # A path of ours or an address of theirs.
    sa.Column("logo_url", sa.Text, nullable=False),
    # Whether its games may be launched and bet on here; whether it is reachable; until when it
    # works on itself. Never asked when a round is settled.
    sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("is_online", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("maintenance_until", UtcTime),
    # ISO 3166 codes: refused unless the agent is licensed for it, and refused always.
    sa.Column("restricted_countries", Json, nullable=False),
    sa.Column("prohibited_countries", Json, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
)

# A provider without rows here counts in the player's own currency, one to one.
provider_currencies = sa.Table(
    "provider_currencies",
    metadata,
    sa.Column("provider_id", sa.Text, sa.ForeignKey("providers.id"), primary_key=True),
    sa.Column("player_currency", sa.Text, primary_key=True),
    # The provider's own name of its unit ("KJPY").
    sa.Column("currency", sa.Text, nullable=False),
    # Player amount = provider amount x scale, an exact decimal as text.
    sa.Column("scale", sa.Text, nullable=False),
)
