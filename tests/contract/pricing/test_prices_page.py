"""The page of the prices: an empty centre gets all its prices there, and nothing is done unseen."""

from __future__ import annotations

import html
import re
from typing import Any

import httpx
import pytest

from lanhouse.cafe.pricing.queries import prices_of_center
from lanhouse.cafe.pricing.rules import Window
from lanhouse.cafe.pricing.schemas import Price
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import CENT, EURO, Floor
from tests.contract.pages.test_pages import Desk, hidden_fields, text_of

PATH = "/panel/prices"
EVENINGS = [day * 48 + cell for day in range(7) for cell in range(34, 48)]


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["admin"])


def rules_of(floor: Floor, center_id: int = 7777) -> list[Price]:
    return floor.store.read_sync(prices_of_center, center_id)


def own(floor: Floor) -> list[tuple[str, int, Window]]:
    """Name, micros and window of the rules beside "Default"."""
    return [
        (price.name, price.price_per_hour_micros or 0, price.window)
        for price in rules_of(floor)
        if not price.is_default
    ]


class Draft:
    """The page as a browser has it, with what it carries from one press to the next."""

    def __init__(self, desk: Desk, query: str = "") -> None:
        self.desk = desk
        self.answer = desk.get(f"{PATH}{query}")
        self.fields: dict[str, Any] = {}
        self._carry()

    def press(self, do: str = "show", **fields: Any) -> httpx.Response:
        """Press a button that draws."""
        sent = {**self.fields, "do": do, **fields}
        self.answer = self.desk.post(f"{PATH}/draft", sent)
        self._carry()
        return self.answer

    def put(self) -> httpx.Response:
        """Put in force."""
        return self.desk.post(PATH, self.fields)

    def _carry(self) -> None:
        hidden = hidden_fields(self.answer)
        wanted = ("key", "seen", "strokes", "pcs", "who")
        self.fields = {name: html.unescape(hidden[name]) for name in wanted}

    @property
    def text(self) -> str:
        return text_of(self.answer)


def new(name: str, price: str, cells: list[int]) -> dict[str, Any]:
    return {"cells": cells, "paint": "new", "name": name, "price": price}


def test_an_empty_centre_gets_all_its_prices(floor: Floor, desk: Desk) -> None:
    vip = floor.add_pc_group("VIP")
    draft = Draft(desk)
    assert "Nothing can be sold yet where no other price holds" in draft.text
    assert "closed" in draft.text
    assert draft.press("reprice", tariff="Default", tariff_price="2,50").status_code == 200
    assert "Nothing can be sold yet" not in draft.text
    assert draft.press("paint", **new("Evening", "3.50", EVENINGS)).status_code == 200
    draft.press(to_pcs=str(vip))
    assert draft.fields["pcs"] == str(vip)
    draft.press("paint", **new("VIP", "5", list(range(336))))
    assert "3 changes, 217 h painted" in draft.text
    assert own(floor) == []
    done = draft.put()
    assert done.headers["hx-redirect"] == f"{PATH}?pcs={vip}&who=&done=1"
    assert "The new prices are in force." in text_of(desk.get(done.headers["hx-redirect"]))
    assert own(floor) == [
        ("Evening", 3_500_000, Window(from_minute=17 * 60)),
        ("VIP", 5 * EURO, Window()),
    ]
    assert rules_of(floor)[0].price_per_hour_micros == 2_500_000
    again = draft.put()
    assert again.headers["hx-redirect"] == done.headers["hx-redirect"]
    assert len(own(floor)) == 2


def test_a_running_session_is_told_of_before(floor: Floor, desk: Desk) -> None:
    floor.set_price(200)
    floor.add_pcs("PC01", "PC02")
    floor.guest("postpaid", "PC01")
    draft = Draft(desk)
    assert "running session" not in draft.text
    draft.press("paint", **new("All day", "3", list(range(336))))
    assert "2 PCs · 1 running session goes on at the new price from now" in draft.text
    assert "€3.00 more than today (€6.00)" in draft.text
    draft.press("undo")
    assert "running session" not in draft.text
    assert draft.fields["strokes"] == ""


