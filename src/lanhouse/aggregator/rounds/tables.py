"""Rounds, and the money records that history tells."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Money, UtcTime

game_rounds = sa.Table(
    "game_rounds",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), nullable=False),
    sa.Column("session_id", sa.BigInteger, sa.ForeignKey("game_sessions.id"), nullable=False),
    # The round's id on the wire; 64 random bits in it keep the public page unguessable.
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("provider_id", sa.Text, nullable=False),
    sa.Column("game_id", sa.Text, nullable=False),
    # The provider's id of the round's money, the same for bet and settlement.
    sa.Column("provider_tx_id", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("bet_micros", Money, nullable=False),
    sa.Column("win_micros", Money),
    sa.Column("opened_at", UtcTime, nullable=False),
    # Null while the round is open; a round closes once.
    sa.Column("closed_at", UtcTime),
    sa.UniqueConstraint("provider_id", "provider_tx_id"),
    sa.CheckConstraint("bet_micros > 0 AND (win_micros IS NULL OR win_micros >= 0)", name="sums"),
    sa.Index("game_rounds_session_id_ix", "session_id"),
    sa.Index(
        "game_rounds_open_ix",
        "agent_id",
        "player_id",
        sqlite_where=sa.column("closed_at").is_(None),
        postgresql_where=sa.column("closed_at").is_(None),
    ),
)

# One row per movement of a wallet by a game: written once, never changed.
game_transactions = sa.Table(
    "game_transactions",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), nullable=False),
    sa.Column("round_id", sa.BigInteger, sa.ForeignKey("game_rounds.id"), nullable=False),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("provider_id", sa.Text, nullable=False),
    sa.Column("game_id", sa.Text, nullable=False),
    sa.Column("round_code", sa.Text, nullable=False),
    # The wallet transaction's id on the wire.
    sa.Column("wallet_tx_id", sa.Text, nullable=False),
    sa.Column("provider_tx_id", sa.Text, nullable=False),
    # schemas.TxType: 1 bet, 2 settle.
    sa.Column("tx_type", sa.SmallInteger, nullable=False),
    sa.Column("player_currency", sa.Text, nullable=False),
    sa.Column("settle_currency", sa.Text, nullable=False),
    # The rate of the launch, an exact decimal as text.
    sa.Column("settle_rate", sa.Text, nullable=False),
    # From the player's point of view: a bet is negative.
    sa.Column("player_amount_micros", Money, nullable=False),
    sa.Column("provider_amount_micros", Money, nullable=False),
    # player amount x rate, rounded half-up to 10 decimals; for reports, never a balance.
    sa.Column("settle_amount", sa.Text, nullable=False),
    sa.Column("before_micros", Money, nullable=False),
    sa.Column("after_micros", Money, nullable=False),
    # The ledger's transfer; null when nothing moved (a settlement of 0).
    sa.Column("transfer_id", sa.BigInteger),
    sa.Column("received_at", UtcTime, nullable=False),
    # Bet and settlement share the provider's id, so the type belongs to the key.
    sa.UniqueConstraint("provider_id", "provider_tx_id", "tx_type"),
    sa.CheckConstraint("before_micros + player_amount_micros = after_micros", name="step"),
    sa.Index("game_transactions_agent_time_ix", "agent_id", "received_at", "id"),
    sa.Index("game_transactions_player_time_ix", "agent_id", "player_id", "received_at", "id"),
    sa.Index("game_transactions_round_id_ix", "round_id"),
)

digested(
    game_rounds,
    8,
    "agent_id",
    "player_id",
    "session_id",
    "code",
    "provider_id",
    "game_id",
    "provider_tx_id",
    "currency",
    "bet_micros",
    "win_micros",
    "opened_at",
    "closed_at",
)

digested(
    game_transactions,
    9,
    "agent_id",
    "player_id",
    "round_id",
    "code",
    "provider_id",
    "game_id",
    "round_code",
    "wallet_tx_id",
    "provider_tx_id",
    "tx_type",
    "player_currency",
    "settle_currency",
    "settle_rate",
    "player_amount_micros",
    "provider_amount_micros",
    "settle_amount",
    "before_micros",
    "after_micros",
    "transfer_id",
    "received_at",
)
