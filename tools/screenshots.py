"""Pictures of every screen, to be looked at: `make screenshots [ONLY=computers]`.

A demo centre is made in a folder that is thrown away. Which screens there are is asked of the
program itself: every registered GET route of panel and portal that answers a page or a dialog,
with the parts and queries that the pages themselves link to, or number 1; so a new page comes in
by itself, and a route that nothing leads to fails the run unless tools/screens.py says why it has
no picture. To them come the scenes of that file, which need a hand: a menu pressed open, a ticket
in the shop, what came of a booking, a round of a game. Each is taken at 360, 768 and 1440 pixels in
both themes into `screenshots/` (not kept by git), beside an index.html that shows them together.
The picture in the README is one of them.
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
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import httpx
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from lanhouse.app import all_routes
from lanhouse.web.pages.navigation import rail_for, settings_for
from tools.screens import FLOOR, HOME, SCENES, Screen, furnish, games, is_told

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "screenshots"
README_PICTURE = ROOT / "docs" / "images" / "computers.png"
WIDTHS = (360, 768, 1440)
THEMES = ("light", "dark")
HEIGHT = 900
START_SECONDS = 300
SETTLE_MS = 350
_ANSWER_SECONDS = 5
_TRIES = 2
_IN_USE = ("prepaid", "member", "postpaid", "package")
_DRAWN = """() => new Promise((done) => setTimeout(() => requestAnimationFrame(
  () => requestAnimationFrame(done)), 60))"""
_OPEN = """(address) => htmx.ajax("GET", address, {source: "#dialog", target: "#dialog"})"""


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=_ANSWER_SECONDS).is_success
    except httpx.HTTPError:
        return False


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
                if told.exists() and _answers(f"http://127.0.0.1:{port}/health"):
                    break
                time.sleep(0.1)
            yield json.loads(told.read_text(encoding="utf-8"))
        finally:
            server.terminate()
            server.wait(30)


def _people(browser: Browser, demo: dict[str, Any]) -> dict[str, BrowserContext]:
    """A browser profile for each who looks, signed in."""
    people = {
        who: browser.new_context(locale="en-GB")
        for who in ("nobody", "panel", "staff", "portal", "player", "game")
    }
    staff = {person["role"].lower(): person for person in demo["staff"]}
    member, player = demo["members"][:2]
    for who, url, account, password in (
        ("panel", demo["panel_url"], staff["admin"]["account"], staff["admin"]["password"]),
        ("staff", demo["panel_url"], staff["staff"]["account"], staff["staff"]["password"]),
        ("portal", demo["portal_url"], member["member_account"], member["member_password"]),
        ("player", demo["portal_url"], player["member_account"], player["member_password"]),
    ):
        # Every picture begins as a new browser does, whatever the one before has chosen.
        people[who].add_init_script("localStorage.clear()")
        page = people[who].new_page()
        page.goto(url)
        page.get_by_label("Account").first.fill(account)
        page.get_by_label("Password", exact=True).fill(password)
        page.locator("button[type=submit], form button:not([type])").first.press("Enter")
        page.wait_for_load_state("load")
        page.close()
    return people


def _play(player: BrowserContext, base: str) -> None:
    """Let the player begin on the first free PC, unless he plays already."""
    page = player.new_page()
    page.goto(f"{base}{HOME}/computer")
    if page.locator(".lh-playing").count() == 0:
        page.locator(".lp-seat:not(:has(:disabled))").first.click()
        page.locator("main form .btn-primary").last.click()
        page.locator("main form .btn-primary").last.click()
        page.locator(".lh-playing").wait_for()
    page.close()


class Finder:
    """Finds the screens of the program that runs."""

    def __init__(self, base: str, people: dict[str, BrowserContext], license_name: str) -> None:
        self._base = base
        self._people = people
        self._license = license_name
        self._links: dict[str, str] = {}
        """Each address met, and the page that leads to it."""
        self._seats: list[tuple[str, str]] = []
        self.unreached: list[str] = []
        """The routes to which nothing led."""

    def screens(self) -> list[Screen]:
        """All of them, those of the navigation first."""
        left = {
            route.path.replace("{license_name}", self._license): route
            for route in all_routes()
            if route.method == "GET" and route.surface in ("panel", "portal")
        }
        found: list[Screen] = []
        # What is found leads to more, so those that nothing led to are asked for again.
        is_new = True
        while is_new:
            is_new = False
            for path, route in list(left.items()):
                who = "nobody" if route.public else route.surface
                screens = self._screens_of(path, who)
                if screens is not None:
                    del left[path]
                    is_new = True
                    found += screens
        self.unreached = sorted(route.path for route in left.values())
        return sorted({*found, *self._chosen(), *SCENES}, key=self._place)

    def _place(self, screen: Screen) -> tuple[bool, int, str]:
        rights = frozenset(route.right for route in all_routes() if route.right)
        order = [item.path for item in (*rail_for(rights), *settings_for(rights))]
        place = order.index(screen.path) if screen.path in order else len(order)
        return (screen.is_last, place, screen.name)

    def _chosen(self) -> list[Screen]:
        """The side panel of a PC in each state."""
        return [Screen(f"{FLOOR}?pc={name}", "panel") for name in self.of_each_state().values()]

    def _screens_of(self, path: str, who: str) -> list[Screen] | None:
        """The screens of a route; empty where it answers a part of a page or a file, None where
        it does not answer yet.
        """
        if path.startswith(FLOOR + "/"):
            asked = [(address, FLOOR) for address in self._of_seats(path)]
        else:
            asked = [] if "{" in path else [(path, FLOOR)]
            asked += self._linked(path) or [(re.sub(r"\{[^}]+\}", "1", path), FLOOR)]
        kinds = [(address, page, self._kind(address, who)) for address, page in asked]
        answered = [one for one in kinds if one[2]]
        if not answered:
            return None
        if path.startswith(FLOOR + "/"):
            return [
                Screen(FLOOR, who, dialog=address)
                for address, _, kind in answered
                if kind == "dialog"
            ]
        address, page, kind = answered[0]
        if kind == "page":
            return [Screen(address, who)]
        return [Screen(page, who, dialog=address)] if kind == "dialog" else []

    def _kind(self, address: str, who: str) -> str:
        """page, dialog or part, or nothing where it does not answer; its links are kept."""
        cookies = self._people[who].cookies()
        jar = {one.get("name", ""): one.get("value", "") for one in cookies}
        try:
            with httpx.stream(
                "GET", self._base + address, cookies=jar, timeout=_ANSWER_SECONDS
            ) as answer:
                kind = answer.headers.get("content-type", "")
                if answer.status_code != 200:
                    return ""
                if not kind.startswith("text/html"):
                    return "part"
                text = answer.read().decode()
        except httpx.HTTPError:
            return ""
        is_page = "<html" in text
        page = address if is_page else FLOOR
        for link in re.findall(r'(?:href|hx-get)="([^"#]+)"', text):
            self._links.setdefault(urljoin(address, html.unescape(link)), page)
        return "page" if is_page else "dialog" if 'id="dialog-title"' in text else "part"

    def _linked(self, path: str) -> list[tuple[str, str]]:
        """The first link to a route, with its query, that is no other route's."""
        shape = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path))
        others = {route.path for route in all_routes()} - {path}
        links = [
            link
            for link in self._links.items()
            if shape.fullmatch(urlsplit(link[0]).path) and urlsplit(link[0]).path not in others
        ]
        return sorted(links)[:1]

    def seats(self) -> list[tuple[str, str]]:
        """The PCs of the floor: name and state."""
        if not self._seats:
            page = self._people["panel"].new_page()
            page.goto(self._base + FLOOR)
            self._seats = page.locator(".lh-seat").evaluate_all(
                "(all) => all.map((one) => [one.dataset.pc, one.dataset.state])"
            )
            page.close()
        return self._seats

    def _of_seats(self, path: str) -> list[str]:
        """A dialog about a free PC, about one in use, about several, and as a page links it."""
        if path.endswith("-all"):
            return [path]
        free = [name for name, state in self.seats() if state == "free"]
        busy = [name for name, state in self.seats() if state in _IN_USE]
        chosen = (free[:3], busy[:4]) if "batch" in path else (free[:1], busy[:1])
        asked = [f"{path}?{urlencode([('pc', name) for name in names])}" for names in chosen]
        return asked + [address for address, _ in self._linked(path)]

    def of_each_state(self) -> dict[str, str]:
        """The first PC in each state."""
        return {state: name for name, state in reversed(self.seats())}


