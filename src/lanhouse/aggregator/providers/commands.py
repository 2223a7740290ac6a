"""Changing what the house keeps of a provider."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from lanhouse.aggregator.providers.schemas import SetProvider
from lanhouse.aggregator.providers.tables import providers
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound

_COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", re.ASCII)


def set_provider(tx: Tx, cmd: SetProvider) -> None:
    """Switch a provider, or change where it may be played; launches and bets obey from the next one
    on, settlements never ask.

    Raises NotFound, and InvalidInput for what is no country.
    """
    names = ("is_active", "is_online", "maintenance_until")
    values: dict[str, Any] = {
        name: getattr(cmd, name) for name in names if getattr(cmd, name) is not None
    }
    if cmd.ends_maintenance:
        values["maintenance_until"] = None
    for name in ("restricted_countries", "prohibited_countries"):
        countries = getattr(cmd, name)
        if countries is None:
            continue
        for code in countries:
            if _COUNTRY.fullmatch(code) is None:
                raise InvalidInput({name: f"{code[:20]!r} is not an ISO 3166 code"})
        values[name] = list(countries)
    found = tx.one(sa.select(providers.c.id).where(providers.c.id == cmd.provider_id))
    if found is None:
        raise NotFound(f"There is no provider {cmd.provider_id!r}.")
    if values:
        tx.run(sa.update(providers).where(providers.c.id == cmd.provider_id).values(values))
