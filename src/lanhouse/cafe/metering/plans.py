"""What is agreed with whoever begins to play now."""

from __future__ import annotations

from lanhouse.cafe.centers.schemas import PaymentSettings
from lanhouse.cafe.metering.rules import Terms
from lanhouse.kit.money import parse_micros, unit_micros

_TAX_PART_MICROS = 10_000
"""A hundredth of a percent, in micros of one percent."""


def terms_by(payment: PaymentSettings, free_seconds: int = 0, *, currency: str = "") -> Terms:
    """The terms by the settings of a centre with that currency, with so many free seconds."""
    unit = unit_micros(currency)
    step = parse_micros(payment.bill_rounding, decimals=2, field="bill_rounding")
    return Terms(
        free_seconds=free_seconds,
        minimum_charge_micros=payment.minimum_charge_micros,
        step_micros=max(step, unit),
        rounding=payment.bill_rounding_mode,
        least_seconds=payment.minimum_minutes * 60,
        block_seconds=payment.time_block_minutes * 60,
        start_fee_micros=payment.start_fee_micros,
        first_hour_percent=payment.first_hour_price_factor,
        daily_cap_micros=payment.daily_cap_micros,
        tax_parts=payment.tax4_percentage_micros // _TAX_PART_MICROS,
        is_tax_included=payment.tax_included_in_price,
        tax_name=payment.tax4_name if payment.tax4_percentage_micros else "",
        # 0 is what a form that nobody filled in sends.
        card_percent=payment.credit_card_price_rate or 100,
        unit_micros=unit,
    )
