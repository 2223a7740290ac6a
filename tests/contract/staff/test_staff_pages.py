"""The panel's pages of the staff: check marks, and who may change them."""

from __future__ import annotations

import re

from lanhouse.auth.rights import RIGHTS, rights_of
from lanhouse.cafe.staff.panel.sections import SECTIONS
from lanhouse.cafe.staff.queries import staff_by_account
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.contract.pages.test_pages import Desk


def person_of(hall: Hall, role: str) -> tuple[int, list[str], list[str]]:
    row = hall.store.read_sync(lambda read, _: staff_by_account(read, 7777, f"{role}7777"), None)
    assert row is not None
    return row.id, row.granted, row.withheld


def page_of(hall: Hall, role: str) -> str:
    return f"/panel/settings/staff/{person_of(hall, role)[0]}"


def ticked(text: str) -> set[str]:
    return {
        found[1]
        for found in re.finditer(
            r'<input[^>]*type="checkbox"[^>]*name="right"[^>]*value="([\w.]+)"[^>]*>', text
        )
        if " checked" in found[0]
    }


def test_every_right_has_its_mark_once() -> None:
    shown = [right for _, rights in SECTIONS for right, _ in rights]
    assert sorted(shown) == sorted(RIGHTS)


def test_marks_show_and_set_what_differs_from_the_role(client: Client, hall: Hall) -> None:
    admin = Desk(client, "admin7777")
    page = page_of(hall, "staff")
    assert ticked(admin.get(page).text) == rights_of("staff") - {"account.self"}

    wanted = (rights_of("staff") - {"account.self", "members.loan"}) | {"offers.edit"}
    saved = admin.post(f"{page}/rights", {"right": sorted(wanted)})

    assert (saved.status_code, saved.headers["hx-redirect"]) == (200, f"{page}?saved=rights")
    saved = admin.get(saved.headers["hx-redirect"])
    assert "It holds from the next click" in saved.text
    assert ticked(saved.text) == wanted
    assert "more than the role" in saved.text
    assert "less than the role" in saved.text
    assert person_of(hall, "staff")[1:] == (["offers.edit"], ["members.loan"])
    listed = admin.get("/panel/settings/staff").text
    assert "1 right more, 1 right less" in listed


def test_refusals_keep_what_was_ticked(client: Client, hall: Hall) -> None:
    admin = Desk(client, "admin7777")
    page = page_of(hall, "admin")
    own = admin.get(page).text
    assert "<button" not in own.partition('id="rights"')[2].partition("</form>")[0]
    assert 'id="person"' not in own
    answer = admin.post(f"{page}/rights", {"right": ["pcs.view"]})
    assert answer.status_code == 422
    assert ticked(answer.text) == {"pcs.view"}
    assert person_of(hall, "admin")[1:] == ([], [])


def test_a_manager_sees_and_may_not_change(client: Client, hall: Hall) -> None:
    manager = Desk(client, "manager7777")
    page = page_of(hall, "staff")
    assert manager.get(page).status_code == 200
    assert manager.post(f"{page}/rights", {"right": ["pcs.view"]}).status_code == 403
    assert Desk(client, "staff7777").get("/panel/settings/staff").status_code == 403
    assert manager.get("/panel/settings").headers["location"] == "/panel/settings/center"
    assert manager.get("/panel/settings/staff/999").status_code == 404
