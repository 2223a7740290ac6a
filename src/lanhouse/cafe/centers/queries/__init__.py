"""Finding centres."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center, Settings
from lanhouse.cafe.centers.tables import centers
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_BY_ID = static(sa.select(centers).where(centers.c.id == sa.bindparam("center")))
_BY_LICENSE = static(sa.select(centers).where(centers.c.license_name == sa.bindparam("license")))
_ALL = static(sa.select(centers).order_by(centers.c.id))


def center_by_id(read: Read, center_id: int) -> Center | None:
    """The centre with this café id, or None."""
    row = read.one(_BY_ID, center=center_id)
    return None if row is None else _center(row)


def center_by_license(read: Read, license_name: str) -> Center | None:
    """The centre with this licence name, or None."""
    row = read.one(_BY_LICENSE, license=license_name)
    return None if row is None else _center(row)


def all_centers(read: Read) -> list[Center]:
    """Every centre of this installation, by id."""
    return [_center(row) for row in read.all(_ALL)]


def _center(row: Row) -> Center:
    return Center(
        id=row.id,
        name=row.name,
        license_name=row.license_name,
        zone_name=row.zone,
        currency=row.currency,
        quote_secret=row.quote_secret,
        settings=msgspec.convert(row.settings, Settings),
    )
