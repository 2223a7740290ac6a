"""One row per person who works in a centre."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.carried import carried
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Json, UtcTime

staff = sa.Table(
    "staff",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    # Lower case of `account`; unique per centre.
    sa.Column("account_key", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    # admin, manager or staff (auth.rights).
    sa.Column("role", sa.Text, nullable=False),
    # What this person may beyond the role, and what not although the role would (auth.rights).
    sa.Column("granted", Json, nullable=False),
    sa.Column("withheld", Json, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    # Addresses from which this person may sign in and open a shift; empty = everywhere.
    sa.Column("allowed_ips", sa.Text, nullable=False),
    # From and to on the centre's clock ("09:00-18:00") between which this person may sign in and
    # open a shift; empty = at any time.
    sa.Column("hours", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.UniqueConstraint("center_id", "account_key"),
)

# The second factor of a person; no row = none was ever set up, or it was taken away.
second_factors = sa.Table(
    "staff_second_factors",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column(
        "staff_id", sa.BigInteger, sa.ForeignKey("staff.id"), primary_key=True, autoincrement=False
    ),
    # The secret that the person's app has too, sealed under the server secret.
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    # False until a code of it was typed: then a sign-in asks for one.
    sa.Column("is_confirmed", sa.Boolean, nullable=False),
    # The half minute (auth.totp) of the newest code that was used; none up to it counts again.
    sa.Column("last_step", sa.BigInteger, nullable=False),
    # SHA-256 of the recovery codes that were not used yet.
    sa.Column("recovery_hashes", Json, nullable=False),
    sa.Column("since", UtcTime, nullable=False),
)

# The PIN with which a person takes a browser over that is signed in already; no row = none.
staff_pins = sa.Table(
    "staff_pins",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column(
        "staff_id", sa.BigInteger, sa.ForeignKey("staff.id"), primary_key=True, autoincrement=False
    ),
    # argon2id, as of a password.
    sa.Column("pin_hash", sa.Text, nullable=False),
    # Wrong ones since the last right one or sign-in; at PIN_FAILURES_MAX only the password counts.
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("since", UtcTime, nullable=False),
)

for _table in (staff, second_factors, staff_pins):
    carried(_table)
