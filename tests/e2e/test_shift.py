"""A cashier opens a shift in the dialog of the first sale, counts the drawer and closes it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from lanhouse.web.format import money
from tests.builders.floor import EURO
from tests.e2e.conftest import Site, press_act, sign_in


def test_a_shift_from_the_first_sale_to_the_z_report(site: Site, page: Page) -> None:
    site.floor.set(shift_required=True, shift_blind_count=True)
    site.floor.add_till()
    sign_in(page, site, "staff")
    page.locator('[data-pc="PC01"]').click()
    page.locator("#do-time").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("#amount").fill("6")
    expect(dialog.get_by_role("button", name="Start and take €6.00")).to_be_visible()
    press_act(page, "F8")
    expect(dialog.get_by_text("You have no open shift.")).to_be_visible()
    assert not site.floor.is_busy("PC01")
    dialog.get_by_label("Open with float").fill("100")
    expect(dialog.get_by_role("button", name="Start and take €6.00")).to_be_visible()
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("PC01 runs for G_")
    assert site.floor.till() == 6 * EURO

    page.get_by_role("link", name="Shift").click()
    expect(page.get_by_role("heading", name="Shift at Till 1")).to_be_visible()
    expect(page.get_by_text("€106.00")).to_have_count(0)
    page.get_by_label("€50", exact=True).fill("2")
    page.get_by_label("€2", exact=True).fill("2")
    expect(page.locator("[data-count-sum]")).to_have_text("€104.00")
    page.get_by_role("button", name="Save the count").click()
    expect(page.get_by_text("€2.00 missing")).to_be_visible()
    page.get_by_label("What happened?").fill("Gave two euros too much")
    page.get_by_role("button", name="Close or hand over").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("heading", name="Z report 1", level=2)).to_be_visible()
    expect(page.get_by_text("Gave two euros too much")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 740})
    boxes = page.locator(".lh-tablebox")
    expect(boxes).to_have_count(1)
    assert boxes.evaluate("box => box.scrollWidth - box.clientWidth") == 0
    assert site.floor.is_busy("PC01")
    site.floor.verify()


def test_what_is_counted_reads_as_the_report_beside_it(site: Site, page: Page) -> None:
    """The browser writes a currency as the server does, also one whose sign depends on the
    reader's country."""
    site.floor.set(shift_required=True)
    admin = site.floor.person(1, site.floor.hall.staff["admin"], "admin")
    site.floor.open_shift(admin, site.floor.add_till())
    sign_in(page, site)
    page.goto(f"{site.url}/panel/shift")
    page.locator("[data-count]").evaluate("box => { box.dataset.currency = 'JPY' }")
    page.get_by_label("€50", exact=True).fill("2")
    expect(page.locator("[data-count-sum]")).to_have_text(money(100 * EURO, "JPY", "en"))
