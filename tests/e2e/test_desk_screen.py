"""What the desk's screen does while it polls, waits, loses the server, or is a small one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.kit import clock
from lanhouse.web.render import LANGUAGE_COOKIE
from tests.builders.floor import EURO
from tests.e2e.conftest import Site, sign_in, wait_until, without_channel


def test_polls_leave_the_style_of_the_floor_alone(site: Site, page: Page) -> None:
    without_channel(page)
    sign_in(page, site)
    page.locator('[data-pc="PC01"]').click()
    expect(page.locator("#panel .lh-name")).to_be_visible()
    page.evaluate(
        """() => {
          window.marked = [];
          const note = (all) => window.marked.push(...all.map((one) => one.target.className));
          const watch = new MutationObserver(note);
          for (const place of document.querySelectorAll("#map, #panel"))
            watch.observe(place, { attributeFilter: ["class"], subtree: true });
        }"""
    )
    for part in ("map?", "panel?"):
        with page.expect_response(re.compile(rf"/panel/computers/{re.escape(part)}")):
            pass
    page.wait_for_timeout(200)
    assert [marked for marked in page.evaluate("window.marked") if "htmx-request" in marked] == []


def test_a_server_that_hangs_is_told_in_time_and_the_pay_button_stays(
    site: Site, page: Page
) -> None:
    without_channel(page)
    page.set_viewport_size({"width": 768, "height": 700})
    sign_in(page, site)
    site.floor.guest("postpaid", "PC01")
    page.goto(f"{site.url}/panel/computers?pc=PC01")
    pay = page.locator("#do-pay")
    expect(pay).to_be_visible()
    place, seat = pay.bounding_box(), page.locator('[data-pc="PC02"]').bounding_box()
    page.route("**/panel/computers/*", lambda route: None)  # never answered
    note = page.get_by_text("The server does not answer.")
    expect(note).to_be_visible(timeout=5_000)
    assert (pay.bounding_box(), page.locator('[data-pc="PC02"]').bounding_box()) == (place, seat)
    expect(pay).to_be_in_viewport(ratio=1)
    # It lies over a dialog too, undimmed by what the dialog puts before the page.
    box = note.bounding_box()
    assert box is not None
    corner = {"x": box["x"] - 30, "y": box["y"], "width": 24, "height": box["height"]}
    before = page.screenshot(clip=corner)
    pay.click()
    page.wait_for_timeout(400)
    expect(page.locator("dialog")).to_have_attribute("open", "")
    assert page.screenshot(clip=corner) == before


def test_a_dialog_that_waits_shows_itself(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.route("**/panel/computers/start*", lambda route: None)
    page.locator('[data-pc="PC02"]').dblclick()
    seen = "() => getComputedStyle(document.querySelector('dialog[open]')).opacity"
    wait_until(page, "document.querySelector('dialog[open]:empty') !== null")
    ends = "one => one.getAnimations().map((move) => move.effect.getComputedTiming().endTime)"
    timing = page.locator("dialog").evaluate(ends)
    assert timing != []
    assert max(timing) <= 300
    page.wait_for_timeout(400)
    assert page.evaluate(seen) == "1"
    box = page.get_by_role("dialog", name="Waiting for the server").bounding_box()
    assert box is not None
    assert box["height"] > 100
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).not_to_have_attribute("open", "")


@pytest.mark.parametrize("width", [360, 768])
@pytest.mark.parametrize("language", ["en", "de"])
def test_counters_balance_and_top_up_are_in_sight_on_small_screens(
    site: Site, page: Page, width: int, language: str
) -> None:
    site.floor.add_member(
        "a_member_with_a_rather_long_account", balance=1234 * EURO, first_name="Rui"
    )
    page.set_viewport_size({"width": width, "height": 740})
    sign_in(page, site)
    page.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language, "url": site.url}])
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", language)
    for counter in page.locator(".lh-counter").all():
        expect(counter).to_be_in_viewport(ratio=1)
    page.goto(f"{site.url}/panel/members")
    row = page.locator("tbody tr").first
    balance, button = row.locator(".lh-money").first, row.locator("button")
    expect(button).to_be_in_viewport(ratio=1)
    expect(balance).to_be_in_viewport(ratio=1)
    left, right = balance.bounding_box(), button.bounding_box()
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] <= right["x"] + 1


def test_an_opened_panel_takes_the_mark_of_an_ended_session(site: Site, page: Page) -> None:
    sign_in(page, site)
    site.floor.pay(3 * EURO, "PC02")
    over = sa.update(pc_sessions).values(
        started_at=clock.now() - timedelta(hours=2), expires_at=clock.now() - timedelta(minutes=1)
    )
    site.floor.run(lambda tx, _: tx.run(over), None)
    seat = page.locator('[data-pc="PC02"]')
    expect(seat).to_contain_text("ended")
    expect(seat).to_have_attribute("data-state", "free")
    page.reload()
    expect(seat).to_contain_text("ended")
    seat.click()
    expect(page.locator("#panel").get_by_text("PC02", exact=True)).to_be_visible()
    expect(seat).not_to_contain_text("ended")
