"""The real server as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, BinaryIO

START_SECONDS_MAX = 300
"""Only against waiting for ever: how long a start takes says how busy the machine is."""
_LOOK_SECONDS = 0.03
STOP_SECONDS_MAX = 5.0


class ServerFailed(AssertionError):
    """The server did not start, or ended by itself; its last words are in the message."""


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`lanhouse demo` on a data directory; started, killed and started again."""

    def __init__(self, data_dir: Path, *, database_url: str = "", options: tuple[str, ...] = ()):
        self.data_dir = data_dir
        self.port = free_port()
        self.database_url = database_url
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self._log = data_dir.parent / f"{data_dir.name}.log"

    @property
    def pid(self) -> int:
        """Process id of the running server."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> float:
        """Start and wait for the first answer of /health; answers how many seconds it took."""
        began = time.perf_counter()
        process = self.begin()
        while not self._is_healthy():
            if process.poll() is not None:
                raise ServerFailed(f"exit code {process.returncode}: {self._last_words()}")
            if time.perf_counter() - began > START_SECONDS_MAX:
                self.kill()
                raise ServerFailed(f"no answer in {START_SECONDS_MAX} s: {self._last_words()}")
            time.sleep(_LOOK_SECONDS)
        return time.perf_counter() - began

    def begin(self) -> subprocess.Popen[bytes]:
        """Start and do not wait."""
        environment = {**os.environ, "LANHOUSE_API_RATE_PER_MINUTE": "0"}
        environment["LANHOUSE_DATABASE_URL"] = self.database_url
        with self._log.open("ab") as log:
            self._process = self.launch(environment, log)
        return self._process

    def command(self) -> list[str]:
        """The command line of the process."""
        return [
            *(sys.executable, "-m", "lanhouse", "demo", "--data-dir", str(self.data_dir)),
            *("--port", str(self.port), *self._options),
        ]

    def launch(self, environment: dict[str, str], log: BinaryIO) -> subprocess.Popen[bytes]:
        """Start the process with this environment; what it says goes into the log."""
        return subprocess.Popen(
            self.command(), env=environment, stdout=log, stderr=subprocess.STDOUT
        )

    def kill(self) -> None:
        """kill -9: no handler runs, nothing is flushed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def kill_if_running(self) -> None:
        """For the end of a test that failed in the middle."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def stop(self) -> float:
        """SIGTERM, as a service manager does; answers how many seconds the end took.

        Raises ServerFailed when it is not gone in time or ends with an error.
        """
        assert self._process is not None
        began = time.perf_counter()
        self._process.terminate()
        try:
            code = self._process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerFailed(f"still there {STOP_SECONDS_MAX} s after SIGTERM") from None
        if code != 0:
            raise ServerFailed(f"exit code {code}: {self._last_words()}")
        return time.perf_counter() - began

    def demo(self) -> dict[str, Any]:
        """What demo.json says."""
        return json.loads((self.data_dir / "demo.json").read_text())

    def verify_ledger(self) -> str:
        """Run `lanhouse verify-ledger`; answers its output, raises AssertionError unless clean."""
        done = subprocess.run(
            [sys.executable, "-m", "lanhouse", "verify-ledger", "--data-dir", str(self.data_dir)],
            env={**os.environ, "LANHOUSE_DATABASE_URL": self.database_url},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/health", timeout=2
            ) as answer:
                return answer.status == 200
        except OSError:
            return False

    def _last_words(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]
