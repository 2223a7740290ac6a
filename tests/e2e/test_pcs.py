"""The owner sets the PCs up in the browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site, sign_in


def test_an_owner_adds_pcs_and_takes_one_out_of_order(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Settings").get_by_role("link", name="PCs").click()
    page.get_by_role("link", name="Add PCs").click()
    # The hall has PC01 to PC04 already.
    page.get_by_label("Names").fill("PC01 to PC20")
    page.get_by_role("button", name="Add PCs").click()
    expect(page.get_by_text("PC01 already exists")).to_be_visible()
    expect(page.get_by_label("Names")).to_have_value("PC01 to PC20")
    page.get_by_label("Names").fill("PC05 to PC20")
    page.get_by_role("button", name="Add PCs").click()
    expect(page.get_by_text("16 PCs added.")).to_be_visible()

    page.get_by_role("link", name="Computers").click()
    expect(page.locator("[data-pc]")).to_have_count(20)
    expect(page.locator("[data-pc=PC20]")).to_have_attribute("data-state", "free")

    page.goto(f"{site.url}/panel/settings/pcs")
    page.get_by_role("checkbox", name="PC20").check()
    page.get_by_role("button", name="Change the chosen ones").click()
    page.get_by_label("Reason").fill("Fan noise")
    page.get_by_role("button", name="Take out of order").click()
    expect(page.get_by_text("1 PC is out of order.")).to_be_visible()
    expect(page.get_by_role("row", name="PC20")).to_contain_text("Fan noise")
    page.get_by_role("link", name="Computers").click()
    expect(page.locator("[data-pc=PC20]")).to_have_attribute("data-state", "broken")

    page.goto(f"{site.url}/panel/settings/pcs/edit?names=PC19&names=PC20")
    page.get_by_role("button", name="Delete", exact=True).click()
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text("Delete 2 PCs?")
    question.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("2 PCs deleted.")).to_be_visible()
    expect(page.get_by_role("row", name="PC19")).to_have_count(0)
