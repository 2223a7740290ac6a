"""The providers of this house as data."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Json, UtcTime

providers = sa.Table(
    "providers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    # A path of ours or an address of theirs.
    sa.Column("logo_url", sa.Text, nullable=False),
    # Where its calls are, without a slash at the end; null: it runs in this program.
    sa.Column("url", sa.Text),
    # Whether it is a demo's, and may then be called on this machine and in private networks.
    sa.Column("is_demo", sa.Boolean, nullable=False, server_default=sa.false()),
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

# The secrets by which a provider and we sign our calls: the newest signs ours, both live ones count
# in theirs, so that one can be replaced without a gap. Sealed under the server secret (kit.vault,
# purpose "provider key", the provider as context).
provider_keys = sa.Table(
    "provider_keys",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("provider_id", sa.Text, sa.ForeignKey("providers.id"), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    # Of the server secret that it was sealed with.
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("ended_at", UtcTime),
    sa.Index("provider_keys_provider_id_ix", "provider_id"),
)

# The games of providers elsewhere, as they told them last. One that is told no longer stays, so
# that history knows its name.
provider_games = sa.Table(
    "provider_games",
    metadata,
    sa.Column("provider_id", sa.Text, sa.ForeignKey("providers.id"), primary_key=True),
    # The provider's own id; on our wire `{provider_id}_{code}`.
    sa.Column("code", sa.Text, primary_key=True),
    # Its place in the provider's list.
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("category_id", sa.Text, nullable=False),
    sa.Column("category_label", sa.Text, nullable=False),
    sa.Column("logo_url", sa.Text, nullable=False),
    # Percent as the provider told it.
    sa.Column("rtp", sa.Text, nullable=False),
    sa.Column("has_free_round", sa.Boolean, nullable=False),
    # schemas.LimitSet as the provider told them.
    sa.Column("bet_limits", Json, nullable=False),
    sa.Column("is_listed", sa.Boolean, nullable=False),
)

# What a provider elsewhere was answered, where the transaction's own row does not tell it: the
# balance last known, while the operator has not acknowledged. A repetition gets the same bytes.
provider_answers = sa.Table(
    "provider_answers",
    metadata,
    sa.Column(
        "transaction_id",
        sa.BigInteger,
        sa.ForeignKey("game_transactions.id"),
        primary_key=True,
        autoincrement=False,
    ),
    # The result as JSON.
    sa.Column("answer", sa.LargeBinary, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
)
