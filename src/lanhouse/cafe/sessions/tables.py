"""Sessions on PCs and their segments."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Json, Money, UtcTime

_IS_OPEN = sa.column("ended_at").is_(None)

pc_sessions = sa.Table(
    "pc_sessions",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    # The PC now; the name is kept so that history outlives the PC. No foreign key for that reason.
    sa.Column("pc_id", sa.BigInteger, nullable=False),
    sa.Column("pc_name", sa.Text, nullable=False),
    # prepaid, postpaid, member, offer or free (schemas.KINDS).
    sa.Column("kind", sa.Text, nullable=False),
    # Every session has an account, a guest's too.
    sa.Column("member_id", sa.BigInteger, nullable=False),
    # Times are whole seconds (decision 0020).
    sa.Column("started_at", UtcTime, nullable=False),
    # A guest's password under the server secret (members.guest_secret); emptied by the end, and by
    # every change of the password.
    sa.Column("guest_login", sa.LargeBinary),
    # A guest's access code, where the centre has them: the mark by which it is found, and the code
    # under the server secret (members.access_codes). Emptied with guest_login.
    sa.Column("access_mark", sa.Text),
    sa.Column("access_sealed", sa.LargeBinary),
    # When money, packages or prices end it; empty = nothing does. Kept right by every change.
    sa.Column("expires_at", UtcTime),
    # Empty while it runs.
    sa.Column("ended_at", UtcTime),
    # What was agreed at the start, so that new settings do not price it again.
    sa.Column("free_seconds", sa.Integer, nullable=False),
    sa.Column("minimum_charge_micros", Money, nullable=False),
    # The other terms (metering.rules.Terms as JSON, without those that say nothing).
    sa.Column("terms", sa.Text, nullable=False, server_default="{}"),
    # The cost may not pass this (setting postpaid_max_balance); empty = no such limit.
    sa.Column("limit_micros", Money),
    # --- written once, at the end ---
    # Charged up to here: the end, or the time of the quote that was honoured.
    sa.Column("billed_to_at", UtcTime),
    sa.Column("played_seconds", sa.Integer),
    sa.Column("cost_micros", Money),
    sa.Column("from_balance_micros", Money),
    sa.Column("from_bonus_micros", Money),
    # Given back to a prepaid guest in cash.
    sa.Column("refund_micros", Money),
    # cash, card or qr when the cost was paid at the end; balance when it came from the account.
    sa.Column("payment", sa.Text),
    # checkout (somebody did it) or time (it was over).
    sa.Column("ended_by", sa.Text),
    sa.Column("transfer_id", sa.BigInteger),
    sa.Index(
        "pc_sessions_open_pc_key",
        "center_id",
        "pc_id",
        unique=True,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
    sa.Index(
        "pc_sessions_open_member_key",
        "center_id",
        "member_id",
        unique=True,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
    sa.Index(
        "pc_sessions_access_key",
        "center_id",
        "access_mark",
        unique=True,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
    sa.Index(
        "pc_sessions_due_ix",
        "expires_at",
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
    sa.Index("pc_sessions_member_ix", "center_id", "member_id", "id"),
)

free_minutes = sa.Table(
    "free_minutes",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True),
    # member, or pc for the guests who play there.
    sa.Column("holder", sa.Text, primary_key=True),
    sa.Column("holder_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # The centre's day on which the session began, YYYY-MM-DD; another day begins with nothing used.
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("used_seconds", sa.Integer, nullable=False),
    # Which session was counted last and how much of it, so that a move counts no second twice.
    sa.Column("session_id", sa.BigInteger, nullable=False),
    sa.Column("session_seconds", sa.Integer, nullable=False),
)

# PCs whose last session ended by itself, until somebody looks (decision 0048).
ended_marks = sa.Table(
    "ended_marks",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True),
    sa.Column("pc_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("session_id", sa.BigInteger, nullable=False),
    # When it ended, which may be long before that was noticed.
    sa.Column("ended_at", UtcTime, nullable=False),
)

pc_session_segments = sa.Table(
    "pc_session_segments",
    metadata,
    sa.Column("session_id", sa.BigInteger, sa.ForeignKey("pc_sessions.id"), primary_key=True),
    # 1, 2, 3 … within the session.
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("pc_name", sa.Text, nullable=False),
    sa.Column("from_at", UtcTime, nullable=False),
    # Empty on the running segment: the last one of an open session.
    sa.Column("to_at", UtcTime),
    # The rules of prices as they were (pricing.rules.Tariff as JSON): never changed afterwards.
    sa.Column("tariff", sa.Text, nullable=False),
    # sessions.rules.Package list.
    sa.Column("packages", Json, nullable=False),
    sa.Column("is_free", sa.Boolean, nullable=False),
)

digested(
    pc_sessions,
    4,
    "center_id",
    "pc_id",
    "kind",
    "member_id",
    "started_at",
    "expires_at",
    "ended_at",
    "free_seconds",
    "minimum_charge_micros",
    "limit_micros",
    "billed_to_at",
    "played_seconds",
    "cost_micros",
    "from_balance_micros",
    "from_bonus_micros",
    "refund_micros",
    "payment",
    "ended_by",
    "transfer_id",
    later=("terms",),
)

digested(
    pc_session_segments,
    5,
    "center_id",
    "from_at",
    "to_at",
    "is_free",
    # The names in them are those of prices and offers, which are nobody's own.
    later=("tariff", "packages"),
)
