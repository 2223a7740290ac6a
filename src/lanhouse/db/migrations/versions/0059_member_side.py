"""Sign-ins at a PC, codes by text message, favourite games.

Revision: 0059, after: 0058.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import UtcTime

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

_tokens = sa.table("auth_tokens", sa.column("pc_id", sa.BigInteger))
_AT_A_SEAT = sa.column("pc_id").is_not(None)


def upgrade() -> None:
    """Who is signed in now is not at a seat."""
    op.add_column("auth_tokens", sa.Column("pc_id", sa.BigInteger()))
    op.create_index(
        "auth_tokens_seat_ix",
        "auth_tokens",
        ["center_id", "pc_id"],
        sqlite_where=_AT_A_SEAT,
        postgresql_where=_AT_A_SEAT,
    )
    op.create_table(
        "sms_codes",
        sa.Column("center_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("phone", sa.Text(), primary_key=True),
        sa.Column("member_id", sa.BigInteger()),
        sa.Column("code_mark", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("day_from", UtcTime(), nullable=False),
        sa.Column("day_count", sa.Integer(), nullable=False),
    )
    op.create_index("sms_codes_day_ix", "sms_codes", ["day_from"])
    op.create_table(
        "favorite_games",
        sa.Column("center_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("member_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("game_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at", UtcTime(), nullable=False),
    )


def downgrade() -> None:
    """Codes and favourites are lost; who is signed in at a seat has to do it anew."""
    op.drop_table("favorite_games")
    op.drop_table("sms_codes")
    op.execute(sa.delete(_tokens).where(_tokens.c.pc_id.is_not(None)))
    op.drop_index("auth_tokens_seat_ix", "auth_tokens")
    op.drop_column("auth_tokens", "pc_id")
