"""Seeds that House commits to, and the spins that were drawn from them."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Json, Money, UtcTime

# For each player one seed that is played, and one whose commitment is shown already: the player's
# next client seed meets a server seed that was fixed before he chose it.
house_seeds = sa.Table(
    "house_seeds",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), nullable=False),
    # next: only its commitment is shown; active: rounds are drawn from it; revealed: public.
    sa.Column("state", sa.Text, nullable=False),
    # Secret until the state is revealed.
    sa.Column("server_seed", sa.Text, nullable=False),
    # SHA-256 of the server seed's text.
    sa.Column("commitment", sa.Text, nullable=False),
    # Empty while the seed is `next`.
    sa.Column("client_seed", sa.Text, nullable=False),
    # The nonce of the newest round; the first round has 1.
    sa.Column("last_nonce", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("revealed_at", UtcTime),
    sa.CheckConstraint("state IN ('next', 'active', 'revealed')", name="state"),
    sa.Index(
        "house_seeds_open_key",
        "agent_id",
        "player_id",
        "state",
        unique=True,
        sqlite_where=sa.column("state") != "revealed",
        postgresql_where=sa.column("state") != "revealed",
    ),
)

house_spins = sa.Table(
    "house_spins",
    metadata,
    sa.Column("round_id", sa.BigInteger, sa.ForeignKey("game_rounds.id"), primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("session_id", sa.BigInteger, sa.ForeignKey("game_sessions.id"), nullable=False),
    # The browser's own id of the spin: pressed twice or sent twice, it is played once.
    sa.Column("client_key", sa.Text, nullable=False),
    sa.Column("seed_id", sa.BigInteger, sa.ForeignKey("house_seeds.id"), nullable=False),
    sa.Column("nonce", sa.BigInteger, nullable=False),
    sa.Column("bet_micros", Money, nullable=False),
    # Null only inside the transaction that plays the round: (seed, nonce) is taken first.
    sa.Column("win_micros", Money),
    sa.Column("stops", Json),
    sa.Column("game_version", sa.Text, nullable=False),
    sa.Column("pay_table_hash", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.UniqueConstraint("seed_id", "nonce"),
    sa.UniqueConstraint("session_id", "client_key"),
)

digested(
    house_spins,
    10,
    "agent_id",
    "session_id",
    "client_key",
    "seed_id",
    "nonce",
    "bet_micros",
    "win_micros",
    "stops",
    "game_version",
    "pay_table_hash",
    "at",
)
