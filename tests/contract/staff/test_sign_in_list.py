"""Where somebody is signed in: shown to him and to who may, and ended from elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from lanhouse.auth.tables import tokens
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.db.audit import audit_log
from lanhouse.kit import clock
from tests.builders.centers import PASSWORD, Hall, open_hall
from tests.builders.client import Client
from tests.contract.pages.test_pages import Desk, text_of

LOGIN = "/api/native/v1/auth/staff-login"
ACCOUNT = "/api/native/v1/account"
MINE = f"{ACCOUNT}/sign-ins"
STAFF = "/api/native/v1/staff"
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}


def token(client: Client, account: str, **options: Any) -> str:
    body = {"cafe_id": 7777, "account": account, "password": PASSWORD}
    answer = client.raw("POST", LOGIN, key="", json=body, **options)
    assert answer.status_code == 200, answer.text
    return answer.json()["token"]


def url_of(hall: Hall, role: str) -> str:
    row = hall.store.read_sync(staff_by_account, 7777, hall.staff[role])
    assert row is not None
    return f"{STAFF}/{row.id}/sign-ins"


def rows(client: Client, key: str, url: str = MINE) -> list[dict[str, Any]]:
    answer = client.raw("GET", url, key=key)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_each_tells_from_where_with_what_and_until_when(client: Client, hall: Hall) -> None:
    first = token(client, hall.staff["staff"], address="10.1.2.3", headers=FIREFOX)
    mine = token(client, hall.staff["staff"], headers={"User-Agent": "till/2.0"})
    desk = Desk(client, hall.staff["staff"])
    found = {row["program"]: row for row in rows(client, mine)}
    assert len(found) == 3
    other = found["Firefox, Linux"]
    assert (other["address"], other["is_program"], other["is_current"]) == ("10.1.2.3", True, False)
    assert found["till"]["is_current"]
    began, ends = (datetime.fromisoformat(other[name]) for name in ("began_at", "ends_at"))
    assert ends - began == timedelta(hours=12)
    assert first not in str(found)
    page = text_of(desk.get("/panel/account"))
    assert "Firefox, Linux" in page
    assert "this one" in page


def test_what_has_ended_is_not_there(client: Client, hall: Hall) -> None:
    token(client, hall.staff["staff"])
    past = clock.real_now() - timedelta(seconds=1)
    hall.store.run_sync(lambda tx, _: tx.run(sa.update(tokens).values(expires_at=past)), None)
    assert len(rows(client, token(client, hall.staff["staff"]))) == 1


def test_one_of_ones_own_is_ended(client: Client, hall: Hall) -> None:
    other, mine = (token(client, hall.staff["staff"]) for _ in range(2))
    wanted = next(row["sign_in_id"] for row in rows(client, mine) if not row["is_current"])
    url = f"{MINE}/{wanted}"
    assert client.raw("DELETE", url, key=mine).json() == {"ended": 1}
    assert client.raw("GET", ACCOUNT, key=other).status_code == 401
    gone = client.raw("DELETE", url, key=mine)
    assert (gone.status_code, "has ended already" in gone.text) == (404, True)
    assert client.raw("DELETE", f"{MINE}/%25", key=mine).status_code == 404
    log = hall.store.read_sync(lambda read: read.all(sa.select(audit_log)))
    assert [row.after for row in log] == [{"sign_ins_ended": 1}]


def test_all_others_end_and_the_one_that_asks_goes_on(client: Client, hall: Hall) -> None:
    mine, *others = (token(client, hall.staff["staff"]) for _ in range(3))
    manager = token(client, hall.staff["manager"])
    assert client.raw("DELETE", MINE, key=mine).json() == {"ended": 2}
    for each, status in ((mine, 200), *((other, 401) for other in others), (manager, 200)):
        assert client.raw("GET", ACCOUNT, key=each).status_code == status


def test_who_may_ends_those_of_others(client: Client, hall: Hall) -> None:
    cashier, other = (token(client, hall.staff["staff"]) for _ in range(2))
    url = url_of(hall, "staff")
    found = rows(client, hall.api_key, url)
    assert len(found) == 2
    assert client.raw("DELETE", f"{url}/{found[0]['sign_in_id']}").json() == {"ended": 1}
    assert client.raw("DELETE", url).json() == {"ended": 1}
    for each in (cashier, other):
        assert client.raw("GET", ACCOUNT, key=each).status_code == 401


def test_nobody_ends_those_of_a_person_who_may_do_more(client: Client, hall: Hall) -> None:
    admin = token(client, hall.staff["admin"])
    rights = {"granted": ["staff.edit"]}
    manager_url = url_of(hall, "manager").removesuffix("/sign-ins")
    client.raw("PUT", f"{manager_url}/rights", json=rights)
    manager, url = token(client, hall.staff["manager"]), url_of(hall, "admin")
    wanted = rows(client, admin)[0]["sign_in_id"]
    for path in (url, f"{url}/{wanted}"):
        refused = client.raw("DELETE", path, key=manager)
        assert (refused.status_code, "rights that you do not have" in refused.text) == (403, True)
    assert client.raw("GET", url, key=manager).status_code == 403
    assert client.raw("GET", ACCOUNT, key=admin).status_code == 200
    cashier = token(client, hall.staff["staff"])
    assert client.raw("GET", url_of(hall, "staff"), key=cashier).status_code == 403


def test_another_centre_has_no_such_sign_in(client: Client, hall: Hall) -> None:
    cashier = token(client, hall.staff["staff"])
    other, url = open_hall(hall.store, 7778), url_of(hall, "staff")
    assert client.raw("GET", url, key=other.api_key).status_code == 404
    wanted = rows(client, cashier)[0]["sign_in_id"]
    for path in (url, f"{url}/{wanted}", f"{MINE}/{wanted}"):
        assert client.raw("DELETE", path, key=other.api_key).status_code == 404
    assert client.raw("GET", ACCOUNT, key=cashier).status_code == 200


def test_the_pages_end_them_too(client: Client, hall: Hall) -> None:
    cashier = Desk(client, hall.staff["staff"])
    other = token(client, hall.staff["staff"])
    wanted = next(row["sign_in_id"] for row in rows(client, other) if not row["is_program"])
    person = f"/panel{url_of(hall, 'staff').removeprefix('/api/native/v1')}".replace(
        "/panel/staff", "/panel/settings/staff"
    ).removesuffix("/sign-ins")
    ended = cashier.post("/panel/account/sign-ins/end", {"sign_in": ""})
    assert ended.headers["hx-redirect"] == "/panel/account?saved=ended"
    assert client.raw("GET", ACCOUNT, key=other).status_code == 401
    admin = Desk(client, hall.staff["admin"])
    assert wanted in admin.get(person).text
    done = admin.post(f"{person}/sign-ins/end", {"sign_in": wanted})
    assert done.headers["hx-redirect"] == f"{person}?saved=ended"
    assert cashier.get("/panel/computers").status_code == 303
    again = admin.post(f"{person}/sign-ins/end", {"sign_in": wanted})
    assert (again.status_code, "has ended already" in again.text) == (404, True)
