"""Packages of time that the demo centre sells and has sold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from msgspec.structs import replace

from lanhouse.cafe.centers.demo import Moment, cafe_id, demo_center
from lanhouse.cafe.groups.queries import pc_groups_of
from lanhouse.cafe.members.demo import PEOPLE, member_id_of
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.offers.commands import OfferChange, Sale, create_offer, sell_package
from lanhouse.cafe.offers.commands.refunding import PackageRefund, refund_package
from lanhouse.cafe.offers.queries import offers_of_center, owned_packages
from lanhouse.cafe.offers.schemas import OfferValues
from lanhouse.cafe.pricing.rules import Window
from lanhouse.cafe.staff.demo import desk_actor
from lanhouse.db.store import Read, Tx
from lanhouse.kit.money import MICROS

_SHORT, _LONG, _VIP = "3 hours", "10 hours", "VIP"
_OFFERS = (
    OfferValues(name=_SHORT, description="Any day", price_micros=6 * MICROS, minutes=180),
    OfferValues(
        name="Night pass",
        description="22:00 to 08:00",
        price_micros=9 * MICROS,
        minutes=480,
        priority=2,
        window=Window(from_minute=22 * 60, to_minute=8 * 60),
    ),
    OfferValues(
        name=_LONG,
        description="Good for 30 days",
        price_micros=18 * MICROS,
        minutes=600,
        priority=1,
        expires_after_days=30,
    ),
)


_VIP_EVENING = OfferValues(
    name="VIP evening",
    description="Friday to Sunday, in the VIP room",
    price_micros=12 * MICROS,
    minutes=240,
    priority=3,
    is_auto_start=True,
    window=Window(weekdays=(5, 6, 7), from_minute=18 * 60, to_minute=24 * 60),
    allows_discount=True,
    coin_price_micros=150 * MICROS,
)
_BUYERS = tuple(account for account, _, _ in PEOPLE[15:18])


def opening(tx: Tx) -> None:
    """Make the packages."""
    center = demo_center(tx)
    for values in _OFFERS:
        create_offer(tx, OfferChange(center, None, values))
    vip = tuple(group.id for group in pc_groups_of(tx, cafe_id()) if group.name == _VIP)
    create_offer(tx, OfferChange(center, None, replace(_VIP_EVENING, pc_group_ids=vip)))


def weeks(begin: datetime, end: datetime) -> Iterator[Moment]:
    """Some members buy packages for another day; one of them was the wrong one."""
    sold = max(begin, end - timedelta(days=1))
    for number, (account, name, payment) in enumerate(
        zip(_BUYERS, (_LONG, _VIP_EVENING.name, _LONG), ("card", "cash", "cash"), strict=True)
    ):
        at = sold + timedelta(minutes=17 * number)
        yield at, partial(_sell, account=account, name=name, payment=payment)
    yield sold + timedelta(minutes=40), partial(_take_back, account=_BUYERS[-1])


def _sell(tx: Tx, *, account: str, name: str, payment: str) -> None:
    member_id = member_id_of(tx, account)
    lock_member(tx, cafe_id(), member_id)
    offer_id = next(o.id for o in offers_of_center(tx, cafe_id()) if o.values.name == name)
    sell_package(tx, Sale(demo_center(tx), desk_actor(tx), offer_id, member_id, payment))


def _take_back(tx: Tx, *, account: str) -> None:
    (package, *_) = owned_packages(tx, cafe_id(), member_id_of(tx, account), tx.now, {})
    refund_package(
        tx,
        PackageRefund(
            center=demo_center(tx),
            actor=desk_actor(tx),
            member_offer_id=package.member_offer_id,
            comment="bought twice",
        ),
    )


def short_offer_id(read: Read) -> int:
    """The package that a guest buys for an afternoon."""
    return next(o.id for o in offers_of_center(read, cafe_id()) if o.values.name == _SHORT)
