"""A cashier's day: sell time, add time, top a member up, check out, read the receipt."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, Route, expect

from lanhouse.cafe.centers.queries.demo_hall import WHOLE
from tests.builders.centers import password_hash
from tests.builders.floor import CENT, EURO
from tests.contract.pages.test_demo_hall import mark
from tests.e2e.conftest import READ_MS, Site, press_act, sign_in, without_channel


def test_from_sign_in_to_the_receipt(site: Site, page: Page) -> None:
    member_id = site.floor.add_member("rui_s", first_name="Rui", last_name="Santos")
    sign_in(page, site)
    expect(page.get_by_role("heading", name="Computers")).to_be_visible()

    _sell_time(page)
    _add_time(page)
    assert site.floor.till() == 4 * EURO + 50 * CENT

    _top_up(page)
    assert site.floor.money(member_id) == (20 * EURO, 0)
    assert site.floor.till() == 24 * EURO + 50 * CENT

    _check_out(page)
    assert not site.floor.is_busy("PC01")
    site.floor.verify()


def _sell_time(page: Page) -> None:
    """Start a prepaid guest on PC01 for one hour."""
    page.locator('[data-pc="PC01"]').click()
    page.locator("#do-time").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Start PC01")
    expect(dialog.locator("#amount")).to_have_value("3.00")
    expect(dialog.get_by_text("1 h, Default, until")).to_be_visible()
    dialog.get_by_role("button", name="Start and take €3.00").click()
    expect(page.locator("#toast")).to_contain_text("PC01 runs for G_")
    expect(page.locator('[data-pc="PC01"]')).to_have_attribute("data-state", "prepaid")
    expect(page.locator('[data-pc="PC01"] [data-time]')).to_have_text(re.compile("1:00|0:59"))


def _add_time(page: Page) -> None:
    """Half an hour more, by the key."""
    expect(page.locator("#panel").get_by_text("Bill so far")).to_be_visible()
    press_act(page, "F2")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Add time to PC01")
    dialog.locator("#amount").fill("1,50")
    dialog.get_by_role("button", name="Take €1.50").click()
    expect(page.locator("#toast")).to_contain_text("PC01: time added, €1.50 taken.")
    expect(page.locator('[data-pc="PC01"] [data-time]')).to_have_text(re.compile("1:30|1:29"))


def _top_up(page: Page) -> None:
    """Twenty euros for Rui, found by name."""
    page.get_by_role("link", name="Members").click()
    page.wait_for_url("**/panel/members")
    press_act(page, "F3")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Member").fill("santos")
    dialog.get_by_role("button", name="rui_s").click()
    dialog.get_by_role("button", name="€20", exact=True).click()
    dialog.get_by_role("button", name="Take €20.00").click()
    expect(page.locator("#toast")).to_contain_text("rui_s topped up by €20.00.")
    expect(page.get_by_role("row", name=re.compile("rui_s"))).to_contain_text("€20.00")


def _check_out(page: Page) -> None:
    """Check PC01 out; the guest gets back what was not played, and the receipt says why."""
    page.goto(f"{page.url.split('/panel')[0]}/panel/computers?pc=PC01")
    press_act(page, "F8")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Check out PC01")
    expect(dialog.locator("footer .btn-primary")).to_contain_text("and free PC01")
    press_act(page, "F8")
    toast = page.locator("#toast")
    expect(toast).to_contain_text("PC01 is free. €4.")
    expect(page.locator('[data-pc="PC01"]')).to_have_attribute("data-state", "free")
    toast.get_by_role("link", name="Receipt").click()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    bill = page.locator(".lh-bill")
    expect(bill).to_contain_text("Default")
    expect(bill).to_contain_text("€3.00/h")
    expect(bill).to_contain_text("Given back")


def test_too_little_cash_is_not_taken_and_a_card_asks_for_no_cash(site: Site, page: Page) -> None:
    site.floor.guest("postpaid", "PC01")
    sign_in(page, site)
    page.goto(f"{site.url}/panel/computers?pc=PC01")
    expect(page.locator("#do-pay")).to_contain_text("Check out €0.0", timeout=15_000)
    press_act(page, "F8")
    dialog = page.get_by_role("dialog")
    button = dialog.locator("footer .btn-primary")
    dialog.locator("#received").fill("0")
    expect(dialog.get_by_text("Missing")).to_be_visible()
    expect(button).to_be_disabled()
    press_act(page, "F8")
    press_act(page, "Enter")
    expect(dialog).to_be_visible()
    assert site.floor.is_busy("PC01")
    dialog.locator("label[for=payment-card]").click()
    expect(dialog.locator("#received")).to_be_hidden()
    expect(button).to_be_enabled()
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("PC01 is free.")
    assert site.floor.till() == 0
    assert site.floor.till("card") > 0


def test_money_goes_back_the_other_way_only_by_a_manager_with_a_reason(
    site: Site, page: Page
) -> None:
    site.floor.pay(6 * EURO, "PC01", payment="card")
    sign_in(page, site, "staff")
    dialog = _asked_to_check_out(page, site)
    given = ".lh-give:visible"
    expect(dialog.locator(given)).to_contain_text(["Give back on the card"])
    expect(dialog.get_by_text("As it came")).to_have_count(0)
    page.context.clear_cookies()
    sign_in(page, site, "manager")
    dialog = _asked_to_check_out(page, site)
    expect(dialog.locator(given)).to_contain_text(["Give back on the card"])
    dialog.locator("label[for=back-cash]").click()
    expect(dialog.locator(given)).to_contain_text(["Give back in cash"])
    button = dialog.locator("footer .btn-primary")
    button.click()
    expect(dialog.get_by_text("is required when money goes back another way")).to_be_visible()
    assert site.floor.is_busy("PC01")
    dialog.get_by_label("Reason").fill("the terminal is down")
    button.click()
    expect(page.locator("#toast")).to_contain_text("given back in cash.")
    assert site.floor.till() < 0 < site.floor.till("card") == 6 * EURO
    site.floor.verify()


def _asked_to_check_out(page: Page, site: Site) -> Locator:
    page.goto(f"{site.url}/panel/computers?pc=PC01")
    press_act(page, "F8")
    return page.get_by_role("dialog")


def test_no_page_scrolls_sideways_on_a_phone(site: Site, page: Page) -> None:
    site.floor.add_member("rui_s")
    mark(site.floor, WHOLE)
    sign_in(page, site)
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ("computers", "members", "settings/api"):
        page.goto(f"{site.url}/panel/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path


def test_a_double_click_sells_once(site: Site, page: Page) -> None:
    sign_in(page, site, "staff")
    page.locator('[data-pc="PC02"]').dblclick()
    button = page.get_by_role("dialog").get_by_role("button", name="Start and take €3.00")
    button.dblclick()
    expect(page.locator("#toast")).to_contain_text("PC02 runs for G_")
    assert len(site.floor.session_ids()) == 1
    assert site.floor.till() == 3 * EURO


def test_a_refusal_stands_in_the_dialog_and_nothing_happens(site: Site, page: Page) -> None:
    site.floor.add_member("poor")
    sign_in(page, site, "staff")
    page.locator('[data-pc="PC03"]').dblclick()
    dialog = page.get_by_role("dialog")
    dialog.locator("label[for=kind-member]").click()
    dialog.locator("#member").fill("poor")
    expect(dialog.get_by_text("which is too little to begin")).to_be_visible()
    dialog.get_by_role("button", name="Start for poor").click()
    expect(dialog.get_by_role("alert")).to_contain_text("the balance is too low")
    assert not site.floor.is_busy("PC03")


def test_the_map_follows_other_desks_and_keeps_the_selection(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.locator('[data-pc="PC02"]').click()
    site.floor.guest("postpaid", "PC04")
    expect(page.locator('[data-pc="PC04"]')).to_have_attribute("data-state", "postpaid")
    expect(page.locator('[data-pc="PC02"]')).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(page.locator('[data-pc="PC02"]')).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#panel")).to_be_empty()


def test_the_map_is_walked_by_keys(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.keyboard.press("ArrowRight")
    expect(page.locator('[data-pc="PC01"]')).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator('[data-pc="PC02"]')).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("#panel").get_by_text("PC02", exact=True)).to_be_visible()
    press_act(page, "F2")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text("Start PC02")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator('[data-pc="PC02"]')).to_be_focused()
    press_act(page, "Enter")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text("Start PC02")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("pc04")
    expect(page.locator('[data-pc="PC01"]')).to_have_attribute("data-dimmed", "")
    press_act(page, "Enter")
    expect(page.locator("#panel").get_by_text("PC04", exact=True)).to_be_visible()
    assert page.url.endswith("?pc=PC04")


def test_enter_takes_only_what_matches_the_search(site: Site, page: Page) -> None:
    without_channel(page)
    sign_in(page, site)
    page.keyboard.press("/")
    page.keyboard.type("pc04")
    for _ in range(2):  # the second poll is asked only when the first has been shown
        with page.expect_response(re.compile("/panel/computers/map")):
            pass
    expect(page.locator('[data-pc="PC01"]')).to_have_attribute("data-dimmed", "")
    press_act(page, "Enter")
    expect(page.locator("#panel").get_by_text("PC04", exact=True)).to_be_visible()
    expect(page.locator("[data-dimmed]")).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type("pc0")
    press_act(page, "Enter")
    expect(page.locator("#panel").get_by_text("PC01", exact=True)).to_be_visible()
    for nothing in ("", "vip03"):
        page.locator("#search").fill(nothing)
        press_act(page, "Enter")
        assert page.url.endswith("?pc=PC01")
        expect(page.locator("#search")).to_be_focused()


def test_keys_never_reach_the_panel_of_a_pc_that_is_not_selected_any_more(
    site: Site, page: Page
) -> None:
    site.floor.guest("postpaid", "PC02")
    sign_in(page, site)
    page.locator('[data-pc="PC02"]').click()
    expect(page.locator("#panel").get_by_text("PC02", exact=True)).to_be_visible()
    held: list[Route] = []
    page.route(re.compile("/panel/computers/panel.pc=PC04"), lambda route: held.append(route))
    page.locator('[data-pc="PC04"]').click()
    page.wait_for_timeout(2500)  # PC02's poll comes back in between
    press_act(page, "F8")
    press_act(page, "F2")
    page.wait_for_timeout(300)
    expect(page.get_by_role("dialog")).to_be_hidden()
    held[0].continue_()
    page.unroute(re.compile("/panel/computers/panel.pc=PC04"))
    expect(page.locator("#panel").get_by_text("PC04", exact=True)).to_be_visible()
    press_act(page, "F2")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text("Start PC04")


def test_a_server_that_is_silent_is_told(site: Site, page: Page) -> None:
    without_channel(page)
    sign_in(page, site)
    page.route("**/panel/computers/map*", lambda route: route.abort())
    note = page.get_by_text("The server does not answer.")
    expect(note).to_be_visible()
    expect(note).to_contain_text(re.compile(r"What you see is \d+ s old"))
    page.set_viewport_size({"width": 360, "height": 400})
    page.mouse.wheel(0, 10_000)
    expect(note).to_be_in_viewport(ratio=1)
    page.unroute("**/panel/computers/map*")
    expect(page.get_by_text("The server does not answer.")).to_be_hidden()


def test_a_sale_whose_answer_was_lost_is_done_once(site: Site, page: Page) -> None:
    sign_in(page, site, "staff")
    page.locator('[data-pc="PC02"]').dblclick()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#kind-guest")).to_be_focused()

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/panel/computers/start", lose)
    press_act(page, "F8")
    expect(dialog.get_by_text("The server did not answer")).to_be_visible()
    assert site.floor.till() == 3 * EURO
    # What it did is news to its own dialog too, which stays ready to ask again.
    page.evaluate("htmx.trigger('#preview', 'lh:news')")
    expect(dialog.get_by_text("PC02 has been taken meanwhile.")).to_be_visible()
    page.unroute("**/panel/computers/start")
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("PC02 runs for G_")
    assert len(site.floor.session_ids()) == 1
    assert site.floor.till() == 3 * EURO


def test_wrong_passwords_lock_the_account(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/panel/sign-in")
    for _ in range(6):
        page.get_by_label("Account").fill(site.floor.hall.staff["staff"])
        page.get_by_label("Password", exact=True).fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("Too many wrong passwords.")


def test_the_api_key_is_shown_once(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.goto(f"{site.url}/panel/settings/api")
    page.get_by_role("button", name="Create a new key").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("#allowed_ips").fill("not an address")
    dialog.get_by_role("button", name="Create key and end the old one").click()
    expect(dialog.locator(".lh-error")).to_contain_text("is not an IP address or network")
    dialog.locator("#allowed_ips").fill("127.0.0.1, 2001:db8::/32")
    dialog.get_by_role("button", name="Create key and end the old one").click()
    secret = dialog.locator("#api-key").input_value()
    for _ in range(3):
        page.keyboard.press("Escape")
    expect(dialog.locator("#api-key")).to_be_visible()
    assert re.fullmatch(r"lhk_[A-Za-z0-9_-]{40,}", secret)
    old = page.request.get(
        f"{site.url}/api/v2/cafe/7777/pcs",
        headers={"Authorization": f"Bearer {site.floor.hall.api_key}"},
    )
    assert old.json() == {"code": 401, "message": "Unauthenticated."}
    new = page.request.get(
        f"{site.url}/api/v2/cafe/7777/pcs", headers={"Authorization": f"Bearer {secret}"}
    )
    assert new.json()["code"] == 200
    dialog.get_by_role("link", name="I stored it").click()
    expect(page.get_by_text(secret[:12])).to_be_visible()
    assert secret not in page.content()


def test_only_the_admin_sees_the_api_settings(site: Site, page: Page) -> None:
    sign_in(page, site, "manager")
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("link", name="Payment", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="API")).to_have_count(0)
    answer = page.goto(f"{site.url}/panel/settings/api")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", name="Not for this account")).to_be_visible()


def test_look_and_language_stay(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.locator(".lh-menu:not(.lh-pagemenu) summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator(".lh-menu:not(.lh-pagemenu) summary").click()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Computer")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.locator(".lh-menu:not(.lh-pagemenu) summary").click()
    page.get_by_role("button", name="Abmelden").click()
    page.wait_for_url("**/panel/sign-in")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_member_sees_the_account(site: Site, page: Page) -> None:
    member_id = site.floor.add_member(
        "joana_p", balance=12 * EURO, bonus=2 * EURO, password_hash=password_hash()
    )
    site.floor.member(member_id, "PC01")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site.url}/portal")
    page.wait_for_url("**/portal/hall7777")
    page.get_by_label("Account").fill("joana_p")
    page.get_by_label("Password", exact=True).fill(site.staff_password())
    page.get_by_role("button", name="Login").click()
    page.wait_for_url("**/center")
    page.get_by_role("link", name="Account").click()
    purse = page.get_by_label("Your money")
    expect(purse).to_contain_text("€12.00")
    expect(purse).to_contain_text("€2.00")
    running = page.get_by_label("Running session")
    expect(running).to_contain_text("Playing on PC01")
    expect(running).to_contain_text("Cost so far")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("link", name="Refresh").click()
    page.get_by_role("link", name="More").click()
    page.get_by_role("link", name="Logout").click()
    page.get_by_role("button", name="Logout, keep playing").click()
    page.wait_for_url("**/portal/hall7777")
    page.goto(f"{site.url}/portal/hall7777/account")
    expect(page.get_by_role("button", name="Login")).to_be_visible()


def test_a_walk_in_takes_enter_and_f8(site: Site, page: Page) -> None:
    sign_in(page, site, "staff")
    page.locator('[data-pc="PC02"]').focus()
    press_act(page, "Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Start and take €3.00")).to_be_visible()
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("PC02 runs for G_")
    assert site.floor.till() == 3 * EURO


def test_a_slow_double_click_sells_the_pc_under_the_pointer(site: Site, page: Page) -> None:
    """The first click opens the side panel; the seats must not move away before the second."""
    sign_in(page, site)
    seat = page.locator('[data-pc="PC02"]')
    before = seat.bounding_box()
    assert before is not None
    page.mouse.move(before["x"] + before["width"] / 2, before["y"] + before["height"] / 2)
    page.mouse.down(click_count=1)
    page.mouse.up(click_count=1)
    expect(page.locator("#panel").get_by_text("PC02", exact=True)).to_be_visible()
    assert seat.bounding_box() == before
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", level=2)).to_contain_text("PC02")
    expect(page.locator("#panel").get_by_text("PC02", exact=True)).to_be_visible()


def test_digits_pick_the_kind_and_never_type_money_unasked(site: Site, page: Page) -> None:
    sign_in(page, site, "admin")
    page.locator('[data-pc="PC02"]').dblclick()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#kind-guest")).to_be_focused()
    page.keyboard.press("3")
    expect(dialog.locator("#kind-postpaid")).to_be_checked()
    page.keyboard.press("1")
    expect(dialog.locator("#kind-guest")).to_be_checked()
    expect(dialog.locator("#amount")).to_have_value("3.00")
    dialog.get_by_role("button", name="2 h €6.00").click()
    page.keyboard.press("2")
    expect(dialog.locator("#kind-member")).to_be_checked()
    expect(dialog.locator("#member")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("1")
    expect(dialog.locator("#amount")).to_have_value("6.00")
    page.keyboard.press("Tab")
    page.keyboard.type("4,5")
    expect(dialog.get_by_role("button", name="Start and take €4.50")).to_be_visible()
    press_act(page, "Enter")
    expect(page.locator("#toast")).to_contain_text("€4.50 taken.")
    assert site.floor.till() == 4 * EURO + 50 * CENT


def test_digits_pick_the_tender(site: Site, page: Page) -> None:
    site.floor.guest("postpaid", "PC01")
    sign_in(page, site)
    page.goto(f"{site.url}/panel/computers?pc=PC01")
    expect(page.locator("#do-pay")).to_contain_text("Check out €0.0", timeout=15_000)
    press_act(page, "F8")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#payment-cash")).to_be_focused()
    page.keyboard.press("2")
    expect(dialog.locator("#payment-card")).to_be_checked()
    expect(dialog.locator("#received")).to_be_hidden()
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("PC01 is free.")
    assert site.floor.till() == 0
    assert site.floor.till("card") > 0


def test_a_held_key_and_a_scanner_sell_nothing(site: Site, page: Page) -> None:
    sign_in(page, site, "staff")
    page.locator('[data-pc="PC02"]').focus()
    page.keyboard.down("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#kind-guest")).to_be_focused()
    for _ in range(5):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    page.evaluate(
        """() => { for (const key of [..."40063813", "Enter"]) document.activeElement
        .dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})) }"""
    )
    page.wait_for_timeout(READ_MS)
    page.keyboard.down("F8")
    page.keyboard.down("F8")
    expect(page.locator("#toast")).to_contain_text("PC02 runs for G_")
    page.keyboard.down("F8")
    page.keyboard.up("F8")
    expect(dialog).to_be_hidden()
    assert len(site.floor.session_ids()) == 1
    assert site.floor.till() == 3 * EURO


def test_the_list_of_keys(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.keyboard.press("Shift+?")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Keys")
    expect(dialog).to_contain_text("walk the map")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name="Members").click()
    page.wait_for_url("**/panel/members")
    page.keyboard.press("Shift+?")
    expect(dialog).to_contain_text("top up a member")
    expect(dialog).not_to_contain_text("walk the map")


def test_who_was_signed_out_comes_back_to_the_page(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.locator('[data-pc="PC03"]').click()
    expect(page.locator("#panel").get_by_text("PC03", exact=True)).to_be_visible()
    page.context.clear_cookies()
    expect(page.get_by_text("You were signed out; sign in to go on.")).to_be_visible()
    page.get_by_label("Account").fill(site.floor.hall.staff["admin"])
    page.get_by_label("Password", exact=True).fill(site.staff_password())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/panel/computers?pc=PC03")
    expect(page.locator("#panel").get_by_text("PC03", exact=True)).to_be_visible()


def test_a_guests_log_in_stays_until_it_is_closed_and_comes_back_on_request(
    site: Site, page: Page
) -> None:
    without_channel(page)
    sign_in(page, site, "staff")
    page.locator('[data-pc="PC02"]').dblclick()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#kind-guest")).to_be_focused()
    press_act(page, "F8")
    told = page.get_by_role("region", name="Log-in for PC02")
    expect(told).to_be_visible()
    expect(dialog).to_be_hidden()
    account, password = told.locator("dd").all_inner_texts()
    assert re.fullmatch("[a-z2-9]{8}", password)
    expect(page.locator("#toast")).to_contain_text(f"PC02 runs for {account}.")

    # Another act tells in the toast and leaves the log-in standing.
    press_act(page, "F2")
    dialog.locator("#amount").fill("1")
    dialog.get_by_role("button", name="Take €1.00").click()
    expect(page.locator("#toast")).to_contain_text("PC02: time added")
    expect(told).to_be_visible()
    told.get_by_role("button", name="Close").click()
    expect(told).to_be_hidden()

    panel = page.locator("#panel")
    assert password not in panel.inner_text()
    panel.get_by_role("button", name="Show the log-in").click()
    expect(panel.locator(".lh-login")).to_contain_text(password)
    # The panel is asked for anew every two seconds; what was asked for once stays shown.
    with page.expect_response("**/panel/computers/panel?pc=PC02"):
        pass
    with page.expect_response("**/panel/computers/panel?pc=PC02"):
        pass
    expect(panel.locator(".lh-login")).to_contain_text(password)
    page.locator('[data-pc="PC01"]').click()
    expect(panel.locator(".lh-login")).to_be_hidden()
    page.locator('[data-pc="PC02"]').click()
    expect(panel.get_by_role("button", name="Show the log-in")).to_be_visible()


def test_the_end_takes_the_log_in_away(site: Site, page: Page) -> None:
    sign_in(page, site, "staff")
    page.locator('[data-pc="PC02"]').dblclick()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#kind-guest")).to_be_focused()
    press_act(page, "F8")
    told = page.get_by_role("region", name="Log-in for PC02")
    password = told.locator("dd").nth(1).inner_text()
    page.locator("#panel").get_by_role("button", name="Show the log-in").click()
    expect(page.locator("#panel .lh-login")).to_contain_text(password)
    press_act(page, "F8")
    expect(dialog.get_by_role("heading")).to_have_text("Check out PC02")
    press_act(page, "F8")
    expect(page.locator("#toast")).to_contain_text("PC02 is free.")
    expect(told).to_be_hidden()
    expect(page.get_by_text(password)).to_have_count(0)
    page.get_by_role("link", name="Receipt").click()
    page.get_by_role("button", name="Set a new password").click()
    expect(page.locator(".lh-receipt .lh-login dd").nth(1)).to_have_text(re.compile("[a-z2-9]{8}"))
    expect(page.get_by_text(password)).to_have_count(0)
