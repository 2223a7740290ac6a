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


def test_what_cannot_be_read_is_told_beside_its_field(site: Site, page: Page) -> None:
    """The names of the code are nobody's; what was typed stays, and the next try starts clean."""
    sign_in(page, site)
    page.goto(f"{site.url}/panel/settings/pcs/add")
    page.get_by_label("Names").fill("PC90")
    page.locator("[name=comment]").evaluate("field => field.removeAttribute('maxlength')")
    page.get_by_label("Comment").fill("x" * 5000)
    kind = page.get_by_label("Kind")
    kind.evaluate("field => (field.options[field.selectedIndex].value = 'none')")
    page.get_by_role("button", name="Add PCs").click()
    for field in (kind, page.get_by_label("Comment")):
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile("must"))
    expect(page.get_by_label("Names")).to_have_value("PC90")
    assert "console_type" not in page.locator("#main").inner_text()

    # What has no place of its own is named as people read it.
    page.locator("[name=comment]").evaluate(
        "field => field.closest('.lh-field').classList.remove('lh-field')"
    )
    page.get_by_role("button", name="Add PCs").click()
    expect(page.locator("form .lh-note")).to_contain_text("Comment: must")
    expect(page.locator("form .lh-note")).to_have_count(1)
    page.get_by_label("Comment").fill("by the door")
    kind.evaluate("field => (field.options[field.selectedIndex].value = '0')")
    page.get_by_role("button", name="Add PCs").click()
    expect(page.locator("#main")).to_contain_text("PC90")
    expect(page.locator("[aria-invalid=true]")).to_have_count(0)
