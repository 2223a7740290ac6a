"""The promo codes of the demo centre."""

from __future__ import annotations

from datetime import timedelta

from lanhouse.cafe.centers.demo import demo_center
from lanhouse.cafe.promo.commands import PromoChange, create_promo
from lanhouse.cafe.promo.schemas import Gift, Purpose
from lanhouse.db.store import Tx
from lanhouse.kit.money import MICROS


def opening(tx: Tx) -> None:
    """One for top-ups that ends some day, and one for new members."""
    center = demo_center(tx)
    flyer = {
        "name": "FLYER10",
        "quantity": 100,
        "gift": Gift.PERCENT,
        "amount_micros": 10 * MICROS,
        "expires_at": tx.now + timedelta(days=365),
    }
    welcome = {
        "name": "WELCOME",
        "quantity": 500,
        "amount_micros": 2 * MICROS,
        "purpose": Purpose.REGISTER,
    }
    for values in (flyer, welcome):
        create_promo(tx, PromoChange(center, None, values))
