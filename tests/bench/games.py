"""Rounds of House: `python -m tests.bench.games [seconds]`.

A demo of its own in a folder that is thrown away: the server, and the mock operator that it starts
for its seamless agent. 32 players press Spin one after the other, as fast as they are answered:
whole rounds with their proof, on wallets that are with us and on the operator's (bet and settle,
each a signed call). Then 50 rounds a second.
LANHOUSE_TEST_POSTGRES_URL names the database to use instead of SQLite. Printed, never asserted.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import httpx
import psutil

from lanhouse.aggregator.caller import Caller
from tests.crash.server import free_port

PLAYERS = 32
PACED_PER_SECOND = 50
START_SECONDS_MAX = 120
_GAME = "house_00001"
Press = Callable[[], Coroutine[Any, Any, None]]


class Demo:
    """A running demo and its processes."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        url = os.environ.get("LANHOUSE_TEST_POSTGRES_URL", "")
        database = ("--database-url", url) if url else ()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lanhouse", "demo", "--data-dir", str(folder), "--port",
             str(self.port), *database],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "LANHOUSE_API_RATE_PER_MINUTE": "0"},
        )  # fmt: skip
        self._keys = folder / "demo.json"

    def keys(self) -> dict[str, Any]:
        """Its demo.json, once it answers."""
        until = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < until:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/health", timeout=5).raise_for_status()
                return json.loads(self._keys.read_text())
            except (httpx.HTTPError, OSError, ValueError):
                time.sleep(0.3)
        raise SystemExit("the demo did not start")

    def processor_seconds(self) -> float:
        """Of the server and the mock operator together."""
        server = psutil.Process(self.process.pid)
        all_of_them = [server, *server.children(recursive=True)]
        return sum(sum(each.cpu_times()[:2]) for each in all_of_them)

    def stop(self) -> None:
        """End it, and what it started."""
        self.process.terminate()
        self.process.wait(30)


class Player:
    """A session of Night Shift that spins."""

    def __init__(self, caller: Caller, base: str, key: str, name: str, *, deposits: bool) -> None:
        def call(method: str, **body: Any) -> dict[str, Any]:
            head = {"Authorization": f"Bearer {key}"}
            answer = httpx.post(f"{base}/external/{method}", json=body, headers=head, timeout=30)
            return answer.json()["result"]

        call("createPlayer", username=name)
        if deposits:
            call("deposit", username=name, amount="900", currency="EUR")
        launched = call(
            "launchGame", username=name, isMobile=False, gameId=_GAME, lang="en",
            playerIp="203.0.113.7", currency="EUR",
        )  # fmt: skip
        json_only = {"Accept": "application/json"}
        begun = httpx.get(launched["url"], headers=json_only, timeout=30).json()
        self._url = f"{base}/play/{begun['session']}"
        self._head = {"Authorization": f"Bearer {begun['secret']}"}
        seeds = {"clientSeed": f"bench {name}"}
        httpx.post(f"{self._url}/seed", json=seeds, headers=self._head, timeout=30)
        self._caller, self._number = caller, 0

    async def spin(self) -> None:
        """A round, begun and settled."""
        self._number += 1
        body = json.dumps({"key": f"bench-{self._number:07d}", "action": "spin", "bet": "0.2"})
        answer = await self._caller.post(
            f"{self._url}/act", body.encode(), self._head, timeout_ms=10_000, is_demo=True
        )
        if answer.status != 200:
            raise SystemExit(f"a round was refused: {answer.body[:200]!r}")


async def as_fast_as_answered(presses: Sequence[Press], seconds: float) -> list[float]:
    """Milliseconds of each press, all of them pressing at once for so long."""
    times: list[float] = []
    until = time.perf_counter() + seconds

    async def one(press: Press) -> None:
        while (begun := time.perf_counter()) < until:
            await press()
            times.append((time.perf_counter() - begun) * 1000)

    await asyncio.gather(*map(one, presses))
    return times


async def at_a_pace(presses: Sequence[Press], seconds: float) -> list[float]:
    """Milliseconds of each press, PACED_PER_SECOND begun a second, counted from when it was due."""
    times: list[float] = []
    begun = time.perf_counter()

    async def one(press: Press, due: float) -> None:
        await press()
        times.append((time.perf_counter() - due) * 1000)

    pressed: list[asyncio.Task[None]] = []
    for number in range(int(seconds * PACED_PER_SECOND)):
        due = begun + number / PACED_PER_SECOND
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        pressed.append(asyncio.create_task(one(presses[number % len(presses)], due)))
    await asyncio.gather(*pressed)
    return times


def fdatasync_millis(folder: Path) -> float:
    """The median of writing 4 KiB through to this disk."""
    times: list[float] = []
    with (folder / "sync").open("wb", buffering=0) as file:
        for _ in range(200):
            begun = time.perf_counter()
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - begun) * 1000)
    return sorted(times)[len(times) // 2]


def told(name: str, times: list[float], seconds: float, used: float) -> None:
    """A line of the table."""
    times.sort()
    p50, p99 = times[len(times) // 2], times[-1 - len(times) // 100]
    print(
        f"{name:<44} {len(times) / seconds:7.0f}/s  p50 {p50:6.1f} ms  p99 {p99:6.1f} ms"
        f"  processor {used / len(times) * 1000:5.2f} ms each",
        flush=True,
    )


async def measure(demo: Demo, keys: dict[str, Any], seconds: float) -> None:
    """All of it, on a demo that runs."""
    base, caller = f"http://127.0.0.1:{demo.port}", Caller("")
    transfer, seamless = keys["agents"][:2]
    for name, agent in (("transfer", transfer), ("seamless", seamless)):
        players = [
            Player(caller, base, agent["api_key"], f"{name}{n:03d}", deposits=name == "transfer")
            for n in range(PLAYERS)
        ]
        presses = [player.spin for player in players]
        for run in range(3):
            before = demo.processor_seconds()
            times = await as_fast_as_answered(presses, seconds)
            told(f"rounds, {name}, {PLAYERS} players, run {run + 1}", times, seconds,
                 demo.processor_seconds() - before)  # fmt: skip
        before = demo.processor_seconds()
        times = await at_a_pace(presses, seconds)
        told(f"rounds, {name}, {PACED_PER_SECOND} a second", times, seconds,
             demo.processor_seconds() - before)  # fmt: skip
    await caller.close()


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    with tempfile.TemporaryDirectory() as folder:
        print(f"fdatasync of 4 KiB: {fdatasync_millis(Path(folder)):.2f} ms")
        demo = Demo(Path(folder) / "data")
        try:
            asyncio.run(measure(demo, demo.keys(), seconds))
        finally:
            demo.stop()


if __name__ == "__main__":
    main()
