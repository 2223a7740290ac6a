"""What a first visit costs over the wire, in bytes, counted by the browser itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from lanhouse.kit.limits import MAX_PC
from tests.builders.floor import EURO
from tests.e2e.conftest import Site, sign_in

BUDGET_BYTES = 250_000
PORTAL_BUDGET_BYTES = 60_000
# Classes that htmx puts on for a moment, and that have no look.
_PASSING = "htmx-"


class Weighed:
    """A cold visit: every answer's size on the wire, headers too, by its path."""

    def __init__(self, page: Page) -> None:
        self.sizes: dict[str, int] = {}
        names: dict[str, str] = {}
        watcher = page.context.new_cdp_session(page)
        watcher.send("Network.enable")
        watcher.on(
            "Network.responseReceived",
            lambda seen: names.__setitem__(seen["requestId"], seen["response"]["url"]),
        )
        watcher.on(
            "Network.loadingFinished",
            lambda seen: self.sizes.__setitem__(
                names.get(seen["requestId"], seen["requestId"]), seen["encodedDataLength"]
            ),
        )

    @property
    def total(self) -> int:
        """Bytes of the visit."""
        return sum(self.sizes.values())


@pytest.fixture
def cold(browser: Browser, context: BrowserContext) -> Iterator[BrowserContext]:
    """A second profile with nothing kept; `context` signs in for it."""
    opened = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    yield opened
    opened.close()


def weigh(cold: BrowserContext, url: str) -> tuple[Weighed, Page]:
    """Visit an address with an empty cache and count until the network is silent."""
    page = cold.new_page()
    weighed = Weighed(page)
    page.goto(url)
    page.wait_for_load_state("load")
    return weighed, page


def undrawn(page: Page) -> list[str]:
    """The classes on the page that none of the stylesheets it loaded names."""
    return page.evaluate(
        """(passing) => {
          const text = (list) => [...list]
            .map((rule) => `${rule.selectorText ?? ""} ${rule.cssRules ? text(rule.cssRules) : ""}`)
            .join(" ");
          const all = [...document.styleSheets].map((sheet) => text(sheet.cssRules)).join(" ");
          const drawn = new Set([...all.matchAll(/\\.([\\w-]+)/g)].map((found) => found[1]));
          const dressed = [...document.querySelectorAll("[class]")];
          const named = dressed.flatMap((one) => [...one.classList]);
          return named.filter((name) => !drawn.has(name) && !name.startsWith(passing));
        }""",
        _PASSING,
    )


def test_the_panels_first_pages_stay_in_their_budget(
    site: Site, page: Page, cold: BrowserContext
) -> None:
    weighed, opened = weigh(cold, f"{site.url}/panel/sign-in")
    assert 0 < weighed.total <= BUDGET_BYTES, weighed.sizes
    assert undrawn(opened) == []
    cold.clear_cookies()
    sign_in(page, site)
    cold.add_cookies(page.context.cookies())
    weighed, opened = weigh(cold, f"{site.url}/panel/computers")
    assert opened.url.endswith("/panel/computers")
    assert any("htmx.js" in path for path in weighed.sizes)
    assert 0 < weighed.total <= BUDGET_BYTES, weighed.sizes
    for path in ("/panel/computers?pc=PC01", "/panel/members", "/panel/settings/api"):
        opened.goto(site.url + path)
        assert undrawn(opened) == [], path


def test_a_full_hall_of_500_stays_in_the_budget(
    site: Site, page: Page, cold: BrowserContext
) -> None:
    names = [f"PC{number:03}" for number in range(len(site.floor.pc_ids) + 1, MAX_PC + 1)]
    site.floor.add_pcs(*names)
    site.floor.guests("prepaid", *names[:400], paid_micros=3 * EURO)
    sign_in(page, site)
    cold.add_cookies(page.context.cookies())
    weighed, opened = weigh(cold, f"{site.url}/panel/computers")
    assert opened.locator(".lh-seat").count() == MAX_PC
    # Behind HTTPS as on this machine, browsers say that nobody elsewhere led here.
    assert 0 < weighed.total <= BUDGET_BYTES, weighed.sizes


def test_the_portal_is_light(site: Site, cold: BrowserContext) -> None:
    weighed, opened = weigh(cold, f"{site.url}/portal/hall7777")
    assert opened.get_by_role("button", name="Login").is_visible()
    assert 0 < weighed.total <= PORTAL_BUDGET_BYTES, weighed.sizes
    assert undrawn(opened) == []
