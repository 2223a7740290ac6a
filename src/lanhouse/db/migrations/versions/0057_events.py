"""Events, who takes part, recorded matches, and who lets ranks name him.

Revision: 0057, after: 0056.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Json, Money, UtcTime

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

_IS_OPEN = sa.column("closed_at").is_(None) & sa.column("deleted_at").is_(None)


def upgrade() -> None:
    """A centre begins without events."""
    op.create_table(
        "events",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger(), sa.ForeignKey("centers.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("game_code", sa.Text(), nullable=False),
        sa.Column("starts_at", UtcTime, nullable=False),
        sa.Column("ends_at", UtcTime, nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("prizes", Json, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("closed_at", UtcTime),
        sa.Column("deleted_at", UtcTime),
        sa.CheckConstraint("ends_at > starts_at", name="period"),
        sa.CheckConstraint("places >= 0", name="places"),
    )
    op.create_index("events_center_ix", "events", ["center_id", "starts_at", "id"])
    op.create_index(
        "events_open_ix",
        "events",
        ["center_id", "starts_at"],
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    )
    op.create_table(
        "event_players",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), sa.ForeignKey("events.id"), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", UtcTime, nullable=False),
        sa.Column("place", sa.Integer()),
        sa.Column("prize_micros", Money, nullable=False),
        sa.Column("transfer_id", sa.BigInteger()),
        sa.UniqueConstraint("event_id", "member_id"),
    )
    op.create_index("event_players_member_ix", "event_players", ["center_id", "member_id"])
    _make_records()
    op.create_table(
        "rank_consents",
        sa.Column("center_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("center_id", "member_id", name=op.f("rank_consents_pkey")),
        sqlite_with_rowid=False,
    )


def _make_records() -> None:
    numbers = ("wins", "kills", "assists", "deaths")
    op.create_table(
        "game_records",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), sa.ForeignKey("events.id"), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("game_code", sa.Text(), nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
        sa.Column("score_micros", Money, nullable=False),
        sa.Column("coin_micros", Money, nullable=False),
        sa.Column("transfer_id", sa.BigInteger()),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("voided_at", UtcTime),
        sa.Column("void_transfer_id", sa.BigInteger()),
    )
    op.create_index("game_records_ranks_ix", "game_records", ["center_id", "at"])
    op.create_index("game_records_event_ix", "game_records", ["event_id", "id"])
    op.create_index("game_records_member_ix", "game_records", ["center_id", "member_id"])


def downgrade() -> None:
    """Events, records and ranks are lost; coins that they gave stay."""
    op.drop_table("rank_consents")
    op.drop_table("game_records")
    op.drop_table("event_players")
    op.drop_table("events")
