"""Every House game in a browser against the real server: played to a loss and to a win under known
seeds, reloaded in the middle, framed in a foreign page, and read afterwards on the round's page.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from lanhouse.aggregator.agents.commands import set_frame_origins
from lanhouse.aggregator.agents.schemas import FrameAgent
from lanhouse.aggregator.providers.house.games.catalogue import GAMES
from lanhouse.aggregator.providers.house.games.step import Step
from tests.builders.agents import Operator, open_operator
from tests.builders.known_seeds import (
    CLIENT_SEED,
    FIELDS,
    gain_micros,
    planted,
    rounds_of,
    seed_for,
)
from tests.builders.play import launch_body
from tests.e2e.conftest import Site
from tests.e2e.test_accessible import violations

NEXT_SEED = "5e" * 32
AT_ONCE = [game for game in GAMES if game not in ("house_00002", "house_00006")]


class House:
    """An operator with players of 100 EUR, and a browser that waits for no motion."""

    def __init__(self, site: Site, page: Page) -> None:
        self.site, self.page = site, page
        self.operator: Operator = open_operator(site.floor.store)
        self.players = 0

    def ask(self, name: str, **body: Any) -> Any:
        answer = self.page.request.post(
            f"{self.site.url}/external/{name}",
            data=body,
            headers={"Authorization": f"Bearer {self.operator.key}"},
        )
        envelope = answer.json()
        assert envelope["ok"] is True, envelope
        return envelope["result"]

    def player(self) -> str:
        """A new player, whose server seeds are yet to be drawn."""
        self.players += 1
        name = f"player{self.players:04d}"
        self.ask("createPlayer", username=name)
        self.ask("deposit", username=name, currency="EUR", amount="100")
        return name

    def launch(self, player: str, game_id: str, **more: Any) -> str:
        return self.ask("launchGame", **launch_body(player, gameId=game_id, **more))["url"]

    def balance(self, player: str) -> Decimal:
        told = self.ask("getPlayerBalance", username=player, currency="EUR")
        return Decimal(told["balance"])

    def open(self, player: str, game_id: str, server_seed: str) -> None:
        """Open a game under a known server seed, and choose the known client seed by hand."""
        page = self.page
        with planted(server_seed, NEXT_SEED):
            page.goto(self.launch(player, game_id))
            expect(page.locator("#balance")).to_have_text("€100.00")
        page.locator("#open-seeds").click()
        page.locator("#seed-text").fill(CLIENT_SEED)
        page.locator("#seed-form button").click()
        expect(page.locator("#seed-status")).to_contain_text("Your seed counts")
        expect(page.locator("#seed-old")).to_have_text("–")
        page.locator("#seeds .close").click()

    def shown_balance(self) -> Decimal:
        return Decimal(re.sub(r"[^\d.]", "", self.page.locator("#balance").inner_text()))


def is_refused(said: str) -> bool:
    """Whether the policy of a page refused what is its own; a frame around it is another matter."""
    return "Content Security" in said and "frame-ancestors" not in said


@pytest.fixture
def house(site: Site, browser: Browser) -> Iterator[House]:
    context = browser.new_context(
        reduced_motion="reduce", viewport={"width": 1200, "height": 900}, locale="en-GB"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if is_refused(said.text) else None)
    yield House(site, page)
    context.close()
    assert wrong == []


def lost_then_won(rounds: list[list[Step]]) -> bool:
    return gain_micros(rounds[0]) < 0 < gain_micros(rounds[1])


def look_at_round(house: House, game_id: str, rounds: list[list[Step]], at: int) -> None:
    """Reveal the seed in the game, and read the newest round on its own page."""
    page = house.page
    address = page.locator("#verify").get_attribute("href")
    assert address is not None
    page.locator("#open-seeds").click()
    page.locator("#seed-text").fill(f"next {at}")
    page.locator("#seed-form button").click()
    expect(page.locator("#seed-status")).to_contain_text("Our old seed is revealed above.")
    revealed = page.locator("#seed-old").inner_text()
    assert revealed == seed_for(game_id, len(rounds), FITS.get(game_id, lost_then_won))
    page.goto(house.site.url + address)
    expect(page.locator("#verdict")).to_have_class(re.compile("good"))
    numbers = " ".join(map(str, rounds[at][-1].state["numbers"]))
    expect(page.locator("#verdict")).to_have_attribute("data-numbers", numbers)
    expect(page.locator("#recounted")).not_to_be_empty()
    expect(page.locator("#table > *").first).to_be_visible()
    assert violations(page) == []


def test_each_game_is_played_to_a_loss_and_a_win(house: House) -> None:
    page = house.page
    for game_id in AT_ONCE:
        seed = seed_for(game_id, 2, lost_then_won)
        rounds = rounds_of(game_id, seed, 2)
        player = house.player()
        house.open(player, game_id, seed)
        if game_id in FIELDS:
            page.locator(f".spot.on-{FIELDS[game_id]}").first.click()
        assert violations(page) == []
        expected = Decimal(100)
        for nonce, steps in enumerate(rounds, start=1):
            page.locator("#acts button").first.click()
            expect(page.locator("#nonce")).to_have_text(str(nonce))
            expect(page.locator("#line small")).to_contain_text("You staked")
            expected += Decimal(gain_micros(steps)) / 1_000_000
            assert house.shown_balance() == expected == house.balance(player)
            kind = "gain" if gain_micros(steps) > 0 else "plain"
            expect(page.locator("#line")).to_have_class(re.compile(kind))
        told = page.locator("#line").inner_text()
        page.reload()
        expect(page.locator("#line")).to_contain_text("Your last round is finished:")
        expect(page.locator("#line")).to_contain_text(told.split("\n")[-1].strip())
        look_at_round(house, game_id, rounds, 1)


def free_spins_first(rounds: list[list[Step]]) -> bool:
    return len(rounds[0]) > 3 and gain_micros(rounds[0]) > 0 > gain_micros(rounds[1])


def won_then_lost_by_standing(rounds: list[list[Step]]) -> bool:
    is_played = all(len(steps) == 2 for steps in rounds)
    return is_played and gain_micros(rounds[0]) > 0 > gain_micros(rounds[1])


FITS: dict[str, Callable[[list[list[Step]]], bool]] = {
    "house_00002": free_spins_first,
    "house_00006": won_then_lost_by_standing,
}


def test_free_spins_go_on_after_a_reload_and_in_another_launch(house: House) -> None:
    page, game_id = house.page, "house_00002"
    seed = seed_for(game_id, 2, free_spins_first)
    rounds = rounds_of(game_id, seed, 2)
    player = house.player()
    house.open(player, game_id, seed)
    page.locator("#acts button").click()
    spins = len(rounds[0]) - 1
    expect(page.locator("#line")).to_contain_text("Free spins left:")
    assert violations(page) == []
    page.keyboard.press("Space")
    expect(page.locator("#line")).to_contain_text("Free spin 1 of")
    page.reload()
    expect(page.locator("#line")).to_contain_text("Your round goes on.")
    expect(page.locator("#acts button")).to_have_text("Free spin 2")
    page.keyboard.press("Space")
    expect(page.locator("#line")).to_contain_text("Free spin 2 of")
    page.goto(house.launch(player, game_id))
    expect(page.locator("#line")).to_contain_text("Your round goes on.")
    for number in range(3, spins + 1):
        expect(page.locator("#acts button")).to_have_text(f"Free spin {number}")
        page.keyboard.press("Space")
    expect(page.locator("#line small")).to_contain_text("You staked €0.20")
    expected = 100 + Decimal(gain_micros(rounds[0])) / 1_000_000
    assert house.shown_balance() == expected == house.balance(player)
    page.locator("#acts button").click()
    expect(page.locator("#line")).to_have_class(re.compile("plain"))
    look_at_round(house, game_id, rounds, 1)


def test_blackjack_goes_on_after_a_reload(house: House) -> None:
    page, game_id = house.page, "house_00006"
    seed = seed_for(game_id, 2, won_then_lost_by_standing)
    rounds = rounds_of(game_id, seed, 2)
    player = house.player()
    house.open(player, game_id, seed)
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("Space")
    expect(page.locator("#line")).to_contain_text("the dealer shows")
    assert violations(page) == []
    page.reload()
    expect(page.locator("#line")).to_contain_text("Your round goes on.")
    page.keyboard.press("s")
    expect(page.locator("#line")).to_have_class(re.compile("gain"))
    expected = 100 + Decimal(gain_micros(rounds[0])) / 1_000_000
    assert house.shown_balance() == expected == house.balance(player)
    page.locator("#acts button").click()
    page.locator("#acts button[data-action=stand]").click()
    expect(page.locator("#line")).to_have_class(re.compile("plain"))
    look_at_round(house, game_id, rounds, 1)


def test_money_that_is_not_there_is_refused_in_words(house: House) -> None:
    page = house.page
    player = house.player()
    page.goto(house.launch(player, "house_00008"))
    expect(page.locator("#balance")).to_have_text("€100.00")
    house.ask("withdraw", username=player, currency="EUR", amount="100")
    page.locator("#acts button").click()
    expect(page.locator("#line")).to_contain_text("Your balance does not cover this bet.")
    expect(page.locator("#balance")).to_have_text("€0.00")
    assert page.context.cookies() == []


def test_two_tabs_play_one_round_each_and_show_the_newest(house: House) -> None:
    page = house.page
    player = house.player()
    page.goto(house.launch(player, "house_00008"))
    expect(page.locator("#balance")).to_have_text("€100.00")
    other = page.context.new_page()
    other.goto(house.launch(player, "house_00008"))
    expect(other.locator("#balance")).to_have_text("€100.00")
    other.locator("#acts button").click()
    expect(other.locator("#nonce")).to_have_text("1")
    seed = other.locator("#client-seed").inner_text()
    page.locator("#acts button").click()
    expect(page.locator("#nonce")).to_have_text("2")
    expect(page.locator("#client-seed")).to_have_text(seed)
    assert house.shown_balance() == house.balance(player)


class _Foreign(BaseHTTPRequestHandler):
    """A page of an operator, on another origin, that frames the address after `?`."""

    def do_GET(self) -> None:
        address = self.path.partition("?")[2]
        body = (
            "<!doctype html><title>Casino</title><script>window.heard = [];"
            "addEventListener('message', (e) => heard.push([e.origin, e.data]));</script>"
            f'<iframe title="game" src="{address}" width="1100" height="800"></iframe>'
        ).encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@pytest.fixture
def foreign() -> Iterator[str]:
    """The origin of an operator's page."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Foreign)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


