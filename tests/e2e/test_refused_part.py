"""A part of a page that is refused says why, and leaves what was there."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.builders.floor import EURO
from tests.e2e.conftest import Site, sign_in


def test_a_refused_panel_leaves_the_one_that_was_there(site: Site, page: Page) -> None:
    site.floor.pay(3 * EURO, "PC01")
    sign_in(page, site, "staff")
    panel = page.locator("#panel")
    page.locator('[data-pc="PC01"]').click()
    expect(panel).to_contain_text("PC01")

    # What a person may do can be taken while the page is open: the same answer, from a page that
    # this one may not see.
    def refuse(pattern: str) -> None:
        page.route(pattern, lambda route: route.continue_(url=f"{site.url}/panel/settings/audit"))

    refuse("**/panel/computers/panel?pc=PC02*")
    page.locator('[data-pc="PC02"]').click()
    expect(page.locator("#toast")).to_contain_text("You do not have the right for this.")
    expect(panel).to_contain_text("PC01")
    expect(panel).not_to_have_attribute("inert", re.compile(".*"))
    expect(page.locator('[data-pc="PC01"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator('[data-pc="PC02"]')).to_have_attribute("aria-pressed", "false")
    expect(page).to_have_url(re.compile("pc=PC01"))

    # With nothing beside the map nothing is selected either.
    page.keyboard.press("Escape")
    expect(panel).to_be_empty()
    page.locator('[data-pc="PC02"]').click()
    expect(page.locator('[data-pc="PC02"]')).to_have_attribute("aria-pressed", "false")
    expect(panel).to_be_empty()
    # Another one opens as ever.
    page.locator('[data-pc="PC03"]').click()
    expect(panel).to_contain_text("PC03")
