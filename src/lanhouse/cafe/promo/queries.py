"""Reads on promo codes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.promo.rules import name_key
from lanhouse.cafe.promo.schemas import Gift, Promo, Purpose
from lanhouse.cafe.promo.tables import promo_codes, promo_uses
from lanhouse.db.listing import Condition, Listing, Page, Wanted, by
from lanhouse.db.statements import static
from lanhouse.db.store import Read

PROMOS_PER_PAGE = 50
_p = promo_codes.c
_u = promo_uses.c
_HERE = (_p.center_id == sa.bindparam("center"), _p.deleted_at.is_(None))
_BY_CODE = static(sa.select(promo_codes).where(*_HERE, _p.name_key == sa.bindparam("code")))
_BY_ID = static(sa.select(promo_codes).where(*_HERE, _p.id == sa.bindparam("promo")))
_USED = static(
    sa.select(_u.id).where(
        _u.center_id == sa.bindparam("center"),
        _u.promo_id == sa.bindparam("promo"),
        _u.member_id == sa.bindparam("member"),
    )
)


class PromoSearch(Wanted, frozen=True, kw_only=True):
    """The codes of a centre, the newest first."""

    center_id: int


def _conditions(search: PromoSearch) -> list[Condition]:
    return [_p.center_id == search.center_id, _p.deleted_at.is_(None)]


PROMO_LIST: Listing[PromoSearch] = Listing(_p.id, conditions=_conditions, usual=by(_p.id))


def promos_page(read: Read, center_id: int, page: int) -> Page:
    """A page (from 1) of codes, the newest first; its rows are Promo."""
    found = PROMO_LIST.page(read, PromoSearch(center_id=center_id), page, PROMOS_PER_PAGE)
    return Page(found.total, [promo_of(row) for row in found.rows])


def promo_by_code(read: Read, center_id: int, code: str) -> Promo | None:
    """The code as somebody typed it, whatever its case."""
    row = read.one(_BY_CODE, center=center_id, code=name_key(code))
    return None if row is None else promo_of(row)


def promo_by_id(read: Read, center_id: int, promo_id: int) -> Promo | None:
    """A code that is there."""
    row = read.one(_BY_ID, center=center_id, promo=promo_id)
    return None if row is None else promo_of(row)


def has_used(read: Read, center_id: int, promo_id: int, member_id: int) -> bool:
    """Whether a member has used a code."""
    used = read.scalar(_USED, center=center_id, promo=promo_id, member=member_id)
    return used is not None


def promo_of(row: Any) -> Promo:
    """A row of promo_codes."""
    return Promo(
        id=row.id,
        name=row.name,
        quantity=row.quantity,
        used=row.used,
        gift=Gift(row.gift),
        amount_micros=row.amount_micros,
        purpose=Purpose(row.purpose),
        expires_at=row.expires_at,
        created_at=row.created_at,
    )
