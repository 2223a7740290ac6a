"""The paid time of a booking, as a package of one PC (cafe-domain 9)."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.facts import PackagesChanged
from lanhouse.cafe.offers.plans import GIFT
from lanhouse.cafe.offers.queries import package_by_id
from lanhouse.cafe.offers.schemas import Package
from lanhouse.cafe.offers.tables import member_offers
from lanhouse.cafe.pricing.rules import Window, format_weekdays
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.local_time import whole_second

_KEEP = static(sa.insert(member_offers).returning(member_offers.c.id))
_HAND_OVER = static(
    sa.update(member_offers)
    .where(member_offers.c.id == sa.bindparam("package"))
    .values(member_id=sa.bindparam("new_member"))
)
_USE_AT = static(
    sa.update(member_offers)
    .where(member_offers.c.id == sa.bindparam("package"))
    .values(pc_id=sa.bindparam("new_pc"))
)
_END = static(
    sa.update(member_offers)
    .where(member_offers.c.id == sa.bindparam("package"), member_offers.c.refunded_at.is_(None))
    .values(refunded_at=sa.bindparam("at", type_=member_offers.c.refunded_at.type))
)


class BookedTime(msgspec.Struct, frozen=True, kw_only=True):
    """The time of a booking: on this PC, from `usable_from` until `expires_at`."""

    offer_id: int
    """0 = plain time."""
    name: str
    pc_id: int
    seconds: int
    usable_from: datetime
    expires_at: datetime
    bought_at: datetime
    transfer_id: int | None


def keep_booked(tx: Tx, center_id: int, member_id: int, values: BookedTime) -> Package:
    """Write the paid time of a booking as a package of one PC and tell PackagesChanged.

    It is paid by its booking, which alone gives money back: it stands here without a price. With
    `member_id` 0 it waits for the guest who comes (hand_over).
    """
    member_offer_id = tx.scalar(
        _KEEP,
        center_id=center_id,
        member_id=member_id,
        price_micros=0,
        seconds_left=values.seconds,
        priority=0,
        is_auto_start=True,
        weekdays=format_weekdays(Window().weekdays),
        from_minute=Window().from_minute,
        to_minute=Window().to_minute,
        payment=GIFT,
        **msgspec.structs.asdict(values),
    )
    if member_id:
        tx.tell(PackagesChanged(center_id, member_id))
    found = package_by_id(tx, center_id, member_offer_id)
    assert found is not None
    return found.package()


def hand_over(tx: Tx, center_id: int, member_offer_id: int, member_id: int) -> Package:
    """Let a booked package that nobody has used be somebody else's: of a friend who came with the
    password, of the guest at last. Both are locked by the caller."""
    found = package_by_id(tx, center_id, member_offer_id, lock=True)
    assert found is not None, "bought packages are never removed"
    assert found.limits.is_booked
    assert not found.used_seconds, "handed over before anybody plays on it"
    tx.run(_HAND_OVER, package=member_offer_id, new_member=member_id)
    tx.audit("package", member_offer_id, from_member=found.member_id, to_member=member_id)
    for each in sorted({found.member_id, member_id} - {0}):
        tx.tell(PackagesChanged(center_id, each))
    return found.package()


def use_at(tx: Tx, member_offer_id: int, pc_id: int) -> None:
    """Let a booked package be used on another PC: its player, who is locked, was moved there. Who
    moved him tells PackagesChanged."""
    tx.run(_USE_AT, package=member_offer_id, new_pc=pc_id)
    tx.audit("package", member_offer_id, pc_id=pc_id)


def end_booked(tx: Tx, center_id: int, member_offer_id: int) -> None:
    """End the use of a booked package whose booking is given back; its owner is locked."""
    found = package_by_id(tx, center_id, member_offer_id, lock=True)
    assert found is not None, "bought packages are never removed"
    assert found.limits.is_booked
    tx.run(_END, package=member_offer_id, at=whole_second(tx.now))
    if found.member_id:
        tx.tell(PackagesChanged(center_id, found.member_id))
