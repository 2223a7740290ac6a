"""Runs side by side: product, baseline, product, baseline, until three rounds were clean.

Runs that lie minutes apart compare two states of the machine. Here each round runs every case once,
a ratio is made of two runs of one round, and strangers' load stands beside each figure.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Sequence

import msgspec

WANTED = 3
ROUNDS_MAX = int(os.environ.get("LANHOUSE_BENCH_ROUNDS", "6"))
FOREIGN_CORES_MAX = 0.25
"""A run with more load of strangers than this is not clean."""


class NotMeasured(Exception):
    """Why there is no figure; the message goes into the table."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run: answers a second, milliseconds (p99 is nan where nobody counts it), processor
    microseconds per answer of the server and of its database, and cores that strangers used.
    """

    rps: float
    p50: float
    p99: float
    app_micros: float
    database_micros: float
    foreign_cores: float

    @property
    def cpu_micros(self) -> float:
        """Processor microseconds per answer of all that answered."""
        return self.app_micros + self.database_micros

    @property
    def is_clean(self) -> bool:
        """Whether the machine was left alone."""
        return self.foreign_cores <= FOREIGN_CORES_MAX


class Case(msgspec.Struct, frozen=True):
    """Something to measure: `run` answers one run, and raises NotMeasured if it cannot be done."""

    name: str
    run: Callable[[], Run]


class Rounds:
    """What came out, by name of the case and round."""

    def __init__(self) -> None:
        self.runs: list[dict[str, Run]] = []

    def of(self, name: str) -> list[Run]:
        """The runs of a case that count: its WANTED cleanest."""
        return sorted(
            (each[name] for each in self.runs if name in each), key=lambda run: run.foreign_cores
        )[:WANTED]

    def median(self, name: str) -> Run | None:
        """The middle of each figure; of the load of strangers the worst."""
        runs = self.of(name)
        if not runs:
            return None
        middle = {
            field: statistics.median(getattr(run, field) for run in runs)
            for field in ("rps", "p50", "p99", "app_micros", "database_micros")
        }
        return Run(**middle, foreign_cores=max(run.foreign_cores for run in runs))

    def ratios(self, ours: str, theirs: str) -> tuple[float, float] | None:
        """The middle of the ratios of two cases within one round, of the cleanest rounds: of their
        rates, and of their processor times (the load's own left out), above 1 where ours is better.
        """
        pairs = [(each[ours], each[theirs]) for each in self.runs if {ours, theirs} <= set(each)]
        pairs.sort(key=lambda pair: max(run.foreign_cores for run in pair))
        if not pairs:
            return None
        counted = pairs[:WANTED]
        return (
            statistics.median(our.rps / their.rps for our, their in counted),
            statistics.median(their.cpu_micros / our.cpu_micros for our, their in counted),
        )

    def is_clean(self) -> bool:
        """Whether every case has WANTED clean runs."""
        names = {name for each in self.runs for name in each}
        return all(
            len(runs) == WANTED and all(run.is_clean for run in runs)
            for runs in map(self.of, names)
        )


def run_rounds(cases: Sequence[Case]) -> Rounds:
    """Run all cases in turn, again and again, until three of each were clean or time is up."""
    found = Rounds()
    while len(found.runs) < ROUNDS_MAX and not (found.runs and found.is_clean()):
        found.runs.append({})
        for case in cases:
            try:
                run = found.runs[-1][case.name] = case.run()
                line = told(run)
            except NotMeasured as reason:
                line = f"not measured ({reason})"
            print(f"  {len(found.runs)} {case.name}: {line}", flush=True)
    return found


def told(run: Run) -> str:
    """A run as a line of text."""
    p99 = "" if run.p99 != run.p99 else f", p99 {run.p99:.1f} ms"
    used = f"{run.app_micros:.0f} + {run.database_micros:.0f} us"
    foreign = f"strangers {run.foreign_cores:.2f} cores"
    return f"{run.rps:,.0f}/s, p50 {run.p50:.1f} ms{p99}, {used}, {foreign}"
