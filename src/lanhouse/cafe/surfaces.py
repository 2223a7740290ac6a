"""How the café's four wires recognise their callers: API key, staff or member token, cookie."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import API_STAFF_NAME, Actor
from lanhouse.auth.addresses import is_allowed
from lanhouse.auth.keys import KeyUse, key_by_hash, note_use
from lanhouse.auth.masks import is_mask_of
from lanhouse.auth.rates import RateLimit
from lanhouse.auth.rights import MUST_CHANGE, rights_of, rights_of_person
from lanhouse.auth.tokens import find_token
from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.centers.queries import open_center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.queries.passwords import must_change
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.cafe.staff.queries import staff_by_id
from lanhouse.db.statements import static
from lanhouse.db.store import Event, Read
from lanhouse.kit import clock, ids
from lanhouse.kit.errors import Forbidden, TooMany, Unauthenticated
from lanhouse.kit.said import say
from lanhouse.web.call import Call, Services
from lanhouse.web.envelopes import CafeWire, NativeWire, PageWire, Wire
from lanhouse.web.render import render_error
from lanhouse.web.replies import Headers
from lanhouse.web.request import Request
from lanhouse.web.sign_in import PANEL_COOKIE, PORTAL_COOKIE

KEY_PREFIX = "lhk_"
DEVICE_PREFIX = "lhd_"

# Other processes on the same database may have changed a key; within this one a change is seen
# at once through the events of its commit.
_CACHE_SECONDS = 1.0
_CACHE_ENTRIES_MAX = 10_000
_PC = static(
    sa.select(pcs.c.id).where(
        pcs.c.center_id == sa.bindparam("center"), pcs.c.id == sa.bindparam("pc")
    )
)
_NOTE_USE_EVERY = timedelta(minutes=1)


class _Access(msgspec.Struct, frozen=True):
    """A recognised secret: its caller, its centre, and (for keys) where from and until when."""

    actor: Actor
    center: Center
    loaded_at: float
    allowed_ips: str = ""
    ends_at_micros: int = 0


class AccessBook:
    """Looks callers up and remembers them for a moment."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: dict[tuple[str, str], _Access] = {}
        self._changes = 0
        self._used: dict[str, Any] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        services.store.subscribe(self._forget)

    def _forget(self, events: list[Event]) -> None:
        if any(event.topic == "access.changed" for event in events):
            self._known.clear()
            self._changes += 1

    async def find(self, secret: str, use: str) -> _Access | None:
        """The caller of a secret used as "bearer" or "cookie", or None."""
        if not secret:
            return None
        digest = ids.secret_hash(secret)
        known = self._known.get((use, digest))
        if known is None or clock.monotonic() - known.loaded_at > _CACHE_SECONDS:
            changes = self._changes
            known = await self._services.store.point(_look_up, secret, digest, use)
            if known is None:
                self._known.pop((use, digest), None)
                return None
            if len(self._known) >= _CACHE_ENTRIES_MAX:
                self._known.clear()
            # A key that ended while it was looked up must not be remembered for a second more.
            if changes == self._changes:
                self._known[(use, digest)] = known
        if known.ends_at_micros <= clock.real_micros():
            return None
        return known

    async def center_in_path(self, request: Request) -> Center | None:
        """The centre that the path names, or None."""
        cafe_id = request.path_params.get("cafe_id", "")
        if not (cafe_id.isascii() and cafe_id.isdigit()) or len(cafe_id) > 4:
            return None
        return await self._services.store.point(open_center_by_id, int(cafe_id))

    def note_use(self, key_hash: str) -> None:
        """Remember a key's last use, at most once a minute, without making the caller wait."""
        now = clock.real_now()
        last = self._used.get(key_hash)
        if last is not None and now - last < _NOTE_USE_EVERY:
            return
        self._used[key_hash] = now
        task = asyncio.ensure_future(self._services.store.write(note_use, KeyUse(key_hash, now)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _look_up(read: Read, secret: str, digest: str, use: str) -> _Access | None:
    if secret.startswith(KEY_PREFIX):
        return _look_up_key(read, digest) if use == "bearer" else None
    if use == "bearer" and secret.startswith(DEVICE_PREFIX):
        use = "device"
    token = find_token(read, secret, use)
    center = None if token is None else open_center_by_id(read, token.center_id)
    if token is None or center is None:
        return None
    actor = _person(read, token)
    if actor is None:
        return None
    return _Access(
        actor, center, clock.monotonic(), ends_at_micros=clock.to_micros(token.expires_at)
    )


def _look_up_key(read: Read, digest: str) -> _Access | None:
    key = key_by_hash(read, digest)
    center = None if key is None else open_center_by_id(read, key.center_id)
    if key is None or center is None:
        return None
    actor = Actor(
        kind="api_key",
        center_id=center.id,
        staff_name=API_STAFF_NAME,
        role="api",
        rights=rights_of("api"),
        token_hash=digest,
    )
    ends = clock.to_micros(key.expires_at)
    return _Access(actor, center, clock.monotonic(), key.allowed_ips, ends)


def _person(read: Read, token: Any) -> Actor | None:
    if token.kind == "pc":
        pc = read.scalar(_PC, center=token.center_id, pc=token.subject_id)
        if pc is None:
            return None
        return Actor(
            kind="device",
            center_id=token.center_id,
            pc_id=token.subject_id,
            role="device",
            rights=rights_of("device"),
            token_hash=token.token_hash,
        )
    if token.kind == "member":
        role = MUST_CHANGE if must_change(read, token.center_id, token.subject_id) else "member"
        return Actor(
            kind="member",
            center_id=token.center_id,
            member_id=token.subject_id,
            pc_id=token.pc_id or 0,
            role=role,
            rights=rights_of(role),
            csrf=token.csrf,
            token_hash=token.token_hash,
        )
    person = staff_by_id(read, token.center_id, token.subject_id)
    if person is None or not person.is_active:
        return None
    return Actor(
        kind="staff",
        center_id=token.center_id,
        staff_id=person.id,
        staff_name=person.account,
        role=person.role,
        rights=rights_of_person(person.role, person.granted, person.withheld),
        csrf=token.csrf,
        token_hash=token.token_hash,
    )


class BearerSurface:
    """The café API and the native API: `Authorization: Bearer` with a key or a token."""

    def __init__(self, access: AccessBook, wire: Wire, limit: RateLimit) -> None:
        self.wire = wire
        self._access = access
        self._limit = limit

    async def enter(self, call: Call) -> Call:
        """Recognise the caller. The centre in the path must be the caller's own."""
        secret = call.request.bearer()
        if call.route.public and not secret:
            return call
        found = await self._access.find(secret, "bearer")
        if found is None:
            if not self._limit.admits("unknown", call.address):
                raise TooMany(say("Too Many Attempts"))
            if call.route.public:
                return call
            raise Unauthenticated
        self._check(call, found)
        return CafeCall(call, found.actor, found.center)

    def _check(self, call: Call, found: _Access) -> None:
        wanted = call.path.get("cafe_id")
        if wanted is not None and wanted != str(found.center.id):
            raise Unauthenticated
        if found.actor.kind == "api_key":
            if not is_allowed(call.address, found.allowed_ips):
                raise Unauthenticated(say("Unauthorization from %(address)s", address=call.address))
            self._access.note_use(found.actor.token_hash)
        if not self._limit.admits(found.actor.token_hash, call.address):
            raise TooMany(say("Too Many Attempts"))

    async def extra_headers(self, request: Request) -> Headers:
        """CORS for origins that the centre in the path has allowed."""
        origin = request.headers.get("origin")
        if origin is None:
            return []
        center = await self._access.center_in_path(request)
        if center is None or origin not in center.settings.center.cors_origins:
            return []
        return [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-headers", b"Authorization, Content-Type, Idempotency-Key"),
            (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE, OPTIONS"),
            (b"access-control-max-age", b"600"),
            (b"vary", b"Origin"),
        ]


class CookieSurface:
    """The panel and the portal: a cookie that only pages accept, and a secret in every form."""

    def __init__(self, access: AccessBook, cookie: str, kind: str, wire: PageWire) -> None:
        self.wire = wire
        self._access = access
        self._cookie = cookie
        self._kind = kind

    async def enter(self, call: Call) -> Call:
        """Recognise the signed-in person; unsafe methods must come from our own pages."""
        if call.request.method not in ("GET", "HEAD"):
            _check_origin(call)
        found = await self._access.find(call.request.cookies.get(self._cookie, ""), "cookie")
        if found is None or found.actor.kind != self._kind:
            if call.route.public:
                return call
            raise Unauthenticated
        if found.actor.role == MUST_CHANGE and call.route.right not in (*found.actor.rights, ""):
            # Back to the beginning, from where the only page that is left is found.
            raise Unauthenticated
        if call.request.method not in ("GET", "HEAD") and not call.route.public:
            given = call.request.headers.get("x-csrf-token", "")
            if not is_mask_of(given, found.actor.csrf):
                raise Forbidden(say("This form is no longer valid. Reload the page and try again."))
        return CafeCall(call, found.actor, found.center)

    async def extra_headers(self, request: Request) -> Headers:
        """Pages are never called from other origins."""
        return []


def _check_origin(call: Call) -> None:
    """Refuse a form that another web site sent: browsers always tell where a post comes from."""
    headers = call.request.headers
    origin = headers.get("origin")
    if origin is not None:
        if origin != f"{call.request.scheme}://{headers.get('host')}":
            raise Forbidden(say("This form came from another site."))
    elif headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden(say("This form came from another site."))


def staff_sign_in(request: Request) -> str:
    """Where staff sign in, with the page to come back to: the one that is open in the browser."""
    if "hx-request" in request.headers:
        # A part of an open page was asked for, so somebody was signed in a moment ago.
        wanted = {"next": _open_page(request.headers.get("hx-current-url", "")), "out": "1"}
    elif request.method == "GET":
        query = request.query.decode("latin-1")
        wanted = {"next": f"{quote(request.path)}?{query}".rstrip("?")}
    else:
        return "/panel/sign-in"
    return f"/panel/sign-in?{urlencode(wanted)}"


def _open_page(url: str) -> str:
    """Path and query of the page that a browser says is open; empty for what is no address."""
    try:
        page = urlsplit(url)
    except ValueError:
        return ""
    return f"{page.path}?{page.query}".rstrip("?")


def _member_sign_in(request: Request) -> str:
    """The sign-in of the centre that the path names."""
    return f"/portal/{quote(request.path_params.get('license_name', ''), safe='')}".rstrip("/")


def cafe_surfaces(services: Services) -> dict[str, Any]:
    """All surfaces of the café half by name, sharing one access book."""
    access = AccessBook(services)
    limit = RateLimit(services.settings.api_rate_per_minute)
    return {
        "cafe": BearerSurface(access, CafeWire(), limit),
        "native": BearerSurface(access, NativeWire(), limit),
        "panel": CookieSurface(
            access, PANEL_COOKIE, "staff", PageWire(staff_sign_in, render_error)
        ),
        "portal": CookieSurface(
            access, PORTAL_COOKIE, "member", PageWire(_member_sign_in, render_error)
        ),
    }
