"""The pages about members: card, photo, edit beside somebody else, identity, views, many at once,
feedback, a list from a file, a new password, forgetting."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from PIL import Image

from lanhouse.cafe.loyalty.commands.lots import expire_bonus
from lanhouse.cafe.members.queries import member_by_account, member_by_id
from lanhouse.cafe.staff.tables import staff
from lanhouse.db.store import Store
from lanhouse.db.tables import metadata
from lanhouse.kit import clock
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.people import bearer_of
from tests.builders.phone import HOME, Phone
from tests.contract.pages.test_pages import Desk, hidden_fields, text_of

MEMBERS = "/panel/members"


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    """Centre 7777 with two PCs and a price."""
    return open_floor(sqlite_store, pcs_count=2)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["admin"])


@pytest.fixture
def eva(client: Client) -> int:
    """A member with birthday, number and 10.00."""
    body = {
        **{"member_account": "eva", "member_password": "secret-1", "member_balance": "10.00"},
        **{"member_birthday": "1990-10-12", "member_id_card": "AB123456"},
    }
    return client.ok("POST", "/members", json=body)["member_id"]


def row_of(floor: Floor, member_id: int) -> Any:
    return floor.store.read_sync(member_by_id, floor.hall.center_id, member_id)


def looks(floor: Floor) -> int:
    """How often somebody looked at what is masked, by the audit log."""
    log = metadata.tables["audit_log"].c
    query = sa.select(log.after).where(log.subject == "member")
    rows = floor.store.read_sync(lambda read: read.all(query))
    return sum((row.after or {}).get("identity") == "looked at" for row in rows)


def withhold_identity(floor: Floor) -> None:
    """The person of role staff may not look at identities."""
    his = sa.update(staff).where(staff.c.account == floor.hall.staff["staff"])
    floor.run(lambda tx, _: tx.run(his.values(withheld=["members.identity"])), None)


def upload(desk: Desk, path: str, name: str, content: bytes, **form: str) -> httpx.Response:
    """A form with a file, as the page's script sends it."""
    if not desk.csrf:
        desk.post(f"{MEMBERS}/views", {"name": ""})
    sent = {"Cookie": desk.cookie, "X-CSRF-Token": desk.csrf, "HX-Request": "true"}
    client = desk._client
    return client.raw("POST", path, data=form, files={name: ("a.bin", content)}, headers=sent)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()


def test_the_card_leads_on_and_shows_bookings(desk: Desk, floor: Floor, eva: int) -> None:
    floor.book_one("PC02", at=clock.now() + timedelta(days=1), member_id=eva)
    page = desk.get(f"{MEMBERS}/{eva}")
    assert f'hx-get="{MEMBERS}/{eva}/password"' in page.text
    assert f'href="{MEMBERS}/{eva}/data"' in page.text
    assert re.search(r"Bookings .*PC02 +Booked", text_of(page))
    assert desk.get(f"{MEMBERS}/{eva}/data").status_code == 200


def test_a_look_at_an_identity_is_written_down(desk: Desk, floor: Floor, eva: int) -> None:
    card = desk.get(f"{MEMBERS}/{eva}")
    assert "AB123456" not in card.text
    assert "1990-10-12" not in card.text
    assert "••••••56" in card.text
    assert looks(floor) == 0
    shown = desk.post(f"{MEMBERS}/{eva}/identity", {})
    assert "AB123456" in shown.text
    assert "1990-10-12" in shown.text
    assert looks(floor) == 1
    assert "AB123456" not in desk.get(f"{MEMBERS}/{eva}/edit").text
    assert "AB123456" in desk.get(f"{MEMBERS}/{eva}/edit?identity=1").text
    assert looks(floor) == 2


def test_who_may_not_look_gets_it_nowhere(
    client: Client, desk: Desk, floor: Floor, eva: int
) -> None:
    path = f"/members/{eva}"
    may = bearer_of(floor.hall, "manager")
    assert client.ok("GET", path, key=may)["member"]["member_id_card"] == "AB123456"
    withhold_identity(floor)
    token = bearer_of(floor.hall, "staff")
    seen = [
        client.ok("GET", path, key=token)["member"],
        client.ok("GET", "/members", key=token)["members"][0],
        client.ok("POST", "/members/action/memberInfo", key=token, json={"member_account": "eva"}),
        client.ok(
            "GET",
            "/members/action/suggestMembers",
            key=token,
            params={"search_text": "eva", "has_detail": 1},
        )[0],
    ]
    for row in seen:
        assert (row["member_id_card"], row["member_birthday"]) == ("••••••56", "••••-10-12")
    # Sent back as it was shown, it stays what it is.
    client.ok("PUT", path, key=token, json={"member_id_card": "••••••56", "member_phone": "5"})
    assert (row_of(floor, eva).id_card, row_of(floor, eva).phone) == ("AB123456", "5")
    assert client.ok("GET", path)["member"]["member_id_card"] == "AB123456"
    till = Desk(client, floor.hall.staff["staff"])
    assert "AB123456" not in till.get(f"{MEMBERS}/{eva}").text
    for refused in (
        till.post(f"{MEMBERS}/{eva}/identity", {}),
        till.get(f"{MEMBERS}/{eva}/edit?identity=1"),
    ):
        assert refused.status_code == 403
    assert looks(floor) == 0


