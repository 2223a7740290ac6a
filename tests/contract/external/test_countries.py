"""Licences, countries of launches, and what a country asks of a game."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.aggregator.agents.commands import set_licence
from lanhouse.aggregator.agents.schemas import SetLicence
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.protection.commands import set_profile
from lanhouse.aggregator.protection.schemas import Profile, SetProfile
from lanhouse.aggregator.providers.commands import set_provider
from lanhouse.aggregator.providers.schemas import SetProvider
from lanhouse.app import create_app
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.settings import AppSettings
from tests.builders.agents import External, Operator, open_operator
from tests.builders.client import Client
from tests.builders.play import launch_body
from tests.builders.secrets import VAULT
from tests.builders.small_json import JsonPlayer, open_game

PLAYER = "player0001"
GERMAN, AUSTRIAN, NOBODY_KNOWS = "203.0.113.7", "198.51.100.7", "192.0.2.7"


@pytest.fixture
def geo_unknown() -> str:
    return "allow"


@pytest.fixture
def web(operator: Operator, tmp_path: Path, geo_unknown: Any) -> Iterator[Client]:
    file = tmp_path / "geo.csv"
    file.write_text("network,country\n203.0.113.0/24,DE\n198.51.100.0/24,AT\n")
    settings = AppSettings(
        data_dir=tmp_path, api_rate_per_minute=0, public_url="http://testserver",
        geo_file=str(file), geo_unknown=geo_unknown,
    )  # fmt: skip
    with Client(create_app(settings, operator.store, vault=VAULT, with_ticker=False)) as opened:
        yield opened


@pytest.fixture
def licensed(external: External, operator: Operator) -> External:
    """An operator that may offer games in Germany."""
    real = open_operator(operator.store, licence_number="L-1", countries=("DE",), minimum_age=18)
    found = External(external.client, real.key)
    found.ok("createPlayer", {"username": PLAYER})
    found.ok("deposit", {"username": PLAYER, "amount": "100", "currency": "EUR"})
    return found


def launch(external: External, address: str) -> Any:
    return external.envelope("launchGame", launch_body(PLAYER, playerIp=address))


def refusal(external: External, address: str) -> str:
    return launch(external, address)["error"]["code"]


def sessions(operator: Operator) -> list[Any]:
    return operator.store.read_sync(
        lambda read: read.all(sa.select(game_sessions).order_by(game_sessions.c.id))
    )


def house(operator: Operator, **changes: Any) -> None:
    operator.store.run_sync(set_provider, SetProvider(provider_id="house", **changes))


class TestCountries:
    def test_a_licence_opens_its_countries_and_unknown_ones(
        self, licensed: External, operator: Operator
    ) -> None:
        assert launch(licensed, GERMAN)["ok"]
        assert launch(licensed, NOBODY_KNOWS)["ok"]
        assert refusal(licensed, AUSTRIAN) == "COUNTRY_RESTRICTED"
        known, unknown = sessions(operator)
        assert (known.country, known.country_source, known.country_rule) == (
            "DE", "file", "licensed",
        )  # fmt: skip
        assert (unknown.country, unknown.country_source, unknown.country_rule) == (
            "", "", "unknown",
        )  # fmt: skip
        assert not known.is_test

    def test_a_test_agent_plays_everywhere_but_where_the_provider_forbids_it(
        self, external: External, operator: Operator
    ) -> None:
        external.ok("createPlayer", {"username": PLAYER})
        assert launch(external, AUSTRIAN)["ok"]
        house(operator, restricted_countries=("DE",), prohibited_countries=("AT",))
        assert refusal(external, GERMAN) == "COUNTRY_RESTRICTED"
        assert refusal(external, AUSTRIAN) == "COUNTRY_PROHIBITED"
        assert [(row.country_rule, row.is_test) for row in sessions(operator)] == [("open", True)]

    def test_restricted_needs_the_licence_and_prohibited_wins(
        self, licensed: External, operator: Operator
    ) -> None:
        house(operator, restricted_countries=("DE",))
        assert launch(licensed, GERMAN)["ok"]
        house(operator, prohibited_countries=("DE",))
        assert launch(licensed, GERMAN)["error"] == {
            "code": "COUNTRY_PROHIBITED",
            "message": "country prohibited",
        }

    @pytest.mark.parametrize("geo_unknown", ["deny"])
    def test_unknown_countries_can_be_refused(self, licensed: External, operator: Operator) -> None:
        assert refusal(licensed, NOBODY_KNOWS) == "COUNTRY_RESTRICTED"
        assert launch(licensed, GERMAN)["ok"]

    def test_a_file_that_cannot_be_read_stops_the_start(
        self, operator: Operator, tmp_path: Path
    ) -> None:
        settings = AppSettings(data_dir=tmp_path, geo_file=str(tmp_path / "none.csv"))
        with pytest.raises(InvalidInput, match="LANHOUSE_GEO_FILE"):
            create_app(settings, operator.store, vault=VAULT, with_ticker=False)


class TestLicence:
    @pytest.mark.parametrize(
        "given",
        [
            {"licence_number": "L-1"},
            {"countries": ("DE",)},
            {"minimum_age": 18},
            {"licence_number": "L-1", "countries": ("DE",)},
            {"licence_number": "L-1", "countries": ("DE",), "minimum_age": 17},
            {"licence_number": "L-1", "countries": ("Germany",), "minimum_age": 18},
            {"licence_number": " ", "countries": ("DE",), "minimum_age": 18},
        ],
    )
    def test_real_money_needs_all_of_it(self, operator: Operator, given: dict[str, Any]) -> None:
        with pytest.raises(InvalidInput):
            open_operator(operator.store, **given)

    def test_a_test_agent_stays_one_and_a_licence_can_be_renewed(self, operator: Operator) -> None:
        wanted = SetLicence(
            agent_id=operator.agent.id, licence_number="L-2", countries=("DE",), minimum_age=18
        )
        with pytest.raises(InvalidInput, match="test agent"):
            operator.store.run_sync(set_licence, wanted)
        assert operator.fresh().is_test
        real = open_operator(
            operator.store, licence_number="L-1", countries=("DE",), minimum_age=18
        )
        change = SetLicence(agent_id=real.agent.id, countries=("DE", "AT"), minimum_age=21)
        operator.store.run_sync(set_licence, change)
        renewed = real.fresh()
        assert (renewed.licence_number, renewed.countries, renewed.minimum_age) == (
            "L-1", ("DE", "AT"), 21,
        )  # fmt: skip
        with pytest.raises(InvalidInput):
            operator.store.run_sync(
                set_licence, SetLicence(agent_id=real.agent.id, licence_number="")
            )

    def test_history_says_which_money_was_none(
        self, external: External, licensed: External, operator: Operator
    ) -> None:
        external.ok("createPlayer", {"username": PLAYER})
        external.ok("deposit", {"username": PLAYER, "amount": "100", "currency": "EUR"})
        told = []
        for each in (external, licensed):
            open_game(each, PLAYER).spin()
            told.append(each.ok("history", {}).get("test"))
        assert told == [True, None]


def spin(player: JsonPlayer, key: str) -> Any:
    return player.call("POST", "/act", {"key": key, "action": "spin", "bet": "1"})


class TestRules:
    def test_the_next_round_waits_in_every_session_of_the_player(
        self, licensed: External, operator: Operator, freeze: clock.frozen
    ) -> None:
        agent_id = operator.agent.id + 1
        rules = Profile(country="DE", round_millis=2_500, reality_check_minutes=30, shows_net=True)
        cmd = SetProfile(agent_id=agent_id, country="DE", profile=rules)
        operator.store.run_sync(set_profile, cmd)
        first, second = open_game(licensed, PLAYER), open_game(licensed, PLAYER)
        assert spin(first, "press-0001").status_code == 200
        freeze.advance(2)
        for player, key in ((first, "press-0002"), (second, "press-0003")):
            answer = spin(player, key)
            assert answer.status_code == 429, answer.text
            assert "ROUND_TOO_SOON" in answer.text
        assert spin(first, "press-0001").status_code == 200  # a repetition is no round
        freeze.advance(1)
        assert spin(second, "press-0003").status_code == 200
        row = sessions(operator)[0]
        assert (row.round_millis, row.reality_check_minutes, row.shows_net) == (2_500, 30, True)

    def test_the_most_exact_rules_count(self, licensed: External, operator: Operator) -> None:
        agent_id = operator.agent.id + 1
        for country, minutes in (("", 60), ("DE", 30)):
            rules = Profile(country=country, reality_check_minutes=minutes)
            cmd = SetProfile(agent_id=agent_id, country=country, profile=rules)
            operator.store.run_sync(set_profile, cmd)
        launch(licensed, GERMAN)
        launch(licensed, NOBODY_KNOWS)
        operator.store.run_sync(
            set_profile, SetProfile(agent_id=agent_id, country="DE", profile=None)
        )
        launch(licensed, GERMAN)
        assert [row.reality_check_minutes for row in sessions(operator)] == [30, 60, 60]

    @pytest.mark.parametrize(
        "rules",
        [
            Profile(country="Germany"),
            Profile(round_millis=-1),
            Profile(round_millis=60_001),
            Profile(reality_check_minutes=1_441),
        ],
    )
    def test_rules_out_of_bounds_are_refused(self, operator: Operator, rules: Profile) -> None:
        cmd = SetProfile(agent_id=operator.agent.id, country=rules.country, profile=rules)
        with pytest.raises(InvalidInput):
            operator.store.run_sync(set_profile, cmd)
