"""The balance of a player, wherever his wallet is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from lanhouse.aggregator.providers.remote.queries import last_known_micros
from lanhouse.aggregator.providers.remote.schemas import PortSession
from lanhouse.db.store import Store

Elsewhere = Callable[[PortSession], Awaitable[int]]
"""Asks an operator for a player's balance in micros. Raises OperatorTimeout."""


class Purse:
    """Looks into our own wallets, and asks operators for the others."""

    def __init__(self, store: Store, elsewhere: Elsewhere) -> None:
        self._store = store
        self._elsewhere = elsewhere

    async def balance_micros(self, found: PortSession) -> int:
        """The balance now, in micros of the player's currency. Raises OperatorTimeout."""
        if not found.is_here:
            return await self._elsewhere(found)
        held = await self._store.point(last_known_micros, found)
        assert held is not None, "a wallet that is here has a balance"
        return held
