"""init, migrate, verify-ledger, backup, restore and doctor on both databases."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import psycopg
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from psycopg import sql

from lanhouse.aggregator.agents.queries import agent_by_key_hash
from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.players.commands import create_player
from lanhouse.aggregator.players.queries import player_by_username
from lanhouse.aggregator.players.schemas import NewPlayer
from lanhouse.auth.passwords import password_matches
from lanhouse.cafe.centers.queries import all_centers
from lanhouse.cafe.members.tables import MEMBER_PIECES, staged_passwords
from lanhouse.cafe.money.log import write_log
from lanhouse.cafe.money.schemas import Event, LogEntry, columns_of
from lanhouse.cafe.pricing.queries import default_price
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.cafe.staff.tables import second_factors
from lanhouse.cli import archive
from lanhouse.cli.backup import vacuum_into
from lanhouse.cli.common import settings_from
from lanhouse.cli.main import lanhouse
from lanhouse.cli.restore import check_fits
from lanhouse.db.audit import audit_log
from lanhouse.db.migrate import current_revision, newest_revision
from lanhouse.db.pieces import has_index
from lanhouse.db.postgres import PostgresStore
from lanhouse.db.sqlite import SqliteStore
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.kit.ids import secret_hash
from lanhouse.ledger import Posting, Transfer, book_of_center, open_account, post
from lanhouse.ledger.sealing import seal_new_entries
from tests.builders import databases


class Shell:
    """Runs commands against one installation, as the command line would."""

    def __init__(self, store: Store, data_dir: Path) -> None:
        self.store = store
        self.data_dir = data_dir
        self.is_postgresql = store.url.startswith("postgresql")

    def run(self, *arguments: str, data_dir: Path | None = None, stdin: str = "") -> Result:
        options = ["--data-dir", str(data_dir or self.data_dir)]
        if self.is_postgresql:
            options += ["--database-url", self.store.url]
        return CliRunner().invoke(lanhouse, [*arguments, *options], input=stdin)

    def ok(self, *arguments: str, data_dir: Path | None = None, stdin: str = "") -> str:
        done = self.run(*arguments, data_dir=data_dir, stdin=stdin)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output


@pytest.fixture
def shell(store: Store, tmp_path: Path) -> Shell:
    """An installation on each database."""
    return installed(store, tmp_path)


def installed(store: Store, data_dir: Path) -> Shell:
    """An installation in tmp_path (where the SQLite fixture puts its file) with centre 12."""
    opened = Shell(store, data_dir)
    opened.ok(
        *("init", "--center-id", "12", "--name", "Corner Hall", "--timezone", "Asia/Tokyo"),
        *("--currency", "EUR", "--password-stdin"),
        stdin="a good password\n",
    )
    return opened


@contextmanager
def revision_of(store: Store, revision: str) -> Iterator[None]:
    """The database says that it is at this revision; the tests' PostgreSQL is used on after it."""
    change = sa.text("UPDATE alembic_version SET version_num = :revision")
    with store.engine.begin() as connection:
        connection.execute(change, {"revision": revision})
    try:
        yield
    finally:
        with store.engine.begin() as connection:
            connection.execute(change, {"revision": newest_revision()})


def book_money(store: Store, amount_micros: int) -> None:
    """One sealed and logged transfer from cash to a member, to have something in the books."""

    def book(tx, _):
        own = book_of_center(12)
        cash = open_account(tx, own, "center", 12, "cash", "EUR", may_go_negative=True)
        member = open_account(tx, own, "member", 5, "balance", "EUR")
        postings = [Posting(member, amount_micros), Posting(cash, -amount_micros)]
        posted = post(tx, Transfer(book_id=own, kind="topup", postings=postings))
        columns = columns_of(
            {("member", 5, "balance"): amount_micros, ("center", 12, "cash"): -amount_micros}
        )
        entry = LogEntry(center_id=12, event=Event.TOPUP, transfer_id=posted.transfer_id, **columns)
        write_log(tx, entry)
        seal_new_entries(tx)

    store.run_sync(book, None)


