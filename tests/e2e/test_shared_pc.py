"""A PC that many people use one after the other: nobody sees what the last one saw."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.builders.centers import PASSWORD, password_hash
from tests.e2e.conftest import CHROMIUM, EURO, Site

_NAME = "hall.test"
_NO_PAGES_IN_MEMORY = "--disable-back-forward-cache"


@pytest.fixture(params=["from the cache", "from memory"])
def hall_pc(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Page]:
    """A tab that knows the hall by name over plain HTTP, where Clear-Site-Data does not count.

    Going back takes what it may from the browser's cache, or, as browsers are sold, whole pages
    from memory.
    """
    keeps_pages = request.param == "from memory"
    opened = browser.browser_type.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", f"--host-resolver-rules=MAP {_NAME} 127.0.0.1"],
        ignore_default_args=[_NO_PAGES_IN_MEMORY] if keeps_pages else None,
    )
    yield opened.new_page(locale="en-GB", base_url=f"http://{_NAME}:{urlsplit(site.url).port}")
    opened.close()


def test_back_after_the_sign_out_shows_no_account(hall_pc: Page, site: Site) -> None:
    site.floor.add_member("rui_s", balance=20 * EURO, password_hash=password_hash())
    hall_pc.goto("/portal/hall7777")
    hall_pc.get_by_label("Account").fill("rui_s")
    hall_pc.get_by_label("Password", exact=True).fill(PASSWORD)
    hall_pc.get_by_role("button", name="Login").click()
    hall_pc.wait_for_url("**/account")
    expect(hall_pc.locator("body")).to_contain_text("€20.00")
    hall_pc.get_by_role("button", name="Logout").click()
    hall_pc.wait_for_url("**/portal/hall7777")
    hall_pc.go_back(wait_until="commit")
    expect(hall_pc.get_by_label("Password", exact=True)).to_be_visible()
    expect(hall_pc.locator("body")).not_to_contain_text("€20.00")


def test_back_after_the_sign_out_shows_no_desk(hall_pc: Page, site: Site) -> None:
    hall_pc.goto("/panel/sign-in")
    hall_pc.get_by_label("Account").fill(site.floor.hall.staff["admin"])
    hall_pc.get_by_label("Password", exact=True).fill(PASSWORD)
    hall_pc.get_by_role("button", name="Sign in").click()
    hall_pc.wait_for_url("**/panel/computers")
    expect(hall_pc.locator('[data-pc="PC01"]')).to_be_visible()
    hall_pc.locator("[data-menu] summary").click()
    hall_pc.get_by_role("button", name="Sign out").click()
    hall_pc.wait_for_url("**/panel/sign-in")
    hall_pc.go_back(wait_until="commit")
    expect(hall_pc.get_by_label("Password", exact=True)).to_be_visible()
    expect(hall_pc.locator('[data-pc="PC01"]')).to_have_count(0)
