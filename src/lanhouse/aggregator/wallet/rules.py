"""What counts as an amount on the External API."""

from __future__ import annotations

import re
from typing import Any

from lanhouse.aggregator.errors import InvalidAmount
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import currency_decimals, parse_micros

_PLAIN = re.compile(r"\d{1,20}(\.\d{1,30})?", re.ASCII)


def amount_of(raw: Any, currency: str, field: str = "amount") -> int:
    """The micros of an amount as the caller sent it: text, plain decimal, more than 0.

    Raises InvalidInput when it is missing and InvalidAmount when it is anything else: a JSON
    number, a sign, an exponent, spaces, more decimals than the currency has, or too large
    (aggregator-domain 1.2 row 31).
    """
    micros = limit_of(raw, currency, field)
    if micros == 0:
        raise InvalidAmount("must be more than 0", field)
    return micros


def limit_of(raw: Any, currency: str, field: str) -> int:
    """As amount_of(), but 0 is an amount too: a limit that allows nothing."""
    if raw is None:
        raise InvalidInput({field: "is required"})
    if not isinstance(raw, str):
        raise InvalidAmount("must be a decimal number as text", field)
    if _PLAIN.fullmatch(raw) is None:
        raise InvalidAmount("must be a plain decimal number", field)
    try:
        micros = parse_micros(raw, decimals=currency_decimals(currency), field=field)
    except InvalidInput as wrong:
        raise InvalidAmount(wrong.fields[field], field) from None
    return micros
