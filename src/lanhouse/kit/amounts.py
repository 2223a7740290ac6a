"""Reading amounts that people type into a page."""

from __future__ import annotations

import re

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import AMOUNT_MICROS_MAX
from lanhouse.kit.money import paid_decimals, parse_micros
from lanhouse.kit.said import say

_SIGNS_AND_SPACE = re.compile(r"[\s\u00a0\u202f]|[A-Z]{3}|[€$£¥₫]")


def read_amount(text: str, currency: str, *, field: str, signed: bool = False) -> int:
    """Micros of what was typed: "1.5", "1,50" and "1.50 €" are the same. Raises InvalidInput for
    more decimals than are paid in the currency.

    A point or comma separates the decimals; thousands are not grouped, so that "1.234" can never
    be taken for one thousand.
    """
    plain = _SIGNS_AND_SPACE.sub("", text).replace("−", "-").replace(",", ".")
    if not plain:
        raise InvalidInput({field: say("is required")})
    if plain.startswith("."):
        plain = f"0{plain}"
    return parse_micros(
        plain,
        decimals=paid_decimals(currency),
        field=field,
        signed=signed,
        most_micros=AMOUNT_MICROS_MAX,
    )
