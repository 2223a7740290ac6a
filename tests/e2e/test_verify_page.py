"""The verifier's script in a real browser: rounds of every game, with one bound or one a number."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from lanhouse.aggregator.providers.house import fair, files
from lanhouse.aggregator.providers.house.games.catalogue import GAMES
from lanhouse.aggregator.providers.house.returns.outcomes import played

SEED = "0123456789abcdef" * 4


@pytest.mark.parametrize("game_id", ["house_00002", "house_00005", "house_00006"])
@pytest.mark.parametrize("is_true", [True, False])
def test_a_round_is_recomputed(page: Page, game_id: str, is_true: bool) -> None:
    game = GAMES[game_id]
    numbers = played(game, SEED, 16, "blue-otter-12")[-1].state["numbers"]
    bounds = " ".join(str(game.bound(place)) for place in range(len(numbers)))
    said = " ".join(map(str, numbers if is_true else [*numbers[:-1], (numbers[-1] + 1) % 24]))
    script = files.files()["verify.js"].body.decode()
    page.route(
        "https://house.test/**",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<p id="verdict" data-server-seed="{SEED}" data-client-seed="blue-otter-12"'
            f' data-commitment="{fair.commitment_of(SEED)}" data-nonce="16" data-stops="{said}"'
            f' data-bounds="{bounds}" data-good="good" data-bad="bad" data-cannot="cannot"></p>'
            f"<script>{script}</script>",
        ),
    )
    page.goto("https://house.test/")
    expect(page.locator("#verdict")).to_have_text("good" if is_true else "bad")
