"""An operator's player: launch the slot, spin, and see the money and the history move."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.builders.agents import open_operator
from tests.builders.play import launch_body
from tests.e2e.conftest import Site


@pytest.fixture
def call(site: Site, page: Page) -> Callable[..., Any]:
    """The External API of an operator whose player0001 holds 100 EUR."""
    operator = open_operator(site.floor.store)

    def ask(name: str, **body: Any) -> Any:
        answer = page.request.post(
            f"{site.url}/external/{name}",
            data=body,
            headers={"Authorization": f"Bearer {operator.key}"},
        )
        envelope = answer.json()
        assert envelope["ok"] is True, envelope
        return envelope["result"]

    ask("createPlayer", username="player0001")
    ask("deposit", username="player0001", currency="EUR", amount="100")
    return ask


def test_launch_the_slot_and_spin(call: Callable[..., Any], page: Page) -> None:
    url = call("launchGame", **launch_body("player0001"))["url"]

    page.goto(url)
    page.wait_for_url("**/play/**")
    expect(page.get_by_role("heading", name="Night Shift", exact=True)).to_be_visible()
    expect(page.locator("#balance")).to_contain_text("100")
    expect(page.locator("#nonce")).to_have_text("0")
    page.locator("#spin").click()
    expect(page.locator("#nonce")).to_have_text("1")
    page.locator("#spin").click()
    expect(page.locator("#nonce")).to_have_text("2")
    expect(page.locator("#line-text")).not_to_have_text(re.compile("Choose a bet and spin"))

    shown = re.sub(r"[^\d.]", "", page.locator("#balance").inner_text())
    held = call("getPlayerBalance", username="player0001", currency="EUR")["balance"]
    assert Decimal(shown) == Decimal(held)
    records = call("history", username="player0001")["currencyGroup"]["EUR"]["items"]
    assert len({record["roundId"] for record in records if record["roundId"]}) == 2

    round_address = page.locator("#verify").get_attribute("href")
    assert round_address is not None
    logs = call(
        "gameLogs",
        username="player0001",
        gameId="house_00001",
        roundId=round_address.rpartition("/")[2],
    )
    assert [line["type"] for line in logs["transactions"]] == ["Bet", "Settle"]

    call("withdraw", username="player0001", currency="EUR", amount=held)
    page.locator("#spin").click()
    expect(page.locator("#line-text")).to_have_text("Your balance does not cover this bet.")
    expect(page.locator("#balance")).to_have_text("€0.00")


def test_two_tabs_show_the_seed_that_is_played(call: Callable[..., Any], page: Page) -> None:
    page.goto(call("launchGame", **launch_body("player0001"))["url"])
    page.wait_for_url("**/play/**")
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("#open-seeds").click()
    other.locator("#seed-text").fill("other tab")
    other.locator("#seed-text").press("Enter")
    expect(other.locator("#client-seed")).to_have_text("other tab")

    page.locator("#spin").click()

    expect(page.locator("#client-seed")).to_have_text("other tab")
    now = other.locator("#seed-now").inner_text()
    expect(page.locator("#commitment")).to_have_attribute("title", now)
    following = other.locator("#seed-next").inner_text()
    assert page.locator("#seed-next").text_content() == following


def test_a_refused_spin_leaves_no_wins_of_the_round_before(
    call: Callable[..., Any], page: Page
) -> None:
    page.goto(call("launchGame", **launch_body("player0001"))["url"])
    page.wait_for_url("**/play/**")
    for number in range(1, 80):
        page.locator("#spin").click()
        expect(page.locator("#nonce")).to_have_text(str(number))
        if page.locator("#line-more").is_visible():
            break
    expect(page.locator("#line-more")).to_be_visible()
    held = call("getPlayerBalance", username="player0001", currency="EUR")["balance"]
    call("withdraw", username="player0001", currency="EUR", amount=held)

    page.locator("#spin").click()

    expect(page.locator("#line-text")).to_have_text("Your balance does not cover this bet.")
    expect(page.locator("#line-more")).to_be_hidden()
    assert "".join(page.locator(".badge").all_inner_texts()) == ""
