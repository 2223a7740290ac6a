"""Taking a till over by PIN: who may, what ends, how often one may try."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from lanhouse.auth.tables import tokens
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.staff.commands import NewStaff, create_staff
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.cafe.staff.tables import staff_pins
from lanhouse.db.audit import audit_log
from lanhouse.kit import clock
from tests.builders.centers import PASSWORD, Hall, open_hall, password_hash
from tests.builders.client import Client
from tests.builders.floor import Floor
from tests.contract.pages.test_pages import Desk, text_of

PIN = "2580"


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


@pytest.fixture
def ada(client: Client, floor: Floor) -> int:
    """A cashier with a PIN, who has opened a shift today; her id."""
    new = NewStaff(
        center_id=floor.hall.center_id, account="ada", password_hash=password_hash(), role="staff"
    )
    ada = floor.run(create_staff, new)
    floor.open_shift(floor.person(ada, "ada"), floor.add_till())
    set_pin(Desk(client, "ada"))
    return ada


def set_pin(desk: Desk, pin: str = PIN) -> None:
    saved = desk.post("/panel/account/pin", {"pin_password": PASSWORD, "pin": pin})
    assert saved.headers["hx-redirect"] == "/panel/account?saved=pin", text_of(saved)


def switch(desk: Desk, person: int, pin: str = PIN) -> httpx.Response:
    return desk.post("/panel/switch", {"person": person, "pin": pin})


def failures(floor: Floor, person: int) -> int:
    return floor.store.read_sync(
        lambda read: read.scalar(
            sa.select(staff_pins.c.failures).where(staff_pins.c.staff_id == person)
        )
    )


def reader_of(desk: Desk) -> str:
    page = desk.get("/panel/account")
    assert page.status_code == 200
    return page.text.partition('data-reader="')[2].partition('"')[0]


def test_the_session_changes_over(client: Client, floor: Floor, ada: int) -> None:
    desk = Desk(client, "staff7777")
    former = floor.store.read_sync(
        lambda read: read.one(sa.select(tokens).where(tokens.c.subject_id != ada))
    )
    assert "ada" in text_of(desk.get("/panel/switch"))
    done = switch(desk, ada)
    assert (done.status_code, done.headers["hx-redirect"]) == (200, "/panel/computers")
    assert done.headers["clear-site-data"] == '"cache"'
    cookies = done.headers.get_list("set-cookie")
    assert [each.partition("=")[0] for each in cookies] == ["lanhouse_staff"]
    assert "HttpOnly" in cookies[0]
    assert desk.get("/panel/account").status_code == 303, "the former session has ended"
    taken = Desk.__new__(Desk)
    taken._client, taken.cookie, taken.csrf = client, cookies[0].partition(";")[0], ""
    assert reader_of(taken) == "ada"
    # A PIN prolongs nothing: the new sign-in ends when the former would have.
    newest = floor.store.read_sync(
        lambda read: read.one(
            sa.select(tokens)
            .where(tokens.c.subject_id == ada)
            .order_by(tokens.c.created_at.desc())
            .limit(1)
        )
    )
    assert former is not None
    assert newest is not None
    assert timedelta(0) <= former.expires_at - newest.expires_at < timedelta(seconds=2)
    row = floor.store.read_sync(
        lambda read: read.one(
            sa.select(billing_logs).where(billing_logs.c.details.like("Took over%"))
        )
    )
    assert row is not None
    assert (row.staff_id, row.staff_name) == (ada, "ada")
    assert row.details.startswith("Took over from staff7777 by PIN at ")
    audited = floor.store.read_sync(
        lambda read: read.one(sa.select(audit_log).where(audit_log.c.call == "POST /panel/switch"))
    )
    assert audited is not None
    assert (audited.subject, audited.subject_id) == ("staff", ada)
    assert (audited.before, audited.after) == ({"signed_in": "staff7777"}, {"signed_in": "ada"})


def test_five_wrong_pins_leave_the_password_only(client: Client, floor: Floor, ada: int) -> None:
    desk = Desk(client, "staff7777")
    for left in (4, 3, 2, 1):
        wrong = switch(desk, ada, "9999")
        assert wrong.status_code == 400
        assert f"is wrong. Tries left: {left}" in text_of(wrong)
    assert "Now only the password counts." in text_of(switch(desk, ada, "9999"))
    assert failures(floor, ada) == 5
    locked = switch(desk, ada)
    assert (locked.status_code, "hx-redirect" in locked.headers) == (422, False)
    assert "Too many wrong PINs. Sign in with the password." in text_of(locked)
    assert reader_of(desk) == "staff7777"
    Desk(client, "ada")
    assert failures(floor, ada) == 0
    assert switch(desk, ada).headers["hx-redirect"] == "/panel/computers"


def test_a_right_pin_forgives_the_wrong_ones(client: Client, floor: Floor, ada: int) -> None:
    desk = Desk(client, "staff7777")
    switch(desk, ada, "9999")
    assert failures(floor, ada) == 1
    assert switch(desk, ada).status_code == 200
    assert failures(floor, ada) == 0


def test_without_a_shift_today_the_password_counts(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    mine = Desk(client, "staff7777")
    set_pin(mine)
    row = floor.store.read_sync(staff_by_account, 7777, "staff7777")
    assert row is not None
    me = floor.person(row.id, "staff7777")
    desk = Desk(client, "manager7777")
    refused = switch(desk, row.id)
    assert refused.status_code == 422
    assert "no shift today" in text_of(refused)
    assert failures(floor, row.id) == 0, "a PIN that does not count is not tried"
    shift = floor.open_shift(me, floor.add_till())
    floor.count(me, shift, 0)
    floor.close_shift(me, shift)
    assert "staff7777" in text_of(desk.get("/panel/switch"))
    freeze.advance(30 * 3600)
    desk = Desk(client, "manager7777")
    assert "no shift today" in text_of(switch(desk, row.id))


def test_no_pin_opens_a_right_above_staff(client: Client, floor: Floor, ada: int) -> None:
    manager = Desk(client, "manager7777")
    refused = manager.post("/panel/account/pin", {"pin_password": PASSWORD, "pin": PIN})
    assert refused.status_code == 422
    assert "no more than Staff" in text_of(refused)
    assert "New PIN" not in text_of(manager.get("/panel/account"))
    # Nor one that was set before the person got the right.
    right = client.raw(
        "PUT", f"/api/native/v1/staff/{ada}/rights", json={"granted": ["offers.edit"]}
    )
    assert right.status_code == 200
    assert "ada" not in text_of(manager.get("/panel/switch"))
    assert switch(manager, ada).status_code == 422
    assert reader_of(manager) == "manager7777"


def test_limits_hold_for_a_switch(client: Client, floor: Floor, ada: int) -> None:
    desk = Desk(client, "staff7777")
    path = f"/api/native/v1/staff/{ada}"
    assert client.raw("PUT", path, json={"allowed_ips": "10.9.9.9"}).status_code == 200
    refused = switch(desk, ada)
    assert (refused.status_code, failures(floor, ada)) == (403, 0)
    assert "You may not work from this address." in text_of(refused)


def test_a_new_password_ends_the_pin(client: Client, floor: Floor, ada: int) -> None:
    given = client.raw("POST", f"/api/native/v1/staff/{ada}/password", json={})
    assert given.status_code == 200, given.text
    assert switch(Desk(client, "staff7777"), ada).status_code == 422


@pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "1111", "3456", "8765", "١٢٣٤", ""])
def test_what_is_no_pin_is_refused(client: Client, floor: Floor, pin: str) -> None:
    desk = Desk(client, "staff7777")
    refused = desk.post("/panel/account/pin", {"pin_password": PASSWORD, "pin": pin})
    assert refused.status_code == 400
    assert floor.store.read_sync(lambda read: read.one(sa.select(staff_pins))) is None


def test_a_pin_is_set_with_the_password_and_taken_away(client: Client, floor: Floor) -> None:
    desk = Desk(client, "staff7777")
    wrong = desk.post("/panel/account/pin", {"pin_password": "not mine", "pin": PIN})
    assert (wrong.status_code, "is not your password" in text_of(wrong)) == (400, True)
    set_pin(desk)
    stored = floor.store.read_sync(lambda read: read.one(sa.select(staff_pins)))
    assert stored is not None
    assert stored.pin_hash.startswith("$argon2id$")
    off = desk.post("/panel/account/pin", {"pin_password": PASSWORD, "act": "off"})
    assert off.headers["hx-redirect"] == "/panel/account?saved=no_pin"
    assert floor.store.read_sync(lambda read: read.one(sa.select(staff_pins))) is None


def test_somebody_of_another_centre_is_nobody(client: Client, floor: Floor, ada: int) -> None:
    open_hall(floor.store, 7778)
    desk = Desk(client, "staff7778", center="7778")
    assert switch(desk, ada).status_code == 422
    assert failures(floor, ada) == 0


def test_where_everybody_is_locked_no_pin_is_asked_for(
    client: Client, floor: Floor, ada: int
) -> None:
    """Nor is somebody chosen who cannot take over, while another one can."""
    desk = Desk(client, "staff7777")
    assert 'name="pin"' in desk.get("/panel/switch").text
    for _ in range(5):
        switch(desk, ada, "9999")
    page = desk.get("/panel/switch").text
    assert ('name="pin"' in page, 'type="submit"' in page) == (False, False)
    assert "password only" in page
    new = NewStaff(
        center_id=floor.hall.center_id, account="zoe", password_hash=password_hash(), role="staff"
    )
    zoe = floor.run(create_staff, new)
    floor.open_shift(floor.person(zoe, "zoe"), floor.add_till("Till 2"))
    set_pin(Desk(client, "zoe"))
    page = desk.get("/panel/switch").text
    assert f'value="{zoe}" checked' in page
    assert f'value="{ada}" disabled' in page
