"""Events, who takes part, the matches that were recorded, and who lets ranks name him."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Json, Money, UtcTime

_IS_OPEN = sa.column("closed_at").is_(None) & sa.column("deleted_at").is_(None)

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    # The game in lower case, such as lol; those with a formula earn coins.
    sa.Column("game_code", sa.Text, nullable=False),
    sa.Column("starts_at", UtcTime, nullable=False),
    sa.Column("ends_at", UtcTime, nullable=False),
    # How many may take part; 0 = as many as come.
    sa.Column("places", sa.Integer, nullable=False),
    # Micros of a coin for the first place, the second and so on, as a list.
    sa.Column("prizes", Json, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    # When its results were settled; nothing changes any more.
    sa.Column("closed_at", UtcTime),
    # A deleted one stays, because records name it.
    sa.Column("deleted_at", UtcTime),
    sa.CheckConstraint("ends_at > starts_at", name="period"),
    sa.CheckConstraint("places >= 0", name="places"),
    sa.Index("events_center_ix", "center_id", "starts_at", "id"),
    sa.Index(
        "events_open_ix",
        *("center_id", "starts_at"),
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
)

event_players = sa.Table(
    "event_players",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("event_id", sa.BigInteger, sa.ForeignKey("events.id"), nullable=False),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("joined_at", UtcTime, nullable=False),
    # The place that he had in the end; NULL = none.
    sa.Column("place", sa.Integer),
    # What the place gave, and the ledger's transfer.
    sa.Column("prize_micros", Money, nullable=False),
    sa.Column("transfer_id", sa.BigInteger),
    sa.UniqueConstraint("event_id", "member_id"),
    sa.Index("event_players_member_ix", "center_id", "member_id"),
)

game_records = sa.Table(
    "game_records",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("event_id", sa.BigInteger, sa.ForeignKey("events.id"), nullable=False),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("game_code", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("wins", sa.Integer, nullable=False),
    sa.Column("kills", sa.Integer, nullable=False),
    sa.Column("assists", sa.Integer, nullable=False),
    sa.Column("deaths", sa.Integer, nullable=False),
    # What the formula of the game makes of it, whether coins are given or not.
    sa.Column("score_micros", Money, nullable=False),
    # The coins that it gave, and the ledger's transfer.
    sa.Column("coin_micros", Money, nullable=False),
    sa.Column("transfer_id", sa.BigInteger),
    # As in billing_logs: 0 and "API" for an API key.
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("staff_name", sa.Text, nullable=False),
    # When it was taken back, with its coins: it counts nowhere any more.
    sa.Column("voided_at", UtcTime),
    sa.Column("void_transfer_id", sa.BigInteger),
    sa.Index("game_records_ranks_ix", "center_id", "at"),
    sa.Index("game_records_event_ix", "event_id", "id"),
    sa.Index("game_records_member_ix", "center_id", "member_id"),
)

# Whom ranks that anybody can see name by his account; no row = nobody asked him, so they do not.
rank_consents = sa.Table(
    "rank_consents",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("is_shown", sa.Boolean, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)

digested(
    events,
    166,
    *("center_id", "game_code", "starts_at", "ends_at", "places", "prizes", "created_at"),
    *("closed_at", "deleted_at"),
)
digested(
    event_players,
    167,
    *("center_id", "event_id", "member_id", "joined_at", "place", "prize_micros", "transfer_id"),
)
digested(
    game_records,
    168,
    *(
        "center_id",
        "event_id",
        "member_id",
        "game_code",
        "at",
        "wins",
        "kills",
        "assists",
        "deaths",
    ),
    *("score_micros", "coin_micros", "transfer_id", "staff_id", "voided_at", "void_transfer_id"),
)
