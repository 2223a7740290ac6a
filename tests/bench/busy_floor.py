"""The Computers page of a full hall: `python -m tests.bench.busy_floor [PCs] [changes a second]`.

For each of the four ways to look, while so many PCs change every second: how many tasks of the
browser's main thread took more than 50 ms, by the clock and by its own processor time (which a busy
machine does not lengthen), and the longest of each in ms. Figures are printed, never asserted.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Page, sync_playwright

from lanhouse.app import create_app
from lanhouse.cli.assets import build_assets
from lanhouse.db.migrate import migrate
from lanhouse.db.sqlite import SqliteStore
from lanhouse.settings import AppSettings
from tests.builders.centers import PASSWORD
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.secrets import VAULT
from tests.crash.server import free_port

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 12
LONG_MICROS = 50_000
VIEWS = ("Map", "Cards", "Table", "Timeline")


@contextmanager
def _served(folder: Path, pcs_count: int) -> Iterator[tuple[Floor, str]]:
    """A hall of which two thirds play, in a server in a thread of its own."""
    store = SqliteStore(folder / "lanhouse.db")
    migrate(store)
    floor = open_floor(store, pcs_count=pcs_count, price_cents=300)
    names = list(floor.pc_ids)
    floor.guests("prepaid", *names[: pcs_count * 2 // 3], paid_micros=30 * EURO)
    port = free_port()
    settings = AppSettings(data_dir=folder, port=port, api_rate_per_minute=0)
    app = create_app(settings, store, vault=VAULT)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield floor, f"http://127.0.0.1:{port}"
    app.end_streams()
    server.should_exit = True
    thread.join(20)


def _change(floor: Floor, names: list[str]) -> None:
    for name in names:
        if floor.is_busy(name):
            floor.check_out(name)
        else:
            floor.pay(3 * EURO, name)


def _tasks(page: Page, floor: Floor, changes: int) -> list[tuple[int, int]]:
    """Every task of the main thread in some busy seconds: its micros by clock and by processor."""
    debugger = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    ended: list[bool] = []
    debugger.on("Tracing.dataCollected", lambda told: events.extend(told["value"]))
    debugger.on("Tracing.tracingComplete", lambda _: ended.append(True))
    debugger.send("Tracing.start", {"categories": "toplevel"})
    names = list(floor.pc_ids)
    for second in range(SECONDS):
        begun = time.monotonic()
        first = second * changes % len(names)
        _change(floor, names[first : first + changes])
        page.wait_for_timeout(max(0.0, 1 - (time.monotonic() - begun)) * 1000)
    debugger.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(50)
    debugger.detach()
    main = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    return [
        (one.get("dur", 0), one.get("tdur", 0))
        for one in events
        if (one["pid"], one.get("tid")) in main and one["name"] == "ThreadControllerImpl::RunTask"
    ]


def _sign_in(page: Page, floor: Floor, url: str) -> None:
    page.goto(f"{url}/panel/sign-in")
    page.get_by_label("Account").fill(floor.hall.staff["admin"])
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/panel/computers")


def main(arguments: list[str]) -> None:
    """Measure and print."""
    pcs_count, changes = (int(text) for text in [*arguments, *("500", "20")[len(arguments) :]])
    build_assets(ROOT)
    with (
        tempfile.TemporaryDirectory() as folder,
        _served(Path(folder), pcs_count) as (floor, url),
        sync_playwright() as playwright,
    ):
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB")
        _sign_in(page, floor, url)
        for view in VIEWS:
            page.get_by_role("button", name=view, exact=True).click()
            page.wait_for_timeout(2000)
            tasks = _tasks(page, floor, changes)
            clock, own = ([task[which] for task in tasks] for which in (0, 1))
            over = [sum(micros > LONG_MICROS for micros in taken) for taken in (clock, own)]
            print(
                f"{view:<9} over 50 ms: {over[0]} by the clock, {over[1]} by processor time; "
                f"longest {max(clock) / 1000:.0f} ms, {max(own) / 1000:.0f} ms"
            )
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