def test_two_who_change_one_member(desk: Desk, client: Client, floor: Floor, eva: int) -> None:
    other = Desk(client, floor.hall.staff["manager"])
    form = {
        **{"account": "eva", "group_id": "0", "is_active": "1", "first_name": "", "expires": ""},
    }
    mine = form | hidden_fields(desk.get(f"{MEMBERS}/{eva}/edit"))
    theirs = form | hidden_fields(other.get(f"{MEMBERS}/{eva}/edit"))
    done = other.post(f"{MEMBERS}/{eva}/edit", theirs | {"phone": "111"})
    assert done.headers["hx-redirect"].startswith(f"{MEMBERS}/{eva}")
    late = desk.post(f"{MEMBERS}/{eva}/edit", mine | {"phone": "222"})
    assert "Somebody else has changed this member meanwhile" in text_of(late)
    assert row_of(floor, eva).phone == "111"


def test_a_photo_comes_with_the_consent_and_goes_with_it(
    desk: Desk, client: Client, floor: Floor, eva: int
) -> None:
    card = f"{MEMBERS}/{eva}"
    address = f"/api/native/v1/members/{eva}/photo"
    assert "keeps no photos" in text_of(upload(desk, f"{card}/photo", "picture", picture()))
    client.ok("PUT", "/configs/memberSettings", json={"allow_member_upload_photo": 1})
    assert "has not agreed" in text_of(upload(desk, f"{card}/photo", "picture", picture()))
    desk.post(f"{card}/consents", {"kind": "photo"})
    assert "picture" in upload(desk, f"{card}/photo", "picture", b"<svg>").text
    assert client.raw("GET", address).status_code == 404
    upload(desk, f"{card}/photo", "picture", picture())
    shown = client.raw("GET", address)
    assert (shown.status_code, shown.headers["content-type"][:6]) == (200, "image/")
    assert Image.open(io.BytesIO(shown.content)).size == (8, 8)
    assert client.raw("GET", address, key="").status_code == 401
    assert client.ok("GET", f"/members/{eva}")["member"]["member_photo"] == address
    assert desk.get(f"{card}/photo").content == shown.content
    (consent,) = re.findall(rf"{card}/consents/(\d+)/withdraw", desk.get(card).text)
    desk.post(f"{card}/consents/{consent}/withdraw", {})
    assert client.raw("GET", address).status_code == 404


def test_a_view_is_kept_found_and_forgotten(desk: Desk, client: Client, floor: Floor) -> None:
    kept = desk.post(f"{MEMBERS}/views", {"name": "Rich <b>ones</b>", "query": "balance=1"})
    assert kept.headers["hx-redirect"] == f"{MEMBERS}?balance=1&done=kept"
    page = desk.get(f"{MEMBERS}?balance=1")
    assert "Rich <b>ones" not in page.text
    assert "Rich &lt;b&gt;ones" in page.text
    assert "Rich" not in Desk(client, floor.hall.staff["manager"]).get(MEMBERS).text
    (number,) = set(re.findall(r"/panel/members/views/(\d+)/delete", page.text))
    desk.post(f"{MEMBERS}/views/{number}/delete", {})
    assert "Rich" not in desk.get(MEMBERS).text


def test_many_at_once_only_as_many_as_were_told(desk: Desk, floor: Floor, eva: int) -> None:
    bob = floor.add_member("bob")
    dialog = desk.get(f"{MEMBERS}/bulk?member={eva}&member={bob}")
    assert "2 members are chosen" in text_of(dialog)
    form = hidden_fields(dialog) | {"member": [str(eva), str(bob)], "act": "deactivate"}
    assert "There are 2 now" in text_of(desk.post(f"{MEMBERS}/bulk", form | {"count": "3"}))
    assert row_of(floor, eva).is_active
    desk.post(f"{MEMBERS}/bulk", form)
    assert not row_of(floor, eva).is_active
    assert not row_of(floor, bob).is_active


