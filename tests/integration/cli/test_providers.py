"""add-provider, set-provider and the keys that they show once; doctor on lost ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lanhouse.aggregator.agents.queries import agent_by_id
from lanhouse.aggregator.providers.queries import keys_of, providers_by_id
from lanhouse.auth.server_secret import make_secret, open_vault
from lanhouse.cli.doctor_seals import check_provider_keys
from lanhouse.cli.findings import BAD, GOOD
from lanhouse.cli.main import lanhouse
from lanhouse.db.sqlite import SqliteStore
from lanhouse.kit.vault import Unreadable
from lanhouse.settings import AppSettings
from tests.builders.agents import open_operator
from tests.builders.databases import empty_sqlite
from tests.builders.secrets import VAULT

KEY = re.compile(r"^Provider key: (lhs_\S+)   \(shown once\)$", re.M)


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    opened = empty_sqlite(tmp_path)
    assert isinstance(opened, SqliteStore)
    return opened


def run(tmp_path: Path, *words: str) -> Result:
    return CliRunner().invoke(lanhouse, [*words, "--data-dir", str(tmp_path)])


def test_a_provider_is_entered_with_a_key_that_is_shown_once(
    tmp_path: Path, store: SqliteStore
) -> None:
    operator = open_operator(store)
    words = ("add-provider", "acme", "--url", "https://games.acme.example/x/", "--agent")
    done = run(tmp_path, *words, str(operator.agent.id))
    assert done.exit_code == 0, done.output
    shown = KEY.search(done.output)
    assert shown is not None
    vault, problem = open_vault(AppSettings(data_dir=tmp_path).secret_path, store)
    assert problem == ""
    assert store.read_sync(keys_of, "acme", vault) == [shown[1]]
    kept = store.read_sync(providers_by_id)["acme"]
    assert (kept.name, kept.url, kept.is_active) == ("acme", "https://games.acme.example/x", True)
    agent = store.read_sync(agent_by_id, operator.agent.id)
    assert agent is not None
    assert agent.provider_ids == ("house", "acme")
    second = run(tmp_path, "set-provider", "acme", "--new-key", "--online", "off")
    assert "offline" in second.output
    newer = KEY.search(second.output)
    assert newer is not None
    assert store.read_sync(keys_of, "acme", vault) == [newer[1], shown[1]]
    moved = run(tmp_path, "set-provider", "acme", "--url", "https://other.example")
    assert moved.exit_code == 0
    assert store.read_sync(providers_by_id)["acme"].url == "https://other.example"
    # Another provider's context and another secret open nothing.
    with pytest.raises(Unreadable):
        store.read_sync(keys_of, "acme", VAULT)
    settings = AppSettings(data_dir=tmp_path)
    assert check_provider_keys(settings, store).state == GOOD
    settings.secret_path.unlink()
    make_secret(settings.secret_path)
    finding = check_provider_keys(settings, store)
    assert finding.state == BAD
    assert "those of acme do not open" in finding.text


@pytest.mark.parametrize(
    "words",
    [
        ("add-provider", "house", "--url", "https://a.example"),
        ("add-provider", "ac_me", "--url", "https://a.example"),
        ("add-provider", "a", "--url", "https://a.example"),
        ("add-provider", "Acme", "--url", "https://a.example"),
        ("add-provider", "acme", "--url", "ftp://a.example"),
        ("add-provider", "acme", "--url", "https://u:p@a.example"),
        ("add-provider", "acme", "--url", "https://a.example?x"),
        ("add-provider", "acme", "--url", "https://a.example:99999"),
        ("add-provider", "acme", "--url", "https://a.example", "--name", "x" * 101),
        ("add-provider", "acme", "--url", "https://a.example", "--agent", "99"),
        ("set-provider", "acme", "--new-key"),
        ("set-provider", "house", "--new-key"),
        ("set-provider", "house", "--url", "https://a.example"),
    ],
    ids=range(13),
)
def test_what_cannot_be_entered_leaves_nothing(
    tmp_path: Path, store: SqliteStore, words: tuple[str, ...]
) -> None:
    done = run(tmp_path, *words)
    assert done.exit_code == 1
    assert done.exception is not None
    assert "Provider key" not in done.output
    assert set(store.read_sync(providers_by_id)) == {"house"}
    assert store.read_sync(keys_of, "house", VAULT) == []


def test_a_studio_tells_its_countries_itself(tmp_path: Path, store: SqliteStore) -> None:
    assert run(tmp_path, "add-provider", "acme", "--url", "https://a.example").exit_code == 0
    assert run(tmp_path, "set-provider", "acme", "--prohibited", "US").exit_code == 1
    assert store.read_sync(providers_by_id)["acme"].prohibited_countries == ()
