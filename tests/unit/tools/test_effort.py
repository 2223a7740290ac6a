"""How far the long tests go, and that the parts of a long run are chosen by the seed alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import effort
from tests.builders.effort import is_in_part

ROOT = Path(__file__).parents[3]
TESTS = [f"tests/unit/test_x.py::test_x[{number}]" for number in range(1000)]


def test_a_part_is_about_that_part_and_another_with_another_seed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert all(is_in_part(test, 1) for test in TESTS)
    first = [test for test in TESTS if is_in_part(test, 10)]
    assert 70 < len(first) < 130
    assert first == [test for test in TESTS if is_in_part(test, 10)]
    monkeypatch.setattr(effort, "SEED", effort.SEED + 1)
    assert first != [test for test in TESTS if is_in_part(test, 10)]


def test_a_plain_run_goes_the_short_way_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort, "IS_LONG", False)
    assert effort.effort(12, 120) == 12
    assert effort.seeds(3, 30) == [1, 2, 3]
    monkeypatch.setattr(effort, "IS_LONG", True)
    monkeypatch.setattr(effort, "SEED", 7)
    assert effort.effort(12, 120) == 120
    assert effort.seeds(3, 30) == list(range(7_000_001, 7_000_031))


def test_a_long_run_tells_its_seed_and_takes_what_can_go_on() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "long"]
    done = subprocess.run(
        [*command, "tests/unit/pricing", "tests/ledger/test_machine.py"],
        cwd=ROOT,
        env=os.environ | {"LANHOUSE_TEST_LONG": "1", "LANHOUSE_TEST_SEED": "42"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "LANHOUSE_TEST_SEED=42" in done.stdout
    assert "test_price_properties.py::" in done.stdout
    assert "test_machine.py::TestLedgerMachine" in done.stdout
    assert "test_price_rules.py" not in done.stdout
