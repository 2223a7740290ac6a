"""Settings as the café API shows them: switches are 0/1, lists are JSON text (cafe-domain 15)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from lanhouse.cafe.centers.schemas import BonusTier, Center
from lanhouse.cafe.settings.rules import offset_text
from lanhouse.kit.money import format_fixed, json_number
from lanhouse.web.format import currency_sign


def settings_wire(center: Center, at: datetime, default_above_micros: int) -> dict[str, Any]:
    """Every setting that this release honours, under its wire name.

    `default_above_micros` is what desk_confirm_above is while nobody has set it; 0 = unknown yet.
    """
    settings = center.settings
    above_micros = settings.desk_confirm_above_micros
    if above_micros is None:
        above_micros = default_above_micros or None
    return {
        "cafe_id": center.id,
        "cafe_name": center.name,
        "license_name": center.license_name,
        "license_using_billing": 1,
        "timezone": offset_text(center.zone, at),
        "timezone_name": center.zone_name,
        "currency": currency_sign(center.currency, "en"),
        "currency_code": center.currency,
        "cors_origins": settings.cors_origins,
        "minimum_charge": json_number(settings.minimum_charge_micros),
        "free_time_minutes": settings.free_time_minutes,
        "free_minutes_once": int(settings.free_minutes_once),
        "prepaid_session_change_method": settings.prepaid_session_change_method,
        "disable_prepaid": int(settings.disable_prepaid),
        "disable_postpaid": int(settings.disable_postpaid),
        "postpaid_max_balance": json_number(settings.postpaid_max_balance_micros),
        "loan_max_per_member": json_number(settings.loan_max_per_member_micros),
        "allow_balance_for_pc_time": int(settings.allow_balance_for_pc_time),
        "default_price_fills_gaps": int(settings.default_price_fills_gaps),
        "desk_confirm_above": None if above_micros is None else json_number(above_micros),
        "desk_confirm_minutes": settings.desk_confirm_minutes,
        "point_enable": int(settings.points_enabled),
        "use_bonus_first": int(settings.use_bonus_first),
        "price_bonus": _json_text([_tier(tier, center) for tier in settings.price_bonus]),
        "bonus_unit": int(settings.bonus_by_percent),
        "topup_reward_percent": _json_text(list(settings.topup_reward_percent)),
        "default_member_group": settings.default_member_group,
    }


def _tier(tier: BonusTier, center: Center) -> dict[str, str]:
    by_percent = center.settings.bonus_by_percent
    bonus = str(tier.percent) if by_percent else format_fixed(tier.bonus_micros)
    return {"amount": format_fixed(tier.amount_micros), "bonus": bonus}


def _json_text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
