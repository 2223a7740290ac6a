"""The file that keeps the generation of keys and sign-ins beside the database.

A database that is older than the file says was brought back, by `restore` or by a copied file:
keys and sign-ins of the older generation end, because what was replaced for having leaked would
count again (decision 0017).
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import msgspec
import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DatabaseError

from lanhouse.aggregator.agents.commands import end_agent_keys
from lanhouse.aggregator.agents.queries import agents_with_keys
from lanhouse.auth.generations import AGENT_KEYS, CENTER_KEY, SIGN_INS, Owner, numbers, put_number
from lanhouse.auth.keys import end_key, key_owners
from lanhouse.auth.tables import generations
from lanhouse.auth.tokens import end_all_tokens
from lanhouse.cli.common import database_path, is_postgresql, write_private
from lanhouse.db.store import Event, Read, Store, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.settings import AppSettings

FILE = "generations.json"
log = structlog.get_logger("lanhouse.cli")


class Kept(msgspec.Struct):
    """What the file holds: generations by kind and owner id, and the last restore from elsewhere.

    `made_at` is the time of that backup, `restored_at` that of the restore; both None when this
    host has known every generation itself.
    """

    numbers: dict[str, dict[int, int]] = {}
    made_at: datetime | None = None
    restored_at: datetime | None = None

    def number(self, owner: Owner) -> int | None:
        """The generation of one owner, or None when this host knows nothing of it."""
        return self.numbers.get(owner[0], {}).get(owner[1])

    def raise_to(self, found: dict[Owner, int]) -> None:
        """Take over what is newer."""
        for (kind, owner_id), number in found.items():
            of_kind = self.numbers.setdefault(kind, {})
            of_kind[owner_id] = max(number, of_kind.get(owner_id, 0))


def file_of(settings: AppSettings) -> Path:
    """Where the file lies: beside the database itself, also where a link leads to it."""
    if is_postgresql(settings):
        return settings.data_dir / FILE
    return database_path(settings).resolve().parent / FILE


def read_kept(settings: AppSettings) -> Kept | None:
    """What the file says, or None when there is none. Raises Refused when it is damaged."""
    path = file_of(settings)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Kept)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error
    except msgspec.DecodeError as error:
        raise Refused(
            f"{path} is damaged. It keeps replaced keys from counting again after a restore."
            " Delete it, and make new API keys if a backup was brought back since."
        ) from error


def keep(settings: AppSettings, found: dict[Owner, int]) -> None:
    """Write down what is newer than the file; an unchanged file is left alone."""
    kept = read_kept(settings)
    new = Kept() if kept is None else msgspec.structs.replace(kept)
    new.numbers = {kind: dict(of_kind) for kind, of_kind in new.numbers.items()}
    new.raise_to(found)
    if new != kept:
        write_kept(settings, new)


def write_kept(settings: AppSettings, kept: Kept) -> None:
    """Replace the file."""
    write_private(file_of(settings), msgspec.json.format(msgspec.json.encode(kept)))


def keep_from(settings: AppSettings, store: Store) -> None:
    """Bring the file up to the database (not for use inside an event loop)."""
    keep(settings, store.read_sync(numbers))


def known_here(settings: AppSettings, store: Store | None) -> Kept | None:
    """What this host knows before a restore: the file, and the database that is to be replaced.

    `store` is None when there is none; one that is too sick to be read tells nothing.
    """
    kept = read_kept(settings)
    try:
        if store is None or not sa.inspect(store.engine).has_table(generations.name):
            return kept
        found = store.read_sync(numbers)
    except DatabaseError:
        return kept
    kept = kept or Kept()
    kept.raise_to(found)
    return kept


def end_older(tx: Tx, kept: Kept) -> list[Owner]:
    """End what is of an older generation than the one that is kept; answers whose that was."""
    has = numbers(tx)
    older: list[Owner] = []
    for kind, of_kind in kept.numbers.items():
        for owner_id, number in of_kind.items():
            owner = (kind, owner_id)
            if has.get(owner, 0) < number:
                _end(tx, owner)
                put_number(tx, owner, number)
                older.append(owner)
    return older


def end_all_keys(tx: Tx, _: None = None) -> None:
    """End every API key of every centre and agent."""
    for owner in live_keys(tx):
        _end(tx, owner)


def live_keys(read: Read) -> dict[Owner, datetime]:
    """Who has a key that counts, and when its oldest one was made."""
    found: dict[Owner, datetime] = {
        (CENTER_KEY, center_id): made_at for center_id, made_at in key_owners(read).items()
    }
    for agent_id, made_at in agents_with_keys(read).items():
        found[AGENT_KEYS, agent_id] = made_at
    return found


def _end(tx: Tx, owner: Owner) -> None:
    kind, owner_id = owner
    if kind == CENTER_KEY:
        end_key(tx, owner_id)
    elif kind == AGENT_KEYS:
        end_agent_keys(tx, owner_id)
    elif kind == SIGN_INS:
        end_all_tokens(tx, owner_id)


def settle(settings: AppSettings, store: Store) -> str:
    """At a start: end what an older database brings back, and bring the file up to the rest.

    Answers what is to be told, empty when the database is the one that was served before.
    """
    kept = read_kept(settings)
    older = store.run_sync(end_older, kept) if kept is not None else []
    keep_from(settings, store)
    if not older:
        return ""
    return (
        "this database is older than the one that was served here before. Keys and sign-ins of"
        f" the older generation have ended: {', '.join(_named(owner) for owner in older)}"
    )


def settle_restored(
    settings: AppSettings,
    store: Store,
    kept: Kept | None,
    *,
    made_at: datetime,
    ends_keys: bool,
) -> str:
    """After a restore: every sign-in ends, and of the keys those that this host knows as replaced.

    `kept` is what this host knew before it, `made_at` the time of the backup. Answers what is to
    be told about the keys.
    """
    brought = store.read_sync(numbers)

    def change(tx: Tx, _: None) -> tuple[list[Owner], dict[Owner, datetime]]:
        older = end_older(tx, kept or Kept())
        end_all_tokens(tx)
        if ends_keys:
            end_all_keys(tx)
        return older, live_keys(tx)

    older, live = store.run_sync(change, None)
    new = kept or Kept()
    unknown = [owner for owner in live if new.number(owner) != brought.get(owner, 0)]
    new.raise_to(store.read_sync(numbers))
    new.made_at = made_at if unknown else None
    new.restored_at = clock.real_now() if unknown else None
    write_kept(settings, new)
    if unknown:
        return advice(made_at)
    ended = [owner for owner in older if owner[0] != SIGN_INS]
    if ends_keys:
        return "Every API key has ended; make new ones."
    if ended:
        return f"Ended, for it was replaced since: {', '.join(map(_named, ended))}."
    return ""


def advice(made_at: datetime) -> str:
    """What to do about keys whose later fate this host cannot know."""
    return f"Make a new key if it was replaced after {made_at:%Y-%m-%d %H:%M} UTC."


def keys_in_doubt(read: Read, kept: Kept) -> bool:
    """Whether a key still counts that was brought from elsewhere and not been made anew here."""
    since = kept.restored_at
    return since is not None and any(made_at < since for made_at in live_keys(read).values())


def is_older(read: Read, kept: Kept) -> bool:
    """Whether this database is an older one than the file knows."""
    has = numbers(read)
    return any(
        has.get((kind, owner_id), 0) < number
        for kind, of_kind in kept.numbers.items()
        for owner_id, number in of_kind.items()
    )


def _named(owner: Owner) -> str:
    kind, owner_id = owner
    names = {
        CENTER_KEY: "the API key of centre",
        AGENT_KEYS: "the keys of agent",
        SIGN_INS: "the sign-ins of centre",
    }
    return f"{names.get(kind, kind)} {owner_id}"


class Follower:
    """Writes the file after each commit that ended a key or a sign-in, beside the event loop."""

    def __init__(self, settings: AppSettings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._task: asyncio.Task[None] | None = None
        self._is_behind = False
        store.subscribe(self._note)

    def _note(self, events: list[Event]) -> None:
        if any(event.topic == "access.changed" for event in events):
            self._is_behind = True
            if self._task is None or self._task.done():
                self._task = asyncio.ensure_future(self._catch_up())

    async def _catch_up(self) -> None:
        while self._is_behind:
            self._is_behind = False
            try:
                found = await self._store.read(numbers)
                await asyncio.to_thread(keep, self._settings, found)
            except Exception:
                # The commit stands; the next change and the next start write it too.
                log.exception("the file of the generations could not be written")
