"""The recorder of the contract tests: what counts as called, and when it judges."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lanhouse.web.routes import Route
from tests.builders.client import Client
from tests.builders.recorder import (
    Recorder,
    built_calls,
    covers_the_contract,
    is_behaviour_test,
    note_answered_calls,
)

ROOT = Path(__file__).parents[2]
HERE = "tests/contract/groups/test_groups_api.py::test_x (call)"
STAFFS = ("GET", "/api/v2/cafe/{cafe_id}/staffs")


@pytest.mark.parametrize(
    ("current", "counts"),
    [
        (HERE, True),
        ("tests/contract/test_wire.py::test_x[GET /a::b] (call)", True),
        ("tests/contract/groups/test_groups_api.py::test_x (setup)", False),
        ("tests/contract/test_every_route.py::test_x (call)", False),
        ("tests/contract/test_schemathesis.py::test_x (call)", False),
        ("tests/integration/test_x.py::test_x (call)", False),
        ("", False),
    ],
)
def test_only_the_body_of_a_contract_test_counts(current: str, counts: bool) -> None:
    assert is_behaviour_test(current) is counts


@pytest.mark.parametrize(
    ("args", "is_whole"),
    [
        (["tests"], True),
        (["."], True),
        (["tests/unit", "tests/contract"], True),
        (["tests/contract/groups"], False),
        (["tests/contract/test_wire.py"], False),
        (["tests/unit"], False),
    ],
)
def test_less_than_all_contract_tests_judge_nothing(args: list[str], is_whole: bool) -> None:
    assert covers_the_contract(args, ROOT) is is_whole


def test_a_call_counts_by_method_and_template_once_it_is_answered(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered: set[tuple[str, str]] = set()
    undo = note_answered_calls(answered)
    client.ok("GET", "/staffs")
    assert not answered  # no contract test
    monkeypatch.setenv("PYTEST_CURRENT_TEST", HERE)
    client.refused("GET", "/staffs", key="")
    client.refused("GET", "/members/4711")
    assert not answered  # refused is not answered
    client.ok("GET", "/staffs")
    assert answered == {STAFFS}
    undo()
    client.ok("GET", "/pcGroups")
    assert answered == {STAFFS}


def recorder(*args: str, **more: Any) -> tuple[Recorder, list[pytest.TestReport]]:
    """A recorder of a run with these paths, and what it reports."""
    told: list[pytest.TestReport] = []
    hook = SimpleNamespace(pytest_runtest_logreport=lambda report: told.append(report))
    config: Any = SimpleNamespace(
        args=args,
        invocation_params=SimpleNamespace(dir=ROOT),
        getoption=lambda name, default=None: more.get(name, default),
        hook=hook,
    )
    made = Recorder(config, built_calls)
    made.pytest_unconfigure()
    return made, told


def end_of(run: Recorder) -> None:
    """The run's loop ends."""
    loop = run.pytest_runtestloop()
    next(loop)
    with pytest.raises(StopIteration):
        loop.send(True)


def called(routes: list[Route]) -> list[tuple[str, str]]:
    """As a worker hands them over."""
    return [(route.method, route.path) for route in routes]


def worker(is_whole: bool, routes: list[Route]) -> Any:
    """A process of the run that has ended."""
    output = {"calls_of_behaviour_tests": (is_whole, called(routes))}
    return SimpleNamespace(workeroutput=output)


def test_a_whole_run_fails_for_each_call_that_no_worker_has_seen() -> None:
    run, told = recorder("tests")
    *seen, left_out = built_calls()
    run.pytest_testnodedown(worker(True, seen[::2]))
    run.pytest_testnodedown(worker(True, seen[1::2]))
    end_of(run)
    (failure,) = told
    assert failure.outcome == "failed"
    assert failure.nodeid.startswith("tests/contract/test_documented.py::")
    assert left_out.id in str(failure.longrepr)


def test_nothing_is_judged_when_a_worker_died_or_left_tests_out() -> None:
    for node in (SimpleNamespace(), worker(False, [])):
        run, told = recorder("tests")
        run.pytest_testnodedown(worker(True, []))
        run.pytest_testnodedown(node)
        end_of(run)
        assert told == []
    for options in ({"lf": True}, {"collectonly": True}):
        run, told = recorder("tests", **options)
        end_of(run)
        assert told == []
