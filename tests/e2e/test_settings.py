"""The owner sets a thing in the settings; who may not, reads; the logo is found from there."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.builders.floor import CENT, EURO
from tests.e2e.conftest import Site, sign_in

BILL = "Smallest bill for time"


def test_a_setting_is_refused_saved_and_read(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Payment", exact=True).click()
    page.get_by_label(BILL).fill("much")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This is not an amount. Write it like 12.50")).to_be_visible()
    assert site.floor.center.settings.payment.minimum_charge_micros == 0
    page.get_by_label(BILL).fill("1.50")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It holds from now on.")).to_be_visible()
    assert site.floor.center.settings.payment.minimum_charge_micros == EURO + 50 * CENT

    page.context.clear_cookies()
    sign_in(page, site, "manager")
    page.goto(f"{site.url}/panel/settings/payment")
    expect(page.get_by_text("Only an Admin can change settings.")).to_be_visible()
    expect(page.get_by_label(BILL)).to_be_disabled()
    expect(page.get_by_label(BILL)).to_have_value("1.50")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)


def test_a_logo_is_put_up_and_taken_down(site: Site, page: Page, tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), (200, 30, 30)).save(tmp_path / "logo.png")
    sign_in(page, site)
    page.goto(f"{site.url}/panel/settings/center")
    page.get_by_role("link", name="Pictures").click()
    place = page.get_by_role("region", name="Logo of the centre")
    place.get_by_label("Picture").set_input_files(tmp_path / "logo.png")
    place.get_by_role("button", name="Put up").click()
    picture = place.get_by_role("img", name="Logo of the centre")
    expect(picture).to_be_visible()
    assert page.request.get(f"{site.url}{picture.get_attribute('src')}").ok
    place.get_by_role("button", name="Remove").click()
    expect(picture).to_have_count(0)
