"""What a backup must not bring back: keys and sign-ins that were ended after it."""

from __future__ import annotations

import asyncio
import json
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from lanhouse.aggregator.agents.queries import agent_by_key_hash
from lanhouse.auth.keys import NewKey, generate_key, key_by_hash
from lanhouse.auth.tables import api_keys, tokens
from lanhouse.auth.tokens import NewToken, end_token, find_token, issue_token
from lanhouse.cli import generations
from lanhouse.cli.main import lanhouse
from lanhouse.db.open import open_store
from lanhouse.db.store import Read, Store
from lanhouse.kit.errors import Refused
from lanhouse.kit.ids import secret_hash
from lanhouse.settings import AppSettings
from tests.builders import databases


class Host:
    """One host with an installation on it; `url` is empty for SQLite."""

    def __init__(self, data_dir: Path, url: str) -> None:
        self.url = url
        self.settings = AppSettings(data_dir=data_dir, database_url=url)

    def run(self, *arguments: str, stdin: str = "") -> Any:
        options = ["--data-dir", str(self.settings.data_dir)]
        if self.url:
            options += ["--database-url", self.url]
        return CliRunner().invoke(lanhouse, [*arguments, *options], input=stdin)

    def ok(self, *arguments: str, stdin: str = "") -> str:
        done = self.run(*arguments, stdin=stdin)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The database, while nothing else runs."""
        opened = open_store(self.url, self.settings.data_dir)
        yield opened
        databases.close(opened)

    def started(self) -> str:
        """What a server says when it starts."""
        with self.store() as store:
            return generations.settle(self.settings, store)

    def new_key(self) -> str:
        """Replace the centre's key while a server keeps the file."""
        with self.store() as store:
            secret = store.run_sync(generate_key, NewKey(12, "127.0.0.1")).secret
            generations.keep_from(self.settings, store)
        return secret

    def signed_in(self) -> str:
        with self.store() as store:
            return store.run_sync(issue_token, NewToken(12, "staff", "cookie", 1))

    def counts(self, *secrets: str) -> list[bool]:
        """Which of these keys and sign-ins are let in."""

        def look(read: Read) -> list[bool]:
            return [
                agent_by_key_hash(read, secret_hash(secret)) is not None
                if secret.startswith("lha_")
                else find_token(read, secret, "cookie") is not None
                if secret.startswith("lhs_")
                else key_by_hash(read, secret_hash(secret)) is not None
                for secret in secrets
            ]

        with self.store() as store:
            return store.read_sync(look)


@pytest.fixture
def here(store: Store, tmp_path: Path) -> Host:
    """A host with centre 12, on each database."""
    is_postgresql = store.url.startswith("postgresql")
    assert not is_postgresql or shutil.which("pg_dump"), "pg_dump is missing"
    host = Host(tmp_path / "here", store.url if is_postgresql else "")
    host.ok("init", "--center-id", "12", "--password-stdin", stdin="a good password\n")
    assert host.started() == ""
    return host


@pytest.fixture
def sqlite_here(tmp_path: Path) -> Host:
    """The same on SQLite only, for what is the same on both."""
    host = Host(tmp_path / "here", "")
    host.ok("init", "--center-id", "12", "--password-stdin", stdin="a good password\n")
    return host


def backed_up(host: Host, tmp_path: Path) -> tuple[str, str]:
    """A backup; answers its path and what it tells of its time."""
    target = tmp_path / "one.lanhouse"
    host.ok("backup", "--to", str(target))
    with tarfile.open(target) as tar:
        part = tar.extractfile("manifest.json")
        assert part is not None
        made_at = json.loads(part.read())["made_at"]
    return str(target), f"{made_at[:10]} {made_at[11:16]} UTC"


def test_on_the_same_host_a_replaced_key_stays_dead(here: Host, tmp_path: Path) -> None:
    leaked, cookie = here.new_key(), here.signed_in()
    backup, _ = backed_up(here, tmp_path)
    replaced = here.new_key()
    output = here.ok("restore", "--from", backup, "--force")
    assert "Ended, for it was replaced since: the API key of centre 12." in output
    assert here.counts(leaked, replaced, cookie) == [False, False, False]
    newest = here.new_key()
    assert here.started() == ""
    assert here.counts(newest) == [True]
    assert "ok  keys           are of the generation that this host knows" in here.ok("doctor")


def test_a_key_that_nobody_replaced_lives_on(here: Host, tmp_path: Path) -> None:
    key, cookie = here.new_key(), here.signed_in()
    backup, _ = backed_up(here, tmp_path)
    output = here.ok("restore", "--from", backup, "--force")
    assert "Make a new key" not in output
    assert "Everybody signs in anew." in output
    assert here.counts(key, cookie) == [True, False]


def test_on_another_host_the_key_lives_and_its_owner_is_told(here: Host, tmp_path: Path) -> None:
    """There it cannot be known what became of the key; the hall's programs must go on."""
    key, cookie = here.new_key(), here.signed_in()
    backup, made_at = backed_up(here, tmp_path)
    there = Host(tmp_path / "there", here.url)
    if here.url:  # another database would do, and the tests have one
        with here.store() as store, store.engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE auth_generations"))
    told = f"Make a new key if it was replaced after {made_at}."
    assert told in there.ok("restore", "--from", backup, "--force")
    assert there.counts(key, cookie) == [True, False]
    warned = there.run("doctor").output
    assert f"warn  keys           a backup of another host was restored. {told}" in warned
    there.new_key()
    assert there.counts(key) == [False]
    assert "ok  keys " in there.run("doctor").output


