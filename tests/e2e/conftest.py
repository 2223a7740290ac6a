"""A running server with a small hall, and a real browser on it."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from lanhouse.app import create_app
from lanhouse.cafe.pcs.commands.layout import Layout, PcPlace, save_layout
from lanhouse.cafe.pcs.commands.rooms import RoomPlan
from lanhouse.cli.assets import build_assets
from lanhouse.settings import AppSettings
from tests.builders import databases
from tests.builders.centers import PASSWORD, open_hall
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.secrets import VAULT

ROOT = Path(__file__).resolve().parents[2]
WHOLE_CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
# The same engine without a browser's own windows: a third less work (decision 0185).
CHROMIUM = shutil.which("chromium-headless-shell") or WHOLE_CHROMIUM
MUST_RUN = "CI" in os.environ or os.environ.get("LANHOUSE_TEST_REQUIRE_ALL") == "1"
_START_SECONDS = 20
READ_MS = 350
"""How long a dialog must have been there before a key acts on it (steady.js), and a little more."""
_LOOK_MS = 50
_LOOKS = 200
Arg = TypeVar("Arg")
Made = TypeVar("Made")


@dataclass
class Site:
    """The server, its hall and its address."""

    floor: Floor
    url: str
    end_streams: Callable[[], None]

    def staff_password(self) -> str:
        """The password of everybody in the hall."""
        return PASSWORD


class _Server(uvicorn.Server):
    """A server in a thread of its own: the process's signals stay with the tests."""

    def install_signal_handlers(self) -> None:
        """Leave the signals alone."""


@pytest.fixture(scope="session")
def assets() -> None:
    """The browser's files, built once."""
    build_assets(ROOT)


@pytest.fixture
def site(assets: None, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A hall with four PCs and one price, served on a free port; with the mark `empty_centre` a
    centre that has nothing but its people."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    store = _apart(databases.empty_sqlite, tmp_path)
    if request.node.get_closest_marker("empty_centre"):
        floor = Floor(store, open_hall(store, 7777))
    else:
        floor = open_floor(store, pcs_count=4, price_cents=300, zone="Europe/Lisbon")
    settings = AppSettings(
        data_dir=tmp_path, port=port, api_rate_per_minute=0, outbound_private="127.0.0.0/8"
    )
    app = create_app(settings, store, vault=VAULT)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning")
    server = _Server(config)
    ready = threading.Event()
    thread = threading.Thread(target=_serve, args=(server, ready), daemon=True)
    thread.start()
    assert ready.wait(_START_SECONDS), "the server did not start"
    yield Site(floor, f"http://127.0.0.1:{port}", app.end_streams)
    app.end_streams()
    server.should_exit = True
    thread.join(_START_SECONDS)
    _apart(databases.close, store)


def _apart(work: Callable[[Arg], Made], arg: Arg) -> Made:
    """Run what starts an event loop in a thread: Playwright has one running in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work, arg).result()


def _serve(server: uvicorn.Server, ready: threading.Event) -> None:
    async def run() -> None:
        serving = asyncio.create_task(server.serve())
        while not server.started and not serving.done():
            await asyncio.sleep(0.02)
        ready.set()
        await serving

    asyncio.run(run())


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The system's Chromium; without one the journeys are left out, except in CI.

    It ends with the journeys: Playwright keeps an event loop in this thread, which must be gone
    before a test elsewhere starts its own (`make test` gives every file to one worker).
    """
    if CHROMIUM is None:
        if MUST_RUN:
            pytest.fail("no Chromium is installed (chromium, chromium-browser or google-chrome)")
        pytest.skip("no Chromium is installed (chromium, chromium-browser or google-chrome)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile in English."""
    opened = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A tab in which every script error and every refused policy fails the test."""
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(f"script: {error}"))
    opened.on(
        "console",
        lambda message: problems.append(message.text) if _is_problem(message.text) else None,
    )
    yield opened
    assert problems == []


def _is_problem(text: str) -> bool:
    return "Content Security Policy" in text or "Uncaught" in text


def sign_in(page: Page, site: Site, role: str = "admin") -> None:
    """Sign a person of the hall in to the panel."""
    page.goto(f"{site.url}/panel/sign-in")
    page.get_by_label("Account").fill(site.floor.hall.staff[role])
    page.get_by_label("Password", exact=True).fill(site.staff_password())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/panel/computers")


def lay_out(site: Site, *names: str) -> None:
    """Two rooms, and the named PCs in rows in the first; the others wait for their place."""
    rooms = [
        RoomPlan(
            name=name,
            frame_x=x,
            frame_y=16,
            frame_width=width,
            frame_height=1000,
            allows_booking=True,
        )
        for name, x, width in (("Hall", 16, 1216), ("Bar", 1240, 400))
    ]
    places = [
        PcPlace(
            pc_name=name,
            room_name="Hall",
            box_top=40 + number // 25 * 40,
            box_left=8 + number % 25 * 48,
        )
        for number, name in enumerate(names)
    ]
    site.floor.run(save_layout, Layout(site.floor.center, rooms, places))


def without_channel(page: Page) -> None:
    """Let the page poll, as a browser does that can hold no channel of news."""
    page.add_init_script("window.SharedWorker = window.BroadcastChannel = undefined")


def press_act(page: Page, key: str) -> None:
    """Press a key that moves money as a person does: after what is shown has been seen."""
    page.wait_for_timeout(READ_MS)
    wait_until(page, "!isUnread(performance.now())")
    page.keyboard.press(key)


def wait_until(page: Page, expression: str) -> None:
    """Wait until an expression is true in the page; asked from here, since the page's own policy
    forbids a script of hers to evaluate it over and over, as wait_for_function() does."""
    for _ in range(_LOOKS):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(_LOOK_MS)
    raise AssertionError(f"never became true: {expression}")


__all__ = ["EURO", "READ_MS", "Site", "lay_out", "press_act", "sign_in", "wait_until"]
