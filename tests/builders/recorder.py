"""Notes which calls the contract tests really made, and fails a whole run that left one out.

A call counts when a behaviour test itself (not its fixtures, not what walks over all routes) sent
it and its handler answered: method and template of the route, wherever in whichever process the
test ran. Only who has seen all tests can judge, so the verdict comes after the last one, as
a failure of tests/contract/test_documented.py; a run of less judges nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

from lanhouse.app import all_routes
from lanhouse.cafe.documented import NOT_BUILT
from lanhouse.web.dispatch import Endpoint, Receive
from lanhouse.web.replies import Reply
from lanhouse.web.request import Request
from lanhouse.web.routes import Route

CONTRACT = Path(__file__).parents[1] / "contract"
GENERIC = frozenset(
    {"test_documented.py", "test_every_body.py", "test_every_route.py", "test_schemathesis.py"}
)
"""Files that call every route there is, whatever it does."""
_VERDICT = "tests/contract/test_documented.py::test_every_built_call_has_a_behaviour_test"
_SENT = "calls_of_behaviour_tests"


def is_behaviour_test(current: str) -> bool:
    """Whether PYTEST_CURRENT_TEST names the body of a contract test of some behaviour."""
    file, _, rest = current.partition("::")
    folders, _, name = file.rpartition("/")
    is_contract = f"{folders}/".startswith("tests/contract/")
    return is_contract and name not in GENERIC and rest.endswith(" (call)")


def note_answered_calls(answered: set[tuple[str, str]]) -> Callable[[], None]:
    """Have every application of this process note (method, template) of what a behaviour test
    called and a handler answered; the answer undoes it."""
    run = Endpoint._run

    async def noted(self: Endpoint, route: Route, request: Request, receive: Receive) -> Reply:
        def note() -> None:
            if is_behaviour_test(os.environ.get("PYTEST_CURRENT_TEST", "")):
                answered.add((route.method, route.path))

        reply = await run(self, route, request, receive)
        note()
        return reply

    def undo() -> None:
        Endpoint._run = run

    Endpoint._run = noted
    return undo


def covers_the_contract(args: Iterable[str], root: Path) -> bool:
    """Whether the paths of a run take in all of tests/contract."""
    return any((root / arg).resolve() in (CONTRACT, *CONTRACT.parents) for arg in args)


_ONLY_REFUSES = frozenset({"POST /api/v2/cafe/{cafe_id}/pcSessions/sendWssCommand"})
"""What checks all that it is given and then has nobody to send it to: no seat connects yet."""


def built_calls() -> list[Route]:
    """The calls of all APIs that are built, and answer."""
    apis = ("cafe", "external", "provider", "native")
    found = [r for r in all_routes() if r.surface in apis and r.summary != NOT_BUILT]
    return [r for r in found if r.id not in _ONLY_REFUSES]


class Recorder:
    """The pytest plugin: collects per process, is gathered by the controller, then judges."""

    def __init__(self, config: pytest.Config, wanted: Callable[[], Iterable[Route]]) -> None:
        self._config = config
        self._wanted = wanted
        self.answered: set[tuple[str, str]] = set()
        is_partial = config.getoption("lf", default=False) or config.getoption("collectonly")
        takes_in_all = covers_the_contract(config.args, config.invocation_params.dir)
        self.is_whole = takes_in_all and not is_partial
        self._undo = note_answered_calls(self.answered)

    def pytest_unconfigure(self) -> None:
        """Leave the product as it was."""
        self._undo()

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """A contract test that was left out might be the one that calls."""
        if any(CONTRACT in item.path.parents for item in items):
            self.is_whole = False

    def pytest_sessionfinish(self) -> None:
        """A worker hands over what it has seen."""
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_SENT] = (self.is_whole, sorted(self.answered))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """The controller takes it; a worker that died has seen an unknown rest."""
        is_whole, answered = getattr(node, "workeroutput", {}).get(_SENT, (False, []))
        self.is_whole = self.is_whole and is_whole
        self.answered.update((method, path) for method, path in answered)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """After the last test, in the process that reports: one failure per call left out."""
        done = yield
        if self.is_whole and not hasattr(self._config, "workerinput"):
            for route in self._wanted():
                if (route.method, route.path) not in self.answered:
                    self._config.hook.pytest_runtest_logreport(report=_failure(route))
        return done


def _failure(route: Route) -> pytest.TestReport:
    return pytest.TestReport(
        nodeid=f"{_VERDICT}[{route.surface} {route.id}]",
        location=(_VERDICT.partition("::")[0], None, "test_every_built_call_has_a_behaviour_test"),
        keywords={},
        outcome="failed",
        longrepr=f"no behaviour test of tests/contract had an answer from {route.id}",
        when="call",
    )
