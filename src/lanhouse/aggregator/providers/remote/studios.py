"""Our calls to studios: signed, short, and counted, so that one that does not answer is known.

A studio that has not answered three calls in a row gets no launches; its own calls (bets among
them) are served as always. It is asked again by itself, and the first answer lifts that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import structlog

from lanhouse.aggregator.caller import Caller, NotReached
from lanhouse.aggregator.errors import ProviderOffline
from lanhouse.aggregator.providers.commands import keep_catalogue
from lanhouse.aggregator.providers.queries import keys_of, providers_by_id
from lanhouse.aggregator.providers.remote.catalogue import BadCatalogue, catalogue_of
from lanhouse.aggregator.providers.schemas import ProviderData
from lanhouse.aggregator.signing import signed_headers
from lanhouse.db.store import Read, Store
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError
from lanhouse.kit.vault import Unreadable, Vault

PROVIDER = "X-Provider"
START_SECONDS_MAX = 5
EVERY_SECONDS = 60
AGAIN_SECONDS = 5
"""So soon one that did not answer is asked again."""
FAILURES_MAX = 3
CALL_MS = 5_000
GAMES_BYTES_MAX = 8 * 1024 * 1024
ANSWER_BYTES_MAX = 512 * 1024
_CODE_CHARS_MAX = 50

log = structlog.get_logger("lanhouse.aggregator")


class StudioRefused(AppError):
    """A studio has answered that it will not; `code` is its word for why."""

    symbol = "PROVIDER_OFFLINE"
    status = 502

    def __init__(self, code: str) -> None:
        super().__init__("the provider refused")
        self.code = code


class _Error(msgspec.Struct):
    code: str = ""


class _Envelope(msgspec.Struct):
    ok: bool
    result: msgspec.Raw = msgspec.Raw()
    error: _Error | None = None


_envelope = msgspec.json.Decoder(_Envelope)


class HttpStudios:
    """Studios by signed HTTP; of each process its own, begun and ended with it."""

    def __init__(self, store: Store, vault: Vault, caller: Caller) -> None:
        self._store = store
        self._vault = vault
        self._caller = caller
        self._failures: dict[str, int] = {}
        self._due: dict[str, float] = {}
        self._running: asyncio.Task[None] | None = None

    @property
    def unreachable(self) -> frozenset[str]:
        """Those that have not answered three calls in a row."""
        return frozenset(name for name, count in self._failures.items() if count >= FAILURES_MAX)

    async def start(self) -> None:
        """Fetch every catalogue, for at most START_SECONDS_MAX, and go on fetching."""
        try:
            async with asyncio.timeout(START_SECONDS_MAX):
                await self.refresh()
        except TimeoutError:
            log.warning("not every provider has told its games in time; the last ones are kept")
        self._running = asyncio.create_task(self._run(), name="studios")

    async def stop(self) -> None:
        """Stop fetching; whoever made the caller closes it."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None

    async def refresh(self, *, only_due: bool = False) -> None:
        """Fetch the catalogues: all, or those whose time has come."""
        found = await self._store.read(_elsewhere)
        now = clock.monotonic()
        asked = [one for one in found if not only_due or self._due.get(one.id, now) <= now]
        await asyncio.gather(*(self._fetch(one.id) for one in asked))

    async def ask(self, provider_id: str, call: str, body: object) -> bytes:
        """Post `{url}/{call}`, signed by the newest key; answers the JSON of the result.

        Raises ProviderOffline when no answer can be read, and StudioRefused.
        """
        try:
            found = await self._store.read(_place_of, provider_id, self._vault)
        except Unreadable:
            log.warning("a key cannot be read; see: lanhouse doctor", provider=provider_id)
            raise ProviderOffline from None
        if found is None:
            raise ProviderOffline
        place, key = found
        sent = msgspec.json.encode(body)
        headers: Mapping[str, str] = {
            PROVIDER: provider_id,
            **signed_headers(key, sent, int(clock.real_now().timestamp())),
        }
        most = GAMES_BYTES_MAX if call == "games" else ANSWER_BYTES_MAX
        try:
            answer = await self._caller.post(
                f"{place.url}/{call}",
                sent,
                headers,
                timeout_ms=CALL_MS,
                bytes_max=most,
                is_demo=place.is_demo,
            )
            if answer.status != 200:
                raise NotReached(f"it answered HTTP {answer.status}")
            told = _envelope.decode(answer.body)
        except (NotReached, msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            self._note_failure(provider_id, call, error)
            raise ProviderOffline from None
        except asyncio.CancelledError:
            # The start waits only so long; a studio that has not answered by then has not answered.
            self._note_failure(provider_id, call, TimeoutError())
            raise
        self._failures.pop(provider_id, None)
        if not told.ok:
            code = told.error.code[:_CODE_CHARS_MAX] if told.error is not None else ""
            log.warning("a provider refuses", provider=provider_id, call=call, code=code)
            raise StudioRefused(code)
        return bytes(told.result)

    def _note_failure(self, provider_id: str, call: str, error: BaseException) -> None:
        count = self._failures[provider_id] = self._failures.get(provider_id, 0) + 1
        soon = clock.monotonic() + AGAIN_SECONDS
        self._due[provider_id] = min(self._due.get(provider_id, soon), soon)
        log.warning(
            "a provider did not answer",
            provider=provider_id, call=call, reason=type(error).__name__, in_a_row=count,
        )  # fmt: skip

    async def _fetch(self, provider_id: str) -> None:
        self._due[provider_id] = clock.monotonic() + EVERY_SECONDS
        try:
            told = await self.ask(provider_id, "games", {})
            catalogue = await asyncio.to_thread(catalogue_of, provider_id, told)
            await self._store.write(keep_catalogue, catalogue)
        except (ProviderOffline, StudioRefused):
            return  # it is noted, and the games of before are kept
        except BadCatalogue as error:
            log.warning("a list of games is not kept", provider=provider_id, reason=str(error))
        except AppError as error:
            # The database is busy, say: a start must not fail by a list of games.
            log.warning("a list of games is not kept", provider=provider_id, reason=error.symbol)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(1)
            try:
                await self.refresh(only_due=True)
            except Exception:
                log.exception("catalogues could not be fetched; they are tried again")


def _elsewhere(read: Read) -> list[ProviderData]:
    """The providers elsewhere that may be played here."""
    return [one for one in providers_by_id(read).values() if one.url is not None and one.is_active]


def _place_of(read: Read, provider_id: str, vault: Vault) -> tuple[ProviderData, str] | None:
    found = providers_by_id(read).get(provider_id)
    keys = keys_of(read, provider_id, vault)
    return None if found is None or found.url is None or not keys else (found, keys[0])


def body_of(result: bytes, kind: type[Any]) -> Any:
    """The JSON of a result as a value of this type. Raises ProviderOffline for what is none."""
    try:
        return msgspec.json.decode(result or b"{}", type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise ProviderOffline from None
