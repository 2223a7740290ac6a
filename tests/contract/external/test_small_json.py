"""The small JSON of House: launch, state, acts, seeds, keys and refusals, on a transfer agent."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from lanhouse.aggregator.agents.commands import set_agent_active
from lanhouse.aggregator.agents.schemas import ActivateAgent
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.players.commands import set_player_active
from lanhouse.aggregator.players.schemas import ActivatePlayer
from lanhouse.aggregator.providers.commands import set_provider
from lanhouse.aggregator.providers.house.tables import house_rounds
from lanhouse.aggregator.providers.schemas import SetProvider
from lanhouse.kit import clock
from tests.builders.agents import External, Operator
from tests.builders.databases import by_hand
from tests.builders.play import HTML, launch, start_of
from tests.builders.small_json import CLIENT_SEED, JsonPlayer, begin, new_key, refusal

NIGHT_SHIFT, LIT_WINDOWS, ROULETTE = "house_00001", "house_00002", "house_00004"
BACCARAT, BLACKJACK, SIC_BO, WHEEL = "house_00005", "house_00006", "house_00007", "house_00008"
RED = [{"on": "red", "amount": "1"}]
JSON = {"Accept": "application/json"}


@pytest.fixture
def player(external: External) -> str:
    external.ok("createPlayer", {"username": "player0001"})
    external.ok("deposit", {"username": "player0001", "amount": "1000", "currency": "EUR"})
    return "player0001"


def seated(external: External, player: str, game_id: str, **more: Any) -> JsonPlayer:
    found = begin(external, player, game_id, **more)
    if found.state["fair"]["clientSeed"] is None:
        found.seed()
    return found


@pytest.fixture
def roulette(external: External, player: str) -> JsonPlayer:
    return seated(external, player, ROULETTE)


@pytest.fixture
def blackjack(external: External, player: str) -> JsonPlayer:
    return seated(external, player, BLACKJACK)


def open_hand(game: JsonPlayer) -> dict[str, Any]:
    """Deal until a hand can be hit."""
    for _ in range(40):
        if "hit" in game.act("deal", bet="1")["actions"]:
            return game.state
    raise AssertionError("forty naturals in a row")


def balance(external: External) -> str:
    asked = {"username": "player0001", "currency": "EUR"}
    return external.ok("getPlayerBalance", asked)["balance"]


def history(external: External) -> list[dict[str, Any]]:
    groups = external.ok("history", {})["currencyGroup"]
    return groups["EUR"]["items"] if groups else []


class TestLaunch:
    def test_tells_the_secret_once_and_the_whole_state(
        self, external: External, player: str
    ) -> None:
        path = launch(external, player, gameId=ROULETTE)
        answer = external.client.raw("GET", path, headers=JSON, key="")
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers
        body = answer.json()
        assert list(body) == ["session", "secret", "game", "state"]
        assert body["game"] == ROULETTE
        assert list(body["state"]) == ["balance", "actions", "bets", "freeRounds", "round", "fair"]
        fair = body["state"].pop("fair")
        assert body["state"] == {
            "balance": "1000",
            "actions": ["spin"],
            "bets": {"min": "1", "max": "500", "steps": ["1"]},
            "freeRounds": None,
            "round": None,
        }
        assert list(fair) == [
            "commitment", "nextCommitment", "clientSeed", "nonce", "revealedSeed",
        ]  # fmt: skip
        assert len(fair["commitment"]) == len(fair["nextCommitment"]) == 64
        assert (fair["clientSeed"], fair["nonce"], fair["revealedSeed"]) == (None, 0, None)
        again = external.client.raw("GET", path, headers=JSON, key="")
        assert refusal(again) == (401, "SESSION_EXPIRED", None)
        unknown = external.client.raw("GET", "/play/launch/lht_x", headers=JSON, key="")
        assert refusal(unknown) == (401, "SESSION_EXPIRED", None)

    def test_slots_tell_their_bets(self, external: External, player: str) -> None:
        bets = begin(external, player, NIGHT_SHIFT).state["bets"]
        assert (bets["min"], bets["max"]) == ("0.2", "20")
        assert bets["steps"] == ["0.2", "0.4", "0.6", "1", "2", "3", "4", "5", "10", "15", "20"]

    def test_a_browser_still_gets_the_page(self, external: External, player: str) -> None:
        path = launch(external, player)
        accept = {"Accept": "text/html,application/json;q=0.9,*/*;q=0.8"}
        answer = external.client.raw("GET", path, headers=accept, key="")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")

    def test_looking_ahead_uses_nothing_up(self, external: External, player: str) -> None:
        path = launch(external, player, gameId=ROULETTE)
        ahead = {**JSON, "Sec-Purpose": "prefetch"}
        assert external.client.raw("GET", path, headers=ahead, key="").content == b""
        assert external.client.raw("HEAD", path, headers=JSON, key="").content == b""
        assert external.client.raw("GET", path, headers=JSON, key="").status_code == 200

    def test_a_new_launch_leaves_the_other_sessions_open(
        self, external: External, player: str, roulette: JsonPlayer
    ) -> None:
        other = begin(external, player, ROULETTE)
        assert other.session != roulette.session
        assert other.secret != roulette.secret
        roulette.act("spin", bets=RED)
        assert other.now()["round"] == roulette.now()["round"]


class TestSecret:
    @pytest.mark.parametrize("secret", ["", "wrong", "lhp_0123456789"])
    def test_a_wrong_secret_is_nobody(self, roulette: JsonPlayer, secret: str) -> None:
        body = {"key": new_key(), "action": "spin", "bets": RED}
        for method, path, sent in (
            ("GET", "/state", None), ("POST", "/act", body), ("POST", "/seed", {"clientSeed": "x"}),
        ):  # fmt: skip
            answer = roulette.call(method, path, sent, secret=secret)
            assert refusal(answer) == (401, "SESSION_EXPIRED", None), path

    def test_a_cookie_does_not_stand_for_the_secret(self, roulette: JsonPlayer) -> None:
        cookie = {"Cookie": f"lanhouse_play_{roulette.session}={roulette.secret}"}
        answer = roulette.call("GET", "/state", secret="", headers=cookie)
        assert refusal(answer) == (401, "SESSION_EXPIRED", None)

    def test_one_sessions_secret_opens_no_other(
        self, external: External, player: str, roulette: JsonPlayer
    ) -> None:
        other = begin(external, player, ROULETTE)
        answer = other.call("GET", "/state", secret=roulette.secret)
        assert refusal(answer) == (401, "SESSION_EXPIRED", None)

    def test_a_session_ends(self, operator: Operator, roulette: JsonPlayer) -> None:
        past = clock.real_now() - timedelta(seconds=1)
        operator.store.run_sync(
            lambda tx, _: tx.run(game_sessions.update().values(ends_at=past)), None
        )
        assert refusal(roulette.call("GET", "/state")) == (401, "SESSION_EXPIRED", None)
        assert roulette.refused("spin", bets=RED) == (401, "SESSION_EXPIRED", None)

    def test_what_is_wrong_with_a_body_is_told_before_its_sender_is_looked_up(
        self, roulette: JsonPlayer
    ) -> None:
        answer = roulette.call("POST", "/act", {"action": "spin"}, secret="wrong")
        assert refusal(answer) == (400, "INVALID_REQUEST", "key")

    def test_answers_are_not_kept(self, roulette: JsonPlayer) -> None:
        assert "no-store" in roulette.call("GET", "/state").headers["cache-control"]


class TestSeeds:
    def test_nothing_is_played_before_the_browser_has_sent_a_client_seed(
        self, external: External, player: str
    ) -> None:
        game = begin(external, player, ROULETTE)
        assert game.refused("spin", bets=RED) == (409, "CLIENT_SEED_REQUIRED", None)
        assert balance(external) == "1000"
        fair = game.state["fair"]
        assert game.seed() == {**fair, "clientSeed": CLIENT_SEED}
        assert game.act("spin", bets=RED)["fair"] == {
            **fair, "clientSeed": CLIENT_SEED, "nonce": 1,
        }  # fmt: skip

    def test_an_unused_server_seed_is_not_revealed(self, external: External, player: str) -> None:
        game = begin(external, player, ROULETTE)
        first, second = game.seed("one"), game.seed("two")
        assert second == {**first, "clientSeed": "two"}

    def test_a_used_one_is_and_the_next_goes_on(self, roulette: JsonPlayer) -> None:
        before = roulette.act("spin", bets=RED)["fair"]
        after = roulette.seed("another")
        assert after["commitment"] == before["nextCommitment"]
        assert after["nextCommitment"] not in (before["commitment"], before["nextCommitment"])
        assert (after["clientSeed"], after["nonce"]) == ("another", 0)
        assert len(after["revealedSeed"]) == 64
        assert roulette.now()["fair"] == after

    @pytest.mark.parametrize(
        "body",
        [
            {}, {"clientSeed": None}, {"clientSeed": ""}, {"clientSeed": 12}, {"clientSeed": "a:b"},
            {"clientSeed": "x" * 65}, {"clientSeed": "é"}, {"clientSeed": ["a"]},
            {"clientSeed": CLIENT_SEED}, {"client_seed": "x"},
        ],
    )  # fmt: skip
    def test_client_seeds_that_are_none(self, roulette: JsonPlayer, body: Any) -> None:
        before = roulette.act("spin", bets=RED)["fair"]
        answer = roulette.call("POST", "/seed", body)
        assert refusal(answer) == (400, "INVALID_REQUEST", "clientSeed")
        assert roulette.now()["fair"] == before

    def test_seeds_do_not_change_while_a_round_of_the_player_is_open_anywhere(
        self, external: External, player: str, blackjack: JsonPlayer
    ) -> None:
        open_hand(blackjack)
        other = begin(external, player, ROULETTE)
        before = other.now()["fair"]
        for game in (blackjack, other):
            answer = game.call("POST", "/seed", {"clientSeed": "another"})
            assert refusal(answer) == (409, "ROUND_OPEN", None)
        assert other.now()["fair"] == before
        while blackjack.state["actions"] != ["deal"]:
            blackjack.act("stand")
        assert other.seed("another")["clientSeed"] == "another"

    def test_seeds_belong_to_the_player_in_all_games(
        self, external: External, player: str, roulette: JsonPlayer
    ) -> None:
        roulette.act("spin", bets=RED)
        wheel = begin(external, player, WHEEL)
        assert wheel.state["fair"] == roulette.state["fair"]
        assert wheel.act("spin", bet="1")["fair"]["nonce"] == 2


class TestKeys:
    def test_the_same_key_gets_the_same_answer(
        self, external: External, player: str, roulette: JsonPlayer
    ) -> None:
        body = {"key": "press-0001", "action": "spin", "bets": RED}
        first = roulette.call("POST", "/act", body)
        assert first.status_code == 200
        # Meanwhile: money, another round, other seeds.
        external.ok("deposit", {"username": player, "amount": "7", "currency": "EUR"})
        roulette.act("spin", bets=RED)
        roulette.seed("another")
        assert roulette.call("POST", "/act", body).content == first.content
        in_other_session = begin(external, player, ROULETTE)
        assert in_other_session.call("POST", "/act", body).content == first.content
        assert len([each for each in history(external) if each["txType"]["id"] == 1]) == 2

    def test_also_for_a_later_act_of_a_round(
        self, external: External, player: str, blackjack: JsonPlayer
    ) -> None:
        open_hand(blackjack)
        body = {"key": "stand-0001", "action": "stand"}
        first = blackjack.call("POST", "/act", body)
        assert first.status_code == 200
        blackjack.act("deal", bet="1")
        begin(external, player, WHEEL).act("spin", bet="1")
        assert blackjack.call("POST", "/act", body).content == first.content

    def test_and_for_the_first_act_of_a_round_that_went_on(
        self, external: External, player: str, blackjack: JsonPlayer
    ) -> None:
        def deal(number: int) -> tuple[dict[str, str], httpx.Response]:
            body = {"key": f"deal-{number:04d}", "action": "deal", "bet": "1"}
            return body, blackjack.call("POST", "/act", body)

        deals = (deal(number) for number in range(40))
        body, first = next(each for each in deals if "hit" in each[1].json()["actions"])
        begin(external, player, WHEEL).act("spin", bet="1")
        blackjack.act("stand")
        assert blackjack.call("POST", "/act", body).content == first.content

    @pytest.mark.parametrize(
        "other",
        [
            {"bets": [{"on": "black", "amount": "1"}]},
            {"bets": [{"on": "red", "amount": "2"}]},
            {"bets": [*RED, {"on": "odd", "amount": "1"}]},
            {"bets": [{"on": "straight", "amount": "1", "number": 0}]},
        ],
    )
    def test_another_act_under_the_key_is_refused(
        self, external: External, roulette: JsonPlayer, other: Any
    ) -> None:
        roulette.act("spin", "press-0001", bets=RED)
        held = balance(external)
        assert roulette.refused("spin", "press-0001", **other) == (
            409, "IDEMPOTENCY_CONFLICT", None,
        )  # fmt: skip
        assert balance(external) == held

    def test_a_key_counts_over_all_games_and_sessions_of_the_player(
        self, external: External, player: str, roulette: JsonPlayer
    ) -> None:
        roulette.act("spin", "press-0001", bets=RED)
        for game_id, asked in ((WHEEL, {"bet": "1"}), (SIC_BO, {"bets": RED})):
            other = begin(external, player, game_id)
            action = other.state["actions"][0]
            if game_id == SIC_BO:
                asked = {"bets": [{"on": "big", "amount": "1"}]}
            found = other.refused(action, "press-0001", **asked)
            assert found == (409, "IDEMPOTENCY_CONFLICT", None)

    def test_another_players_key_is_his_own(
        self, external: External, player: str, roulette: JsonPlayer
    ) -> None:
        external.ok("createPlayer", {"username": "second1"})
        external.ok("deposit", {"username": "second1", "amount": "10", "currency": "EUR"})
        mine = roulette.act("spin", "press-0001", bets=RED)
        other = seated(external, "second1", ROULETTE)
        assert other.act("spin", "press-0001", bets=RED)["round"]["id"] != mine["round"]["id"]

    def test_a_refused_act_leaves_its_key_free(self, external: External, player: str) -> None:
        game = begin(external, player, ROULETTE)
        game.refused("spin", "press-0001", bets=RED)
        game.seed()
        assert game.act("spin", "press-0001", bets=RED)["round"]["done"]


ONE = {"key": "press-0001", "action": "spin", "bets": RED}
WRONG_INPUT = [
    ({"key": None}, "INVALID_REQUEST", "key"),
    ({"key": "short"}, "INVALID_REQUEST", "key"),
    ({"key": "x" * 65}, "INVALID_REQUEST", "key"),
    ({"key": "press 0001"}, "INVALID_REQUEST", "key"),
    ({"key": 12345678}, "INVALID_REQUEST", "key"),
    ({"key": "préss-0001"}, "INVALID_REQUEST", "key"),
    ({"action": None}, "INVALID_REQUEST", "action"),
    ({"action": 7}, "INVALID_REQUEST", "action"),
    ({"action": "fly"}, "ACTION_NOT_POSSIBLE", None),
    ({"action": "deal"}, "ACTION_NOT_POSSIBLE", None),
    ({"bets": None}, "INVALID_REQUEST", "bets"),
    ({"bets": []}, "INVALID_REQUEST", "bets"),
    ({"bets": {}}, "INVALID_REQUEST", "bets"),
    ({"bets": "red"}, "INVALID_REQUEST", "bets"),
    ({"bets": RED * 201}, "INVALID_REQUEST", "bets"),
    ({"bets": ["red"]}, "INVALID_REQUEST", "bets[0]"),
    ({"bets": [{"amount": "1"}]}, "INVALID_REQUEST", "bets[0].on"),
    ({"bets": [*RED, {"on": "purple", "amount": "1"}]}, "INVALID_REQUEST", "bets[1].on"),
    ({"bets": [{"on": "banker", "amount": "1"}]}, "INVALID_REQUEST", "bets[0].on"),
    ({"bets": [{"on": "red"}]}, "INVALID_REQUEST", "bets[0].amount"),
    ({"bets": [{"on": "red", "amount": None}]}, "INVALID_REQUEST", "bets[0].amount"),
    ({"bets": [{"on": "red", "amount": 1}]}, "INVALID_AMOUNT", "bets[0].amount"),
    ({"bets": [{"on": "red", "amount": "0"}]}, "INVALID_AMOUNT", "bets[0].amount"),
    ({"bets": [{"on": "red", "amount": "-1"}]}, "INVALID_AMOUNT", "bets[0].amount"),
    ({"bets": [{"on": "red", "amount": "1e2"}]}, "INVALID_AMOUNT", "bets[0].amount"),
    ({"bets": [{"on": "red", "amount": " 1"}]}, "INVALID_AMOUNT", "bets[0].amount"),
    ({"bets": [{"on": "red", "amount": "0.001"}]}, "INVALID_AMOUNT", "bets[0].amount"),
    ({"bets": [{"on": "red", "amount": "1.5"}]}, "INVALID_AMOUNT", "bets[0].amount"),
    ({"bets": [{"on": "red", "amount": "9" * 30}]}, "INVALID_AMOUNT", "bets[0].amount"),
    ({"bets": [{"on": "red", "amount": "501"}]}, "INVALID_AMOUNT", "bets"),
    ({"bets": [*RED, {"on": "odd", "amount": "500"}]}, "INVALID_AMOUNT", "bets"),
    ({"bets": [{"on": "red", "amount": "1", "number": 1}]}, "INVALID_REQUEST", "bets[0].number"),
    ({"bets": [{"on": "straight", "amount": "1"}]}, "INVALID_REQUEST", "bets[0].number"),
    (
        {"bets": [{"on": "straight", "amount": "1", "number": 37}]},
        "INVALID_REQUEST",
        "bets[0].number",
    ),
    (
        {"bets": [{"on": "straight", "amount": "1", "number": "7"}]},
        "INVALID_REQUEST",
        "bets[0].number",
    ),
    (
        {"bets": [{"on": "dozen", "amount": "1", "number": True}]},
        "INVALID_REQUEST",
        "bets[0].number",
    ),
    ({"bet": "1"}, "INVALID_REQUEST", "bet"),
    ({"bet": "1", "bets": None}, "INVALID_REQUEST", "bet"),
    ({"bet": 1}, "INVALID_AMOUNT", "bet"),
    ({"hand": 0}, "INVALID_REQUEST", "hand"),
    ({"hand": "0"}, "INVALID_REQUEST", "hand"),
    ({"hand": -1}, "INVALID_REQUEST", "hand"),
    # Both kinds: all are named, the first of the document is the field.
    ({"key": "x", "bets": [{"on": "red", "amount": 1}]}, "INVALID_REQUEST", "key"),
    ({"bets": [{"on": "red", "amount": 1}], "hand": "x"}, "INVALID_REQUEST", "bets[0].amount"),
]


class TestInput:
    @pytest.mark.parametrize(("change", "code", "field"), WRONG_INPUT)
    def test_wrong_input_changes_nothing(
        self,
        external: External,
        operator: Operator,
        roulette: JsonPlayer,
        change: dict[str, Any],
        code: str,
        field: str | None,
    ) -> None:
        answer = roulette.call("POST", "/act", {**ONE, **change})
        status = 409 if code == "ACTION_NOT_POSSIBLE" else 400
        assert refusal(answer) == (status, code, field)
        assert balance(external) == "1000"
        rows = operator.store.read_sync(lambda read: read.all(house_rounds.select()))
        assert rows == []
        assert roulette.now()["fair"]["nonce"] == 0

    @pytest.mark.parametrize(
        "body",
        [b"", b"[]", b"7", b'"x"', b"{", b'{"key": "a", "key": "b"}', b"\xff", b"key=press-0001"],
    )
    def test_only_a_json_object_is_input(self, roulette: JsonPlayer, body: bytes) -> None:
        headers = {"Content-Type": "application/json"}
        answer = roulette.call("POST", "/act", headers=headers, content=body)
        status, code, field = refusal(answer)
        assert (status, code) == (400, "INVALID_REQUEST")
        assert field in ("body", "key")

    def test_slots_take_one_of_their_bets(self, external: External, player: str) -> None:
        game = seated(external, player, NIGHT_SHIFT)
        cases: list[tuple[dict[str, Any], str, str]] = [
            ({}, "INVALID_REQUEST", "bet"),
            ({"bets": RED}, "INVALID_REQUEST", "bets"),
            ({"bet": "0.21"}, "INVALID_AMOUNT", "bet"),
            ({"bet": "0.8"}, "INVALID_AMOUNT", "bet"),
            ({"bet": "40"}, "INVALID_AMOUNT", "bet"),
            ({"bet": "0.20", "hand": 0}, "INVALID_REQUEST", "hand"),
        ]
        for asked, code, field in cases:
            assert game.refused("spin", **asked) == (400, code, field), asked
        assert game.act("spin", bet="0.20")["round"]["bet"] == "0.2"

    def test_blackjack_names_its_hands(self, blackjack: JsonPlayer) -> None:
        assert blackjack.refused("hit") == (409, "ACTION_NOT_POSSIBLE", None)
        open_hand(blackjack)
        held = blackjack.state["balance"]
        cases: list[tuple[dict[str, Any], str]] = [
            ({"hand": 1}, "hand"),
            ({"bet": "1"}, "bet"),
            ({"bets": RED}, "bets"),
        ]
        for asked, field in cases:
            assert blackjack.refused("hit", **asked) == (400, "INVALID_REQUEST", field), asked
        assert blackjack.refused("deal", bet="1") == (409, "ACTION_NOT_POSSIBLE", None)
        assert blackjack.refused("roll") == (409, "ACTION_NOT_POSSIBLE", None)
        assert blackjack.now()["balance"] == held
        assert blackjack.act("stand", hand=0)["round"]["done"]


class TestRefusals:
    def test_money_comes_last(self, external: External, operator: Operator, player: str) -> None:
        game = seated(external, player, ROULETTE)
        external.ok("withdraw", {"username": player, "amount": "999.5", "currency": "EUR"})
        too_much: dict[str, Any] = {"bets": [{"on": "red", "amount": "501"}]}
        assert game.refused("spin", bets=RED) == (402, "INSUFFICIENT_CREDIT", None)
        assert game.refused("spin", **too_much) == (400, "INVALID_AMOUNT", "bets")
        off = SetProvider(provider_id="house", is_online=False)
        operator.store.run_sync(set_provider, off)
        assert game.refused("spin", **too_much) == (403, "PROVIDER_OFFLINE", None)
        operator.store.run_sync(
            set_player_active, ActivatePlayer(operator.agent.id, player, is_active=False)
        )
        assert game.refused("spin", **too_much) == (403, "PLAYER_INACTIVE", None)
        operator.store.run_sync(set_agent_active, ActivateAgent(operator.agent.id, False))
        assert game.refused("spin", **too_much) == (403, "AGENT_NOT_ACTIVE", None)
        assert game.refused("spin", bets=[]) == (400, "INVALID_REQUEST", "bets")
        assert game.now()["round"] is None
        operator.store.run_sync(set_agent_active, ActivateAgent(operator.agent.id, is_active=True))
        assert history(external) == []

    def test_an_open_round_finishes_whatever_forbids_a_bet(
        self, external: External, operator: Operator, blackjack: JsonPlayer
    ) -> None:
        open_hand(blackjack)
        operator.store.run_sync(
            set_player_active, ActivatePlayer(operator.agent.id, "player0001", is_active=False)
        )
        operator.store.run_sync(set_provider, SetProvider(provider_id="house", is_active=False))
        assert blackjack.refused("double") == (403, "PLAYER_INACTIVE", None)
        while blackjack.state["actions"] != ["deal"]:
            blackjack.act("stand")
        assert blackjack.refused("deal", bet="1") == (403, "PLAYER_INACTIVE", None)


class TestResume:
    def test_an_open_round_goes_on_in_another_session(
        self, external: External, player: str, blackjack: JsonPlayer
    ) -> None:
        opened = open_hand(blackjack)
        other = begin(external, player, BLACKJACK)
        assert other.state["round"] == opened["round"]
        assert other.state["actions"] == opened["actions"]
        while other.state["actions"] != ["deal"]:
            other.act("stand")
        assert other.state["round"]["id"] == opened["round"]["id"]
        assert blackjack.now()["round"] == other.state["round"]
        assert blackjack.state["balance"] == balance(external)

    def test_the_last_round_is_told_wherever_the_player_comes_back(
        self, external: External, player: str, roulette: JsonPlayer
    ) -> None:
        told = roulette.act("spin", bets=RED)["round"]
        assert begin(external, player, ROULETTE).state["round"] == told
        assert begin(external, player, WHEEL).state["round"] is None
        external.ok("deposit", {"username": player, "amount": "1000", "currency": "JPY"})
        assert begin(external, player, ROULETTE, currency="JPY").state["round"] is None

    def test_a_round_tells_what_was_staked_and_paid(self, roulette: JsonPlayer) -> None:
        bets = [{"on": "red", "amount": "3"}, {"on": "black", "amount": "2"}, *RED]
        told = roulette.act("spin", bets=bets)["round"]
        assert list(told) == ["id", "done", "bet", "win", "paid", "view"]
        assert (told["done"], told["bet"], told["paid"]) == (True, "6", True)
        fields = {bet["on"]: bet["win"] for bet in told["view"]["bets"]}
        won = {"red": ("8", "0"), "black": ("0", "4"), "green": ("0", "0")}
        assert (fields["red"], fields["black"]) == won[told["view"]["color"]]
        assert told["win"] == str(int(fields["red"]) + int(fields["black"]))


def test_an_open_hand_never_tells_the_hole_card(external: External, blackjack: JsonPlayer) -> None:
    opened = open_hand(blackjack)
    assert len(opened["round"]["view"]["dealer"]["cards"]) == 1
    assert "numbers" not in json.dumps(opened)


def test_two_tabs_that_press_at_once_play_one_round_each(
    external: External, operator: Operator, player: str
) -> None:
    first, second = seated(external, player, WHEEL), begin(external, player, WHEEL)
    bodies = [{"key": f"press-{number:04d}", "action": "spin", "bet": "1"} for number in range(6)]
    for body in bodies:
        one = first.call("POST", "/act", body)
        two = second.call("POST", "/act", body)
        assert one.content == two.content
    count = sa.select(sa.func.count()).select_from(house_rounds)
    assert operator.store.read_sync(lambda read: read.scalar(count)) == len(bodies)


class TestOtherDoors:
    """Pages and sessions of other providers, beside the small JSON."""

    def test_a_session_of_another_provider_is_none_here(
        self, external: External, operator: Operator, player: str, roulette: JsonPlayer
    ) -> None:
        path = launch(external, player, gameId=ROULETTE)
        by_hand(
            operator.store,
            "UPDATE game_sessions SET provider_id = 'studio', game_id = 'studio_1'",
        )
        assert refusal(roulette.call("GET", "/state")) == (401, "SESSION_EXPIRED", None)
        assert roulette.refused("spin", bets=RED) == (401, "SESSION_EXPIRED", None)
        begun = external.client.raw("GET", path, headers=JSON, key="")
        assert refusal(begun) == (401, "SESSION_EXPIRED", None)
        for address in (path, f"/play/{roulette.session}"):
            page = external.client.raw("GET", address, headers=HTML, key="")
            assert page.status_code == 401
        by_hand(
            operator.store,
            "UPDATE game_sessions SET provider_id = 'house', game_id = 'house_00004'",
        )
        page = external.client.raw("GET", path, headers=HTML, key="")
        assert start_of(page.text)["game"] == ROULETTE  # the address was not used up
