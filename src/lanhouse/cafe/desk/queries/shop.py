"""What the shop's till shows: the tiles, a ticket as it would be sold, and a tab."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.queries.members import find_members
from lanhouse.cafe.members.queries import member_by_account, member_by_id
from lanhouse.cafe.money.purses import spendable_micros
from lanhouse.cafe.money.tenders import BALANCE, taken_at_desk, takes
from lanhouse.cafe.offers.queries import offer_by_id
from lanhouse.cafe.orders.plans import Basket, Plan, plan_order
from lanhouse.cafe.orders.queries import customer_of, payments_of_groups, product_rows, tab_of
from lanhouse.cafe.orders.rules import is_adult
from lanhouse.cafe.orders.schemas import COIN, LATER, Customer, Items, Line, Order, Source, items_of
from lanhouse.cafe.pcs.queries import pc_by_name
from lanhouse.cafe.products.queries import combos_of, sets_among
from lanhouse.cafe.products.rules import is_sold_at, with_combos
from lanhouse.cafe.products.schemas import Source as ItemSource
from lanhouse.cafe.sessions.queries import player_on_pc
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, InvalidInput, Refused
from lanhouse.kit.said import say
from lanhouse.ledger import balances, book_of_center


class TicketRow(NamedTuple):
    """A row of a ticket: `item` names it as the till does, a number or `o-1` for a package; `line`
    is one of those that it stands for, `left` the pieces that are there, None: not counted."""

    item: str
    line: Line
    quantity: int
    total_micros: int
    left: int | None


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket as it would be sold now; `refusal` says why it would not."""

    customer: Customer
    pc_name: str = ""
    """Where the customer plays, if that is how he was named."""
    balance_micros: int = 0
    coin_micros: int = 0
    tab: Sequence[Order] = ()
    """What he owes already."""
    typed: Plan | None = None
    """What was put on it, by itself."""
    plan: Plan | None = None
    """What is sold for it: combos that were found stand in place of their parts."""
    items: Items = Items({}, {})
    """What of `plan` an order names."""
    left: Mapping[int, int | None] = {}
    """Pieces that are there of what is counted itself; None: not counted."""
    asks_age: bool = False
    """Whether somebody has to look how old the customer is."""
    can_use_coins: bool = False
    coin_total_micros: int = 0
    refusal: AppError | None = None

    @property
    def has_packages(self) -> bool:
        """Whether there is a package on it, which is paid at once and in one way."""
        return self.plan is not None and bool(self.plan.sales)

    @property
    def found(self) -> list[Line]:
        """The combos that were found by themselves."""
        if self.plan is None or self.typed is None:
            return []
        typed = {line.item_id: line.quantity for line in self.typed.goods}
        return [
            replace(line, quantity=line.quantity - typed.get(line.item_id, 0))
            for line in self.plan.goods
            if line.quantity > typed.get(line.item_id, 0)
        ]

    @property
    def saved_micros(self) -> int:
        """What they save."""
        if self.plan is None or self.typed is None:
            return 0
        return self.typed.total_micros - self.plan.total_micros

    @property
    def rows(self) -> list[TicketRow]:
        """What stands on it: packages of one offer, which are lines of their own, together."""
        found: dict[str, TicketRow] = {}
        for line in () if self.typed is None else self.typed.lines:
            item = f"o-{line.item_id}" if line.is_package else str(line.item_id)
            left = None if line.is_package else self.left.get(line.item_id)
            row = found.get(item) or TicketRow(item, line, 0, 0, left)
            found[item] = row._replace(
                quantity=row.quantity + line.quantity,
                total_micros=row.total_micros + line.total_micros,
            )
        return list(found.values())

    @property
    def tab_micros(self) -> int:
        """What he owes already."""
        return sum(order.total_micros for order in self.tab)


def customer_meant(read: Read, center: Center, who: str) -> tuple[Row | None, str]:
    """The member or guest whom a text means: an account, a PC where somebody plays, or the one
    account that it finds; and the PC, if it names one. Raises InvalidInput of `who`."""
    text = who.strip()
    if not text:
        return None, ""
    row = member_by_account(read, center.id, text)
    if row is not None:
        return row, ""
    pc = pc_by_name(read, center.id, text)
    if pc is not None:
        player = player_on_pc(read, center.id, pc.id)
        if player is None:
            raise InvalidInput({"who": say("Nobody plays at %(pc)s.", pc=pc.name)})
        return member_by_id(read, center.id, player), pc.name
    found = find_members(read, center, text)
    if len(found) != 1:
        raise InvalidInput({"who": say("is no account and no PC")})
    return member_by_id(read, center.id, found[0].member_id), ""


