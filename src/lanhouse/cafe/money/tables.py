"""One row per event of a centre: append only, ordered by time, never updated."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Money, UtcTime

_HAS_SHIFT = sa.column("shift_id").is_not(None)
_IS_DISCOUNTED = sa.column("discount_micros") != sa.literal_column("0")

# No foreign keys: the row outlives the member, PC and staff that it names, and a key to the centre
# would take a lock on one row for every event of that centre. check_logs_against_ledger() proves
# what the key to the transfer would.
billing_logs = sa.Table(
    "billing_logs",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    # When it happened; the end of a session that the clock noticed late lies before its booking.
    sa.Column("at", UtcTime, nullable=False),
    # schemas.Event.
    sa.Column("event", sa.Text, nullable=False),
    # Whom it is about: schemas.Subject.
    sa.Column("subject", sa.Text, nullable=False),
    # The account as it was called then; empty and 0 when the event is about nobody.
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("member_account", sa.Text, nullable=False),
    # Negative groups are the guests' (cafe-domain 0, constants); 0 is the default group.
    sa.Column("member_group_id", sa.BigInteger, nullable=False),
    # The PC and its group as they were then; empty when there was no PC.
    sa.Column("pc_id", sa.BigInteger),
    sa.Column("pc_name", sa.Text, nullable=False),
    sa.Column("pc_group_id", sa.BigInteger),
    # --- what came into the house (negative: was given back) ---
    sa.Column("cash_micros", Money, nullable=False),
    sa.Column("card_micros", Money, nullable=False),
    sa.Column("qr_micros", Money, nullable=False),
    # --- what moved on the member's accounts ---
    # Paid from the balance for time, packages or goods; positive.
    sa.Column("spend_micros", Money, nullable=False),
    # The whole change of the balance.
    sa.Column("balance_micros", Money, nullable=False),
    # Given positive, spent or taken back negative.
    sa.Column("bonus_micros", Money, nullable=False),
    sa.Column("coin_micros", Money, nullable=False),
    # Negative: the member owes more.
    sa.Column("loan_micros", Money, nullable=False),
    # --- what was sold ---
    # The price of the time or package sold by this event, however it was paid.
    sa.Column("cost_micros", Money, nullable=False),
    # What this event gave back another way than it came (OTHERTENDER): told, not moved.
    sa.Column("other_tender_micros", Money, nullable=False),
    sa.Column("used_seconds", sa.BigInteger, nullable=False),
    # The tax in cost_micros; of time and packages since it is taken apart (decision 0128).
    sa.Column("tax_micros", Money, nullable=False, server_default="0"),
    # What the goods had cost the house. Told, not moved.
    sa.Column("goods_cost_micros", Money, nullable=False, server_default="0"),
    # What discounts took off at the sale, and how much of it by hand. Told, not moved.
    sa.Column("discount_micros", Money, nullable=False, server_default="0"),
    sa.Column("by_hand_micros", Money, nullable=False, server_default="0"),
    # The tax of goods by its slot; together tax_micros, but 0 where that is older (decision 0138).
    sa.Column("tax1_micros", Money, nullable=False, server_default="0"),
    sa.Column("tax2_micros", Money, nullable=False, server_default="0"),
    sa.Column("tax3_micros", Money, nullable=False, server_default="0"),
    # 0 and the name "API" for an API key, 0 and "" for the clock.
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("staff_name", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
    # The ledger's transfer, when money moved; one row has its amounts.
    sa.Column("transfer_id", sa.BigInteger),
    # Where the call came from and its route (`METHOD /path`): what the audit log says of others.
    # NULL for what the house did by itself, and for what was before them.
    sa.Column("address", sa.Text),
    sa.Column("call", sa.Text),
    # In whose shift money moved; NULL when nobody answers for a drawer (shifts.tables.shifts).
    sa.Column("shift_id", sa.BigInteger),
    sa.Index("billing_logs_center_at_ix", "center_id", "at", "id"),
    sa.Index("billing_logs_member_ix", "center_id", "member_id", "id"),
    # What a deleted account was called, one PC's history, one kind of event (decision 0064).
    sa.Index("billing_logs_account_ix", "center_id", "member_account"),
    sa.Index("billing_logs_pc_ix", "center_id", "pc_name", "at", "id"),
    sa.Index("billing_logs_event_ix", "center_id", "event", "at"),
    sa.Index(
        "billing_logs_shift_ix",
        "center_id",
        "shift_id",
        "id",
        sqlite_where=_HAS_SHIFT,
        postgresql_where=_HAS_SHIFT,
    ),
    sa.Index(
        "billing_logs_discount_ix",
        "center_id",
        "at",
        "id",
        sqlite_where=_IS_DISCOUNTED,
        postgresql_where=_IS_DISCOUNTED,
    ),
)

# Sums over the log, so that totals, far pages and reports do not read all history. Kept by
# log.add_to_sums() in the transaction of the rows; check_sums() proves them.
billing_log_sums = sa.Table(
    "billing_log_sums",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # How many hours the row sums up: one of queries.LEVELS.
    sa.Column("hours", sa.Integer, primary_key=True, autoincrement=False),
    # Hours of UTC since 1970, so that no change of the centre's time zone touches a row.
    sa.Column("start_hour", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("event", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    # 1: an account with a group of 0 or more; -1: a guest; 0: nobody.
    sa.Column("who", sa.Integer, primary_key=True, autoincrement=False),
    # 1: what reports call a refund.
    sa.Column("is_refund", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("staff_name", sa.Text, primary_key=True),
    sa.Column("member_group_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # -1: no PC; 0 is a group.
    sa.Column("pc_group_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, nullable=False),
    # How many rows had cash, card or QR, and how many had each amount.
    sa.Column("money_number", sa.BigInteger, nullable=False),
    sa.Column("cash_number", sa.BigInteger, nullable=False),
    sa.Column("card_number", sa.BigInteger, nullable=False),
    sa.Column("qr_number", sa.BigInteger, nullable=False),
    sa.Column("spend_number", sa.BigInteger, nullable=False),
    sa.Column("bonus_number", sa.BigInteger, nullable=False),
    sa.Column("cash_micros", Money, nullable=False),
    sa.Column("card_micros", Money, nullable=False),
    sa.Column("qr_micros", Money, nullable=False),
    sa.Column("spend_micros", Money, nullable=False),
    sa.Column("bonus_micros", Money, nullable=False),
    sa.Column("coin_micros", Money, nullable=False),
    sa.Column("loan_micros", Money, nullable=False),
    sa.Column("cost_micros", Money, nullable=False),
    sa.Column("other_tender_micros", Money, nullable=False),
    sa.Column("used_seconds", sa.BigInteger, nullable=False),
    sa.Column("tax_micros", Money, nullable=False, server_default="0"),
    sa.Column("goods_cost_micros", Money, nullable=False, server_default="0"),
    sa.Column("discount_micros", Money, nullable=False, server_default="0"),
    sa.Column("by_hand_micros", Money, nullable=False, server_default="0"),
    sa.Column("tax1_micros", Money, nullable=False, server_default="0"),
    sa.Column("tax2_micros", Money, nullable=False, server_default="0"),
    sa.Column("tax3_micros", Money, nullable=False, server_default="0"),
    sqlite_with_rowid=False,
)

digested(
    billing_logs,
    1,
    "center_id",
    "at",
    "event",
    "subject",
    "member_id",
    "member_group_id",
    "pc_id",
    "pc_group_id",
    "cash_micros",
    "card_micros",
    "qr_micros",
    "spend_micros",
    "balance_micros",
    "bonus_micros",
    "coin_micros",
    "loan_micros",
    "cost_micros",
    "other_tender_micros",
    "used_seconds",
    "staff_id",
    "transfer_id",
    later=(
        ("shift_id",),
        ("discount_micros", "by_hand_micros", "tax1_micros", "tax2_micros", "tax3_micros"),
    ),
)
