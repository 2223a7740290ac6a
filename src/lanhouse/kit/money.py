"""Amounts are integer micros (10^-6 of the currency unit); text becomes micros through Decimal.

Architecture section 3: no float ever, more decimals than the currency has are refused, plain
decimals only (no exponent, NaN, blank or sign where none is meant), trailing zeros do not count.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

import msgspec

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import POSTING_MICROS_MAX
from lanhouse.kit.said import say

MICROS = 1_000_000
_PLAIN = re.compile(r"([+-]?)(\d{1,20})(?:\.(\d{0,30}))?", re.ASCII)

# ISO 4217 minor units that are not 2, and play tokens (PLAY), which are whole; the list
# is short and stable, so no look-up at run time.
_NONE = [
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PLAY",
    "PYG",
    "RWF",
    "UGX",
    "UYI",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
]
_THREE = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]
_DECIMALS: dict[str, int] = {**dict.fromkeys(_NONE, 0), **dict.fromkeys(_THREE, 3)}


def currency_decimals(currency: str) -> int:
    """Decimals of a currency (ISO 4217 minor unit): EUR 2, JPY 0, KWD 3."""
    return _DECIMALS.get(currency, 2)


def minor_unit_micros(currency: str) -> int:
    """The currency's own smallest unit (ISO 4217) in micros: 1 of JPY, 0.001 of KWD. What a centre
    moves is `unit_micros`."""
    return MICROS // 10 ** currency_decimals(currency)


def paid_decimals(currency: str) -> int:
    """Decimals of what is paid and held in a currency: 0 (JPY) or 2, of one with three too."""
    return min(currency_decimals(currency), 2)


def unit_micros(currency: str) -> int:
    """The smallest amount of a currency that a centre holds, takes and gives, in micros: 1 without
    decimals (JPY), else 0.01; of one with three decimals (KWD) too, because balances, bills and
    payments have two on the wire (decision 0118)."""
    return MICROS // 10 ** paid_decimals(currency)


def parse_micros(
    value: str | int | Decimal,
    *,
    decimals: int = 2,
    field: str = "amount",
    signed: bool = False,
    most_micros: int = POSTING_MICROS_MAX,
) -> int:
    """Turn text or a number's text into micros.

    `decimals` is how many places may be used (trailing zeros do not count); `signed` allows a
    leading minus; the amount lies within +-`most_micros`. Raises InvalidInput naming `field`.
    """
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    match = _PLAIN.fullmatch(text)
    if match is None:
        raise InvalidInput({field: say("must be a plain decimal number")})
    sign, whole, fraction = match[1], match[2], (match[3] or "").rstrip("0")
    if sign == "+" or (sign and not signed):
        raise InvalidInput({field: say("must not have a sign")})
    if len(fraction) > decimals:
        if decimals == 0:
            raise InvalidInput({field: say("must have no decimals")})
        raise InvalidInput({field: say("must have at most %(count)s decimals", count=decimals)})
    micros = int(whole) * MICROS + int(fraction.ljust(6, "0"))
    if micros > POSTING_MICROS_MAX:
        raise InvalidInput({field: say("is too large")})
    if micros > most_micros:
        most = most_micros // MICROS
        if sign:
            raise InvalidInput({field: say("must be at least %(least)s", least=-most)})
        raise InvalidInput({field: say("must be at most %(most)s", most=most)})
    return -micros if sign else micros


def parse_micros_rounded(
    value: str | int | Decimal,
    *,
    field: str = "amount",
    signed: bool = False,
    most_micros: int = POSTING_MICROS_MAX,
) -> int:
    """Like parse_micros, but more than 2 decimals are rounded half-up (coins, architecture 3)."""
    exact = parse_micros(value, decimals=6, field=field, signed=signed, most_micros=most_micros)
    return round_half_up(Fraction(exact))


def round_half_up(micros: Fraction | int, decimals: int = 2) -> int:
    """Round exact micros half-up (away from zero at one half) to `decimals` places, as micros."""
    step = 10 ** (6 - decimals)
    if isinstance(micros, int):  # without a Fraction: every amount of every list passes here
        return half_up(micros, step) * step
    exact = Fraction(micros)
    return half_up(exact.numerator, exact.denominator * step) * step


def half_up(numerator: int, denominator: int) -> int:
    """A quotient rounded half-up (away from zero at one half); the denominator is positive."""
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return whole if numerator >= 0 else -whole


def format_fixed(micros: int, places: int = 2) -> str:
    """Micros as text with a fixed number of decimals: "138.00"; 10 places for product prices.

    With fewer than 6 places the amount must be a multiple of that unit or is rounded half-up.
    """
    kept = min(places, 6)
    step = 10 ** (6 - kept)
    units = (abs(micros) + step // 2) // step
    sign = "-" if micros < 0 < units else ""
    if places == 0:
        return f"{sign}{units}"
    whole, rest = divmod(units, 10**kept)
    return f"{sign}{whole}.{f'{rest:0{kept}d}'.ljust(places, '0')}"


def format_plain(micros: int) -> str:
    """Micros as the shortest decimal text: "100", "110.01" (aggregator-domain 1.2 row 31)."""
    sign = "-" if micros < 0 else ""
    whole, rest = divmod(abs(micros), MICROS)
    return f"{sign}{whole}.{rest:06d}".rstrip("0").rstrip(".")


JsonNumber = Annotated[Any, msgspec.Meta(extra_json_schema={"type": "number"})]
"""What json_number() answers, as a field of an Out Struct."""


def json_number(micros: int) -> int | msgspec.Raw:
    """Micros as a JSON number; whole amounts are integers (cafe-wire, money in reports)."""
    whole, rest = divmod(micros, MICROS)
    return whole if rest == 0 else msgspec.Raw(format_plain(micros).encode())
