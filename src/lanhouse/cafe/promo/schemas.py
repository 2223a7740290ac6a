"""Promo codes as commands and queries see them; amounts in micros."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class Gift(StrEnum):
    """What the amount of a code is."""

    SUM = "sum"
    """So much bonus (or coins, where the setting promo_bonus_field_type says so)."""
    PERCENT = "percent"
    """So many percent of what is topped up, kept where SUM is."""
    COIN = "coin"
    """So many coins."""


class Purpose(StrEnum):
    """What a code is for."""

    TOPUP = "topup"
    REGISTER = "register"


class PromoValues(msgspec.Struct, frozen=True, kw_only=True):
    """What a code says. `amount_micros` of PERCENT is micros of one percent."""

    name: str
    quantity: int
    gift: Gift
    amount_micros: int
    purpose: Purpose = Purpose.TOPUP
    expires_at: datetime | None = None


class Promo(PromoValues, frozen=True, kw_only=True):
    """A code, and how often it was used."""

    id: int
    used: int
    created_at: datetime


class PromoPlan(msgspec.Struct, frozen=True):
    """What a code gives for this act."""

    promo_id: int
    name: str
    bonus_micros: int = 0
    coin_micros: int = 0
