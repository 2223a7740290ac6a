"""Tills, the shifts at them, what was put in and counted, and the frozen reports."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Json, Money, UtcTime

_IS_OPEN = sa.column("closed_at").is_(None)

tills = sa.Table(
    "tills",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    # The name in one case; unique per centre.
    sa.Column("name_key", sa.Text, nullable=False),
    # A till that is not used any more keeps its history and takes no shift.
    sa.Column("is_used", sa.Boolean, nullable=False),
    # What the last shift left in the drawer: the float that the next one is offered.
    sa.Column("left_micros", Money, nullable=False),
    sa.UniqueConstraint("center_id", "name_key"),
)

shifts = sa.Table(
    "shifts",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    sa.Column("till_id", sa.BigInteger, sa.ForeignKey("tills.id"), nullable=False),
    # Who answers for the drawer, and the account as it was called then.
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("staff_name", sa.Text, nullable=False),
    sa.Column("opened_at", UtcTime, nullable=False),
    sa.Column("float_micros", Money, nullable=False),
    # The shift that handed over to this one, if any.
    sa.Column("received_from_id", sa.BigInteger),
    # --- written once, at the close; empty while it is open ---
    sa.Column("closed_at", UtcTime),
    # Somebody else's id when a forgotten shift was closed for its person.
    sa.Column("closed_by_id", sa.BigInteger),
    # Of its Z report: 1, 2, 3 … within the centre, without gaps.
    sa.Column("z_number", sa.BigInteger),
    # What came in by each tender less what went out, as lists of shifts show it.
    sa.Column("cash_micros", Money),
    sa.Column("card_micros", Money),
    sa.Column("qr_micros", Money),
    # Counted less what should have been there; negative: missing.
    sa.Column("difference_micros", Money),
    # Why, in the words of who closed it.
    sa.Column("comment", sa.Text, nullable=False),
    # What stays in the drawer; the rest of the cash went to the safe.
    sa.Column("left_micros", Money),
    sa.Index(
        "shifts_open_till_key",
        "center_id",
        "till_id",
        unique=True,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
    sa.Index(
        "shifts_open_staff_key",
        "center_id",
        "staff_id",
        unique=True,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
    sa.Index("shifts_opened_ix", "center_id", "opened_at", "id"),
    sa.Index("shifts_staff_ix", "center_id", "staff_id", "opened_at", "id"),
    sa.Index("shifts_till_ix", "till_id"),
)

# Cash that moves between drawer and safe without a sale. What is bought for the house is an
# EXPENSE of the billing log and no row here.
shift_moves = sa.Table(
    "shift_moves",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("shift_id", sa.BigInteger, sa.ForeignKey("shifts.id"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    # schemas.MoveKind.
    sa.Column("kind", sa.Text, nullable=False),
    # Into the drawer positive.
    sa.Column("amount_micros", Money, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("transfer_id", sa.BigInteger, nullable=False),
    sa.Index("shift_moves_shift_ix", "shift_id", "id"),
)

# Every count that was saved; the newest one counts.
shift_counts = sa.Table(
    "shift_counts",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("shift_id", sa.BigInteger, sa.ForeignKey("shifts.id"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("counted_micros", Money, nullable=False),
    # What should have been there at that moment.
    sa.Column("expected_micros", Money, nullable=False),
    # How many of each piece, by its value ("0.50"); empty when only the sum was given.
    sa.Column("pieces", Json, nullable=False),
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Index("shift_counts_shift_ix", "shift_id", "id"),
)

# The last number of a centre's Z reports; its row is locked by whoever closes a shift.
z_numbers = sa.Table(
    "z_numbers",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("last_number", sa.BigInteger, nullable=False),
)

# Frozen: written once, never changed.
z_reports = sa.Table(
    "z_reports",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("shift_id", sa.BigInteger, sa.ForeignKey("shifts.id"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    # schemas.Report as JSON: figures, ids and times, never a name.
    sa.Column("report", sa.Text, nullable=False),
    sa.UniqueConstraint("shift_id"),
)

# What one person handed to the next, who confirmed it by password.
shift_handovers = sa.Table(
    "shift_handovers",
    metadata,
    sa.Column(
        "from_shift_id",
        sa.BigInteger,
        sa.ForeignKey("shifts.id"),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("to_shift_id", sa.BigInteger, sa.ForeignKey("shifts.id"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("given_by_id", sa.BigInteger, nullable=False),
    sa.Column("received_by_id", sa.BigInteger, nullable=False),
    # The ids of the sessions that ran then, as JSON.
    sa.Column("session_ids", sa.Text, nullable=False),
    # And of the orders that had to be brought or paid.
    sa.Column("order_ids", sa.Text, nullable=False, server_default="[]"),
    sa.UniqueConstraint("to_shift_id"),
)

digested(tills, 21, "center_id", "is_used", "left_micros")
digested(
    shifts,
    22,
    "center_id",
    "till_id",
    "staff_id",
    "opened_at",
    "float_micros",
    "received_from_id",
    "closed_at",
    "closed_by_id",
    "z_number",
    "cash_micros",
    "card_micros",
    "qr_micros",
    "difference_micros",
    "left_micros",
)
digested(
    shift_moves,
    23,
    "center_id",
    "shift_id",
    "at",
    "kind",
    "amount_micros",
    "staff_id",
    "transfer_id",
)
digested(
    shift_counts,
    24,
    "center_id",
    "shift_id",
    "at",
    "counted_micros",
    "expected_micros",
    "pieces",
    "staff_id",
)
digested(z_reports, 25, "shift_id", "at", "report")
digested(
    shift_handovers,
    26,
    "center_id",
    "to_shift_id",
    "at",
    "given_by_id",
    "received_by_id",
    "session_ids",
    later=(("order_ids",),),
)
