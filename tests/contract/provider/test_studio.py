"""Our calls to a studio: its catalogue, launches, rounds, free rounds; and one that is silent."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from lanhouse.aggregator.caller import Caller
from lanhouse.aggregator.errors import ProviderOffline
from lanhouse.aggregator.providers.port import FreeRoundAsk, Reach
from lanhouse.aggregator.providers.queries import told_games, units_of
from lanhouse.aggregator.providers.registry import provider_of
from lanhouse.aggregator.providers.remote.studios import HttpStudios, StudioRefused
from lanhouse.db.store import Store
from tests.builders.agents import Operator, open_operator
from tests.builders.secrets import VAULT
from tests.builders.studio import (
    CATALOGUE,
    Port,
    Studio,
    enter_studio,
    move,
    open_studio,
    refusing,
    served,
    silent,
)

POCKET = {"number": "17", "color": "black", "evenOdd": "odd"}


def until(holds: Callable[[], bool], seconds: float = 12) -> None:
    """Wait for something that comes by itself."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.1)


def game_ids(port: Port) -> list[str]:
    items = port.external("games", {"providerId": "studio"})["result"]["items"]
    return [game["id"] for game in items]


def changed(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    told = json.loads(json.dumps(CATALOGUE))
    change(told)
    return told


def test_games_and_providers_show_what_the_studio_told(port: Port) -> None:
    (game,) = port.external("games", {"providerId": "studio"})["result"]["items"]
    assert game == {
        "id": "studio_coin", "name": "Coin", "logoUrl": "https://studio.example/coin.svg",
        "category": {"id": "arcade", "label": "Arcade"}, "hasFreeRound": True, "rtp": "98.00",
        "provider": {
            "id": "studio", "name": "Small Studio", "restrictedCountries": ["GB"],
            "prohibitedCountries": ["US", "CA-ON"],
        },
        "activePlayers": 0, "hasDemo": False, "volatility": "", "maxMultiplier": "",
        "features": [], "hasFreeChip": False,
        "betLimits": [
            {"id": "low", "label": "Low", "info": {"min": 0.2, "max": 5}, "isDefault": True},
            {"id": "high", "label": "High", "info": {"min": 1, "max": 100}, "isDefault": False},
        ],
    }  # fmt: skip
    assert {"house_00001", "studio_coin"} <= {
        one["id"] for one in port.external("games", {})["result"]["items"]
    }
    items = port.external("providers", {"agentSystemCurrency": "JPY"})["result"]["items"]
    house, studio = items
    assert house["id"] == "house"
    assert (studio["id"], studio["active"], studio["online"]) == ("studio", True, True)
    assert studio["logoUrl"] == "https://studio.example/logo.svg"
    (category,) = studio["categories"]
    assert category == {
        "id": "arcade", "label": "Arcade",
        "betLimits": [
            {"id": "kjpy", "label": "Low", "info": {"min": 100, "max": 2000}, "isDefault": True}
        ],
    }  # fmt: skip
    items = port.external("providers", {})["result"]["items"]
    limits = items[1]["categories"][0]["betLimits"]
    assert [(one["id"], one["info"]["min"]) for one in limits] == [("low", 0.2), ("high", 1)]


def test_a_restart_without_the_studio_knows_its_games(store: Store, tmp_path: Path) -> None:
    operator = open_operator(store)
    with open_studio() as studio, httpx.Client(timeout=20) as http:
        enter_studio(operator, studio.url)
        with served(store, tmp_path) as base:
            assert game_ids(Port(base, http, operator.key)) == ["studio_coin"]
    # A store is started once: what a restart reads is what the database holds.
    listed = store.read_sync(told_games, "studio")
    assert [(game.code, is_listed) for game, is_listed in listed] == [("coin", True)]
    assert store.read_sync(units_of, "studio")["JPY"].scale == "1000"
    found = store.read_sync(provider_of, "studio")
    assert found is not None
    assert [game.id for game in found.games] == ["studio_coin"]


def test_a_silent_studio_holds_the_start_up_for_five_seconds(
    sqlite_store: Store, tmp_path: Path
) -> None:
    operator = open_operator(sqlite_store)
    with open_studio() as studio, httpx.Client(timeout=20) as http:
        studio.scripts["games"] = silent(20)
        enter_studio(operator, studio.url)
        began = time.monotonic()
        with served(sqlite_store, tmp_path) as base:
            took = time.monotonic() - began
            assert http.get(f"{base}/health").status_code == 200
            assert 4.5 < took < 7
            port = Port(base, http, operator.key)
            assert game_ids(port) == []
            del studio.scripts["games"]
            until(lambda: game_ids(port) == ["studio_coin"])


def test_three_failures_refuse_launches_and_never_bets(port: Port, studio: Studio) -> None:
    port.player("anna")
    session = port.session(studio, "anna")
    down = {"launch": lambda _: (500, b"{}"), "games": lambda _: (500, b"{}")}
    studio.scripts.update(down)
    for _ in range(3):
        assert port.launch("anna")["error"]["code"] == "PROVIDER_OFFLINE"
    asked = len(studio.asked("launch"))
    assert asked >= 3
    assert port.launch("anna")["error"]["code"] == "PROVIDER_OFFLINE"
    assert len(studio.asked("launch")) == asked, "it is not asked any more"
    shown = port.external("providers", {})["result"]["items"][1]
    assert (shown["active"], shown["online"]) == (True, False)
    port.ok("transaction", move(session, "bet", "t1", "-1"))
    port.ok("transaction", move(session, "settle", "t1", "2", closed=True))
    studio.scripts.clear()
    until(lambda: port.external("providers", {})["result"]["items"][1]["online"])
    assert port.launch("anna")["ok"]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (refusing("GAME_NOT_FOUND"), "GAME_NOT_FOUND"),
        (refusing("PROVIDER_MAINTENANCE"), "PROVIDER_MAINTENANCE"),
        (refusing("WHATEVER"), "PROVIDER_OFFLINE"),
        (lambda _: (200, b"<html>"), "PROVIDER_OFFLINE"),
        (lambda _: (200, b'{"ok":true}'), "PROVIDER_OFFLINE"),
        (lambda _: (200, b'{"ok":true,"result":{"type":"url"}}'), "PROVIDER_OFFLINE"),
        (
            lambda _: (200, b'{"ok":true,"result":{"type":"x","url":"http://a"}}'),
            "PROVIDER_OFFLINE",
        ),
        (
            lambda _: (200, b'{"ok":true,"result":{"type":"url","url":"javascript:alert(1)"}}'),
            "PROVIDER_OFFLINE",
        ),
        (lambda _: (302, b"{}"), "PROVIDER_OFFLINE"),
        (lambda _: (200, b" " * 2_000_000), "PROVIDER_OFFLINE"),
        (lambda _: None, "PROVIDER_OFFLINE"),
    ],
    ids=range(11),
)
def test_what_a_launch_makes_of_a_bad_answer(
    port: Port, studio: Studio, script: Any, code: str
) -> None:
    port.player("anna")
    studio.scripts["launch"] = script
    assert port.launch("anna")["error"]["code"] == code


