"""Beginning with a demo hall: the real server, and the process that it starts, on one database."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from lanhouse.cafe.centers.tables import centers
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.clock_row import clock_row
from lanhouse.demo.build import STEPS_OF_HALL
from lanhouse.ledger.tables import answers
from tests.builders import databases
from tests.crash.server import Server

PASSWORD = "correct horse battery"
BEGIN = "/panel/demo/begin"
FORM = {"name": "Harbour Arena", "country": "PT", "currency": "EUR", "zone": "Europe/Lisbon"}
SECONDS_MAX = 120


class House(Server):
    """`lanhouse serve` on an empty centre of an owner."""

    def __init__(self, data_dir: Path, *, database_url: str = "") -> None:
        super().__init__(data_dir, database_url=database_url)
        self.browsers: list[httpx.Client] = []

    def command(self) -> list[str]:
        data_dir = str(self.data_dir)
        return [
            *(sys.executable, "-m", "lanhouse", "serve", "--data-dir", data_dir),
            *("--host", "127.0.0.1", "--port", str(self.port)),
        ]

    def lanhouse(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Another command on the same database."""
        return subprocess.run(
            [sys.executable, "-m", "lanhouse", *arguments, "--data-dir", str(self.data_dir)],
            env={**os.environ, "LANHOUSE_DATABASE_URL": self.database_url},
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )

    def ask(self, query: sa.Select[Any]) -> Any:
        """One value, past the server."""
        url = sa.make_url(self.database_url or f"sqlite:///{self.data_dir / 'lanhouse.db'}")
        if self.database_url:
            url = url.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(url)
        try:
            with engine.connect() as connection:
                return connection.scalar(query)
        finally:
            engine.dispose()

    def marks(self) -> int:
        """How many steps of the demo hall are done."""
        return self.ask(sa.select(sa.func.count()).where(answers.c.key.like("demo:%")))

    def sign_in(self) -> httpx.Client:
        """The Admin's browser."""
        browser = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30)
        self.browsers.append(browser)
        form = {"center": "1", "account": "olga", "password": PASSWORD}
        assert browser.post("/panel/sign-in", data=form).status_code == 303
        page = browser.get("/panel/computers").text
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert found is not None
        browser.headers.update({"X-CSRF-Token": found[1], "HX-Request": "true"})
        return browser


@pytest.fixture(params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A server that runs, on either kind of database."""
    url = ""
    if request.param == "postgres":
        if not os.environ.get("LANHOUSE_TEST_POSTGRES_URL"):
            pytest.skip("LANHOUSE_TEST_POSTGRES_URL is not set")
        url = databases.empty_postgres().url
    opened = House(tmp_path / "data", database_url=url)
    made = opened.lanhouse("init", "--admin", "olga", "--password-stdin", typed=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    opened.start()
    yield opened
    for browser in opened.browsers:
        browser.close()
    opened.kill_if_running()


def wait_until_whole(house: House, browser: httpx.Client) -> int:
    """Ask as the page does; answers how many answers there were on the way."""
    until = time.monotonic() + SECONDS_MAX
    asked = 0
    while time.monotonic() < until:
        part = browser.get(f"{BEGIN}/part")
        assert part.status_code == 200, part.text
        if part.headers.get("hx-redirect") == "/panel/computers":
            assert house.marks() == STEPS_OF_HALL
            return asked
        asked += 1
        time.sleep(0.1)
    raise AssertionError(f"not whole after {SECONDS_MAX} s: {house.marks()} steps")


def check_hall(house: House, browser: httpx.Client) -> None:
    """The hall is there, the owner's centre is hers, and the server's clock was left alone."""
    page = browser.get("/panel/computers").text
    assert "This is a demo hall" in page
    assert "VIP04" in page
    assert "Harbour Arena" in browser.get("/panel/settings/center").text
    assert house.ask(sa.select(clock_row.c.steps_micros)) in (None, 0)
    assert (
        house.ask(
            sa.select(sa.func.max(pc_sessions.c.started_at)).where(pc_sessions.c.ended_at.is_(None))
        )
        is not None
    )
    assert house.ask(sa.select(centers.c.license_name).where(centers.c.id == 1)) == "center1"


def test_the_server_stays_usable_while_it_is_filled(house: House) -> None:
    first, second = house.sign_in(), house.sign_in()
    for browser in (first, second, first):
        answer = browser.post(BEGIN, data=FORM)
        assert answer.headers.get("hx-redirect") == BEGIN, answer.text
    seen_between: set[int] = set()
    while (marks := house.marks()) < STEPS_OF_HALL:
        saved = second.post("/panel/first-start/hide")  # a write, of the same centre
        assert saved.status_code == 200, saved.text
        seen_between.add(marks)
    # A write that waited for the whole hall would have been the only one.
    assert len(seen_between) > 3
    wait_until_whole(house, first)
    check_hall(house, first)
    # Done is done: a late press changes nothing and leads on.
    assert second.post(BEGIN, data={**FORM, "name": "Other"}).headers["hx-redirect"] == BEGIN
    assert second.get(BEGIN).headers["location"] == "/panel/first-start"
    check_hall(house, first)
    house.stop()
    house.verify_ledger()


def test_what_was_killed_is_finished_by_the_next_press(house: House) -> None:
    """Server and process die in the middle; and two processes that fill at once do it once."""
    browser = house.sign_in()
    assert browser.post(BEGIN, data=FORM).headers["hx-redirect"] == BEGIN
    while house.marks() < 3:
        time.sleep(0.01)
    house.kill()
    until_micros = str(time.time_ns() // 1000)
    command = [
        *(sys.executable, "-m", "lanhouse", "fill-demo", "--data-dir", str(house.data_dir)),
        *("--center-id", "1", "--until-micros", until_micros),
    ]
    environment = {**os.environ, "LANHOUSE_DATABASE_URL": house.database_url}
    both = [subprocess.Popen(command, env=environment) for _ in range(2)]
    house.start()
    browser = house.sign_in()
    assert [process.wait(SECONDS_MAX) for process in both] == [0, 0]
    wait_until_whole(house, browser)
    check_hall(house, browser)
    house.stop()
    house.verify_ledger()
