"""Members who look at their account: `python -m tests.bench.account [members] [seconds] [/page …]`.

So many members (1,000), a fifth of them playing, each with top-ups and sessions of before, load a
page of the portal (Account) every 5 seconds, as phones do: each with a sign-in of his own, packed
answers. On SQLite, and on PostgreSQL when LANHOUSE_TEST_POSTGRES_URL is set. The server is a
process of its own; printed is which part of a core it takes (the aim for 1,000 members is 40 %),
PostgreSQL's on top, and how long an answer takes. Figures are printed, never asserted.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from lanhouse.auth.tokens import NewToken, issue_token
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.followers import FOLLOWERS
from lanhouse.cafe.sessions.commands import StartMember, start_member
from lanhouse.db.migrate import analyze, migrate
from lanhouse.db.postgres import PostgresStore
from lanhouse.db.sqlite import SqliteStore
from lanhouse.db.store import Store, Tx
from lanhouse.kit import clock
from tests.bench.meter import Meter
from tests.bench.postgres import scratch_database
from tests.bench.server import Measured
from tests.bench.town import ACTOR, add_member
from tests.builders.floor import open_floor
from tests.builders.phone import HOME

EVERY_SECONDS = 5
_CONNECTIONS = 50
_PCS = 200
_TIMES_BEFORE = 3
_PAGES = (f"{HOME}/account",)


def _fill(store: Store, members: int) -> list[str]:
    """A hall with so many members; answers the cookie of each."""
    floor = open_floor(store, pcs_count=_PCS, price_cents=200)
    center, names = floor.center, list(floor.pc_ids)
    people: list[int] = []
    began = clock.now() - timedelta(days=2)
    for first in range(0, members, _PCS):
        count = min(_PCS, members - first)

        def come(tx: Tx, accounts: range) -> list[int]:
            return [add_member(tx, center, f"m{number}") for number in accounts]

        with clock.frozen(began) as freeze:
            came = store.run_sync(come, range(first, first + count))
            for _ in range(_TIMES_BEFORE):
                store.run_sync(_sit_down, (center, list(zip(names, came, strict=False))))
                freeze.advance(1800)
                floor.check_out(*names[:count])
        people += came
    store.run_sync(_sit_down, (center, list(zip(names, people[::5], strict=False))))
    analyze(store)
    tokens = [NewToken(center.id, "member", "cookie", each) for each in people]
    issued = store.run_sync(lambda tx, _: [issue_token(tx, each) for each in tokens], None)
    return [f"lanhouse_member={token}" for token in issued]


def _sit_down(tx: Tx, seats: tuple[Center, list[tuple[str, int]]]) -> None:
    """Start members on PCs, each as by a command of its own."""
    center, found = seats
    for pc_name, member_id in found:
        tx.settle()
        tx.begin_command()
        start_member(
            tx, StartMember(center=center, actor=ACTOR, pc_name=pc_name, member_id=member_id)
        )


async def _phones(port: int, path: str, cookies: list[str], seconds: float) -> list[float]:
    """Let every member load the page in his turn; answers the wall times, in seconds."""
    times: list[float] = []
    begun = time.perf_counter()
    gap = EVERY_SECONDS / len(cookies)

    async def connection(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        turn = number
        while turn * gap < seconds:
            await asyncio.sleep(begun + turn * gap - time.perf_counter())
            asked = time.perf_counter()
            writer.write(
                f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n"
                f"Cookie: {cookies[turn % len(cookies)]}\r\n\r\n".encode()
            )
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            if not head.startswith("http/1.1 200"):
                raise SystemExit(f"{path} answers {head.partition(chr(13))[0]}")
            await reader.readexactly(int(head.partition("content-length: ")[2].split("\r")[0]))
            times.append(time.perf_counter() - asked)
            turn += _CONNECTIONS
        writer.close()

    await asyncio.gather(*(connection(number) for number in range(_CONNECTIONS)))
    return times


@contextmanager
def _served(folder: Path, url: str, members: int) -> Iterator[tuple[Measured, list[str]]]:
    """The running server, and the cookies of its members."""
    store = PostgresStore(url) if url else SqliteStore(folder / "lanhouse.db")
    migrate(store)
    cookies = _fill(store, members)
    store.engine.dispose()
    server = Measured(folder, database_url=url)
    server.start()
    try:
        yield server, cookies
    finally:
        server.stop()


def _measure(name: str, url: str, members: int, seconds: float, pages: tuple[str, ...]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        _served(Path(folder), url, members) as (server, cookies),
    ):
        for path in pages:
            asyncio.run(_phones(server.port, path, cookies, EVERY_SECONDS))
            with Meter(server.pid, urlsplit(url).path[1:]) as meter:
                begun = time.perf_counter()
                times = sorted(asyncio.run(_phones(server.port, path, cookies, seconds)))
                took = time.perf_counter() - begun
            print(
                f"{name:<11} {path:<28} {len(times) / took:6.0f}/s"
                f"  {meter.app_seconds / took:6.1%} of a core"
                f" ({1000 * meter.app_seconds / len(times):.2f} ms each)"
                f"  database {meter.database_seconds / took:6.1%}"
                f"  p50 {1000 * times[len(times) // 2]:.1f} ms"
                f"  p99 {1000 * times[-1 - len(times) // 100]:.1f} ms"
                f"  strangers {meter.foreign_cores:.2f} cores",
                flush=True,
            )


def main(members: int, seconds: float, pages: tuple[str, ...]) -> None:
    """Measure each database and print a line for each page."""
    assert FOLLOWERS
    _measure("SQLite", "", members, seconds, pages)
    server_url = os.environ.get("LANHOUSE_TEST_POSTGRES_URL", "")
    if server_url:
        with scratch_database(server_url, "account") as url:
            _measure("PostgreSQL", url, members, seconds, pages)


if __name__ == "__main__":
    asked = tuple(HOME + each for each in sys.argv[1:] if each.startswith("/"))
    given = [int(each) for each in sys.argv[1:] if not each.startswith("/")]
    members, seconds = given + [1_000, 20][len(given) :]
    main(members, seconds, asked or _PAGES)
