"""A sum that nobody means: the desk is asked once more."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.builders.floor import EURO
from tests.e2e.conftest import Site, press_act, sign_in


def test_a_slip_of_the_finger_is_caught_and_what_is_meant_is_sold(site: Site, page: Page) -> None:
    """An hour costs 3.00, so 99 999.00 is far above 500 hours."""
    member_id = site.floor.add_member("rui_s", first_name="Rui", last_name="Santos")
    sign_in(page, site)
    page.locator('[data-pc="PC01"]').click()
    page.locator("#do-time").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("#amount").fill("99999")
    expect(dialog.get_by_role("button", name="Start and take €99,999.00")).to_be_visible()
    press_act(page, "F8")
    question = dialog.get_by_role("alert")
    expect(question).to_contain_text("is unusually much. If it is meant, press again.")
    assert site.floor.till() == 0
    assert not site.floor.is_busy("PC01")

    dialog.locator("#amount").fill("9.99")
    expect(dialog.get_by_role("button", name="Start and take €9.99")).to_be_visible()
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("PC01 runs for G_")
    assert site.floor.till() == 9_990_000

    page.goto(f"{site.url}/panel/members")
    press_act(page, "F3")
    dialog.get_by_label("Member").fill("rui_s")
    dialog.get_by_role("button", name="rui_s").click()
    dialog.locator("#amount").fill("2000")
    dialog.get_by_role("button", name="Take €2,000.00").click()
    expect(question).to_contain_text("€2,000.00 is unusually much. If it is meant, press again.")
    assert site.floor.money(member_id) == (0, 0)
    expect(dialog.get_by_role("button", name="Take €2,000.00")).to_be_visible()
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("rui_s topped up by €2,000.00.")
    assert site.floor.money(member_id) == (2000 * EURO, 0)
    site.floor.verify()
