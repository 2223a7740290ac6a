"""The command line of licences and rules of countries."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lanhouse.aggregator.agents.queries import agent_by_id
from lanhouse.aggregator.protection.queries import profiles_of
from lanhouse.aggregator.protection.schemas import Profile
from lanhouse.cli.main import lanhouse
from lanhouse.db.sqlite import SqliteStore
from tests.builders.databases import close, empty_sqlite

NEW = ("add-agent", "--name", "Operator", "--currency", "EUR", "--allow", "10.0.0.1")
LICENCE = ("--licence", "L-1", "--countries", "de, AT", "--minimum-age", "18")


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    opened = empty_sqlite(tmp_path)
    assert isinstance(opened, SqliteStore)
    return opened


def run(tmp_path: Path, *words: str) -> Result:
    return CliRunner().invoke(lanhouse, [*words, "--data-dir", str(tmp_path)])


def test_real_money_needs_a_licence_from_the_beginning(tmp_path: Path, store: SqliteStore) -> None:
    for part in (LICENCE[:2], LICENCE[:4], LICENCE[2:]):
        assert run(tmp_path, *NEW, *part).exit_code == 1
    done = run(tmp_path, *NEW, *LICENCE)
    assert done.exit_code == 0, done.output
    assert "licence L-1" in done.output
    assert "test, no real money" in run(tmp_path, *NEW).output
    real, test = (store.read_sync(agent_by_id, number) for number in (1, 2))
    assert real is not None
    assert test is not None
    assert (real.licence_number, real.countries, real.minimum_age) == ("L-1", ("DE", "AT"), 18)
    assert (real.is_test, test.is_test) == (False, True)
    renewed = run(tmp_path, "set-agent", "--agent", "1", "--countries", "DE")
    assert "Licence L-1 for DE, players from 18 on." in renewed.output
    assert run(tmp_path, "set-agent", "--agent", "1", "--minimum-age", "12").exit_code == 1
    assert run(tmp_path, "set-agent", "--agent", "2", *LICENCE).exit_code == 1
    assert "It is a test agent" in run(tmp_path, "set-agent", "--agent", "2", "--on").output
    close(store)


def test_rules_are_written_told_and_taken_away(tmp_path: Path, store: SqliteStore) -> None:
    run(tmp_path, *NEW)
    to = ("set-rules", "--agent", "1", "--country")
    strict = ("--round-seconds", "2.5", "--reality-check", "30", "--net-position")
    assert run(tmp_path, *to, "de", *strict).exit_code == 0
    done = run(tmp_path, *to, "*", "--reality-check", "60")
    assert done.output == (
        "Elsewhere: a reality check every 60 min.\n"
        "DE: a round every 2.5 s at most, a reality check every 30 min, net position shown.\n"
    )
    assert store.read_sync(profiles_of, 1) == [
        Profile(reality_check_minutes=60),
        Profile(country="DE", round_millis=2_500, reality_check_minutes=30, shows_net=True),
    ]
    for wrong in (
        ("Germany",), ("DE", "--round-seconds", "61"), ("DE", "--round-seconds", "2.5555"),
        ("DE", "--round-seconds", "fast"), ("DE", "--reality-check", "-1"),
        ("DE", "--end", "--net-position"),
    ):  # fmt: skip
        assert run(tmp_path, *to, *wrong).exit_code == 1, wrong
    assert run(tmp_path, "set-rules", "--agent", "9", "--country", "DE").exit_code == 1
    assert len(store.read_sync(profiles_of, 1)) == 2
    assert run(tmp_path, *to, "*", "--end").exit_code == 0
    assert run(tmp_path, *to, "DE", "--end").output == "Agent 1 has no rules of a country.\n"
    close(store)
