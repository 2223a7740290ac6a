"""The mock provider's server: the five calls of the port, its game's page, and faults on order."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs

import msgspec

from lanhouse.aggregator.signing import NotSigned, check_signed
from lanhouse.demo.studio import coin
from lanhouse.demo.studio.journal import Journal
from lanhouse.demo.studio.platform import Platform
from lanhouse.kit import clock, ids

CALLS = ("games", "launch", "round", "freeRound", "cancelFreeRound")
OWN = ("bet",)
ON = (*CALLS, *OWN, "any")
FAULTS = {
    "late": "answers after the delay",
    "never": "never answers",
    "5xx": "answers HTTP 500",
    "cut": "answers half and cuts the connection",
    "garbage": "answers no JSON",
    "huge": "answers 10 MiB",
    "refuse": "refuses",
    "twice": "asks for the bet and the settlement of a round twice (on bet)",
}
"""Name -> what the studio does then."""
_BODY_BYTES_MAX = 1_048_576
_HUGE_BYTES = 10 * 1024 * 1024
_LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">'
    b'<circle cx="20" cy="20" r="18" fill="#c9a227"/></svg>'
)
_HTML = "text/html; charset=utf-8"


class Fault(msgspec.Struct):
    """A fault for the next `count` calls `on` (one of ON)."""

    fault: str
    on: str = "any"
    count: int = 1
    delay_ms: int = 1000


class MockProvider:
    """An ASGI application. `url` is where people find it, `currencies` are (code, player currency,
    scale)."""

    def __init__(
        self,
        *,
        key: str,
        url: str,
        currencies: list[tuple[str, str, str]],
        journal: Journal,
        platform: Platform,
    ) -> None:
        self._key = key
        self._url = url
        self._scales = {code: scale for code, _, scale in currencies}
        self._catalogue = coin.catalogue(currencies, f"{url}/logo.svg")
        self._journal = journal
        self._platform = platform
        self.faults: list[Fault] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, or begin and end with the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        method, path = scope["method"], scope["path"].strip("/").split("/")
        body = await _read(receive)
        if method == "POST" and path[-1] in CALLS and path[0] != "play":
            await self._port(path[-1], scope, body, send)
        elif method == "POST" and path[-1] == "faults":
            await self._order(body, send)
        elif path[0] == "play" and len(path) == 2:
            await self._play(path[1], method, body, send)
        elif path == ["begin"]:
            await self._begin(scope["query_string"].decode("latin-1"), send)
        elif path == ["logo.svg"]:
            await _write(send, 200, _LOGO, "image/svg+xml")
        else:
            await _write(send, 404, b"{}")

    async def _live(self, receive: Any, send: Any) -> None:
        asking = None
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                asking = asyncio.create_task(self._platform.keep_asking())
                await send({"type": "lifespan.startup.complete"})
                continue
            if asking is not None:
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
            await self._platform.close()
            await send({"type": "lifespan.shutdown.complete"})
            return

    async def _port(self, call: str, scope: Any, body: bytes, send: Any) -> None:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        try:
            check_signed([self._key], headers, body, clock.real_now().timestamp())
            asked = msgspec.json.decode(body, type=dict[str, Any])
        except (NotSigned, msgspec.MsgspecError):
            await _write(send, 401, _refusal("UNAUTHENTICATED"))
            return
        fault = self._fault_for(call)
        if fault is not None and not await self._fail(fault, send):
            return
        try:
            answer = {"ok": True, "result": self._result(call, asked)}
        except (KeyError, TypeError):
            await _write(send, 200, _refusal("INVALID_REQUEST"))
            return
        await _write(send, 200, msgspec.json.encode(answer))

    def _result(self, call: str, asked: dict[str, Any]) -> dict[str, Any]:
        if call == "games":
            return self._catalogue
        if call == "launch":
            return {"type": "url", "url": f"{self._url}/begin?token={asked['token']}"}
        if call == "round":
            return coin.told_round(self._journal.round(asked["roundId"], asked["player"]))
        if call == "freeRound":
            gift_id = f"mock-{asked['code']}"
            self._journal.add_gift(gift_id, asked)
            return {"id": gift_id}
        self._journal.cancel_gift(asked["id"])
        return {}

    async def _begin(self, query: str, send: Any) -> None:
        token = (parse_qs(query).get("token") or [""])[0]
        told = await self._platform.call("authenticate", {"token": token})
        if told is None or not told["ok"]:
            code = "no answer" if told is None else told["error"]["code"]
            await _write(send, 403, f"This game cannot begin: {code}.".encode(), "text/plain")
            return
        secret = ids.new_secret("mock")
        self._journal.add_session(secret, told["result"])
        await _write(send, 303, b"", "text/plain", [(b"location", f"/play/{secret}".encode())])

    async def _play(self, secret: str, method: str, body: bytes, send: Any) -> None:
        session = self._journal.session(secret)
        if session is None:
            await _write(send, 404, b"There is no such game.", "text/plain")
            return
        text, told = "Heads or tails?", None
        scale = self._scales.get(session["currency"], "1")
        if method == "POST":
            form = parse_qs(body.decode("latin-1"))
            side, bet = (form.get(name, [""])[0] for name in ("side", "bet"))
            if side not in coin.SIDES or bet not in coin.bets_of(scale):
                await _write(send, 400, b"That cannot be played.", "text/plain")
                return
            fault = self._fault_for("bet")
            times = 2 if fault is not None and fault.fault == "twice" else 1
            text, told = await coin.flip(self._platform, self._journal, session, side, bet, times)
        if told is None or not told["ok"]:
            told = await self._platform.call("balance", {"sessionId": session["sessionId"]})
        balance = told["result"]["balance"] if told is not None and told["ok"] else "?"
        shown = coin.page(session, f"/play/{secret}", scale, text, balance)
        await _write(send, 200, shown.encode(), _HTML)

    def _fault_for(self, call: str) -> Fault | None:
        for fault in self.faults:
            if fault.on in (call, "any") and (call in OWN) == (fault.fault == "twice"):
                fault.count -= 1
                if fault.count <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    async def _fail(self, fault: Fault, send: Any) -> bool:
        """Fail as ordered; True when the call is answered well after all."""
        if fault.fault in ("late", "never"):
            await asyncio.sleep(3600 if fault.fault == "never" else fault.delay_ms / 1000)
            return True
        if fault.fault == "cut":
            await _write(send, 200, b'{"ok": tr', length=1000)
        elif fault.fault == "garbage":
            await _write(send, 200, b"<html>the studio is being repaired</html>")
        elif fault.fault == "huge":
            await _write(send, 200, b'{"ok":true,"result":{}}'.ljust(_HUGE_BYTES))
        elif fault.fault == "refuse":
            await _write(send, 200, _refusal("REFUSED"))
        else:
            await _write(send, 500, b"{}")
        return False

    async def _order(self, body: bytes, send: Any) -> None:
        """POST /faults: a list of Fault; an empty one ends all."""
        try:
            wanted = msgspec.json.decode(body, type=list[Fault])
        except msgspec.MsgspecError:
            wanted = [Fault("?")]
        if any(one.fault not in FAULTS or one.on not in ON or one.count < 1 for one in wanted):
            await _write(send, 400, _refusal("INVALID_REQUEST"))
            return
        self.faults[:] = [*self.faults, *wanted] if wanted else []
        await _write(send, 200, b'{"ok":true,"result":{}}')


def parse_fault(text: str) -> Fault:
    """A fault as it is written on the command line: `launch=late`, `games=5xx*3`. Raises ValueError
    for what is none."""
    on, has_on, rest = text.rpartition("=")
    name, _, count = rest.partition("*")
    fault = Fault(fault=name, on=on if has_on else "any", count=int(count or 1))
    if fault.fault not in FAULTS or fault.on not in ON or fault.count < 1:
        raise ValueError(text)
    return fault


async def _read(receive: Any) -> bytes:
    body = b""
    while len(body) <= _BODY_BYTES_MAX:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body


async def _write(
    send: Any,
    status: int,
    body: bytes,
    content_type: str = "application/json",
    more: list[tuple[bytes, bytes]] | None = None,
    *,
    length: int | None = None,
) -> None:
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body) if length is None else length).encode()),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-store"),
        *(more or []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _refusal(code: str) -> bytes:
    error = {"code": code, "message": code.replace("_", " ").lower()}
    return msgspec.json.encode({"ok": False, "error": error})
