"""The panel's pages of people: adding, changing, and what is shown this once."""

from __future__ import annotations

import html
import re
from typing import Any

from lanhouse.auth.passwords import password_matches
from lanhouse.cafe.staff.queries import staff_by_account
from tests.builders.centers import PASSWORD, Hall
from tests.builders.client import Client
from tests.contract.pages.test_pages import Desk, hidden_fields, text_of

STAFF = "/panel/settings/staff"
NEW = "a new password"


def person(hall: Hall, account: str) -> Any:
    row = hall.store.read_sync(staff_by_account, hall.center_id, account)
    assert row is not None
    return row


def page_of(hall: Hall, role: str) -> str:
    return f"{STAFF}/{person(hall, hall.staff[role]).id}"


def form_of(text: str) -> dict[str, str]:
    """The form of the person as a browser sends it."""
    form = text.partition('id="person"')[2].partition("</form>")[0]
    fields = {
        name: html.unescape(value)
        for tag in re.findall(r"<input[^>]*>", form)
        for name, value in re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', tag)
        if "checkbox" not in tag or " checked" in tag
    }
    role = re.search(r'<option value="(\w+)" selected>', form)
    assert role is not None
    return {**fields, "role": role[1]}


def password_in(text: str) -> str:
    found = re.search(r"<dt>Password</dt><dd>([^<]+)</dd>", text)
    assert found is not None
    return found[1]


def test_a_person_is_added_and_the_password_shown_once(client: Client, hall: Hall) -> None:
    admin = Desk(client, hall.staff["admin"])
    form = admin.get(f"{STAFF}/new")
    sent = {**hidden_fields(form), "account": "kim", "role": "staff"}

    shown = admin.post(f"{STAFF}/new", sent)
    again = admin.post(f"{STAFF}/new", sent)

    assert shown.status_code == 200
    assert password_matches(person(hall, "kim").password_hash, password_in(shown.text))
    assert password_in(again.text) == password_in(shown.text)
    assert "kim" in admin.get(STAFF).text
    assert password_in(shown.text) not in admin.get(f"{STAFF}/{person(hall, 'kim').id}").text


def test_a_form_that_is_refused_keeps_what_was_typed(client: Client, hall: Hall) -> None:
    admin = Desk(client, hall.staff["admin"])
    sent = {"account": "a b", "role": "manager", "hours": "9 to 5", "password": "short"}
    answer = admin.post(f"{STAFF}/new", sent)
    assert answer.status_code == 400
    assert "must have 10 to 200 characters" in answer.text
    answer = admin.post(f"{STAFF}/new", {**sent, "password": NEW})
    text = text_of(answer)
    assert "must be 1 to 40 letters, digits, _ . @ or -" in text
    assert "must be two times such as 09:00-18:00" in text
    assert 'value="a b"' in answer.text
    assert '<option value="manager" selected>' in answer.text
    assert NEW not in answer.text


def test_who_changes_one_field_undoes_nobodys_change_of_another(client: Client, hall: Hall) -> None:
    admin, page = Desk(client, hall.staff["admin"]), page_of(hall, "staff")
    mine, theirs = (form_of(admin.get(page).text) for _ in range(2))
    first = admin.post(page, {**theirs, "role": "manager"})
    assert first.headers["hx-redirect"] == f"{page}?saved=person"
    admin.post(page, {**mine, "hours": "09:00-18:00"})
    kept = person(hall, hall.staff["staff"])
    assert (kept.role, kept.hours, kept.is_active) == ("manager", "09:00-18:00", True)
    gone = form_of(admin.get(page).text)
    del gone["is_active"]
    admin.post(page, gone)
    assert not person(hall, hall.staff["staff"]).is_active
    assert "switched off" in admin.get(page).text


def test_rights_that_somebody_else_gave_meanwhile_stay(client: Client, hall: Hall) -> None:
    admin, page = Desk(client, hall.staff["admin"]), page_of(hall, "staff")
    shown = admin.get(page).text.partition('id="rights"')[2]
    was = re.findall(r'name="was" value="([\w.]+)"', shown)
    admin.post(f"{page}/rights", {"right": [*was, "offers.edit"], "was": was})
    ticked = [right for right in was if right != "members.loan"]
    admin.post(f"{page}/rights", {"right": ticked, "was": was})
    kept = person(hall, hall.staff["staff"])
    assert (kept.granted, kept.withheld) == (["offers.edit"], ["members.loan"])


def test_a_new_password_is_shown_once(client: Client, hall: Hall) -> None:
    admin, page = Desk(client, hall.staff["admin"]), page_of(hall, "staff")
    cashier = Desk(client, hall.staff["staff"])
    shown = admin.post(f"{page}/password", {"key": "give-1"})
    again = admin.post(f"{page}/password", {"key": "give-1"})
    made = password_in(shown.text)
    assert password_in(again.text) == made
    assert password_matches(person(hall, hall.staff["staff"]).password_hash, made)
    assert cashier.get("/panel/computers").status_code == 303
    assert "content-encoding" not in shown.headers


def test_what_one_may_not_reach_has_no_form(client: Client, hall: Hall) -> None:
    url = f"/api/native/v1/staff/{person(hall, hall.staff['manager']).id}/rights"
    assert client.raw("PUT", url, json={"granted": ["staff.edit"]}).status_code == 200
    manager, page = Desk(client, hall.staff["manager"]), page_of(hall, "admin")
    shown = manager.get(page).text
    assert "This person has rights that you do not have" in shown
    assert 'id="person"' not in shown
    answer = manager.post(f"{page}/password", {})
    assert (answer.status_code, "rights that you do not have" in answer.text) == (403, True)
    assert manager.post(page, {"account": "x", "role": "admin"}).status_code == 403
    assert 'id="person"' in manager.get(page_of(hall, "staff")).text


def test_ones_own_password(client: Client, hall: Hall) -> None:
    mine, other = (Desk(client, hall.staff["staff"]) for _ in range(2))
    assert "My account" in mine.get("/panel/computers").text
    wrong = mine.post("/panel/account/password", {"old_password": "x", "password": NEW})
    assert (wrong.status_code, "is not your password" in wrong.text) == (400, True)
    done = mine.post("/panel/account/password", {"old_password": PASSWORD, "password": NEW})
    assert done.headers["hx-redirect"] == "/panel/account?saved=password"
    assert "You are signed out everywhere else" in mine.get("/panel/account?saved=password").text
    assert other.get("/panel/account").status_code == 303
    assert password_matches(person(hall, hall.staff["staff"]).password_hash, NEW)


def test_names_of_the_house_are_no_code(client: Client, hall: Hall) -> None:
    admin = Desk(client, hall.staff["admin"])
    answer = admin.post(f"{STAFF}/new", {"account": '"><script>', "role": "staff"})
    assert answer.status_code == 400
    assert "<script>" not in answer.text.partition('id="main"')[2].partition("</main>")[0]
