"""Setting up offers, selling them, and using them up."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.movements import Movement, move
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tenders import must_take
from lanhouse.cafe.offers.plans import BALANCE, SalePlan, plan_sale
from lanhouse.cafe.offers.queries import offer_by_id
from lanhouse.cafe.offers.schemas import Offer, OfferValues
from lanhouse.cafe.offers.tables import member_offers, offers
from lanhouse.cafe.pricing.rules import format_weekdays
from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import MAX_OFFER
from lanhouse.kit.said import say

_COUNT = static(
    sa.select(sa.func.count())
    .select_from(offers)
    .where(offers.c.center_id == sa.bindparam("center"))
)
_NAMED = static(
    sa.select(offers.c.id).where(
        offers.c.center_id == sa.bindparam("center"), offers.c.name == sa.bindparam("new_name")
    )
)
_INSERT = static(insert_ignore(offers).returning(offers.c.id))
_BUY = static(sa.insert(member_offers).returning(member_offers.c.id))
_TAKE = static(
    sa.update(member_offers)
    .where(member_offers.c.id == sa.bindparam("package"))
    .values(seconds_left=member_offers.c.seconds_left - sa.bindparam("used"))
)


class OfferChange(msgspec.Struct, frozen=True):
    """New values for an offer (`offer_id` None: a new one), or none to delete it."""

    center: Center
    offer_id: int | None
    values: OfferValues | None


class Sale(msgspec.Struct, frozen=True):
    """Sell an offer to a member or guest whose row is locked; `payment` is cash, card, qr, balance.

    `pc_name` is for the log; empty when no PC is meant.
    """

    center: Center
    actor: Actor
    offer_id: int
    member_id: int
    payment: str
    pc_name: str = ""


def create_offer(tx: Tx, change: OfferChange) -> Offer:
    """Add an offer. Raises InvalidInput for a name in use, Refused at MAX_OFFER offers."""
    values = _checked(tx, change)
    if tx.scalar(_COUNT, center=change.center.id) >= MAX_OFFER:
        raise Refused(
            say(
                "There are %(count)s offers already, which is the most a centre may have.",
                count=MAX_OFFER,
            )
        )
    offer_id = tx.scalar(_INSERT, center_id=change.center.id, updated_at=tx.now, **_columns(values))
    if offer_id is None:
        raise InvalidInput({"name": say("already exists")})
    made = _found(tx, change.center.id, offer_id)
    tx.audit("offer", offer_id, after=made.values)
    return made


def change_offer(tx: Tx, change: OfferChange) -> Offer:
    """Replace an offer's values; packages bought before stay as they were. Raises NotFound."""
    assert change.offer_id is not None
    _found(tx, change.center.id, change.offer_id)
    values = _checked(tx, change)
    before = _found(tx, change.center.id, change.offer_id)
    statement = sa.update(offers).where(_is(change)).values(updated_at=tx.now, **_columns(values))
    tx.run(statement)
    changed = _found(tx, change.center.id, change.offer_id)
    tx.audit("offer", change.offer_id, before=before.values, after=changed.values)
    return changed


def delete_offer(tx: Tx, change: OfferChange) -> None:
    """Remove an offer; packages bought before stay usable. Raises NotFound."""
    assert change.offer_id is not None
    found = offer_by_id(tx, change.center.id, change.offer_id)
    if found is None or not tx.run(sa.delete(offers).where(_is(change))):
        raise NotFound(say("Product not found"))
    tx.audit("offer", change.offer_id, before=found.values)


def sell_package(tx: Tx, sale: Sale) -> SalePlan:
    """Sell an active offer: the money goes to the centre's revenue of offers at once.

    Answers the plan with the id of the bought package in it. Raises what plan_sale() raises, and
    InvalidInput of `payment` where the centre does not take that.
    """
    must_take(sale.center, sale.payment)
    plan = plan_sale(
        *(tx, sale.center, sale.offer_id, tx.now), payment=sale.payment, member_id=sale.member_id
    )
    values, price = plan.offer.values, plan.offer.values.price_micros
    if sale.payment == BALANCE:
        source = ("member", sale.member_id, BALANCE)
    else:
        source = ("center", sale.center.id, sale.payment)
    move(
        tx,
        Movement(
            center=sale.center,
            actor=sale.actor,
            event=Event.OFFER,
            member_id=sale.member_id,
            pc_name=sale.pc_name,
            kind="offer",
            amounts={
                source: -price,
                ("center", sale.center.id, "revenue_offer"): price,
            },
            details=values.name,
        ),
    )
    member_offer_id = tx.scalar(
        _BUY,
        center_id=sale.center.id,
        member_id=sale.member_id,
        offer_id=plan.offer.id,
        name=values.name,
        price_micros=price,
        seconds=values.minutes * 60,
        seconds_left=values.minutes * 60,
        priority=values.priority,
        weekdays=format_weekdays(values.window.weekdays),
        from_minute=values.window.from_minute,
        to_minute=values.window.to_minute,
        bought_at=plan.bought_at,
        expires_at=plan.expires_at,
    )
    return plan.bought(member_offer_id)


def take_from_package(tx: Tx, member_offer_id: int, seconds: int) -> None:
    """Take used seconds off a bought package; called once for a session, when it ends."""
    if seconds:
        tx.run(_TAKE, package=member_offer_id, used=seconds)


def _is(change: OfferChange) -> sa.ColumnElement[bool]:
    return (offers.c.center_id == change.center.id) & (offers.c.id == change.offer_id)


def _found(tx: Tx, center_id: int, offer_id: int) -> Offer:
    offer = offer_by_id(tx, center_id, offer_id)
    if offer is None:
        raise NotFound(say("Product not found"))
    return offer


def _checked(tx: Tx, change: OfferChange) -> OfferValues:
    """The values, with the centre locked so that cap and names are counted in order."""
    assert change.values is not None
    lock_center(tx, change.center.id)
    named = tx.scalar(_NAMED, center=change.center.id, new_name=change.values.name)
    if named is not None and named != change.offer_id:
        raise InvalidInput({"name": say("already exists")})
    return change.values


def _columns(values: OfferValues) -> dict[str, object]:
    return {
        "name": values.name,
        "description": values.description,
        "price_micros": values.price_micros,
        "minutes": values.minutes,
        "priority": values.priority,
        "weekdays": format_weekdays(values.window.weekdays),
        "from_minute": values.window.from_minute,
        "to_minute": values.window.to_minute,
        "expires_after_days": values.expires_after_days,
        "expires_after_hours": values.expires_after_hours,
        "is_active": values.is_active,
    }
