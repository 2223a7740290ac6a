"""A PC that many people use one after the other: nobody sees what the last one saw."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from lanhouse.auth.passwords import hash_password
from lanhouse.cafe.staff.commands import NewStaff, create_staff
from lanhouse.cafe.staff.tables import staff_pins
from lanhouse.db.store import Tx
from lanhouse.kit import clock
from tests.builders.centers import PASSWORD, password_hash
from tests.e2e.conftest import CHROMIUM, EURO, Site

_NAME = "hall.test"
_PIN = "2580"
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
    base_url = f"http://{_NAME}:{urlsplit(site.url).port}"
    yield opened.new_context(locale="en-GB", base_url=base_url).new_page()
    opened.close()


def _sign_in(page: Page, site: Site, role: str) -> None:
    page.goto("/panel/sign-in")
    page.get_by_label("Account").fill(site.floor.hall.staff[role])
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/panel/computers")


def add_pin(tx: Tx, person: tuple[int, int]) -> None:
    """A PIN of a person (centre, staff id)."""
    tx.run(
        sa.insert(staff_pins),
        center_id=person[0],
        staff_id=person[1],
        pin_hash=hash_password(_PIN),
        failures=0,
        since=clock.real_now(),
    )


def test_back_after_the_sign_out_shows_no_account(hall_pc: Page, site: Site) -> None:
    site.floor.add_member("rui_s", balance=20 * EURO, password_hash=password_hash())
    hall_pc.goto("/portal/hall7777")
    hall_pc.get_by_label("Account").fill("rui_s")
    hall_pc.get_by_label("Password", exact=True).fill(PASSWORD)
    hall_pc.get_by_role("button", name="Login").click()
    hall_pc.wait_for_url("**/center")
    hall_pc.goto("/portal/hall7777/account")
    expect(hall_pc.locator("body")).to_contain_text("€20.00")
    hall_pc.get_by_role("link", name="Logout").click()
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
    hall_pc.locator(".lh-menu:not(.lh-pagemenu) summary").click()
    hall_pc.get_by_role("button", name="Sign out").click()
    hall_pc.wait_for_url("**/panel/sign-in")
    hall_pc.go_back(wait_until="commit")
    expect(hall_pc.get_by_label("Password", exact=True)).to_be_visible()
    expect(hall_pc.locator('[data-pc="PC01"]')).to_have_count(0)


def test_back_after_a_switch_shows_nothing_of_the_former(hall_pc: Page, site: Site) -> None:
    floor = site.floor
    new = NewStaff(
        center_id=floor.hall.center_id, account="ada", password_hash=password_hash(), role="staff"
    )
    ada = floor.run(create_staff, new)
    floor.open_shift(floor.person(ada, "ada"), floor.add_till())
    floor.run(add_pin, (floor.hall.center_id, ada))
    _sign_in(hall_pc, site, "admin")
    hall_pc.goto("/panel/settings/staff")
    other = hall_pc.context.new_page()
    other.goto("/panel/account")
    expect(other.locator("body")).to_have_attribute("data-reader", "admin7777")
    hall_pc.locator(".lh-menu:not(.lh-pagemenu) summary").click()
    hall_pc.get_by_role("button", name="Switch person").click()
    dialog = hall_pc.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="ada")).to_be_checked()
    dialog.get_by_label("PIN").fill("9999")
    dialog.get_by_role("button", name="Switch").click()
    expect(dialog.get_by_text("is wrong. Tries left: 4")).to_be_visible()
    dialog.get_by_label("PIN").fill(_PIN)
    dialog.get_by_role("button", name="Switch").click()
    hall_pc.wait_for_url("**/panel/computers")
    expect(hall_pc.locator("body")).to_have_attribute("data-reader", "ada")
    expect(hall_pc.locator("dialog[open]")).to_have_count(0)
    # The other tab is of the new person at once, and going back asks the server who that is.
    expect(other.locator("body")).to_have_attribute("data-reader", "ada")
    hall_pc.go_back(wait_until="commit")
    expect(hall_pc.get_by_text("You do not have the right for this.")).to_be_visible()
    expect(hall_pc.locator("body")).not_to_contain_text("manager7777")
