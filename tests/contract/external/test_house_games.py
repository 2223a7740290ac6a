"""Every game of House over the small JSON, to a win and to a loss: money, history, logs, proof."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from lanhouse.aggregator.providers.house import fair
from lanhouse.aggregator.providers.house.games.catalogue import GAMES
from lanhouse.aggregator.providers.house.tables import house_rounds
from lanhouse.aggregator.rounds.queries.reports import report_problem
from lanhouse.kit.money import format_plain
from lanhouse.ledger.verify import verify_ledger
from tests.builders.agents import External, Operator
from tests.builders.databases import by_hand
from tests.builders.outcomes import Foreseen, arrange
from tests.builders.play import launch_body
from tests.builders.small_json import JsonPlayer, begin, first_bet

NAME = "player0001"
START = Decimal(1_000_000)
LOG_TYPES = {
    "house_00001": "iframe",
    "house_00002": "iframe",
    "house_00003": "iframe",
    "house_00004": "roulette",
    "house_00005": "hand",
    "house_00006": "hand",
    "house_00007": "dice",
    "house_00008": "table",
}
ARRAYS = {"roulette": {"pockets"}, "hand": {"hands"}, "dice": {"dices"}}
CURRENCIES = {"EUR": "1", "JPY": "100", "KWD": "1"}
WANTED: dict[str, Callable[[Foreseen], bool]] = {
    "win": lambda found: found.is_win,
    "loss": lambda found: found.is_loss,
}


@pytest.fixture
def player(external: External) -> str:
    external.ok("createPlayer", {"username": NAME})
    for currency in CURRENCIES:
        asked = {"username": NAME, "amount": str(START), "currency": currency}
        external.ok("deposit", asked)
    return NAME


def play(game: JsonPlayer, asked: dict[str, Any], foreseen: Foreseen) -> dict[str, Any]:
    """Play the round as it was foreseen; answers the last state."""
    state: dict[str, Any] = {}
    for number, (action, step) in enumerate(foreseen.steps):
        state = game.act(action.name, **({} if number else asked))
        assert state["round"]["view"] == step.view
        assert state["round"]["done"] == step.is_done
        assert state["actions"] == list(step.actions or (GAMES[game.game].first_action,))
        assert game.now() == state
    return state


def logs_of(external: External, game: JsonPlayer, round_id: str) -> dict[str, Any]:
    asked = {"gameId": game.game, "username": NAME, "roundId": round_id}
    return external.ok("gameLogs", asked)


def rows_of(log: dict[str, Any]) -> dict[str, str]:
    return {row["key"]: row["value"] for row in log["rows"]}


def records(external: External, currency: str = "EUR") -> list[dict[str, Any]]:
    groups = external.ok("history", {})["currencyGroup"]
    items = [item for group in groups.values() for item in group["items"]]
    return [item for item in items if item["amount"]["playerCurrency"] == currency]


def amount(record: dict[str, Any]) -> Decimal:
    return Decimal(record["amount"]["amount"]["playerAmount"])


def page_of(external: External, round_id: str) -> str:
    answer = external.client.raw("GET", f"/play/rounds/{round_id}", key="")
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize("wanted", list(WANTED))
@pytest.mark.parametrize("game_id", list(GAMES))
def test_a_round_is_played_paid_logged_and_proved(
    external: External, operator: Operator, player: str, game_id: str, wanted: str
) -> None:
    game, asked = begin(external, player, game_id), first_bet(game_id)
    foreseen = arrange(operator.store, game, asked, WANTED[wanted])
    state = play(game, asked, foreseen)
    told = state["round"]
    assert (told["bet"], told["win"]) == (
        format_plain(foreseen.staked), format_plain(foreseen.paid),
    )  # fmt: skip
    assert told["paid"] is True
    held = START + Decimal(told["win"]) - Decimal(told["bet"])
    assert Decimal(state["balance"]) == held
    # History: one bet an act that stakes, one settlement, of 0 too.
    found = records(external)
    assert {record["roundId"] for record in found} == {told["id"]}
    bets = [amount(record) for record in found if record["txType"]["id"] == 1]
    settles = [amount(record) for record in found if record["txType"]["id"] == 2]
    assert -sum(bets) == Decimal(told["bet"])
    assert settles == [Decimal(told["win"])]
    _check_log(external, game, told, foreseen)
    assert operator.store.read_sync(verify_ledger, None).problem is None
    assert operator.store.read_sync(report_problem) is None


def _check_log(
    external: External, game: JsonPlayer, told: dict[str, Any], foreseen: Foreseen
) -> None:
    log = logs_of(external, game, told["id"])
    log_type = LOG_TYPES[game.game]
    assert log["result"]["logType"] == log_type
    assert log["result"]["url"].endswith(f"/play/rounds/{told['id']}")
    assert log["gameName"] == log["result"]["gameName"] == GAMES[game.game].name
    assert log["gameType"] == GAMES[game.game].category.capitalize()
    arrays = {name for name in ("hands", "pockets", "dices") if name in log}
    assert arrays == ARRAYS.get(log_type, set())
    rows = rows_of(log)
    assert (rows["nonce"], rows["client seed"]) == ("1", foreseen.client_seed)
    assert rows["server seed"] == "not revealed yet"
    assert rows["server seed hash"] == game.state["fair"]["commitment"]
    numbers = [int(number) for number in rows["numbers"].split()]
    assert numbers == foreseen.last.state["numbers"]
    assert 'data-server-seed=""' in page_of(external, told["id"])
    # Revealed, the seed gives exactly these numbers, here and on the round's page.
    revealed = game.seed("afterwards")["revealedSeed"]
    rows = rows_of(logs_of(external, game, told["id"]))
    assert rows["server seed"] == revealed
    bounds = [GAMES[game.game].bound(place) for place in range(len(numbers))]
    assert fair.verify(revealed, rows["server seed hash"], rows["client seed"], 1, bounds, numbers)
    page = page_of(external, told["id"])
    assert f'data-server-seed="{revealed}"' in page
    assert f'data-numbers="{" ".join(map(str, numbers))}"' in page
    assert GAMES[game.game].name in page


class TestArrays:
    """What the seed document's arrays hold, beside what the game shows."""

    def test_roulette(self, external: External, operator: Operator, player: str) -> None:
        for pocket, color, even_odd in (("17", "black", "odd"), ("0", "green", "")):
            game = begin(external, player, "house_00004")
            asked: dict[str, Any] = {
                "bets": [{"on": "straight", "amount": "1", "number": int(pocket)}]
            }
            arrange(operator.store, game, asked, WANTED["win"])
            told = game.act("spin", **asked)["round"]
            log = logs_of(external, game, told["id"])
            assert log["pockets"] == [{"number": pocket, "color": color, "evenOdd": even_odd}]
            assert log["result"]["gameResult"] == f"{pocket} {color}"
            assert told["win"] == "36"

    def test_sic_bo(self, external: External, operator: Operator, player: str) -> None:
        game = begin(external, player, "house_00007")
        asked: dict[str, Any] = {"bets": [{"on": "triple", "amount": "1", "number": 4}]}
        arrange(operator.store, game, asked, WANTED["win"])
        told = game.act("roll", **asked)["round"]
        log = logs_of(external, game, told["id"])
        assert log["dices"] == ["4", "4", "4"]
        assert told["win"] == "181"

    def test_baccarat(self, external: External, operator: Operator, player: str) -> None:
        game, asked = begin(external, player, "house_00005"), first_bet("house_00005", "20")
        arrange(operator.store, game, asked, WANTED["win"])
        view = game.act("deal", **asked)["round"]["view"]
        log = logs_of(external, game, game.state["round"]["id"])
        assert [hand["title"] for hand in log["hands"]] == ["Banker", "Player"]
        assert log["hands"][0]["cards"] == view["banker"]["cards"]
        assert log["hands"][1]["cards"] == view["player"]["cards"]
        assert game.state["round"]["win"] == "39"

    def test_blackjack_with_a_split(
        self, external: External, operator: Operator, player: str
    ) -> None:
        game, asked = begin(external, player, "house_00006"), first_bet("house_00006")
        foreseen = arrange(
            operator.store,
            game,
            asked,
            lambda found: (
                any(action.name == "split" for action, _ in found.steps)
                and len(found.last.view["hands"]) == 2
            ),
            lambda actions: "split" if "split" in actions else "stand",
        )
        told = play(game, asked, foreseen)["round"]
        log = logs_of(external, game, told["id"])
        assert [hand["title"] for hand in log["hands"]] == ["Dealer", "Player 1", "Player 2"]
        for hand, shown in zip(log["hands"][1:], told["view"]["hands"], strict=True):
            assert hand["cards"] == shown["cards"]
        assert told["bet"] == "2"
        bets = [record for record in records(external) if record["txType"]["id"] == 1]
        assert [amount(record) for record in bets] == [-1, -1]

    def test_wheel(self, external: External, operator: Operator, player: str) -> None:
        game, asked = begin(external, player, "house_00008"), first_bet("house_00008")
        arrange(operator.store, game, asked, WANTED["win"])
        view = game.act("spin", **asked)["round"]["view"]
        log = logs_of(external, game, game.state["round"]["id"])
        rows = rows_of(log)
        assert rows["field"] == str(view["field"])
        assert rows["pays"] == f"{view['multiple']} x bet"

    def test_night_shift_tells_its_window_as_before(
        self, external: External, operator: Operator, player: str
    ) -> None:
        game, asked = begin(external, player, "house_00001"), first_bet("house_00001")
        arrange(operator.store, game, asked, WANTED["win"])
        view = game.act("spin", **asked)["round"]["view"]
        rows = rows_of(logs_of(external, game, game.state["round"]["id"]))
        for number, row in enumerate(view["window"], start=1):
            assert rows[f"row {number}"] == " ".join(row)
        assert rows["stops"] == rows["numbers"]


