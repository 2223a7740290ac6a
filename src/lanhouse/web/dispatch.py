"""From socket to handler and back: one path for every surface.

The order is fixed: known path, then caller, then right, then input, then the handler
(cafe-wire 0: an unknown route is decided before authentication).
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import structlog
from msgspec.structs import replace

from lanhouse.auth.addresses import caller_address, caller_scheme
from lanhouse.kit.errors import AppError, CutOff, InvalidInput
from lanhouse.kit.limits import QUERY_BYTES_MAX
from lanhouse.kit.said import say
from lanhouse.web.call import Call, Services
from lanhouse.web.envelopes import Wire
from lanhouse.web.metrics import RouteStats
from lanhouse.web.packing import packer_for
from lanhouse.web.replies import Answer, Headers, Reply, Stream
from lanhouse.web.request import Request
from lanhouse.web.routes import Route

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
log = structlog.get_logger("lanhouse.web")

_SECURITY: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
]
_PAGE_SECURITY: Headers = [
    (
        b"content-security-policy",
        (
            b"default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
            b" form-action 'self'; frame-ancestors 'none'"
        ),
    ),
    (b"x-frame-options", b"DENY"),
]


# What decides whether a page is compressed (web/packing.py).
_VARY = (b"vary", b"Accept-Encoding, Sec-Fetch-Site")


class Surface(Protocol):
    """What differs between the wires: the envelope and how a caller is recognised."""

    wire: Wire

    async def enter(self, call: Call) -> Call:
        """Recognise the caller and answer the call that handlers of this surface get, or raise.

        Of a public route whose caller is nobody that is the call as it came.
        """
        ...

    async def extra_headers(self, request: Request) -> Headers:
        """Headers for answers to a browser of another origin (CORS)."""
        ...


class Endpoint:
    """All routes of one path; an ASGI application. Raises ValueError for a method named twice."""

    def __init__(self, services: Services, surface: Surface, routes: list[Route]) -> None:
        self._services = services
        self._surface = surface
        self.routes = routes
        self._routes: dict[str, Route] = {}
        for route in routes:
            if self._routes.setdefault(route.method, route) is not route:
                raise ValueError(f"{route.id}: two routes for one call")
        self.stats = {route.method: RouteStats(route) for route in routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        method = scope["method"]
        request = Request(
            method=method,
            path=scope["path"],
            path_params=scope.get("path_params", {}),
            query=scope.get("query_string", b""),
            headers=header_texts(scope),
            body=b"",
            address="",
        )
        route = self._routes.get("GET" if method == "HEAD" else method)
        if route is None:
            reply = await self._unlisted(request)
        else:
            reply = await self._answer(route, request, scope, receive)
            status = 200 if isinstance(reply, Stream) else reply.status
            self.stats[route.method].count(status, time.perf_counter() - started)
        cache = self._surface.wire.cache_control
        if isinstance(reply, Stream):
            await _send_stream(receive, send, reply, is_head=method == "HEAD")
        else:
            await send_reply(send, reply, is_head=method == "HEAD", cache_control=cache)

    async def _unlisted(self, request: Request) -> Reply:
        if request.method != "OPTIONS":
            return self._surface.wire.wrong_method(request)
        allow = ", ".join(sorted({*self._routes, "OPTIONS"}))
        reply = Reply(b"", 204, "text/plain", await self._surface.extra_headers(request))
        return reply.with_header("allow", allow)

    async def _answer(
        self, route: Route, request: Request, scope: Scope, receive: Receive
    ) -> Reply | Stream:
        surface = self._surface
        try:
            self._see_caller(request, scope)
            reply = await self._run(route, request, receive)
        except AppError as error:
            reply = surface.wire.failure(error, request)
            if isinstance(error, BodyTooLarge):
                reply = reply.with_header("connection", "close")
        except asyncio.CancelledError:
            # Only a stop cancels, after its grace; what was on its way to the database may be done.
            reply = surface.wire.failure(CutOff(), request)
        except Exception:
            reference = secrets.token_hex(6)
            log.exception("request failed", reference=reference, route=route.id)
            reply = surface.wire.broken(reference, request)
        if "origin" in request.headers:
            allowed = await surface.extra_headers(request)
            reply = replace(reply, headers=[*reply.headers, *allowed])
        return reply

    def _see_caller(self, request: Request, scope: Scope) -> None:
        """Note where the call comes from and what it speaks; a trusted proxy tells both."""
        settings = self._services.settings
        peer = (scope.get("client") or ("", 0))[0]
        request.address = caller_address(
            peer, request.headers.get("x-forwarded-for", ""), settings.trusted_proxies
        )
        # Cookies that travel by HTTPS only mean that TLS ends here or in front of this server.
        spoken = "https" if settings.secure_cookies else scope.get("scheme", "http")
        request.scheme = caller_scheme(
            peer,
            request.headers.get("x-forwarded-proto", ""),
            settings.trusted_proxies,
            spoken,
        )

    async def _run(self, route: Route, request: Request, receive: Receive) -> Reply | Stream:
        surface = self._surface
        call = await surface.enter(Call(self._services, route, request, surface.wire.encode))
        if not route.public:
            route.let_in(call.actor)
        request.body = await read_body(receive, request.headers, route.body_bytes_max)
        if len(request.query) > QUERY_BYTES_MAX:
            raise InvalidInput(
                {"query": say("must be at most %(count)s bytes", count=QUERY_BYTES_MAX)}
            )
        data = await call.take()
        handler = route.handler
        result = await (handler(call) if route.input_type is None else handler(call, data))
        if isinstance(result, Answer):
            return Reply(result.body, 200, "application/json")
        if isinstance(result, Reply):
            return packer_for(request)(result)
        if isinstance(result, Stream):
            return result
        return Reply(call.encode(result), 200, "application/json")


def header_texts(scope: Scope) -> dict[str, str]:
    """Headers by lower-case name; of one that comes twice the last."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


