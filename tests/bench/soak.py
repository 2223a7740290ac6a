"""`make soak`: hours of mixed load on one server; money exact, no errors, memory that stays."""

from __future__ import annotations

import argparse
import asyncio
import random
import secrets
import tempfile
import time
from pathlib import Path

import psutil

from tests.crash.client import Connection
from tests.crash.harness import CLIENTS, Harness
from tests.crash.server import Server
from tests.crash.world import World

REPORTS = 10


def main() -> None:
    """Load for some seconds, tell rate and memory on the way, then check every account."""
    parser = argparse.ArgumentParser(prog="make soak", description=main.__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lanhouse-soak-") as folder:
        server = Server(Path(folder) / "data")
        harness = Harness(server, seed=time.time_ns())
        server.start()
        harness.world = World(server)
        asyncio.run(_load(harness, options.seconds))
        harness.world.check_sessions_go_on()
        harness.check_money()
        server.stop()
        print(server.verify_ledger().strip())


async def _load(harness: Harness, seconds: float) -> None:
    process = psutil.Process(harness.server.pid)
    until = time.monotonic() + seconds
    clients = [asyncio.create_task(_client(harness, until)) for _ in range(CLIENTS)]
    done_before = 0
    for number in range(1, REPORTS + 1):
        await asyncio.sleep(seconds / REPORTS)
        done = len(harness.journal.answers)
        rate = (done - done_before) * REPORTS / seconds
        done_before = done
        rss = process.memory_info().rss / 2**20
        print(f"{number * seconds / REPORTS:6.0f} s  {rate:6.0f}/s  {rss:4.0f} MiB", flush=True)
    await asyncio.gather(*clients)


async def _client(harness: Harness, until: float) -> None:
    assert harness.world is not None
    chance = random.Random(secrets.randbits(64))
    connection = Connection(harness.server.port)
    while time.monotonic() < until:
        request = harness.world.some_request(chance, secrets.token_hex(12))
        harness.journal.acknowledge(request, await connection.send(request))
    connection.close()


if __name__ == "__main__":
    main()