def test_feedback_is_read_and_answered(desk: Desk, client: Client, floor: Floor, eva: int) -> None:
    sent = {"member_account": "eva", "subject": "Fan", "message": "<i>loud</i>"}
    client.ok("POST", "/customerFeedback", json=sent)
    page = desk.get("/panel/feedback?read=0")
    assert "<i>loud" not in page.text
    (number,) = set(re.findall(r"/panel/feedback/(\d+)/answer", page.text))
    wrong = desk.post(f"/panel/feedback/{number}/answer", {"text": " ", "key": "a"})
    assert wrong.status_code == 400
    answer = {"text": "Mended", "key": "b"}
    for _ in range(2):
        assert "hx-redirect" in desk.post(f"/panel/feedback/{number}/answer", answer).headers
    assert "answered" in text_of(desk.get("/panel/feedback"))
    assert text_of(desk.get(f"{MEMBERS}/{eva}")).count("Mended") == 1
    assert "Nobody has written" in text_of(desk.get("/panel/feedback?read=0"))


def test_a_list_is_tried_then_taken_in(desk: Desk, floor: Floor) -> None:
    page = f"{MEMBERS}/import"
    assert "Members from a file" in text_of(desk.get(page))
    bad = b"member_account,member_email\nbob,no mail\ncyd,\n"
    wrong = upload(desk, f"{page}/check", "file", bad)
    assert re.search(r"1 cell is wrong.* 2 member_email ", text_of(wrong))
    good = b"member_account\nbob\ncyd\n"
    assert "2 members would be taken in" in text_of(upload(desk, f"{page}/check", "file", good))
    known = floor.store.read_sync(member_by_account, floor.hall.center_id, "bob")
    assert known is None
    assert "1 cell is wrong" in text_of(upload(desk, f"{page}/file", "file", bad))
    begun = upload(desk, f"{page}/file", "file", good)
    assert "2 members are being taken in" in text_of(begun)
    again = upload(desk, f"{page}/file", "file", good)
    assert "Another import is on its way" in text_of(again)


def test_a_new_password_is_shown_once(desk: Desk, client: Client, eva: int) -> None:
    asked = desk.get(f"{MEMBERS}/{eva}/password")
    assert (asked.status_code, "data-password" in asked.text) == (200, False)
    (password,) = re.findall(
        r"data-password>([^<]{8})<", desk.post(f"{MEMBERS}/{eva}/password", {}).text
    )
    info = {"member_account": "eva", "member_password": password}
    assert client.ok("POST", "/members/action/memberInfo", json=info)["must_change_password"] == 1
    old = info | {"member_password": "secret-1"}
    assert client.refused("POST", "/members/action/memberInfo", json=old)[0] != 200
    assert password not in desk.get(f"{MEMBERS}/{eva}").text
    assert "must be changed" in text_of(desk.get(f"{MEMBERS}/{eva}"))


def test_forgetting_asks_for_the_money_first(desk: Desk, floor: Floor, eva: int) -> None:
    path = f"{MEMBERS}/{eva}/data"
    assert "€10.00" in text_of(desk.get(path))
    assert "still on the account" in text_of(desk.post(f"{path}/forget", {}))
    assert row_of(floor, eva) is not None
    done = desk.post(f"{path}/forget", {"forfeits": "1"})
    assert done.headers["hx-redirect"] == MEMBERS
    assert row_of(floor, eva) is None
    assert floor.house("forfeited") == 10 * EURO
    assert desk.get(path).status_code == 404


def test_an_expired_member_is_told_so(client: Client, eva: int) -> None:
    client.ok("PUT", f"/members/{eva}", json={"member_expire_time_local": "2020-01-01 00:00:00"})
    info = {"member_account": "eva", "member_password": "secret-1"}
    code, message = client.refused("POST", "/members/action/memberInfo", json=info)
    assert (code, message) == (400, "The member is expired.")
    # The desk still finds him.
    del info["member_password"]
    assert client.ok("POST", "/members/action/memberInfo", json=info)["member_id"] == eva


def test_the_card_says_from_where_a_member_signed_in(
    client: Client, desk: Desk, floor: Floor, eva: int
) -> None:
    form = {"account": "eva", "password": "secret-1"}
    browser = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko Firefox/130.0"}
    answer = client.raw("POST", "/portal/hall7777", key="", data=form, headers=browser)
    assert answer.status_code == 303
    page = text_of(desk.get(f"{MEMBERS}/{eva}"))
    assert "Sign-in Firefox, Linux 127.0.0.1 since" in page


def test_the_pages_say_when_bonus_ends(
    client: Client, desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(bonus_expiration_time=2)
    ada = floor.add_member("ada")
    card, phone = f"{MEMBERS}/{ada}", Phone(client, floor, ada)
    told = "the first of it ends: "
    assert told not in text_of(desk.get(card))
    body = {"topup_ids": ada, "topup_value": 0, "topup_balance_bonus": 3}
    client.ok("POST", "/members/action/topup", json=body)
    for page in (desk.get(card), phone.get(f"{HOME}/account")):
        assert told in text_of(page)
    freeze.advance(2 * 86400)
    floor.run(expire_bonus, None)
    assert floor.money(ada) == (0, 0)
    for page in (desk.get(card), phone.get(f"{HOME}/account")):
        assert told not in text_of(page)
