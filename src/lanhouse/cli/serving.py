"""Running the application under uvicorn until SIGTERM or Ctrl-C."""

from __future__ import annotations

import gc
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa

import lanhouse.db.migrations
from lanhouse.cli.common import database_path, existing_store, is_postgresql
from lanhouse.db.store import Store
from lanhouse.jobs import guard
from lanhouse.kit import log
from lanhouse.kit.errors import Refused
from lanhouse.settings import AppSettings

# Open requests get this long to end after SIGTERM; the whole stop takes at most 5 s
# (architecture section 7), and what was queued in the store is still written after it.
GRACE_SECONDS = 3
BACKLOG = 2048

VERSIONS_DIR = Path(lanhouse.db.migrations.__path__[0]) / "versions"
NOT_UP_TO_DATE = "The database is not at this program's revision. Run: lanhouse migrate"
_VERSION = sa.table("alembic_version", sa.column("version_num"))


def is_up_to_date(store: Store) -> bool:
    """Whether the database has this program's tables, found out without importing Alembic.

    Alembic costs a quarter of the second that a start may take, and is needed once per release.
    """
    newest = max(path.name for path in VERSIONS_DIR.glob("[0-9]*.py")).split("_", maxsplit=1)[0]
    with store.engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return False
        found = connection.execute(sa.select(sa.column("version_num")).select_from(_VERSION))
        return found.scalar() == newest


def bring_up_to_date(settings: AppSettings, store: Store, *, may_migrate_server: bool) -> None:
    """See to it that the database has this program's tables.

    The embedded database upgrades itself after a copy; PostgreSQL only when
    `may_migrate_server`, otherwise Refused says how to do it.
    """
    if is_up_to_date(store):
        return
    from lanhouse.db.migrate import migrate, migrate_embedded

    if not is_postgresql(settings):
        path = database_path(settings)
        migrate_embedded(store, path)
        path.chmod(0o600)
    elif may_migrate_server:
        migrate(store)
    else:
        raise Refused(NOT_UP_TO_DATE)


@contextmanager
def ready_store(settings: AppSettings) -> Iterator[Store]:
    """The store of an installation with this program's tables, closed at the end.

    What was done to keys and sign-ins meanwhile is noted beside it. Raises Refused when there is
    no database, or when it is to be upgraded first; nothing is changed.
    """
    with existing_store(settings) as store:
        if not is_up_to_date(store):
            raise Refused(NOT_UP_TO_DATE)
        guard.follow(store)
        yield store
        from lanhouse.cli.generations import keep_from

        keep_from(settings, store)


def bind(settings: AppSettings) -> socket.socket:
    """Take the port before any work is done, so that a port in use is told at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        where = f"{settings.host}:{settings.port}"
        raise Refused(f"Cannot listen on {where}: {error.strerror or error}.") from error
    return listener


def run(
    settings: AppSettings,
    store: Store,
    listener: socket.socket,
    *,
    tls: tuple[Path, Path] | None = None,
    ready: Callable[[], None] | None = None,
) -> None:
    """Serve on the bound socket until told to stop; `ready` is called when requests are answered.

    `tls` is certificate and key. Says so when the server secret is not the right one, when keys of
    an older database end, when seeds are lost. The application starts and stops the store.
    """
    import uvicorn

    from lanhouse.aggregator.providers.house.starting import ready_house
    from lanhouse.app import create_app
    from lanhouse.auth.server_secret import open_vault
    from lanhouse.cafe.sessions.queries import newest_movement_at
    from lanhouse.cli.generations import Follower, settle
    from lanhouse.cli.guarded_http import GuardedHttp

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            # What the start made never becomes garbage; a full collection of it costs 50 ms.
            gc.collect()
            gc.freeze()
            if ready is not None and not self.should_exit:
                ready()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # An open channel would use up the whole grace.
            application.end_streams()
            await super().shutdown(sockets)

    vault, problem = open_vault(settings.secret_path, store)
    lost = settings.aggregator and ready_house(store, vault)
    for told in filter(None, (problem, settle(settings, store), lost)):
        click.echo(f"lanhouse: {told}", err=True)
    Follower(settings, store)
    log.configure()
    guard.set_clock(store, newest_movement_at)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    application = create_app(settings, store, vault=vault)
    config = uvicorn.Config(
        application,
        loop="auto",
        http=GuardedHttp,
        ws="wsproto",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ssl_certfile=str(tls[0]) if tls else None,
        ssl_keyfile=str(tls[1]) if tls else None,
    )
    server = Server(config)

    def stop(_signal: int, _frame: object) -> None:
        server.should_exit = True

    # uvicorn raises the signal again once it has stopped; without these the process would then
    # die by it and look to its service manager as if it had failed.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.run(sockets=[listener])
