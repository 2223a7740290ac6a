"""An operator's player: launch the slot, spin, and see the money and the history move."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from playwright.sync_api import Page, expect

from tests.builders.agents import open_operator
from tests.builders.play import launch_body
from tests.e2e.conftest import Site


def test_launch_the_slot_and_spin(site: Site, page: Page) -> None:
    operator = open_operator(site.floor.store)

    def call(name: str, **body: Any) -> Any:
        answer = page.request.post(
            f"{site.url}/external/{name}",
            data=body,
            headers={"Authorization": f"Bearer {operator.key}"},
        )
        envelope = answer.json()
        assert envelope["ok"] is True, envelope
        return envelope["result"]

    call("createPlayer", username="player0001")
    call("deposit", username="player0001", currency="EUR", amount="100")
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
