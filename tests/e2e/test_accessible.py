"""axe-core over the gallery and the main pages: both themes, from a phone to a desk's screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import ROOT, Site, lay_out, sign_in

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (360, 768, 1440)
PAGES = (
    "/panel/gallery",
    "/panel/computers",
    "/panel/computers?pc=PC01",
    "/panel/members",
    "/panel/jobs",
    "/panel/reports",
    "/panel/reports?period=week",
    "/panel/log",
    "/panel/log?member=nobody",
    "/panel/settings/center",
    "/panel/settings/payment",
    "/panel/settings/loyalty",
    "/panel/settings/member",
    "/panel/settings/client",
    "/panel/settings/game",
    "/panel/settings/protection",
    "/panel/settings/shop",
    "/panel/settings/sms_provider",
    "/panel/products/import",
    "/panel/settings/find?find=bill",
    "/panel/shop",
    "/panel/orders",
    "/panel/orders/kitchen",
    "/panel/prices",
    "/panel/settings/groups",
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
    "/panel/nothing",
)
ENTRIES = ("/panel/sign-in", "/portal/hall7777")
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_GRAVE = ("serious", "critical")


def violations(page: Page) -> list[str]:
    """What axe finds serious or critical: rule, place and reason."""
    # Through the debugger, not as a script of the page: the policy of the page stays in force.
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = page.evaluate("(rules) => axe.run(document, rules)", _RULES)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in _GRAVE
        for node in one["nodes"]
    ]


def look_at(page: Page, site: Site, paths: tuple[str, ...], theme: str) -> list[str]:
    """Open the pages at every width in a theme; what is wrong with each, or scrolls sideways."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    found: list[str] = []
    for path in paths:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(site.url + path)
            page.wait_for_load_state("load")
            where = f"{path} {theme} {width}"
            found += [f"{where}: {text}" for text in violations(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{where}: scrolls sideways")
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_the_panel_have_no_serious_finding(site: Site, page: Page, theme: str) -> None:
    sign_in(page, site)
    site.floor.guest("postpaid", "PC01")
    lay_out(site, "PC01", "PC02", "PC03")
    assert look_at(page, site, PAGES, theme) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_before_sign_in_have_no_serious_finding(site: Site, page: Page, theme: str) -> None:
    assert look_at(page, site, ENTRIES, theme) == []


def test_axe_finds_what_is_wrong(site: Site, page: Page) -> None:
    """So that a silent axe is not taken for a clean page."""
    page.goto(f"{site.url}/panel/sign-in")
    page.evaluate("document.querySelector('label[for=account]').remove()")
    assert any(text.startswith("label: ") for text in violations(page))
