"""Groups on the wire."""

from __future__ import annotations

from typing import Any

from lanhouse.kit.money import json_number

HUNDREDTH = 10_000


def percent_number(hundredths: int) -> Any:
    """Hundredths of a percent as a JSON number: 1250 -> 12.5, 1000 -> 10."""
    return json_number(hundredths * HUNDREDTH)
