"""What a sale gives, and what of it a refund takes back. Pure, in micros (cafe-domain 8)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from lanhouse.cafe.centers.schemas import LoyaltySettings
from lanhouse.cafe.money.schemas import Event
from lanhouse.kit.money import round_half_up

SHOP_EVENTS = (Event.SALE, Event.OFFER)
SALE_EVENTS = (*SHOP_EVENTS, Event.CHECKOUT)
_ALL = 10_000


class Reward(NamedTuple):
    """What a sale gives: points and bonus."""

    point_micros: int
    bonus_micros: int


class Given(NamedTuple):
    """A row of `rewards`: what of it may still be taken back."""

    id: int
    paid_micros: int
    point_micros: int
    bonus_micros: int


def reward_for(
    loyalty: LoyaltySettings,
    event: str,
    *,
    paid_micros: int,
    came_in_micros: int,
    cashback: int,
    decimals: int = 2,
) -> Reward:
    """What a sale gives: `paid_micros` in money for it, of which `came_in_micros` over the desk.

    Money earns its points once, when it comes in: what is paid from the balance earned them as a
    top-up (decision 0155). `cashback` is the percentage of the member's group in hundredths.
    """
    earns = loyalty.point_enable and (event not in SHOP_EVENTS or loyalty.shop_earn_point)
    unit = 1_000_000
    points = max(came_in_micros, 0) // unit * unit if earns else 0
    if not loyalty.bonus_cashback_enable or paid_micros <= 0:
        return Reward(points, 0)
    percent = cashback or loyalty.bonus_cashback_default * 100
    return Reward(points, round_half_up(Fraction(paid_micros * percent, _ALL), decimals))


def taken_back(given: Sequence[Given], back_micros: int, decimals: int = 2) -> list[Given]:
    """What a refund of `back_micros` takes back of which rewards, which come newest first.

    One of exactly this amount is meant if there is one, else the newest are undone first; a part
    takes the same part of points and bonus, the last part the rest (as decision 0071).
    """
    exact = [each for each in given if each.paid_micros == back_micros]
    left = back_micros
    found: list[Given] = []
    for each in exact[:1] or given:
        part = min(left, each.paid_micros)
        if part <= 0:
            break
        share = Fraction(part, each.paid_micros)
        points = round_half_up(each.point_micros * share, 2)
        found.append(
            Given(each.id, part, points, round_half_up(each.bonus_micros * share, decimals))
        )
        left -= part
    return found
