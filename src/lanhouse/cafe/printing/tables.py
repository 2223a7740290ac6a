"""The printers of a centre that stand in its own network."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.carried import carried
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, UtcTime

_IS_THERE = sa.column("deleted_at").is_(None)

printers = sa.Table(
    "printers",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    # The name in one case; unique among the printers that are there.
    sa.Column("name_key", sa.Text, nullable=False),
    # An IP address, never a name: what is allowed is what is connected to.
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("port", sa.Integer, nullable=False),
    # Signs in a line: schemas.PAPERS.
    sa.Column("columns", sa.Integer, nullable=False),
    # How its memory reads bytes: schemas.CODE_PAGES.
    sa.Column("code_page", sa.Text, nullable=False),
    # Whether a cash drawer hangs on it.
    sa.Column("has_drawer", sa.Boolean, nullable=False),
    # Whose shifts print on it; 0 = whoever has no printer of his own till. No foreign key: tills
    # are a higher noun's, and are never deleted.
    sa.Column("till_id", sa.BigInteger, nullable=False),
    # Prints that wait name it, so its row stays.
    sa.Column("deleted_at", UtcTime),
    sa.Index(
        "printers_name_key",
        "center_id",
        "name_key",
        unique=True,
        sqlite_where=_IS_THERE,
        postgresql_where=_IS_THERE,
    ),
    sa.Index(
        "printers_till_key",
        "center_id",
        "till_id",
        unique=True,
        sqlite_where=_IS_THERE,
        postgresql_where=_IS_THERE,
    ),
)

carried(printers)
