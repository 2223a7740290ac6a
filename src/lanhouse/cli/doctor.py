"""`lanhouse doctor`: look at everything that usually goes wrong, and say what to do."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import sqlalchemy as sa

from lanhouse.cafe.members.tables import MEMBER_PIECES
from lanhouse.cli.common import (
    data_options,
    database_path,
    existing_store,
    is_postgresql,
    settings_from,
)
from lanhouse.cli.findings import BAD, GOOD, WARNING, Finding
from lanhouse.db.pieces import has_index
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError
from lanhouse.settings import AppSettings

SQLITE_MIN = (3, 35, 0)  # RETURNING
POSTGRESQL_MIN = 13
FREE_BYTES_MIN = 500 * 2**20
FREE_BYTES_WARN = 2 * 2**30
# A clock before this is one that was never set: the release itself is younger.
CLOCK_MIN = datetime(2026, 1, 1, tzinfo=UTC)
CLOCK_SKEW_MAX = timedelta(seconds=60)

_OTHERS_GO_ON = frozenset(
    {"server secret", "house seeds", "provider keys", "callbacks", "signatures", "keys", "jobs"}
)


@click.command("doctor")
@data_options
def command(data_dir: Path | None, database_url: str | None) -> None:
    """Check versions, folder, disk, clock, browser files, database, secret, keys and ledger."""
    settings = settings_from(data_dir=data_dir, database_url=database_url)
    worst = GOOD
    for finding in examine(settings):
        click.echo(f"{finding.state:>4}  {finding.what:<14} {finding.text}")
        if finding.state == BAD:
            worst = BAD
    if worst == BAD:
        sys.exit(1)


def examine(settings: AppSettings) -> Iterator[Finding]:
    """Every check in order; a check that cannot run is itself a finding."""
    yield check_versions()
    yield check_folder(settings.data_dir)
    yield check_disk(settings.data_dir)
    yield check_clock(clock.real_now())
    yield check_browser_files()
    try:
        with existing_store(settings) as store:
            checks: dict[str, Callable[[], Finding]] = {
                "database": lambda: check_database(settings, store),
                "migrations": lambda: check_revision(store),
                "server secret": lambda: check_secret(settings, store),
                **_sealed_checks(settings, store),
                "keys": lambda: check_keys(settings, store),
                "clock guard": lambda: check_clock_guard(settings, store),
                "search": lambda: check_search(settings, store),
                "jobs": lambda: check_jobs(store),
                "ledger": lambda: check_ledger(store),
            }
            for what, check in checks.items():
                finding = _checked(check, what)
                yield finding
                if finding.state == BAD and what not in _OTHERS_GO_ON:
                    return  # the next ones could only fail by it
    except AppError as refusal:
        yield Finding(BAD, "database", refusal.message)
    except OSError as error:
        yield Finding(BAD, "database", f"cannot be looked at: {error.strerror}")


def _sealed_checks(settings: AppSettings, store: Store) -> dict[str, Callable[[], Finding]]:
    """What the aggregator keeps sealed; nothing where it is left out."""
    if not settings.aggregator:
        return {}
    from lanhouse.cli import doctor_seals

    return {
        "house seeds": lambda: doctor_seals.check_house_seeds(settings, store),
        "provider keys": lambda: doctor_seals.check_provider_keys(settings, store),
        "callbacks": lambda: doctor_seals.check_callbacks(settings, store),
        "signatures": lambda: doctor_seals.check_signatures(settings, store),
    }


def _checked(check: Callable[[], Finding], what: str) -> Finding:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - whatever a sick database raises is the finding
        return Finding(BAD, what, " ".join(str(getattr(error, "orig", None) or error).split()))


def check_versions() -> Finding:
    """Python and the SQLite that Python was built with."""
    text = f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    if sqlite3.sqlite_version_info < SQLITE_MIN:
        wanted = ".".join(map(str, SQLITE_MIN))
        return Finding(BAD, "versions", f"{text}; SQLite {wanted} or newer is needed")
    return Finding(GOOD, "versions", text)


def check_folder(data_dir: Path) -> Finding:
    """The data directory exists, can be written and is closed to others."""
    if not data_dir.is_dir():
        return Finding(BAD, "data folder", f"{data_dir} does not exist; start with lanhouse init")
    probe = data_dir / ".doctor"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Finding(BAD, "data folder", f"{data_dir} cannot be written: {error.strerror}")
    for path in (data_dir, *data_dir.glob("lanhouse.db*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            wanted = "700" if path.is_dir() else "600"
            text = f"{path} is open to other users ({mode:04o}): chmod {wanted} {path}"
            return Finding(WARNING, "data folder", text)
    return Finding(GOOD, "data folder", f"{data_dir} is private and can be written")


def check_disk(data_dir: Path) -> Finding:
    """Room for the database to grow."""
    folder = data_dir if data_dir.is_dir() else data_dir.absolute().parent
    if not folder.is_dir():
        return Finding(WARNING, "disk", f"{folder} does not exist")
    free = shutil.disk_usage(folder).free
    text = f"{free // 2**20} MiB free"
    if free < FREE_BYTES_MIN:
        return Finding(BAD, "disk", f"{text}; at least {FREE_BYTES_MIN // 2**20} are needed")
    return Finding(WARNING if free < FREE_BYTES_WARN else GOOD, "disk", text)


def check_clock(now: datetime) -> Finding:
    """The machine's clock has been set at all; keys and sessions end by it."""
    text = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if now < CLOCK_MIN:
        return Finding(BAD, "clock", f"{text} is in the past: set the clock (NTP)")
    return Finding(GOOD, "clock", text)