def test_init_makes_a_centre_with_an_admin(shell: Shell) -> None:
    (center,) = shell.store.read_sync(all_centers)
    admin = shell.store.read_sync(lambda read: staff_by_account(read, 12, "admin"))

    assert (center.id, center.name, center.license_name) == (12, "Corner Hall", "center12")
    assert (center.zone_name, center.currency) == ("Asia/Tokyo", "EUR")
    assert admin is not None
    assert admin.role == "admin"
    assert password_matches(admin.password_hash, "a good password")


def test_init_shows_a_made_password_once(shell: Shell) -> None:
    output = shell.ok("init", "--center-id", "13")
    password = output.split("Admin password: ")[1].split()[0]
    admin = shell.store.read_sync(lambda read: staff_by_account(read, 13, "admin"))

    assert admin is not None
    assert password_matches(admin.password_hash, password)
    assert len(password) >= 20


def test_init_refuses_a_second_centre_of_that_number_and_changes_nothing(shell: Shell) -> None:
    done = shell.run("init", "--center-id", "12", "--admin", "intruder")

    assert done.exit_code == 1
    assert "already exists" in str(done.exception)
    assert len(shell.store.read_sync(all_centers)) == 1
    assert shell.store.read_sync(lambda r: staff_by_account(r, 12, "intruder")) is None


@pytest.mark.parametrize(
    ("code", "price", "micros"),
    [("JPY", "400", 400_000_000), ("KWD", "0.750", 750_000), ("VND", "10000", 10_000_000_000)],
)
def test_init_takes_currencies_without_decimals_and_with_three(
    shell: Shell, code: str, price: str, micros: int
) -> None:
    shell.ok("init", "--center-id", "14", "--currency", code, "--price-per-hour", price)

    made = next(one for one in shell.store.read_sync(all_centers) if one.id == 14)
    assert made.currency == code
    priced = shell.store.read_sync(default_price, 14)
    assert priced.price_per_hour_micros == micros


@pytest.mark.parametrize(("code", "price"), [("JPY", "400.5"), ("KWD", "0.755")])
def test_init_refuses_a_price_that_the_currency_does_not_pay(
    shell: Shell, code: str, price: str
) -> None:
    done = shell.run("init", "--center-id", "14", "--currency", code, "--price-per-hour", price)

    assert done.exit_code == 1
    assert str(done.exception).startswith("price_per_hour: must have")
    assert len(shell.store.read_sync(all_centers)) == 1


@pytest.mark.parametrize("code", ["ZZZ", "eur", ""])
def test_init_refuses_a_currency_that_is_none(shell: Shell, code: str) -> None:
    done = shell.run("init", "--center-id", "14", "--currency", code)

    assert done.exit_code == 1
    assert str(done.exception) == "currency: must be an ISO 4217 code such as EUR"
    assert len(shell.store.read_sync(all_centers)) == 1


def test_init_refuses_a_short_password_and_makes_nothing(shell: Shell) -> None:
    done = shell.run("init", "--center-id", "14", "--password-stdin", stdin="short\n")

    assert done.exit_code == 1
    assert str(done.exception) == "password: must have 10 to 200 characters"
    assert len(shell.store.read_sync(all_centers)) == 1


def test_people_are_added_and_get_new_passwords(shell: Shell) -> None:
    here = ("--center-id", "12", "--account", "Rita")
    output = shell.ok("add-staff", *here, "--role", "manager")
    first = output.split("Password: ")[1].split()[0]
    shell.ok("set-password", *here, "--password-stdin", stdin="another good one\n")
    person = shell.store.read_sync(lambda read: staff_by_account(read, 12, "rita"))

    assert person is not None
    assert person.role == "manager"
    assert password_matches(person.password_hash, "another good one")
    assert not password_matches(person.password_hash, first)
    assert audited(shell.store) == [
        ("lanhouse add-staff", person.id, {"role": "manager"}),
        ("lanhouse set-password", person.id, {"password": "changed"}),
    ]


def audited(store: Store) -> list[tuple[str, int, Any]]:
    """What the audit log of centre 12 tells of commands: the command, whom it touched, and what
    is so now."""
    told = sa.select(audit_log.c.call, audit_log.c.subject_id, audit_log.c.after).where(
        audit_log.c.center_id == 12, audit_log.c.actor_kind == "system"
    )
    rows = store.read_sync(lambda read: read.all(told.order_by(audit_log.c.id)))
    return [tuple(row) for row in rows]


