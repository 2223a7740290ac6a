"""The second factor: set up, asked for, never replayed, throttled, and taken away by who may."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.app import create_app
from lanhouse.auth import totp
from lanhouse.auth.tables import tokens
from lanhouse.cafe.staff.queries import second_factor_of, staff_by_account
from lanhouse.cafe.staff.tables import second_factors
from lanhouse.db.audit import audit_log
from lanhouse.db.sqlite import SqliteStore
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from tests.builders.centers import PASSWORD, Hall
from tests.builders.client import Client
from tests.builders.secrets import OTHER_VAULT
from tests.contract.pages.test_pages import Desk, text_of

LOGIN = "/api/native/v1/auth/staff-login"
ACCOUNT = "/api/native/v1/account"
FACTOR = f"{ACCOUNT}/second-factor"
STAFF = "/api/native/v1/staff"
WRONG_CODE = "The code is wrong or was used before."


class Phone:
    """The app that shows codes. Real time moves on with each code that is asked for only."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = clock.real_now().timestamp()
        self.secret = b""
        monkeypatch.setattr(clock, "real_now", lambda: datetime.fromtimestamp(self.now, UTC))

    def code(self) -> str:
        """The code of the next half minute: none was used yet."""
        self.now += totp.STEP_SECONDS
        return totp.code_of(self.secret, totp.step_at(self.now))


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Phone:
    return Phone(monkeypatch)


def login(client: Client, account: str, code: str = "", **options: Any) -> Any:
    body = {"cafe_id": 7777, "account": account, "password": PASSWORD, "code": code}
    return client.raw("POST", LOGIN, key="", json=body, **options)


def token(client: Client, account: str, code: str = "") -> str:
    answer = login(client, account, code)
    assert answer.status_code == 200, answer.text
    return answer.json()["token"]


def person_id(hall: Hall, role: str) -> int:
    row = hall.store.read_sync(staff_by_account, 7777, hall.staff[role])
    assert row is not None
    return row.id


def set_up(client: Client, phone: Phone, mine: str) -> list[str]:
    """Switch the second factor on; answers the recovery codes."""
    begun = client.raw("POST", FACTOR, json={"password": PASSWORD}, key=mine)
    assert begun.status_code == 200, begun.text
    phone.secret = base64.b32decode(begun.json()["secret"])
    done = client.raw("PUT", FACTOR, json={"code": phone.code()}, key=mine)
    assert done.status_code == 200, done.text
    return done.json()["recovery_codes"]


@pytest.fixture
def mine(client: Client, hall: Hall, phone: Phone) -> str:
    """A bearer token of the cashier."""
    return token(client, hall.staff["staff"])


def test_it_is_set_up_with_the_password_and_a_code(
    client: Client, hall: Hall, phone: Phone, mine: str
) -> None:
    other = token(client, hall.staff["staff"])
    wrong = client.raw("POST", FACTOR, json={"password": "x"}, key=mine)
    assert (wrong.status_code, "password: is not your password" in wrong.text) == (400, True)
    begun = client.raw("POST", FACTOR, json={"password": PASSWORD}, key=mine).json()
    assert f"secret={begun['secret']}" in begun["uri"]
    phone.secret = base64.b32decode(begun["secret"])
    assert login(client, hall.staff["staff"]).status_code == 200
    assert client.raw("PUT", FACTOR, json={"code": "000000"}, key=mine).status_code == 401
    assert not client.raw("GET", ACCOUNT, key=mine).json()["has_second_factor"]

    done = client.raw("PUT", FACTOR, json={"code": phone.code()}, key=mine)

    assert len(done.json()["recovery_codes"]) == 10
    assert client.raw("GET", ACCOUNT, key=mine).json()["has_second_factor"]
    assert client.raw("GET", ACCOUNT, key=other).status_code == 401
    again = client.raw("POST", FACTOR, json={"password": PASSWORD}, key=mine)
    assert (again.status_code, "on already" in again.text) == (422, True)
    rows = hall.store.read_sync(lambda read: read.all(sa.select(audit_log)))
    assert (rows[-1].subject, rows[-1].subject_id) == ("staff", person_id(hall, "staff"))
    assert (rows[-1].before, rows[-1].after) == ({"second_factor": "off"}, {"second_factor": "on"})