def ticket_of(read: Read, center: Center, items: Items, who: str, discount: int) -> Ticket:
    """What so many goods and packages come to for this customer."""
    try:
        member, pc_name = customer_meant(read, center, who)
    except InvalidInput as unknown:
        member, pc_name, refusal = None, "", unknown
    else:
        refusal = None
        if (items.packages or sets_among(read, center.id, items.goods)) and member is None:
            refusal = Refused(say("Say for whom it is: a package belongs to somebody."))
    customer = customer_of(read, center, member)
    at = clock.now()
    found = _with_combos(read, center, items, at)
    wanted = {*items.goods, *found.goods}
    rows = product_rows(read, center.id, wanted)
    sets = sets_among(read, center.id, wanted)

    def planned(wanted: Items) -> Plan:
        basket = Basket(
            wanted=wanted.goods,
            packages=wanted.packages,
            sets=sets,
            source=Source.DESK,
            discount=discount,
            is_age_checked=True,
        )
        groups = payments_of_groups(read, center.id)
        return plan_order(read, center, basket, customer, rows, groups, at)

    typed: Plan | None = None
    try:
        typed = planned(items)
    except AppError as refused:
        refusal = refusal or refused
    plan = _cheaper(typed, found, items, planned)
    lines = () if typed is None else typed.lines
    today = at.astimezone(center.zone).date()
    return Ticket(
        customer=customer,
        pc_name=pc_name,
        balance_micros=_balance(read, center, member),
        coin_micros=_coins(read, center, member),
        tab=tab_of(read, center.id, member.id) if member is not None else (),
        typed=typed,
        plan=plan,
        items=items if plan is typed else found,
        left={
            product_id: None if row.is_unlimited else row.quantity
            for product_id, row in rows.items()
        },
        asks_age=any(row.is_adults_only for row in rows.values())
        and is_adult(customer.birthday, today, center.settings.member.minors_adult_age) is None,
        can_use_coins=bool(lines) and all(line.coin_price_micros for line in lines),
        coin_total_micros=sum(line.coin_price_micros * line.quantity for line in lines),
        refusal=refusal,
    )


def _with_combos(read: Read, center: Center, items: Items, at: datetime) -> Items:
    """The same with combos in place of their parts, where that saves something."""
    combos = [
        combo
        for combo in combos_of(read, center.id, items.goods, items.packages)
        if is_sold_at(combo.values, at, center.zone)
    ]
    if not combos:
        return items
    prices = {
        (ItemSource.PRODUCT, product_id): row.price_micros
        for product_id, row in product_rows(read, center.id, items.goods).items()
    }
    for offer_id in items.packages:
        offer = offer_by_id(read, center.id, offer_id)
        if offer is not None:
            prices[ItemSource.OFFER, offer_id] = offer.values.price_micros
    pieces = {(ItemSource.PRODUCT, each): number for each, number in items.goods.items()}
    pieces |= {(ItemSource.OFFER, each): number for each, number in items.packages.items()}
    return items_of((*item, number) for item, number in with_combos(pieces, combos, prices).items())


def _cheaper(
    typed: Plan | None, found: Items, items: Items, planned: Callable[[Items], Plan]
) -> Plan | None:
    """The plan with the combos that were found, where this customer gets them and pays less."""
    if typed is None or found == items:
        return typed
    try:
        plan = planned(found)
    except AppError:
        return typed
    return plan if plan.total_micros < typed.total_micros else typed


def ways_to_pay(center: Center, ticket: Ticket) -> list[str]:
    """How this ticket may be paid, cash first; the groups of its goods may still refuse one."""
    ways = list(taken_at_desk(center))
    if ticket.customer.member_id:
        if takes(center, BALANCE):
            ways.append(BALANCE)
        if ticket.can_use_coins:
            ways.append(COIN)
        if center.settings.payment.payment_method_pay_later and not ticket.has_packages:
            ways.append(LATER)
    return ways


def _balance(read: Read, center: Center, member: Row | None) -> int:
    if member is None:
        return 0
    return spendable_micros(read, center, member.id, clock.now()).balance_micros


def _coins(read: Read, center: Center, member: Row | None) -> int:
    if member is None:
        return 0
    return balances(read, book_of_center(center.id), "member", member.id).get((COIN, "COIN"), 0)
