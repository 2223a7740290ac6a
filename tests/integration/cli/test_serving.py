"""What a start finds out and does before it serves."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import sqlalchemy as sa

from lanhouse.cli.common import only_server
from lanhouse.cli.serve import is_empty
from lanhouse.cli.serving import VERSIONS_DIR, bind, bring_up_to_date, is_up_to_date
from lanhouse.db.migrate import newest_revision
from lanhouse.db.sqlite import SqliteStore
from lanhouse.db.store import Store
from lanhouse.kit.errors import Refused
from lanhouse.settings import AppSettings
from tests.builders.agents import open_operator


def test_revision_files_sort_by_their_revision() -> None:
    """The quick look at the newest revision relies on names like 0001_title.py."""
    newest = max(path.name for path in VERSIONS_DIR.glob("[0-9]*.py"))
    assert newest.startswith(f"{newest_revision()}_")


def test_a_migrated_database_is_up_to_date_and_an_older_one_is_not(store: Store) -> None:
    assert is_up_to_date(store)
    with store.engine.connect() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
        assert not is_up_to_date(store)
        connection.execute(
            sa.text("UPDATE alembic_version SET version_num = :r"), {"r": newest_revision()}
        )


def test_an_empty_file_is_filled(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "lanhouse.db")
    settings = AppSettings(data_dir=tmp_path)
    assert not is_up_to_date(store)

    bring_up_to_date(settings, store, may_migrate_server=False)

    assert is_up_to_date(store)
    assert (tmp_path / "lanhouse.db").stat().st_mode & 0o777 == 0o600
    store.engine.dispose()


def test_a_database_without_anybody_is_empty(store: Store) -> None:
    """A mistyped data directory is made anew; `serve` must not pretend that it is the centre's."""
    assert is_empty(store)
    open_operator(store)
    assert not is_empty(store)


def test_a_port_in_use_is_told_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Refused) as refused:
            bind(AppSettings(port=port))
    assert refused.value.message == f"Cannot listen on 127.0.0.1:{port}: Address already in use."


@pytest.mark.parametrize("url", ["", "postgresql://somewhere/lanhouse"])
def test_one_server_per_data_directory(tmp_path: Path, url: str) -> None:
    settings = AppSettings(data_dir=tmp_path, database_url=url)
    with only_server(settings), pytest.raises(Refused) as refused, only_server(settings):
        pass
    assert refused.value.message == f"A server is running on {tmp_path}. Stop it first."
    with only_server(settings):
        assert (tmp_path / "server.lock").stat().st_mode & 0o777 == 0o600
        assert (tmp_path / "lanhouse.db").exists() == (not url)


@pytest.mark.parametrize("is_hard", [False, True])
def test_one_server_per_database_whatever_links_lead_to_it(tmp_path: Path, is_hard: bool) -> None:
    """Two writers on one file would each take the other's pages for their own."""
    first, second = tmp_path / "first", tmp_path / "second"
    second.mkdir()
    with only_server(AppSettings(data_dir=first)):
        (first / "lanhouse.db").touch()
        link = second / "lanhouse.db"
        if is_hard:
            link.hardlink_to(first / "lanhouse.db")
        else:
            link.symlink_to(first / "lanhouse.db")
        with pytest.raises(Refused) as refused, only_server(AppSettings(data_dir=second)):
            pass
    assert refused.value.message == f"A server is running on {link}. Stop it first."
    with only_server(AppSettings(data_dir=second)):
        pass
