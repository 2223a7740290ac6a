"""A platform on a socket, a studio on another, and an operator with players."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from lanhouse.db.store import Store
from lanhouse.ledger.verify import verify_ledger
from tests.builders.agents import Operator, open_operator
from tests.builders.studio import Port, Studio, enter_studio, open_studio, served


@pytest.fixture
def studio() -> Iterator[Studio]:
    """A studio that answers well."""
    with open_studio() as opened:
        yield opened


@pytest.fixture
def operator(store: Store) -> Operator:
    """A transfer agent with EUR, JPY and KWD."""
    return open_operator(store)


@pytest.fixture
def port(operator: Operator, studio: Studio, tmp_path: Path) -> Iterator[Port]:
    """The studio's way to the platform, which has fetched its games."""
    enter_studio(operator, studio.url)
    with served(operator.store, tmp_path) as base, httpx.Client(timeout=20) as http:
        yield Port(base, http, operator.key)
        report = operator.store.read_sync(verify_ledger, None)
        assert report.problem is None, report.problem