def _press(page: Page, press: str) -> None:
    """Click, click with the right button, or type."""
    how, _, what = press.partition(" ")
    wait_ms = _ANSWER_SECONDS * 1000
    if how == "fill":
        selector, _, text = what.rpartition("=")
        page.locator(selector).first.fill(text, timeout=wait_ms)
    elif how == "menu":
        page.locator(what).first.click(button="right", timeout=wait_ms)
    else:
        page.locator(press).first.click(timeout=wait_ms)
        page.wait_for_load_state("load")
    page.wait_for_timeout(SETTLE_MS)


def _take(page: Page, base: str, screen: Screen) -> bool:
    """Bring the page to where the picture is taken; whether it came."""
    answer = page.goto(base + screen.path)
    if answer is None or answer.status not in (200, 404):
        return False
    page.wait_for_load_state("load")
    for press in screen.presses:
        _press(page, press)
    if screen.dialog:
        with page.expect_response(lambda got: got.url == base + screen.dialog) as told:
            page.evaluate(_OPEN, screen.dialog)
        if not told.value.ok:
            return False
        page.wait_for_timeout(SETTLE_MS)
        for press in screen.then:
            _press(page, press)
    page.wait_for_timeout(SETTLE_MS)
    return True


def _picture(page: Page, base: str, screen: Screen) -> bool:
    """One screen at every width in both themes; whether it could be taken. A plain page is loaded
    at each width, as charts and phones have it; a dialog stays open while the window changes.
    """
    is_plain = not screen.presses and not screen.dialog
    is_there = False
    for width in reversed(WIDTHS):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if is_plain or not is_there:
            is_there = _take(page, base, screen)
        if not is_there:
            return False
        is_whole = page.locator("dialog[open]").count() == 0
        if is_whole:
            # As high as the page, so that what stays at the edge of a window covers nothing.
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": max(HEIGHT, height)})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.evaluate(_DRAWN)
            file = FOLDER / f"{screen.name}-{width}-{theme}.png"
            page.screenshot(path=file, full_page=is_whole)
    return True


