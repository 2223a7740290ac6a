"""From an empty centre to the first paid hour, without a line of curl."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.builders.floor import CENT, EURO
from tests.e2e.conftest import Site, press_act, sign_in


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser whose clock stands in Lisbon."""
    opened = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="Europe/Lisbon"
    )
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


@pytest.mark.empty_centre
def test_the_first_minutes_of_an_empty_centre(site: Site, page: Page) -> None:
    site.floor.set(show_getting_ready=True)
    sign_in(page, site)
    page.get_by_role("link", name="Set the hall up").click()
    _name(page)
    _furnish(page)
    _price(page)
    _hire(page)
    page.get_by_role("link", name="Open the hall").click()
    _look_at_a_phone(page)
    _sell(page)
    assert site.floor.till() == 4 * EURO + 50 * CENT
    site.floor.verify()


def _name(page: Page) -> None:
    expect(page.get_by_label("Country")).to_have_value("PT")
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Lisbon")
    page.get_by_label("Name").fill("Harbour Arena")
    page.keyboard.press("Enter")
    page.wait_for_url("**/first-start/rooms")


def _furnish(page: Page) -> None:
    page.locator("#count_0").fill("6")
    page.locator("#name_1").fill("VIP")
    page.locator("#count_1").fill("2")
    page.locator("#prefix_1").fill("VIP")
    expect(page.locator("#hall")).to_contain_text("8 places")
    page.get_by_role("button", name="Add a room").click()
    expect(page.locator("[id^=name_]")).to_have_count(4)
    expect(page.locator("#count_1")).to_have_value("2")
    page.locator("#count_1").press("Enter")
    page.wait_for_url("**/first-start/prices")


def _price(page: Page) -> None:
    # Each room has its own buttons: nobody is told that a room he saw no button for is required.
    rooms = page.get_by_role("group", name="Usual prices for")
    expect(rooms).to_have_count(2)
    rooms.nth(0).get_by_role("button", name="€3.00").click()
    rooms.nth(1).get_by_role("button", name="€4.00").click()
    expect(page.locator("#examples")).to_contain_text("VIP: €6.00")
    page.get_by_label("VIP", exact=True).fill("4,50")
    expect(page.locator("#examples")).to_contain_text("VIP: €6.75")
    page.get_by_role("checkbox", name="5 h").check()
    page.get_by_role("button", name="Next: staff").click()
    page.wait_for_url("**/first-start/people")


def _hire(page: Page) -> None:
    page.get_by_label("Account").fill("ines")
    page.keyboard.press("Enter")
    expect(page.locator("#new-password")).to_be_visible()
    expect(page.get_by_text("8 places · from €3.00/h · 1 package")).to_be_visible()


def _look_at_a_phone(page: Page) -> None:
    """What is still missing scrolls no page sideways."""
    expect(page.locator("#getting-ready")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.set_viewport_size({"width": 1440, "height": 900})


def _sell(page: Page) -> None:
    page.locator('[data-pc="VIP01"]').click()
    page.locator("#do-time").click()
    expect(page.get_by_role("dialog").locator("#amount")).to_have_value("4.50")
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("VIP01 runs for G_")


@pytest.mark.empty_centre
def test_a_refused_step_begins_in_the_wrong_field(site: Site, page: Page) -> None:
    """The first field of the step asks for the focus too, but it is right."""
    sign_in(page, site)
    page.goto(f"{site.url}/panel/first-start/rooms")
    page.locator("#count_0").fill("6")
    page.locator("#name_1").fill("VIP")
    page.locator("#count_1").fill("2")
    page.locator("#prefix_1").fill("VIP")
    page.get_by_role("button", name="Next: prices").click()
    page.wait_for_url("**/first-start/prices")
    first, wrong = page.locator("[id^=price_]").all()
    first.fill("3.00")
    wrong.fill("much")
    wrong.press("Enter")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_be_focused()


@pytest.mark.empty_centre
def test_a_guess_that_comes_late_undoes_no_choice(site: Site, page: Page) -> None:
    sign_in(page, site)
    held: list[Route] = []
    page.route("**/first-start/guess?guess_zone=*", lambda route: held.append(route))
    page.goto(f"{site.url}/panel/first-start/center")
    with page.expect_response("**/first-start/guess?*country=PL*"):
        page.get_by_label("Country").select_option("PL")
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Warsaw")
    with page.expect_response("**/first-start/guess?guess_zone=*"):
        held[0].continue_()
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 200))")
    expect(page.get_by_label("Country")).to_have_value("PL")
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Warsaw")


@pytest.mark.empty_centre
def test_a_page_that_came_back_still_tells_of_a_silent_server(site: Site, page: Page) -> None:
    """The refused form is the page anew: the note that it brings is the one that is shown."""
    sign_in(page, site)
    page.goto(f"{site.url}/panel/first-start/rooms")
    page.locator("#count_0").fill("6000")
    page.get_by_role("button", name="Next: prices").click()
    expect(page.locator("#count_0")).to_have_attribute("aria-invalid", "true")
    page.route("**/first-start/rooms", lambda route: route.abort())
    page.get_by_role("button", name="Next: prices").click()
    expect(page.get_by_text("The server does not answer.")).to_be_visible()
    page.unroute("**/first-start/rooms")
    page.locator("#count_0").fill("6")
    page.get_by_role("button", name="Next: prices").click()
    page.wait_for_url("**/first-start/prices")
