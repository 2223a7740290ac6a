"""A lost password: six digits by text message, ten minutes, five tries, and nobody is told more."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.members.tables import sms_codes
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock
from tests.builders.client import Client
from tests.builders.floor import Floor
from tests.builders.seats import ask, login, token_of

WRONG = "The code is wrong, or it counts no longer."
PHONE = "+351 910 000-001"


@pytest.fixture(autouse=True)
def provider(client: Client, floor: Floor, ada: int) -> None:
    body = {"sms_provider": "http", "sms_provider_url": "https://sms.test/send?to={phone}"}
    client.ok("PUT", "/configs/smsProviderSettings", json=body)
    client.ok("PUT", f"/members/{ada}", json={"member_phone": "(+351) 910000001"})
    floor.set(sms_enable=True)


def sent(floor: Floor) -> list[Any]:
    rows = floor.store.read_sync(lambda read: read.all(sa.select(queue).order_by(queue.c.id)))
    return [row.payload for row in rows if row.kind == "notify.sms"]


def code_in(floor: Floor) -> str:
    text = sent(floor)[-1]["text"]
    return text.rpartition(": ")[2].partition(" ")[0]


def call(client: Client, name: str, address: str = "", **more: Any) -> tuple[int, str]:
    options: dict[str, Any] = {"address": address} if address else {}
    body = {"license_name": "hall7777", "phone": PHONE, **more}
    answer = client.raw("POST", f"/api/v2/auth/{name}", key="", json=body, **options).json()
    assert answer.get("data", {}) == {}
    return answer["code"], answer["message"]


def age(floor: Floor, seconds: int) -> None:
    """Let what was asked for be so much older; codes count by real time."""
    from datetime import timedelta

    def older(tx: Any, _: None) -> None:
        for row in tx.all(sa.select(sms_codes)):
            names = ("made_at", "expires_at", "day_from")
            values = {name: getattr(row, name) - timedelta(seconds=seconds) for name in names}
            tx.run(sa.update(sms_codes).where(sms_codes.c.phone == row.phone).values(values))

    floor.run(older, None)


def test_a_password_is_set_by_a_code(client: Client, floor: Floor, ada: int) -> None:
    before = token_of(client)
    assert call(client, "smsCode")[0] == 200
    (message,) = sent(floor)
    assert message["phone"] == "+351910000001"
    code = code_in(floor)
    assert len(code) == 6
    assert code.isdigit()
    row = floor.store.read_sync(lambda read: read.one(sa.select(sms_codes)))
    assert row is not None
    assert code not in str(row)
    wrong = "000000" if code != "000000" else "111111"
    assert call(client, "checkSmsCode", sms_code=wrong) == (400, WRONG)
    assert call(client, "checkSmsCode", sms_code=code)[0] == 200
    new = {"sms_code": code, "member_password": "sesame street"}
    assert call(client, "memberResetPwd", **new | {"member_password": "abc"})[0] == 400
    assert call(client, "memberResetPwd", **new | {"member_confirm": "x"})[0] == 400
    assert call(client, "memberResetPwd", **new)[0] == 200
    assert login(client)["code"] == 400
    assert login(client, member_password="sesame street")["code"] == 200
    assert client.call("GET", "/memberSelf", key=before)["code"] == 401
    # It is used up.
    assert call(client, "memberResetPwd", **new | {"member_password": "once more"}) == (400, WRONG)
    assert call(client, "checkSmsCode", sms_code=code) == (400, WRONG)
    assert [each.details for each in floor.logs("MEMBER") if each.member_id == ada][-1] == (
        "Password set by a code that was sent by text message"
    )


def test_an_unknown_number_hears_the_same(client: Client, floor: Floor) -> None:
    unknown = "+351 999 999 999"
    known = [call(client, "smsCode"), call(client, "smsCode")]
    assert [call(client, "smsCode", phone=unknown), call(client, "smsCode", phone=unknown)] == known
    assert known[1] == (400, "A code was asked for a moment ago. Wait a minute.")
    assert len(sent(floor)) == 1
    for phone in (PHONE, unknown):
        told = call(client, "checkSmsCode", phone=phone, sms_code="abc")
        assert told == (400, WRONG)


def test_five_tries_and_ten_minutes(client: Client, floor: Floor) -> None:
    call(client, "smsCode")
    code = code_in(floor)
    for number in range(5):
        told = call(client, "checkSmsCode", address=f"10.0.0.{number}", sms_code="no")
        assert told == (400, WRONG)
    assert call(client, "checkSmsCode", address="10.0.0.9", sms_code=code) == (400, WRONG)
    age(floor, 61)
    assert call(client, "smsCode")[0] == 200
    second = code_in(floor)
    assert call(client, "checkSmsCode", sms_code=second)[0] == 200
    age(floor, 601)
    assert call(client, "checkSmsCode", sms_code=second) == (400, WRONG)


def test_ten_codes_a_day(client: Client, floor: Floor) -> None:
    for _ in range(2):
        assert call(client, "smsCode")[0] == 200
        age(floor, 61)
    row = floor.store.read_sync(lambda read: read.one(sa.select(sms_codes)))
    assert row is not None
    assert row.day_count == 2
    floor.run(lambda tx, _: tx.run(sa.update(sms_codes).values(day_count=10)), None)
    told = call(client, "smsCode", address="10.0.2.1")
    assert told == (400, "Too many codes were asked for today. Ask at the desk.")
    age(floor, 86_400)
    assert call(client, "smsCode", address="10.0.2.2")[0] == 200
    assert len(sent(floor)) == 3


def test_codes_share_the_budget_of_sign_ins(client: Client, floor: Floor) -> None:
    call(client, "smsCode")
    for _ in range(4):
        call(client, "checkSmsCode", sms_code="no")
    locked = call(client, "checkSmsCode", sms_code=code_in(floor))
    assert locked[1].startswith("Too many wrong passwords")
    for number in range(9):
        call(client, "checkSmsCode", phone=f"+3519100001{number:02d}", sms_code="no")
    assert login(client)["message"].startswith("Too many wrong passwords")


def test_a_number_of_several_needs_an_account(client: Client, floor: Floor) -> None:
    floor.add_member("bob", phone="+351910000001")
    floor.add_member("off", phone="+351910000002", is_active=False)
    assert call(client, "smsCode")[0] == 200
    assert call(client, "smsCode", phone="+351910000002")[0] == 200
    assert sent(floor) == []
    age(floor, 61)
    assert call(client, "smsCode", member_account="BOB")[0] == 200
    assert len(sent(floor)) == 1


@pytest.mark.parametrize("phone", ["", "12", "x" * 100_000, "<b>", "' OR 1=1", None])
def test_bad_numbers(client: Client, floor: Floor, phone: Any) -> None:
    for name in ("smsCode", "checkSmsCode", "memberResetPwd"):
        body = {"sms_code": "123456", "member_password": "sesame street"}
        assert call(client, name, phone=phone, **body)[0] == 400
    assert floor.store.read_sync(lambda read: read.all(sa.select(sms_codes))) == []


def test_where_no_codes_are_sent(client: Client, floor: Floor) -> None:
    assert ask(client, "smsCode", license_name="x", phone=PHONE)["code"] == 400
    floor.set(sms_enable=False)
    assert call(client, "smsCode") == (400, "This centre sends no codes by text message.")
    floor.set(sms_enable=True)
    client.ok("PUT", "/configs/smsProviderSettings", json={"sms_provider": "none"})
    assert call(client, "smsCode")[1].startswith("No service for text messages is set up")


def test_old_codes_are_forgotten(client: Client, floor: Floor) -> None:
    from lanhouse.cafe.members.jobs.codes import forget_old_codes

    call(client, "smsCode")
    assert floor.run(forget_old_codes, None) is False
    assert len(floor.store.read_sync(lambda read: read.all(sa.select(sms_codes)))) == 1
    age(floor, 3 * 86_400)
    assert floor.run(forget_old_codes, None) is False
    assert floor.store.read_sync(lambda read: read.all(sa.select(sms_codes))) == []
    assert clock.real_now()
