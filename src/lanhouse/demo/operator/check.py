"""Testing an operator's obligations, as docs/aggregator.md lists them, with real messages.

Moves one unit of money of the named player to and fro; at the end he has what he had.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from lanhouse.aggregator.caller import Caller, Incoming, NotReached
from lanhouse.aggregator.operators.rules import read_answer, read_balance, read_status
from lanhouse.aggregator.operators.schemas import (
    BalanceAsked,
    StatusAsked,
    TransactionAsked,
    TransactionSent,
)
from lanhouse.aggregator.rounds.commands.operators import NOT_FOUND, Answer
from lanhouse.aggregator.signing import signed_headers
from lanhouse.aggregator.wire import wire_time
from lanhouse.kit import clock, ids
from lanhouse.kit.money import format_plain

UNIT = 1_000_000
_TIMEOUT_MS = 10_000


class _Broken(Exception):
    """An obligation that was not kept, and how."""


def check_operator(
    url: str, key: str, secret: str, username: str, currency: str
) -> list[tuple[str, str]]:
    """Each obligation with what is wrong about it, or ""."""
    return asyncio.run(_Check(url.rstrip("/"), key, secret, username, currency).all())


class _Check:
    def __init__(self, url: str, key: str, secret: str, username: str, currency: str) -> None:
        self._url, self._key, self._secret = url, key, secret
        self._username, self._currency = username, currency
        # Whoever tests his own server may have it anywhere.
        self._caller = Caller("0.0.0.0/0,::/0")
        self._round = ids.wire_id()

    async def all(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for check in (
            self.tells_the_balance,
            self.takes_a_bet_and_pays_a_settle,
            self.does_the_same_transaction_once,
            self.gives_a_bet_back_once,
            self.refuses_a_bet_after_its_rollback,
            self.tells_what_became_of_a_transaction,
            self.refuses_other_signatures,
            self.refuses_old_messages,
        ):
            name = check.__name__.replace("_", " ")
            try:
                await check()
            except _Broken as broken:
                found.append((name, str(broken)))
            except NotReached as error:
                found.append((name, error.message))
            else:
                found.append((name, ""))
        await self._caller.close()
        return found

    async def tells_the_balance(self) -> None:
        await self._balance()

    async def takes_a_bet_and_pays_a_settle(self) -> None:
        before = await self._balance()
        bet = await self._sent("bet", -UNIT)
        _same(bet.balance_micros, before - UNIT, "the balance after the bet")
        settle = await self._sent("settle", UNIT, closed=True)
        _same(settle.balance_micros, before, "the balance after the settle")
        _same(await self._balance(), before, "the balance told afterwards")

    async def does_the_same_transaction_once(self) -> None:
        before = await self._balance()
        bet, settle = ids.wire_id(), ids.wire_id()
        await self._sent("bet", -UNIT, tx_id=bet)
        first = await self._sent("settle", UNIT, tx_id=settle, closed=True)
        again = await self._sent("settle", UNIT, tx_id=settle, closed=True)
        _same(again.wallet_tx_id, first.wallet_tx_id, "the id of the same settle")
        _same(await self._balance(), before, "the balance after a settle that came twice")

    async def gives_a_bet_back_once(self) -> None:
        before = await self._balance()
        bet, rollback = ids.wire_id(), ids.wire_id()
        await self._sent("bet", -UNIT, tx_id=bet)
        for _ in range(2):
            await self._sent("rollback", UNIT, tx_id=rollback, reverses=bet)
        _same(await self._balance(), before, "the balance after the rollback")

    async def refuses_a_bet_after_its_rollback(self) -> None:
        before = await self._balance()
        bet = ids.wire_id()
        answer = await self._transact("rollback", UNIT, reverses=bet)
        if not answer.is_ok and answer.code != NOT_FOUND:
            raise _Broken(f"the rollback of an unknown bet was answered {answer.code or 'nothing'}")
        if (await self._transact("bet", -UNIT, tx_id=bet)).is_ok:
            # Nobody shall lose money by a test.
            await self._transact("rollback", UNIT, reverses=bet)
            raise _Broken("a bet was taken whose rollback had been answered")
        _same(await self._balance(), before, "the balance after the refused bet")

    async def tells_what_became_of_a_transaction(self) -> None:
        bet = ids.wire_id()
        _same(await self._status(bet), "unknown", "the state of an id that nobody sent")
        await self._sent("bet", -UNIT, tx_id=bet)
        _same(await self._status(bet), "committed", "the state of a bet")
        await self._sent("rollback", UNIT, reverses=bet)
        _same(await self._status(bet), "rolled_back", "the state of a bet that was given back")

    async def refuses_other_signatures(self) -> None:
        body = msgspec.json.encode(BalanceAsked(self._key, self._username, self._currency))
        headers = signed_headers(f"{self._secret}x", body, _now())
        await self._refused("/balance", body, headers, "a message signed with another secret")
        await self._refused("/balance", body, {}, "a message without a signature")

    async def refuses_old_messages(self) -> None:
        body = msgspec.json.encode(BalanceAsked(self._key, self._username, self._currency))
        headers = signed_headers(self._secret, body, _now() - 3600)
        await self._refused("/balance", body, headers, "a message that is an hour old")

    async def _refused(self, path: str, body: bytes, headers: dict[str, str], what: str) -> None:
        incoming = await self._caller.post(self._url + path, body, headers, timeout_ms=_TIMEOUT_MS)
        if read_balance(incoming, self._currency) is not None:
            raise _Broken(f"{what} was answered")

    async def _post(self, path: str, body: bytes) -> Incoming:
        headers = signed_headers(self._secret, body, _now())
        return await self._caller.post(self._url + path, body, headers, timeout_ms=_TIMEOUT_MS)

    async def _balance(self) -> int:
        body = msgspec.json.encode(BalanceAsked(self._key, self._username, self._currency))
        incoming = await self._post("/balance", body)
        balance = read_balance(incoming, self._currency)
        if balance is None:
            raise _Broken(f"no balance in {self._currency} was told (HTTP {incoming.status})")
        return balance

    async def _status(self, tx_id: str) -> str:
        body = msgspec.json.encode(StatusAsked(self._key, tx_id))
        return read_status(await self._post("/status", body)) or "nothing that counts"

    async def _sent(self, kind: str, amount_micros: int, **more: Any) -> Answer:
        """A transaction that must be done."""
        answer = await self._transact(kind, amount_micros, **more)
        if not answer.is_ok:
            raise _Broken(f"a {kind} was answered {answer.code or 'nothing that counts'}")
        return answer

    async def _transact(
        self,
        kind: str,
        amount_micros: int,
        *,
        tx_id: str | None = None,
        reverses: str | None = None,
        closed: bool = False,
    ) -> Answer:
        body = msgspec.json.encode(
            TransactionAsked(
                key=self._key,
                username=self._username,
                currency=self._currency,
                request_id=ids.wire_id(),
                transaction=TransactionSent(
                    tx_id=tx_id or ids.wire_id(),
                    type=kind,
                    amount=format_plain(amount_micros),
                    reverse_tx_id=reverses,
                    provider_tx_id=ids.wire_id(),
                    provider_id="house",
                    game_id="house_00001",
                    round_id=self._round,
                    round_closed=closed,
                    session_id=self._round,
                    free_round_code=None,
                    created_at=wire_time(clock.real_now()),
                ),
            )
        )
        return read_answer(await self._post("/transaction", body), self._currency)


def _now() -> int:
    return clock.real_micros() // 1_000_000


def _same(found: Any, wanted: Any, what: str) -> None:
    if found != wanted:
        raise _Broken(f"{what} is {found}, not {wanted}")
