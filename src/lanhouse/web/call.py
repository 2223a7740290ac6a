"""One request as a handler sees it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Concatenate, TypeVar

import msgspec

from lanhouse.auth.actors import NOBODY
from lanhouse.auth.budgets import Budgets
from lanhouse.auth.masks import mask
from lanhouse.db.audit import Origin
from lanhouse.db.store import Arg, Command, P, Query, Read, Result, Store
from lanhouse.jobs.outbound import Outbound
from lanhouse.jobs.schemas import Kind
from lanhouse.kit import ids
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import known_part, names_of
from lanhouse.kit.limits import IDEMPOTENCY_KEY_MAX
from lanhouse.kit.said import say
from lanhouse.kit.vault import LOCKED, Vault
from lanhouse.ledger.answers import Keyed, hash_input, run_once, was_answered
from lanhouse.realtime.feed import Feed
from lanhouse.settings import AppSettings
from lanhouse.web.kept import KeptAnswers
from lanhouse.web.packing import packer_for
from lanhouse.web.play_tokens import LaunchPlay
from lanhouse.web.render import View, render, view_of
from lanhouse.web.replies import Reply, Written
from lanhouse.web.request import Request
from lanhouse.web.routes import Route
from lanhouse.web.unaudited import UNAUDITED

Out = TypeVar("Out")
Shape = Callable[[Any], Any]
Hide = Callable[[Any], Any]


_SECRET = re.compile("password|secret|token")


def _same(value: Any) -> Any:
    return value


class Services(msgspec.Struct, kw_only=True, eq=False):
    """What the composition root hands to every request."""

    settings: AppSettings
    store: Store
    vault: Vault = LOCKED
    budgets: Budgets = msgspec.field(default_factory=Budgets)
    """Wrong passwords of the last minute."""
    outbound: Outbound = msgspec.field(default_factory=Outbound)
    """The way out to other people's servers."""
    feed: Feed
    """What happens, for the pages that are open."""
    kept: KeptAnswers = msgspec.field(default_factory=KeptAnswers)
    """Answers that many ask for at once."""
    launch_play: LaunchPlay | None = None
    """Games for play tokens; None where the aggregator is left out."""
    operators: Any = None
    """What speaks to operators' wallets (aggregator.operators.sending.Operators); filled by the
    composition root."""
    endpoints: list[Any] = []
    """All web.dispatch.Endpoint of this process, for /metrics; filled by the composition root."""
    job_kinds: list[Kind] = []
    """What jobs there are; filled by the composition root."""


