"""What the commands share: options, opening the store, one server per data directory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from lanhouse.db.audit import Origin
from lanhouse.db.open import open_store
from lanhouse.db.store import Store
from lanhouse.kit.errors import Refused
from lanhouse.settings import AppSettings, from_environment

LOCK_FILE = "server.lock"
VERIFIED_FILE = "verified.json"
"""Where the last clean verification came to. Beside the database, not in it: who can change the
database does not move the point with it."""


def data_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--data-dir` and `--database-url`; both fall back to their LANHOUSE_* variables."""
    command = click.option(
        "--database-url",
        metavar="URL",
        help="postgresql://… instead of the embedded SQLite (LANHOUSE_DATABASE_URL).",
    )(command)
    return click.option(
        "--data-dir",
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of the embedded database and the files beside it (LANHOUSE_DATA_DIR).",
    )(command)


def by_command(name: str, center_id: int = 0) -> Origin:
    """Who acts when the house itself does, by a command of the program: for the audit log."""
    return Origin(
        center_id=center_id, actor_kind="system", actor_id=0, address="", call=f"lanhouse {name}"
    )


def settings_from(**options: Any) -> AppSettings:
    """The settings of the environment, overridden by options that are not None."""
    return from_environment(**options)


def is_postgresql(settings: AppSettings) -> bool:
    """Whether the settings name a PostgreSQL database."""
    return bool(settings.database_url)


def database_path(settings: AppSettings) -> Path:
    """Where the embedded database lies (whether or not it exists)."""
    return settings.data_dir / "lanhouse.db"


@contextmanager
def existing_store(settings: AppSettings) -> Iterator[Store]:
    """The store of an installation that exists already, closed at the end.

    Raises Refused when there is no embedded database; nothing is created.
    """
    if not is_postgresql(settings) and not database_path(settings).is_file():
        raise Refused(f"There is no database in {settings.data_dir}. Start with: lanhouse init")
    with opened_store(settings) as store:
        yield store


@contextmanager
def opened_store(settings: AppSettings) -> Iterator[Store]:
    """The store the settings ask for, closed at the end (not for use inside an event loop)."""
    store = open_store(settings.database_url, settings.data_dir, settings.database_threads)
    try:
        yield store
    finally:
        close(store)


def close(store: Store) -> None:
    """Close a store that was used without an event loop."""
    import asyncio

    asyncio.run(store.stop())


@contextmanager
def only_server(settings: AppSettings, *, makes_database: bool = True) -> Iterator[None]:
    """Hold the lock of the data directory and, on SQLite, of the database file itself, which a
    link may have put into two directories; both end with the process, however that ends.

    An embedded database that is not there is begun (empty) when `makes_database`, so that it can
    be held. Raises Refused while another process holds one of the two.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as held:
        held.enter_context(locked(settings.data_dir / LOCK_FILE, settings.data_dir))
        path = database_path(settings)
        if not is_postgresql(settings) and (makes_database or path.exists()):
            held.enter_context(locked(path, path))
        yield


@contextmanager
def locked(path: Path, what: Path) -> Iterator[None]:
    """Hold the kernel's lock of a file, which is made when it is not there.

    Raises Refused naming `what` while another process holds it. SQLite's own locks are of another
    sort, but closing a file takes them from the process: leave this only after the store.
    """
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Refused(f"{path} cannot be opened: {error.strerror}.") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(f"A server is running on {what}. Stop it first.") from None
        yield
    finally:
        os.close(descriptor)


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
