"""Points by hand and the code for friends, on the card of a member."""

from __future__ import annotations

import pytest

from lanhouse.cafe.members.queries import purse_of
from lanhouse.db.store import Store
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.phone import HOME, Phone
from tests.contract.pages.test_pages import Desk, text_of


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=1)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def points_of(floor: Floor, member_id: int) -> int:
    return floor.store.read_sync(purse_of, floor.center, member_id).point_micros


def test_points_are_given_and_taken_with_a_reason(client: Client, floor: Floor) -> None:
    eva = floor.add_member("eva")
    card = f"/panel/members/{eva}"
    admin = Desk(client, floor.hall.staff["admin"])
    form = {"points": "12,5", "points_way": "give", "points_reason": "lost card", "key": "a"}
    nameless = admin.post(f"{card}/points", form | {"points_reason": " "})
    assert nameless.status_code == 400
    assert points_of(floor, eva) == 0
    for _ in range(2):  # the same form twice
        done = admin.post(f"{card}/points", form)
        assert done.headers["hx-redirect"] == f"{card}?done=saved", text_of(done)
    assert points_of(floor, eva) == 12_500_000
    for wrong in ({"points": "-1"}, {"points": "0"}, {"points": "x"}, {"points_way": "lend"}):
        assert admin.post(f"{card}/points", form | {"key": "b"} | wrong).status_code == 400
    took = form | {"points_way": "take", "points": "2.5", "key": "c"}
    assert admin.post(f"{card}/points", took).status_code == 200
    assert points_of(floor, eva) == 10 * EURO
    logs = client.ok("GET", "/billingLogs")["log_list"]
    assert "lost card" in str(logs)
    # Only who has the right.
    staff = Desk(client, floor.hall.staff["staff"])
    assert staff.post(f"{card}/points", form | {"key": "d"}).status_code == 403
    assert points_of(floor, eva) == 10 * EURO
    # Members see them where the house says so.
    phone = Phone(client, floor, eva)
    assert "Points" not in text_of(phone.get(f"{HOME}/account"))
    floor.set(point_enable=True, show_member_points=True)
    phone = Phone(client, floor, eva)
    assert "Points" in text_of(phone.get(f"{HOME}/account"))


def test_the_code_for_friends_is_made_once(client: Client, floor: Floor) -> None:
    eva = floor.add_member("eva")
    card = f"/panel/members/{eva}"
    admin = Desk(client, floor.hall.staff["admin"])
    assert "Make a code" in text_of(admin.get(card))
    for _ in range(2):
        assert admin.post(f"{card}/referral-code", {}).headers["hx-redirect"].startswith(card)
    code = client.raw("POST", f"/api/native/v1/members/{eva}/referral-code").json()["code"]
    assert code in text_of(admin.get(card))
