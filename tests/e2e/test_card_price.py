"""The sum of a check-out follows the tender before it is taken."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.builders.floor import EURO
from tests.e2e.conftest import READ_MS, Site, press_act, sign_in


def test_a_card_has_its_price_before_it_is_taken(site: Site, page: Page) -> None:
    site.floor.set(credit_card_price_rate=110, minimum_charge_micros=2 * EURO)
    site.floor.guest("postpaid", "PC01")
    sign_in(page, site)
    page.goto(f"{page.url.split('/panel')[0]}/panel/computers?pc=PC01")
    press_act(page, "F8")
    dialog = page.get_by_role("dialog")
    act = dialog.locator("footer .btn-primary")
    expect(act).to_contain_text("Take €2.00")
    page.wait_for_timeout(READ_MS)
    page.keyboard.press("2")
    expect(act).to_contain_text("Take €2.20")
    expect(dialog.locator("#payment-card")).to_be_checked()
    expect(dialog.locator("#payment-card")).to_be_focused()
    expect(dialog.get_by_text("by card 110")).to_be_visible()
    # And back: whoever takes cash after all is shown the plain price again.
    page.wait_for_timeout(READ_MS)
    page.keyboard.press("1")
    expect(act).to_contain_text("Take €2.00")
    page.wait_for_timeout(READ_MS)
    page.keyboard.press("2")
    expect(act).to_contain_text("Take €2.20")
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("PC01")
    expect(page.locator('[data-pc="PC01"]')).to_have_attribute("data-state", "free")
    assert (site.floor.till("card"), site.floor.till()) == (2_200_000, 0)
    site.floor.verify()