def test_a_lost_second_factor_is_taken_away(shell: Shell) -> None:
    here = ("--center-id", "12", "--account", "admin")
    person = shell.store.read_sync(lambda read: staff_by_account(read, 12, "admin"))
    assert person is not None
    row = {
        "center_id": 12,
        "staff_id": person.id,
        "sealed": b"x",
        "is_confirmed": True,
        "last_step": 0,
        "recovery_hashes": [],
        "since": clock.real_now(),
    }
    shell.store.run_sync(lambda tx, _: tx.run(sa.insert(second_factors).values(row)), None)
    assert "password alone" in shell.ok("reset-second-factor", *here)
    again = shell.run("reset-second-factor", *here)
    assert str(again.exception) == "admin in centre 12 has no second factor."
    assert audited(shell.store) == [
        ("lanhouse reset-second-factor", person.id, {"second_factor": "off"})
    ]


@pytest.mark.parametrize(
    ("command", "center", "account", "message"),
    [
        ("reset-second-factor", "12", "rita", "There is no rita in centre 12."),
        ("add-staff", "13", "rita", "There is no centre 13."),
        ("add-staff", "12", "admin", "account: belongs to somebody else already"),
        ("set-password", "12", "rita", "There is no rita in centre 12."),
        ("set-password", "13", "admin", "There is no admin in centre 13."),
    ],
)
def test_people_commands_refuse(
    shell: Shell, command: str, center: str, account: str, message: str
) -> None:
    done = shell.run(command, "--center-id", center, "--account", account)
    assert (done.exit_code, str(done.exception)) == (1, message)


def test_migrate_says_when_there_is_nothing_to_do(shell: Shell) -> None:
    assert shell.ok("migrate").startswith("Nothing to do: the database is at revision ")


def test_verify_counts_and_then_names_the_first_bad_row(shell: Shell) -> None:
    book_money(shell.store, 10_000_000)
    book_money(shell.store, 2_500_000)
    assert "2 transfers, 4 entries, 4 of them sealed." in shell.ok("verify-ledger")

    with shell.store.engine.connect() as connection:
        moved = "before_micros = before_micros + 1, after_micros = after_micros + 1"
        connection.execute(sa.text(f"UPDATE ledger_entries SET {moved} WHERE id = 3"))
    done = shell.run("verify-ledger")

    assert done.exit_code == 1
    assert "does NOT hold. First bad row: entry 3:" in done.stderr


def test_a_clean_verification_is_remembered(shell: Shell) -> None:
    done = shell.run("verify-ledger", "--since-last")
    assert isinstance(done.exception, Refused)
    assert "run it without --since-last" in str(done.exception)
    book_money(shell.store, 10_000_000)
    shell.ok("verify-ledger")
    assert (shell.data_dir / "verified.json").stat().st_mode & 0o777 == 0o600
    book_money(shell.store, 5_000_000)
    told = shell.ok("verify-ledger", "--since-last")
    assert "holds since seal 2: " in told
    assert "2 of them sealed" in told
    (shell.data_dir / "verified.json").write_text("{")
    assert "cannot be read" in str(shell.run("verify-ledger", "--since-last").exception)


def needs_client_programs(shell: Shell) -> None:
    """pg_dump must be there for these tests; CI installs it."""
    assert not shell.is_postgresql or shutil.which("pg_dump"), "pg_dump is missing"


def test_a_backup_comes_back_whole(shell: Shell, tmp_path: Path) -> None:
    needs_client_programs(shell)
    book_money(shell.store, 10_000_000)
    target = tmp_path / "copies" / "one.lanhouse"
    shell.ok("backup", "--to", str(target))
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["one.lanhouse"]

    book_money(shell.store, 7_000_000)
    output = shell.ok("restore", "--from", str(target), "--force")

    assert "The ledger holds: 1 transfers, 2 entries." in output
    assert "1 transfers, 2 entries" in shell.ok("verify-ledger")


