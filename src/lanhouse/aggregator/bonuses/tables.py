"""Campaigns of free rounds and free chips, and what each player has used of them."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Money, UtcTime

_IS_OPEN = sa.column("is_open")

campaigns = sa.Table(
    "campaigns",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    # Its id on the wire.
    sa.Column("code", sa.Text, nullable=False),
    # round (freeRound) or chip (freeChip): two spellings of one thing.
    sa.Column("kind", sa.Text, nullable=False),
    # The operator's own name of it.
    sa.Column("bonus_code", sa.Text, nullable=False),
    # What bets and settlements of its rounds carry, in history and to the operator's wallet.
    sa.Column("play_code", sa.Text, nullable=False),
    sa.Column("provider_id", sa.Text, nullable=False),
    # The provider's own id of it.
    sa.Column("provider_ref", sa.Text, nullable=False),
    sa.Column("game_id", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    # The provider's unit for this currency.
    sa.Column("provider_currency", sa.Text, nullable=False),
    # The whole bet of a round, or one chip of a table.
    sa.Column("bet_micros", Money, nullable=False),
    # How many each player has.
    sa.Column("rounds", sa.Integer, nullable=False),
    sa.Column("starts_at", UtcTime, nullable=False),
    sa.Column("ends_at", UtcTime, nullable=False),
    # As the operator wrote them, to be told again; null where none was named.
    sa.Column("start_text", sa.Text),
    sa.Column("end_text", sa.Text),
    sa.Column("created_at", UtcTime, nullable=False),
    # Null while it runs; canceled once.
    sa.Column("canceled_at", UtcTime),
    sa.UniqueConstraint("agent_id", "code"),
    sa.UniqueConstraint("agent_id", "bonus_code"),
    sa.UniqueConstraint("agent_id", "play_code"),
    sa.CheckConstraint("kind IN ('round', 'chip')", name="kind"),
    sa.CheckConstraint("bet_micros > 0 AND rounds > 0 AND starts_at < ends_at", name="terms"),
)

# What a round needs of its campaign stands here too, so that a spin finds it with one look.
campaign_players = sa.Table(
    "campaign_players",
    metadata,
    sa.Column("campaign_id", sa.BigInteger, sa.ForeignKey("campaigns.id"), primary_key=True),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("play_code", sa.Text, nullable=False),
    sa.Column("game_id", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("bet_micros", Money, nullable=False),
    sa.Column("rounds", sa.Integer, nullable=False),
    sa.Column("starts_at", UtcTime, nullable=False),
    sa.Column("ends_at", UtcTime, nullable=False),
    # False once the campaign was canceled: a bet and a cancel at once meet at this row.
    sa.Column("is_open", sa.Boolean, nullable=False),
    # Rounds begun, less those that were given back.
    sa.Column("used", sa.Integer, nullable=False),
    # What those rounds have paid.
    sa.Column("won_micros", Money, nullable=False),
    sa.CheckConstraint("used >= 0 AND used <= rounds AND won_micros >= 0", name="used"),
    sa.Index("campaign_players_play_key", "agent_id", "player_id", "play_code", unique=True),
    sa.Index(
        "campaign_players_due_ix",
        "agent_id",
        "player_id",
        "game_id",
        "currency",
        "ends_at",
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
)

digested(
    campaigns,
    675,
    "agent_id",
    "code",
    "kind",
    "play_code",
    "provider_id",
    "provider_ref",
    "game_id",
    "currency",
    "provider_currency",
    "bet_micros",
    "rounds",
    "starts_at",
    "ends_at",
    "created_at",
    "canceled_at",
)

digested(
    campaign_players,
    676,
    "agent_id",
    "play_code",
    "game_id",
    "currency",
    "bet_micros",
    "rounds",
    "starts_at",
    "ends_at",
    "is_open",
    "used",
    "won_micros",
)
