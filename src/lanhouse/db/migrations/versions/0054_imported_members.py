"""Imports of members, passwords that wait to be hashed, and passwords that must be changed.

Revision: 0054, after: 0053.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Json, UtcTime

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

_IS_PENDING = sa.column("pending_import_id").is_not(None)
_IS_OPEN = sa.column("ended_at").is_(None)


def upgrade() -> None:
    """Passwords of before are their members' own, and nobody is on the way in."""
    op.add_column("members", sa.Column("password_until", UtcTime(), nullable=True))
    op.add_column("members", sa.Column("pending_import_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "members_pending_ix",
        "members",
        ["center_id", "pending_import_id"],
        sqlite_where=_IS_PENDING,
        postgresql_where=_IS_PENDING,
    )
    op.create_table(
        "staged_passwords",
        sa.Column("member_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_index(
        "staged_passwords_center_ix", "staged_passwords", ["center_id", "import_id", "member_id"]
    )
    op.create_table(
        "member_imports",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("other_center_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.BigInteger(), nullable=False),
        sa.Column("next_part", sa.BigInteger(), nullable=False),
        sa.Column("paid_rows", sa.BigInteger(), nullable=False),
        sa.Column("has_passwords", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime()),
    )
    op.create_index("member_imports_center_ix", "member_imports", ["center_id", "id"])
    op.create_index(
        "member_imports_open_ix",
        "member_imports",
        ["center_id"],
        unique=True,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    )
    op.create_table(
        "member_import_parts",
        sa.Column("import_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("lines", Json(), nullable=False),
    )
    op.create_index(
        "member_import_parts_center_ix",
        "member_import_parts",
        ["center_id", "import_id", "number"],
    )


def downgrade() -> None:
    """Who was on the way in is not, and passwords that were not hashed yet are gone."""
    members = sa.table("members", sa.column("pending_import_id"))
    op.execute(sa.delete(members).where(members.c.pending_import_id.is_not(None)))
    op.drop_table("member_import_parts")
    op.drop_table("member_imports")
    op.drop_table("staged_passwords")
    op.drop_index("members_pending_ix", "members")
    op.drop_column("members", "pending_import_id")
    op.drop_column("members", "password_until")
