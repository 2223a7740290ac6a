"""Every page of the portal, the wall and the ranking: axe, and each language on a small phone."""

from __future__ import annotations

import re
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from lanhouse.app import all_routes
from lanhouse.cafe.events.rules import rank_path
from lanhouse.cafe.minors.commands import NewProof, note_proof
from lanhouse.kit import clock
from lanhouse.web.i18n import LANGUAGES
from lanhouse.web.render import LANGUAGE_COOKIE
from tests.builders.effort import IS_LONG
from tests.builders.floor import CENT, DESK
from tests.builders.nouns.payments import use_webhook
from tests.builders.secrets import VAULT
from tests.e2e.conftest import Site
from tests.e2e.test_accessible import look_at
from tests.e2e.test_portal import HOME, come_in

SMALL = 360
TOMORROW = (clock.now() + timedelta(days=1)).date().isoformat()
ASKED = (
    "account",
    "booking",
    f"booking/pay?date={TOMORROW}&time=10%3A00&length=60&pc=PC02",
    "center",
    "computer",
    "computer/checkout?pc=PC01",
    "computer/start?pc=PC02",
    "data",
    "history",
    "limits",
    "logout",
    "more",
    "password",
    "play",
    "rules",
    "shop",
    "sign-ins",
    "top-up",
)
"""Below the portal's address, with what they are asked."""
MADE = ("booking/1", "shop/1", "top-up/1", "computer/ended/1")
"""What the member has booked, ordered, begun to pay and played."""
OPEN = (
    HOME,
    f"{HOME}/forgotten",
    f"{HOME}/forgotten/code",
    f"{HOME}/register",
    "/portal",
    "/shop/hall7777",
    "/wall/hall7777",
)
"""Whoever asks; /portal and /shop lead on."""
SPOKEN = tuple(LANGUAGES) if IS_LONG else ("ru", "ar")
"""The longest words, and lines from right to left; a long run has all."""
_CUT = """() => [...document.querySelectorAll("a, b, button, label, small, td, th")].filter((one) =>
  one.clientWidth > 2 && one.scrollWidth > one.clientWidth + 1
    && !one.closest(".visually-hidden, .lp-scroll, .lh-cut")
).map((one) => one.textContent.trim())"""
"""What is wider than its place."""


def _furnish(site: Site, page: Page) -> None:
    """A member who plays on PC01, has booked, ordered, begun to pay, and played on PC04."""
    floor = site.floor
    floor.set(play_tokens_enable=True, allow_public_register=True)
    floor.set(register_agreement_enable=True, wall_screen=True)
    floor.set(center_address="Rua 18", club_rules="Be kind.")
    floor.set(sms_enable=True, sms_provider="http", sms_provider_url="https://sms.test/{phone}")
    use_webhook(floor)
    floor.add_product_group("Drinks")
    floor.add_product("Cola", 5, price_micros=180 * CENT)
    floor.add_offer("Night", 600)
    member_id = come_in(page, site)
    paper = NewProof(
        center=floor.center,
        actor=DESK,
        member_id=member_id,
        birthday=date(1990, 5, 1),
        document="passport",
    )
    floor.run(note_proof, paper)
    _act(page, site, "computer/start?pc=PC04")
    _act(page, site, "computer/checkout?pc=PC04")
    _act(page, site, "computer/start?pc=PC01")
    _act(page, site, f"booking/pay?date={TOMORROW}&time=10%3A00&length=60&pc=PC03")
    page.goto(f"{site.url}{HOME}/shop")
    page.locator("[name=qty]").last.fill("1")
    _press(page)
    _press(page)
    page.goto(f"{site.url}{HOME}/top-up")
    page.get_by_label("Other amount").fill("5")
    _press(page)


def _act(page: Page, site: Site, path: str) -> None:
    answer = page.goto(f"{site.url}{HOME}/{path}")
    assert answer is not None
    assert answer.ok, f"{path}: {answer.status}"
    _press(page)


def _press(page: Page) -> None:
    """The filled button, and the page that it leads to."""
    before = page.url
    page.locator("main form :is(.btn-primary, .btn-danger)").last.click()
    page.wait_for_load_state("load")
    assert page.url != before or page.locator("[role=alert]").count() == 0, page.content()


def _paths(site: Site) -> tuple[str, ...]:
    ranks = rank_path(VAULT, site.floor.center)
    return (*(f"{HOME}/{one}" for one in (*ASKED, *MADE)), ranks, *OPEN)


def test_every_page_of_the_portal_is_looked_at(site: Site, page: Page) -> None:
    """A new page stands in the lists above, or this fails; so does one that is not a page."""
    _furnish(site, page)
    paths = _paths(site)
    for path in paths:
        answer = page.request.get(site.url + path)
        assert answer.ok, f"{path}: {answer.status}"
        assert "<html" in answer.text(), path
    missing = []
    for route in all_routes():
        if route.method != "GET" or route.surface != "portal":
            continue
        shape = re.sub(r"\{[^}]+\}", "[^/]+", route.path)
        if any(re.fullmatch(shape, urlsplit(path).path) for path in paths):
            continue
        asked = re.sub(r"\{[^}]+\}", "1", route.path.replace("{license_name}", "hall7777"))
        if "<html" in page.request.get(site.url + asked).text():
            missing.append(route.path)
    assert missing == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_of_the_portal_has_a_serious_finding(site: Site, page: Page, theme: str) -> None:
    _furnish(site, page)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    width = SMALL if theme == "light" else 1440
    assert look_at(page, site, _paths(site), width) == []


@pytest.mark.parametrize("language", SPOKEN)
def test_words_of_every_language_fit_a_small_phone(site: Site, page: Page, language: str) -> None:
    _furnish(site, page)
    cookie = {"name": LANGUAGE_COOKIE, "value": language, "url": site.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.set_viewport_size({"width": SMALL, "height": 800})
    found = []
    for path in _paths(site):
        page.goto(site.url + path)
        assert path.startswith("/wall") or page.locator("html").get_attribute("lang") == language
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path}: scrolls sideways")
        found += [f"{path}: {text}" for text in page.evaluate(_CUT)]
    assert found == []


def test_what_stands_in_a_sentence_keeps_its_own_order(site: Site, page: Page) -> None:
    """Such as the name of a PC in a line from right to left."""
    _furnish(site, page)
    cookie = {"name": LANGUAGE_COOKIE, "value": "ar", "url": site.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto(f"{site.url}{HOME}/account")
    assert "\u2068PC01\u2069" in page.locator(".lh-playing").inner_text()
    assert page.locator("html").get_attribute("dir") == "rtl"
