"""The mock provider's way to the platform: signed calls, and what is asked again until answered."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from lanhouse.aggregator.caller import Caller, NotReached
from lanhouse.aggregator.providers.remote.studios import PROVIDER
from lanhouse.aggregator.signing import signed_headers
from lanhouse.demo.studio.journal import Journal
from lanhouse.kit import clock, ids

TIMEOUT_MS = 15_000


class Platform:
    """The platform at `{url}/authenticate` and so on, as one provider calls it."""

    def __init__(self, url: str, provider_id: str, key: str, journal: Journal) -> None:
        self._url = url.rstrip("/")
        self._provider_id = provider_id
        self._key = key
        self._journal = journal
        self._caller = Caller()
        self._under_way: set[int] = set()
        """Messages whose first try is not over: nobody else may judge them."""

    async def call(self, name: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """One try; the envelope of the answer, or None where nothing is known."""
        sent = msgspec.json.encode(body)
        headers = {
            PROVIDER: self._provider_id,
            **signed_headers(self._key, sent, int(clock.real_now().timestamp())),
        }
        try:
            answer = await self._caller.post(
                f"{self._url}/{name}", sent, headers, timeout_ms=TIMEOUT_MS, is_demo=True
            )
            told = msgspec.json.decode(answer.body, type=dict[str, Any])
        except (NotReached, msgspec.MsgspecError):
            return None
        return told if answer.status == 200 and isinstance(told.get("ok"), bool) else None

    async def ask(
        self, session: str, move: dict[str, Any], *, times: int = 1
    ) -> dict[str, Any] | None:
        """Write a transaction down and ask for it (`times` times, as a fault would)."""
        body = {"sessionId": session, "requestId": "", "transaction": move}
        number = self._journal.add_message(body)
        told = None
        for _ in range(times):
            told = await self._try(number, body)
        if told is None and move["type"] == "bet":
            # Nobody knows whether it was taken: the player is told that nothing was played.
            await self._give_back(number, session, move)
        return told

    async def _give_back(self, number: int, session: str, bet: dict[str, Any]) -> None:
        body = {"sessionId": session, "requestId": "", "transaction": back(bet)}
        # Written down before the bet is closed: a crash between leaves two, which are one.
        rollback = self._journal.add_message(body)
        self._journal.set_answer(number, {"ok": False, "error": {"code": "UNKNOWN"}})
        await self._try(rollback, body)

    async def _try(self, number: int, body: dict[str, Any]) -> dict[str, Any] | None:
        self._under_way.add(number)
        try:
            told = await self.call("transaction", {**body, "requestId": ids.wire_id()})
            if told is not None:
                self._journal.set_answer(number, told)
            return told
        finally:
            self._under_way.discard(number)

    async def ask_again(self) -> int:
        """Ask for all that has no answer: settlements and rollbacks again, for a bet (the process
        ended before its answer) its rollback. Answers how many there were."""
        waiting = [one for one in self._journal.unanswered() if one[0] not in self._under_way]
        for number, body in waiting:
            move = body["transaction"]
            if move["type"] == "bet":
                await self._give_back(number, body["sessionId"], move)
            else:
                await self._try(number, body)
        return len(waiting)

    async def keep_asking(self, every_seconds: float = 2.0) -> None:
        """Ask again and again, until cancelled."""
        while True:
            await self.ask_again()
            await asyncio.sleep(every_seconds)

    async def close(self) -> None:
        """Close the connections."""
        await self._caller.close()


def back(bet: dict[str, Any]) -> dict[str, Any]:
    """The rollback of a bet, which closes its round."""
    return {
        **bet,
        "providerTxId": f"{bet['providerTxId']}-back",
        "type": "rollback",
        "amount": bet["amount"].removeprefix("-"),
        "reverseProviderTxId": bet["providerTxId"],
        "roundClosed": True,
    }
