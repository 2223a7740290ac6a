"""Where a sign-in counts, from where it is allowed, and when it ends without a sign-out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.app import create_app
from lanhouse.cafe.members.commands.accounts import insert_account
from lanhouse.cafe.staff.commands import NewStaff, create_staff
from lanhouse.cafe.staff.tables import staff
from lanhouse.cafe.surfaces import PANEL_COOKIE, PORTAL_COOKIE
from lanhouse.db.store import Tx
from lanhouse.settings import AppSettings
from tests.builders.centers import PASSWORD, Hall, password_hash
from tests.builders.client import Client

PANEL = "/panel/computers"
ACCOUNT = "/portal/hall7777/account"
STAFFS = "/api/v2/cafe/7777/staffs"
WRONG = "The account or the password is wrong."


def bearer(client: Client, account: str, **options: Any) -> str:
    """The secret of a staff token for the interfaces of programs."""
    body = {"cafe_id": 7777, "account": account, "password": PASSWORD}
    answer = client.raw("POST", "/api/native/v1/auth/staff-login", key="", json=body, **options)
    assert answer.status_code == 200, answer.text
    return answer.json()["token"]


def signed_in(client: Client, account: str, path: str = "/panel/sign-in", **options: Any) -> str:
    """The secret that a browser gets in its cookie."""
    form = {"center": "7777", "account": account, "password": PASSWORD}
    answer = client.raw("POST", path, key="", data=form, **options)
    assert answer.status_code == 303, answer.text
    return answer.headers["set-cookie"].partition(";")[0].partition("=")[2]


def page(client: Client, name: str, secret: str, path: str = PANEL) -> tuple[int, str]:
    """What a browser with this cookie is told: the status, and where it is sent on to."""
    answer = client.raw("GET", path, key="", headers={"Cookie": f"{name}={secret}"})
    return answer.status_code, answer.headers.get("location", "")


def test_a_secret_counts_only_for_what_it_was_given(client: Client, hall: Hall) -> None:
    """A cookie that leaks is no key to the interfaces, and a program's token opens no page."""
    cookie, token = (get(client, hall.staff["admin"]) for get in (signed_in, bearer))
    assert page(client, PANEL_COOKIE, cookie) == (200, "")
    assert client.call("GET", "/staffs", key=token)["code"] == 200
    refused = {"code": 401, "message": "Unauthenticated."}
    assert client.call("GET", "/staffs", key=cookie) == refused
    out = (303, "/panel/sign-in?next=%2Fpanel%2Fcomputers")
    assert page(client, PANEL_COOKIE, token) == out
    assert page(client, PANEL_COOKIE, hall.api_key) == out


def test_a_members_cookie_opens_no_page_of_the_staff(client: Client, hall: Hall) -> None:
    hall.store.run_sync(_add_member, hall.center_id)
    cookie = signed_in(client, "ada", "/portal/hall7777")
    assert page(client, PORTAL_COOKIE, cookie, ACCOUNT) == (200, "")
    assert page(client, PANEL_COOKIE, cookie) == (303, "/panel/sign-in?next=%2Fpanel%2Fcomputers")
    staff_cookie = signed_in(client, hall.staff["admin"])
    assert page(client, PORTAL_COOKIE, staff_cookie, ACCOUNT) == (303, "/portal/hall7777")


def test_staff_who_are_switched_off_are_out_at_the_next_call(client: Client, hall: Hall) -> None:
    account = hall.staff["manager"]
    cookie, token = (get(client, account) for get in (signed_in, bearer))
    assert page(client, PANEL_COOKIE, cookie) == (200, "")
    assert client.call("GET", "/staffs", key=token)["code"] == 200
    client.run(hall.store.write(_switch_off, account))
    assert page(client, PANEL_COOKIE, cookie)[0] == 303
    assert client.call("GET", "/staffs", key=token)["code"] == 401


def test_a_member_who_is_switched_off_is_out_for_good(client: Client, hall: Hall) -> None:
    """Also when the account is switched on again: what was signed in has ended."""
    member_id = hall.store.run_sync(_add_member, hall.center_id)
    cookie = signed_in(client, "ada", "/portal/hall7777")
    assert page(client, PORTAL_COOKIE, cookie, ACCOUNT) == (200, "")
    client.ok("PUT", f"/members/{member_id}", json={"member_is_active": 0})
    assert page(client, PORTAL_COOKIE, cookie, ACCOUNT) == (303, "/portal/hall7777")
    client.ok("PUT", f"/members/{member_id}", json={"member_is_active": 1})
    assert page(client, PORTAL_COOKIE, cookie, ACCOUNT) == (303, "/portal/hall7777")
    assert signed_in(client, "ada", "/portal/hall7777")


