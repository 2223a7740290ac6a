"""What a top-up would earn now."""

from __future__ import annotations

from lanhouse.cafe.members.queries import must_be_member
from lanhouse.cafe.topups.plans import plan_code
from lanhouse.cafe.topups.rules import given_with, quoted_bonus
from lanhouse.cafe.topups.schemas import Quote, Quoted
from lanhouse.db.store import Read
from lanhouse.kit import clock


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
