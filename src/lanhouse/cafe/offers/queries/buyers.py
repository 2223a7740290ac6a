"""Who bought an offer, and what a member bought: pages of bought packages, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import PackageSeconds
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.offers.plans import RefundPlan, plan_refund, why_not_covered
from lanhouse.cafe.offers.queries import owned_package, with_payment
from lanhouse.cafe.offers.schemas import OwnedPackage
from lanhouse.cafe.offers.tables import member_offers
from lanhouse.db.facts import claimed_each
from lanhouse.db.listing import Column, Condition, Listing, Order, Wanted, by
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.errors import Refused
from lanhouse.kit.local_time import whole_second

_p = member_offers.c


class PackageSearch(Wanted, frozen=True, kw_only=True):
    """Whose packages: of one offer, of one member, or all that the centre sold."""

    center_id: int
    offer_id: int | None = None
    member_id: int | None = None


class Bought(msgspec.Struct, frozen=True, kw_only=True):
    """A bought package as it is now, and what would go back for it."""

    package: OwnedPackage
    account: str
    """Of its owner; empty when that was deleted."""
    plan: RefundPlan | None
    """None where it is not given back; `why_not` says why."""
    why_not: str = ""
    comment: str = ""
    """Why it was given back."""


class BoughtPage(msgspec.Struct, frozen=True):
    """How many there are in all pages, and those of one."""

    total: int
    rows: list[Bought]


def bought_page(
    read: Read, center: Center, search: PackageSearch, page: int, rows_max: int, at: datetime
) -> BoughtPage:
    """A page of bought packages, the newest first; none past the end."""
    found = _LIST.page(read, search, page, rows_max)
    used = _used_seconds(read, center, found.rows, at)
    return BoughtPage(found.total, [_bought(read, center, row, at, used) for row in found.rows])


def bought_package(read: Read, center: Center, member_offer_id: int, at: datetime) -> Bought | None:
    """One bought package (its id), or None."""
    wanted = sa.select(member_offers.c.id).where(
        _p.center_id == center.id, _p.id == member_offer_id
    )
    row = read.one(_shown(PackageSearch(center_id=center.id), wanted.subquery()))
    if row is None:
        return None
    bought = _bought(read, center, row, at, _used_seconds(read, center, [row], at))
    # Of one only: a list does not ask for each row what its sale gave, and was spent.
    if bought.plan is not None and (reason := why_not_covered(read, center, bought.plan)):
        return msgspec.structs.replace(bought, plan=None, why_not=reason)
    return bought


def _used_seconds(read: Read, center: Center, rows: Sequence[Row], at: datetime) -> dict[int, int]:
    """What running sessions have used of these packages, in one go for all."""
    members = {row.member_id for row in rows if row.seconds_left and row.refunded_at is None}
    if not members:
        return {}
    return claimed_each(read, PackageSeconds(center.id, tuple(sorted(members)), whole_second(at)))


def _bought(
    read: Read, center: Center, row: Row, at: datetime, used_seconds: Mapping[int, int]
) -> Bought:
    package = with_payment(read, center.id, owned_package(row, 0))
    account, comment = row.account or "", row.comment
    used = used_seconds.get(package.member_offer_id, 0)
    shown = replace(package, seconds_left=max(package.seconds_left - used, 0))
    try:
        plan = plan_refund(read, center, package, at, used_seconds=used_seconds)
    except Refused as refused:
        why_not = refused.said
        return Bought(package=shown, account=account, plan=None, why_not=why_not, comment=comment)
    return Bought(package=shown, account=account, plan=plan, comment=comment)


def _conditions(search: PackageSearch) -> list[Condition]:
    found: list[Condition] = [_p.center_id == search.center_id]
    if search.offer_id is not None:
        found.append(_p.offer_id == search.offer_id)
    if search.member_id is not None:
        found.append(_p.member_id == search.member_id)
    return found


def _shown(_: PackageSearch, page: Any) -> sa.Select[Any]:
    owner = (members.c.center_id == _p.center_id) & (members.c.id == _p.member_id)
    source = page.join(member_offers, _p.id == page.c.id).outerjoin(members, owner)
    return sa.select(member_offers, members.c.account).select_from(source)


_LIST: Listing[PackageSearch] = Listing(
    _p.id,
    Column("id", by(_p.id)),
    conditions=_conditions,
    usual=Order((_p.id,)),
    shown=_shown,
)
