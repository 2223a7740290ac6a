"""The mock operator's server: the three calls that an operator answers, and faults on order."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any

import httptools
import msgspec

from lanhouse.aggregator.signing import NotSigned, check_signed
from lanhouse.demo.operator.wallet import Refusal, Wallet, shown
from lanhouse.kit import clock

FAULTS = {
    "late": "does it and answers after the delay",
    "twice": "does it twice and answers twice",
    "never": "does it and never answers",
    "5xx": "does it and answers HTTP 500",
    "cut": "does it and cuts the connection",
    "currency": "does it and answers in another currency",
    "garbage": "does it and answers no JSON",
    "huge": "does it and answers 80 KiB",
    "down": "does nothing and answers HTTP 503",
    "refuse": "does nothing and answers PLAYER_INACTIVE",
}
"""Name -> what the operator does then."""

CALLS = ("balance", "transaction", "status")
ON = (*CALLS, "bet", "settle", "rollback", "any")
_HUGE_BYTES = 81_920
_BODY_BYTES_MAX = 65_536


class Fault(msgspec.Struct):
    """A fault for the next `count` messages of kind `on` (one of ON)."""

    fault: str
    on: str = "any"
    count: int = 1
    delay_ms: int = 1000


class Request(msgspec.Struct):
    """A request as it arrived."""

    method: str = ""
    target: str = ""
    headers: dict[str, str] = {}
    body: bytes = b""
    keeps_alive: bool = True


class MockOperator:
    """Answers on a socket. `calls` is what arrived, (kind, decoded body), for tests."""

    def __init__(self, wallet: Wallet, *, key: str, secrets: list[str]) -> None:
        self.wallet = wallet
        self._key, self._secrets = key, secrets
        self.faults: list[Fault] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[Any]] = set()

    async def start(self, listener: socket.socket) -> None:
        """Begin to answer on a bound socket."""
        self._server = await asyncio.start_server(self._serve, sock=listener)

    async def stop(self) -> None:
        """End all connections."""
        if self._server is not None:
            self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while (request := await _read(reader)) is not None:
                if not await self._handle(request, writer) or not request.keeps_alive:
                    break
        except (OSError, asyncio.CancelledError, httptools.HttpParserError):
            writer.transport.abort()
        finally:
            self._open.discard(task)
            with contextlib.suppress(OSError):
                writer.close()

    async def _handle(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False when the connection is to end."""
        name = request.target.partition("?")[0].rsplit("/", 1)[-1]
        if request.method != "POST" or name not in (*CALLS, "faults"):
            return await _write(writer, 404, {"ok": False, "error": _error("NOT_FOUND")})
        if name == "faults":
            return await self._order(request, writer)
        try:
            check_signed(
                self._secrets, request.headers, request.body, clock.real_micros() / 1_000_000
            )
            body = msgspec.json.decode(request.body, type=dict[str, Any])
        except (NotSigned, msgspec.DecodeError):
            return await _write(writer, 401, {"ok": False, "error": _error("UNAUTHENTICATED")})
        kind = str(body.get("transaction", {}).get("type")) if name == "transaction" else name
        self.calls.append((kind, body))
        fault = self._fault_for(name, kind)
        if fault is not None:
            return await self._fail(fault, name, body, writer)
        return await _write(writer, 200, self._answer(name, body))

    def _answer(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            if body.get("key") != self._key:
                raise Refusal("AGENT_NOT_FOUND")
            return {"ok": True, "result": self._result(name, body)}
        except Refusal as refusal:
            return {"ok": False, "error": _error(refusal.code)}
        except (KeyError, TypeError, AttributeError):
            return {"ok": False, "error": _error("INVALID_REQUEST")}

    def _result(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        if name == "status":
            return {"state": self.wallet.status(str(body["txId"])), "txId": body["txId"]}
        username, currency = str(body["username"]), str(body["currency"])
        if name == "balance":
            balance = self.wallet.balance_micros(username, currency)
            return {"balance": shown(balance), "currency": currency, "txId": None}
        told = self.wallet.transact(username, currency, body["transaction"])
        return {"balance": shown(told.balance_micros), "currency": currency, "txId": told.own_id}

    def _fault_for(self, name: str, kind: str) -> Fault | None:
        for fault in self.faults:
            if fault.on in (name, kind, "any"):
                fault.count -= 1
                if fault.count <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    async def _fail(
        self, fault: Fault, name: str, body: dict[str, Any], writer: asyncio.StreamWriter
    ) -> bool:
        if fault.fault == "down":
            return await _write(writer, 503, {"ok": False, "error": _error("DOWN")})
        if fault.fault == "refuse":
            return await _write(writer, 200, {"ok": False, "error": _error("PLAYER_INACTIVE")})
        answer = self._answer(name, body)
        if fault.fault == "late":
            await asyncio.sleep(fault.delay_ms / 1000)
        elif fault.fault == "twice":
            await _write(writer, 200, answer)
            answer = self._answer(name, body)
        elif fault.fault == "never":
            await asyncio.sleep(3600)
        elif fault.fault == "5xx":
            return await _write(writer, 500, {"error": "broken"})
        elif fault.fault == "cut":
            writer.transport.abort()
            return False
        elif fault.fault == "currency" and isinstance(answer.get("result"), dict):
            other = "USD" if answer["result"].get("currency") != "USD" else "EUR"
            answer["result"]["currency"] = other
        elif fault.fault == "garbage":
            return await _write_raw(writer, 200, b"<html>the wallet is being repaired</html>")
        elif fault.fault == "huge":
            return await _write_raw(writer, 200, msgspec.json.encode(answer).ljust(_HUGE_BYTES))
        return await _write(writer, 200, answer)

    async def _order(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """POST /faults: a Fault; an empty list of them ends all."""
        try:
            wanted = msgspec.json.decode(request.body, type=list[Fault])
        except msgspec.DecodeError as error:
            return await _write(writer, 400, {"ok": False, "error": {"message": str(error)}})
        if any(one.fault not in FAULTS or one.on not in ON or one.count < 1 for one in wanted):
            return await _write(writer, 400, {"ok": False, "error": _error("INVALID_REQUEST")})
        self.faults[:] = [*self.faults, *wanted] if wanted else []
        return await _write(writer, 200, {"ok": True, "result": {}})


def parse_fault(text: str) -> Fault:
    """A fault as it is written on the command line: `bet=late`, `settle=5xx*3`. Raises ValueError
    for what is none."""
    on, has_on, rest = text.rpartition("=")
    name, _, count = rest.partition("*")
    fault = Fault(fault=name, on=on if has_on else "any", count=int(count or 1))
    if fault.fault not in FAULTS or fault.on not in ON or fault.count < 1:
        raise ValueError(text)
    return fault


class _Reading:
    """Collects one request (httptools)."""

    def __init__(self) -> None:
        self.found = Request(headers={})
        self.is_whole = False

    def on_url(self, url: bytes) -> None:
        self.found.target += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        self.found.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self.found.body += body

    def on_message_complete(self) -> None:
        self.is_whole = True


async def _read(reader: asyncio.StreamReader) -> Request | None:
    """The next request, or None at the end of the connection."""
    reading = _Reading()
    parser = httptools.HttpRequestParser(reading)
    while not reading.is_whole:
        data = await reader.read(_BODY_BYTES_MAX)
        if not data:
            return None
        parser.feed_data(data)
        if len(reading.found.body) > _BODY_BYTES_MAX:
            return None
    reading.found.method = parser.get_method().decode("latin-1")
    reading.found.keeps_alive = parser.should_keep_alive()
    return reading.found


async def _write(writer: asyncio.StreamWriter, status: int, answer: Any) -> bool:
    return await _write_raw(writer, status, msgspec.json.encode(answer))


async def _write_raw(writer: asyncio.StreamWriter, status: int, body: bytes) -> bool:
    head = (
        f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    return True


def _error(code: str) -> dict[str, str]:
    return {"code": code, "message": code.replace("_", " ").lower()}