def test_staff_sign_in_only_from_their_addresses(client: Client, hall: Hall) -> None:
    new = NewStaff(
        center_id=hall.center_id,
        account="kim",
        password_hash=password_hash(),
        role="staff",
        allowed_ips="10.1.2.3",
    )
    hall.store.run_sync(create_staff, new)
    body = {"cafe_id": 7777, "account": "kim", "password": PASSWORD}
    far = client.raw("POST", "/api/native/v1/auth/staff-login", key="", json=body)
    assert (far.status_code, WRONG in far.text, "token" in far.text) == (401, True, False)
    form = {"center": "7777", "account": "kim", "password": PASSWORD}
    shown = client.raw("POST", "/panel/sign-in", key="", data=form)
    assert (shown.status_code, WRONG in shown.text) == (401, True)
    assert "set-cookie" not in shown.headers
    assert bearer(client, "kim", address="10.1.2.3").startswith("lhs_")
    assert signed_in(client, "kim", address="10.1.2.3").startswith("lhs_")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_is_refused_without_an_origin_too(
    client: Client, hall: Hall, site: str
) -> None:
    """Whoever could sign a browser in as somebody else would see what is then typed there."""
    form = {"center": "7777", "account": hall.staff["admin"], "password": PASSWORD}

    def sent_from(site: str) -> tuple[int, bool]:
        headers = {"Sec-Fetch-Site": site}
        answer = client.raw("POST", "/panel/sign-in", key="", data=form, headers=headers)
        return answer.status_code, "set-cookie" in answer.headers

    assert sent_from(site) == (403, False)
    assert sent_from("same-origin") == (303, True)
    assert sent_from("none") == (303, True)


@pytest.mark.parametrize(
    ("trusted", "secure", "told", "origin", "status"),
    [
        ("", False, "", "http://testserver", 303),
        ("", False, "", "https://testserver", 403),
        ("", False, "https", "https://testserver", 403),
        ("127.0.0.1", False, "https", "https://testserver", 303),
        ("127.0.0.1", True, "", "https://testserver", 303),
        ("127.0.0.1", True, "", "http://testserver", 403),
        ("127.0.0.1", True, "https", "http://testserver", 403),
        ("127.0.0.1", True, "https", "https://testserver.example", 403),
        ("127.0.0.1", True, "https", "null", 403),
    ],
)
def test_a_form_comes_from_the_scheme_that_the_caller_speaks(
    hall: Hall, tmp_path: Path, trusted: str, secure: bool, told: str, origin: str, status: int
) -> None:
    """A page that somebody slipped into plain HTTP under our name is another site."""
    settings = AppSettings(data_dir=tmp_path, trusted_proxies=trusted, secure_cookies=secure)
    form = {"center": "7777", "account": hall.staff["admin"], "password": PASSWORD}
    headers = {"Origin": origin} | ({"X-Forwarded-Proto": told} if told else {})
    with Client(create_app(settings, hall.store, with_ticker=False)) as client:
        answer = client.raw("POST", "/panel/sign-in", data=form, headers=headers)
    assert (answer.status_code, "set-cookie" in answer.headers) == (status, status == 303)


def _add_member(tx: Tx, center_id: int) -> int:
    row = {"account": "ada", "group_id": 0, "password_hash": password_hash()}
    return insert_account(tx, center_id, row)


def _switch_off(tx: Tx, account: str) -> None:
    tx.run(sa.update(staff).where(staff.c.account == account).values(is_active=False))
    tx.emit("access.changed", {})


def test_a_signed_in_page_is_kept_by_no_browser(client: Client, hall: Hall) -> None:
    """Pages, parts of pages, refusals and redirects alike; what programs get stays as it was."""
    cookie = {"Cookie": f"{PANEL_COOKIE}={signed_in(client, hall.staff['admin'])}"}
    for path in (PANEL, "/panel/computers/map", "/panel/members", "/panel/no-such-part"):
        for headers in (cookie, {**cookie, "HX-Request": "true"}, {}):
            answer = client.raw("GET", path, key="", headers=headers)
            kept = answer.headers["cache-control"]
            assert kept == ("no-store" if answer.status_code != 404 else "no-cache, private"), path
    hall.store.run_sync(_add_member, hall.center_id)
    secret = signed_in(client, "ada", "/portal/hall7777")
    answer = client.raw("GET", ACCOUNT, key="", headers={"Cookie": f"{PORTAL_COOKIE}={secret}"})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert client.raw("GET", STAFFS).headers["cache-control"] == "no-cache, private"


@pytest.mark.parametrize("path", ["/panel/sign-out", "/portal/hall7777/sign-out"])
def test_a_sign_out_empties_the_browsers_cache(client: Client, path: str) -> None:
    answer = client.raw("POST", path, key="")
    assert (answer.status_code, answer.headers["clear-site-data"]) == (303, '"cache"')
    assert "Max-Age=0" in answer.headers["set-cookie"]