class Call:
    """The request and the ways to the store, as every handler sees them.

    A surface that recognises a caller answers its own kind of call, with the tenant.
    """

    __slots__ = ("actor", "book_id", "encode", "inputs", "request", "route", "services")

    def __init__(
        self,
        services: Services,
        route: Route,
        request: Request,
        encode: Callable[[Any], bytes] = msgspec.json.encode,
    ) -> None:
        self.services = services
        self.route = route
        self.request = request
        self.encode = encode
        self.actor = NOBODY
        self.book_id = 0
        self.inputs: dict[str, Any] = {}

    @property
    def unit_micros(self) -> int:
        """The smallest amount of money that this call's tenant takes."""
        return 1

    @property
    def store(self) -> Store:
        """The store of this process."""
        return self.services.store

    @property
    def settings(self) -> AppSettings:
        """The settings of this process."""
        return self.services.settings

    @property
    def vault(self) -> Vault:
        """What seals and opens secrets under the server secret."""
        return self.services.vault

    @property
    def path(self) -> Mapping[str, str]:
        """Path parameters by name."""
        return self.request.path_params

    @property
    def address(self) -> str:
        """The caller's address."""
        return self.request.address

    @property
    def origin(self) -> Origin | None:
        """Who writes, from where and by which route, for the audit log; None where the route is
        one of web/unaudited.py.
        """
        call = self.route.id
        if call in UNAUDITED:
            return None
        return Origin(
            center_id=self.actor.center_id,
            agent_id=self.actor.agent_id,
            actor_kind=self.actor.kind,
            actor_id=self.actor.subject_id,
            address=self.address,
            call=call,
        )

    @property
    def idempotency_key(self) -> str | None:
        """The Idempotency-Key header, if any; raises InvalidInput when it is malformed."""
        key = self.request.headers.get("idempotency-key")
        if key is None:
            return None
        return checked_key(key, "Idempotency-Key")

    async def write(
        self,
        command: Command[Arg, Result],
        arg: Arg,
        shape: Callable[[Any], Out] = _same,
        *,
        key: str | None = None,
        hide: Hide | None = None,
    ) -> Written[Out]:
        """Run a command once per idempotency key; answers `shape(result)` in this wire's envelope.

        `key` stands in for the header (a key inside the body). Same key and same input answer
        the same bytes; other input raises Conflict. `hide` takes the secrets out of a result that
        may have some (ledger.answers.Keyed).
        """
        return Written(
            await self._once(command, arg, lambda result: self.encode(shape(result)), key, hide)
        )

    async def do(
        self,
        command: Command[Arg, Result],
        arg: Arg,
        shape: Callable[[Any], Out],
        kind: type[Out],
        *,
        key: str | None = None,
        hide: Hide | None = None,
    ) -> Out:
        """Like write(), for pages: answers `shape(result)` as a value of the Struct type `kind`."""
        body = await self._once(
            command, arg, lambda result: msgspec.json.encode(shape(result)), key, hide
        )
        return msgspec.json.decode(body, type=kind)

    async def is_done(self, key: str) -> bool:
        """Whether do() has its answer under a form's key: what only a first try needs (slow hashes)
        is then not made anew.
        """
        return await self.store.read(was_answered, self.book_id, f"{self.route.id}:{key}")

    async def run(self, command: Command[Arg, Result], arg: Arg) -> Result:
        """Run a command whose answer is never stored, so that it is new every time it is sent."""
        keyed = Keyed(self.book_id, None, "", command, arg, _same, origin=self.origin)
        with self.naming():
            answer: Any = await self.store.write(run_once, keyed)
        return answer

    async def _once(
        self,
        command: Any,
        arg: Any,
        encode: Callable[[Any], bytes],
        key: str | None,
        hide: Hide | None,
    ) -> bytes:
        key = key or self.idempotency_key
        digest = ""
        if key is not None:
            inputs = await _without_passwords(self._known_inputs(), key)
            digest = hash_input(self.route.id, sorted(self.path.items()), inputs)
            key = f"{self.route.id}:{key}"
        keyed = Keyed(
            self.book_id, key, digest, command, arg, encode, hide, self.vault, self.origin
        )
        with self.naming():
            return await self.store.write(run_once, keyed)

    @contextmanager
    def naming(self) -> Iterator[None]:
        """Around business code: its refusals name its own fields, and come out of here under the
        names that the caller wrote (decision 0089). Whatever goes to the store is inside already.
        """
        try:
            yield
        except InvalidInput as refused:
            kind = self.route.input_type
            raise refused if kind is None else refused.renamed(names_of(kind)) from None

    def _known_inputs(self) -> dict[str, Any]:
        # An ignored parameter, such as the `_t` of browser programs (cafe-wire 0), differs in
        # each retry and must not make it another request.
        kind = self.route.input_type
        return self.inputs if kind is None else known_part(kind, self.inputs)

    async def read(self, query: Query[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Result:
        """Run `query(read, …)` on a consistent snapshot."""
        with self.naming():
            return await self.store.read(query, *args, **kwargs)

    async def point(self, query: Query[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Result:
        """Run one or two cheap look-ups on the shortest path."""
        with self.naming():
            return await self.store.point(query, *args, **kwargs)

    @property
    def view(self) -> View:
        """What every page knows about its reader: language, theme, rights."""
        return view_of(
            self.request.cookies,
            self.request.headers.get("accept-language", ""),
            self.request.address_of_page,
            actor=self.actor,
            csrf_token=mask(self.actor.csrf),
        )

    def html(self, template: str, *, status: int = 200, **context: Any) -> Reply:
        """Render a page or a fragment for this reader.

        What shows a password or a key answers a POST: those are never compressed.
        """
        return Reply(render(template, self.view, **context).encode(), status)

    async def page(
        self,
        template: str,
        query: Callable[Concatenate[Read, P], Mapping[str, Any]],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Reply:
        """Render what `query(read, …)` answers, the template's names and their values.

        Done in the reader's thread: a large page must not keep everybody else's calls waiting.
        """
        view, pack = self.view, packer_for(self.request)

        def made(read: Read) -> Reply:
            return pack(Reply(render(template, view, **query(read, *args, **kwargs)).encode()))

        return await self.read(made)


async def _without_passwords(inputs: dict[str, Any], salt: str) -> dict[str, Any]:
    """The inputs with a slow hash in place of each password or other secret.

    What is stored about a keyed call must not help anybody to guess the password in it.
    """
    secret = [name for name in inputs if _SECRET.search(name) and inputs[name]]
    if not secret:
        return inputs
    hashes = [await asyncio.to_thread(ids.slow_hash, str(inputs[name]), salt) for name in secret]
    return {**inputs, **dict(zip(secret, hashes, strict=True))}


def checked_key(key: str, field: str) -> str:
    """An idempotency key of 1 to 128 printable ASCII characters; else InvalidInput."""
    if not 0 < len(key) <= IDEMPOTENCY_KEY_MAX or not (key.isascii() and key.isprintable()):
        raise InvalidInput(
            {
                field: say(
                    "must be 1 to %(count)s printable ASCII characters", count=IDEMPOTENCY_KEY_MAX
                )
            }
        )
    return key
