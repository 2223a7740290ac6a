"""A forgotten password on the portal: a code by text message, or the way to the desk."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from lanhouse.auth.tokens import sign_ins_of
from lanhouse.cafe.members.tables import sms_codes
from lanhouse.db.store import Store
from lanhouse.jobs.tables import queue
from tests.builders.centers import PASSWORD, Hall, password_hash
from tests.builders.client import Client
from tests.builders.floor import Floor, open_floor
from tests.builders.phone import HOME, Phone, fields_of
from tests.contract.pages.test_pages import text_of

AT = f"{HOME}/forgotten"
PHONE = "+351 910 000 001"
WRONG = "The code is wrong, or it counts no longer."
SENT = "If a member has this number, a text message with six digits is on its way."
DESK = "This house sends no codes. Ask at the desk: there you are given a new password."


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


@pytest.fixture
def eva(client: Client, floor: Floor) -> int:
    body = {"sms_provider": "http", "sms_provider_url": "https://sms.test/send?to={phone}"}
    client.ok("PUT", "/configs/smsProviderSettings", json=body)
    floor.set(sms_enable=True)
    return floor.add_member("eva", phone="+351910000001", password_hash=password_hash())


def post(client: Client, path: str, address: str = "", **data: Any) -> httpx.Response:
    options: dict[str, Any] = {"address": address} if address else {}
    headers = {"Origin": "http://testserver"}
    return client.raw("POST", path, data=data, headers=headers, key="", **options)


def codes(floor: Floor) -> list[str]:
    rows = floor.store.read_sync(lambda read: read.all(sa.select(queue).order_by(queue.c.id)))
    texts = [row.payload["text"] for row in rows if row.kind == "notify.sms"]
    return [text.rpartition(": ")[2].partition(" ")[0] for text in texts]


def sign_in(client: Client, password: str) -> int:
    return post(client, HOME, account="eva", password=password).status_code


def test_a_forgotten_password_is_set_anew(client: Client, floor: Floor, eva: int) -> None:
    old = Phone(client, floor, eva)
    assert old.get(f"{HOME}/account").status_code == 200
    assert f'href="{AT}"' in client.raw("GET", HOME, key="").text
    assert fields_of(client.raw("GET", AT, key=""), AT) == {"phone": "", "account": ""}
    page = post(client, AT, phone=PHONE)
    assert page.status_code == 200
    assert SENT in text_of(page)
    assert fields_of(page, f"{AT}/code")["phone"] == PHONE
    (code,) = codes(floor)
    typed = {"phone": PHONE, "new_password": "sesame street", "again": "sesame street"}
    # What is refused by the form alone is no try, and what is refused changes nothing.
    for more in ({"again": "x"}, {"new_password": "abc", "again": "abc"}):
        assert post(client, f"{AT}/code", code=code, **typed | more).status_code == 400
    known = "123456"
    refused = post(client, f"{AT}/code", code=code, phone=PHONE, new_password=known, again=known)
    assert refused.status_code == 400
    wrong = "000000" if code != "000000" else "111111"
    answer = post(client, f"{AT}/code", code=wrong, **typed)
    assert WRONG in text_of(answer)
    assert typed["new_password"] not in answer.text
    assert sign_in(client, PASSWORD) == 303
    done = post(client, f"{AT}/code", code=code, **typed)
    assert (done.status_code, done.headers["location"]) == (303, f"{HOME}?changed=1")
    # Nobody is signed in by a code, and whoever was is not any more.
    assert "lanhouse_member" not in done.headers.get("set-cookie", "")
    assert old.get(f"{HOME}/account").status_code == 303
    assert floor.store.read_sync(sign_ins_of, 7777, "member", eva) == []
    shown = client.raw("GET", f"{HOME}?changed=1", key="")
    assert "Your password is changed. Sign in with it." in text_of(shown)
    assert sign_in(client, PASSWORD) != 303
    assert sign_in(client, "sesame street") == 303
    assert WRONG in text_of(post(client, f"{AT}/code", code=code, **typed))
    told = [each.details for each in floor.logs("MEMBER") if each.member_id == eva]
    assert told[-1] == "Password set by a code that was sent by text message"


def test_nobody_hears_who_has_a_number(client: Client, floor: Floor, eva: int) -> None:
    def without(text: str, phone: str) -> str:
        return re.sub(r"[0-9]{13,}", "", text.replace(phone, "?"))

    unknown = "+351 999 999 999"

    def both() -> httpx.Response:
        mine, other = (post(client, AT, phone=phone) for phone in (PHONE, unknown))
        assert mine.status_code == other.status_code
        assert without(mine.text, PHONE) == without(other.text, unknown)
        return mine

    both()
    mine = both()
    assert "Wait a minute" in text_of(mine)
    # The code of before may have come: the form for it stays.
    assert fields_of(mine, f"{AT}/code")["phone"] == PHONE
    assert len(codes(floor)) == 1
    rows = floor.store.read_sync(lambda read: read.all(sa.select(sms_codes)))
    assert len(rows) == 2


def test_five_tries(client: Client, floor: Floor, eva: int) -> None:
    post(client, AT, phone=PHONE)
    (code,) = codes(floor)
    typed = {"phone": PHONE, "new_password": "sesame street", "again": "sesame street"}
    for number in range(5):
        answer = post(client, f"{AT}/code", f"10.0.0.{number}", code="no", **typed)
        assert WRONG in text_of(answer)
    answer = post(client, f"{AT}/code", "10.0.0.9", code=code, **typed)
    assert WRONG in text_of(answer)
    assert sign_in(client, PASSWORD) == 303


def test_tries_share_the_count_of_wrong_passwords(client: Client, floor: Floor, eva: int) -> None:
    typed = {"new_password": "sesame street", "again": "sesame street", "code": "000000"}
    told = [
        text_of(post(client, f"{AT}/code", phone=f"+3519200000{number:02d}", **typed))
        for number in range(12)
    ]
    assert "Too many wrong passwords" in told[-1]
    assert sign_in(client, PASSWORD) != 303
    assert "Too many wrong passwords" in text_of(post(client, AT, phone=PHONE))
    assert codes(floor) == []


@pytest.mark.parametrize("phone", ["", "12", "x" * 100, "<b>", "' OR 1=1"])
def test_bad_numbers(client: Client, floor: Floor, eva: int, phone: str) -> None:
    asked = post(client, AT, phone=phone)
    assert asked.status_code == 400
    assert "<b>" not in asked.text.replace("<b></b>", "")
    typed = {"new_password": "sesame street", "again": "sesame street", "code": "000000"}
    assert post(client, f"{AT}/code", phone=phone, **typed).status_code == 400
    assert floor.store.read_sync(lambda read: read.all(sa.select(sms_codes))) == []


def test_where_no_codes_are_sent_the_desk_helps(client: Client, floor: Floor) -> None:
    floor.set(center_phone="+351 21 000 000")
    for page in (
        client.raw("GET", AT, key=""),
        client.raw("GET", f"{AT}/code", key=""),
        post(client, AT, phone=PHONE),
    ):
        assert page.status_code == 200
        assert DESK in text_of(page)
        assert "+351 21 000 000" in page.text
        assert f'action="{AT}' not in page.text
    typed = {"new_password": "sesame street", "again": "sesame street", "code": "000000"}
    refused = post(client, f"{AT}/code", phone=PHONE, **typed)
    assert "This centre sends no codes by text message." in text_of(refused)
    assert floor.store.read_sync(lambda read: read.all(sa.select(sms_codes))) == []
