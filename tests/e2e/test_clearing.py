"""The owner of a demo hall keeps his settings and begins with empty books, in the browser."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from lanhouse.cafe.centers.queries.demo_hall import WHOLE
from tests.builders.floor import EURO
from tests.contract.pages.test_demo_hall import mark
from tests.e2e.conftest import Site, sign_in


def test_the_demo_goes_and_the_hall_stays(site: Site, page: Page, tmp_path: Path) -> None:
    site.floor.pay(3 * EURO, "PC01")
    mark(site.floor, WHOLE)
    sign_in(page, site)
    second = page.context.new_page()
    second.goto(f"{site.url}/panel/computers")
    expect(second.locator('[data-pc="PC01"]')).to_have_attribute("data-state", "prepaid")

    page.get_by_role("button", name="Clear the demo data, keep my settings").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("What stays")
    dialog.get_by_label("Your password").fill("not mine")
    dialog.get_by_role("button", name="Clear the demo data").click()
    expect(dialog.get_by_label("Your password")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Your password").fill(site.staff_password())
    dialog.get_by_role("button", name="Clear the demo data").click()
    expect(dialog).to_contain_text("its books are empty")
    assert [file.name in dialog.inner_text() for file in tmp_path.glob("before-*.backup")] == [True]
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    dialog.get_by_role("link", name="To the computers").click()

    seat = page.locator('[data-pc="PC01"]')
    expect(seat).to_have_attribute("data-state", "free")
    expect(page.get_by_text("This is a demo hall")).to_have_count(0)
    # The other tab hears of it, and shows the new centre without being loaded anew.
    expect(second.locator('[data-pc="PC01"]')).to_have_attribute("data-state", "free")

    # What was set up works: the first sale of the new books.
    seat.dblclick()
    expect(page.get_by_role("dialog")).to_contain_text(re.compile("PC01"))