def test_free_spins_are_one_round_of_many_acts(
    external: External, operator: Operator, player: str
) -> None:
    game, asked = begin(external, player, "house_00002"), first_bet("house_00002")
    foreseen = arrange(operator.store, game, asked, lambda found: 10 < len(found.steps) < 40)
    for number, (_, step) in enumerate(foreseen.steps):
        if number == 3:  # on another device
            game = begin(external, player, "house_00002")
            assert game.state["actions"] == ["spin"]
            assert game.state["round"]["done"] is False
            assert game.refused("spin", bet="1") == (400, "INVALID_REQUEST", "bet")
        assert game.act("spin", **({} if number else asked))["round"]["view"] == step.view
    told = game.state["round"]
    assert told["done"] is True
    assert (told["bet"], told["win"]) == ("1", format_plain(foreseen.paid))
    assert len(records(external)) == 2
    page = page_of(external, told["id"])
    assert f"Free spin {len(foreseen.steps) - 1} of {len(foreseen.steps) - 1}" in page


def test_of_an_open_round_nothing_is_told_that_its_player_cannot_see(
    external: External, operator: Operator, player: str
) -> None:
    game, asked = begin(external, player, "house_00006"), first_bet("house_00006")
    foreseen = arrange(operator.store, game, asked, lambda found: len(found.steps) == 2)
    told = game.act("deal", **asked)["round"]
    log = logs_of(external, game, told["id"])
    assert (log["result"]["logType"], log["result"]["url"]) == ("nodata", "")
    assert [line["type"] for line in log["transactions"]] == ["Bet"]
    assert "hands" not in log
    assert "numbers" not in rows_of(log)
    page = page_of(external, told["id"])
    assert "This round is not over yet." in page
    assert "data-numbers" not in page
    hidden = " ".join(map(str, foreseen.steps[0][1].state["numbers"]))
    assert hidden not in page
    game.act("stand")
    assert logs_of(external, game, told["id"])["result"]["logType"] == "hand"


