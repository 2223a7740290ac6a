"""Games for play tokens: who sees them, what is granted, and that tokens go nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.aggregator.agents.commands import create_agent_key, fund_agent
from lanhouse.aggregator.agents.queries import agent_by_id
from lanhouse.aggregator.agents.schemas import Agent, FundAgent
from lanhouse.aggregator.agents.tables import agents
from lanhouse.aggregator.errors import AgentInvalidType
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.players.tables import players
from lanhouse.aggregator.protection.tables import play_agents
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.queries import player_balance_micros
from lanhouse.aggregator.wallet.schemas import WITHDRAW, Move
from lanhouse.app import create_app
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.money import MICROS
from lanhouse.ledger.verify import verify_ledger
from lanhouse.settings import AppSettings
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import Floor, open_floor
from tests.builders.phone import HOME, Phone
from tests.builders.play import HTML, start_of
from tests.builders.secrets import VAULT

DAY_SECONDS = 86_400


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=1)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


@pytest.fixture
def member(client: Client, floor: Floor) -> int:
    """An adult whose paper the desk has seen, where the owner has turned the games on."""
    turn(client, on=True)
    return an_adult(client, floor, "eva")


def turn(client: Client, *, on: bool) -> None:
    client.ok("PUT", "/configs/memberSettings", json={"play_tokens_enable": int(on)})


def an_adult(client: Client, floor: Floor, account: str, birthday: str = "1990-05-01") -> int:
    member_id = floor.add_member(account, birthday=birthday)
    prove(client, member_id, birthday)
    return member_id


def prove(client: Client, member_id: int, birthday: str) -> None:
    path = f"/api/native/v1/members/{member_id}/age-proofs"
    proof = {"birthday": birthday, "document": "id_card"}
    assert client.raw("POST", path, json=proof).status_code == 200


def sees(phone: Phone) -> bool:
    """Whether the member is offered the games; page and button agree with the list."""
    is_listed = f"{HOME}/play" in phone.get(f"{HOME}/more").text
    assert (phone.get(f"{HOME}/play").status_code == 200) == is_listed
    if not is_listed:
        assert phone.post(f"{HOME}/play", {}).status_code == 404
    return is_listed


def begin(client: Client, phone: Phone) -> str:
    """Begin a game as a browser does; answers the path of its page."""
    answer = phone.post(f"{HOME}/play", {})
    assert answer.status_code == 303, answer.text
    path = "/play/launch/" + answer.headers["location"].rpartition("/")[2]
    started = client.raw("GET", path, key="", headers=HTML)
    assert started.status_code == 200, started.text
    return f"/play/{start_of(started.text)['session']}"


def the_agent(store: Store) -> Agent:
    (row,) = store.read_sync(lambda read: read.all(sa.select(play_agents)))
    found = store.read_sync(agent_by_id, row.agent_id)
    assert found is not None
    return found


def held(store: Store, member_id: int) -> int:
    agent = the_agent(store)
    return store.read_sync(player_balance_micros, agent.id, f"member{member_id}", "PLAY") // MICROS


def rows(store: Store, table: sa.Table) -> list[Any]:
    return store.read_sync(lambda read: read.all(sa.select(table)))


class TestWhoSeesThem:
    def test_nobody_until_the_owner_turns_them_on(self, client: Client, floor: Floor) -> None:
        phone = Phone(client, floor, an_adult(client, floor, "eva"))
        assert not sees(phone)
        turn(client, on=True)
        assert sees(phone)
        turn(client, on=False)
        assert not sees(phone)
        assert not rows(floor.store, agents)

    def test_only_adults_whose_paper_was_seen(
        self, client: Client, floor: Floor, freeze: clock.frozen
    ) -> None:
        turn(client, on=True)
        unproven = floor.add_member("tom", birthday="1990-05-01")
        assert not sees(Phone(client, floor, unproven))
        assert not sees(Phone(client, floor, floor.add_member("ada")))
        minor = Phone(client, floor, an_adult(client, floor, "kim", "2008-03-05"))
        assert not sees(minor)
        freeze.advance(DAY_SECONDS)
        assert sees(minor)  # 18 today

    def test_another_birthday_needs_another_proof(
        self, client: Client, floor: Floor, member: int
    ) -> None:
        client.ok("PUT", f"/members/{member}", json={"member_birthday": "1991-05-01"})
        assert not sees(Phone(client, floor, member))

    def test_a_centre_may_ask_for_more_years_but_not_for_less(
        self, client: Client, floor: Floor, freeze: clock.frozen
    ) -> None:
        turn(client, on=True)
        young = Phone(client, floor, an_adult(client, floor, "kim", "2008-03-05"))
        client.ok("PUT", "/configs/memberSettings", json={"minors_adult_age": 16})
        assert not sees(young)
        freeze.advance(DAY_SECONDS)
        assert sees(young)
        client.ok("PUT", "/configs/memberSettings", json={"minors_adult_age": 21})
        assert not sees(young)

    def test_who_takes_a_break_is_told_so(self, client: Client, floor: Floor, member: int) -> None:
        phone = Phone(client, floor, member)
        phone.post(f"{HOME}/limits/break", {"days": "7", "sure": "1"})
        answer = phone.post(f"{HOME}/play", {})
        assert answer.status_code == 422
        assert "own limits" in answer.text
        assert not rows(floor.store, game_sessions)


class TestGrants:
    def test_a_thousand_on_each_day_up_to_five(
        self, client: Client, floor: Floor, member: int, freeze: clock.frozen
    ) -> None:
        phone, store = Phone(client, floor, member), floor.store
        for day in range(7):
            page = begin(client, phone)
            assert client.raw("GET", f"{page}/state", key="").status_code == 401
            begin(client, phone)
            assert held(store, member) == min(1_000 * (day + 1), 5_000)
            freeze.advance(DAY_SECONDS)
        assert len(rows(store, players)) == 1
        assert len(rows(store, play_agents)) == 1
        assert {row.is_test for row in rows(store, game_sessions)} == {True}
        assert store.read_sync(verify_ledger, None).problem is None

    def test_the_day_is_that_of_the_centre(
        self, client: Client, floor: Floor, member: int, freeze: clock.frozen
    ) -> None:
        client.ok("PUT", "/configs/centerSettings", json={"timezone": "Asia/Manila"})  # 20:00 there
        phone = Phone(client, floor, member)
        begin(client, phone)
        freeze.advance(4 * 3_600 - 1)
        begin(client, phone)
        assert held(floor.store, member) == 1_000
        freeze.advance(1)
        begin(client, phone)
        assert held(floor.store, member) == 2_000

    def test_members_of_one_centre_are_players_of_one_agent(
        self, client: Client, floor: Floor, member: int
    ) -> None:
        other = an_adult(client, floor, "tom")
        begin(client, Phone(client, floor, member))
        begin(client, Phone(client, floor, other))
        names = {row.username for row in rows(floor.store, players)}
        assert names == {f"member{member}", f"member{other}"}
        assert held(floor.store, member) == held(floor.store, other) == 1_000


class TestTokensGoNowhere:
    def test_no_key_no_money_in_and_none_out(
        self, client: Client, floor: Floor, member: int
    ) -> None:
        begin(client, Phone(client, floor, member))
        store, agent = floor.store, the_agent(floor.store)
        assert (agent.is_play, agent.kind, tuple(agent.currencies)) == (True, "transfer", ("PLAY",))
        out = Move(
            agent=agent, kind=WITHDRAW, username=f"member{member}", currency="PLAY",
            amount_micros=MICROS,
        )  # fmt: skip
        paid = FundAgent(agent_id=agent.id, currency="PLAY", amount_micros=MICROS)
        work: list[tuple[Any, Any]] = [(create_agent_key, agent.id), (fund_agent, paid)]
        work.append((move_money, out))
        for command, arg in work:
            with pytest.raises(AgentInvalidType):
                store.run_sync(command, arg)
        assert held(store, member) == 1_000


class TestWithoutTheAggregator:
    @pytest.fixture
    def client(self, hall: Hall, tmp_path: Path) -> Iterator[Client]:
        settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0, aggregator=False)
        app = create_app(settings, hall.store, vault=VAULT, with_ticker=False)
        with Client(app, key=hall.api_key, base=f"/api/v2/cafe/{hall.center_id}") as opened:
            yield opened

    def test_the_switch_does_nothing(self, client: Client, floor: Floor, member: int) -> None:
        assert not sees(Phone(client, floor, member))
