"""A demo hall says that it is one, and to whom the settings are his how to begin in earnest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lanhouse.app import create_app
from lanhouse.cafe.centers.commands.closing import close_center
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.queries.demo_hall import WHOLE, mark_of
from lanhouse.db.store import Store
from lanhouse.ledger import book_of_center
from lanhouse.ledger.answers import Keyed, hash_input, run_once
from lanhouse.settings import AppSettings
from tests.builders.centers import PASSWORD
from tests.builders.client import Client
from tests.builders.floor import Floor, open_floor
from tests.contract.pages.test_pages import Desk

TOLD, COMMAND = "This is a demo hall", "/panel/demo/clear"


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=1, price_cents=300)


@pytest.fixture
def client(floor: Floor, tmp_path: Path) -> Iterator[Client]:
    app = create_app(AppSettings(data_dir=tmp_path), floor.store, with_ticker=False)
    with Client(app) as opened:
        yield opened


def mark(floor: Floor, step: str) -> None:
    """Leave the mark of a step of filling the demo."""
    keyed = Keyed(
        book_id=book_of_center(7777),
        key=mark_of(step),
        input_hash=hash_input(step),
        command=lambda tx, _: None,
        arg=None,
        encode=lambda _: b"",
    )
    floor.run(run_once, keyed)


def test_only_a_finished_demo_hall_says_so(client: Client, floor: Floor) -> None:
    admin = Desk(client, "admin7777")
    assert TOLD not in admin.get("/panel/computers").text
    mark(floor, "cafe.centers")
    assert TOLD not in admin.get("/panel/computers").text
    mark(floor, WHOLE)
    page = admin.get("/panel/computers").text
    assert (page.count(TOLD), page.count(COMMAND)) == (1, 1)
    page = Desk(client, "staff7777").get("/panel/computers").text
    assert (page.count(TOLD), page.count(COMMAND)) == (1, 0)


def test_no_way_leads_into_a_closed_centre(client: Client, floor: Floor) -> None:
    """Its number, its old name and its new one, its portal, its key, a sign-in of before."""
    center = floor.store.read_sync(center_by_id, 7777)
    assert center is not None
    form = {"account": "admin7777", "password": PASSWORD}
    key = {"Authorization": f"Bearer {floor.hall.api_key}"}
    desk = Desk(client, "admin7777")

    def ways() -> list[int]:
        names = ("7777", center.license_name, "closed-7777")
        signed_in = [
            client.raw("POST", "/panel/sign-in", data={**form, "center": n}) for n in names
        ]
        portals = [client.raw("GET", f"/portal/{name}") for name in names[1:]]
        pcs = client.raw("GET", "/api/v2/cafe/7777/pcs", headers=key).json()["code"]
        page = desk.get("/panel/computers")
        return [*(answer.status_code for answer in (*signed_in, *portals, page)), pcs]

    assert ways() == [303, 303, 401, 200, 404, 200, 200]
    client.run(floor.store.write(close_center, 7777))
    assert ways() == [401, 401, 401, 404, 404, 303, 401]
