"""Who used the processor while something ran: the measured process, its database, or strangers."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable

import psutil

_LOOK_SECONDS = 0.25


class Meter:
    """Processor seconds of a stretch of time, as a context manager.

    `server` is the measured process (None: there is none), `database` the name of its PostgreSQL
    database (empty: SQLite). Children that this process has waited for are the load. PostgreSQL's
    own helpers, which serve every database, count as strangers.
    """

    def __init__(self, server: int | None, database: str) -> None:
        self._server = server
        self._database = database
        self.app_seconds = 0.0
        self.database_seconds = 0.0
        self.foreign_cores = 0.0

    def __enter__(self) -> Meter:
        self._over = threading.Event()
        self._began = time.perf_counter()
        self._busy = _busy_seconds()
        self._mine = _own_seconds()
        self._app = _Watched(self._app_pids)
        self._backends = _Watched(self._backend_pids)
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        took = time.perf_counter() - self._began
        busy, mine = _busy_seconds() - self._busy, _own_seconds() - self._mine
        self.app_seconds, self.database_seconds = self._app.used(), self._backends.used()
        ours = mine + self.app_seconds + self.database_seconds
        self.foreign_cores = max(0.0, (busy - ours) / took)

    def _watch(self) -> None:
        # A connection that ends takes its figures with it, so they are looked at meanwhile.
        while not self._over.wait(_LOOK_SECONDS):
            self._backends.look()

    def _app_pids(self) -> Iterable[int]:
        if self._server is None:
            return []
        process = psutil.Process(self._server)
        return [process.pid, *(child.pid for child in process.children(recursive=True))]

    def _backend_pids(self) -> Iterable[int]:
        if not self._database:
            return []
        return [
            process.pid
            for process in psutil.process_iter(["name", "cmdline"])
            if process.info["name"] == "postgres"
            and f" {self._database} " in " ".join(process.info["cmdline"] or [])
        ]


class _Watched:
    """Processes that come and go, and how much each has used since the first look."""

    def __init__(self, find: Callable[[], Iterable[int]]) -> None:
        self._find = find
        self._first = _seconds_of(find())
        self._last = dict(self._first)

    def look(self) -> None:
        self._last.update(_seconds_of(self._find()))

    def used(self) -> float:
        """Processor seconds of all of them; one that came later counts from its start."""
        self.look()
        return sum(last - self._first.get(pid, 0.0) for pid, last in self._last.items())


def _seconds_of(pids: Iterable[int]) -> dict[int, float]:
    found: dict[int, float] = {}
    for pid in pids:
        try:
            times = psutil.Process(pid).cpu_times()
        except psutil.Error:
            continue
        found[pid] = times.user + times.system
    return found


def _busy_seconds() -> float:
    """What all processes of the machine have used so far (/proc/stat)."""
    times = psutil.cpu_times()
    return times.user + times.nice + times.system + times.irq + times.softirq


def _own_seconds() -> float:
    return sum(os.times()[:4])
