"""Bonus rules: what a top-up earns and what its refund takes back. Pure, in micros."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

import msgspec

from lanhouse.cafe.centers.schemas import Center, LoyaltySettings
from lanhouse.cafe.promo.rules import COINS
from lanhouse.kit.money import MICROS, paid_decimals, round_half_up

_COIN_DECIMALS = 2


def bonus_for(loyalty: LoyaltySettings, amount_micros: int, weekday: int, decimals: int = 2) -> int:
    """The bonus that a top-up earns on a weekday (Monday is 0), rounded half-up to as many
    decimals as are paid.

    With thresholds L1 < L2 < … and L(n) <= amount < L(n+1): in fixed mode b1 + b2 + … + bn, in
    percent mode amount x pct(n) / 100; below L1 nothing. Then the weekday's percentage of that
    (cafe-domain 6).
    """
    reached = sorted(
        (tier for tier in loyalty.price_bonus if tier.amount_micros <= amount_micros),
        key=lambda tier: tier.amount_micros,
    )
    if not reached or amount_micros <= 0:
        return 0
    if loyalty.is_bonus_by_percent:
        earned = Fraction(amount_micros * reached[-1].percent, 100)
    else:
        earned = Fraction(sum(tier.bonus_micros for tier in reached))
    return round_half_up(earned * loyalty.topup_reward_percent[weekday] / 100, decimals)


def quoted_bonus(center: Center, value_micros: int, at: datetime) -> int:
    """The bonus that this money earns at this moment, by the centre's weekday."""
    settings = center.settings
    if not settings.loyalty.price_bonus:
        return 0
    weekday = at.astimezone(center.zone).weekday()
    return bonus_for(settings.loyalty, value_micros, weekday, paid_decimals(center.currency))


def points_for(amount_micros: int) -> int:
    """Points in micros: one for each whole currency unit (cafe-domain 8)."""
    return amount_micros // MICROS * MICROS


class Given(NamedTuple):
    """What a top-up puts on an account beside its money."""

    bonus_micros: int
    coin_micros: int
    by_hand_micros: int
    """The part of it that the money does not earn."""


def given_with(
    loyalty: LoyaltySettings,
    *,
    named_micros: int,
    earned_micros: int,
    promo_bonus_micros: int = 0,
    promo_coin_micros: int = 0,
) -> Given:
    """What is given where the caller names so much bonus, and how much of it by hand.

    The caller passes on what fetchBonus quoted, with the part of the promo code or without it: the
    code's part is given once either way (decision 0154). What the money earns are coins where the
    setting topup_bonus_field_type says so (cafe-domain 6, weekday factor).
    """
    named = named_micros
    if promo_bonus_micros and named > earned_micros:
        named = max(named - promo_bonus_micros, 0)
    coin = min(named, earned_micros) if loyalty.topup_bonus_field_type == COINS else 0
    return Given(
        named - coin + promo_bonus_micros,
        coin + promo_coin_micros,
        max(named - earned_micros, 0),
    )


class Refundable(msgspec.Struct, frozen=True):
    """What is left to undo of one top-up, or of one payment for a guest's time."""

    source_id: int
    value_micros: int
    bonus_micros: int
    has_points: bool = False
    tender: str = "cash"
    transfer_id: int = 0
    is_topup: bool = True
    coin_micros: int = 0


class Undone(msgspec.Struct, frozen=True):
    """The part of one top-up or payment that a refund takes back; amounts positive."""

    source_id: int
    value_micros: int
    bonus_micros: int
    point_micros: int
    tender: str = "cash"
    transfer_id: int = 0
    is_topup: bool = True
    coin_micros: int = 0


def undo(topups: Sequence[Refundable], amount_micros: int, decimals: int = 2) -> list[Undone]:
    """Which top-ups a refund of `amount_micros` undoes, and the bonus that matches it.

    `topups` come newest first. One of exactly this amount is meant if there is one; else the
    newest are undone first. A part of a top-up takes the same part of its bonus, rounded half-up to
    `decimals`,
    and its last part takes the rest, so that no cent of bonus stays behind. Money that came
    another way (a loan, an opening balance) has no bonus: what exceeds all top-ups matches none.
    Decision 0071.
    """
    exact = [topup for topup in topups if topup.value_micros == amount_micros]
    return undo_newest(exact[:1] or topups, amount_micros, decimals)


def undo_newest(
    topups: Sequence[Refundable], amount_micros: int, decimals: int = 2
) -> list[Undone]:
    """As undo(), but always the newest first: no single top-up is meant."""
    left = amount_micros
    undone: list[Undone] = []
    for topup in topups:
        if left == 0:
            break
        part = min(left, topup.value_micros)
        rest = topup.value_micros - part
        bonus = _share(topup.bonus_micros, part, topup.value_micros, decimals)
        coin = _share(topup.coin_micros, part, topup.value_micros, _COIN_DECIMALS)
        points = points_for(topup.value_micros) - points_for(rest) if topup.has_points else 0
        undone.append(
            Undone(
                topup.source_id,
                part,
                bonus,
                points,
                tender=topup.tender,
                transfer_id=topup.transfer_id,
                is_topup=topup.is_topup,
                coin_micros=coin,
            )
        )
        left -= part
    return undone


def _share(given_micros: int, part_micros: int, value_micros: int, decimals: int) -> int:
    """What of the gifts of a top-up belongs to a part of its money; all of it to the last part."""
    return round_half_up(Fraction(given_micros * part_micros, value_micros), decimals)
