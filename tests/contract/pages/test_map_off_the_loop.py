"""The map is made in a reader's thread, and once for all desks that have seen the same."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lanhouse.app import create_app
from lanhouse.cafe.desk.pages import computers
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from lanhouse.web.render import View, render
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.contract.pages.test_pages import Desk

MAP = "/panel/computers/map"


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    assert freeze is not None
    return open_floor(store, pcs_count=2, price_cents=300)


@pytest.fixture
def client(floor: Floor, tmp_path: Path) -> Iterator[Client]:
    app = create_app(AppSettings(data_dir=tmp_path), floor.store, with_ticker=False)
    with Client(app) as opened:
        yield opened


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[View]:
    """The readers for whom a map was made; making one on the event loop fails."""
    views: list[View] = []

    def watched(template: str, view: View, **context: Any) -> str:
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()
        views.append(view)
        return render(template, view, **context)

    monkeypatch.setattr(computers, "render", watched)
    return views


@pytest.mark.usefixtures("made")
def test_two_desks_get_the_same_bytes(client: Client, floor: Floor) -> None:
    floor.guest("prepaid", "PC01", paid_micros=3 * EURO)
    first, second = (Desk(client, floor.hall.staff[role]) for role in ("staff", "staff"))
    seen = [desk.get(MAP) for desk in (first, second)]
    assert seen[0].text == seen[1].text
    assert "PC01" in seen[0].text
    floor.check_out("PC01")
    assert first.get(MAP).text != seen[0].text


def test_nothing_of_a_reader_is_in_what_others_get(
    client: Client, floor: Floor, made: list[View]
) -> None:
    for role in ("staff", "manager"):
        Desk(client, floor.hall.staff[role]).get(MAP)
    all_see = frozenset({"members.view", "sessions.start"})
    assert [view.rights for view in made] == [all_see, all_see | {"clock.accept"}]
    assert {(view.reader_name, view.csrf_token, view.path, view.role) for view in made} == {
        ("", "", "/", "")
    }


def test_the_moment_comes_beside_the_bytes(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    """They may be a second old; the browser's count-down goes by the moment of the answer."""
    desk = Desk(client, floor.hall.staff["staff"])
    early = desk.get(MAP)
    freeze.advance(0.4)
    late = desk.get(MAP)
    assert early.text == late.text
    assert int(late.headers["lh-now"]) - int(early.headers["lh-now"]) == 400
