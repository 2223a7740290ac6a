"""axe-core over every page and the dialogs: both themes, from a phone to a desk's screen."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import APIResponse, Page

from lanhouse.app import all_routes
from lanhouse.kit import clock
from tests.builders.effort import IS_LONG
from tests.builders.floor import CENT
from tests.builders.nouns.orders import place
from tests.builders.nouns.payments import begin_and_tell
from tests.e2e.conftest import ROOT, Site, lay_out, sign_in

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (360, 768, 1440)
LOOKS = [("light", 1440), ("dark", 360)]
"""Theme and width in every run: both, and the two ends; a long one has all six."""
if IS_LONG:
    LOOKS = [(theme, width) for theme in ("light", "dark") for width in WIDTHS]
HEIGHT = 900
PAGES = (
    "/panel/gallery",
    "/panel/computers",
    "/panel/computers?pc=PC01",
    "/panel/members",
    "/panel/members?balance=1&birthday=7",
    "/panel/members/add",
    "/panel/members/leaving",
    "/panel/feedback",
    "/panel/jobs",
    "/panel/reports",
    "/panel/reports?period=week",
    "/panel/log",
    "/panel/log?member=nobody",
    "/panel/settings/center",
    "/panel/settings/payment",
    "/panel/settings/loyalty",
    "/panel/settings/member",
    "/panel/settings/minors",
    "/panel/settings/client",
    "/panel/settings/game",
    "/panel/settings/protection",
    "/panel/settings/shop",
    "/panel/settings/sms_provider",
    "/panel/products/import",
    "/panel/members/import",
    "/panel/settings/find?find=bill",
    "/panel/shop",
    "/panel/orders",
    "/panel/orders/kitchen",
    "/panel/prices",
    "/panel/settings/groups",
    "/panel/settings/news",
    "/panel/settings/news/one",
    "/panel/events",
    "/panel/events/one",
    "/panel/settings/promos",
    "/panel/settings/promos/one",
    "/panel/settings/groups/pc",
    "/panel/settings/groups/member",
    "/panel/settings/pcs",
    "/panel/settings/pcs/add",
    "/panel/settings/pcs/edit?names=PC01&names=PC02",
    "/panel/settings/map",
    "/panel/settings/logo",
    "/panel/settings/printers?open=0",
    "/panel/settings/api",
    "/panel/settings/staff",
    "/panel/settings/staff/1",
    "/panel/settings/staff/2",
    "/panel/settings/staff/new",
    "/panel/account",
    "/panel/settings/audit",
    "/panel/first-start/center",
    "/panel/first-start/rooms",
    "/panel/first-start/prices",
    "/panel/first-start/people",
    "/panel/products",
    "/panel/products/1",
    "/panel/products/add",
    "/panel/products/count",
    "/panel/products/groups",
    "/panel/products/groups/1",
    "/panel/products/groups/add",
    "/panel/packages",
    "/panel/packages/1",
    "/panel/packages/add",
    "/panel/packages/sold",
    "/panel/packages/sold/1",
    "/panel/orders/1",
    "/panel/payments?all=1",
    "/panel/payments/1",
    "/panel/payments/notices",
    "/panel/payments/notices/1",
    "/panel/bills/1",
    "/panel/debts",
    "/panel/shift",
    "/panel/bookings",
    "/panel/shift/tills",
    "/panel/shift/tills/1",
    "/panel/shifts",
    "/panel/shifts/1",
    "/panel/nothing",
)
_BOOKED = (
    *(f"/panel/bookings/{act}?booking=1" for act in ("one", "move", "cancel")),
    "/panel/bookings/one?booking=2",
    "/panel/bookings/new?offset=1200&minutes=60&pcs=PC02",
    *(f"/panel/computers/{act}?session=4" for act in ("debt", "write-off")),
)
"""What _furnish() has booked and left open."""
DIALOGS = (
    "/panel/computers/start?pc=PC02",
    "/panel/computers/check-out?pc=PC01",
    "/panel/computers/move?pc=PC01",
    "/panel/computers/settle?pc=PC03",
    "/panel/computers/together?pc=PC02",
    "/panel/computers/together/add?bundle=1",
    "/panel/computers/batch/start?pc=PC02",
    "/panel/computers/batch/time?pc=PC02",
    "/panel/computers/batch/order?pc=PC02",
    "/panel/computers/batch/check-out?pc=PC01",
    "/panel/computers/pause-all",
    "/panel/computers/message?pc=PC01",
    "/panel/members/top-up?member=rui_s",
    "/panel/members/pay-out?member=rui_s",
    "/panel/members/bulk",
    "/panel/settings/api/create",
    "/panel/bookings/new",
    *_BOOKED,
    "/panel/receipts/shift/1",
    "/panel/receipts/order/1",
    "/panel/shop/pay?item%5B1%5D=1",
    "/panel/shop/tab",
    "/panel/switch",
)
ENTRIES = ("/panel/sign-in", "/portal/hall7777", "/portal/hall7777/forgotten")
_STREAM = "/panel/news"
"""Answers for as long as it is read."""
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_GRAVE = ("serious", "critical")
_ALSO = ("landmark-unique", "heading-order")
"""Moderate findings: two places of one name, a heading that skips a level."""
_MOST_USED = (
    *("/panel/packages", "/panel/packages/sold", "/panel/members", "/panel/bills/1"),
    *("/panel/products/import", "/panel/gallery"),
)
"""Pages on which those too are mended."""


def violations(page: Page, *, also: tuple[str, ...] = ()) -> list[str]:
    """What axe finds serious, critical or in `also`: rule, place and reason."""
    # Through the debugger, not as a script of the page: the policy of the page stays in force.
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = page.evaluate("(rules) => axe.run(document, rules)", _RULES)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in _GRAVE or one["id"] in also
        for node in one["nodes"]
    ]


def look_at(page: Page, site: Site, paths: tuple[str, ...], width: int) -> list[str]:
    """Open the pages at a width; what is wrong with each, or scrolls sideways."""
    found: list[str] = []
    for path in paths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.goto(site.url + path)
        page.wait_for_load_state("load")
        # As high as the page: what lies under a bar at the edge can be scrolled out from there.
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(HEIGHT, height)})
        also = _ALSO if path in _MOST_USED else ()
        found += [f"{path}: {text}" for text in violations(page, also=also)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path}: scrolls sideways")
    return found


def _furnish(site: Site) -> None:
    """Something on every page: a session, PCs with one bill, goods, packages, an order, a shift."""
    floor = site.floor
    floor.guest("postpaid", "PC01")
    floor.together("postpaid", "PC03", "PC04")
    lay_out(site, "PC01", "PC02", "PC03")
    floor.add_product_group("Drinks")
    floor.add_product("Cola", 5, price_micros=180 * CENT)
    place(floor, {1: 1})
    member = floor.add_member("rui_s")
    floor.sell(floor.add_offer("Night", 600), member)
    admin = floor.person(1, floor.hall.staff["admin"], "admin")
    floor.open_shift(admin, floor.add_till(), 50)
    begin_and_tell(floor, member)
    floor.set(payment_method_pay_later=True, pay_later='{"member_groups":["0"]}')
    floor.set(minimum_charge_micros=CENT)
    assert floor.guest("postpaid", "PC02").id == 4
    floor.check_out("PC02", payment="later", comment="Kim")
    floor.set(minimum_charge_micros=0)
    tomorrow = clock.now() + timedelta(days=1)
    assert floor.book_one("PC02", at=tomorrow, payment="cash").id == 1
    floor.book_one("PC03", at=tomorrow, payment="cash")


def _is_screen(answer: APIResponse) -> bool:
    """Whether it is a whole page, or a dialog, and not the page it was sent on to."""
    if not answer.ok or "text/html" not in answer.headers.get("content-type", ""):
        return False
    return "<html" in answer.text() or 'id="dialog-title"' in answer.text()


def test_every_screen_of_the_panel_is_looked_at(site: Site, page: Page) -> None:
    """A new page or dialog stands in the lists above, or this fails."""
    _furnish(site)
    sign_in(page, site)
    routes = [one for one in all_routes() if one.method == "GET" and one.surface == "panel"]
    fixed = {one.path for one in routes}
    looked = {urlsplit(one).path for one in (*PAGES, *DIALOGS, *ENTRIES)}
    missing: list[str] = []
    for route in routes:
        shape = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", route.path))
        if route.path == _STREAM:
            continue
        if any(shape.fullmatch(one) and (one == route.path or one not in fixed) for one in looked):
            continue
        path = re.sub(r"\{[^}]+\}", "1", route.path)
        answer = page.request.get(site.url + path)
        if _is_screen(answer) and urlsplit(answer.url).path == path:
            missing.append(route.path)
    assert missing == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_dialogs_of_the_panel_have_no_serious_finding(site: Site, page: Page, theme: str) -> None:
    _furnish(site)
    sign_in(page, site)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    found: list[str] = []
    receipt = f"/panel/receipts/log/{site.floor.logs('SALE')[0].id}"
    for address in (*DIALOGS, receipt):
        page.set_viewport_size({"width": 1440, "height": HEIGHT})
        page.goto(f"{site.url}/panel/computers")
        with page.expect_response(lambda got, wanted=address: got.url.endswith(wanted)) as told:
            page.evaluate("(address) => openDialog(address)", address)
        assert told.value.ok, f"{address}: {told.value.status}"
        page.locator("#dialog[open] #dialog-title").wait_for()
        for width in (WIDTHS[0], WIDTHS[-1]):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            found += [f"{address} {width}: {text}" for text in violations(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{address} {width}: scrolls sideways")
    assert found == []


@pytest.mark.long
@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_pages_of_the_panel_have_no_serious_finding(
    site: Site, page: Page, theme: str, width: int
) -> None:
    _furnish(site)
    sign_in(page, site)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    assert look_at(page, site, PAGES, width) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_before_sign_in_have_no_serious_finding(
    site: Site, page: Page, theme: str, width: int
) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    assert look_at(page, site, ENTRIES, width) == []


def test_axe_finds_what_is_wrong(site: Site, page: Page) -> None:
    """So that a silent axe is not taken for a clean page."""
    page.goto(f"{site.url}/panel/sign-in")
    page.evaluate("document.querySelector('label[for=account]').remove()")
    assert any(text.startswith("label: ") for text in violations(page))