def check_browser_files() -> Finding:
    """What the pages load has been built."""
    from lanhouse.web.assets import ICON_SPRITE, STATIC_DIR

    made = STATIC_DIR / ICON_SPRITE
    if not made.is_file():
        return Finding(BAD, "browser files", "are not built; run: lanhouse assets")
    return Finding(GOOD, "browser files", "are built")


def check_database(settings: AppSettings, store: Store) -> Finding:
    """The database is sound, and set up so that a commit survives a power cut."""
    if is_postgresql(settings):
        return _check_postgresql(store)
    from lanhouse.cli.backup import integrity_problem

    problem = integrity_problem(database_path(settings))
    if problem:
        return Finding(BAD, "database", f"SQLite finds: {problem}. Restore a backup.")
    size = database_path(settings).stat().st_size / 2**20
    return Finding(GOOD, "database", f"SQLite, {size:.1f} MiB, sound")


def _shown(connection: sa.Connection, name: str) -> str:
    return connection.execute(sa.select(sa.func.current_setting(name))).scalar_one()


def _check_postgresql(store: Store) -> Finding:
    with store.engine.connect() as connection:
        version = int(_shown(connection, "server_version_num")) // 10000
        at = connection.execute(sa.select(sa.func.now())).scalar_one()
        unsafe = [
            name
            for name in ("fsync", "full_page_writes", "synchronous_commit")
            if _shown(connection, name) == "off"
        ]
    text = f"PostgreSQL {version}"
    if version < POSTGRESQL_MIN:
        return Finding(BAD, "database", f"{text}; {POSTGRESQL_MIN} or newer is needed")
    if unsafe:
        return Finding(BAD, "database", f"{text}; {', '.join(unsafe)} is off: money can be lost")
    if abs(at - clock.real_now()) > CLOCK_SKEW_MAX:
        return Finding(WARNING, "database", f"{text}; its clock differs from this machine's")
    return Finding(GOOD, "database", f"{text}, durable")


def check_revision(store: Store) -> Finding:
    """The tables are those of this program."""
    from lanhouse.db.migrate import check_known, current_revision, newest_revision

    has, needs = current_revision(store), newest_revision()
    if has is None:
        return Finding(BAD, "migrations", "there are no tables yet; run: lanhouse migrate")
    check_known(has)
    if has != needs:
        return Finding(BAD, "migrations", f"at {has}, this program needs {needs}: lanhouse migrate")
    return Finding(GOOD, "migrations", f"at {has}")


