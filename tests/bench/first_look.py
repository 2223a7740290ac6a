"""What the floor costs when it was not looked at yet: `python -m tests.bench.first_look [rounds]`.

Medians of this thread's processor time in milliseconds, each look a second later than the one
before, with 500 PCs in use: `pcList` to its bytes, what the map and the side panel of one PC read.
Once with no other sessions, once behind 200 000 that have ended, with the statistics of before.
Figures are printed, never asserted.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

import lanhouse.cafe.followers  # noqa: F401  (wires the facts)
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.desk.queries.computers import computers, selected_pc
from lanhouse.cafe.floor.queries import floor_at
from lanhouse.cafe.floor.wire import live_rows
from lanhouse.cafe.sessions.tables import pc_session_segments, pc_sessions
from lanhouse.db.migrate import migrate
from lanhouse.db.open import open_store
from lanhouse.db.store import Read, Store
from lanhouse.kit import clock
from tests.bench.postgres import scratch_database
from tests.bench.town import CENTER_ID, build_town

ENDED_PER_PC = 400


def _with_history(store: Store) -> None:
    """Each session again, as often as said, ended when it began."""
    for table, key, end, begin in (
        (pc_sessions, "id", "ended_at", "started_at"),
        (pc_session_segments, "session_id", "to_at", "from_at"),
    ):
        names = [column.name for column in table.c]
        chosen = {key: f"{key} + 1000 * n", end: begin}
        values = ", ".join(chosen.get(name, name) for name in names)
        numbers = f"SELECT 1 AS n UNION ALL SELECT n + 1 FROM times WHERE n < {ENDED_PER_PC}"
        statement = (
            f"WITH RECURSIVE times AS ({numbers}) INSERT INTO {table.name} ({', '.join(names)}) "
            f"SELECT {values} FROM {table.name}, times WHERE {end} IS NULL"
        )
        with store.engine.connect() as connection, connection.begin():
            connection.execute(sa.text(statement))


def _looks(store: Store, name: str, rounds: int) -> None:
    center = store.read_sync(center_by_id, CENTER_ID)
    assert center is not None
    encoder = msgspec.json.Encoder()
    looks: dict[str, Callable[[Read, Any], Any]] = {
        "pcList": lambda read, at: encoder.encode(live_rows(center, floor_at(read, center, at))),
        "map": lambda read, at: computers(read, center, at),
        "side panel": lambda read, at: selected_pc(read, center, "PC300", at),
    }

    def look(read: Read) -> None:
        begun = clock.now()
        for what, act in looks.items():
            times: list[float] = []
            for number in range(rounds):
                before = time.thread_time()
                act(read, begun + timedelta(seconds=number))
                times.append((time.thread_time() - before) * 1000)
            print(f"{name:<24} {what:<12} {statistics.median(times):6.2f} ms")

    store.read_sync(look)


def main(rounds: int) -> None:
    """Print a line for each database, history and look."""
    with (
        tempfile.TemporaryDirectory() as folder,
        scratch_database(os.environ.get("LANHOUSE_TEST_POSTGRES_URL", ""), "look") as url,
    ):
        for name, database_url in {"SQLite": "", "PostgreSQL": url}.items():
            if name == "PostgreSQL" and not url:
                continue
            store = open_store(database_url, Path(folder))
            migrate(store)
            store.run_sync(build_town, None)
            migrate(store)  # counts the rows (ANALYZE) now that there are some
            _looks(store, name, rounds)
            _with_history(store)
            _looks(store, f"{name}, 200 000 ended", rounds)
            store.engine.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