def test_a_launch_by_html_and_a_repeated_one(port: Port, studio: Studio) -> None:
    port.player("anna")
    studio.results["launch"] = {"type": "html", "html": "<b>play</b>"}
    keyed = {"Idempotency-Key": "launch-1"}
    body = {
        "username": "anna", "isMobile": True, "gameId": "studio_coin", "lang": "en",
        "playerIp": "203.0.113.7", "currency": "EUR",
    }  # fmt: skip
    first = port.external("launchGame", body, **keyed)
    assert first["result"]["html"] == "<b>play</b>"
    assert "url" not in first["result"]
    studio.results["launch"] = {"type": "url", "url": "https://studio.example/other"}
    assert port.external("launchGame", body, **keyed) == first
    assert len(studio.asked("launch")) == 1
    other = port.external("launchGame", {**body, "isMobile": False}, **keyed)
    assert other["error"]["code"] == "IDEMPOTENCY_CONFLICT"
    assert port.launch("anna", gameId="studio_none")["error"]["code"] == "GAME_NOT_FOUND"


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.pop("games"),
        lambda told: told["games"].append(told["games"][0]),
        lambda told: told["games"][0].update(id="a b"),
        lambda told: told["games"][0].update(name="a\u0000b"),
        lambda told: told["games"][0].update(rtp=98.0),
        lambda told: told["games"][0].update(logoUrl="javascript:alert(1)"),
        lambda told: told["games"][0]["betLimits"][0].update(info={"min": "1"}),
        lambda told: told["games"][0]["betLimits"][0].update(info={"min": "9", "max": "1"}),
        lambda told: told["games"][0]["betLimits"][0].update(info={"min": 1e300, "max": "1"}),
        lambda told: told["provider"].update(prohibitedCountries=["usa"]),
        lambda told: told["provider"]["currencies"][1].update(scale="0"),
        lambda told: told["provider"]["currencies"][1].update(scale="-1"),
        lambda told: told["provider"]["currencies"][1].update(playerCurrency="EUR"),
    ],
    ids=range(13),
)
def test_a_bad_catalogue_changes_nothing(
    sqlite_store: Store, change: Callable[[dict[str, Any]], None]
) -> None:
    operator = open_operator(sqlite_store)

    async def refreshed(studios: HttpStudios) -> None:
        await studios.refresh()

    with open_studio() as studio:
        enter_studio(operator, studio.url)
        asking(sqlite_store, refreshed)
        before = sqlite_store.read_sync(told_games, "studio")
        assert [game.name for game, _ in before] == ["Coin"]

        def all_of_it(told: dict[str, Any]) -> None:
            told["games"][0]["category"]["label"] = "Other"
            change(told)

        studio.results["games"] = changed(all_of_it)
        asking(sqlite_store, refreshed)
        assert sqlite_store.read_sync(told_games, "studio") == before
        assert sqlite_store.read_sync(units_of, "studio").keys() == {"EUR", "JPY"}


