"""Clearing the demo from the panel: who may, what is asked, what is refused, who goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from lanhouse.app import create_app
from lanhouse.cafe.centers.demo import CAFE_ID
from lanhouse.cafe.centers.queries import open_centers
from lanhouse.cafe.centers.queries.demo_hall import WHOLE
from lanhouse.db.audit import audit_log
from lanhouse.db.store import Read, Store
from lanhouse.demo import panel
from lanhouse.ledger.verify import verify_ledger
from lanhouse.settings import AppSettings
from tests.builders.centers import PASSWORD
from tests.builders.client import Client
from tests.builders.floor import Floor, open_floor
from tests.builders.secrets import VAULT
from tests.contract.pages.test_demo_hall import mark
from tests.contract.pages.test_pages import Desk, text_of

PATH = "/panel/demo/clear"
TOLD = "This is a demo hall"


class House:
    """A small hall with the mark of a demo, served, and whoever works in it."""

    def __init__(self, client: Client, floor: Floor, folder: Path) -> None:
        self.client, self.store, self.folder = client, floor.store, folder
        self.api_key = floor.hall.api_key

    def sign_in(self, role: str) -> Desk:
        return Desk(self.client, f"{role}7777", "hall7777")

    @property
    def open_numbers(self) -> list[int]:
        return [center.id for center in self.store.read_sync(open_centers)]

    @property
    def backups(self) -> list[Path]:
        return [*self.folder.glob("before-clearing-*.backup")]


@pytest.fixture
def house(store: Store, tmp_path: Path) -> Iterator[House]:
    floor = open_floor(store, pcs_count=2, price_cents=300)
    mark(floor, WHOLE)
    url = store.url if store.url.startswith("postgresql") else ""
    settings = AppSettings(data_dir=tmp_path, database_url=url, api_rate_per_minute=0)
    with Client(create_app(settings, store, vault=VAULT, with_ticker=False)) as client:
        yield House(client, floor, tmp_path)


def test_the_settings_stay_and_who_is_signed_in_goes_on(house: House) -> None:
    admin, cashier = house.sign_in("admin"), house.sign_in("staff")
    before = admin.get("/panel/computers").text
    assert TOLD in before
    assert PATH in before
    assert PATH not in cashier.get("/panel/computers").text
    asked = text_of(admin.get(PATH))
    assert "What stays" in asked
    assert "What goes" in asked

    done = admin.post(PATH, {"own_password": PASSWORD})

    assert done.status_code == 200, done.text
    assert "Your settings are those of centre 1 now" in text_of(done)
    (backup,) = house.backups
    assert backup.name in done.text
    assert backup.stat().st_size > 0
    assert house.open_numbers == [1]
    assert house.store.read_sync(verify_ledger, None).problem is None
    # The same browsers, with the tokens of their open pages, are in the new centre.
    for desk in (admin, cashier):
        page = desk.get("/panel/computers")
        assert page.status_code == 200
        assert TOLD not in page.text
        assert "PC01" in page.text
    saved = admin.post("/panel/first-start/hide", {})
    assert saved.status_code == 200
    rows = house.store.read_sync(_audit, 1)
    assert ("staff", f"POST {PATH}") in rows
    assert ("staff", "POST /panel/first-start/hide") in rows
    # Members, programs and PCs of the demo are out, and sign in by the old name as before.
    key = {"Authorization": f"Bearer {house.api_key}"}
    for center in (CAFE_ID, 1):
        answer = house.client.raw("GET", f"/api/v2/cafe/{center}/pcs", headers=key)
        assert answer.json()["code"] == 401
    assert TOLD not in house.sign_in("manager").get("/panel/computers").text


def _audit(read: Read, center: int) -> set[tuple[str, str]]:
    query = sa.select(audit_log.c.actor_kind, audit_log.c.call)
    return {tuple(row) for row in read.all(query.where(audit_log.c.center_id == center))}


def test_only_who_knows_the_password_and_may(house: House) -> None:
    admin = house.sign_in("admin")
    wrong = admin.post(PATH, {"own_password": "somebody else's"})
    assert wrong.status_code >= 400
    assert 'id="own_password-more"' in wrong.text
    assert admin.post(PATH, {}).status_code >= 400
    manager = house.sign_in("manager")
    assert manager.get(PATH).status_code == 403
    assert manager.post(PATH, {"own_password": PASSWORD}).status_code == 403
    assert house.open_numbers == [CAFE_ID]
    assert house.backups == []


def test_a_refusal_says_why_and_asks_for_nothing(house: House) -> None:
    admin = house.sign_in("admin")
    assert admin.post("/panel/settings/api/create", {"allowed_ips": "127.0.0.1"}).status_code == 200
    for answer in (admin.get(PATH), admin.post(PATH, {"own_password": PASSWORD})):
        assert answer.status_code == 422
        assert (
            "Somebody made an API key: a program may rely on what is there. Nothing was changed."
            in text_of(answer)
        )
        assert "own_password" not in answer.text
    assert house.open_numbers == [CAFE_ID]
    assert house.backups == []


def test_without_its_backup_nothing_is_cleared(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(panel, "write_backup", full)
    admin = house.sign_in("admin")
    answer = admin.post(PATH, {"own_password": PASSWORD})
    assert answer.status_code == 422
    assert "No space left on device" in text_of(answer)
    assert house.open_numbers == [CAFE_ID]
    monkeypatch.undo()
    assert admin.post(PATH, {"own_password": PASSWORD}).status_code == 200


def test_two_presses_at_once_clear_once(house: House) -> None:
    first, second = house.sign_in("admin"), house.sign_in("admin")
    for desk in (first, second):
        desk.post("/panel/settings/none", {})  # has its form's token now

    async def press(desk: Desk) -> httpx.Response:
        headers = {"Cookie": desk.cookie, "X-CSRF-Token": desk.csrf, "HX-Request": "true"}
        return await house.client.send(
            "POST", PATH, data={"own_password": PASSWORD}, headers=headers
        )

    async def both() -> list[httpx.Response]:
        return await asyncio.gather(press(first), press(second))

    done = house.client.run(both())
    assert sorted(answer.status_code for answer in done) == [200, 422]
    assert house.open_numbers == [1]
    assert len(house.backups) == 1
    late = second.post(PATH, {"own_password": PASSWORD})
    assert late.status_code == 422
    assert "is no demo hall" in text_of(late)
    assert house.open_numbers == [1]
    assert len(house.backups) == 1
