"""The panel's pages of the packages: what is sold, what was bought, and taking one back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lanhouse.cafe.offers.commands import OfferChange, change_offer
from lanhouse.cafe.offers.queries import offer_by_id
from lanhouse.cafe.offers.schemas import OfferValues
from lanhouse.kit import clock
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.phone import HOME, Phone
from tests.contract.pages.test_pages import Desk, text_of
from tests.contract.products.test_product_pages import error_at, form_in

PATH = "/panel/packages"
SOLD = f"{PATH}/sold"


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["manager"])


def values_of(floor: Floor, offer_id: int) -> OfferValues:
    found = floor.store.read_sync(offer_by_id, 7777, offer_id)
    assert found is not None
    return found.values


def test_who_may_open_and_what_each_sees(client: Client, floor: Floor) -> None:
    offer = floor.add_offer("Night", 900)
    package = floor.sell(offer, floor.add_member("ada"))
    pages = (PATH, f"{PATH}/{offer}", SOLD, f"{SOLD}/{package}", f"{PATH}/add")
    for role, codes in (
        ("staff", [200, 200, 200, 200, 403]),
        ("manager", [200] * 5),
        ("admin", [200] * 5),
    ):
        person = Desk(client, floor.hall.staff[role])
        assert [person.get(path).status_code for path in pages] == codes
    staff = Desk(client, floor.hall.staff["staff"])
    assert f"{PATH}/{offer}/edit" not in staff.get(f"{PATH}/{offer}").text
    assert staff.post(f"{PATH}/{offer}/edit", {"name": "x"}).status_code == 403
    assert values_of(floor, offer).name == "Night"


def test_a_package_is_added_once_per_form_with_all_its_fields(floor: Floor, desk: Desk) -> None:
    vip, gold = floor.add_pc_group("VIP"), floor.add_member_group("Gold")
    form = form_in(desk.get(f"{PATH}/add"))
    form |= {
        "name": "Night VIP",
        "price": "9.50",
        "minutes": "480",
        "coin_price": "40",
        "from_time": "22:00",
        "to_time": "08:00",
        "weekday": ["5", "6"],
        "show_to_time": "23:00",
        "expires_after_days": "3",
        "priority": "7",
        "begin_date": "2026-03-10",
        "end_date": "2026-03-31",
        "pc_group": [str(vip)],
        "member_group": [str(gold), "-4"],
        "is_auto_start": "1",
        "allows_discount": "1",
    }
    for _ in range(2):
        answer = desk.post(f"{PATH}/add", form)
        assert answer.status_code == 200, text_of(answer)
        assert answer.headers["hx-redirect"] == f"{PATH}?search=Night+VIP&done=added"
    shown = text_of(desk.get(f"{PATH}?search=Night+VIP&done=added"))
    assert "Package added." in shown
    assert "1 package" in shown
    made = values_of(floor, 1)
    assert (made.price_micros, made.minutes, made.coin_price_micros) == (
        *(9_500_000, 480, 40 * EURO),
    )
    assert (made.window.weekdays, made.window.from_minute, made.window.to_minute) == (
        *((5, 6), 1320, 480),
    )
    assert (made.show_window.from_minute, made.show_window.to_minute) == (0, 1380)
    assert str(made.available_from) == "2026-03-10 00:00:00+00:00"
    assert str(made.available_to) == "2026-04-01 00:00:00+00:00"
    assert (made.pc_group_ids, made.member_group_ids) == ((vip,), (-4, gold))
    assert (made.is_auto_start, made.allows_discount, made.is_active) == (True, True, True)
    assert (made.priority, made.expires_after_days) == (7, 3)


def test_a_wrong_form_comes_back_with_its_reasons(floor: Floor, desk: Desk) -> None:
    form = form_in(desk.get(f"{PATH}/add"))
    wrong = {"price": "x", "minutes": "0", "priority": "9999", "weekday": [], "from_time": "9"}
    answer = desk.post(f"{PATH}/add", form | wrong)
    assert answer.status_code == 400
    for name, reason in (
        ("name", "is required"),
        ("price", "This is not an amount. Write it like 12.50"),
        ("minutes", "must be between 1 and 527040"),
        ("priority", "must be between 0 and 1000"),
        ("weekday", "is required"),
        ("from_time", "must be a time window like 08:00-22:00"),
    ):
        assert error_at(name, answer) == reason, name
    assert "There are no packages yet." in text_of(desk.get(PATH))


def test_a_form_writes_what_it_changed_and_nothing_else(floor: Floor, desk: Desk) -> None:
    offer = floor.add_offer("Night", 900)
    form = form_in(desk.get(f"{PATH}/{offer}"), "edit")
    change = OfferChange(floor.center, offer, None, {"priority": 5})
    floor.run(change_offer, change)
    answer = desk.post(f"{PATH}/{offer}/edit", form | {"price": "8"})
    assert answer.headers["hx-redirect"] == f"{PATH}/{offer}?done=saved"
    assert (values_of(floor, offer).priority, values_of(floor, offer).price_micros) == (
        *(5, 8 * EURO),
    )
    gone = desk.post(f"{PATH}/{offer}/delete", {})
    assert gone.headers["hx-redirect"] == f"{PATH}?done=deleted"
    assert desk.get(f"{PATH}/{offer}").status_code == 404
    assert desk.get(f"{PATH}/x").status_code == 404


def test_what_was_bought_by_offer_and_by_member(
    floor: Floor, desk: Desk, freeze: clock.frozen
) -> None:
    night, day = floor.add_offer("Night", 900), floor.add_offer("Day", 500)
    ada, bob = floor.add_member("ada"), floor.add_member("bob")
    floor.sell(night, ada)
    floor.sell(day, ada, "card")
    floor.sell(night, bob)
    assert "3 bought packages" in text_of(desk.get(SOLD))
    of_ada = text_of(desk.get(f"{SOLD}?member=ADA"))
    assert "2 bought packages" in of_ada
    assert "bob" not in of_ada
    of_night = text_of(desk.get(f"{SOLD}?offer={night}"))
    assert "2 bought packages" in of_night
    assert "Nothing was bought here yet." in text_of(desk.get(f"{SOLD}?member=nobody"))
    floor.member(ada)
    freeze.advance(3600)
    assert "2 h" in text_of(desk.get(f"{SOLD}/2")) or "2 h" in text_of(desk.get(f"{SOLD}/1"))


def test_what_ends_with_a_day_shows_that_day_and_not_the_next(
    client: Client, floor: Floor, desk: Desk
) -> None:
    now = clock.now()
    midnight = datetime(now.year + 2, 3, 1, tzinfo=UTC)
    night = floor.add_offer("Night", 900, available_to=midnight)
    ada = floor.add_member("ada")
    package = floor.sell(night, ada)
    last, next_day = f"28 Feb {now.year + 2}", f"1 Mar {now.year + 2}"
    if midnight.year % 4 == 0:
        last = f"29 Feb {now.year + 2}"
    phone = Phone(client, floor, ada)
    for page in (
        *(desk.get(path) for path in (PATH, SOLD, f"{SOLD}/{package}", f"/panel/members/{ada}")),
        *(phone.get(path) for path in (f"{HOME}/account", f"{HOME}/shop")),
    ):
        assert last in text_of(page), page.url
        assert next_day not in text_of(page), page.url


def test_a_package_is_taken_back_once_for_the_sum_that_was_shown(
    floor: Floor, desk: Desk, freeze: clock.frozen
) -> None:
    package = floor.sell(floor.add_offer("Night", 900), floor.add_member("ada"), "card")
    page = f"{SOLD}/{package}"
    form: dict[str, Any] = form_in(desk.get(page), "refund") | {"comment": "wrong one"}
    assert form["sum"] == str(9 * EURO)
    other = desk.post(f"{page}/refund", form | {"sum": str(8 * EURO), "key": "a"})
    assert other.status_code == 422
    assert "another sum would go back by now; look again" in text_of(other)
    assert floor.till("card") == 9 * EURO
    for _ in range(2):
        answer = desk.post(f"{page}/refund", form)
        assert answer.headers["hx-redirect"] == f"{page}?done=back", text_of(answer)
    assert (floor.till("card"), floor.house("revenue_offer")) == (0, 0)
    shown = text_of(desk.get(f"{page}?done=back"))
    assert "The package is given back." in shown
    assert "wrong one" in shown
    assert len(floor.logs("OFFER")) == 2
    again = desk.post(f"{page}/refund", form | {"key": "b"})
    assert again.status_code == 422
    assert "the package was given back already" in text_of(again)
    floor.verify()


def test_without_a_shift_the_refund_opens_one_and_goes_on(
    floor: Floor, desk: Desk, freeze: clock.frozen
) -> None:
    package = floor.sell(floor.add_offer("Night", 900), floor.add_member("ada"))
    floor.set(shift_required=True)
    till = floor.add_till("Bar")
    page = f"{SOLD}/{package}"
    form = form_in(desk.get(page), "refund")
    answer = desk.post(f"{page}/refund", form)
    assert answer.status_code == 400
    assert "You have no open shift" in text_of(answer)
    assert floor.till() == 9 * EURO
    with_shift = form_in(answer, "refund") | {"open_float": "20", "open_till": str(till)}
    done = desk.post(f"{page}/refund", with_shift)
    assert done.headers["hx-redirect"] == f"{page}?done=back", text_of(done)
    assert floor.till() == 0
    floor.verify()
