"""Which ledger account is whose wallet, and the movements between agent and player."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import Money, UtcTime

_IS_DEPOSIT = sa.column("kind") == sa.literal_column("'deposit'")

player_wallets = sa.Table(
    "player_wallets",
    metadata,
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), primary_key=True),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), primary_key=True),
    sa.Column("currency", sa.Text, primary_key=True),
    # The ledger account; opened with the first deposit or launch in this currency.
    sa.Column("account_id", sa.BigInteger, nullable=False),
)

wallet_moves = sa.Table(
    "wallet_moves",
    metadata,
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), primary_key=True),
    # 32 hex digits that sort by time, like every id on the wire.
    sa.Column("tx_id", sa.Text, primary_key=True),
    sa.Column("agent_tx_id", sa.Text, nullable=False),
    sa.Column("player_tx_id", sa.Text, nullable=False),
    # The caller's own id of the movement, when he gave one; never used for another movement.
    sa.Column("client_tx_id", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("amount_micros", Money, nullable=False),
    sa.Column("agent_before_micros", Money, nullable=False),
    sa.Column("agent_after_micros", Money, nullable=False),
    sa.Column("player_before_micros", Money, nullable=False),
    sa.Column("player_after_micros", Money, nullable=False),
    sa.Column("transfer_id", sa.BigInteger, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    # From where the operator called; "" for a movement of the house's own or of before 0025. Not
    # digested: it proves nothing about money, and older rows must keep their digests.
    sa.Column("address", sa.Text, nullable=False),
    sa.UniqueConstraint("agent_id", "client_tx_id"),
    sa.CheckConstraint("kind IN ('deposit', 'withdraw')", name="kind"),
    sa.CheckConstraint("amount_micros > 0", name="amount"),
    sa.Index("wallet_moves_agent_at_ix", "agent_id", "at"),
    # What a player was given within a period, for limits of deposits.
    sa.Index(
        "wallet_moves_deposits_ix",
        "agent_id",
        "player_id",
        "at",
        sqlite_where=_IS_DEPOSIT,
        postgresql_where=_IS_DEPOSIT,
    ),
)

digested(
    wallet_moves,
    7,
    "agent_tx_id",
    "player_tx_id",
    "client_tx_id",
    "kind",
    "player_id",
    "currency",
    "amount_micros",
    "agent_before_micros",
    "agent_after_micros",
    "player_before_micros",
    "player_after_micros",
    "transfer_id",
    "at",
)
