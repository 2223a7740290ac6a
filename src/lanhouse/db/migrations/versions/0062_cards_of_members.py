"""Photos, notes and consents of members, messages to them, what they wrote, saved views.

Revision: 0062, after: 0049.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, UtcTime

revision = "0062"
down_revision = "0049"
branch_labels = None
depends_on = None

_members = sa.table(
    "members",
    sa.column("id", sa.BigInteger),
    sa.column("center_id", sa.BigInteger),
    sa.column("group_id", sa.BigInteger),
    sa.column("last_visit_at", UtcTime()),
)
_sessions = sa.table(
    "pc_sessions",
    sa.column("center_id", sa.BigInteger),
    sa.column("member_id", sa.BigInteger),
    sa.column("started_at", UtcTime()),
    sa.column("ended_at", UtcTime()),
)
_IS_LEAVING = sa.column("leaves_at").is_not(None)
_IS_LOAN = (sa.column("kind") == sa.literal_column("'loan'")) & (
    sa.column("balance_micros") < sa.literal_column("0")
)
_IS_PINNED = sa.column("is_pinned").is_(sa.true())
_IS_UNREAD = sa.column("read_at").is_(None)


def upgrade() -> None:
    """Nobody has a photo or a note yet; a member was here last when his last session was."""
    for column in (
        sa.Column("version", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("last_visit_at", UtcTime()),
        sa.Column("leaves_at", UtcTime()),
    ):
        op.add_column("members", column)
    last = (
        sa.select(sa.func.max(sa.func.coalesce(_sessions.c.ended_at, _sessions.c.started_at)))
        .where(
            _sessions.c.center_id == _members.c.center_id, _sessions.c.member_id == _members.c.id
        )
        .scalar_subquery()
    )
    op.execute(sa.update(_members).where(_members.c.group_id >= 0).values(last_visit_at=last))
    op.create_index("members_expires_ix", "members", ["center_id", "expires_at"])
    op.create_index("members_visit_ix", "members", ["center_id", "last_visit_at"])
    op.create_index(
        "members_leaves_ix",
        "members",
        ["center_id", "leaves_at"],
        sqlite_where=_IS_LEAVING,
        postgresql_where=_IS_LEAVING,
    )
    op.create_index(
        "ledger_accounts_loan_ix",
        "ledger_accounts",
        ["book_id", "owner_id"],
        sqlite_where=_IS_LOAN,
        postgresql_where=_IS_LOAN,
    )
    _of_members()
    _messages_and_feedback()


def _of_members() -> None:
    op.create_table(
        "member_photos",
        sa.Column("center_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column(
            *("member_id", sa.BigInteger(), sa.ForeignKey("members.id")),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("file_key", sa.Text(), sa.ForeignKey("files.key"), nullable=False),
    )
    op.create_index("member_photos_file_ix", "member_photos", ["file_key"])
    op.create_table(
        "member_notes",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), sa.ForeignKey("members.id"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
    )
    op.create_index("member_notes_member_ix", "member_notes", ["center_id", "member_id", "id"])
    op.create_index(
        "member_notes_pinned_ix",
        "member_notes",
        ["center_id", "member_id"],
        sqlite_where=_IS_PINNED,
        postgresql_where=_IS_PINNED,
    )
    op.create_table(
        "member_consents",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), sa.ForeignKey("members.id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("given_at", UtcTime(), nullable=False),
        sa.Column("given_to", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", UtcTime()),
        sa.Column("withdrawn_by", sa.Text(), nullable=False),
    )
    op.create_index(
        "member_consents_member_ix", "member_consents", ["center_id", "member_id", "id"]
    )
    op.create_table(
        "member_views",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.UniqueConstraint("center_id", "staff_id", "name"),
    )


def _messages_and_feedback() -> None:
    op.create_table(
        "member_messages",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), sa.ForeignKey("members.id"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=False),
        sa.Column("read_at", UtcTime()),
    )
    op.create_index(
        "member_messages_member_ix", "member_messages", ["center_id", "member_id", "id"]
    )
    op.create_table(
        "feedback",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("log_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("pc_name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("read_at", UtcTime()),
        sa.Column("read_by", sa.Text(), nullable=False),
        sa.Column("answered_at", UtcTime()),
    )
    op.create_index("feedback_center_ix", "feedback", ["center_id", "id"])
    op.create_index("feedback_member_ix", "feedback", ["center_id", "member_id"])
    op.create_index(
        "feedback_unread_ix",
        "feedback",
        ["center_id", "id"],
        sqlite_where=_IS_UNREAD,
        postgresql_where=_IS_UNREAD,
    )


def downgrade() -> None:
    """Photos, notes, consents, messages and what was written are lost."""
    for name in (
        *("feedback", "member_messages", "member_views", "member_consents", "member_notes"),
        "member_photos",
    ):
        op.drop_table(name)
    op.drop_index("ledger_accounts_loan_ix", "ledger_accounts")
    for name in ("leaves", "visit", "expires"):
        op.drop_index(f"members_{name}_ix", "members")
    for name in ("leaves_at", "last_visit_at", "version"):
        op.drop_column("members", name)