def test_the_database_alone_tells_neither_secret_nor_codes(
    client: Client, hall: Hall, phone: Phone, mine: str
) -> None:
    codes = set_up(client, phone, mine)
    row = hall.store.read_sync(second_factor_of, 7777, person_id(hall, "staff"))
    assert row is not None
    assert phone.secret not in row.sealed
    assert not {*codes, *map(totp.typed, codes)} & set(row.recovery_hashes)
    assert len(row.recovery_hashes) == 10


def test_a_password_alone_opens_nothing_then(
    client: Client, hall: Hall, phone: Phone, mine: str
) -> None:
    set_up(client, phone, mine)
    account = hall.staff["staff"]
    without = login(client, account)
    assert (without.status_code, without.json()["error"]["code"]) == (401, "CODE_NEEDED")
    wrong = login(client, account, "000000")
    assert (wrong.status_code, WRONG_CODE in wrong.text) == (401, True)
    assert "lhs_" not in without.text + wrong.text
    assert token(client, account, phone.code())
    for secret in hall.store.read_sync(lambda read: read.all(sa.select(tokens.c.use))):
        assert secret.use in ("bearer", "second step")


def test_a_code_counts_once_and_not_after_a_later_one(
    client: Client, hall: Hall, phone: Phone, mine: str
) -> None:
    set_up(client, phone, mine)
    account = hall.staff["staff"]
    first, second = phone.code(), phone.code()
    assert token(client, account, second)
    assert login(client, account, second).status_code == 401
    assert login(client, account, first).status_code == 401
    assert token(client, account, phone.code())


def test_an_old_code_counts_no_longer(client: Client, hall: Hall, phone: Phone, mine: str) -> None:
    set_up(client, phone, mine)
    code = phone.code()
    phone.now += 2 * totp.STEP_SECONDS
    assert login(client, hall.staff["staff"], code).status_code == 401


def test_wrong_codes_are_slowed_down(client: Client, hall: Hall, phone: Phone, mine: str) -> None:
    set_up(client, phone, mine)
    account = hall.staff["staff"]
    codes = [login(client, account, "000000").status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]
    assert login(client, account, phone.code()).status_code == 429
    phone.now += 301
    assert login(client, account, phone.code()).status_code == 200


def test_a_recovery_code_signs_in_once(client: Client, hall: Hall, phone: Phone, mine: str) -> None:
    codes = set_up(client, phone, mine)
    account = hall.staff["staff"]
    assert token(client, account, codes[3].upper().replace("-", " "))
    assert login(client, account, codes[3]).status_code == 401
    assert token(client, account, codes[4])
    row = hall.store.read_sync(second_factor_of, 7777, person_id(hall, "staff"))
    assert row is not None
    assert len(row.recovery_hashes) == 8
    log = client.ok("GET", "/billingLogs")["log_list"]
    assert sum("with a recovery code" in entry["log_details"] for entry in log) == 2


def test_new_recovery_codes_end_the_old_ones(
    client: Client, hall: Hall, phone: Phone, mine: str
) -> None:
    old = set_up(client, phone, mine)
    url = f"{FACTOR}/recovery-codes"
    assert client.raw("POST", url, json={"code": "000000"}, key=mine).status_code == 401
    headers = {"Idempotency-Key": "renew"}
    body = {"code": phone.code()}
    first = client.raw("POST", url, json=body, key=mine, headers=headers)
    again = client.raw("POST", url, json=body, key=mine, headers=headers)
    assert first.content == again.content
    assert login(client, hall.staff["staff"], old[0]).status_code == 401
    assert token(client, hall.staff["staff"], first.json()["recovery_codes"][0])


