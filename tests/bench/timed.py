"""How long a page takes: wall times of the server's whole answer, and its processor time."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping

from tests.builders.client import Client


def settle() -> None:
    """Set what lives on aside, as the served process does once it is up (cli/serving.py)."""
    gc.collect()
    gc.freeze()


def print_times(
    name: str, client: Client, path: str, headers: Mapping[str, str], rounds: int
) -> None:
    """Ask for a page so many times and print a line; one that has no page here says its status."""
    answer = client.raw("GET", path, headers=headers)
    if answer.status_code != 200:
        # Asks for something by name, or belongs to a centre without anything.
        print(f"{name:<11} {path:<44} answers {answer.status_code}", flush=True)
        return
    times: list[float] = []
    used = time.process_time()
    for _ in range(rounds):
        begun = time.perf_counter()
        answer = client.raw("GET", path, headers=headers)
        times.append((time.perf_counter() - begun) * 1000)
    used = (time.process_time() - used) * 1000 / rounds
    times.sort()
    print(
        f"{name:<11} {path:<44} {len(answer.content) // 1024:5} KiB"
        f"  p50 {times[rounds // 2]:6.1f} ms  p99 {times[-1 - rounds // 100]:6.1f} ms"
        f"  processor here {used:6.1f} ms",
        flush=True,
    )
