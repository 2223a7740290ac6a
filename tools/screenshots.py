"""Pictures of every screen, to be looked at: `make screenshots [ONLY=computers]`.

A demo centre is made in a folder that is thrown away. Which screens there are is asked of the
program itself: every registered GET route of panel and portal that answers a whole page, dialogs
opened over the Computers page, routes with a part of the path to fill in as the pages link to
them; so a new page comes in by itself. Each is taken at 360, 768 and 1440 pixels in both themes
into `screenshots/` (not kept by git), beside an index.html that shows them together. The picture
in the README is one of them.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit

import httpx
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from lanhouse.app import all_routes
from lanhouse.web.pages.navigation import rail_for, settings_for

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "screenshots"
README_PICTURE = ROOT / "docs" / "images" / "computers.png"
WIDTHS = (360, 768, 1440)
THEMES = ("light", "dark")
HEIGHT = 900
START_SECONDS = 120
SETTLE_MS = 350
_FLOOR = "/panel/computers"
_ANSWER_SECONDS = 5


class Screen(NamedTuple):
    """What to open, by whom, and what to press then (CSS selectors, in order)."""

    path: str
    who: str
    """panel, portal, or nobody."""
    presses: tuple[str, ...] = ()
    dialog: str = ""
    """The address of a dialog to open over the page."""

    @property
    def name(self) -> str:
        """Its file without width and theme."""
        words = re.sub(r"[^\w]+", "-", self.dialog or self.path).strip("-")
        return "-".join([words, *(re.sub(r"[^\w]+", "", press) for press in self.presses)])


@contextmanager
def _demo() -> Iterator[dict[str, Any]]:
    """A filled demo centre on a free port, and what its demo.json says."""
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        command = [sys.executable, "-m", "lanhouse", "demo", "--data-dir", folder, "--port", port]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            told = Path(folder) / "demo.json"
            for _ in range(START_SECONDS * 10):
                if told.exists():
                    break
                time.sleep(0.1)
            yield json.loads(told.read_text(encoding="utf-8"))
        finally:
            server.terminate()
            server.wait(30)


def _people(browser: Browser, demo: dict[str, Any]) -> dict[str, BrowserContext]:
    """A browser profile for each who looks, signed in."""
    people = {who: browser.new_context(locale="en-GB") for who in ("nobody", "panel", "portal")}
    admin = next(person for person in demo["staff"] if person["role"].lower() == "admin")
    member = demo["members"][0]
    for who, url, account, password in (
        ("panel", demo["panel_url"], admin["account"], admin["password"]),
        ("portal", demo["portal_url"], member["member_account"], member["member_password"]),
    ):
        page = people[who].new_page()
        page.goto(url)
        page.get_by_label("Account").first.fill(account)
        page.get_by_label("Password", exact=True).fill(password)
        page.locator("button[type=submit], form button:not([type])").first.press("Enter")
        page.wait_for_load_state("load")
        page.close()
    return people


class Finder:
    """Finds the screens of the program that runs."""

    def __init__(self, base: str, people: dict[str, BrowserContext], license_name: str) -> None:
        self._base = base
        self._people = people
        self._license = license_name
        self._links: set[str] = set()

    def screens(self) -> list[Screen]:
        """All of them, those of the navigation first."""
        routes = [route for route in all_routes() if route.method == "GET"]
        found: list[Screen] = []
        later = []
        for route in routes:
            if route.surface not in ("panel", "portal"):
                continue
            who = "nobody" if route.public else route.surface
            path = route.path.replace("{license_name}", self._license)
            if "{" in path:
                later.append((path, who))
            elif route.summary.startswith("Dialog:"):
                found += [Screen(_FLOOR, who, dialog=address) for address in self._dialogs(path)]
            elif self._is_page(path, who):
                found.append(Screen(path, who))
        found += [
            Screen(address, who) for path, who in later for address in self._linked(path, who)
        ]
        return sorted([*found, *self._scenes()], key=self._place)

    def _place(self, screen: Screen) -> tuple[int, str]:
        rights = frozenset(route.right for route in all_routes() if route.right)
        order = [item.path for item in (*rail_for(rights), *settings_for(rights))]
        return (order.index(screen.path) if screen.path in order else len(order), screen.name)

    def _is_page(self, path: str, who: str) -> bool:
        """Whether it answers a whole page; its links are kept."""
        cookies = self._people[who].cookies()
        jar = {one.get("name", ""): one.get("value", "") for one in cookies}
        try:
            with httpx.stream(
                "GET", self._base + path, cookies=jar, timeout=_ANSWER_SECONDS
            ) as answer:
                kind = answer.headers.get("content-type", "")
                if answer.status_code != 200 or not kind.startswith("text/html"):
                    return False
                text = answer.read().decode()
        except httpx.HTTPError:
            return False
        if "<html" not in text:
            return False
        for link in re.findall(r'href="([^"#]+)"', text):
            self._links.add(urlsplit(urljoin(path, html.unescape(link))).path)
        return True

    def _linked(self, path: str, who: str) -> list[str]:
        """The first link to a route whose path has parts to fill in."""
        shape = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path))
        known = {route.path for route in all_routes()}
        links = sorted(link for link in self._links if shape.fullmatch(link) and link not in known)
        return [link for link in links[:1] if self._is_page(link, who)]

    def seats(self, state: str) -> list[str]:
        """The names of the PCs whose seats match a selector."""
        page = self._people["panel"].new_page()
        page.goto(self._base + _FLOOR)
        seats = page.locator(f".lh-seat{state}")
        names = seats.evaluate_all("(all) => all.map((one) => one.dataset.pc)")
        page.close()
        return names

    def _dialogs(self, path: str) -> list[str]:
        """A dialog about a free PC, about one in use, and about several, where it is about PCs."""
        if not path.startswith(_FLOOR):
            return [path]
        free, busy = self.seats("[data-state=free]"), self.seats("[data-session]")
        chosen = (free[:3], busy[:4]) if "batch" in path else (free[:1], busy[:1])
        return [f"{path}?{urlencode([('pc', name) for name in names])}" for names in chosen]

    def _scenes(self) -> list[Screen]:
        """The Computers page as it is worked with."""
        free, busy = self.seats("[data-state=free]"), self.seats('[data-state="member"]')
        views = [(f"[data-view={view}]",) for view in ("cards", "table", "timeline")]
        looks = [*views, ("[data-select=playing]",), ("[data-select=free]",), ("[data-keys]",)]
        return [
            *(Screen(f"{_FLOOR}?pc={name}", "panel") for name in (*free[:1], *busy[:1])),
            *(Screen(_FLOOR, "panel", presses) for presses in looks),
        ]


def _take(page: Page, base: str, screen: Screen) -> bool:
    """Bring the page to where the picture is taken; whether it came."""
    answer = page.goto(base + screen.path)
    if answer is None or not answer.ok:
        return False
    page.wait_for_load_state("load")
    page.evaluate("localStorage.removeItem('lh-hall')")
    for press in screen.presses:
        pressed = page.locator(press).first
        if not pressed.is_visible():
            return False
        pressed.click()
    if screen.dialog:
        with page.expect_response(lambda got: got.url == base + screen.dialog) as told:
            page.evaluate("(address) => openDialog(address)", screen.dialog)
        if not told.value.ok:
            return False
    page.wait_for_timeout(SETTLE_MS)
    return True


def _picture(page: Page, base: str, screen: Screen) -> None:
    """One screen at every width in both themes. A plain page is loaded at each width, as charts
    and phones have it; a dialog stays open while the window changes.
    """
    is_plain = not screen.presses and not screen.dialog
    is_there = False
    for width in reversed(WIDTHS):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if is_plain or not is_there:
            is_there = _take(page, base, screen)
        if not is_there:
            return
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            file = FOLDER / f"{screen.name}-{width}-{theme}.png"
            page.screenshot(path=file, full_page=not screen.dialog)


def _pictures(people: dict[str, BrowserContext], base: str, screens: list[Screen]) -> None:
    pages = {who: context.new_page() for who, context in people.items()}
    for screen in screens:
        try:
            _picture(pages[screen.who], base, screen)
        except Error as problem:
            print(f"{screen.name}: {problem.message.splitlines()[0]}")


def _readme(page: Page, base: str, name: str) -> None:
    """The Computers page with the session of a PC beside the map."""
    page.set_viewport_size({"width": 1440, "height": HEIGHT})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    if _take(page, base, Screen(f"{_FLOOR}?pc={name}", "panel")):
        page.screenshot(path=README_PICTURE)


def _index() -> None:
    """One page with all pictures."""
    lines = ["<!doctype html><meta charset=utf-8><title>Screens</title>"]
    for file in sorted(FOLDER.glob("*.png")):
        name = html.escape(file.name)
        lines.append(
            f'<figure><img src="{name}" loading="lazy"><figcaption>{name}</figcaption></figure>'
        )
    (FOLDER / "index.html").write_text("\n".join(lines), encoding="utf-8")


def main(only: str = "") -> None:
    """Take them all, or those whose name has `only` in it; the README's picture with all, or for
    `readme`.
    """
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    FOLDER.mkdir(exist_ok=True)
    with _demo() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        base = demo["base_url"]
        people = _people(browser, demo)
        license_name = demo["cafe"]["license_name"]
        finder = Finder(base, people, license_name)
        chosen = [screen for screen in finder.screens() if only in screen.name]
        print(f"{len(chosen)} screens")
        _pictures(people, base, chosen)
        if only in ("", "readme"):
            _readme(people["panel"].new_page(), base, finder.seats('[data-state="member"]')[0])
        browser.close()
    _index()
    print(f"{FOLDER}/index.html")


if __name__ == "__main__":
    main(*sys.argv[1:2])