async def read_body(receive: Receive, headers: Any, most: int) -> bytes:
    """The whole request body; raises BodyTooLarge as soon as it is, or says that it will be,
    larger than `most` bytes: the rest is not read.

    A body that breaks off is refused too: the beginning of a form is a form, with smaller numbers.
    """
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > most:
        raise BodyTooLarge(most)
    parts: list[bytes] = []
    read = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise InvalidInput({"body": say("is not complete")})
        part = message.get("body", b"")
        parts.append(part)
        read += len(part)
        if read > most:
            raise BodyTooLarge(most)
        if not message.get("more_body"):
            return b"".join(parts)


class BodyTooLarge(InvalidInput):
    """More body than a call may have; the connection ends with the answer."""

    def __init__(self, most: int) -> None:
        super().__init__({"body": say("must be at most %(count)s bytes", count=most)})


async def send_reply(
    send: Send, reply: Reply, *, is_head: bool = False, cache_control: bytes = Wire.cache_control
) -> None:
    """Write an answer to the socket with the house's security headers."""
    headers: Headers = [
        (b"content-type", reply.content_type.encode()),
        (b"content-length", str(len(reply.body)).encode()),
        *_SECURITY,
        *reply.headers,
    ]
    if reply.is_page:
        headers.append(_VARY)
        if not reply.has(b"content-security-policy"):
            headers += _PAGE_SECURITY
    if not reply.has(b"cache-control"):
        headers.append((b"cache-control", cache_control))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head else reply.body})


async def _send_stream(receive: Receive, send: Send, stream: Stream, *, is_head: bool) -> None:
    """Write parts as they come; whoever made them is told when the caller has gone."""
    headers: Headers = [
        (b"content-type", stream.content_type.encode()),
        (b"cache-control", b"no-store"),
        *_SECURITY,
        *stream.headers,
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    gone = asyncio.create_task(_until_gone(receive))
    sending = asyncio.create_task(_send_parts(send, stream, is_head=is_head))
    try:
        await asyncio.wait([gone, sending], return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        sending.cancel()
        ended = await asyncio.gather(sending, return_exceptions=True)
        await stream.parts.aclose()
    broken = ended[0]
    if isinstance(broken, Exception):
        raise broken


async def _send_parts(send: Send, stream: Stream, *, is_head: bool) -> None:
    if not is_head:
        async for part in stream.parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
