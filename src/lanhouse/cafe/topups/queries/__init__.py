"""Reads on top-ups: what one would earn, and the orders of a member."""

from __future__ import annotations

from lanhouse.cafe.members.queries import must_be_member
from lanhouse.cafe.topups.plans import plan_code
from lanhouse.cafe.topups.rules import given_with, quoted_bonus
from lanhouse.cafe.topups.schemas import Quote, Quoted
from lanhouse.cafe.topups.tables import topups
from lanhouse.db.listing import Condition, Listing, Page, Wanted, by
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.limits import LOGS_PER_PAGE


class MemberOrders(Wanted, frozen=True, kw_only=True):
    """A member's top-ups, refunds and loans."""

    center_id: int
    member_id: int


def _conditions(wanted: MemberOrders) -> list[Condition]:
    return [topups.c.center_id == wanted.center_id, topups.c.member_id == wanted.member_id]


ORDER_LIST: Listing[MemberOrders] = Listing(
    topups.c.id, conditions=_conditions, usual=by(topups.c.id)
)


def bonus_quote(read: Read, quote: Quote) -> Quoted:
    """The bonus that the money would earn now, with what a promo code gives on top of it.

    Raises MemberNotFound, and InvalidInput of `promo_code`.
    """
    for member_id in quote.member_ids:
        must_be_member(read, quote.center.id, member_id)
    at = clock.now()
    earned = quoted_bonus(quote.center, quote.value_micros, at)
    promo = plan_code(read, quote, quote.member_ids[0] if quote.member_ids else None, at)
    bonus = earned + (promo.bonus_micros if promo else 0)
    given = given_with(
        quote.center.settings.loyalty,
        named_micros=bonus,
        earned_micros=earned,
        promo_bonus_micros=promo.bonus_micros if promo else 0,
        promo_coin_micros=promo.coin_micros if promo else 0,
    )
    return Quoted(bonus, given.coin_micros)


def orders_of_member(read: Read, center_id: int, member_id: int, page: int) -> Page:
    """A page (from 1) of rows of `topups`, newest first. Raises MemberNotFound."""
    must_be_member(read, center_id, member_id)
    wanted = MemberOrders(center_id=center_id, member_id=member_id)
    return ORDER_LIST.page(read, wanted, page, LOGS_PER_PAGE)
