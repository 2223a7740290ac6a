"""Two load generators with one face: wrk when it is installed, else our own on raw sockets.

Ours runs as a process of its own (`python -m tests.bench.load`), so that it does not share the
measured server's interpreter.
"""

from __future__ import annotations

import os
import random
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from tests.bench.scenario import Result, Scenario, raw_requests, write_lua

CONNECTIONS = 32


class Job(msgspec.Struct, frozen=True):
    """What a load process reads from its standard input."""

    scenario: Scenario
    port: int
    seconds: float
    connections: int = CONNECTIONS
    pause_seconds: float = 0.0
    """How long each connection waits before a request, on average; 0 = as fast as it can."""


def generator_name() -> str:
    """Which generator `measure` uses on this machine."""
    return "wrk" if shutil.which("wrk") else "own (Python)"


def measure(job: Job, cpus: set[int] | None = None) -> Result:
    """Send the scenario's requests for `seconds` on kept-alive connections."""
    pin = None if cpus is None else lambda: os.sched_setaffinity(0, cpus)
    if shutil.which("wrk"):
        return _wrk(job, pin)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=msgspec.json.encode(job),
        capture_output=True,
        check=True,
        preexec_fn=pin,
    )
    return msgspec.json.decode(done.stdout, type=Result)


def _wrk(job: Job, pin: object) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "scenario.lua"
        write_lua(job.scenario, script, job.pause_seconds)
        done = subprocess.run(
            [
                *("wrk", "-t1", f"-c{job.connections}", f"-d{job.seconds:.0f}s"),
                *("-s", str(script), f"http://127.0.0.1:{job.port}"),
            ],
            capture_output=True,
            text=True,
            check=True,
            preexec_fn=pin,  # type: ignore[arg-type]
        )
    lines = [line[5:] for line in done.stdout.splitlines() if line.startswith("JSON ")]
    return msgspec.json.decode(lines[0], type=Result)


class _Connection:
    """One kept-alive connection: a request is out, its answer comes in pieces."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.wanted = 0
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.received, self.wanted = b"", 0
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bytes | None:
        """The whole answer when it is complete, else None. Raises ConnectionError at its end."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError("the server closed the connection")
        self.received += piece
        if not self.wanted:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return None
            head = self.received[:end].lower()
            start = head.index(b"content-length:") + 15
            length = head[start:].split(b"\r\n", 1)[0]
            self.wanted = end + 4 + int(length)
        return self.received if len(self.received) >= self.wanted else None


def _due(job: Job) -> float:
    """When a connection sends its next request."""
    return time.perf_counter() + job.pause_seconds * random.uniform(0.5, 1.5)


def run(job: Job) -> Result:
    """Our own generator, in this process."""
    requests = raw_requests(job.scenario, f"127.0.0.1:{job.port}", seed=time.time_ns())
    expect = job.scenario.expect.encode()
    selector = selectors.DefaultSelector()
    started = time.perf_counter()
    until = started + job.seconds
    waiting: list[tuple[float, _Connection]] = []
    for _ in range(job.connections):
        connection = _Connection(job.port)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        waiting.append((_due(job), connection))
    latencies: list[float] = []
    errors = 0
    while (now := time.perf_counter()) < until:
        for due, connection in waiting:
            if due <= now:
                connection.send(next(requests))
        waiting = [each for each in waiting if each[0] > now]
        for key, _events in selector.select(timeout=0.01 if waiting else 0.5):
            answer = key.data.receive()
            if answer is None:
                continue
            latencies.append(time.perf_counter() - key.data.sent_at)
            errors += not (answer.startswith(b"HTTP/1.1 200") and expect in answer)
            if job.pause_seconds:
                waiting.append((_due(job), key.data))
            else:
                key.data.send(next(requests))
    seconds = time.perf_counter() - started
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    latencies.sort()
    return Result(
        rps=len(latencies) / seconds,
        p50=latencies[len(latencies) // 2] * 1000,
        p99=latencies[len(latencies) * 99 // 100] * 1000,
        n=len(latencies),
        err=errors,
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(
        msgspec.json.encode(run(msgspec.json.decode(sys.stdin.buffer.read(), type=Job)))
    )