def test_keys_can_be_ended_with_the_restore(here: Host, tmp_path: Path) -> None:
    key, agent_key = here.new_key(), added_agent(here)
    backup, _ = backed_up(here, tmp_path)
    output = here.ok("restore", "--from", backup, "--force", "--end-keys")
    assert "Every API key has ended; make new ones." in output
    assert here.counts(key, agent_key) == [False, False]


def added_agent(host: Host) -> str:
    """The key of a new agent."""
    made = host.ok("add-agent", "--name", "Op", "--currency", "EUR", "--allow", "10.0.0.1")
    return made.split("External API key: ")[1].split()[0]


def test_an_agents_key_that_was_ended_stays_dead(sqlite_here: Host, tmp_path: Path) -> None:
    leaked = added_agent(sqlite_here)
    backup, _ = backed_up(sqlite_here, tmp_path)
    sqlite_here.ok("set-agent", "--agent", "1", "--end-keys")
    output = sqlite_here.ok("restore", "--from", backup, "--force")
    assert "the keys of agent 1." in output
    assert sqlite_here.counts(leaked) == [False]


def test_a_file_that_was_copied_back_is_known_at_the_start(
    sqlite_here: Host, tmp_path: Path
) -> None:
    """Not every restore is made with `restore`."""
    database = sqlite_here.settings.data_dir / "lanhouse.db"
    leaked, signed_out = sqlite_here.new_key(), sqlite_here.signed_in()
    assert sqlite_here.started() == ""
    shutil.copy(database, tmp_path / "copy.db")
    sqlite_here.new_key()
    with sqlite_here.store() as store:
        store.run_sync(end_token, secret_hash(signed_out))
        generations.keep_from(sqlite_here.settings, store)
    for old in database.parent.glob("lanhouse.db*"):
        old.unlink()
    shutil.copy(tmp_path / "copy.db", database)
    assert sqlite_here.counts(leaked, signed_out) == [True, True]

    warned = sqlite_here.ok("doctor")
    assert "warn  keys           the database is an older one;" in warned
    told = sqlite_here.started()
    assert "the API key of centre 12, the sign-ins of centre 12" in told
    assert sqlite_here.counts(leaked, signed_out) == [False, False]
    assert sqlite_here.started() == ""


def test_a_database_behind_a_link_is_restored_where_it_lies(
    sqlite_here: Host, tmp_path: Path
) -> None:
    """The link stays, and what keeps the generations lies beside the database itself."""
    disk = tmp_path / "disk"
    disk.mkdir()
    data_dir = sqlite_here.settings.data_dir
    leaked = sqlite_here.new_key()
    (data_dir / "generations.json").rename(disk / "generations.json")
    (data_dir / "lanhouse.db").rename(disk / "big.db")
    (data_dir / "lanhouse.db").symlink_to(disk / "big.db")
    backup, _ = backed_up(sqlite_here, tmp_path)
    sqlite_here.new_key()
    sqlite_here.ok("restore", "--from", backup, "--force")
    assert (data_dir / "lanhouse.db").is_symlink()
    assert (disk / "big.db.before-restore").is_file()
    assert not (data_dir / "generations.json").exists()
    assert sqlite_here.counts(leaked) == [False]


def test_a_damaged_file_is_told(sqlite_here: Host) -> None:
    sqlite_here.started()
    path = generations.file_of(sqlite_here.settings)
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("{")
    with pytest.raises(Refused, match="is damaged"):
        sqlite_here.started()
    assert "is damaged" in sqlite_here.run("doctor").output


async def _change_and_wait(settings: AppSettings, store: Store) -> None:
    generations.Follower(settings, store)
    store.start()
    await store.write(generate_key, NewKey(12, "127.0.0.1"))
    async with asyncio.timeout(5):
        while generations.read_kept(settings) is None:
            await asyncio.sleep(0.01)
    await store.stop()


def test_a_running_server_writes_the_file_at_once(sqlite_here: Host) -> None:
    generations.file_of(sqlite_here.settings).unlink(missing_ok=True)
    opened = open_store("", sqlite_here.settings.data_dir)
    asyncio.run(_change_and_wait(sqlite_here.settings, opened))
    kept = generations.read_kept(sqlite_here.settings)
    assert kept is not None
    assert kept.numbers == {"center_key": {12: 1}}


def test_nothing_is_left_of_what_ended(sqlite_here: Host, tmp_path: Path) -> None:
    sqlite_here.new_key()
    sqlite_here.signed_in()
    backup, _ = backed_up(sqlite_here, tmp_path)
    sqlite_here.ok("restore", "--from", backup, "--force", "--end-keys")
    with sqlite_here.store() as store:
        left = store.read_sync(
            lambda read: [*read.all(sa.select(tokens)), *read.all(sa.select(api_keys))]
        )
    assert left == []
