"""The portal at 390 px: from the log-in to the check-out without a script; axe; weight."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.builders.centers import PASSWORD, password_hash
from tests.builders.floor import EURO
from tests.e2e.conftest import MUST_RUN, WHOLE_CHROMIUM, Site
from tests.e2e.test_accessible import look_at
from tests.e2e.test_weight import weigh

HOME = "/portal/hall7777"
PAGES = ("center", "account", "computer", "booking", "shop", "more", "logout")
BUDGET_BYTES = 80_000


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="en-GB", java_script_enabled=False
    )
    yield opened
    opened.close()


def come_in(page: Page, site: Site) -> int:
    """Sign a grown-up member in; answers his number."""
    member_id = site.floor.add_member(
        "rui_s", balance=20 * EURO, password_hash=password_hash(), birthday="1990-05-01"
    )
    page.goto(site.url + HOME)
    page.get_by_label("Account").fill("rui_s")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Login").click()
    page.wait_for_url("**/center")
    return member_id


def test_start_book_and_check_out_without_a_script(site: Site, phone: BrowserContext) -> None:
    page = phone.new_page()
    come_in(page, site)
    page.get_by_role("link", name="Select PC").click()
    page.locator(".lp-seat", has_text="PC02").click()
    page.get_by_role("button", name="Select", exact=True).click()
    page.get_by_role("button", name="Start Session").click()
    expect(page.get_by_text("Playing on PC02")).to_be_visible()
    page.get_by_role("link", name="Booking").click()
    page.locator(".lp-seat", has_text="PC03").click()
    page.get_by_role("button", name="Booking").click()
    page.get_by_role("button", name="Pay by Balance").click()
    expect(page.get_by_text("PC03 is booked for you")).to_be_visible()
    page.get_by_role("link", name="Computer").click()
    page.get_by_role("link", name="Checkout").click()
    page.get_by_role("button", name="Checkout, pay").click()
    expect(page.get_by_text("You are checked out of PC02.")).to_be_visible()
    page.goto(f"{site.url}{HOME}/logout")
    page.get_by_role("button", name="Logout").click()
    page.wait_for_url(f"**{HOME}")


def test_the_pages_are_accessible_and_light(site: Site, page: Page, browser: Browser) -> None:
    come_in(page, site)
    assert look_at(page, site, tuple(f"{HOME}/{name}" for name in PAGES), 390) == []
    cold = browser.new_context(viewport={"width": 390, "height": 844})
    cold.add_cookies(page.context.cookies())
    for name in ("center", "computer"):
        weighed, _ = weigh(cold, f"{site.url}{HOME}/{name}")
        assert 0 < weighed.total <= BUDGET_BYTES, weighed.sizes
    cold.close()


def test_the_open_page_leads_to_the_bill_when_the_desk_ends_the_session(
    site: Site, browser: Browser
) -> None:
    opened = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    page = opened.new_page()
    come_in(page, site)
    page.goto(f"{site.url}{HOME}/computer/start?pc=PC02")
    page.get_by_role("button", name="Start Session").click()
    expect(page.get_by_text("Playing on PC02")).to_be_visible()
    # Somebody looks at the phone again: it asks at once, and goes on asking while nothing is new.
    looks_again = "document.dispatchEvent(new Event('visibilitychange'))"
    with page.expect_response("**/state") as asked:
        page.evaluate(looks_again)
    assert asked.value.json() == {"status": "pending"}
    site.floor.check_out("PC02")
    page.evaluate(looks_again)
    expect(page.get_by_text("You are checked out of PC02.")).to_be_visible()
    # On the account its line opens to the bill.
    page.goto(f"{site.url}{HOME}/account")
    line = page.locator("details", has_text="PC02")
    line.locator("summary").click()
    expect(line.get_by_text("Total")).to_be_visible()
    expect(line.get_by_role("link", name="Receipt")).to_have_count(0)
    opened.close()


def test_the_portal_can_be_put_on_a_home_screen(site: Site, browser: Browser) -> None:
    """By what Chromium itself asks for; a window that leaves nothing behind is never offered it."""
    if WHOLE_CHROMIUM is None:
        assert not MUST_RUN, "only a whole Chromium offers a home screen"
        pytest.skip("only a whole Chromium offers a home screen")
    whole = browser.browser_type.launch(executable_path=WHOLE_CHROMIUM, args=["--no-sandbox"])
    page = whole.new_page()
    page.goto(site.url + HOME)
    told = page.context.new_cdp_session(page)
    assert missing_for_install(told) == ["in-incognito"]
    page.evaluate("document.querySelector('link[rel=manifest]').remove()")
    # Chromium hears of the page's change a little later than the page itself.
    for _ in range(100):
        if "no-manifest" in missing_for_install(told):
            break
        page.wait_for_timeout(50)
    assert "no-manifest" in missing_for_install(told)
    whole.close()


def missing_for_install(told: CDPSession) -> list[str]:
    """What Chromium says that an app on the home screen still lacks, by its names."""
    found = told.send("Page.getInstallabilityErrors")["installabilityErrors"]
    return [one["errorId"] for one in found]