def test_passwords_that_wait_to_be_hashed_are_in_no_backup(shell: Shell, tmp_path: Path) -> None:
    """Neither the copy nor what is restored from it has them (decision 0159)."""
    needs_client_programs(shell)
    word = b"zq-unmistakable-7"
    row = {"member_id": 1, "center_id": 1, "import_id": 1, "sealed": word}
    shell.store.run_sync(lambda tx, _: tx.run(sa.insert(staged_passwords).values(**row)), None)
    if isinstance(shell.store, SqliteStore):
        vacuum_into(shell.store.path, copy := tmp_path / "copy.sqlite3")
        assert word not in copy.read_bytes()
    target = tmp_path / "one.lanhouse"
    shell.ok("backup", "--to", str(target))
    shell.ok("restore", "--from", str(target), "--force")
    left = sa.select(sa.func.count()).select_from(staged_passwords)
    assert shell.store.read_sync(lambda read: read.scalar(left)) == 0


@contextmanager
def database_of_an_owner(server_url: str) -> Iterator[str]:
    """A new database whose owner is no administrator, and which has the administrator's pg_trgm."""
    name = f"lanhouse_test_owner_{os.getpid()}"
    names = {"name": sql.Identifier(name), "password": sql.Literal("secret")}
    url = urlsplit(server_url)
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {name} LOGIN PASSWORD {password}").format(**names))
        try:
            admin.execute(sql.SQL("CREATE DATABASE {name} OWNER {name}").format(**names))
            try:
                at = url._replace(path=f"/{name}").geturl()
                with psycopg.connect(at, autocommit=True) as inside:
                    inside.execute("CREATE EXTENSION pg_trgm")
                yield f"postgresql://{name}:secret@{url.hostname}:{url.port or 5432}/{name}"
            finally:
                admin.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))
        finally:
            admin.execute(sql.SQL("DROP ROLE {name}").format(**names))


def test_an_owner_restores_beside_an_extension_that_is_not_his(
    postgres_store: Store, tmp_path: Path
) -> None:
    """He may neither drop nor comment what the administrator has put there."""
    with database_of_an_owner(postgres_store.url) as url:
        mine = PostgresStore(url)
        needs_client_programs(shell := installed(mine, tmp_path))
        target = tmp_path / "one.lanhouse"
        shell.ok("backup", "--to", str(target))
        shell.ok("restore", "--from", str(target), "--force")
        assert mine.read_sync(has_index, MEMBER_PIECES)
        databases.close(mine)


def test_an_index_of_pieces_that_could_not_be_is_made_by_migrate(shell: Shell) -> None:
    is_postgresql = shell.is_postgresql
    drops = ["DROP INDEX members_pieces"] if is_postgresql else ["DROP TABLE members_pieces"]
    if not is_postgresql:
        drops += [f"DROP TRIGGER members_pieces_{name}" for name in ("new", "gone", "changed")]
    with shell.store.engine.connect() as connection:
        for statement in drops:
            connection.execute(sa.text(statement))
    assert "then: lanhouse migrate" in shell.run("doctor").output
    assert "Nothing to do" in shell.ok("migrate")
    assert "members are found by an index" in shell.run("doctor").output


def test_a_second_restore_leaves_what_the_first_one_kept(
    sqlite_store: Store, tmp_path: Path
) -> None:
    """Who has restored the wrong backup restores again, and must still have what was there."""
    shell = installed(sqlite_store, tmp_path)
    target = tmp_path / "one.lanhouse"
    shell.ok("backup", "--to", str(target))
    book_money(shell.store, 7_000_000)
    stale = tmp_path / "lanhouse.db.before-restore-2-wal"
    stale.write_bytes(b"the log of another file")
    for _ in range(2):
        shell.ok("restore", "--from", str(target), "--force")

    kept = sorted(path.name for path in tmp_path.glob("lanhouse.db.before-restore*"))
    assert [name for name in kept if not name.endswith(("-wal", "-shm"))] == [
        "lanhouse.db.before-restore",
        "lanhouse.db.before-restore-3",
    ]
    assert stale.read_bytes() == b"the log of another file"
    with closing(sqlite3.connect(tmp_path / "lanhouse.db.before-restore")) as first:
        assert first.execute("SELECT count(*) FROM ledger_transfers").fetchone() == (1,)


