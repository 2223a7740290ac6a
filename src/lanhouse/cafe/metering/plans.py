"""What is agreed with whoever begins to play now."""

from __future__ import annotations

from lanhouse.cafe.centers.schemas import PaymentSettings
from lanhouse.cafe.metering.rules import Terms
from lanhouse.kit.money import parse_micros


def terms_by(payment: PaymentSettings, free_seconds: int = 0) -> Terms:
    """The terms by the settings of a centre, with so many free seconds."""
    return Terms(
        free_seconds=free_seconds,
        minimum_charge_micros=payment.minimum_charge_micros,
        step_micros=parse_micros(payment.bill_rounding, decimals=2, field="bill_rounding"),
        rounding=payment.bill_rounding_mode,
        least_seconds=payment.minimum_minutes * 60,
        block_seconds=payment.time_block_minutes * 60,
        start_fee_micros=payment.start_fee_micros,
    )
