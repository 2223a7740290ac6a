"""Sessions on PCs and their segments."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Json, Money, UtcTime

_IS_OPEN = sa.column("ended_at").is_(None)
_IS_ENDED = sa.column("ended_at").is_not(None)
_IS_OPEN_FIRST = sa.and_(_IS_OPEN, sa.column("is_further").is_(sa.false()))

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
    # While it is paused: since when it stands still; then `expires_at` is the end that it had then.
    sa.Column("paused_at", UtcTime),
    # How long it stood still in pauses that are over.
    sa.Column("paused_seconds", sa.Integer, nullable=False, server_default="0"),
    # Of a member who plays on another PC as well: paid by the balance alone (decision 0123).
    sa.Column("is_further", sa.Boolean, nullable=False, server_default=sa.false()),
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
    # cash, card or qr when the cost was paid at the end, mixed when by several, later when it was
    # left open; balance when it came from the account.
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
        sqlite_where=_IS_OPEN_FIRST,
        postgresql_where=_IS_OPEN_FIRST,
    ),
    # All that a member plays now, whatever the length of the history.
    sa.Index(
        "pc_sessions_open_of_member_ix",
        "center_id",
        "member_id",
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
    # What a member has played today (daily_cap), whatever the length of the history.
    sa.Index(
        "pc_sessions_member_ended_ix",
        "center_id",
        "member_id",
        "ended_at",
        sqlite_where=_IS_ENDED,
        postgresql_where=_IS_ENDED,
    ),
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
    # Nobody plays: it costs nothing and uses up nothing (decision 0110).
    sa.Column("is_paused", sa.Boolean, nullable=False, server_default=sa.false()),
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
    later=(("terms",), ("paused_at", "paused_seconds"), ("is_further",)),
)

digested(
    pc_session_segments,
    5,
    "center_id",
    "from_at",
    "to_at",
    "is_free",
    # The names in them are those of prices and offers, which are nobody's own.
    later=(("tariff", "packages"), ("is_paused",)),
)

# --- several PCs together, and bills of more than one session or payer (decision 0119) ---------

# PCs that were started together: one bill. A row never changes; who belongs to it stands below.
session_bundles = sa.Table(
    "session_bundles",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    # prepaid or postpaid.
    sa.Column("kind", sa.Text, nullable=False),
    # The room that is paid as a whole; empty: PCs that somebody chose. No foreign key: the bundle
    # outlives the room.
    sa.Column("room_id", sa.BigInteger),
    sa.Column("room_name", sa.Text, nullable=False),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("staff_id", sa.BigInteger, nullable=False),
)

session_bundle_seats = sa.Table(
    "session_bundle_seats",
    metadata,
    sa.Column("bundle_id", sa.BigInteger, sa.ForeignKey("session_bundles.id"), primary_key=True),
    sa.Column("session_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("joined_at", UtcTime, nullable=False),
    # When somebody took it out of the bundle; empty: it belongs to it, also when it has ended.
    sa.Column("left_at", UtcTime),
    # A session belongs to one bundle at a time.
    sa.Index(
        "session_bundle_seats_session_key",
        "center_id",
        "session_id",
        unique=True,
        sqlite_where=sa.column("left_at").is_(None),
        postgresql_where=sa.column("left_at").is_(None),
    ),
)

# One act of settling: a row where several sessions, several payers or a debt meet in it. What is
# simpler stands on the session alone. A row never changes.
session_bills = sa.Table(
    "session_bills",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    # The bundle that is settled; empty: PCs that were checked out together.
    sa.Column("bundle_id", sa.BigInteger),
    sa.Column("at", UtcTime, nullable=False),
    # Sums of its sessions (session_bill_sessions), in micros.
    sa.Column("cost_micros", Money, nullable=False),
    sa.Column("carried_micros", Money, nullable=False),
    sa.Column("own_micros", Money, nullable=False),
    sa.Column("paid_micros", Money, nullable=False),
    sa.Column("later_micros", Money, nullable=False),
    sa.Column("refund_micros", Money, nullable=False),
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("staff_name", sa.Text, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Index("session_bills_bundle_ix", "center_id", "bundle_id"),
    sa.CheckConstraint(
        "cost_micros + carried_micros = own_micros + paid_micros + later_micros",
        name="sum",
    ),
)

session_bill_sessions = sa.Table(
    "session_bill_sessions",
    metadata,
    sa.Column("bill_id", sa.BigInteger, sa.ForeignKey("session_bills.id"), primary_key=True),
    sa.Column("session_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    # What it cost (0 on a bill that pays what was left open before), and what was left open.
    sa.Column("cost_micros", Money, nullable=False),
    sa.Column("carried_micros", Money, nullable=False),
    # Taken from its own account, paid at the desk, left open; and what was given back.
    sa.Column("own_micros", Money, nullable=False),
    sa.Column("paid_micros", Money, nullable=False),
    sa.Column("later_micros", Money, nullable=False),
    sa.Column("refund_micros", Money, nullable=False),
    sa.Index("session_bill_sessions_session_ix", "center_id", "session_id"),
    sa.CheckConstraint(
        "cost_micros + carried_micros = own_micros + paid_micros + later_micros",
        name="sum",
    ),
)

session_bill_payers = sa.Table(
    "session_bill_payers",
    metadata,
    sa.Column("bill_id", sa.BigInteger, sa.ForeignKey("session_bills.id"), primary_key=True),
    # 1, 2, 3 … within the bill.
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    # cash, card or qr; later: nobody paid it yet.
    sa.Column("tender", sa.Text, nullable=False),
    sa.Column("amount_micros", Money, nullable=False),
    # The member who owes it as a loan; 0: paid, or owed by the guests themselves.
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.CheckConstraint("amount_micros > 0", name="amount"),
)

# What a guest has played and nobody has paid: one row a session, until it is paid.
session_debts = sa.Table(
    "session_debts",
    metadata,
    sa.Column("session_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    # The guest's account, whose loan in the ledger it is.
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("pc_name", sa.Text, nullable=False),
    sa.Column("bill_id", sa.BigInteger, nullable=False),
    sa.Column("since", UtcTime, nullable=False),
    sa.Column("amount_micros", Money, nullable=False),
    # The bill that paid it; empty while it is open. Its own bill: it was written off.
    sa.Column("paid_bill_id", sa.BigInteger),
    sa.Index(
        "session_debts_open_ix",
        "center_id",
        "since",
        sqlite_where=sa.column("paid_bill_id").is_(None),
        postgresql_where=sa.column("paid_bill_id").is_(None),
    ),
)

digested(session_bundles, 70, "center_id", "kind", "room_id", "started_at", "staff_id")
digested(session_bundle_seats, 71, "center_id", "joined_at", "left_at")
_SUMS = ("cost_micros", "carried_micros", "own_micros", "paid_micros")
_SUMS += ("later_micros", "refund_micros")
digested(session_bills, 72, "center_id", "bundle_id", "at", *_SUMS, "staff_id")
digested(session_bill_sessions, 73, "center_id", *_SUMS)
digested(session_bill_payers, 74, "center_id", "tender", "amount_micros", "member_id")
digested(
    session_debts,
    75,
    "center_id",
    "member_id",
    "bill_id",
    "since",
    "amount_micros",
    "paid_bill_id",
)
