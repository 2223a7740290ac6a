"""The command line is tried on a database as an operator has it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.builders.databases import durable_postgres


@pytest.fixture(autouse=True, scope="module")
def _durable() -> Iterator[None]:
    """`doctor` looks at settings that make other tests quicker."""
    if not os.environ.get("LANHOUSE_TEST_POSTGRES_URL"):
        yield
        return
    with durable_postgres():
        yield
