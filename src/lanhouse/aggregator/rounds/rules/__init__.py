"""Amounts for settlement and the windows that reports may cover."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

from lanhouse.aggregator.errors import DateRangeTooLarge
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import MICROS

WINDOW_DAYS_DEFAULT = 7
WINDOW_DAYS_MAX = 31
PER_PAGE_DEFAULT = 30
PER_PAGE_MAX = 1000
PAGE_MAX = 1_000_000
WAIT_SECONDS_MAX = 300
TRY_FOR = timedelta(hours=24)
"""For so long (business time) a settlement or rollback is sent again; then it is parked."""

_TEN_PLACES = Decimal("1E-10")
_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def settle_amount(player_micros: int, rate: str) -> str:
    """The amount in the settle currency: player amount x rate, half-up to 10 places, as text.

    Source: aggregator-domain 1.1 (rounded per record) and 1.2 row 9.
    """
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(player_micros) / MICROS * Decimal(rate)
    return plain_amount(ten_places(exact))


def ten_places(amount: Decimal) -> Decimal:
    """An exact amount half-up (away from zero) to 10 places, as reports add it up."""
    with localcontext() as context:
        context.prec = 60
        return amount.quantize(_TEN_PLACES, ROUND_HALF_UP)


def split(amount: Decimal) -> tuple[int, int]:
    """An amount of at most 10 places as whole units and the rest in 10^-10 units, of one sign."""
    units = int(amount)
    return units, int((amount - units).scaleb(10))


def joined(units: int, rest: int) -> Decimal:
    """The amount that sums of split amounts make."""
    with localcontext() as context:
        context.prec = 60
        return Decimal(units) + Decimal(rest).scaleb(-10)


def plain_amount(amount: Decimal) -> str:
    """An amount as a plain decimal without trailing zeros: "-0.3771380888", "0"."""
    text = format(amount, "f")
    trimmed = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if trimmed in ("-0", "") else trimmed


def scaled_micros(provider_micros: int, scale: str) -> int | None:
    """Provider amount x scale in micros of the player's currency; None when that is no whole
    number of them."""
    if scale == "1":
        return provider_micros
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(provider_micros) * Decimal(scale)
    return int(exact) if exact == exact.to_integral_value() else None


def wait_seconds(attempts: int) -> int:
    """How long after this many vain tries the next one waits: 1, 2, 4 ... 300 seconds."""
    return min(2 ** max(attempts - 1, 0), WAIT_SECONDS_MAX)


def rate_text(rate: str) -> str:
    """A rate without trailing zeros: "0.0002", "1"."""
    return rate.rstrip("0").rstrip(".") if "." in rate else rate


def moment_of(text: str | None, field: str) -> datetime | None:
    """An RFC 3339 text (any case, up to nanoseconds) as UTC, or None. Raises InvalidInput."""
    if text is None:
        return None
    match = _RFC3339.fullmatch(text)
    wrong = InvalidInput({field: "must be a date and time as in RFC 3339"})
    if match is None:
        raise wrong
    day, clock, fraction, zone = match.groups()
    micros = (fraction or "").ljust(6, "0")[:6]
    try:
        parsed = datetime.fromisoformat(f"{day}T{clock}.{micros}{zone.upper()}")
        return parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        raise wrong from None


def window_of(start: str | None, end: str | None, now: datetime) -> tuple[datetime, datetime]:
    """The asked window; open ends are now and 7 days before the end.

    Raises InvalidInput when it is no window and DateRangeTooLarge beyond 31 days
    (aggregator-domain 1.2 rows 13 and 19).
    """
    from_at, to_at = moment_of(start, "start"), moment_of(end, "end")
    try:
        if to_at is None:
            default = timedelta(days=WINDOW_DAYS_DEFAULT)
            to_at = now if from_at is None or from_at < now else from_at + default
        if from_at is None:
            from_at = to_at - timedelta(days=WINDOW_DAYS_DEFAULT)
    except OverflowError:
        raise InvalidInput({"start": "is out of range"}) from None
    if to_at <= from_at:
        raise InvalidInput({"end": "must be after from"})
    if to_at - from_at > timedelta(days=WINDOW_DAYS_MAX):
        raise DateRangeTooLarge(f"from and to may be at most {WINDOW_DAYS_MAX} days apart")
    return from_at, to_at