def test_a_round_that_was_called_off_says_so(
    external: External, operator: Operator, player: str
) -> None:
    game, asked = begin(external, player, "house_00008"), first_bet("house_00008")
    arrange(operator.store, game, asked, WANTED["win"])
    told = game.act("spin", **asked)["round"]
    by_hand(operator.store, "UPDATE house_rounds SET state = 'void', actions = '[]'")
    log = logs_of(external, game, told["id"])
    assert log["result"]["logType"] == "nodata"
    assert rows_of(log)["nonce"] == "1"
    assert "called off" in page_of(external, told["id"])
    assert game.now()["round"] is None


@pytest.mark.parametrize("currency", list(CURRENCIES))
@pytest.mark.parametrize("game_id", list(GAMES))
def test_every_game_can_be_played_in_every_currency(
    external: External, operator: Operator, player: str, game_id: str, currency: str
) -> None:
    game = begin(external, player, game_id, currency=currency)
    asked = first_bet(game_id, CURRENCIES[currency])
    foreseen = arrange(operator.store, game, asked, WANTED["win"])
    state = play(game, asked, foreseen)
    held = START - Decimal(state["round"]["bet"]) + Decimal(state["round"]["win"])
    assert Decimal(state["balance"]) == held
    too_fine = first_bet(game_id, "0.5" if currency == "JPY" else "0.0005")
    action = GAMES[game_id].first_action
    assert game.refused(action, **too_fine)[:2] == (400, "INVALID_AMOUNT")


def test_a_game_is_not_launched_where_it_cannot_count(
    external: External, operator: Operator, player: str
) -> None:
    by_hand(
        operator.store,
        "INSERT INTO provider_currencies (provider_id, player_currency, currency, scale)"
        " VALUES ('house', 'JPY', 'KJPY', '1000'), ('house', 'EUR', 'EUR', '1')",
    )
    for game_id in GAMES:
        body = launch_body(NAME, "JPY", gameId=game_id)
        assert external.refused("launchGame", body) == (
            "CURRENCY_NOT_SUPPORTED", "currency not supported",
        )  # fmt: skip
        external.ok("launchGame", launch_body(NAME, "EUR", gameId=game_id))
    assert operator.store.read_sync(lambda read: read.all(house_rounds.select())) == []


def test_a_table_pays_each_field_and_takes_one_bet_for_all(
    external: External, operator: Operator, player: str
) -> None:
    game = begin(external, player, "house_00004")
    asked: dict[str, Any] = {
        "bets": [
            {"on": "red", "amount": "5"},
            {"on": "straight", "amount": "2", "number": 7},
            {"on": "dozen", "amount": "3", "number": 1},
            {"on": "red", "amount": "1"},
        ]
    }
    arrange(operator.store, game, asked, lambda found: found.last.view["pocket"] == 7)
    told = game.act("spin", **asked)["round"]
    assert told["view"]["bets"] == [
        {"on": "red", "amount": "6", "win": "12"},
        {"on": "straight", "amount": "2", "win": "72", "number": 7},
        {"on": "dozen", "amount": "3", "win": "9", "number": 1},
    ]
    assert (told["bet"], told["win"]) == ("11", "93")
    assert sorted(amount(record) for record in records(external)) == [-11, 93]
    page = page_of(external, told["id"])
    assert "7 red." in page
    assert "€72.00" in page
