"""What is guessed of a new centre, and how its rooms and packages come out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanhouse.cafe.first_start.rules import (
    RoomWish,
    check_rooms,
    countries,
    first_packages,
    furnish,
    guess_from_country,
    guess_from_zone,
    usual_prices,
    zones,
)
from lanhouse.cafe.pcs.rules import seat_pixels
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import MAX_PC

EURO = 1_000_000
_PAGE_PIXELS = 632


def room(name: str = "Main hall", count: int = 24, prefix: str = "PC") -> RoomWish:
    return RoomWish(name=name, count=count, prefix=prefix)


@pytest.mark.parametrize(
    ("zone", "country", "currency"),
    [
        ("Europe/Lisbon", "PT", "EUR"),
        ("America/Sao_Paulo", "BR", "BRL"),
        ("Asia/Manila", "PH", "PHP"),
        ("Etc/UTC", "", ""),
        ("No/Where", "", ""),
    ],
)
def test_a_clock_tells_where_a_centre_lies(zone: str, country: str, currency: str) -> None:
    found = guess_from_zone(zone)
    assert (found.country, found.currency, found.zone) == (country, currency, zone)


def test_a_country_tells_the_zone_only_where_it_has_one() -> None:
    assert guess_from_country("PL").zone == "Europe/Warsaw"
    assert guess_from_country("BR").zone == ""
    assert guess_from_country("BR").currency == "BRL"
    assert guess_from_country("??").currency == ""


def test_countries_have_names_in_the_readers_language() -> None:
    assert dict(countries("de"))["PT"] == "Portugal"
    assert dict(countries("de"))["US"] == "Vereinigte Staaten"
    assert "001" not in dict(countries("en"))


def test_zones_are_places() -> None:
    names = [name for name, _ in zones()]
    assert names[0] == "UTC"
    assert "Europe/Lisbon" in names
    assert not [name for name in names if name.startswith(("Etc/", "US/", "posix"))]


def test_names_are_numbered_with_the_zeros_that_the_last_one_needs() -> None:
    assert room(count=3).pc_names == ["PC01", "PC02", "PC03"]
    assert room(count=100).pc_names[0] == "PC001"


@pytest.mark.parametrize(
    ("rooms", "fields"),
    [
        ([], {"name_0"}),
        ([room(name="")], {"name_0"}),
        ([room(name="x" * 51)], {"name_0"}),
        ([room(), room("MAIN HALL", prefix="VIP")], {"name_1"}),
        ([room(), room("VIP", prefix="pc")], {"prefix_1"}),
        ([room(prefix="")], {"prefix_0"}),
        ([room(prefix="x" * 60)], {"prefix_0"}),
        ([room(count=0)], {"count_0"}),
        ([room(count=MAX_PC + 1)], {"count_0"}),
        ([room(count=300), room("VIP", 201, "VIP")], {"count_0"}),
    ],
)
def test_what_cannot_be_made_is_named_by_its_row(rooms: list[RoomWish], fields: set[str]) -> None:
    with pytest.raises(InvalidInput) as told:
        check_rooms(rooms)
    assert told.value.fields.keys() == fields


@given(
    st.lists(st.tuples(st.integers(1, 120), st.sampled_from([0, 5, 7])), min_size=1, max_size=12)
)
def test_no_rooms_and_no_seats_stand_on_each_other(kinds: list[tuple[int, int]]) -> None:
    wishes = [
        RoomWish(name=f"Room {at}", count=count, prefix=f"R{at}-", console_type=kind)
        for at, (count, kind) in enumerate(kinds)
    ]
    hall = furnish(wishes)
    frames = [(r.frame_x, r.frame_y, r.frame_width, r.frame_height) for r in hall.rooms]
    for at, (x, y, width, height) in enumerate(frames):
        for other_x, other_y, other_width, other_height in frames[:at]:
            is_beside = x >= other_x + other_width or other_x >= x + width
            is_below = y >= other_y + other_height or other_y >= y + height
            assert is_beside or is_below
    assert max(x + width for x, _, width, _ in frames) <= _PAGE_PIXELS
    for plan, wish in zip(hall.rooms, wishes, strict=True):
        width, height = seat_pixels(wish.console_type)
        seats = [(at.box_left, at.box_top) for at in hall.places if at.room_name == plan.name]
        assert len(seats) == wish.count
        for at, (left, top) in enumerate(seats):
            assert 0 <= left <= plan.frame_width - width
            assert 0 <= top <= plan.frame_height - height
            assert all(
                abs(left - other_left) >= width or abs(top - other_top) >= height
                for other_left, other_top in seats[:at]
            )


def test_a_hall_of_80_stands_on_one_page_of_1440_by_900() -> None:
    """At 1.5 times the pixels of the map, the least at which a seat is readable."""
    rooms = [
        room(count=56),
        room("VIP", 20, "V"),
        RoomWish(name="Consoles", count=4, prefix="PS", console_type=5),
    ]
    made = furnish(rooms).rooms
    assert max(each.frame_x + each.frame_width for each in made) <= _PAGE_PIXELS
    assert max(each.frame_y + each.frame_height for each in made) <= 400


@given(st.integers(1, 100_000).map(lambda cents: cents * EURO // 100))
def test_packages_are_cheaper_than_their_hours_and_are_whole_cents(price: int) -> None:
    for package in first_packages(price).values():
        assert 0 <= package.price_micros < price * package.minutes // 60
        assert package.price_micros % 10_000 == 0


def test_packages_look_like_a_price_list() -> None:
    prices = {key: one.price_micros / EURO for key, one in first_packages(3 * EURO).items()}
    assert prices == {"five": 13.0, "ten": 22.5, "night": 12.0}


def test_usual_prices_are_known_for_some_currencies() -> None:
    assert usual_prices("EUR")[2] == 3 * EURO
    assert usual_prices("XXX") == ()