def test_backup_does_not_overwrite(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "one.lanhouse"
    target.write_text("mine")
    done = shell.run("backup", "--to", str(target))

    assert done.exit_code == 1
    assert target.read_text() == "mine"


def test_restore_refuses_a_database_that_is_there(shell: Shell, tmp_path: Path) -> None:
    needs_client_programs(shell)
    target = tmp_path / "one.lanhouse"
    shell.ok("backup", "--to", str(target))
    book_money(shell.store, 7_000_000)
    done = shell.run("restore", "--from", str(target))

    assert done.exit_code == 1
    assert "Add --force" in str(done.exception)
    assert "1 transfers, 2 entries" in shell.ok("verify-ledger")


def test_restore_refuses_a_damaged_backup_and_changes_nothing(shell: Shell, tmp_path: Path) -> None:
    needs_client_programs(shell)
    book_money(shell.store, 7_000_000)
    target = tmp_path / "one.lanhouse"
    shell.ok("backup", "--to", str(target))
    data = bytearray(target.read_bytes())
    data[len(data) // 2] ^= 1
    target.write_bytes(data)
    done = shell.run("restore", "--from", str(target), "--force")

    assert done.exit_code == 1
    assert "is damaged" in str(done.exception)
    assert "1 transfers, 2 entries" in shell.ok("verify-ledger")


def test_restore_refuses_what_is_no_backup(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "one.lanhouse"
    target.write_bytes(b"hello")
    done = shell.run("restore", "--from", str(target), "--force")

    assert done.exit_code == 1
    assert "is not a backup of Lanhouse" in str(done.exception)
    assert "0 transfers" in shell.ok("verify-ledger")


def test_the_manifest_says_what_it_is(shell: Shell, tmp_path: Path) -> None:
    needs_client_programs(shell)
    target = tmp_path / "one.lanhouse"
    shell.ok("backup", "--to", str(target))
    with tarfile.open(target) as tar:
        member = tar.extractfile("manifest.json")
        assert member is not None
        manifest = json.loads(member.read())

    assert manifest["kind"] == ("postgresql" if shell.is_postgresql else "sqlite")
    assert manifest["format"] == "lanhouse-backup-1"
    assert len(manifest["sha256"]) == 64


def test_doctor_finds_a_sound_installation_and_a_broken_ledger(shell: Shell) -> None:
    shell.data_dir.chmod(0o700)
    book_money(shell.store, 10_000_000)
    lines = {line.split()[1]: line.split()[0] for line in shell.ok("doctor").splitlines()}
    assert lines["database"] == lines["ledger"] == lines["migrations"] == "ok"

    with shell.store.engine.connect() as connection:
        connection.execute(sa.text("UPDATE ledger_accounts SET balance_micros = 1 WHERE id = 1"))
    done = shell.run("doctor")

    assert done.exit_code == 1
    assert "FAIL  ledger         first bad row: account 1:" in done.output


NEWER = "The database is at revision 9999, which a newer version of this program made."


@pytest.mark.parametrize("command", ["migrate", "init"])
def test_an_older_program_leaves_a_newer_database_alone(shell: Shell, command: str) -> None:
    """Going back a version ended in a stack trace, and cost the copy of the upgrade before."""
    copy = shell.data_dir / f"lanhouse.before-{newest_revision()}.db"
    copy.write_text("the copy of an earlier upgrade")
    with revision_of(shell.store, "9999"):
        done = shell.run(command)
        assert done.exit_code == 1
        assert current_revision(shell.store) == "9999"
    assert isinstance(done.exception, Refused)
    assert done.exception.message.startswith(NEWER)
    assert copy.read_text() == "the copy of an earlier upgrade"


OLDER = "The database is at revision 0016; this version upgrades from 0017 on. Install the release"


@pytest.mark.parametrize("command", ["migrate", "init", "doctor"])
def test_a_database_that_is_too_old_is_left_alone_and_told_the_way(
    shell: Shell, command: str
) -> None:
    with revision_of(shell.store, "0016"):
        done = shell.run(command)
        assert current_revision(shell.store) == "0016"
    assert done.exit_code == 1
    told = done.output if command == "doctor" else str(done.exception)
    assert OLDER in told
    assert not [*shell.data_dir.glob("lanhouse.before-*.db")]


@pytest.mark.parametrize(
    ("revision", "says"),
    [("0016", "Restore it with the release before this one"), ("9999", "newer than this one")],
)
def test_a_backup_of_another_time_says_what_to_do(tmp_path: Path, revision: str, says: str) -> None:
    settings = settings_from(data_dir=tmp_path, database_url="")
    manifest = archive.Manifest(
        format="any",
        kind="sqlite",
        version="0.0.1",
        revision=revision,
        made_at=datetime(2026, 1, 1, tzinfo=UTC),
        sha256="",
    )
    with pytest.raises(Refused, match=says):
        check_fits(manifest, settings)
    check_fits(msgspec.structs.replace(manifest, revision="0017"), settings)


@pytest.mark.parametrize(
    "command",
    [
        ("add-staff", "--account", "rita"),
        ("set-password", "--account", "admin"),
        ("add-agent", "--name", "Operator", "--currency", "EUR", "--allow", "::1"),
        ("fund-agent", "--agent", "1", "--currency", "EUR", "--amount", "1"),
        ("verify-ledger",),
    ],
)
def test_nothing_is_written_into_tables_of_another_revision(
    shell: Shell, command: tuple[str, ...]
) -> None:
    with revision_of(shell.store, "0017"):
        done = shell.run(*command)
    assert done.exit_code == 1
    assert isinstance(done.exception, Refused)
    assert done.exception.message.endswith("Run: lanhouse migrate")


def test_doctor_stops_at_the_first_thing_that_the_rest_needs(shell: Shell) -> None:
    with revision_of(shell.store, "0017"):
        done = shell.run("doctor")
    assert done.exit_code == 1
    (failed,) = (line for line in done.output.splitlines() if line.startswith("FAIL"))
    assert failed.startswith("FAIL  migrations     at 0017, this program needs ")
    assert "ledger" not in done.output


def test_doctor_says_where_a_database_cannot_be_reached(tmp_path: Path) -> None:
    nowhere = "postgresql://lanhouse@127.0.0.1:1/lanhouse"
    options = ["doctor", "--data-dir", str(tmp_path), "--database-url", nowhere]
    done = CliRunner().invoke(lanhouse, options)
    assert done.exit_code == 1
    failed = [line for line in done.output.splitlines() if "connection failed" in line]
    assert len(failed) == 1
    assert failed[0].startswith("FAIL  database ")
    assert done.output.count("FAIL") == 1


def test_doctor_goes_on_where_it_may_not_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests may run as root, who may look everywhere; so the refusal is made here."""

    def refuse(_settings: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr("lanhouse.cli.doctor.existing_store", refuse)
    done = CliRunner().invoke(lanhouse, ["doctor", "--data-dir", str(tmp_path)])
    assert done.exit_code == 1
    assert "FAIL  database       cannot be looked at: Permission denied\n" in done.output


def test_doctor_warns_of_an_open_folder(shell: Shell) -> None:
    shell.data_dir.chmod(0o755)
    assert "warn  data folder" in shell.ok("doctor")


def test_an_agent_is_added_and_funded_once(shell: Shell) -> None:
    output = shell.ok(
        *("add-agent", "--name", "Operator", "--currency", "EUR", "--currency", "JPY=0.0061"),
        *("--allow", "10.0.0.0/8"),
    )
    secret = output.split("External API key: ")[1].split()[0]
    found = shell.store.read_sync(agent_by_key_hash, secret_hash(secret))
    assert found is not None
    assert (found.name, found.kind, found.base_currency) == ("Operator", "transfer", "EUR")
    assert found.currencies["JPY"].settle_rate == "0.0061"

    pay = ("fund-agent", "--agent", str(found.id), "--currency", "JPY", "--amount", "5000")
    told = shell.ok(*pay, "--key", "invoice-1")
    assert told == f"Agent {found.id} holds 5000 JPY after this payment.\n"
    assert "holds 5001 JPY" in shell.ok(*pay[:-1], "1")
    assert shell.ok(*pay, "--key", "invoice-1") == told
    other = shell.run(*pay[:-1], "4000", "--key", "invoice-1")

    assert other.exit_code == 1
    assert "used with other input" in str(other.exception)
    assert "holds 5002 JPY" in shell.ok(*pay[:-1], "1")


def _added_agent(shell: Shell) -> tuple[str, str]:
    """Number and key of a new agent, as the command line tells them."""
    added = ("add-agent", "--name", "Operator", "--currency", "EUR", "--allow", "10.0.0.1")
    output = shell.ok(*added)
    secret = output.split("External API key: ")[1].split()[0]
    return output.split()[1], secret


def _agent_of(shell: Shell, secret: str) -> Agent | None:
    return shell.store.read_sync(agent_by_key_hash, secret_hash(secret))


def test_an_agent_is_switched_off_and_on_and_moves_house(shell: Shell) -> None:
    number, secret = _added_agent(shell)

    done = shell.ok("set-agent", "--agent", number, "--off", "--allow", "10.0.0.2, ::1")
    assert f"Agent {number} is off and may call from 10.0.0.2,::1." in done
    agent = _agent_of(shell, secret)
    assert agent is not None
    assert (agent.is_active, agent.allowed_ips) == (False, "10.0.0.2,::1")

    assert f"Agent {number} is on" in shell.ok("set-agent", "--agent", number, "--on")
    agent = _agent_of(shell, secret)
    assert agent is not None
    assert (agent.is_active, agent.allowed_ips) == (True, "10.0.0.2,::1")


def test_a_leaked_key_is_ended_and_a_new_one_made(shell: Shell) -> None:
    number, leaked = _added_agent(shell)

    output = shell.ok("set-agent", "--agent", number, "--end-keys", "--new-key")

    fresh = output.split("External API key: ")[1].split()[0]
    assert _agent_of(shell, leaked) is None
    assert _agent_of(shell, fresh) is not None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--agent", "99", "--off"), "There is no agent 99."),
        (("--agent", "1", "--allow", "x"), "allowed_ips: 'x' is not an IP address or network"),
    ],
)
def test_what_cannot_be_set_on_an_agent_changes_nothing(
    shell: Shell, options: tuple[str, ...], message: str
) -> None:
    number, secret = _added_agent(shell)
    given = [number if option == "1" else option for option in options]
    done = shell.run("set-agent", *given, "--end-keys")
    assert (done.exit_code, str(done.exception)) == (1, message)
    agent = _agent_of(shell, secret)
    assert agent is not None
    assert (agent.is_active, agent.allowed_ips) == (True, "10.0.0.1")


def test_a_player_is_switched_off_and_on(shell: Shell) -> None:
    number, secret = _added_agent(shell)
    agent = _agent_of(shell, secret)
    assert agent is not None
    shell.store.run_sync(create_player, NewPlayer(agent, "player0001"))
    which = ("set-player", "--agent", number, "--username", "player0001")

    def is_active() -> bool:
        return shell.store.read_sync(
            lambda read: player_by_username(read, agent.id, "player0001").is_active
        )

    assert shell.ok(*which, "--off") == f"player0001 of agent {number} is off.\n"
    assert not is_active()
    assert shell.ok(*which, "--on") == f"player0001 of agent {number} is on.\n"
    assert is_active()
    nobody = shell.run(*which[:-1], "nobody", "--off")
    assert (nobody.exit_code, str(nobody.exception)) == (1, "player not found")


@pytest.mark.parametrize(
    ("currencies", "message"),
    [
        (("EUR", "JPY"), "currency: JPY needs its rate to EUR: JPY=…"),
        (("EUR", "EUR=2"), "currency: EUR is named twice"),
        (("EUR", "KWD=0"), "currencies: the rate of KWD must be a positive plain decimal number"),
    ],
)
def test_wrong_currencies_of_an_agent_are_named(
    shell: Shell, currencies: tuple[str, ...], message: str
) -> None:
    options = [part for code in currencies for part in ("--currency", code)]
    done = shell.run("add-agent", "--name", "Operator", "--allow", "::1", *options)

    assert (done.exit_code, str(done.exception)) == (1, message)


# --- the server secret ------------------------------------------------------------------------


def secret_line(shell: Shell) -> str:
    """What doctor says of the server secret."""
    output = shell.run("doctor").output
    return next(line for line in output.splitlines() if line[6:].startswith("server secret"))


def test_init_makes_the_server_secret_and_doctor_looks_at_it(shell: Shell) -> None:
    path = shell.data_dir / "server.secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret_line(shell) == f"  ok  server secret  {path} is private and fits the database"
    path.chmod(0o644)
    assert secret_line(shell) == (
        f"warn  server secret  {path} is open to other users (0644): chmod 600 {path}"
    )
    shell.ok("init", "--center-id", "13")
    path.write_text("f" * 64)
    assert secret_line(shell).startswith(
        f"FAIL  server secret  {path} is not the secret that this database is used with;"
    )
    done = shell.run("doctor")
    assert done.exit_code == 1
    assert "ledger         holds" in done.output
    path.unlink()
    assert secret_line(shell).startswith(f"FAIL  server secret  {path} is missing.")
    assert "is missing. Until that is put right, guests' passwords" in shell.ok(
        "init", "--center-id", "14"
    )
    assert not path.exists()


def test_the_secret_file_may_lie_elsewhere(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "elsewhere" / "key"
    monkeypatch.setenv("LANHOUSE_SECRET_FILE", str(path))
    shell = installed(store, tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not (tmp_path / "server.secret").exists()
    assert f"ok  server secret  {path} is private" in shell.run("doctor").output


def test_a_lost_secret_is_given_up_by_a_command_only(shell: Shell) -> None:
    path = shell.data_dir / "server.secret"
    old = path.read_text()
    path.unlink()
    output = shell.ok("accept-secret")
    assert output.startswith(f"{path} is the server secret of this database from now on.")
    assert path.read_text() != old
    assert secret_line(shell).startswith("  ok")
    path.write_text(old)  # found again after all
    assert secret_line(shell).startswith("FAIL")
    shell.ok("accept-secret")
    assert (path.read_text(), secret_line(shell)[:4]) == (old, "  ok")


def names_in(backup: Path) -> set[str]:
    with tarfile.open(backup) as tar:
        return set(tar.getnames())


def test_a_backup_carries_the_secret_only_when_asked(shell: Shell, tmp_path: Path) -> None:
    needs_client_programs(shell)
    secret = (shell.data_dir / "server.secret").read_bytes()
    bare, whole = tmp_path / "bare.lanhouse", tmp_path / "whole.lanhouse"
    output = shell.ok("backup", "--to", str(bare))
    assert f"keep a copy of {shell.data_dir / 'server.secret'} elsewhere" in output
    assert "server.secret" not in names_in(bare)
    assert secret.strip() not in bare.read_bytes()
    shell.ok("backup", "--to", str(whole), "--with-secrets")
    assert "server.secret" in names_in(whole)

    (shell.data_dir / "server.secret").unlink()
    done = shell.run("backup", "--to", str(tmp_path / "none"), "--with-secrets")
    assert (done.exit_code, "is missing; no backup" in str(done.exception)) == (1, True)
    assert not (tmp_path / "none").exists()

    output = shell.ok("restore", "--from", str(bare), "--force")
    assert "server.secret is missing. Until that is put right, guests' passwords" in output
    assert not (shell.data_dir / "server.secret").exists()
    output = shell.ok("restore", "--from", str(whole), "--force")
    assert "server.secret" not in output
    path = shell.data_dir / "server.secret"
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (secret, 0o600)
    assert secret_line(shell).startswith("  ok")


def test_restore_replaces_another_secret_by_force_only_and_keeps_it(
    shell: Shell, tmp_path: Path
) -> None:
    needs_client_programs(shell)
    path = shell.data_dir / "server.secret"
    secret = path.read_bytes()
    whole = tmp_path / "whole.lanhouse"
    shell.ok("backup", "--to", str(whole), "--with-secrets")
    other = tmp_path / "other"
    other.mkdir()
    (other / "server.secret").write_text("f" * 64)
    done = shell.run("restore", "--from", str(whole), data_dir=other)
    assert (done.exit_code, "is another server secret" in str(done.exception)) == (1, True)
    assert (other / "server.secret").read_text() == "f" * 64
    shell.ok("restore", "--from", str(whole), "--force", data_dir=other)
    assert (other / "server.secret").read_bytes() == secret
    assert (other / "server.secret.before-restore").read_text() == "f" * 64
