"""The balance of a player, wherever his wallet is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from lanhouse.aggregator.providers.remote.queries import last_known_micros
from lanhouse.aggregator.providers.remote.schemas import PortSession
from lanhouse.db.store import Store


class Held(Protocol):
    """An operator who can be asked what a player holds."""

    async def balance_micros(self, username: str, currency: str) -> int:
        """The balance in micros. Raises OperatorTimeout and OperatorError."""
        ...


class Purse:
    """Looks into our own wallets, and asks operators (by the agent's number) for the others."""

    def __init__(self, store: Store, operator_of: Callable[[int], Held]) -> None:
        self._store = store
        self._operator_of = operator_of

    async def balance_micros(self, found: PortSession) -> int:
        """The balance now, in micros of the player's currency. Raises as Held."""
        if not found.is_here:
            session = found.session
            operator = self._operator_of(session.agent_id)
            return await operator.balance_micros(found.username, session.currency)
        held = await self._store.point(last_known_micros, found)
        assert held is not None, "a wallet that is here has a balance"
        return held
