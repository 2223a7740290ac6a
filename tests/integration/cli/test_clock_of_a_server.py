"""A real server whose host's clock is set while a guest plays, and `lanhouse clock accept`."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

# Python loads it at its start: the host's clock of the process is off by what the file says.
_HOST = """
import os, time
_true = time.time_ns
def time_ns():
    with open(os.environ["TEST_HOST_CLOCK"]) as file:
        return _true() + int(file.read() or 0) * 10**9
time.time_ns = time_ns
"""
_WAIT_SECONDS_MAX = 240


class Server:
    """`lanhouse demo` on a host whose clock the test sets."""

    def __init__(self, folder: Path) -> None:
        (folder / "sitecustomize.py").write_text(_HOST)
        self._clock = folder / "host-clock"
        self.set(0)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._data = folder / "data"
        self._environment = {
            **{
                name: value for name, value in os.environ.items() if name != "LANHOUSE_DATABASE_URL"
            },
            "PYTHONPATH": str(folder),
            "TEST_HOST_CLOCK": str(self._clock),
            "LANHOUSE_DATA_DIR": str(self._data),
        }
        self._process = self._start("demo", "--port", str(self._port))
        self.until(lambda: (self._data / "demo.json").exists() and self._answers())
        handout = json.loads((self._data / "demo.json").read_text())
        key = handout["cafe"]["api_key"]
        self.api = httpx.Client(
            base_url=f"{handout['base_url']}/api/v2/cafe/{handout['cafe']['cafe_id']}",
            headers={"Authorization": f"Bearer {key}"},
        )
        self.desk = httpx.Client(base_url=handout["base_url"], follow_redirects=True)
        manager = next(person for person in handout["staff"] if person["account"] == "manager")
        form = {"center": "7777", **{k: manager[k] for k in ("account", "password")}}
        origin = {"Origin": handout["base_url"]}
        signed_in = self.desk.post("/panel/sign-in", data=form, headers=origin)
        assert signed_in.url.path == "/panel/computers", signed_in.text

    def _start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "lanhouse", *arguments]
        return subprocess.Popen(
            command,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def run(self, *arguments: str) -> str:
        """Another command on the same host; answers what it printed."""
        return self._start(*arguments).communicate(timeout=_WAIT_SECONDS_MAX)[0]

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self._port}/health").status_code == 200
        except httpx.TransportError:
            return False

    def set(self, seconds: int) -> None:
        """The host's clock is off by so much from now on."""
        part = self._clock.with_suffix(".part")
        part.write_text(str(seconds))
        part.replace(self._clock)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait for it."""
        last = time.monotonic() + _WAIT_SECONDS_MAX
        while not holds():
            assert time.monotonic() < last, "it never came true"
            time.sleep(0.2)

    def doubt(self) -> float:
        """The gauge."""
        text = self.desk.get("/metrics").text
        found = re.search(r"^lanhouse_clock_doubt_seconds (\S+)$", text, re.MULTILINE)
        assert found is not None
        return float(found[1])

    def play(self) -> dict[str, Any]:
        """The first PC of the list that a guest who paid first plays on."""
        rows = self.api.get("/pcList").json()["data"]
        return next(row for row in rows if row["member_group_id"] == -2)

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.communicate(timeout=_WAIT_SECONDS_MAX)
        self.api.close()
        self.desk.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server.__new__(Server)
    try:
        made.__init__(tmp_path)
        yield made
    finally:
        made.stop()


def local(text: str) -> datetime:
    """A time of the wire."""
    return datetime.fromisoformat(text)


def test_a_host_that_is_set_while_a_guest_plays(server: Server) -> None:
    before = server.play()
    for hours in (1, -1):
        server.set(hours * 3600)
        server.until(lambda wanted=hours * 3600.0: server.doubt() == wanted)
        page = server.desk.get("/panel/members").text
        assert "Accept the server’s clock" in page
        assert f"1 h {'ahead of' if hours > 0 else 'behind'} the time of the house" in page
        now = server.play()
        assert now["pc_name"] == before["pc_name"]
        for name in ("status_connect_time_local", "status_disconnect_time_local"):
            assert now[name] == before[name]
    assert "the clock is behind business time by 1:00:00" in server.run("doctor")

    said = server.run("clock", "accept")

    assert said == "Business time was put back by 3600 s to the clock.\n"
    assert server.doubt() == 0
    now = server.play()
    for name in ("status_connect_time_local", "status_disconnect_time_local"):
        assert local(before[name]) - local(now[name]) == timedelta(hours=1)
    assert "Accept the server’s clock" not in server.desk.get("/panel/members").text
    assert server.run("clock", "accept") == (
        "Business time and the clock agree: there was nothing to accept.\n"
    )
