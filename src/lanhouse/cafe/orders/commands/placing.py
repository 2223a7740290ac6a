"""Placing an order: its goods leave the stock, and its money moves unless it is paid later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from lanhouse.cafe.centers.rules import may_pay_later
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.money.tenders import BALANCE, TENDERS, must_take
from lanhouse.cafe.orders.commands.base import check_text
from lanhouse.cafe.orders.commands.carrying_out import Placed, PlaceOrder, Prepared, carry_out
from lanhouse.cafe.orders.errors import TotalChanged
from lanhouse.cafe.orders.plans import Basket, Plan, must_afford, plan_order
from lanhouse.cafe.orders.queries import count_open, count_pending, customer_of, payments_of_groups
from lanhouse.cafe.orders.rules import DISCOUNT_MAX, LINES_MAX, QUANTITY_MAX
from lanhouse.cafe.orders.schemas import (
    BY_CODE,
    COIN,
    LATER,
    OPEN,
    SEAT_CASH,
    Customer,
    Source,
    Status,
)
from lanhouse.cafe.pcs.queries import pc_by_name
from lanhouse.cafe.products.commands.shelf import Shelf, lock_shelf
from lanhouse.cafe.products.queries import sets_among
from lanhouse.cafe.products.rules import has_goods
from lanhouse.cafe.sessions.plans.adding import must_end_before_booking, plan_add, with_package
from lanhouse.cafe.sessions.queries import open_session_on_pc, player_on_pc, session_by_id
from lanhouse.cafe.sessions.schemas import WALLET_KINDS
from lanhouse.db.statements import Row
from lanhouse.db.store import Retry, Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.limits import MAX_ORDER
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say


def place_order(tx: Tx, cmd: PlaceOrder) -> Placed:
    """Place an order; all of it or nothing.

    Raises InvalidInput by field, Forbidden for a discount without the right, SoldOut, TotalChanged,
    BalanceTooLow, MemberNotFound, NeedsShift, and Refused for goods that are not sold now or here,
    or where MAX_ORDER orders are open.
    """
    check(cmd)
    center = cmd.center
    pc = _pc_of(tx, cmd)
    sets = sets_among(tx, center.id, cmd.wanted)
    if not any(has_goods(sets.get(product_id)) for product_id in cmd.wanted):
        # There is nothing to bring.
        cmd = replace(cmd, status=Status.DONE)
    customer = _customer(tx, cmd, pc, has_packages=bool(cmd.packages or sets))
    if cmd.status in OPEN and count_open(tx, center.id) >= MAX_ORDER:
        raise Refused(
            say(
                "There are %(count)s orders already, which is the most a centre may have.",
                count=MAX_ORDER,
            )
        )
    shelf = lock_shelf(tx, center.id, cmd.wanted)
    if shelf.packaged.keys() != sets.keys():
        # A combo got its first package, or lost the last, before it was locked.
        raise Retry
    prepared = prepare(tx, cmd, customer, pc, shelf, payments_of_groups(tx, center.id))
    plan = prepared.plan
    must_afford(tx, center, customer.member_id, plan.balance_micros, plan.coin_micros, tx.now)
    placed = carry_out(tx, [prepared], shelf, None)[0]
    return replace(placed, pending=count_pending(tx, center.id))


def check(cmd: PlaceOrder) -> None:
    """Refuse what no stock and no balance could make right, and callers without the right."""
    errors: dict[str, str] = {}
    pieces = (*cmd.wanted.values(), *cmd.packages.values())
    if not pieces:
        errors["wanted"] = say("is required")
    elif not all(1 <= quantity <= QUANTITY_MAX for quantity in pieces):
        errors["wanted"] = say("must be between 1 and %(most)s pieces", most=QUANTITY_MAX)
    elif len(cmd.wanted) + sum(cmd.packages.values()) > LINES_MAX:
        errors["wanted"] = say("must have at most %(count)s entries", count=LINES_MAX)
    if not 0 <= cmd.discount <= DISCOUNT_MAX:
        errors["discount"] = say("must be between 0 and 100")
    check_text(errors, "discount_reason", cmd.discount_reason)
    check_text(errors, "note", cmd.note)
    if cmd.discount and cmd.actor.kind == "staff" and not cmd.discount_reason:
        errors["discount_reason"] = say("is required")
    if errors:
        raise InvalidInput(errors)
    if cmd.discount:
        cmd.actor.require("orders.discount")
    _check_payment(cmd)


def _check_payment(cmd: PlaceOrder) -> None:
    settings = cmd.center.settings.payment
    names = [each.tender for each in cmd.tendered]
    if bool(names) == bool(cmd.payment) or cmd.payment not in (
        "",
        LATER,
        SEAT_CASH,
        BY_CODE,
    ):
        raise InvalidInput({"payment": say("is required")})
    for tender in names:
        if tender not in (*TENDERS, BALANCE, COIN):
            raise InvalidInput({"payment": say("must be cash, card, qr, balance or coin")})
        if tender == COIN and len(names) > 1:
            raise InvalidInput({"payment": say("cannot be coins and money at once")})
        if tender != COIN:
            must_take(cmd.center, tender)
    if cmd.payment == LATER and not settings.payment_method_pay_later:
        raise InvalidInput({"payment": say("is paying later, which is switched off")})
    if cmd.payment == SEAT_CASH and not settings.payment_method_cash_in_client:
        raise InvalidInput({"payment": say("is cash from the seat, which is switched off")})


def _pc_of(tx: Tx, cmd: PlaceOrder) -> Row | None:
    if not cmd.pc_name:
        if cmd.source == Source.SEAT and not _is_for_himself(cmd):
            raise InvalidInput({"pc_name": say("is required")})
        return None
    pc = pc_by_name(tx, cmd.center.id, cmd.pc_name)
    if pc is None:
        raise InvalidInput({"pc_name": say("there is no such PC")})
    return pc


def _is_for_himself(cmd: PlaceOrder) -> bool:
    """Whether a member buys packages for his own account: that needs no seat."""
    actor = cmd.actor
    is_own = actor.kind == "member" and actor.member_id == cmd.member_id
    return is_own and bool(cmd.packages) and not cmd.wanted


def _customer(tx: Tx, cmd: PlaceOrder, pc: Row | None, *, has_packages: bool) -> Customer:
    """Who pays, locked. A seat's order, a tab and a package belong to who plays there, never to the
    PC: the next guest must not pay for the one before."""
    member_id = cmd.member_id
    is_somebodys = cmd.payment == LATER or has_packages
    needs_player = cmd.source == Source.SEAT or (is_somebodys and not member_id)
    if needs_player and pc is not None:
        player = player_on_pc(tx, cmd.center.id, pc.id)
        if player is None or (member_id and player != member_id):
            raise Refused(say("Nobody plays at %(pc)s.", pc=pc.name))
        member_id = player
    if not member_id:
        needed = [each.tender for each in cmd.tendered if each.tender in (BALANCE, COIN)]
        if needed or cmd.payment == LATER:
            raise InvalidInput({"member_id": say("is required")})
        return Customer()
    row = lock_member(tx, cmd.center.id, member_id)
    if row is None or row.deleted_at is not None:
        raise MemberNotFound
    # Under the member's lock his session cannot end or move any more.
    if needs_player and pc is not None and player_on_pc(tx, cmd.center.id, pc.id) != member_id:
        raise Refused(say("Nobody plays at %(pc)s.", pc=pc.name))
    return customer_of(tx, cmd.center, row)


def prepare(
    tx: Tx,
    cmd: PlaceOrder,
    customer: Customer,
    pc: Row | None,
    shelf: Shelf,
    payments: Mapping[int, Any],
) -> Prepared:
    """Plan one order on a locked shelf and take its pieces in memory; refuses without a trace.

    At a seat nobody of the staff looks on: only members of the groups that may (setting pay_later)
    pay later there.
    """
    at_seat = cmd.payment == LATER and cmd.source == Source.SEAT
    if at_seat and not may_pay_later(cmd.center.settings.payment, customer.group_id):
        raise InvalidInput(
            {"payment": say("is paying later, which this group may not do at a seat")}
        )
    basket = Basket(
        wanted=cmd.wanted,
        packages=cmd.packages,
        sets=shelf.packaged,
        costs=shelf.parts_costs_micros(cmd.wanted),
        source=cmd.source,
        tendered=cmd.tendered,
        payment=cmd.payment,
        discount=cmd.discount,
        pc_group_id=None if pc is None else pc.pc_group_id,
        is_age_checked=cmd.is_age_checked,
    )
    plan = plan_order(tx, cmd.center, basket, customer, shelf.rows, payments, tx.now)
    if cmd.expected_micros not in (None, plan.total_micros):
        raise TotalChanged(plan.total_micros, format_fixed(plan.total_micros))
    if pc is not None and plan.sales:
        _must_not_meet_booking(tx, cmd, customer, pc, plan)
    return Prepared(cmd, customer, pc, plan, shelf.take(cmd.wanted))


def _must_not_meet_booking(
    tx: Tx, cmd: PlaceOrder, customer: Customer, pc: Row, plan: Plan
) -> None:
    """Packages ordered to a seat are used there at once: as where the desk sells them for it."""
    session_id = open_session_on_pc(tx, cmd.center.id, pc.id)
    session = None if session_id is None else session_by_id(tx, cmd.center.id, session_id)
    if session is None or session.member_id != customer.member_id:
        return
    if session.is_further or session.is_free or session.kind not in WALLET_KINDS:
        return
    packages = [sale.package for sale in plan.sales]
    segments = with_package(session, *packages, at=tx.now)
    planned = plan_add(tx, cmd.center, session, tx.now, segments=segments)
    must_end_before_booking(tx, planned, packages, tx.now)