def test_it_is_switched_off_with_a_code(
    client: Client, hall: Hall, phone: Phone, mine: str
) -> None:
    none = client.raw("DELETE", FACTOR, json={"code": "000000"}, key=mine)
    assert (none.status_code, "You have no second factor" in none.text) == (422, True)
    set_up(client, phone, mine)
    assert client.raw("DELETE", FACTOR, json={"code": "000000"}, key=mine).status_code == 401
    assert client.raw("DELETE", FACTOR, json={"code": phone.code()}, key=mine).status_code == 200
    assert token(client, hall.staff["staff"])


def test_who_may_takes_it_away_from_somebody_who_lost_it(
    client: Client, hall: Hall, phone: Phone, mine: str
) -> None:
    url = f"{STAFF}/{person_id(hall, 'staff')}/second-factor"
    none = client.raw("DELETE", url)
    assert (none.status_code, "no second factor" in none.text) == (422, True)
    set_up(client, phone, mine)
    manager = token(client, hall.staff["manager"])
    assert client.raw("DELETE", url, key=manager).status_code == 403
    assert client.raw("DELETE", url).status_code == 200
    assert token(client, hall.staff["staff"])
    assert client.raw("DELETE", f"{STAFF}/999/second-factor").status_code == 404


def test_a_manager_takes_it_from_no_admin(client: Client, hall: Hall, phone: Phone) -> None:
    set_up(client, phone, token(client, hall.staff["admin"]))
    rights = {"granted": ["staff.edit"]}
    client.raw("PUT", f"{STAFF}/{person_id(hall, 'manager')}/rights", json=rights)
    manager = token(client, hall.staff["manager"])
    url = f"{STAFF}/{person_id(hall, 'admin')}/second-factor"
    refused = client.raw("DELETE", url, key=manager)
    assert (refused.status_code, "rights that you do not have" in refused.text) == (403, True)
    assert login(client, hall.staff["admin"]).status_code == 401


def test_nobody_without_the_phone_gets_rid_of_his_own_by_the_list(
    client: Client, hall: Hall, phone: Phone
) -> None:
    admin = token(client, hall.staff["admin"])
    set_up(client, phone, admin)
    url = f"{STAFF}/{person_id(hall, 'admin')}/second-factor"
    assert client.raw("DELETE", url, key=admin).status_code == 422


def test_a_server_without_its_secret_takes_recovery_codes_and_says_so(
    client: Client, hall: Hall, phone: Phone, mine: str, tmp_path: Path
) -> None:
    codes = set_up(client, phone, mine)
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0)
    assert isinstance(hall.store, SqliteStore)
    beside = SqliteStore(hall.store.path)
    app = create_app(settings, beside, vault=OTHER_VAULT, with_ticker=False)
    with Client(app, key=hall.api_key, base="/api/v2/cafe/7777") as other:
        answer = login(other, hall.staff["staff"], phone.code())
        assert (answer.status_code, "secret cannot be read" in answer.text) == (503, True)
        assert token(other, hall.staff["staff"], codes[0])


