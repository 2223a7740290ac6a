"""Where from and when a shift is opened or received, and the second factor of who receives it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.shifts.tables import shifts
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.kit import clock
from tests.builders.centers import PASSWORD, Hall
from tests.builders.client import Client
from tests.builders.floor import Floor
from tests.builders.people import bearer_of
from tests.contract.pages.test_pages import Desk, text_of
from tests.contract.staff.test_second_factor import Phone, set_up

BASE = "/api/native/v1"


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Phone:
    return Phone(monkeypatch)


def id_of(floor: Floor, role: str) -> int:
    row = floor.store.read_sync(staff_by_account, 7777, f"{role}7777")
    assert row is not None
    return row.id


def limit(client: Client, floor: Floor, role: str, **limits: str) -> None:
    path = f"{BASE}/staff/{id_of(floor, role)}"
    answer = client.raw("PUT", path, json=limits)
    assert answer.status_code == 200, answer.text


def open_shifts(floor: Floor) -> int:
    return floor.store.read_sync(
        lambda read: read.scalar(
            sa.select(sa.func.count()).select_from(shifts).where(shifts.c.closed_at.is_(None))
        )
    )


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"allowed_ips": "10.9.9.9"}, "You may not work from this address."),
        ({"hours": "18:00-20:00"}, "You may begin to work from 18:00 to 20:00 only."),
    ],
)
def test_limits_hold_for_who_is_signed_in_already(
    client: Client, floor: Floor, freeze: clock.frozen, limits: dict[str, str], reason: str
) -> None:
    staff, desk = bearer_of(floor.hall, "staff"), Desk(client, "staff7777")
    till = floor.add_till()
    limit(client, floor, "staff", **limits)
    opening = {"till_id": till, "float": "10"}
    refused = client.raw("POST", f"{BASE}/shifts", json=opening, key=staff)
    assert (refused.status_code, refused.json()["error"]["message"]) == (403, reason)
    page = desk.post("/panel/shift/open", opening)
    assert (page.status_code, reason in text_of(page)) == (403, True)
    assert open_shifts(floor) == 0
    limit(client, floor, "staff", allowed_ips="", hours="")
    opened = client.raw("POST", f"{BASE}/shifts", json=opening, key=staff)
    assert opened.status_code == 200, opened.text
    # A shift that runs may finish, whatever the limits say by then.
    limit(client, floor, "staff", **limits)
    path = f"{BASE}/shifts/{opened.json()['shift_id']}"
    for act, body in (("counts", {"counted": "10"}), ("close", {"left": "0"})):
        done = client.raw("POST", f"{path}/{act}", json=body, key=staff)
        assert done.status_code == 200, done.text
    assert open_shifts(floor) == 0


def test_the_hours_of_the_house_bind_all_but_admins(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    staff, admin = (bearer_of(floor.hall, role) for role in ("staff", "admin"))
    tills = [floor.add_till(name) for name in ("Till 1", "Till 2")]
    body = {"staff_access_range": "18:00-20:00"}
    client.ok("PUT", "/configs/centerSettings", json=body)
    refused = client.raw(
        "POST", f"{BASE}/shifts", json={"till_id": tills[0], "float": "0"}, key=staff
    )
    assert refused.status_code == 403
    opened = client.raw(
        "POST", f"{BASE}/shifts", json={"till_id": tills[1], "float": "0"}, key=admin
    )
    assert opened.status_code == 200, opened.text


class TestSecondFactorAtAHandOver:
    @pytest.fixture
    def path(self, client: Client, floor: Floor) -> str:
        actor = floor.person(id_of(floor, "staff"), "staff7777")
        shift = floor.open_shift(actor, floor.add_till())
        floor.count(actor, shift, 0)
        return f"/shifts/{shift}"

    def body(self, **more: Any) -> dict[str, Any]:
        return {"left": "0", "next_account": "manager7777", "next_password": PASSWORD, **more}

    def test_the_receiver_proves_both(
        self, client: Client, floor: Floor, phone: Phone, path: str
    ) -> None:
        staff, manager = (bearer_of(floor.hall, role) for role in ("staff", "manager"))
        set_up(client, phone, manager)
        url = f"{BASE}{path}/hand-over"
        without = client.raw("POST", url, json=self.body(), key=staff)
        assert (without.status_code, without.json()["error"]["code"]) == (401, "CODE_NEEDED")
        wrong = client.raw("POST", url, json=self.body(next_code="000000"), key=staff)
        assert wrong.status_code == 401
        assert open_shifts(floor) == 1
        code = phone.code()
        done = client.raw("POST", url, json=self.body(next_code=code), key=staff)
        assert (done.status_code, done.json()["z_number"]) == (200, 1)
        row = floor.store.read_sync(
            lambda read: read.one(sa.select(shifts).where(shifts.c.closed_at.is_(None)))
        )
        assert row is not None
        assert row.staff_name == "manager7777"
        # The code is used up: no sign-in with it.
        login = {"cafe_id": 7777, "account": "manager7777", "password": PASSWORD, "code": code}
        again = client.raw("POST", f"{BASE}/auth/staff-login", key="", json=login)
        assert again.status_code == 401

    def test_the_page_asks_for_it(
        self, client: Client, floor: Floor, phone: Phone, path: str
    ) -> None:
        manager = bearer_of(floor.hall, "manager")
        desk = Desk(client, "staff7777")
        assert "Code of the next cashier" not in text_of(desk.get(f"/panel{path}"))
        set_up(client, phone, manager)
        assert "Code of the next cashier" in text_of(desk.get(f"/panel{path}"))
        refused = desk.post(f"/panel{path}/close", self.body())
        assert "A code of the second factor is needed." in text_of(refused)
        assert open_shifts(floor) == 1
        form = {**self.body(next_code=phone.code()), "key": "once"}
        for _ in range(2):  # the same form sent twice hands over once
            done = desk.post(f"/panel{path}/close", form)
            assert done.headers["hx-redirect"] == f"/panel{path}?done=handed"
        assert open_shifts(floor) == 1
