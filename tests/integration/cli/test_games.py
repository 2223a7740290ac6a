"""The command line of the game platform: providers, terms, agents below others, reports, seeds."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from lanhouse.aggregator.agents.queries import agent_by_id, terms_of_agent
from lanhouse.aggregator.agents.rules import signing_of
from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.providers.house.starting import ready_house
from lanhouse.aggregator.providers.queries import providers_by_id
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move
from lanhouse.auth.server_secret import make_secret, read_secret
from lanhouse.cli.doctor_seals import check_house_seeds, check_signatures
from lanhouse.cli.findings import BAD, GOOD, WARNING
from lanhouse.cli.main import lanhouse
from lanhouse.db.sqlite import SqliteStore
from lanhouse.kit.vault import LOCKED, Unreadable, Vault
from lanhouse.settings import AppSettings
from tests.builders.agents import open_operator
from tests.builders.databases import by_hand, close, empty_sqlite
from tests.builders.rounds import EURO, NAME, sit_down
from tests.builders.spins import SpinCmd, spin


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    opened = empty_sqlite(tmp_path)
    assert isinstance(opened, SqliteStore)
    return opened


def run(tmp_path: Path, *words: str) -> Result:
    return CliRunner().invoke(lanhouse, [*words, "--data-dir", str(tmp_path)])


def played(store: SqliteStore, vault: Vault) -> None:
    operator = open_operator(store)
    session = sit_down(operator, vault=vault)
    move = Move(
        agent=operator.agent, kind=DEPOSIT, username=NAME, currency="EUR", amount_micros=9 * EURO
    )
    store.run_sync(move_money, move)
    cmd = SpinCmd(session=session, vault=vault, client_key="key-00001", bet_micros=EURO)
    store.run_sync(spin, cmd)


def test_a_provider_is_switched(tmp_path: Path, store: SqliteStore) -> None:
    words = ("set-provider", "house", "--active", "off", "--maintenance-until")
    done = run(tmp_path, *words, "2030-01-02T03:04:05Z", "--prohibited", "us, UA-43")
    assert done.output == (
        "Provider house (House) is not active, online,"
        " under maintenance until 2030-01-02T03:04:05Z.\n"
    )
    kept = store.read_sync(providers_by_id)["house"]
    assert (kept.is_active, kept.prohibited_countries) == (False, ("US", "UA-43"))
    done = run(tmp_path, *words, "none")
    assert done.output == "Provider house (House) is not active, online.\n"
    for wrong in (("nobody", "--active", "on"), ("house", "--prohibited", "Germany")):
        assert run(tmp_path, "set-provider", *wrong).exit_code == 1
    assert store.read_sync(providers_by_id)["house"].prohibited_countries == ("US", "UA-43")
    close(store)


def test_an_agent_gets_terms_and_one_below_it(tmp_path: Path, store: SqliteStore) -> None:
    above = open_operator(store).agent.id
    number = ("--agent", str(above))
    terms = ("--terms", "house", "--share", "0.50", "--contribution", "0.005")
    assert run(tmp_path, "set-agent", *number, *terms).exit_code == 0
    [kept] = store.read_sync(terms_of_agent, above)
    assert (kept.share, kept.commission, kept.contribution) == ("0.5", "0", "0.005")
    for wrong in (("--share", "0.1"), ("--terms", "pg", "--share", "0.1")):
        assert run(tmp_path, "set-agent", *number, *wrong).exit_code == 1
    named = ("--name", "Below", "--currency", "EUR", "--allow", "10.0.0.1", "--parent")
    assert run(tmp_path, "add-agent", *named, "99").exit_code == 1
    assert run(tmp_path, "add-agent", *named, str(above)).exit_code == 0
    below = store.read_sync(agent_by_id, above + 1)
    assert below is not None
    assert below.parent_id == above
    close(store)


def test_origins_that_may_frame(tmp_path: Path, store: SqliteStore) -> None:
    number = ("--agent", str(open_operator(store).agent.id))
    told = run(tmp_path, "set-agent", *number).output
    assert "framed" not in told
    given = "https://Casino.Example:443, http://localhost:8080,https://casino.example"
    told = run(tmp_path, "set-agent", *number, "--frame-origins", given).output
    assert "framed by: https://casino.example, http://localhost:8080." in told
    wrong = run(tmp_path, "set-agent", *number, "--frame-origins", "http://casino.example")
    assert wrong.exit_code == 1
    assert "frame_origins: 'http://casino.example' is not an origin" in str(wrong.exception)
    agent = store.read_sync(agent_by_id, int(number[1]))
    assert agent is not None
    assert agent.frame_origins == ("https://casino.example", "http://localhost:8080")
    told = run(tmp_path, "set-agent", *number, "--frame-origins", "").output
    assert "framed by: nobody." in told


def test_an_agent_s_calls_are_signed_and_its_answers_are_its_own(
    tmp_path: Path, store: SqliteStore
) -> None:
    number = open_operator(store).agent.id
    settings = AppSettings(data_dir=tmp_path)

    def change(*words: str) -> str:
        done = run(tmp_path, "set-agent", "--agent", str(number), *words)
        assert done.exit_code == 0, done.output
        return done.output

    def kept() -> Agent:
        found = store.read_sync(agent_by_id, number)
        assert found is not None
        return found

    secrets, vault = [], LOCKED
    for _ in "12":
        [secret] = re.findall(r"Signing secret: (lhs_\S{43}) ", change("--signing"))
        vault = Vault(read_secret(settings.secret_path))
        assert signing_of(vault, kept()) == secret
        assert secret.encode() not in (kept().signing_sealed or b"")
        secrets.append(secret)
    assert len(set(secrets)) == 2
    other = open_operator(store).agent.id
    moved = msgspec.structs.replace(kept(), id=other)
    with pytest.raises(Unreadable):  # a row that is copied opens nothing
        signing_of(vault, moved)
    assert "secret" not in change("--no-signing")
    assert kept().signing_sealed is None
    change("--envelope-aliases", "--http-status", "semantic")
    assert (kept().has_aliases, kept().has_statuses) == (True, True)
    change("--off")
    assert (kept().has_aliases, kept().has_statuses) == (True, True)
    change("--no-envelope-aliases", "--http-status", "legacy")
    assert (kept().has_aliases, kept().has_statuses) == (False, False)
    assert check_signatures(settings, store).text == "0 agents sign their calls"
    settings.secret_path.rename(tmp_path / "elsewhere")
    done = run(tmp_path, "set-agent", "--agent", str(number), "--signing")
    assert done.exit_code == 1
    assert "secret file is missing" in str(done.exception)
    assert kept().signing_sealed is None
    (tmp_path / "elsewhere").rename(settings.secret_path)
    change("--signing")
    assert check_signatures(settings, store).state == GOOD
    settings.secret_path.unlink()
    finding = check_signatures(settings, store)
    assert finding.state == BAD
    assert finding.text.startswith(f"those of the agents {number} do not open with ")
    close(store)


def test_reports_are_verified(tmp_path: Path, store: SqliteStore) -> None:
    played(store, Vault(b"\x01" * 32))
    done = run(tmp_path, "verify-reports")
    assert done.output == "The reports hold: 1 closed rounds in 1 hours.\n"
    by_hand(store, "UPDATE report_hours SET rounds = 2")
    done = run(tmp_path, "verify-reports")
    assert done.exit_code == 1
    assert "keeps 2 rounds, the records give 1" in done.output
    close(store)


def test_doctor_tells_of_seeds_that_do_not_open(tmp_path: Path, store: SqliteStore) -> None:
    settings = AppSettings(data_dir=tmp_path)
    vault = Vault(make_secret(settings.secret_path))
    played(store, vault)
    assert check_house_seeds(settings, store).state == GOOD
    kept = settings.secret_path.read_bytes()
    settings.secret_path.unlink()
    finding = check_house_seeds(settings, store)
    assert finding.state == BAD
    assert finding.text.startswith("2 server seeds do not open")
    ready_house(store, LOCKED)
    settings.secret_path.write_bytes(kept)
    finding = check_house_seeds(settings, store)
    assert finding.state == WARNING
    assert finding.text.startswith("2 are lost with an earlier server secret; commitments: ")
    close(store)
