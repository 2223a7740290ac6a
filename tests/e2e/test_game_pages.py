"""The pages of the games in a real browser: played to a win and a loss, by mouse and by keyboard,
on a phone, reloaded in the middle, and with answers that get lost.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from lanhouse.aggregator.providers.house.games import wheel
from lanhouse.aggregator.providers.house.games.catalogue import GAMES
from lanhouse.aggregator.providers.house.games.machines import LIT_WINDOWS
from lanhouse.aggregator.providers.house.play_page import bet_returns
from tests.builders.fake_house import ORIGIN, SECRET, FakeHouse
from tests.builders.numbers import cards

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
ADDRESS = f"{ORIGIN}/play/launch/abc"
LOSS, WIN = "loss", "win"
LOST_FIELD = wheel.HALVES.index(0)
WON_FIELD = wheel.HALVES.index(20)


@pytest.fixture
def still(browser: Browser) -> Any:
    """A page that waits for no motion, and fails on any error or refused style."""
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1100, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None
    )
    yield page
    context.close()
    assert wrong == []


def open_game(page: Page, house: FakeHouse) -> None:
    house.serve(page)
    page.goto(ADDRESS)
    expect(page.locator("#balance")).to_have_text("€100.00")


def listen(page: Page) -> None:
    """Note down what the page hears from its frame."""
    page.evaluate(
        "() => { window.heard = []; addEventListener('message', (e) => heard.push(e.data)); }"
    )


def house_stops(count: int) -> list[int]:
    """Stops of Lit Windows with so many houses in view."""
    strips = LIT_WINDOWS.machine.strips
    return [
        strip.index("house") if reel < count else (strip.index("house") + 5) % 24
        for reel, strip in enumerate(strips)
    ]


ROUNDS = [
    # game, numbers, how, staked, paid, what is said
    ("house_00001", [3, 9, 12, 7, 8], None, "0.20", "0.10", "Line"),
    ("house_00001", [0, 0, 3, 0, 0], None, "0.20", "0.00", "Nothing this time."),
    ("house_00003", [8, 23, 23], None, "0.20", "19.20", "Line 2: 3 × Lamp, wild"),
    ("house_00003", [0, 0, 0], None, "0.20", "0.00", "Nothing this time."),
    ("house_00004", [1], "Red", "1.00", "2.00", "1 red."),
    ("house_00004", [0], "Red", "1.00", "0.00", "0 green."),
    ("house_00005", [8, 11, 23, 6], "Player", "1.00", "2.00", "Player 9, banker 7."),
    ("house_00005", [8, 11, 23, 6], "Banker", "1.00", "0.00", "Player 9, banker 7."),
    ("house_00006", cards("AS 9H KS 7H"), None, "1.00", "2.50", "Player 21: blackjack."),
    ("house_00006", cards("9S AH KS KH"), None, "1.00", "0.00", "Player 19: loses."),
    ("house_00007", [5, 5, 4], "Big, 11 to 17", "1.00", "2.00", "6, 6, 5: total 17."),
    ("house_00007", [0, 0, 0], "Small, 4 to 10", "1.00", "0.00", "1, 1, 1: total 3."),
    ("house_00008", [WON_FIELD], None, "1.00", "10.00", "The field pays 10 times the bet."),
    ("house_00008", [LOST_FIELD], None, "1.00", "0.00", "Nothing this time."),
]


@pytest.mark.parametrize(("game", "numbers", "field", "staked", "paid", "said"), ROUNDS)
def test_a_round_is_played(
    still: Page, game: str, numbers: list[int], field: str | None, staked: str, paid: str, said: str
) -> None:
    house = FakeHouse(game, numbers)
    open_game(still, house)
    if field:
        still.get_by_role("button", name=re.compile(f"^{re.escape(field)} [0-9.]+:1")).click()
        expect(still.locator("#staked")).to_have_text("€1.00")
    still.locator("#acts button").first.click()
    line = still.locator("#line")
    expect(line).to_contain_text(f"You staked €{staked}")
    expect(line).to_contain_text(said)
    expect(line).to_contain_text(f"got €{paid}")
    is_gain = float(paid) > float(staked)
    assert ("gain" in (line.get_attribute("class") or "")) == is_gain
    assert house.bodies[0]["action"] == GAMES[game].first_action
    assert house.client_seed is not None
    assert re.fullmatch(r"[A-Za-z0-9 _.\-]{1,64}", house.client_seed)
    shown = still.locator("#balance").inner_text()
    assert round(float(shown[1:]) * 1_000_000) == house.balance_micros


def test_blackjack_is_played_by_keys_and_goes_on_after_a_reload(still: Page) -> None:
    house = FakeHouse("house_00006", cards("8S 6H 8H KH 3D 10D KC 5C"))
    open_game(still, house)
    still.keyboard.press("Space")
    expect(still.locator("#line")).to_contain_text("You have 16, the dealer shows 6.")
    expect(still.locator("#acts button")).to_have_count(4)
    still.keyboard.press("p")
    expect(still.locator(".seats .seat")).to_have_count(2)

    still.reload()
    expect(still.locator("#line")).to_contain_text("Your round goes on.")
    expect(still.locator(".seats .seat")).to_have_count(2)
    assert "KH" not in json.dumps(house.state())
    still.keyboard.press("d")
    expect(still.locator(".seats .seat").nth(1)).to_have_attribute("aria-current", "true")
    still.keyboard.press("s")
    expect(still.locator("#line")).to_contain_text("You staked €3.00, got €2.00")
    expect(still.locator("#balance")).to_have_text("€99.00")
    expect(still.locator("#net")).to_have_text("−\u2060€1.00")

    still.reload()
    expect(still.locator("#line")).to_contain_text("Your last round is finished:")
    expect(still.locator("#net")).to_have_text("−\u2060€1.00")
    assert [body["action"] for body in house.bodies] == ["deal", "split", "double", "stand"]


def test_free_spins_are_told_and_cost_nothing(still: Page) -> None:
    house = FakeHouse("house_00002", [*house_stops(3), *house_stops(0) * 10])
    open_game(still, house)
    still.locator("#acts button").click()
    expect(still.locator("#line")).to_contain_text("Free spins left: 10.")
    for number in range(1, 11):
        still.keyboard.press("Space")
        if number < 10:
            expect(still.locator("#line")).to_contain_text(f"Free spin {number} of 10")
    expect(still.locator("#line")).to_contain_text("You staked €0.20")
    assert "bet" in house.bodies[0]
    assert all("bet" not in body for body in house.bodies[1:])


def test_a_lost_answer_is_asked_for_again_with_the_same_key(still: Page) -> None:
    house = FakeHouse("house_00008", [WON_FIELD, LOST_FIELD])
    open_game(still, house)
    house.lose_answers = 2
    still.locator("#acts button").click()
    expect(still.locator("#line")).to_contain_text("got €10.00", timeout=8000)
    assert len({body["key"] for body in house.bodies}) == 1
    assert len(house.bodies) == 3
    assert house.nonce == 1


def test_an_answer_lost_with_the_page_is_shown_on_return(still: Page) -> None:
    house = FakeHouse("house_00008", [WON_FIELD])
    open_game(still, house)
    house.lose_answers = 99
    still.locator("#acts button").click()
    expect(still.locator("#line")).to_contain_text("Checking")
    house.lose_answers = 0
    still.reload()
    expect(still.locator("#line")).to_contain_text("got €10.00")
    expect(still.locator("#balance")).to_have_text("€109.00")
    assert house.nonce == 1
    assert len({body["key"] for body in house.bodies}) == 1


def test_a_player_who_was_here_long_says_whether_he_goes_on(still: Page) -> None:
    """Between two rounds: an open hand is played to its end, and nothing is bet before he says."""
    house = FakeHouse("house_00006", [*cards("10S 6H 8H KH 5C"), *cards("9S AH KS KH")])
    open_game(still, house)
    still.keyboard.press("Space")
    expect(still.locator("#line")).to_contain_text("You have 18")
    house.check_minutes, house.played_minutes = 30, 31
    still.reload()
    expect(still.locator("#line")).to_contain_text("Your round goes on.")
    still.keyboard.press("s")
    expect(still.locator("#line")).to_contain_text("You staked €1.00")
    still.locator("#acts button").click()
    asked = still.get_by_role("dialog", name="Time for a break?")
    expect(asked.locator("#check-time")).to_have_text("31 min")
    expect(asked.locator("#check-net")).to_have_text(still.locator("#net").inner_text())
    still.keyboard.press("Escape")
    expect(asked).to_be_visible()
    assert [body["action"] for body in house.bodies] == ["deal", "stand"]
    asked.get_by_role("button", name="Go on").click()
    still.locator("#acts button").click()
    expect(still.locator("#line")).to_contain_text("Player 19: loses.")
    still.reload()
    still.locator("#acts button").wait_for()
    expect(asked).to_be_hidden()


def test_fields_by_keyboard(still: Page) -> None:
    house = FakeHouse("house_00004", [17])
    open_game(still, house)
    still.keyboard.press("2")
    still.get_by_role("button", name=re.compile("^16 red")).focus()
    still.keyboard.press("ArrowRight")
    still.keyboard.press("Enter")
    still.keyboard.press("1")
    still.keyboard.press("Enter")
    expect(still.locator("#staked")).to_have_text("€6.00")
    still.keyboard.press("Backspace")
    expect(still.locator("#staked")).to_have_text("€5.00")
    expect(still.locator(":focus")).to_have_attribute("aria-label", "17 black 35:1, €5.00 on it")
    still.keyboard.press("Space")
    expect(still.locator("#line")).to_contain_text("got €180.00")
    assert house.bodies[0]["bets"] == [{"on": "straight", "number": 17, "amount": "5"}]
    expect(still.get_by_role("button", name="17 black 35:1, won €180.00")).to_be_visible()


REFUSALS = [
    ("INVALID_AMOUNT", 400, "A field takes €1.00 or more, a round €500.00 at most."),
    ("INSUFFICIENT_CREDIT", 402, "Choose a smaller one, or put money in."),
    ("PLAYER_INACTIVE", 403, "Ask where you play."),
    ("PLAYER_SELF_EXCLUDED", 403, "You are on a break."),
    ("PLAYER_LIMIT_REACHED", 403, "A smaller bet may still be possible."),
    ("COUNTRY_RESTRICTED", 403, "may not be played where you are"),
    ("PROVIDER_MAINTENANCE", 403, "Try again later."),
    ("ACTION_NOT_POSSIBLE", 409, "This is not possible now."),
    ("ROUND_OPEN", 409, "Finish it first, here or in its game."),
    ("ROUND_TOO_SOON", 429, "The next round can begin shortly."),
    ("OPERATOR_ERROR", 502, "Nothing was played. Try again in a moment."),
    ("OPERATOR_TIMEOUT", 504, "Nothing was played. Try again in a moment."),
    ("SOMETHING_NEW", 400, "Reload the page and try again."),
]


def test_space_plays_after_a_chip_was_chosen_by_mouse(still: Page) -> None:
    house = FakeHouse("house_00007", [5, 5, 4])
    open_game(still, house)
    still.locator(".chip").nth(1).click()
    still.locator(".spot.on-big").click()
    still.locator(".chip").nth(0).click()
    still.keyboard.press("Space")
    expect(still.locator("#line")).to_contain_text("You staked €5.00, got €10.00")
    expect(still.locator("#staked")).to_have_text("€5.00")
    still.locator("#clear").click()
    expect(still.locator("#staked")).to_have_text("€0.00")
    still.locator("#acts button").click()
    expect(still.locator("#line")).to_have_text("Choose a chip and put it on a field first.")
    still.locator("#again").click()
    expect(still.locator("#staked")).to_have_text("€5.00")
    assert len(house.bodies) == 1


def test_every_refusal_is_told_and_the_next_press_is_a_new_one(still: Page) -> None:
    house = FakeHouse("house_00008", [LOST_FIELD])
    open_game(still, house)
    for code, status, said in REFUSALS:
        house.refusal = (code, status)
        still.locator("#acts button").click()
        expect(still.locator("#line")).to_contain_text(said)
        expect(still.locator("#acts button")).to_have_attribute("aria-disabled", "false")
        expect(still.locator("#balance")).to_have_text("€100.00")
    house.refusal = ("", 0)
    still.locator("#acts button").click()
    expect(still.locator("#line")).to_contain_text("You staked €1.00, got €0.00")
    keys = [body["key"] for body in house.bodies]
    assert len(set(keys)) == len(REFUSALS) + 1 == len(keys)


def test_a_busy_house_is_asked_again_with_the_same_key(still: Page) -> None:
    house = FakeHouse("house_00008", [WON_FIELD])
    open_game(still, house)
    house.refusal = ("BUSY", 503)
    still.locator("#acts button").click()
    expect(still.locator("#line")).to_contain_text("Checking")
    house.refusal = ("", 0)
    expect(still.locator("#line")).to_contain_text("got €10.00", timeout=8000)
    assert len({body["key"] for body in house.bodies}) == 1
    assert len(house.bodies) >= 2


def test_a_session_that_has_ended_says_so_and_asks_no_more(still: Page) -> None:
    house = FakeHouse("house_00008", [])
    open_game(still, house)
    house.refusal = ("SESSION_EXPIRED", 401)
    still.locator("#acts button").click()
    expect(still.locator("#line")).to_have_text(
        "This game session is over. Start the game again from the lobby."
    )


def test_a_poll_takes_nothing_off_the_table_and_nothing_typed(still: Page) -> None:
    house = FakeHouse("house_00004", [])
    open_game(still, house)
    still.get_by_role("button", name=re.compile("^Red 1:1")).click()
    still.locator("#open-seeds").click()
    still.locator("#seed-text").fill("half typ")
    house.balance_micros += 25_000_000
    still.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(still.locator("#balance")).to_have_text("€125.00")
    expect(still.locator("#staked")).to_have_text("€1.00")
    expect(still.locator("#seed-text")).to_have_value("half typ")
    expect(still.locator(".spot.on-red .on")).to_have_attribute("data-on", "1")


def test_a_chosen_bet_stays_over_a_poll(still: Page) -> None:
    house = FakeHouse("house_00001", [])
    open_game(still, house)
    still.locator("#bet-more").click()
    still.locator("#bet-more").click()
    expect(still.locator("#bet")).to_have_text("€0.60")
    house.balance_micros += 1_000_000
    still.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(still.locator("#balance")).to_have_text("€101.00")
    expect(still.locator("#bet")).to_have_text("€0.60")


def test_seeds_are_made_here_and_the_old_one_is_revealed(still: Page) -> None:
    house = FakeHouse("house_00008", [LOST_FIELD])
    open_game(still, house)
    still.locator("#acts button").click()
    expect(still.locator("#line")).to_contain_text("You staked")
    first = house.client_seed
    assert first is not None
    still.locator("#open-seeds").click()
    drawn = still.locator("#seed-text").input_value()
    assert re.fullmatch(r"[0-9a-f]{32}", drawn)
    assert drawn != first
    still.locator("#seed-text").fill(first)
    still.locator("#seed-form button").click()
    expect(still.locator("#seed-status")).to_contain_text("another seed than now")
    still.locator("#seed-text").fill("my own seed")
    still.locator("#seed-form button").click()
    expect(still.locator("#seed-status")).to_contain_text("Our old seed is revealed above.")
    expect(still.locator("#seed-old")).to_have_text("5e" * 32)
    expect(still.locator("#seed-mine")).to_have_text("my own seed")
    assert house.client_seed == "my own seed"
    assert still.locator("#seed-text").input_value() not in ("", "my own seed", drawn)


def test_the_secret_is_in_no_address_and_no_cookie(still: Page) -> None:
    house = FakeHouse("house_00008", [])
    open_game(still, house)
    assert still.url == f"{ORIGIN}/play/abc"
    assert still.context.cookies() == []
    assert still.evaluate("() => sessionStorage.getItem('lanhouse-abc-secret')") == SECRET
    expect(still.locator("#lobby")).to_have_attribute("href", "https://lobby.example/?t=1")
    still.reload()
    expect(still.locator("#balance")).to_have_text("€100.00")
    expect(still.locator("#lobby")).to_have_attribute("href", "https://lobby.example/?t=1")


def test_without_storage_one_visit_is_played_and_a_reload_asks_for_a_new_launch(
    still: Page,
) -> None:
    still.add_init_script(
        "Object.defineProperty(window, 'sessionStorage',"
        " { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    house = FakeHouse("house_00008", [WON_FIELD])
    house.serve(still)
    still.goto(f"{ORIGIN}/frame")
    listen(still)
    frame = still.frame_locator("iframe")
    frame.locator("#acts button").click()
    expect(frame.locator("#line")).to_contain_text("got €10.00")
    expect(frame.locator("#net")).to_have_text("+\u2060€9.00")
    still.evaluate("() => { document.querySelector('iframe').src = '/play/abc'; }")
    expect(frame.locator("#line")).to_contain_text("Start the game again from the lobby")
    assert still.evaluate("() => window.heard.map((one) => one.type)")[-1] == "expired"


def test_a_free_round_costs_nothing_and_is_told(still: Page) -> None:
    house = FakeHouse("house_00001", [3, 9, 12, 7, 8])
    house.free_rounds = {"remaining": 3, "bet": "0.4"}
    open_game(still, house)
    expect(still.locator("#note")).to_have_text("Free rounds: 3 of €0.40. They cost nothing.")
    expect(still.locator("#bet")).to_have_text("€0.40")
    still.locator("#acts button").click()
    expect(still.locator("#line")).to_contain_text("You staked €0.00, got €0.20")
    expect(still.locator("#net")).to_have_text("+\u2060€0.20")
    expect(still.locator("#note")).to_contain_text("Free rounds: 2")


def test_a_win_that_the_operator_has_not_confirmed_is_told(still: Page) -> None:
    house = FakeHouse("house_00008", [WON_FIELD])
    house.is_paid = False
    open_game(still, house)
    still.locator("#acts button").click()
    expect(still.locator("#note")).to_contain_text("has not confirmed the last win yet")


def test_a_round_of_another_device_is_shown(still: Page) -> None:
    house = FakeHouse("house_00006", cards("8S 6H 8H KH 3D 10D KC 5C"))
    open_game(still, house)
    house.client_seed = "there"
    house._play({"action": "deal", "bet": "1"})
    still.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(still.locator("#line")).to_contain_text("You have 16, the dealer shows 6.")
    expect(still.locator("#acts button")).to_have_count(4)


def test_a_refusal_takes_nothing(still: Page) -> None:
    house = FakeHouse("house_00004", [])
    open_game(still, house)
    still.route(
        f"{ORIGIN}/play/abc/act",
        lambda route: route.fulfill(
            status=402,
            json={"error": {"code": "INSUFFICIENT_CREDIT", "message": "", "field": None}},
        ),
    )
    still.get_by_role("button", name=re.compile("^Red 1:1")).click()
    still.locator("#acts button").click()
    expect(still.locator("#line")).to_contain_text("Your balance does not cover this bet.")
    expect(still.locator("#balance")).to_have_text("€100.00")


def test_the_parent_page_hears_of_the_round(still: Page) -> None:
    house = FakeHouse("house_00008", [WON_FIELD])
    house.serve(still)
    still.goto(f"{ORIGIN}/frame")
    listen(still)
    frame = still.frame_locator("iframe")
    frame.locator("#acts button").click()
    expect(frame.locator("#line")).to_contain_text("got €10.00")
    heard = still.evaluate("() => window.heard")
    told = [message for message in heard if message["type"] == "round"]
    assert told == [
        {
            "source": "lanhouse", "type": "round", "session": "abc", "balance": "109",
            "currency": "EUR", "round": {"id": "round1", "bet": "1", "win": "10"},
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("game", "language"),
    [
        *((game, "en") for game in GAMES),
        *((game, "ar") for game in ("house_00004", "house_00006", "house_00008")),
        *(("house_00006", language) for language in ("de", "es", "pt", "ru", "vi")),
        *(("house_00007", language) for language in ("de", "ru")),
    ],
)
def test_a_phone_shows_all_of_it(browser: Browser, game: str, language: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    house = FakeHouse(game, language=language)
    house.serve(page)
    page.goto(ADDRESS)
    expect(page.locator("#acts button")).to_have_count(1)
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= 360
    small = page.evaluate(
        """() => [...document.querySelectorAll('main button, main label')]
          .filter((one) => one.offsetParent && !one.classList.contains('link'))
          .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
          .filter(([, box]) => box.height < 44 || box.width < 24).map(([name]) => name)"""
    )
    assert small == []
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run(document.querySelector('main'))")
    grave = [
        rule["id"] for rule in found["violations"] if rule["impact"] in ("serious", "critical")
    ]
    assert grave == []
    page.locator("#open-rules").click()
    expect(page.locator("#rules")).to_contain_text(GAMES[game].version)
    context.close()


def test_returns_on_the_page_are_the_exact_ones() -> None:
    from lanhouse.aggregator.providers.house.returns.exact import figures_of
    from lanhouse.aggregator.providers.house.returns.figures import percent

    for game in ("house_00005", "house_00007"):
        exact = {bet.bet: percent(bet.rtp) for bet in figures_of(game)}
        assert bet_returns(game)
        for bet, share in bet_returns(game):
            assert exact[bet] == share
