"""What the log's rows and the ended sessions add up to where billing_log_sums has no key for it.

Written by commands.py alone, in the transaction of what is added; queries/checks.py proves it.
Nothing here is a record of its own, so nothing is digested.
"""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.tables import metadata
from lanhouse.db.types import Money

# Hours and days of every zone begin at a quarter of an hour of UTC, so that a chart by hours reads
# no row of the log in any of them.
report_quarters = sa.Table(
    "report_quarters",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # Quarters of an hour since 1970.
    sa.Column("quarter", sa.BigInteger, primary_key=True, autoincrement=False),
    # What came into the house less what went out.
    sa.Column("cash_micros", Money, nullable=False),
    sa.Column("card_micros", Money, nullable=False),
    sa.Column("qr_micros", Money, nullable=False),
    sqlite_with_rowid=False,
)

# How long ended sessions lasted in each quarter of an hour. Apart from the money, because a session
# is added to all of its quarters at its end: one command would lock them after the last, another
# before.
report_seats = sa.Table(
    "report_seats",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("quarter", sa.BigInteger, primary_key=True, autoincrement=False),
    # Over all PCs.
    sa.Column("seconds", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# What the bills of ended sessions consist of, in the quarter of the session's end: there the log
# has the session too.
report_tariffs = sa.Table(
    "report_tariffs",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("quarter", sa.BigInteger, primary_key=True, autoincrement=False),
    # metering.rules.Kind; "" for sessions of before this was kept.
    sa.Column("kind", sa.Text, primary_key=True),
    # The price rule or package as it was called then; empty for kinds that have no name.
    sa.Column("name", sa.Text, primary_key=True),
    # Sessions.
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("seconds", sa.BigInteger, nullable=False),
    sa.Column("micros", Money, nullable=False),
    # What the member group's discount took off.
    sa.Column("discount_micros", Money, nullable=False),
    sqlite_with_rowid=False,
)

# What was sold on each PC and to each account; days are those of UTC, the edges of a range are
# read from the log's rows.
report_names = sa.Table(
    "report_names",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # Days since 1970.
    sa.Column("day", sa.BigInteger, primary_key=True, autoincrement=False),
    # Either a member and no PC, or a PC and no member.
    sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # 0: its row was gone when the log was written.
    sa.Column("pc_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # As it was called then.
    sa.Column("pc_name", sa.Text, primary_key=True),
    # Ended sessions, and how long they took.
    sa.Column("sessions", sa.BigInteger, nullable=False),
    sa.Column("used_seconds", sa.BigInteger, nullable=False),
    # The price of the time and packages sold, however it was paid.
    sa.Column("cost_micros", Money, nullable=False),
    # Cash, card and QR of top-ups, refunds taken off.
    sa.Column("topup_micros", Money, nullable=False),
    sqlite_with_rowid=False,
)