def test_games_come_and_go(store: Store) -> None:
    operator = open_operator(store)

    async def refreshed(studios: HttpStudios) -> None:
        await studios.refresh()

    def more(told: dict[str, Any]) -> None:
        told["games"].insert(0, {**told["games"][0], "id": "dice", "name": "Dice"})

    def listed() -> list[tuple[str, bool]]:
        return [(game.code, is_there) for game, is_there in store.read_sync(told_games, "studio")]

    with open_studio() as studio:
        enter_studio(operator, studio.url)
        asking(store, refreshed)
        studio.results["games"] = changed(more)
        asking(store, refreshed)
        assert listed() == [("dice", True), ("coin", True)]
        studio.results["games"] = changed(lambda told: told["games"].clear())
        asking(store, refreshed)
        assert sorted(listed()) == [("coin", False), ("dice", False)]
        studio.results["games"] = changed(lambda _: None)
        asking(store, refreshed)
        assert listed()[0] == ("coin", True)
        assert ("dice", False) in listed()


def asking(store: Store, do: Callable[[HttpStudios], Any]) -> Any:
    """Do something with our side of the calls, on a loop of its own."""

    async def run() -> Any:
        caller = Caller("127.0.0.1")
        store.start()
        try:
            return await do(HttpStudios(store, VAULT, caller))
        finally:
            await caller.close()
            await asyncio.sleep(0)
            await store.stop()

    return asyncio.run(run())


def test_free_rounds_are_given_and_taken(sqlite_store: Store) -> None:
    operator: Operator = open_operator(sqlite_store)
    asked = FreeRoundAsk(
        code="gift", players=("p1", "p2"), currency="KJPY", game_id="studio_coin", rounds=5,
        bet_micros=200_000, from_at=datetime(2026, 12, 1, tzinfo=UTC),
        to_at=datetime(2026, 12, 31, 1, 2, 3, 4, tzinfo=UTC),
    )  # fmt: skip

    async def give(studios: HttpStudios) -> str:
        await studios.refresh()
        reach = Reach(store=sqlite_store, base_url="http://x", studios=studios)
        provider = await sqlite_store.read(provider_of, "studio")
        assert provider is not None
        given = await provider.free_round(reach, asked)
        await provider.cancel_free_round(reach, given)
        studio.scripts["freeRound"] = refusing("NO_GIFTS")
        with pytest.raises(StudioRefused) as refused:
            await provider.free_round(reach, asked)
        assert refused.value.code == "NO_GIFTS"
        studio.scripts["freeRound"] = lambda _: (503, b"")
        with pytest.raises(ProviderOffline):
            await provider.free_round(reach, asked)
        return given

    with open_studio() as studio:
        enter_studio(operator, studio.url)
        assert asking(sqlite_store, give) == "theirs-1"
    assert studio.asked("freeRound")[0] == {
        "code": "gift", "players": ["p1", "p2"], "currency": "KJPY", "gameId": "coin", "rounds": 5,
        "betAmount": "0.2", "from": "2026-12-01T00:00:00.000000Z",
        "to": "2026-12-31T01:02:03.000004Z",
    }  # fmt: skip
    assert studio.asked("cancelFreeRound") == [{"id": "theirs-1"}]


@pytest.mark.parametrize(
    ("result", "log_type"),
    [
        ({"logType": "nodata"}, "nodata"),
        ({"logType": "iframe", "url": "https://studio.example/r/1"}, "iframe"),
        ({"logType": "iframe", "url": "javascript:alert(1)"}, "nodata"),
        (
            {
                "logType": "roulette",
                "pockets": [{"number": "17", "color": "black", "evenOdd": "odd"}],
            },
            "roulette",
        ),
        ({"logType": "dice", "dices": ["1", "6"]}, "dice"),
        ({"logType": "other"}, "nodata"),
        ({"logType": "hand", "hands": "x"}, "nodata"),
        (None, "nodata"),
    ],
    ids=range(8),
)
def test_what_a_round_was_is_told_as_the_studio_tells_it(
    port: Port, studio: Studio, result: Any, log_type: str
) -> None:
    port.player("anna")
    session = port.session(studio, "anna")
    port.ok("transaction", move(session, "bet", "t1", "-1"))
    if result is None:
        studio.scripts["round"] = lambda _: None
    studio.results["round"] = result
    body = {"gameId": "studio_coin", "username": "anna", "roundId": "r"}
    told = port.external("gameLogs", body)["result"]
    assert told["result"]["logType"] == log_type
    # The money is told whatever the studio says.
    assert [one["type"] for one in told["transactions"]] == ["Bet"]
    if log_type == "roulette":
        assert told["pockets"] == [POCKET]
    if log_type == "iframe":
        assert told["result"]["url"] == "https://studio.example/r/1"
