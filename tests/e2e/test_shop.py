"""A cashier sells without a mouse, a scanner types anywhere, and an order is brought."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from lanhouse.cafe.orders.schemas import Status
from tests.builders.floor import CENT
from tests.builders.nouns.orders import order, place
from tests.e2e.conftest import Site, press_act, sign_in


def _shelves(site: Site) -> None:
    floor = site.floor
    floor.add_product("Cola", 5, price_micros=180 * CENT, barcode="4000001")
    floor.add_product("Toast", 5, price_micros=320 * CENT, barcode="4000002")
    floor.add_product("Water", 0, barcode="4000003")


_TYPE = """code => {
  for (const key of [...code, "Enter"]) {
    const place = document.activeElement;
    const press = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    const isTyped = place.dispatchEvent(press) && key.length === 1 && place.matches("input");
    if (isTyped) document.execCommand("insertText", false, key);
  }
}"""


def _scan(page: Page, code: str) -> None:
    """As a scanner types: all at once, with Enter behind it, however busy this machine is."""
    page.evaluate(_TYPE, code)


def test_a_sale_by_keys_alone(site: Site, page: Page) -> None:
    _shelves(site)
    sign_in(page, site)
    page.goto(f"{site.url}/panel/shop")
    expect(page.get_by_text("The ticket is empty.")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("toa", delay=80)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Pay €3.20")).to_be_visible()
    page.keyboard.type("cola", delay=80)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("+")
    expect(page.get_by_role("button", name="Pay €6.80")).to_be_visible()
    page.keyboard.press("F8")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Sell for €6.80")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("10", delay=80)
    expect(dialog.get_by_text("€3.20").last).to_be_visible()
    press_act(page, "F8")
    expect(page.get_by_text("€6.80 taken, give back €3.20.")).to_be_visible()
    expect(page.get_by_text("The ticket is empty.")).to_be_visible()
    assert (site.floor.pieces(1), site.floor.pieces(2)) == (3, 4)
    assert (site.floor.till(), order(site.floor, 1).change_micros) == (680 * CENT, 320 * CENT)


def test_what_begins_with_the_word_comes_first_and_a_sale_ends_the_search(
    site: Site, page: Page
) -> None:
    _shelves(site)
    site.floor.add_product("A toast and cola", 5, price_micros=450 * CENT)
    sign_in(page, site)
    page.goto(f"{site.url}/panel/shop")
    expect(page.get_by_text("The ticket is empty.")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("cola", delay=80)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Pay €1.80")).to_be_visible()
    page.keyboard.press("F8")
    expect(page.get_by_role("button", name="Sell for €1.80")).to_be_visible()
    press_act(page, "F8")
    expect(page.get_by_text("€1.80 taken.")).to_be_visible()
    expect(page.locator("#search")).to_have_value("")
    expect(page.locator("#tiles").get_by_role("button", name="Toast", exact=False)).to_have_count(2)
    assert site.floor.pieces(1) == 4


def test_a_ticket_bears_the_name_of_whose_it_is_and_nobody_elses_find(
    site: Site, page: Page
) -> None:
    _shelves(site)
    site.floor.add_member("rui_s")
    sign_in(page, site)
    page.goto(f"{site.url}/panel/shop")
    expect(page.get_by_text("The ticket is empty.")).to_be_visible()
    page.locator("#tiles").get_by_role("button", name="Cola").click()
    page.keyboard.press("F4")
    page.keyboard.press("F3")
    page.keyboard.type("rui_s", delay=80)
    expect(page.locator("#tickets").get_by_role("button", name="rui_s")).to_be_visible()
    expect(page.locator("#who-found button")).to_have_count(1)
    page.get_by_role("button", name="Ticket 1").click()
    expect(page.locator("#who-found button")).to_have_count(0)
    expect(page.get_by_label("For whom")).to_have_value("")
    expect(page.get_by_role("button", name="Pay €1.80")).to_be_visible()


def test_cash_that_nobody_typed_follows_the_part_on_the_card(site: Site, page: Page) -> None:
    _shelves(site)
    site.floor.set(payment_method_mixed=True)
    sign_in(page, site)
    page.goto(f"{site.url}/panel/shop")
    page.locator("#tiles").get_by_role("button", name="Toast").click()
    page.get_by_role("button", name="Pay €3.20").click()
    dialog = page.get_by_role("dialog")
    cash = dialog.get_by_label("Cash received")
    expect(cash).to_have_value("3.20")
    dialog.get_by_text("A part of it another way").click()
    part = dialog.get_by_label("Amount of the part")
    part.press_sequentially("1.5", delay=80)
    expect(cash).to_have_value("1.70")
    expect(dialog.locator("[x-text=back]")).to_have_text("€0.00")
    # What was typed is what lies on the desk, and stays.
    cash.press("Control+a")
    cash.press_sequentially("5", delay=80)
    part.press("Control+a")
    part.press_sequentially("2", delay=80)
    expect(cash).to_have_value("5")
    expect(dialog.locator("[x-text=back]")).to_have_text("€3.80")
    dialog.get_by_role("button", name="Exact").click()
    expect(cash).to_have_value("1.20")
    press_act(page, "F8")
    expect(page.get_by_text("€3.20 taken.")).to_be_visible()
    assert (site.floor.till(), site.floor.till("card")) == (120 * CENT, 200 * CENT)


def test_a_scanner_types_anywhere(site: Site, page: Page) -> None:
    _shelves(site)
    sign_in(page, site)
    page.goto(f"{site.url}/panel/shop")
    expect(page.get_by_text("The ticket is empty.")).to_be_visible()
    _scan(page, "4000001")
    expect(page.get_by_text("1 × Cola")).to_be_visible()
    page.get_by_label("For whom").fill("some")
    page.get_by_label("For whom").focus()
    _scan(page, "4000002")
    expect(page.get_by_text("1 × Toast")).to_be_visible()
    expect(page.get_by_label("For whom")).to_have_value("some")
    page.get_by_label("For whom").fill("")
    _scan(page, "4000001")
    expect(page.get_by_role("button", name="Pay €6.80")).to_be_visible()
    for code in ("4000003", "4999999"):
        _scan(page, code)
        expect(page.get_by_text("No product that is sold now has the barcode")).to_be_visible()
    # Another ticket waits meanwhile, and both keep what is on them.
    page.keyboard.press("F4")
    expect(page.get_by_text("The ticket is empty.")).to_be_visible()
    page.get_by_role("button", name="Ticket 1").click()
    expect(page.get_by_role("button", name="Pay €6.80")).to_be_visible()
    assert site.floor.logs("SALE") == []


def test_an_order_appears_with_its_badge_and_is_brought(site: Site, page: Page) -> None:
    _shelves(site)
    sign_in(page, site)
    badge = page.locator("#orders-badge b")
    expect(badge).to_have_count(0)
    place(site.floor, {1: 2}, status=Status.PENDING, pc_name="PC01", note="with ice")
    expect(badge).to_contain_text("1")
    page.get_by_role("link", name="Orders").click()
    card = page.locator("#order-1")
    expect(card).to_contain_text("2 × Cola")
    expect(card).to_contain_text("with ice")
    card.get_by_role("button", name="Served").click()
    expect(page.get_by_text("Nobody waits.")).to_be_visible()
    expect(badge).to_have_count(0)
    assert order(site.floor, 1).status == "done"
    place(site.floor, {2: 1}, status=Status.PENDING, pc_name="PC02")
    page.get_by_role("link", name="Kitchen").click()
    expect(page.locator("#dish-2")).to_contain_text("1 Toast")
    page.keyboard.press("1")
    expect(page.get_by_text("Nothing has to be made.")).to_be_visible()
    assert order(site.floor, 2).total_micros == 320 * CENT
    assert site.floor.till() == 680 * CENT


def test_the_sounds_of_orders_and_of_ends_are_two_switches(site: Site, page: Page) -> None:
    sign_in(page, site)
    page.goto(f"{site.url}/panel/orders")
    page.get_by_role("button", name="Sound on").click()
    expect(page.get_by_role("button", name="Sound off")).to_be_visible()
    page.goto(f"{site.url}/panel/computers")
    ends = page.get_by_role("button", name="Sound when a session ends")
    expect(ends).to_have_attribute("aria-pressed", "true")
    expect(ends.locator("svg:visible")).to_have_count(1)


def test_on_a_phone_what_takes_the_money_is_in_sight(site: Site, page: Page) -> None:
    _shelves(site)
    site.floor.add_member("rui_s")
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, site)
    page.goto(f"{site.url}/panel/shop")
    expect(page.get_by_text("The ticket is empty.")).to_be_visible()
    tile = page.locator("#tiles").get_by_role("button", name="Toast")
    expect(tile).to_be_in_viewport(ratio=1)
    for name in ("Cola", "Toast"):
        page.locator("#tiles").get_by_role("button", name=name).click()
        expect(page.locator(".lh-ticket-line").filter(has_text=name)).to_be_visible()
    expect(page.get_by_role("button", name="Pay €5.00")).to_be_in_viewport(ratio=1)
    page.goto(f"{site.url}/panel/members")
    page.get_by_role("button", name="Top up rui_s").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("footer .btn-primary")).to_be_in_viewport(ratio=1)
