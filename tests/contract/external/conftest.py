"""An operator on the whole application."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lanhouse.app import create_app
from lanhouse.db.store import Store
from lanhouse.settings import AppSettings
from tests.builders.agents import External, Operator, open_operator
from tests.builders.client import Client
from tests.builders.secrets import VAULT


@pytest.fixture
def operator(sqlite_store: Store) -> Operator:
    """A transfer agent with EUR, JPY and KWD on SQLite."""
    return open_operator(sqlite_store)


@pytest.fixture
def web(operator: Operator, tmp_path: Path) -> Iterator[Client]:
    """The application over the operator's store, without a key."""
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0, public_url="http://testserver")
    with Client(create_app(settings, operator.store, vault=VAULT, with_ticker=False)) as opened:
        yield opened


@pytest.fixture
def external(web: Client, operator: Operator) -> External:
    """The External API as the operator calls it."""
    return External(web, operator.key)
