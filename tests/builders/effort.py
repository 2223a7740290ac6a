"""How far the tests that could go on for ever go: a little in every run, far in `make test-long`.

`make test-long` runs what is marked `long` with LANHOUSE_TEST_LONG=1: the same checks with more
examples, seeds and rounds. LANHOUSE_TEST_SEED is where its chance begins; every run prints it, so
that a failure can be had again. `--part N` runs an N-th of it, chosen by the seed.
"""

from __future__ import annotations

import hashlib
import os

IS_LONG = os.environ.get("LANHOUSE_TEST_LONG") == "1"
SEED = int(os.environ.get("LANHOUSE_TEST_SEED") or 1)
"""The same in all processes of a run; a plain run always takes 1."""


def effort(short: int, long: int) -> int:
    """How many examples or rounds to try."""
    return long if IS_LONG else short


def seeds(count: int, long: int) -> list[int]:
    """Seeds of a test that plays by chance: 1, 2, … in every run, others in a long one."""
    if not IS_LONG:
        return list(range(1, count + 1))
    return [SEED * 1_000_000 + number for number in range(1, long + 1)]


def is_in_part(nodeid: str, part: int) -> bool:
    """Whether a test belongs to the N-th of the tests that SEED chooses; all do when N is 1."""
    chosen = hashlib.sha256(f"{SEED} {nodeid}".encode()).digest()
    return int.from_bytes(chosen[:8]) % part == 0
