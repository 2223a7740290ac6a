"""The owner paints the week in the browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from lanhouse.cafe.pricing.queries import prices_of_center
from lanhouse.cafe.pricing.rules import Window
from tests.e2e.conftest import Site, sign_in


def test_an_owner_paints_friday_night(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.get_by_role("link", name="Prices").click()
    first = page.locator("td input[value='236']").bounding_box()
    last = page.locator("td input[value='287']").bounding_box()
    assert first is not None
    assert last is not None
    page.mouse.move(first["x"] + 4, first["y"] + 9)
    page.mouse.down()
    page.mouse.move(last["x"] - 20, last["y"] + 9)
    page.mouse.move(last["x"] + 4, last["y"] + 9)
    page.mouse.up()
    expect(page.locator("[data-count]")).to_have_text("8 half hours chosen")
    page.get_by_label("Name", exact=True).fill("Night")
    page.locator("#price").fill("5,50")
    page.get_by_role("button", name="Paint the chosen hours").click()
    expect(page.get_by_text("1 change, 4 h painted")).to_be_visible()
    expect(page.get_by_text("€5.00 more than today (€9.00).")).to_be_visible()
    page.get_by_role("button", name="Put in force").click()
    expect(page.get_by_text("The new prices are in force.")).to_be_visible()
    found = site.floor.store.read_sync(prices_of_center, 7777)
    windows = [(rule.name, rule.window) for rule in found if not rule.is_default]
    assert windows == [("Night", Window((5, 6), 22 * 60, 24 * 60))]


def test_hours_are_chosen_by_keyboard(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.goto(f"{site.url}/panel/prices")
    page.locator("td input[value='0']").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator("[data-count]")).to_have_text("3 half hours chosen")
    chosen = page.locator("td input:checked").evaluate_all("all => all.map(one => one.value)")
    assert chosen == ["0", "1", "49"]