def test_the_simulator_explains_its_bill(floor: Floor, desk: Desk) -> None:
    vip = floor.add_pc_group("VIP")
    gold = floor.add_member_group("Gold", 1000)
    floor.set_price(200)
    floor.add_price("VIP", 450, pc_group_id=vip)
    floor.add_price("VIP night", 500, pc_group_id=vip, time="22:00-02:00")
    draft = Draft(desk)
    draft.press(sim_who=gold, sim_pcs=vip, sim_day=5, sim_from="21:00", sim_hours="3")
    assert "1 h, VIP21:00 to 22:00 at €4.05/h" in draft.text.replace(" 21", "21")
    assert "2 h, VIP night" in draft.text
    assert "Gold: to pay" in draft.text
    assert "€13.05" in draft.text
    assert "Guests who pay first €14.50" in draft.text


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        (new("", "", [1]), "name", "is required"),
        (new("", "x", [1]), "price", "This is not an amount. Write it like 12.50"),
        (new("Day", "-1", [1]), "price", "Write it without + or -"),
        (new("Default", "1", [1]), "name", "is in use already"),
        (new("Day", "9", [1]), "name", "is in use already, at another price"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    floor: Floor, desk: Desk, fields: dict[str, Any], field: str, reason: str
) -> None:
    floor.add_price("Day", 300)
    draft = Draft(desk)
    assert draft.press("paint", **fields).status_code == 400
    found = re.search(rf'id="{field}-more">.*?<span>(.*?)</span>', draft.answer.text, re.S)
    assert found is not None
    assert found[1] == reason
    assert draft.fields["strokes"] == ""


@pytest.mark.parametrize(
    ("do", "fields", "words"),
    [
        ("paint", {"cells": []}, "choose the hours first"),
        ("paint", {"cells": [999, -1]}, "choose the hours first"),
        ("paint", {"cells": [1], "paint": "t:"}, "choose a price first"),
        ("show", {"strokes": "["}, "cannot be read"),
        ("show", {"strokes": '[{"type":"paint","grid":{},"cells":[999]}]'}, "cannot be read"),
        ("show", {"pcs": "99"}, "is not a PC group of this centre"),
        ("show", {"who": "'; DROP TABLE"}, "is not a member group of this centre"),
        ("reprice", {"tariff": "Gone", "tariff_price": "1"}, "there is no price of this name"),
        ("show", {"sim_from": "25:00", "sim_hours": "1e9"}, "must be a time like 21:00"),
    ],
)
def test_nonsense_is_answered_with_the_page(
    floor: Floor, desk: Desk, do: str, fields: dict[str, Any], words: str
) -> None:
    draft = Draft(desk)
    answer = desk.post(f"{PATH}/draft", {**draft.fields, "do": do, **fields})
    assert answer.status_code in (200, 400)
    assert words in text_of(answer)
    assert own(floor) == []


def test_prices_that_have_moved_are_looked_at_again(floor: Floor, desk: Desk) -> None:
    draft = Draft(desk)
    draft.press("paint", **new("Day", "3", [0]))
    floor.add_price("Other", 400)
    answer = draft.put()
    assert answer.status_code == 409
    assert "Somebody else has changed prices meanwhile" in text_of(answer)
    assert [name for name, _, _ in own(floor)] == ["Other"]
    hidden = hidden_fields(answer)
    sent = {name: html.unescape(hidden[name]) for name in ("key", "seen", "strokes")}
    assert desk.post(PATH, sent).headers["hx-redirect"]
    assert [name for name, _, _ in own(floor)] == ["Other", "Day"]


def test_a_name_with_html_is_text(floor: Floor, desk: Desk) -> None:
    draft = Draft(desk)
    draft.press("paint", **new("<b>'x'</b>", "3", [0]))
    assert "<b>'x'" not in draft.answer.text
    draft.put()
    assert own(floor) == [("<b>'x'</b>", 300 * CENT, Window((1,), 0, 30))]
    page = desk.get(PATH)
    assert "<b>'x'" not in page.text
    taken = Draft(desk)
    value = re.search(r'name="paint" value="(t:[^"]*)"', page.text)
    assert value is not None
    taken.press("paint", cells=[5], paint="t:<b>'x'</b>:3000000")
    assert taken.put().status_code == 200
    assert len(own(floor)) == 2


def test_who_may(client: Client, floor: Floor) -> None:
    staff = Desk(client, floor.hall.staff["staff"])
    page = staff.get(PATH)
    assert page.status_code == 200
    assert "Paint the chosen hours" not in page.text
    hidden = hidden_fields(page)
    sent = {"seen": hidden["seen"], "key": hidden["key"], "do": "paint", **new("A", "1", [1])}
    assert staff.post(f"{PATH}/draft", sent).status_code == 403
    assert staff.post(PATH, sent).status_code == 403
    assert own(floor) == []


def test_another_centre_s_groups_are_none(floor: Floor, desk: Desk) -> None:
    other = Floor(floor.store, open_hall(floor.store, 7778))
    foreign = other.add_pc_group("VIP")
    assert "is not a PC group" in text_of(desk.get(f"{PATH}?pcs={foreign}"))
    draft = Draft(desk)
    stroke = f'[{{"type":"paint","grid":{{"pc_group_id":{foreign}}},"cells":[1],'
    stroke += '"tint":{"name":"A","price_per_hour_micros":1000000}}]'
    answer = desk.post(PATH, {**draft.fields, "strokes": stroke})
    assert answer.status_code == 400
    assert own(floor) == []
