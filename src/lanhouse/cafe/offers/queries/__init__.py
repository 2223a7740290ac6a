"""Finding offers and the packages that members own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.rules import group_ids
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.money.tenders import TENDERS
from lanhouse.cafe.offers.rules import Levels, levels_by, opens_at, suits, why_not_sold
from lanhouse.cafe.offers.schemas import Limits, Offer, OfferValues, OwnedPackage, Package, Place
from lanhouse.cafe.offers.tables import member_offers, offers
from lanhouse.cafe.pricing.rules import Window, parse_weekdays
from lanhouse.cafe.products.tables import product_combo_items, products
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_OF_CENTER = static(
    sa.select(offers).where(offers.c.center_id == sa.bindparam("center")).order_by(offers.c.id)
)
_BY_ID = static(
    sa.select(offers).where(
        offers.c.center_id == sa.bindparam("center"), offers.c.id == sa.bindparam("offer")
    )
)
_BY_BARCODE = static(
    sa.select(offers).where(
        offers.c.center_id == sa.bindparam("center"), offers.c.barcode == sa.bindparam("barcode")
    )
)
# Goods are a noun above: what of theirs an offer must not get in the way of is looked up here.
_COMBOS_WITH = static(
    sa.select(products.c.name)
    .join(
        product_combo_items,
        (product_combo_items.c.center_id == products.c.center_id)
        & (product_combo_items.c.combo_id == products.c.id),
    )
    .where(
        product_combo_items.c.center_id == sa.bindparam("center"),
        product_combo_items.c.source == "offer",
        product_combo_items.c.item_id == sa.bindparam("offer"),
        products.c.deleted_at.is_(None),
    )
    .order_by(products.c.name)
    .limit(10)
)
_GOODS_SCANNED = static(
    sa.select(products.c.id).where(
        products.c.center_id == sa.bindparam("center"),
        products.c.barcode == sa.bindparam("barcode"),
        products.c.deleted_at.is_(None),
    )
)
_OWNED = (
    sa.select(member_offers)
    .where(
        member_offers.c.center_id == sa.bindparam("center"),
        member_offers.c.member_id == sa.bindparam("member"),
    )
    .order_by(member_offers.c.id)
)
OWNED_MAX = 200
"""So many packages of a member are told beside those that can still be used."""
_NEWEST_OWNED = static(
    _OWNED.order_by(None).order_by(member_offers.c.id.desc()).limit(sa.bindparam("most"))
)
# What a session begins with is asked for at every start, and a member's history grows for ever.
_USABLE = static(
    _OWNED.where(
        member_offers.c.seconds_left > 0,
        member_offers.c.refunded_at.is_(None),
        sa.or_(
            member_offers.c.expires_at.is_(None),
            member_offers.c.expires_at > sa.bindparam("now", type_=member_offers.c.expires_at.type),
        ),
    )
)
_ONE = sa.select(member_offers).where(
    member_offers.c.center_id == sa.bindparam("center"),
    member_offers.c.id == sa.bindparam("package"),
)
_PACKAGE = static(_ONE)
# Of sales in one second: the index of the log by member, from the newest on.
_SALES = static(
    sa.select(billing_logs)
    .where(
        billing_logs.c.center_id == sa.bindparam("center"),
        billing_logs.c.member_id == sa.bindparam("member"),
        billing_logs.c.event == Event.OFFER.value,
        billing_logs.c.details == sa.bindparam("name"),
        billing_logs.c.at >= sa.bindparam("since", type_=billing_logs.c.at.type),
        billing_logs.c.at < sa.bindparam("before", type_=billing_logs.c.at.type),
    )
    .order_by(billing_logs.c.id)
)
_TWINS = static(
    sa.select(member_offers.c.id)
    .where(
        member_offers.c.center_id == sa.bindparam("center"),
        member_offers.c.member_id == sa.bindparam("member"),
        member_offers.c.name == sa.bindparam("name"),
        member_offers.c.bought_at
        == sa.bindparam("bought_at", type_=member_offers.c.bought_at.type),
    )
    .order_by(member_offers.c.id)
)
_PACKAGE_LOCKED = static(_ONE.with_for_update(key_share=True))


def offers_of_center(read: Read, center_id: int) -> list[Offer]:
    """Every offer of a centre, by id (at most MAX_OFFER)."""
    return [_offer(row) for row in read.all(_OF_CENTER, center=center_id)]


def offer_by_id(read: Read, center_id: int, offer_id: int) -> Offer | None:
    """The offer (centre id, offer id), or None."""
    row = read.one(_BY_ID, center=center_id, offer=offer_id)
    return None if row is None else _offer(row)


def offers_for_sale(read: Read, center: Center, place: Place, at: datetime) -> list[Offer]:
    """What is sold at `at` to this group of customers for this PC; nothing where the settings let
    no session be paid by packages."""
    if not center.settings.payment.allow_offer_session:
        return []
    levels = levels_of(center)
    return [
        offer
        for offer in offers_of_center(read, center.id)
        if why_not_sold(offer.values, place, levels, at, center.zone) is None
    ]


def levels_of(center: Center) -> Levels:
    """Which PC groups stand above which, where a package may be used across them."""
    game = center.settings.game
    return levels_by(game.pc_group_levels) if game.allow_offer_cross_pc_group else Levels()


def offer_by_barcode(read: Read, center_id: int, barcode: str) -> Offer | None:
    """The offer that a scanner means, or None."""
    row = read.one(_BY_BARCODE, center=center_id, barcode=barcode) if barcode else None
    return None if row is None else _offer(row)


def is_barcode_of_goods(read: Read, center_id: int, barcode: str) -> bool:
    """Whether a scanner at the till means a product by it."""
    return read.scalar(_GOODS_SCANNED, center=center_id, barcode=barcode) is not None


def combos_with_offer(read: Read, center_id: int, offer_id: int) -> list[str]:
    """The names of the combos that the offer is a part of, at most ten."""
    return [row.name for row in read.all(_COMBOS_WITH, center=center_id, offer=offer_id)]


def owned_packages(
    read: Read, center_id: int, member_id: int, at: datetime, used_seconds: Mapping[int, int]
) -> list[OwnedPackage]:
    """The newest OWNED_MAX packages that a member bought, and every older one that can still be
    used, oldest first: who has come for years is answered as fast as who is new.

    `used_seconds` is what a running session has used, by the package's id.
    """
    newest = read.all(_NEWEST_OWNED, center=center_id, member=member_id, most=OWNED_MAX)
    found = {row.id: row for row in newest}
    if len(newest) == OWNED_MAX:
        usable = read.all(_USABLE, center=center_id, member=member_id, now=at)
        found |= {row.id: row for row in usable}
    return [owned_package(found[id_], used_seconds.get(id_, 0)) for id_ in sorted(found)]


def live_packages(
    read: Read, center_id: int, member_id: int, at: datetime, used_seconds: Mapping[int, int]
) -> list[OwnedPackage]:
    """Those of them of which something can still be used, oldest first."""
    rows = read.all(_USABLE, center=center_id, member=member_id, now=at)
    owned = (owned_package(row, used_seconds.get(row.id, 0)) for row in rows)
    return [package for package in owned if package.is_live(at)]


def package_by_id(
    read: Read, center_id: int, member_offer_id: int, *, lock: bool = False
) -> OwnedPackage | None:
    """The bought package (centre id, its id) without what a running session uses, or None."""
    row = read.one(_PACKAGE_LOCKED if lock else _PACKAGE, center=center_id, package=member_offer_id)
    return None if row is None else owned_package(row, 0)


def packages_of_member(
    read: Read,
    center: Center,
    member_id: int,
    at: datetime,
    place: Place,
    used_seconds: Mapping[int, int] | None = None,
) -> tuple[Package, ...]:
    """What a session in this place may use from `at` on: the packages that suit it, those too
    whose hours have yet to come. turns.py says which of them is used when.

    Booked time alone where the settings let no session be paid by packages. `used_seconds` as
    owned_packages().
    """
    found = usable_packages(read, center, member_id, at, place, used_seconds or {})
    if not center.settings.payment.allow_offer_session:
        return tuple(each for each in found if each.is_booked)
    return found


def usable_packages(
    read: Read,
    center: Center,
    member_id: int,
    at: datetime,
    place: Place,
    used_seconds: Mapping[int, int],
) -> tuple[Package, ...]:
    """As packages_of_member(), whatever the settings say: for a session that runs already."""
    levels = levels_of(center)
    owned = live_packages(read, center.id, member_id, at, used_seconds)
    found = (each.package() for each in owned if suits(each.limits, place, levels))
    usable = [each for each in found if opens_at(each, center.zone, at) is not None]
    # For who reads a segment; what is used when is decided moment by moment.
    return tuple(sorted(usable, key=lambda each: (-each.priority, each.member_offer_id)))


def _offer(row: Row) -> Offer:
    values = OfferValues(
        name=row.name,
        description=row.description,
        price_micros=row.price_micros,
        cost_micros=row.cost_micros,
        coin_price_micros=row.coin_price_micros,
        minutes=row.minutes,
        priority=row.priority,
        is_auto_start=row.is_auto_start,
        window=Window(parse_weekdays(row.weekdays), row.from_minute, row.to_minute),
        show_window=Window(
            parse_weekdays(row.show_weekdays), row.show_from_minute, row.show_to_minute
        ),
        available_from=row.available_from,
        available_to=row.available_to,
        expires_after_days=row.expires_after_days,
        expires_after_hours=row.expires_after_hours,
        pc_group_ids=group_ids(row.pc_groups),
        member_group_ids=group_ids(row.member_groups),
        allows_discount=row.allows_discount,
        barcode=row.barcode,
        is_promoted=row.is_promoted,
        is_sold_at_seats=row.is_sold_at_seats,
        is_active=row.is_active,
    )
    return Offer(id=row.id, values=values, updated_at=row.updated_at)


def owned_package(row: Row, used_seconds: int) -> OwnedPackage:
    """The package of a row of `member_offers`, less what a running session has used of it."""
    return OwnedPackage(
        member_offer_id=row.id,
        member_id=row.member_id,
        offer_id=row.offer_id,
        name=row.name,
        price_micros=row.price_micros,
        coin_micros=row.coin_micros,
        payment=row.payment,
        from_bonus_micros=row.from_bonus_micros,
        tax_micros=row.tax_micros,
        transfer_id=row.transfer_id,
        seconds=row.seconds,
        seconds_left=max(row.seconds_left - used_seconds, 0),
        priority=row.priority,
        is_auto_start=row.is_auto_start,
        limits=Limits(
            window=Window(parse_weekdays(row.weekdays), row.from_minute, row.to_minute),
            pc_group_ids=group_ids(row.pc_groups),
            member_group_ids=group_ids(row.member_groups),
            usable_from=row.usable_from,
            expires_at=row.expires_at,
            pc_id=row.pc_id,
        ),
        bought_at=row.bought_at,
        refunded_at=row.refunded_at,
        refund_micros=row.refund_micros,
    )


def with_payment(read: Read, center_id: int, package: OwnedPackage) -> OwnedPackage:
    """A package with how it was paid: as it says itself or, of one that was sold before that was
    kept, as the log of its sale says, which is proved against the ledger.

    The row is the one of that second with the name of the package; of several sales in one second
    the first is of the first package. Where these do not pair off, or the price is another, it
    stays unknown.
    """
    if package.payment:
        return package
    of_member = {"center": center_id, "member": package.member_id, "name": package.name}
    at = package.bought_at
    rows = read.all(_SALES, since=at, before=at + timedelta(seconds=1), **of_member)
    sales = [row for row in rows if row.cost_micros >= 0 and not row.coin_micros > 0]
    twins = [row.id for row in read.all(_TWINS, bought_at=at, **of_member)]
    if len(sales) != len(twins) or package.member_offer_id not in twins:
        return package
    sale = sales[twins.index(package.member_offer_id)]
    if sale.cost_micros != package.price_micros:
        return package
    tenders = [name for name in TENDERS if getattr(sale, f"{name}_micros")]
    return replace(
        package,
        payment=tenders[0] if tenders else "coin" if sale.coin_micros else "balance",
        from_bonus_micros=-sale.bonus_micros,
        coin_micros=-sale.coin_micros,
        transfer_id=sale.transfer_id,
    )
