"""One channel of news for all tabs of a browser, and polls where there is none."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from lanhouse.cafe.desk.pages import news
from tests.builders.floor import EURO
from tests.e2e.conftest import Site, sign_in

_TICKS_MS = 4_500
_TOLD_BY_TEST = """
    const port = new EventTarget();
    port.start = port.postMessage = () => {};
    window.SharedWorker = class { port = port };
    window.heard = (data) => port.dispatchEvent(new MessageEvent("message", { data }));
"""


def _channels() -> int:
    """How many channels the server holds open."""
    return sum(news._open_channels.values())


def _wait_for_channels(page: Page, count: int) -> None:
    for _ in range(200):
        if _channels() == count:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{_channels()} channels are open, not {count}")


def _expect_guest(page: Page, name: str) -> None:
    expect(page.locator(f'[data-pc="{name}"][data-state="prepaid"]')).to_be_visible()


def _rest(page: Page) -> list[str]:
    """Let no part ask by the clock; answers the addresses that are asked for from now on."""
    page.evaluate("document.querySelectorAll('[data-news]').forEach((p) => p.dataset.news = 3600)")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def test_all_tabs_hear_of_a_sale_by_one_channel(
    site: Site, page: Page, context: BrowserContext
) -> None:
    sign_in(page, site)
    others = [context.new_page() for _ in range(2)]
    for other in others:
        other.goto(f"{site.url}/panel/computers")
    _wait_for_channels(page, 1)
    tabs = [page, *others]
    for tab in tabs:
        _rest(tab)
    # As another process would, so that nothing but the outbox can tell.
    site.floor.pay(3 * EURO, "PC02")
    for tab in tabs:
        _expect_guest(tab, "PC02")
    assert _channels() == 1


def test_while_the_channel_lives_nothing_is_asked_by_the_clock(site: Site, page: Page) -> None:
    """A channel that says what the test says; a real one may be late on a busy machine."""
    page.add_init_script(_TOLD_BY_TEST)
    sign_in(page, site)
    page.evaluate("heard({ isLive: true })")
    asked = _rest(page)
    page.wait_for_timeout(_TICKS_MS)
    # Each part looks once at what happened before the channel was there.
    assert len(asked) == len({each.partition("?")[0] for each in asked}), asked
    with page.expect_response("**/panel/computers/map*"):
        page.evaluate("heard({})")
    with page.expect_response("**/panel/computers/map*"):
        page.evaluate("heard({ isLive: false })")


def test_without_a_channel_the_map_polls(site: Site, page: Page) -> None:
    sign_in(page, site)
    _wait_for_channels(page, 1)
    site.end_streams()
    _wait_for_channels(page, 0)
    asked = _rest(page)
    site.floor.pay(3 * EURO, "PC02")
    _expect_guest(page, "PC02")
    assert any("/panel/computers/map" in each for each in asked)


def test_the_side_panel_keeps_the_focus_while_its_bill_grows(site: Site, page: Page) -> None:
    site.floor.guest("postpaid", "PC02")
    sign_in(page, site)
    page.locator('[data-pc="PC02"]').click()
    move = page.locator("#do-move")
    move.focus()
    node = move.element_handle()
    assert node is not None
    with page.expect_response("**/panel/computers/panel*"):
        site.floor.pay(3 * EURO, "PC03")
    _expect_guest(page, "PC03")
    expect(move).to_be_focused()
    assert node.evaluate("node => node.isConnected")


def test_the_list_of_members_follows_a_balance(site: Site, page: Page) -> None:
    member = site.floor.add_member("rui_s", balance=5 * EURO)
    sign_in(page, site)
    page.goto(f"{site.url}/panel/members")
    _wait_for_channels(page, 1)
    row = page.get_by_role("row", name="rui_s")
    expect(row).to_contain_text("€5.00")
    site.floor.give(member, 10 * EURO)
    expect(row).to_contain_text("€15.00")