def frame_origins(house: House, origins: str) -> None:
    command = FrameAgent(house.operator.agent.id, origins)
    house.site.floor.store.run_sync(set_frame_origins, command)


def test_a_listed_origin_frames_a_game_and_hears_of_it(house: House, foreign: str) -> None:
    page = house.page
    frame_origins(house, foreign)
    player = house.player()
    seed = seed_for("house_00008", 2, lost_then_won)
    with planted(seed, NEXT_SEED):
        page.goto(f"{foreign}/?{house.launch(player, 'house_00008')}")
        frame = page.frame_locator("iframe")
        expect(frame.locator("#balance")).to_have_text("€100.00")
    frame.locator("#acts button").click()
    expect(frame.locator("#line small")).to_contain_text("You staked")
    heard = page.evaluate("() => window.heard")
    assert {origin for origin, _ in heard} == {house.site.url}
    told = [message for _, message in heard]
    assert [message["type"] for message in told] == ["loaded", "round", "balance"]
    session = told[0]["session"]
    held = str(house.balance(player))
    assert told[0] == {
        "source": "lanhouse", "type": "loaded", "session": session, "balance": "100",
        "currency": "EUR", "round": None,
    }  # fmt: skip
    assert set(told[1]["round"]) == {"id", "bet", "win"}
    assert told[1]["round"]["bet"] == "1"
    assert (told[1]["balance"], told[2]["balance"]) == (held, held)
    assert told[2]["round"] is None
    page.evaluate("() => { document.querySelector('iframe').src = 'about:blank'; }")
    page.wait_for_function("() => heard.some(([, one]) => one.type === 'closed')")
    # The secret was kept in the frame's own storage: the session's address finds it again.
    again = f"{house.site.url}/play/{session}"
    page.evaluate("(url) => { document.querySelector('iframe').src = url; }", again)
    expect(frame.locator("#line")).to_contain_text("Your last round is finished:")
    stranger = page.context.browser.new_context() if page.context.browser else None
    assert stranger is not None
    other = stranger.new_page()
    other.goto(f"{foreign}/?{again}")
    other.wait_for_function("() => heard.some(([, one]) => one.type === 'expired')")
    expect(other.frame_locator("iframe").locator("#line")).to_contain_text("from the lobby")
    stranger.close()


def test_an_origin_that_is_not_listed_cannot_frame_a_game(house: House, foreign: str) -> None:
    page = house.page
    for origins in ("", "https://casino.example"):
        frame_origins(house, origins)
        page.goto(f"{foreign}/?{house.launch(house.player(), 'house_00008')}")
        page.wait_for_timeout(500)
        [framed] = [frame for frame in page.frames if frame.parent_frame is not None]
        assert framed.url.startswith("chrome-error:")
        assert page.evaluate("() => window.heard") == []


def test_the_small_json_and_the_page_tell_one_state(house: House) -> None:
    page = house.page
    player = house.player()
    page.goto(house.launch(player, "house_00004"))
    expect(page.locator("#balance")).to_have_text("€100.00")
    url = house.launch(player, "house_00004")
    begun = json.loads(page.request.get(url, headers={"Accept": "application/json"}).text())
    assert begun["game"] == "house_00004"
    shown = page.locator("#limits").inner_text()
    bets = begun["state"]["bets"]
    assert shown == f"€{Decimal(bets['min']):.2f} – €{Decimal(bets['max']):.2f}"
