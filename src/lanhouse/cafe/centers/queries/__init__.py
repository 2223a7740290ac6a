"""Finding centres."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center, settings_of
from lanhouse.cafe.centers.tables import centers
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

SETTINGS_TEXT = sa.type_coerce(centers.c.settings, sa.Text).label("settings")
"""The column as it is stored, for settings_of."""

_CENTER = sa.select(
    centers.c.id,
    centers.c.name,
    centers.c.license_name,
    centers.c.zone,
    centers.c.currency,
    centers.c.quote_secret,
    SETTINGS_TEXT,
)
_BY_ID = static(_CENTER.where(centers.c.id == sa.bindparam("center")))
_OPEN = _CENTER.where(centers.c.closed_at.is_(None))
_OPEN_BY_ID = static(_OPEN.where(centers.c.id == sa.bindparam("center")))
_BY_LICENSE = static(_OPEN.where(centers.c.license_name == sa.bindparam("license")))
_ALL_OPEN = static(_OPEN.order_by(centers.c.id))
_ALL = static(_CENTER.order_by(centers.c.id))


def center_by_id(read: Read, center_id: int) -> Center | None:
    """The centre with this café id, or None."""
    row = read.one(_BY_ID, center=center_id)
    return None if row is None else _center(row)


def open_center_by_id(read: Read, center_id: int) -> Center | None:
    """The centre with this café id for whoever comes in; None when it is closed or none."""
    row = read.one(_OPEN_BY_ID, center=center_id)
    return None if row is None else _center(row)


def center_by_license(read: Read, license_name: str) -> Center | None:
    """The centre with this licence name, or None; a closed one is not found."""
    row = read.one(_BY_LICENSE, license=license_name)
    return None if row is None else _center(row)


def all_centers(read: Read) -> list[Center]:
    """Every centre of this installation, closed ones too, by id."""
    return [_center(row) for row in read.all(_ALL)]


def open_centers(read: Read) -> list[Center]:
    """Every centre that somebody can sign in to, by id."""
    return [_center(row) for row in read.all(_ALL_OPEN)]


def _center(row: Row) -> Center:
    return Center(
        id=row.id,
        name=row.name,
        license_name=row.license_name,
        zone_name=row.zone,
        currency=row.currency,
        quote_secret=row.quote_secret,
        settings=settings_of(row.settings),
    )
