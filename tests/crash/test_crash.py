"""Twenty rounds in the test suite, 200 in the long one; `make crash N=1000` runs any number."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders.effort import SEED, effort
from tests.crash.harness import Harness
from tests.crash.server import Server

ROUNDS = effort(20, 200)


@pytest.mark.long
@pytest.mark.crash
def test_nothing_acknowledged_is_lost_and_nothing_is_applied_twice(tmp_path: Path) -> None:
    summary = Harness(Server(tmp_path / "data"), seed=20261121 + SEED - 1).run(ROUNDS)

    assert summary.rounds == ROUNDS
    # A run that hardly did anything would prove nothing.
    assert set(summary.acknowledged) == {"topup", "deposit", "spin"}
    assert min(summary.acknowledged.values()) >= ROUNDS
    assert summary.in_doubt >= ROUNDS


@pytest.mark.crash
def test_a_stop_under_load_takes_five_seconds_at_most_and_loses_nothing(tmp_path: Path) -> None:
    """Server.stop() fails when the process is not gone after 5 s or ends with an error."""
    summary = Harness(Server(tmp_path / "data"), seed=7, is_gentle=True).run(3)

    assert summary.rounds == 3
    assert set(summary.acknowledged) == {"topup", "deposit", "spin"}
