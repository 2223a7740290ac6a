"""Bookings: a seat that is kept for somebody from a time on."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Money, UtcTime

_IS_WAITING = sa.column("state", sa.Text) == sa.literal_column("'waiting'")

# No foreign keys to members and PCs: a booking outlives both.
bookings = sa.Table(
    "bookings",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    sa.Column("pc_id", sa.BigInteger, nullable=False),
    sa.Column("pc_name", sa.Text, nullable=False),
    # The first booking of those that were made together; its own id where it is the only one.
    sa.Column("party_id", sa.BigInteger, nullable=False),
    # schemas.Kind: hold, time or offer.
    sa.Column("kind", sa.Text, nullable=False),
    # schemas.State.
    sa.Column("state", sa.Text, nullable=False),
    # Whole seconds; the seat is its own from the begin until the end.
    sa.Column("starts_at", UtcTime, nullable=False),
    sa.Column("ends_at", UtcTime, nullable=False),
    # Until then the seat is kept while nobody begins it.
    sa.Column("held_until_at", UtcTime, nullable=False),
    # The booking that it waits behind; empty: it has the seat.
    sa.Column("behind_id", sa.BigInteger),
    # Who booked; 0 = a guest. Who may play in it: the booker, or who came with its password.
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("player_id", sa.BigInteger, nullable=False),
    # The session that began it.
    sa.Column("session_id", sa.BigInteger),
    # The offer that was booked, 0 and empty for plain time; and the time that it gives.
    sa.Column("offer_id", sa.BigInteger, nullable=False),
    sa.Column("offer_name", sa.Text, nullable=False),
    sa.Column("member_offer_id", sa.BigInteger),
    # A hash, where several PCs were booked together or by a guest; empty = none is asked for.
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    # cash, card, qr or balance; empty: nothing is to be paid. What of it the bonus paid, its tax.
    sa.Column("payment", sa.Text, nullable=False),
    sa.Column("cost_micros", Money, nullable=False),
    sa.Column("from_bonus_micros", Money, nullable=False),
    sa.Column("tax_micros", Money, nullable=False),
    sa.Column("transfer_id", sa.BigInteger),
    sa.Column("made_at", UtcTime, nullable=False),
    # Who made it, as in billing_logs; `source` desk, api or portal.
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("staff_name", sa.Text, nullable=False),
    # When it was begun, missed, cancelled or dropped; what went back then.
    sa.Column("settled_at", UtcTime),
    sa.Column("refund_micros", Money, nullable=False),
    sa.Column("refund_transfer_id", sa.BigInteger),
    sa.CheckConstraint("ends_at > starts_at", name="period"),
    sa.CheckConstraint("cost_micros >= 0", name="cost"),
    sa.CheckConstraint("from_bonus_micros BETWEEN 0 AND cost_micros", name="bonus"),
    sa.CheckConstraint("refund_micros BETWEEN 0 AND cost_micros", name="refund"),
    sa.Index("bookings_pc_ix", "center_id", "pc_id", "ends_at"),
    sa.Index("bookings_center_ix", "center_id", "ends_at"),
    sa.Index("bookings_member_ix", "center_id", "member_id", "ends_at"),
    # What the clock brings on.
    sa.Index(
        "bookings_waiting_ix",
        "starts_at",
        sqlite_where=_IS_WAITING,
        postgresql_where=_IS_WAITING,
    ),
    sa.Index("bookings_party_ix", "center_id", "party_id"),
    sa.Index("bookings_behind_ix", "center_id", "behind_id"),
)

digested(
    bookings,
    540,
    "center_id",
    *("pc_id", "party_id", "kind", "state", "starts_at", "ends_at", "held_until_at", "behind_id"),
    *("member_id", "player_id", "session_id", "offer_id", "member_offer_id", "payment"),
    *(
        "cost_micros",
        "from_bonus_micros",
        "tax_micros",
        "transfer_id",
        "made_at",
        "staff_id",
    ),
    *("source", "settled_at", "refund_micros", "refund_transfer_id"),
)