def _pictures(people: dict[str, BrowserContext], base: str, screens: list[Screen]) -> list[str]:
    """Take them; what could not be taken, and why."""
    missing = []
    is_playing = False
    for screen in screens:
        # Not before: while somebody plays, the demo cannot be cleared, which has a picture too.
        if screen.who == "player" and not is_playing:
            _play(people["player"], base)
            is_playing = True
        problem = "no answer"
        for _ in range(_TRIES):
            page = people[screen.who].new_page()
            try:
                if _picture(page, base, screen):
                    break
            except Error as error:
                problem = error.message.splitlines()[0]
            finally:
                page.close()
        else:
            missing.append(f"{screen.name}: {problem}")
    return missing


def _readme(page: Page, base: str, name: str) -> None:
    """The Computers page with the session of a PC beside the map."""
    page.set_viewport_size({"width": 1440, "height": HEIGHT})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    if _take(page, base, Screen(f"{FLOOR}?pc={name}", "panel")):
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


def main(only: str = "") -> int:
    """Take them all, or those whose name has `only` in it; the README's picture with all, or for
    `readme`. What could not be taken is printed, and makes the answer 1.
    """
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    FOLDER.mkdir(exist_ok=True)
    with _demo() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        base = demo["base_url"]
        furnish(demo)
        people = _people(browser, demo)
        finder = Finder(base, people, demo["cafe"]["license_name"])
        all_screens = [] if only == "readme" else finder.screens() + games(demo, people["game"])
        chosen = [screen for screen in all_screens if only in screen.name]
        print(f"{len(chosen)} screens", flush=True)
        missing = _pictures(people, base, chosen)
        if only in ("", "readme"):
            _readme(people["panel"].new_page(), base, finder.of_each_state()["member"])
        browser.close()
    _index()
    print(f"{FOLDER}/index.html")
    for line in missing:
        print(f"not taken: {line}")
    unknown = [path for path in finder.unreached if not is_told(path)]
    for path in unknown:
        print(f"nothing leads to {path}: a scene or NO_SCREEN is missing in tools/screens.py")
    return 1 if missing or unknown else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
