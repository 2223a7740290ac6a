"""Calls to operators and studios: many small posts on connections that stay open (decision 0193).

https to public addresses; private and loopback ones, and plain http to them, only where they are in
LANHOUSE_OUTBOUND_PRIVATE or the caller is a demo's. A name is resolved once for each connection,
which goes to the address that was looked at. No redirect is followed and nothing is sent twice.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import httptools
import msgspec

from lanhouse.auth.addresses import is_allowed, normal_address, parse_allow_list
from lanhouse.jobs.outbound import NotReached, is_public
from lanhouse.kit import clock

__all__ = ["Caller", "Incoming", "NotReached", "TimedOut"]

BYTES_MAX = 65_536
IDLE_SECONDS_MAX = 4.0
"""Many servers close a silent connection after 5 seconds; one that is about to be closed would
lose what is sent on it."""
IDLE_MAX = 32
_HEAD_BYTES_MAX = 65_536
_PORTS = {"https": 443, "http": 80}
_PLAIN = re.compile(r"[\x21-\x7e]+")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")
Resolve = Callable[[str, int], Awaitable[list[str]]]


class TimedOut(NotReached):
    """The whole answer was not there in time; what the other server did is not known."""

    def __init__(self) -> None:
        super().__init__("The other server took too long.")


class Incoming(msgspec.Struct, frozen=True):
    """What the other server answered, whatever its status."""

    status: int
    body: bytes


class _Place(msgspec.Struct, frozen=True):
    """Where an address leads."""

    scheme: str
    host: str
    port: int
    head: str
    """The first lines of a request there."""


class Caller:
    """Posts to other people's servers and keeps the connections.

    `private` names addresses and networks, comma-separated, that may be called beside public ones
    (InvalidInput for what is none); `tls` and `resolve` are the system's unless a test gives its
    own. One event loop uses it.
    """

    def __init__(
        self,
        private: str = "",
        *,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self._private = parse_allow_list(private, "LANHOUSE_OUTBOUND_PRIVATE") if private else ""
        self._tls = tls
        self._resolve = resolve or _addresses_of
        self._idle: dict[tuple[str, str, int, bool], list[_Connection]] = {}

    async def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        timeout_ms: int,
        bytes_max: int = BYTES_MAX,
        is_demo: bool = False,
    ) -> Incoming:
        """Post once and wait for the whole answer; a redirect is an answer like any other.

        `timeout_ms` counts from now to the last byte, `bytes_max` is the most that a body may have.
        Raises TimedOut, and NotReached when the server may not be called, could not be, or gave no
        whole answer; neither tells the address or what was sent. Only an answer proves that
        nothing else happened: what was sent may have been done.
        """
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                return await self._post(_place_of(url), body, headers, bytes_max, is_demo)
        except TimeoutError:
            raise TimedOut from None

    async def close(self) -> None:
        """Close what is idle."""
        for waiting in self._idle.values():
            while waiting:
                waiting.pop().abort()

    async def _post(
        self, place: _Place, body: bytes, headers: Mapping[str, str], bytes_max: int, is_demo: bool
    ) -> Incoming:
        lines = [place.head]
        for name, value in headers.items():
            if _UNSAFE.search(name) or _UNSAFE.search(value):
                raise NotReached("A header holds what none can.")
            lines.append(f"{name}: {value}\r\n")
        lines.append(f"Content-Length: {len(body)}\r\n\r\n")
        sent = "".join(lines).encode("latin-1", "replace") + body
        key = (place.scheme, place.host, place.port, is_demo)
        connection = self._kept(key) or await self._connected(place, is_demo)
        try:
            answer = await connection.ask(sent, bytes_max)
        except BaseException:
            connection.abort()
            raise
        self._keep(key, connection)
        return answer

    def _kept(self, key: tuple[str, str, int, bool]) -> _Connection | None:
        waiting = self._idle.get(key)
        while waiting:
            connection = waiting.pop()
            if connection.is_usable and clock.monotonic() - connection.idle_at < IDLE_SECONDS_MAX:
                return connection
            connection.abort()
        return None

    def _keep(self, key: tuple[str, str, int, bool], connection: _Connection) -> None:
        waiting = self._idle.setdefault(key, [])
        if not connection.is_usable or len(waiting) >= IDLE_MAX:
            connection.abort()
            return
        connection.idle_at = clock.monotonic()
        waiting.append(connection)

    async def _connected(self, place: _Place, is_demo: bool) -> _Connection:
        address = await self._address_of(place, is_demo)
        sealed = place.scheme == "https"
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                _Connection,
                address,
                place.port,
                ssl=(self._tls or _default_tls()) if sealed else None,
                server_hostname=place.host if sealed else None,
            )
        except (OSError, ValueError):
            raise NotReached("The other server could not be reached.") from None
        return connection

    async def _address_of(self, place: _Place, is_demo: bool) -> str:
        try:
            found = await self._resolve(place.host, place.port)
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise NotReached("The other server's name leads nowhere.")
        for address in map(normal_address, found):
            if is_allowed(address, self._private) or (is_demo and _is_private(address)):
                return address
            if place.scheme == "https" and is_public(address):
                return address
        raise NotReached(
            "The other server may not be called: public ones by https:// only, those of private"
            " networks if LANHOUSE_OUTBOUND_PRIVATE names them."
        )


class _Connection(asyncio.Protocol):
    """One connection; one question at a time."""

    def __init__(self) -> None:
        self.idle_at = 0.0
        self._transport: Any = None
        self._parser: Any = None
        self._waiter: asyncio.Future[Incoming] | None = None
        self._bytes_left = 0
        self._head_left = 0
        self._body: list[bytes] = []
        self._has_length = False
        self._is_whole_at_end = False
        self._is_open = False

    @property
    def is_usable(self) -> bool:
        """Whether another question may be asked."""
        return self._is_open and self._waiter is None and not self._transport.is_closing()

    async def ask(self, sent: bytes, bytes_max: int) -> Incoming:
        """Send a request and wait for its answer. Raises NotReached."""
        if not self._is_open:
            raise NotReached("The other server closed the connection.")
        self._begin(bytes_max)
        waiter = self._waiter = asyncio.get_running_loop().create_future()
        self._transport.write(sent)
        return await waiter

    def abort(self) -> None:
        """End it at once; an answer that is still on its way is lost."""
        self._is_open = False
        self._waiter = None
        if self._transport is not None:
            self._transport.abort()

    def _begin(self, bytes_max: int) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._bytes_left, self._head_left = bytes_max, _HEAD_BYTES_MAX
        self._body = []
        self._has_length = self._is_whole_at_end = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._is_open = True
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        if self._waiter is None:  # nobody asked: what comes is no answer to anything
            self.abort()
            return
        try:
            self._head_left -= len(data)
            self._parser.feed_data(data)
            if self._head_left < 0:
                self._fail("The other server's answer is too long.")
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail("The other server's answer is none.")

    def on_message_begin(self) -> None:
        """An answer begins (httptools); a second one to a single question is one too many."""
        self._is_open = self._is_open and self._waiter is not None

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header of the answer (httptools)."""
        self._has_length |= name.lower() in (b"content-length", b"transfer-encoding")

    def on_headers_complete(self) -> None:
        """The head is whole (httptools)."""
        self._is_whole_at_end = not self._has_length and self._parser.get_status_code() >= 200

    def on_body(self, body: bytes) -> None:
        """A piece of the body (httptools)."""
        self._bytes_left -= len(body)
        self._head_left += len(body)
        if self._bytes_left < 0:
            self._fail("The other server's answer is too long.")
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole (httptools); one of 1xx only announces it."""
        status = self._parser.get_status_code()
        if status < 200:
            self._has_length = False
            return
        self._is_open = self._is_open and self._parser.should_keep_alive()
        if self._head_left >= 0:  # else data_received() says why it is none
            self._answer(status)

    def eof_received(self) -> None:
        if self._is_whole_at_end:
            self._answer(self._parser.get_status_code())
        self._is_open = False

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._is_open = False
        self._fail("The other server closed the connection.")

    def _answer(self, status: int) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(Incoming(status, b"".join(self._body)))

    def _fail(self, reason: str) -> None:
        waiter, self._waiter = self._waiter, None
        self._is_open = False
        if waiter is not None and not waiter.done():
            waiter.set_exception(NotReached(reason))


@lru_cache(maxsize=1024)
def _place_of(url: str) -> _Place:
    """Where an address leads. Raises NotReached for what is none of http(s)."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except (ValueError, UnicodeError):
        raise NotReached("The other server's address is none.") from None
    is_plain = _PLAIN.fullmatch(url) is not None or host != (parts.hostname or "")
    if not port or not host or parts.username is not None or not is_plain:
        raise NotReached("The other server's address is none.")
    target = parts.path or "/"
    if parts.query:
        target += f"?{parts.query}"
    if _PLAIN.fullmatch(target) is None:
        raise NotReached("The other server's address is none.")
    named = f"[{host}]" if ":" in host else host
    if port != _PORTS[parts.scheme]:
        named += f":{port}"
    head = (
        f"POST {target} HTTP/1.1\r\nHost: {named}\r\nUser-Agent: Lanhouse\r\n"
        "Accept: application/json\r\nAccept-Encoding: identity\r\n"
        "Content-Type: application/json\r\n"
    )
    return _Place(parts.scheme, host, port, head)


@lru_cache(maxsize=4096)
def _is_private(address: str) -> bool:
    """Whether an address belongs to this machine or a private network."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return parsed.is_loopback or (parsed.is_private and not parsed.is_unspecified)


@lru_cache(maxsize=1)
def _default_tls() -> ssl.SSLContext:
    return ssl.create_default_context()


async def _addresses_of(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]
