"""The owner adds a person, who sets up a second factor and signs in with it."""

from __future__ import annotations

import base64
import re

from playwright.sync_api import Browser, Page, expect

from lanhouse.auth import totp
from lanhouse.kit import clock
from tests.e2e.conftest import Site, sign_in


def code(secret: str, steps_on: int) -> str:
    step = totp.step_at(clock.real_now().timestamp()) + steps_on
    return totp.code_of(base64.b32decode(secret), step)


def enter(page: Page, site: Site, password: str) -> None:
    page.goto(f"{site.url}/panel/sign-in")
    page.get_by_label("Account").fill("kim")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_new_person_gets_in_with_a_phone(site: Site, page: Page, browser: Browser) -> None:
    sign_in(page, site)
    page.goto(f"{site.url}/panel/settings/staff")
    page.get_by_role("link", name="Add a person").click()
    page.get_by_label("Account").fill("kim lee")
    page.get_by_role("button", name="Add the person").click()
    expect(page.get_by_text("must be 1 to 40 letters")).to_be_visible()
    page.get_by_label("Account").fill("kim")
    page.get_by_role("button", name="Add the person").click()
    expect(page.get_by_text("kim works here now.")).to_be_visible()
    password = page.locator("dt:has-text('Password') + dd").inner_text()
    page.get_by_role("link", name="On to the rights").click()
    page.get_by_role("checkbox", name="Change offers").check()
    page.get_by_role("button", name="Save the rights").click()
    expect(page.get_by_text("more than the role")).to_be_visible()

    with browser.new_context() as desk:
        kim = desk.new_page()
        enter(kim, site, password)
        expect(kim).to_have_url(re.compile("/panel/computers"))
        kim.goto(f"{site.url}/panel/account")
        kim.get_by_label("Your password").fill(password)
        kim.get_by_role("button", name="Set it up").click()
        secret = kim.get_by_label("Secret", exact=True).input_value()
        kim.get_by_label("Code from the app").fill(code(secret, 0))
        kim.get_by_role("button", name="Switch it on").click()
        expect(kim.locator("#recovery-codes li")).to_have_count(totp.RECOVERY_CODES)
        recovery = kim.locator("#recovery-codes li").first.inner_text()
        kim.get_by_role("link", name="I stored them").click()
        expect(kim.get_by_text("10 recovery codes are left.")).to_be_visible()

    with browser.new_context() as elsewhere:
        kim = elsewhere.new_page()
        enter(kim, site, password)
        kim.get_by_label("Code").fill("000000")
        kim.get_by_role("button", name="Sign in").click()
        expect(kim.get_by_text("The code is wrong or was used before.")).to_be_visible()
        kim.get_by_label("Code").fill(recovery)
        kim.get_by_role("button", name="Sign in").click()
        expect(kim).to_have_url(re.compile("/panel/computers"))

        page.reload()
        page.locator("#sign-ins").get_by_role("button", name="End all").click()
        expect(page.locator("#sign-ins")).to_contain_text("Nowhere")
        kim.goto(f"{site.url}/panel/account")
        expect(kim).to_have_url(re.compile("/panel/sign-in"))


def test_a_mistyped_code_or_password_keeps_the_form(site: Site, page: Page) -> None:
    sign_in(page, site, "staff")
    page.goto(f"{site.url}/panel/account")
    own = page.locator("#second-factor")
    own.get_by_label("Your password").fill("not my password")
    own.get_by_role("button", name="Set it up").click()
    expect(own.locator(".lh-error")).to_be_visible()
    own.get_by_label("Your password").fill(site.staff_password())
    own.get_by_role("button", name="Set it up").click()
    secret = page.get_by_label("Secret").input_value()
    page.get_by_label("Code from the app").fill("000000")
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_text("The code is wrong or was used before.")).to_be_visible()
    expect(page.get_by_label("Secret")).to_have_value(secret)
