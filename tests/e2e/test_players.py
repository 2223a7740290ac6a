"""The number of players is chosen before the start: the sale follows it, beside the map too."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.builders.floor import EURO
from tests.e2e.conftest import READ_MS, Site, press_act, sign_in


def test_the_sale_beside_the_map_follows_the_number_of_players(site: Site, page: Page) -> None:
    site.floor.set(extra_player_price_micros=2 * EURO)
    site.floor.add_pc("PS1", console_type=5)
    sign_in(page, site)
    page.goto(f"{site.url}/panel/computers?pc=PS1")
    sale = page.locator("form.lh-sale")
    expect(sale.get_by_label("Money for time")).to_have_value("3.00")
    sale.get_by_label("Players").select_option("3")
    expect(sale.get_by_label("Money for time")).to_have_value("7.00")
    expect(sale.get_by_label("Players")).to_have_value("3")
    expect(page.locator("#sale-do-label")).to_have_text("Start and take €7.00")
    # It is still the form beside the map, not a dialog's within it.
    expect(sale.get_by_role("button", name="Cancel")).to_have_count(0)
    page.wait_for_timeout(READ_MS)
    page.locator("#do-time").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Players").select_option("2")
    expect(dialog.get_by_label("Money for time")).to_have_value("5.00")
    expect(dialog.locator("#do-label")).to_have_text("Start and take €5.00")
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("PS1")
    assert site.floor.till() == 5 * EURO
