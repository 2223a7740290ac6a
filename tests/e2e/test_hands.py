"""Hands are slower than scripts: nothing may move, change or answer beneath a pointer or a key."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, Route, expect

from tests.builders.floor import EURO
from tests.e2e.conftest import READ_MS, Site, press_act, sign_in

_PRESS_MS = 120
_ROUND_TRIP_MS = 400


def _point(target: Locator) -> tuple[float, float]:
    box = target.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _press(page: Page, target: Locator, held_ms: int = _PRESS_MS) -> None:
    page.mouse.move(*_point(target))
    page.mouse.down()
    page.wait_for_timeout(held_ms)
    page.mouse.up()


def _press_twice(page: Page, target: Locator, gap_ms: int) -> None:
    """A double-click by hand: both presses at the same place, whatever comes to lie there."""
    page.mouse.move(*_point(target))
    for count in (1, 2):
        page.mouse.down(click_count=count)
        page.wait_for_timeout(60)
        page.mouse.up(click_count=count)
        page.wait_for_timeout(gap_ms)


def _late(page: Page, path: str, millis: int = _ROUND_TRIP_MS) -> None:
    """Answer a path late, as a slow network does."""

    def answer(route: Route) -> None:
        page.wait_for_timeout(millis)
        route.continue_()

    page.route(re.compile(path), answer)


def _hold(page: Page, path: str) -> Callable[[], None]:
    """Keep what is sent to a path back; the returned function lets it go on."""
    held: list[Route] = []
    page.route(re.compile(path), lambda route: held.append(route))

    def let_go() -> None:
        for route in held:
            route.continue_()
        page.unroute(re.compile(path))

    return let_go


def test_a_poll_between_press_and_release_loses_no_click(site: Site, page: Page) -> None:
    """A postpaid bill grows with every poll; the button under the pointer must stay the same."""
    site.floor.guest("postpaid", "PC01")
    sign_in(page, site)
    page.goto(f"{site.url}/panel/computers?pc=PC01")
    expect(page.locator("#do-pay")).to_contain_text("Check out €0.0", timeout=15_000)
    page.mouse.move(*_point(page.locator("#do-pay")))
    page.mouse.down()
    page.wait_for_timeout(15_000)
    page.mouse.up()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Check out PC01")
    page.keyboard.press("Escape")
    before = page.locator("#do-pay").inner_text()
    expect(page.locator("#do-pay")).not_to_have_text(before, timeout=20_000)


def test_a_press_on_a_seat_that_changes_selects_it(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.mouse.move(*_point(page.locator('[data-pc="PC02"] strong')))
    page.mouse.down()
    site.floor.guest("postpaid", "PC02")
    page.wait_for_timeout(3000)
    page.mouse.up()
    expect(page.locator("#panel").get_by_text("PC02", exact=True)).to_be_visible()
    expect(page.locator('[data-pc="PC02"]')).to_have_attribute("data-state", "postpaid")


def test_a_double_click_opens_a_dialog_once(site: Site, page: Page) -> None:
    site.floor.add_member("rui_s")
    sign_in(page, site)
    page.goto(f"{site.url}/panel/members")
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if "/top-up" in sent.url else None)
    _late(page, "/panel/members/top-up.member")
    _press_twice(page, page.get_by_role("button", name="Top up rui_s"), 100)
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#amount")).to_be_focused()
    page.keyboard.type("20")
    page.wait_for_timeout(3 * _ROUND_TRIP_MS)
    expect(dialog.locator("#amount")).to_have_value("20")
    assert sum("quote" not in url for url in asked) == 1


def test_nothing_else_opens_while_a_dialog_is_on_its_way(site: Site, page: Page) -> None:
    site.floor.add_member("rui_s")
    sign_in(page, site)
    page.locator('[data-pc="PC02"]').focus()
    let_go = _hold(page, "/panel/members/top-up$")
    page.keyboard.press("F3")
    page.keyboard.press("Enter")
    page.keyboard.press("F2")
    let_go()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Top up")
    page.wait_for_timeout(_ROUND_TRIP_MS)
    expect(dialog.get_by_role("heading")).to_have_text("Top up")


def test_a_dialog_that_does_not_come_leaves_the_page_usable(site: Site, page: Page) -> None:
    # Before the page: a browser that is busy loading one may let a request past a new route.
    page.route(re.compile("/panel/members/top-up$"), lambda route: route.abort())
    sign_in(page, site)
    page.keyboard.press("F3")
    expect(page.get_by_text("The server does not answer.")).to_be_visible()
    page.locator('[data-pc="PC02"]').click()
    expect(page.locator("#panel").get_by_text("PC02", exact=True)).to_be_visible()
    page.unroute(re.compile("/panel/members/top-up$"))
    page.keyboard.press("F3")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text("Top up")


def test_a_sale_on_its_way_cannot_be_left(site: Site, page: Page) -> None:
    """Left, its answer would close the next dialog, and a lost answer would go unseen."""
    sign_in(page, site, "staff")
    page.locator('[data-pc="PC02"]').dblclick()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#kind-guest")).to_be_focused()
    let_go = _hold(page, "/panel/computers/start$")
    press_act(page, "F8")
    page.wait_for_timeout(100)
    for _ in range(3):
        page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Cancel").click(force=True)
    expect(dialog.get_by_role("heading")).to_have_text("Start PC02")
    let_go()
    expect(page.locator("#toast")).to_contain_text("PC02 runs for G_")
    expect(dialog).to_be_hidden()
    assert site.floor.till() == 3 * EURO


def test_the_second_click_of_a_double_click_stays_in_the_dialog(site: Site, page: Page) -> None:
    """The dialog closes between the two clicks; what lies beneath must not take the second."""
    site.floor.add_member("rui_s")
    sign_in(page, site)
    page.locator('[data-pc="PC02"]').dblclick()
    button = page.get_by_role("dialog").get_by_role("button", name="Start and take €3.00")
    expect(button).to_be_visible()
    x, y = _point(button)
    page.evaluate(
        """([x, y]) => { const trap = document.createElement("button");
        trap.id = "trap"; trap.textContent = "beneath";
        trap.style.cssText = "position:fixed;width:120px;height:40px";
        trap.style.left = `${x - 60}px`; trap.style.top = `${y - 20}px`;
        trap.addEventListener("click", () => { trap.dataset.hit = "1"; });
        document.body.append(trap); }""",
        [x, y],
    )
    page.mouse.move(x, y)
    page.mouse.down(click_count=1)
    page.mouse.up(click_count=1)
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)
    assert page.locator("#trap").get_attribute("data-hit") is None
    page.wait_for_timeout(READ_MS)
    _press(page, page.locator("#trap"))
    assert page.locator("#trap").get_attribute("data-hit") == "1"


def test_a_key_that_is_pressed_twice_sells_and_opens_nothing_more(site: Site, page: Page) -> None:
    sign_in(page, site, "staff")
    page.locator('[data-pc="PC02"]').dblclick()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#kind-guest")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("F8")
    assert site.floor.till() == 0
    answer = _hold(page, "/panel/computers/start")
    result = _hold(page, "/panel/computers/(map|panel)")
    press_act(page, "F8")
    for late in (answer, result):
        page.wait_for_timeout(2 * READ_MS)
        page.keyboard.press("F8")
        page.keyboard.press("Enter")
        late()
        expect(dialog).to_be_hidden()
    expect(page.locator("#toast")).to_contain_text("PC02 runs for G_")
    page.wait_for_timeout(READ_MS)
    expect(dialog).to_be_hidden()
    assert site.floor.till() == 3 * EURO
    assert len(site.floor.session_ids()) == 1
    press_act(page, "F8")
    expect(dialog.get_by_role("heading")).to_have_text("Check out PC02")


def test_buttons_stay_where_they_are_while_the_quote_comes(site: Site, page: Page) -> None:
    site.floor.add_member("rui_santos_da_silva", first_name="Rui", last_name="Santos da Silva")
    sign_in(page, site)
    page.goto(f"{site.url}/panel/members")
    page.keyboard.press("F3")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#member")).to_be_focused()
    watched = ("label[for=payment-card]", "footer [data-close]", "#comment")

    def places() -> list[tuple[float, float]]:
        return [_point(dialog.locator(what)) for what in watched]

    before = places()
    page.keyboard.type("rui")
    expect(dialog.locator(".lh-found button")).to_be_visible()
    expect(dialog.locator("#preview")).to_contain_text("balance")
    dialog.get_by_role("button", name="€50", exact=True).click()
    expect(dialog.locator("#preview")).to_contain_text("gets €50.00")
    expect(dialog.get_by_role("button", name="Take €50.00")).to_be_visible()
    assert places() == before


def test_money_goes_only_to_a_member_who_was_shown(site: Site, page: Page) -> None:
    """Enter before the answer: a piece of a name must not pay somebody nobody has seen."""
    member_id = site.floor.add_member("andre_k", first_name="Andre", last_name="Kurz")
    sign_in(page, site)
    page.keyboard.press("F3")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#member")).to_be_focused()
    let_go = _hold(page, "/panel/members/(find|top-up/quote)")
    page.keyboard.type("an")
    dialog.locator("#amount").fill("20")
    press_act(page, "Enter")
    expect(dialog.locator(".lh-error")).to_contain_text("Andre Kurz")
    assert site.floor.till() == 0
    let_go()
    expect(dialog.locator("#preview")).to_contain_text("gets €20.00")
    page.wait_for_timeout(READ_MS)
    dialog.get_by_role("button", name="Take €20.00").click()
    expect(page.locator("#toast")).to_contain_text("andre_k topped up by €20.00.")
    assert site.floor.money(member_id) == (20 * EURO, 0)


def test_a_scanner_on_the_map_opens_nothing(site: Site, page: Page) -> None:
    sign_in(page, site, "staff")
    page.locator('[data-pc="PC02"]').focus()
    page.evaluate(
        """() => { for (const key of [..."40063813", "Enter"]) document.activeElement
        .dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})) }"""
    )
    page.wait_for_timeout(_ROUND_TRIP_MS)
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_look_keeps_the_way_back(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/panel/members?search=rui")
    page.wait_for_url("**/panel/sign-in?**")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.get_by_label("Konto").fill(site.floor.hall.staff["admin"])
    page.get_by_label("Passwort", exact=True).fill(site.staff_password())
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url("**/panel/members?search=rui")
    page.locator(".lh-menu:not(.lh-pagemenu) summary").click()
    page.get_by_role("button", name="Dunkel").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.url.endswith("/panel/members?search=rui")


def test_the_sheet_of_a_small_screen_hides_no_seat_for_good(site: Site, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    sign_in(page, site)
    page.locator('[data-pc="PC01"]').click()
    expect(page.locator("#panel").get_by_text("PC01", exact=True)).to_be_visible()
    seat, sheet = page.locator('[data-pc="PC04"]'), page.locator("#panel").bounding_box()
    seat.evaluate("seat => seat.scrollIntoView({ block: 'nearest' })")
    page.wait_for_timeout(800)  # the page scrolls smoothly
    box = seat.bounding_box()
    assert box is not None
    assert sheet is not None
    assert box["y"] + box["height"] <= sheet["y"]
    _press(page, seat)
    expect(page.locator("#panel").get_by_text("PC04", exact=True)).to_be_visible()
