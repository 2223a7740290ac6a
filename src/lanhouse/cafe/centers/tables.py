"""One row per centre."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.files.tables import files
from lanhouse.db.carried import carried
from lanhouse.db.tables import metadata
from lanhouse.db.types import Json, UtcTime

centers = sa.Table(
    "centers",
    metadata,
    # The café id of the wire, 1 to 9999 (cafe-wire: it ends a member's combined id).
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("license_name", sa.Text, nullable=False, unique=True),
    # IANA name; the wire shows the current offset.
    sa.Column("zone", sa.Text, nullable=False),
    # ISO 4217; café money always has 2 decimals.
    sa.Column("currency", sa.Text, nullable=False),
    # By group, only what differs from the defaults of schemas.Settings, and what another release
    # has left here.
    sa.Column("settings", Json, nullable=False),
    # Signs check-out quotes; never leaves the server.
    sa.Column("quote_secret", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    # Since when nobody signs in to it or finds it: another centre has its settings, and its books
    # are only kept (decision 0124). Empty: it is open.
    sa.Column("closed_at", UtcTime),
)

# What a centre shows of itself.
center_pictures = sa.Table(
    "center_pictures",
    metadata,
    sa.Column(
        "center_id",
        sa.BigInteger,
        sa.ForeignKey("centers.id"),
        primary_key=True,
        autoincrement=False,
    ),
    # queries.pictures.LOGO
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("file_key", sa.Text, sa.ForeignKey(files.c.key), nullable=False),
    sa.Index("center_pictures_file_ix", "file_key"),
)

carried(center_pictures)
