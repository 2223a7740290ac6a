"""What a promo code gives. Pure, in micros."""

from __future__ import annotations

from fractions import Fraction

from lanhouse.cafe.promo.schemas import Gift, Promo
from lanhouse.kit.money import MICROS, round_half_up

COINS = 2
"""Of topup_bonus_field_type and promo_bonus_field_type: coins; every other number is bonus."""


def name_key(code: str) -> str:
    """A code without difference of case and without spaces around it."""
    return code.strip().casefold()


def gift_of(
    promo: Promo, amount_micros: int, *, field_type: int, decimals: int = 2
) -> tuple[int, int]:
    """(bonus, coins) that a code gives with `amount_micros` topped up, rounded half-up to as many
    decimals as are paid. `field_type` is the setting promo_bonus_field_type (cafe-domain 7)."""
    if promo.gift == Gift.COIN:
        return 0, promo.amount_micros
    given = promo.amount_micros
    if promo.gift == Gift.PERCENT:
        exact = Fraction(amount_micros * promo.amount_micros, 100 * MICROS)
        given = round_half_up(exact, decimals)
    return (0, given) if field_type == COINS else (given, 0)