class TestPanel:
    """Signing in with two pages, and the page of one's own account."""

    def first_step(self, client: Client, account: str) -> str:
        form = {"center": "7777", "account": account, "password": PASSWORD, "next": "/panel/log"}
        answer = client.raw("POST", "/panel/sign-in", key="", data=form)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/panel/sign-in/code?next=%2Fpanel%2Flog"
        cookies = answer.headers.get_list("set-cookie")
        assert len(cookies) == 1
        assert "Path=/panel/sign-in;" in cookies[0]
        assert "HttpOnly" in cookies[0]
        return cookies[0].partition(";")[0]

    def second_step(self, client: Client, cookie: str, code: str) -> Any:
        data = {"code": code, "next": "/panel/log"}
        return client.raw(
            "POST", "/panel/sign-in/code", key="", data=data, headers={"Cookie": cookie}
        )

    def test_two_steps(self, client: Client, hall: Hall, phone: Phone, mine: str) -> None:
        set_up(client, phone, mine)
        step = self.first_step(client, hall.staff["staff"])
        page = client.raw("GET", "/panel/sign-in/code", key="", headers={"Cookie": step})
        assert (page.status_code, "Six digits" in page.text) == (200, True)
        as_staff = step.replace("lanhouse_staff_step", "lanhouse_staff")
        panel = client.raw("GET", "/panel/computers", key="", headers={"Cookie": as_staff})
        assert panel.status_code == 303

        wrong = self.second_step(client, step, "000000")
        assert (wrong.status_code, WRONG_CODE in wrong.text) == (401, True)
        assert "set-cookie" not in wrong.headers
        done = self.second_step(client, step, phone.code())

        assert (done.status_code, done.headers["location"]) == (303, "/panel/log")
        cookies = done.headers.get_list("set-cookie")
        opened = next(each for each in cookies if each.startswith("lanhouse_staff="))
        inside = {"Cookie": opened.partition(";")[0]}
        assert client.raw("GET", "/panel/computers", key="", headers=inside).status_code == 200
        again = self.second_step(client, step, phone.code())
        assert (again.status_code, "Sign in again" in again.text) == (401, True)

    def test_the_first_step_ends_by_time_and_with_the_password(
        self, client: Client, hall: Hall, phone: Phone, mine: str
    ) -> None:
        set_up(client, phone, mine)
        late = self.first_step(client, hall.staff["staff"])
        phone.now += 301
        assert self.second_step(client, late, phone.code()).status_code == 401
        changed = self.first_step(client, hall.staff["staff"])
        url = f"{STAFF}/{person_id(hall, 'staff')}/password"
        assert client.raw("POST", url, json={}).status_code == 200
        assert self.second_step(client, changed, phone.code()).status_code == 401

    def test_without_a_first_step_there_is_no_second(self, client: Client, hall: Hall) -> None:
        page = client.raw("GET", "/panel/sign-in/code", key="")
        assert (page.status_code, page.headers["location"]) == (303, "/panel/sign-in")
        assert self.second_step(client, "lanhouse_staff_step=x", "000000").status_code == 401

    def test_setting_up_and_switching_off(self, client: Client, hall: Hall, phone: Phone) -> None:
        desk, path = Desk(client, hall.staff["staff"]), "/panel/account/second-factor"
        wrong = desk.post(f"{path}/begin", {"own_password": "x"})
        assert (wrong.status_code, "is not your password" in wrong.text) == (400, True)
        begun = desk.post(f"{path}/begin", {"own_password": PASSWORD})
        assert 'src="data:image/svg+xml' in begun.text
        found = re.search(r'id="secret" value="([A-Z2-7]{32})"', begun.text)
        assert found is not None
        phone.secret = base64.b32decode(found[1])
        wrong = desk.post(f"{path}/confirm", {"code": "000000"})
        assert (wrong.status_code, found[1] in wrong.text) == (401, True)
        sent = {"code": phone.code(), "key": "confirm-1"}
        shown, again = (desk.post(f"{path}/confirm", sent) for _ in range(2))
        codes = re.findall(r"<li>([a-z2-7-]{19})</li>", shown.text)
        assert len(codes) == 10
        assert re.findall(r"<li>([a-z2-7-]{19})</li>", again.text) == codes
        page = desk.get("/panel/account")
        assert "10 recovery codes are left." in text_of(page)
        assert found[1] not in page.text
        renewed = desk.post(path, {"code": codes[0], "act": "renew", "key": "renew-1"})
        assert len(re.findall(r"<li>([a-z2-7-]{19})</li>", renewed.text)) == 10
        off = desk.post(path, {"code": phone.code(), "act": "off"})
        assert off.headers["hx-redirect"] == "/panel/account?saved=off"
        assert hall.store.read_sync(lambda read: read.all(sa.select(second_factors))) == []

    def test_an_admin_takes_it_away_on_the_page_of_a_person(
        self, client: Client, hall: Hall, phone: Phone, mine: str
    ) -> None:
        set_up(client, phone, mine)
        admin = Desk(client, hall.staff["admin"])
        page = f"/panel/settings/staff/{person_id(hall, 'staff')}"
        assert "Take the second factor away" in admin.get(page).text
        done = admin.post(f"{page}/second-factor", {})
        assert done.headers["hx-redirect"] == f"{page}?saved=factor"
        assert token(client, hall.staff["staff"])
