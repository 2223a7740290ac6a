"""Setting up offers, selling them, and using them up."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import PackagesChanged
from lanhouse.cafe.groups.queries import member_group_exists, pc_group_exists
from lanhouse.cafe.groups.rules import group_text
from lanhouse.cafe.money.movements import Movement, account_of, move
from lanhouse.cafe.money.schemas import Event, Told
from lanhouse.cafe.money.tenders import must_take
from lanhouse.cafe.offers.plans import COIN, SalePlan, plan_sale
from lanhouse.cafe.offers.queries import (
    combos_with_offer,
    is_barcode_of_goods,
    offer_by_barcode,
    offer_by_id,
)
from lanhouse.cafe.offers.rules import with_changes
from lanhouse.cafe.offers.schemas import Offer, OfferValues, Place
from lanhouse.cafe.offers.tables import member_offers, offers
from lanhouse.cafe.pcs.queries import pc_by_name
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
_NAMES = static(
    sa.select(offers.c.id, offers.c.name).where(offers.c.center_id == sa.bindparam("center"))
)
_INSERT = static(insert_ignore(offers).returning(offers.c.id))
_BUY = static(sa.insert(member_offers).returning(member_offers.c.id))
_TAKE = static(
    sa.update(member_offers)
    .where(member_offers.c.id == sa.bindparam("package"))
    .values(seconds_left=member_offers.c.seconds_left - sa.bindparam("used"))
)


_SAME = (
    *("name", "description", "price_micros", "cost_micros", "coin_price_micros", "minutes"),
    *("priority", "is_auto_start", "available_from", "available_to", "expires_after_days"),
    *("expires_after_hours", "allows_discount", "barcode", "is_promoted", "is_sold_at_seats"),
    "is_active",
)


class OfferChange(msgspec.Struct, frozen=True):
    """New values for an offer (`offer_id` None: a new one), or none to delete it.

    `changes` are those of them that change, by the names of OfferValues and `window.` or
    `show_window.` and those of Window; used instead of `values`.
    """

    center: Center
    offer_id: int | None
    values: OfferValues | None
    changes: dict[str, Any] = {}
    unread: dict[str, str] = {}
    """Fields that could not be read, with the reason: told together with what else is wrong."""


class Sale(msgspec.Struct, frozen=True):
    """Sell an offer to a member or guest whose row is locked; `payment` is cash, card, qr, balance
    or coin.

    `pc_name` is the PC that it is bought for, of which the group must suit; empty when none is.
    """

    center: Center
    actor: Actor
    offer_id: int
    member_id: int
    payment: str
    pc_name: str = ""
    is_settled: bool = False
    """Whether the caller gives the package to the running session itself."""


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
    """Replace an offer's values, or some of them; packages bought before stay as they were.

    Raises NotFound, and InvalidInput for a name or barcode in use, groups that the centre does not
    have, and a period that ends before it begins.
    """
    center_id, offer_id = change.center.id, change.offer_id
    assert offer_id is not None
    lock_center(tx, center_id)
    before = _found(tx, center_id, offer_id)
    if change.values is None:
        change = replace(change, values=with_changes(before.values, change.changes))
    values = _checked(tx, change)
    statement = sa.update(offers).where(_is(change)).values(updated_at=tx.now, **_columns(values))
    tx.run(statement)
    changed = _found(tx, center_id, offer_id)
    tx.audit("offer", offer_id, before=before.values, after=changed.values)
    return changed


def delete_offer(tx: Tx, change: OfferChange) -> None:
    """Remove an offer; packages bought before stay usable. Raises NotFound, and Refused for a part
    of a combo, which could never be sold again, and for the one that new members are given."""
    center_id, offer_id = change.center.id, change.offer_id
    assert offer_id is not None
    lock_center(tx, center_id)
    found = _found(tx, center_id, offer_id)
    if change.center.settings.member.new_member_offer == offer_id:
        raise Refused(say("This is the package of new members (new_member_offer)."))
    combos = combos_with_offer(tx, center_id, offer_id)
    if combos:
        raise Refused(say("It is a part of %(names)s.", names=", ".join(combos)))
    tx.run(sa.delete(offers).where(_is(change)))
    tx.audit("offer", offer_id, before=found.values)


def sell_package(tx: Tx, sale: Sale) -> SalePlan:
    """Sell an active offer: the money goes to the centre's revenue of offers at once.

    Answers the plan with the id of the bought package in it. Raises what plan_sale() raises, and
    InvalidInput of `payment` where the centre does not take that. A session that runs takes the
    package up by itself (PackagesChanged), unless the caller settles that (`is_settled`).
    """
    center = sale.center
    if sale.payment != COIN:
        must_take(center, sale.payment)
    plan = plan_sale(
        *(tx, center, sale.offer_id, tx.now),
        payment=sale.payment,
        member_id=sale.member_id,
        place=_place_of(tx, sale),
    )
    moved = move(tx, sale_movement(center, sale.actor, plan, sale.member_id, sale.pc_name))
    sold = keep_package(tx, center.id, sale.member_id, plan, moved.transfer_id)
    if not sale.is_settled:
        tx.tell(PackagesChanged(center.id, sale.member_id))
    return sold


def sale_movement(
    center: Center, actor: Actor, plan: SalePlan, member_id: int, pc_name: str
) -> Movement:
    """What moves for a package that is sold, and its row of the log."""
    return Movement(
        center=center,
        actor=actor,
        event=Event.OFFER,
        member_id=member_id,
        pc_name=pc_name,
        kind="offer",
        amounts=plan.amounts(center.id, member_id),
        told=Told(discount_micros=plan.discount_micros),
        details=plan.offer.values.name,
    )


def keep_package(
    tx: Tx, center_id: int, member_id: int, plan: SalePlan, transfer_id: int | None
) -> SalePlan:
    """Write the package of a sale that is paid by `transfer_id` (None: it cost nothing); answers
    the plan with its id. Whoever calls this tells PackagesChanged or settles the session."""
    values, limits = plan.offer.values, plan.limits
    member_offer_id = tx.scalar(
        _BUY,
        center_id=center_id,
        member_id=member_id,
        offer_id=plan.offer.id,
        name=values.name,
        price_micros=plan.price_micros,
        seconds=values.minutes * 60,
        seconds_left=values.minutes * 60,
        priority=values.priority,
        is_auto_start=values.is_auto_start,
        weekdays=format_weekdays(limits.window.weekdays),
        from_minute=limits.window.from_minute,
        to_minute=limits.window.to_minute,
        pc_groups=group_text(limits.pc_group_ids),
        member_groups=group_text(limits.member_group_ids),
        usable_from=limits.usable_from,
        bought_at=plan.bought_at,
        expires_at=limits.expires_at,
        payment=plan.payment,
        from_bonus_micros=plan.from_bonus_micros,
        coin_micros=plan.coin_micros,
        tax_micros=plan.tax_micros,
        transfer_id=transfer_id,
    )
    return plan.bought(member_offer_id)


def _place_of(tx: Tx, sale: Sale) -> Place:
    """The group of who buys, as it is under the lock, and that of the PC where one is meant."""
    _, member_group_id = account_of(tx, sale.center.id, sale.member_id)
    pc = pc_by_name(tx, sale.center.id, sale.pc_name) if sale.pc_name else None
    return Place(member_group_id, None if pc is None else pc.pc_group_id)


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
    values = change.values
    assert values is not None
    center_id = change.center.id
    lock_center(tx, center_id)
    errors = dict(change.unread)
    if _is_name_taken(tx, change, values.name):
        errors["name"] = say("already exists")
    scanned = offer_by_barcode(tx, center_id, values.barcode)
    if (scanned is not None and scanned.id != change.offer_id) or (
        values.barcode and is_barcode_of_goods(tx, center_id, values.barcode)
    ):
        errors["barcode"] = say("already exists")
    if not all(pc_group_exists(tx, center_id, each) for each in values.pc_group_ids):
        errors["pc_group_ids"] = say("must be PC groups of the centre")
    if not all(member_group_exists(tx, center_id, each) for each in values.member_group_ids):
        errors["member_group_ids"] = say("must be member groups of the centre")
    begin, end = values.available_from, values.available_to
    if begin is not None and end is not None and end <= begin:
        errors["available_to"] = say("must lie after the begin of the period")
    if errors:
        raise InvalidInput(errors)
    return values


def _is_name_taken(tx: Tx, change: OfferChange, name: str) -> bool:
    """Whether another offer has this name, whatever the case (decision 0058). An offer keeps the
    name that it has, though one of before differs from it by its case alone."""
    names = {row.id: row.name for row in tx.all(_NAMES, center=change.center.id)}
    own = names.pop(change.offer_id, None) if change.offer_id is not None else None
    return name != own and name.casefold() in {other.casefold() for other in names.values()}


def _columns(values: OfferValues) -> dict[str, object]:
    same = {name: getattr(values, name) for name in _SAME}
    return {
        **same,
        "weekdays": format_weekdays(values.window.weekdays),
        "from_minute": values.window.from_minute,
        "to_minute": values.window.to_minute,
        "show_weekdays": format_weekdays(values.show_window.weekdays),
        "show_from_minute": values.show_window.from_minute,
        "show_to_minute": values.show_window.to_minute,
        "pc_groups": group_text(values.pc_group_ids),
        "member_groups": group_text(values.member_group_ids),
    }
