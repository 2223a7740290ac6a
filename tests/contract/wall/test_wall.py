"""The wall screen: off until it is switched on, names nobody, costs nothing however many watch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lanhouse.app import create_app
from lanhouse.cafe.events.commands import EventChange, create_event
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.secrets import VAULT
from tests.contract.pages.test_pages import text_of


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=4)


@pytest.fixture
def client(floor: Floor, tmp_path: Path) -> Iterator[Client]:
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0)
    with Client(create_app(settings, floor.store, vault=VAULT, with_ticker=False)) as opened:
        yield opened


def test_nothing_is_public_by_itself(client: Client, floor: Floor) -> None:
    path = f"/wall/{floor.center.license_name}"
    off, unknown = (client.raw("GET", each) for each in (path, "/wall/nothing"))
    assert (off.status_code, unknown.status_code) == (404, 404)
    floor.set(wall_screen=True)
    assert client.raw("GET", path).status_code == 200


def test_it_shows_free_seats_and_events_and_no_names(client: Client, floor: Floor) -> None:
    floor.set(wall_screen=True, open_time_start="10:00", open_time_end="10:00")
    ada = floor.add_member("secretname", balance=10 * EURO)
    floor.member(ada, "PC01")
    values = {
        "name": "Cup <i>",
        "game_code": "cs",
        "starts_at": clock.now() + timedelta(hours=1),
        "ends_at": clock.now() + timedelta(hours=3),
    }
    floor.run(create_event, EventChange(floor.center, None, values))
    page = client.raw("GET", f"/wall/{floor.center.license_name}?theme=light")
    words = text_of(page)
    assert "3 free of 4 seats" in words
    assert "Cup <i>" in words
    assert "Cup <i>" not in page.text
    assert "always open" in words
    assert "secretname" not in page.text
    assert "PC01" not in page.text
    assert 'data-theme="light"' in page.text
    assert page.headers["cache-control"] == "no-store"


def test_many_watchers_are_one_look(
    client: Client, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor.set(wall_screen=True)
    reads = 0
    read = floor.store.read

    async def counted(*args: Any, **more: Any) -> Any:
        nonlocal reads
        reads += 1
        return await read(*args, **more)

    monkeypatch.setattr(floor.store, "read", counted)
    answers = {client.raw("GET", f"/wall/{floor.center.license_name}").content for _ in range(20)}
    assert (len(answers), reads) == (1, 1)
