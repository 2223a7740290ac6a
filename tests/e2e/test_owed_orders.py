"""Who leaves and still owes for orders pays them first, and the check-out goes on."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.builders.floor import EURO
from tests.builders.nouns.orders import order, place
from tests.e2e.conftest import READ_MS, Site, press_act, sign_in


def test_a_check_out_leads_over_the_orders_and_back(site: Site, page: Page) -> None:
    site.floor.set(payment_method_pay_later=True, minimum_charge_micros=2 * EURO)
    site.floor.add_product("Cola", 9, price_micros=3 * EURO)
    site.floor.guest("postpaid", "PC01")
    place(site.floor, {1: 1}, payment="later", pc_name="PC01")
    sign_in(page, site)
    page.goto(f"{site.url}/panel/computers?pc=PC01")
    press_act(page, "F8")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("still owes €3.00")).to_be_visible()
    page.wait_for_timeout(READ_MS)
    dialog.get_by_role("button", name="Take it now").click()
    act = dialog.locator("footer .btn-primary")
    expect(act).to_contain_text("Take €3.00")
    press_act(page, "F8")
    toast = page.locator("#toast")
    expect(toast).to_contain_text("€3.00 taken.")
    toast.get_by_role("button", name="Check out PC01").click()
    expect(act).to_contain_text("Take €2.00 and free PC01")
    expect(dialog.get_by_text("still owes")).to_have_count(0)
    press_act(page, "F8")
    expect(page.locator('[data-pc="PC01"]')).to_have_attribute("data-state", "free")
    assert (order(site.floor, 1).is_owed, site.floor.till()) == (False, 5 * EURO)
    site.floor.verify()
