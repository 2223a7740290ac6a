"""The Admin pauses a session in the side panel, and all of them from the page's menu."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.builders.floor import EURO
from tests.e2e.conftest import READ_MS, Site, sign_in


def test_one_and_all(site: Site, page: Page) -> None:
    session = site.floor.pay(3 * EURO, "PC01")[0].session
    site.floor.guest("postpaid", "PC02")
    sign_in(page, site)
    first, second = (page.locator(f'[data-pc="{name}"]') for name in ("PC01", "PC02"))
    first.click()
    page.locator("#do-pause").click()
    expect(page.locator("#toast")).to_contain_text("PC01 is paused. Time and cost stand still.")
    expect(first).to_have_attribute("data-state", "paused")
    # No script counts there any more.
    assert first.get_attribute("data-expires-at") is None
    expect(page.locator("#panel")).to_contain_text("paused since")
    expect(page.locator("#do-pause")).to_have_text("Resume")
    stopped = site.floor.session(session.id)
    assert stopped.paused_at is not None

    page.get_by_label("More for all PCs").click()
    page.get_by_role("button", name="Pause or resume all").click()
    dialog = page.get_by_role("dialog")
    page.wait_for_timeout(READ_MS)
    dialog.get_by_role("button", name="Pause 1 session").click()
    expect(page.locator("#toast")).to_contain_text("1 session is paused.")
    expect(second).to_have_attribute("data-state", "paused")

    page.get_by_label("More for all PCs").click()
    page.get_by_role("button", name="Pause or resume all").click()
    page.wait_for_timeout(READ_MS)
    dialog.get_by_role("button", name="Resume 2 sessions").click()
    expect(page.locator("#toast")).to_contain_text("2 sessions go on.")
    expect(first).to_have_attribute("data-state", "prepaid")
    expect(second).to_have_attribute("data-state", "postpaid")
    expect(first.locator("[data-time]")).to_have_text(re.compile("0:59|1:00"))
    assert site.floor.session(session.id).paused_at is None
    site.floor.verify()