def check_secret(settings: AppSettings, store: Store) -> Finding:
    """The server secret is there, is the one of this database and is closed to others."""
    from lanhouse.auth.server_secret import known_fingerprint, secret_problem

    path = settings.secret_path
    known = store.read_sync(known_fingerprint)
    problem = secret_problem(path, known)
    if problem:
        return Finding(BAD, "server secret", problem)
    if not path.exists():
        return Finding(GOOD, "server secret", f"{path} is made at the first start")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        text = f"{path} is open to other users ({mode:04o}): chmod 600 {path}"
        return Finding(WARNING, "server secret", text)
    return Finding(GOOD, "server secret", f"{path} is private and fits the database")


def check_keys(settings: AppSettings, store: Store) -> Finding:
    """No key or sign-in counts that was ended since a backup that has been brought back."""
    from lanhouse.cli import generations

    kept = generations.read_kept(settings)
    if kept is None:
        text = f"{generations.file_of(settings)} is made at the next start"
        return Finding(GOOD, "keys", text)
    if store.read_sync(generations.is_older, kept):
        text = "the database is an older one; keys and sign-ins of it end at the next start"
        return Finding(WARNING, "keys", text)
    if kept.made_at is not None and store.read_sync(generations.keys_in_doubt, kept):
        text = f"a backup of another host was restored. {generations.advice(kept.made_at)}"
        return Finding(WARNING, "keys", text)
    return Finding(GOOD, "keys", "are of the generation that this host knows")


def check_clock_guard(settings: AppSettings, store: Store) -> Finding:
    """Business time and the server's clock agree, as the servers last saw it."""
    from lanhouse.db.clock_row import agreed

    if not settings.clock_guard:
        text = "is off (LANHOUSE_CLOCK_GUARD): setting the clock charges or gives time"
        return Finding(WARNING, "clock guard", text)
    row = store.read_sync(agreed)
    ahead = timedelta(microseconds=abs(row.offset_micros))
    if ahead:
        where = "behind" if row.offset_micros > 0 else "ahead of"
        whole = timedelta(seconds=round(ahead.total_seconds()))
        text = (
            f"the clock is {where} business time by {whole}: set it right (NTP), or take it as "
            "it is with: lanhouse clock accept"
        )
        return Finding(WARNING, "clock guard", text)
    return Finding(GOOD, "clock guard", "business time and the clock agree")


def check_search(settings: AppSettings, store: Store) -> Finding:
    """Members are found by an index."""
    if store.read_sync(has_index, MEMBER_PIECES):
        return Finding(GOOD, "search", "members are found by an index of pieces")
    how = "the extension pg_trgm" if is_postgresql(settings) else "SQLite's FTS5"
    text = f"members are searched one by one: {how} was missing. Add it, then: lanhouse migrate"
    return Finding(WARNING, "search", text)


def check_jobs(store: Store) -> Finding:
    """No job was given up after its last try."""
    from lanhouse.jobs.queries import counts, failed_lately
    from lanhouse.jobs.schemas import OPEN_STATES

    failed = store.read_sync(failed_lately)
    if failed:
        newest = failed[0]
        text = f"{len(failed)} given up in the last week; newest: {newest.kind}: {newest.error}"
        return Finding(WARNING, "jobs", text)
    waiting = sum(c.number for c in store.read_sync(counts) if c.status in OPEN_STATES)
    return Finding(GOOD, "jobs", f"none was given up in the last week, {waiting} waiting")


def check_ledger(store: Store) -> Finding:
    """Chain, sums and balances hold."""
    from lanhouse.ledger.verify import verify_ledger
    from lanhouse.tables import complete_metadata

    complete_metadata()  # every digested table is known
    report = store.read_sync(verify_ledger, None)
    if not report.is_clean:
        return Finding(BAD, "ledger", f"first bad row: {report.problem}")
    return Finding(GOOD, "ledger", f"holds: {report.transfers} transfers, {report.entries} entries")
