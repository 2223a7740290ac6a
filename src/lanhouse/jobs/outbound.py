"""The one way out: calls to other people's servers (decision 0116).

Only https, only to public addresses or those of LANHOUSE_OUTBOUND_PRIVATE; a name is resolved once
and the connection goes to the address that was looked at; redirects are not followed; 10 seconds
and 1 MiB are the most.
"""

from __future__ import annotations

import asyncio
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from urllib.parse import urlsplit

import msgspec

from lanhouse.auth.addresses import is_allowed, normal_address, parse_allow_list
from lanhouse.db.store import Store
from lanhouse.kit.errors import AppError
from lanhouse.kit.limits import OUTBOUND_BYTES_MAX, OUTBOUND_SECONDS_MAX
from lanhouse.kit.said import say
from lanhouse.kit.vault import Vault
from lanhouse.settings import AppSettings

_CHUNK_BYTES = 65_536
_HTTPS_PORT = 443
# Addresses that carry another one inside them, which may be one of our own network.
_CARRIERS = tuple(
    ipaddress.ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")
)
Resolve = Callable[[str, int], list[str]]


class NotReached(AppError):
    """The other server was not called, or gave no whole answer; nothing of an answer counts.

    Neither the address nor what was sent is in the text: both may hold secrets.
    """

    symbol = "NOT_REACHED"
    status = 502


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A call to another server."""

    url: str
    method: str = "POST"
    headers: Mapping[str, str] = {}
    body: bytes = b""


class Incoming(msgspec.Struct, frozen=True):
    """What the other server answered; a redirect is an answer like any other."""

    status: int
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes


class Outbound:
    """Calls other servers. `private` names addresses and networks, comma-separated, that may be
    called beside public ones (InvalidInput for what is none); `tls` and `resolve` are the system's
    unless a test gives its own."""

    def __init__(
        self,
        private: str = "",
        *,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self.private = parse_allow_list(private, "LANHOUSE_OUTBOUND_PRIVATE") if private else ""
        """The same, normalised."""
        self._tls = tls
        self._resolve = resolve or _addresses_of

    async def send(self, wanted: Outgoing) -> Incoming:
        """Call and wait for the whole answer. Raises NotReached."""
        try:
            async with asyncio.timeout(OUTBOUND_SECONDS_MAX):
                return await asyncio.to_thread(self._send, wanted)
        except TimeoutError:
            raise NotReached(say("The other server took too long.")) from None

    def _send(self, wanted: Outgoing) -> Incoming:
        ends_at = time.monotonic() + OUTBOUND_SECONDS_MAX
        host, port, target = _place_of(wanted.url)
        address = self._address_of(host, port)
        try:
            with self._connected(address, host, port, ends_at) as connection:
                headers = {"User-Agent": "Lanhouse", "Accept-Encoding": "identity"}
                headers |= wanted.headers
                connection.request(wanted.method, target, wanted.body or None, headers)
                with connection.getresponse() as answer:
                    body = _whole_body(answer)
        except (OSError, http.client.HTTPException, ValueError):
            # Its words may quote what was sent.
            if time.monotonic() >= ends_at:
                raise NotReached(say("The other server took too long.")) from None
            raise NotReached(say("The other server could not be reached.")) from None
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Incoming(answer.status, names, body)

    def _address_of(self, host: str, port: int) -> str:
        """The address to call: the first that may be; asked for once, so that nobody can answer
        something else between the look and the call."""
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise NotReached(say("The other server's name leads nowhere."))
        for address in map(normal_address, found):
            if is_public(address) or is_allowed(address, self.private):
                return address
        raise NotReached(
            say(
                "The other server is in a network that is not public. The host of this server can"
                " allow it (LANHOUSE_OUTBOUND_PRIVATE)."
            )
        )

    @contextmanager
    def _connected(
        self, address: str, host: str, port: int, ends_at: float
    ) -> Iterator[http.client.HTTPSConnection]:
        left = max(ends_at - time.monotonic(), 0.001)
        plain = socket.create_connection((address, port), timeout=left)
        # A server that sends a byte a second would never run into a time limit of single reads. TLS
        # takes the socket over, so that the end comes by a second handle of it.
        handle = plain.dup()
        over = threading.Timer(left, _cut, (handle,))
        over.daemon = True
        over.start()
        try:
            tls = self._tls or _default_tls()
            with tls.wrap_socket(plain, server_hostname=host) as sealed:
                connection = http.client.HTTPSConnection(host, port)
                connection.sock = sealed
                yield connection
        finally:
            over.cancel()
            handle.close()
            plain.close()


@lru_cache(maxsize=4096)
def is_public(address: str) -> bool:
    """Whether an address belongs to the world: to nobody's own network, this machine or a group,
    and carries no other address inside."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if parsed.version == 6 and (parsed.ipv4_mapped or parsed.teredo):
        return False
    carried = any(parsed.version == net.version and parsed in net for net in _CARRIERS)
    return parsed.is_global and not parsed.is_multicast and not carried


@lru_cache(maxsize=1)
def _default_tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _place_of(url: str) -> tuple[str, int, str]:
    """Host, port and target of an address. Raises NotReached for what is none of https."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _HTTPS_PORT
    except ValueError:
        host, port, parts = "", 0, urlsplit("")
    if parts.scheme != "https" or not host or parts.username is not None:
        raise NotReached(say("Other servers are called by https:// only."))
    target = parts.path or "/"
    return host, port, f"{target}?{parts.query}" if parts.query else target


def _addresses_of(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended already


def _whole_body(answer: http.client.HTTPResponse) -> bytes:
    parts: list[bytes] = []
    read = 0
    while chunk := answer.read1(_CHUNK_BYTES):
        read += len(chunk)
        if read > OUTBOUND_BYTES_MAX:
            raise NotReached(say("The other server's answer is too long."))
        parts.append(chunk)
    if answer.length:  # it promised more than it sent
        raise http.client.IncompleteRead(b"")
    return b"".join(parts)


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """What a delivery has beside its job."""

    store: Store
    vault: Vault
    outbound: Outbound
    settings: AppSettings
