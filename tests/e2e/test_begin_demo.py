"""An owner with an empty centre looks around in a demo hall first, in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from lanhouse.auth.keys import end_key
from lanhouse.db.store import Tx
from tests.e2e.conftest import Site, sign_in


@pytest.mark.empty_centre
def test_from_the_first_step_into_a_full_hall(site: Site, page: Page) -> None:
    def without_key(tx: Tx, _: None) -> None:
        end_key(tx, 7777)

    site.floor.run(without_key, None)
    sign_in(page, site)
    page.get_by_role("link", name="Set the hall up").click()
    page.get_by_label("Country").select_option("PT")
    expect(page.get_by_label("Currency")).to_have_value("EUR")
    page.get_by_label("Name").fill("")
    page.get_by_role("button", name="Begin with a demo hall").click()
    expect(page.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Name").fill("Harbour Arena")
    page.get_by_role("button", name="Begin with a demo hall").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.wait_for_url("**/panel/computers", timeout=90_000)
    expect(page.get_by_text("This is a demo hall")).to_be_visible()
    expect(page.locator('[data-pc="VIP04"]')).to_have_attribute("data-state", "free")
    expect(page.locator('[data-pc="VIP03"]')).not_to_have_attribute("data-state", "free")
