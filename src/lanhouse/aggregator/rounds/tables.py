"""Rounds, the transactions in them, and the sums that reports are made of."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Money, UtcTime

_IS_OPEN = sa.column("closed_at").is_(None)
_IS_PENDING = sa.column("state") == sa.literal_column("'pending'")
_IS_DUE = sa.column("next_attempt_at").is_not(None)

game_rounds = sa.Table(
    "game_rounds",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), nullable=False),
    # Where the round was opened; it may go on in another session.
    sa.Column("session_id", sa.BigInteger, sa.ForeignKey("game_sessions.id"), nullable=False),
    # The provider's id of the round, the same for all players at one table; `roundId` on the wire.
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("provider_id", sa.Text, nullable=False),
    sa.Column("game_id", sa.Text, nullable=False),
    # The provider's id of the transaction that opened the round.
    sa.Column("provider_tx_id", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    # What is staked in it: committed bets less those that were rolled back.
    sa.Column("bet_micros", Money, nullable=False),
    # What was paid so far; null until the first settlement is committed, of 0 too.
    sa.Column("win_micros", Money),
    sa.Column("opened_at", UtcTime, nullable=False),
    # Null while the round is open; a round closes once.
    sa.Column("closed_at", UtcTime),
    sa.UniqueConstraint("agent_id", "provider_id", "player_id", "currency", "code"),
    sa.CheckConstraint("bet_micros >= 0 AND (win_micros IS NULL OR win_micros >= 0)", name="sums"),
    sa.Index("game_rounds_session_id_ix", "session_id"),
    # When a player began rounds: for limits, and for the least time between two.
    sa.Index("game_rounds_player_ix", "agent_id", "player_id", "opened_at"),
    sa.Index(
        "game_rounds_open_ix",
        "agent_id",
        "player_id",
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
)

# One row per bet, settlement and rollback; a record of history from `received_at` on.
game_transactions = sa.Table(
    "game_transactions",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), nullable=False),
    # Null for a rollback of an id that nobody has seen, and for that id's own row.
    sa.Column("round_id", sa.BigInteger, sa.ForeignKey("game_rounds.id")),
    # The transaction's id on the wire.
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("provider_id", sa.Text, nullable=False),
    sa.Column("game_id", sa.Text, nullable=False),
    sa.Column("round_code", sa.Text, nullable=False),
    # The wallet's id of it: ours, or what the operator answered; empty until then.
    sa.Column("wallet_tx_id", sa.Text, nullable=False),
    sa.Column("provider_tx_id", sa.Text, nullable=False),
    # schemas.TxType: 1 bet, 2 settle, 3 rollback.
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
    # The wallet around it, where the wallet has answered.
    sa.Column("before_micros", Money),
    sa.Column("after_micros", Money),
    # The ledger's transfer; null when nothing moved (a settlement of 0).
    sa.Column("transfer_id", sa.BigInteger),
    # When it was committed and became a record of history; null: it never was.
    sa.Column("received_at", UtcTime),
    # rules.State.
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("session_id", sa.BigInteger, sa.ForeignKey("game_sessions.id"), nullable=False),
    # SHA-256 in hex over what the provider asked; null for rows of before 0063 and tombstones.
    sa.Column("content_digest", sa.Text),
    # Whether it closes its round.
    sa.Column("closes_round", sa.Boolean, nullable=False),
    # The campaign of a free round; its bet has amount 0.
    sa.Column("free_round_code", sa.Text),
    # What a rollback names: the provider's id of a bet, and the row of that id.
    sa.Column("reverses_tx_id", sa.Text),
    sa.Column("reverses_id", sa.BigInteger),
    # The rollback of this bet, from the moment it was begun.
    sa.Column("reversed_by_id", sa.BigInteger),
    # The agent's terms with the provider when it was begun, exact decimals as text.
    sa.Column("share", sa.Text, nullable=False),
    sa.Column("commission", sa.Text, nullable=False),
    sa.Column("contribution", sa.Text, nullable=False),
    # The provider's unit, and how many of the player's currency one of it is.
    sa.Column("provider_currency", sa.Text, nullable=False),
    sa.Column("scale", sa.Text, nullable=False),
    # The code of the wallet's refusal, of a rejected one.
    sa.Column("refusal", sa.Text),
    sa.Column("created_at", UtcTime, nullable=False),
    # How often it was sent to an operator; when it is sent again, and since when it waits for a
    # person because it was tried for too long. Both null: nothing is to be sent.
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", UtcTime),
    sa.Column("parked_at", UtcTime),
    # Bet and settlement may share the provider's id, so the type belongs to the key.
    sa.UniqueConstraint("agent_id", "provider_id", "provider_tx_id", "tx_type"),
    sa.UniqueConstraint("agent_id", "code"),
    sa.CheckConstraint(
        "received_at IS NULL OR (before_micros + player_amount_micros = after_micros)", name="step"
    ),
    sa.CheckConstraint(
        "state IN ('pending', 'committed', 'rejected', 'rolled_back')", name="state"
    ),
    sa.Index("game_transactions_agent_time_ix", "agent_id", "received_at", "id"),
    sa.Index("game_transactions_player_time_ix", "agent_id", "player_id", "received_at", "id"),
    sa.Index("game_transactions_game_time_ix", "agent_id", "game_id", "received_at", "id"),
    sa.Index("game_transactions_round_ix", "agent_id", "round_code", "received_at", "id"),
    sa.Index("game_transactions_round_id_ix", "round_id"),
    # What a player has staked with an operator that has not answered yet.
    sa.Index(
        "game_transactions_pending_ix",
        "agent_id",
        "player_id",
        sqlite_where=_IS_PENDING,
        postgresql_where=_IS_PENDING,
    ),
    sa.Index(
        "game_transactions_due_ix",
        "agent_id",
        "next_attempt_at",
        sqlite_where=_IS_DUE,
        postgresql_where=_IS_DUE,
    ),
)

# Rollbacks that an operator has acknowledged by not knowing the bet: a minute later it is asked
# whether that is so still, because not every one refuses a bet that comes after its rollback.
rollback_checks = sa.Table(
    "rollback_checks",
    metadata,
    sa.Column(
        "transaction_id",
        sa.BigInteger,
        sa.ForeignKey("game_transactions.id"),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    # The operator has taken the bet after all: the rollback is sent again.
    sa.Column("is_taken", sa.Boolean, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # Since when it is tried; null beside parked_at, when it was tried for too long.
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("next_attempt_at", UtcTime),
    sa.Column("parked_at", UtcTime),
    sa.Index(
        "rollback_checks_due_ix",
        "agent_id",
        "next_attempt_at",
        sqlite_where=_IS_DUE,
        postgresql_where=_IS_DUE,
    ),
)

# Sums of closed rounds by the UTC hour in which they closed; `lanhouse verify-reports` recomputes
# them. An amount is whole units and the rest in 10^-10 units (rules.SplitAmount), of one sign, so
# that sums of exact decimals stay whole numbers.
report_hours = sa.Table(
    "report_hours",
    metadata,
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), primary_key=True),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), primary_key=True),
    # Hours since 1970.
    sa.Column("hour", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("game_id", sa.Text, primary_key=True),
    sa.Column("provider_id", sa.Text, nullable=False),
    sa.Column("rounds", sa.BigInteger, nullable=False),
    sa.Column("free_rounds", sa.BigInteger, nullable=False),
    *(
        sa.Column(f"{name}_{part}", sa.BigInteger, nullable=False)
        for name in (
            "win_loss", "turnover", "agent_win_loss", "commission", "contribution", "free_win",
        )
        for part in ("units", "rest")
    ),
)  # fmt: skip

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
    later=[
        (
            "state",
            "session_id",
            "content_digest",
            "closes_round",
            "free_round_code",
            "reverses_tx_id",
            "reverses_id",
            "reversed_by_id",
            "share",
            "commission",
            "contribution",
            "provider_currency",
            "scale",
            "refusal",
            "created_at",
            "attempts",
            "next_attempt_at",
            "parked_at",
        )
    ],
)
