"""What a dialog says once something was done: axe, and nothing wider than a small phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from lanhouse.kit import clock
from tests.builders.floor import EURO
from tests.e2e.conftest import Site, lay_out, press_act, sign_in, wait_until
from tests.e2e.test_accessible import violations

SMALL, WIDE = 360, 1440
HEIGHT = 900


def _open(page: Page, site: Site, path: str) -> Locator:
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    page.goto(f"{site.url}/panel/bookings")
    wait_until(page, "window.htmx !== undefined")
    page.evaluate("path => htmx.ajax('GET', path, {target: '#dialog'})", path)
    dialog = page.get_by_role("dialog")
    dialog.locator("#dialog-title").wait_for()
    return dialog


def _looked_at(page: Page, what: str) -> list[str]:
    """What is wrong with the dialog as it stands, on a desk and on a phone."""
    found = []
    for width in (WIDE, SMALL):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"{what} {width}: {text}" for text in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{what} {width}: scrolls sideways")
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_came_of_a_booking_has_no_serious_finding(site: Site, page: Page, theme: str) -> None:
    """A party is booked, paid in parts; one is moved, one cancelled, one released, one seated."""
    floor = site.floor
    lay_out(site, "PC01", "PC02", "PC03", "PC04")
    floor.add_member("rui_s", balance=20 * EURO)
    soon = clock.now() + timedelta(hours=20)
    moved = floor.book_one("PC01", at=soon, payment="cash")
    cancelled = floor.book_one("PC02", at=soon, payment="cash")
    begun = floor.book_one("PC03", at=clock.now(), payment="cash")
    missed = floor.book_one("PC04", at=clock.now(), payment="cash")
    sign_in(page, site)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    found: list[str] = []

    day = (clock.now() + timedelta(days=2)).date().isoformat()
    asked = f"starts_date={day}&offset=600&minutes=60&pcs=PC01&pcs=PC02"
    dialog = _open(page, site, f"/panel/bookings/new?{asked}")
    press_act(page, "F8")
    expect(dialog.get_by_text("Taken now")).to_be_visible()
    found += _looked_at(page, "party, the cost")
    dialog.get_by_label("PC02 is paid by").select_option("card")
    press_act(page, "F8")
    expect(dialog.locator("#dialog-title")).to_have_text("Booked")
    found += _looked_at(page, "party, booked")

    dialog = _open(page, site, f"/panel/bookings/move?booking={moved.id}")
    dialog.get_by_label("PC", exact=True).select_option("PC04")
    press_act(page, "F8")
    expect(dialog.get_by_text("Taken now")).to_be_visible()
    found += _looked_at(page, "move, the cost")
    press_act(page, "F8")
    expect(dialog.get_by_text("Moved to PC04.")).to_be_visible()
    found += _looked_at(page, "moved")

    dialog = _open(page, site, f"/panel/bookings/cancel?booking={cancelled.id}")
    dialog.get_by_role("button", name="Cancel the booking").click()
    expect(dialog.get_by_role("button", name="Cancel the booking")).to_have_count(0)
    found += _looked_at(page, "cancelled")

    dialog = _open(page, site, f"/panel/bookings/one?booking={missed.id}")
    dialog.get_by_role("button", name="Nobody came").click()
    expect(dialog.get_by_text("PC04 is free again.")).to_be_visible()
    found += _looked_at(page, "released")

    dialog = _open(page, site, f"/panel/bookings/one?booking={begun.id}")
    press_act(page, "F8")
    expect(dialog.get_by_text("PC03 runs for")).to_be_visible()
    found += _looked_at(page, "seated")
    assert found == []
