"""The providers of this house by id."""

from __future__ import annotations

from lanhouse.aggregator.providers.house.provider import HOUSE
from lanhouse.aggregator.providers.port import Provider

PROVIDERS: dict[str, Provider] = {HOUSE.id: HOUSE}
