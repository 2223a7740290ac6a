"""`lanhouse serve` as the measured process."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO

import psutil

from tests.crash.server import Server, free_port

STARTS = 5


class Measured(Server):
    """A server without rate limit, pinned to some CPUs when there are enough."""

    def __init__(self, data_dir: Path, *, database_url: str = "", cpus: set[int] | None = None):
        super().__init__(data_dir, database_url=database_url)
        self._cpus = cpus

    def command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "lanhouse", "serve"),
            *("--data-dir", str(self.data_dir), "--port", str(self.port)),
        ]

    def launch(self, environment: dict[str, str], log: BinaryIO) -> subprocess.Popen[bytes]:
        # Byte code may be written, as on any machine where the program has run before.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        pin = None if self._cpus is None else lambda: os.sched_setaffinity(0, self._cpus or ())
        return subprocess.Popen(
            self.command(),
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=pin,
        )

    def rss_mib(self) -> float:
        """Memory of the process now."""
        return psutil.Process(self.pid).memory_info().rss / 2**20


def start_seconds(server: Measured) -> float:
    """Median time from the start of the process to the first answer, on existing data.

    The first start is not counted: it writes byte code.
    """
    took = []
    server.start()
    server.stop()
    for _ in range(STARTS):
        took.append(server.start())
        server.stop()
        server.port = free_port()
        time.sleep(0.2)
    return statistics.median(took)
