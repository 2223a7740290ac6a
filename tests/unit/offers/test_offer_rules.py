"""What a package's limits mean, what it costs, and what goes back for it (cafe-domain 3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lanhouse.cafe.money.taxes import Tax
from lanhouse.cafe.offers.rules import (
    Levels,
    bonus_share,
    expiry_of,
    given_back,
    levels_by,
    limits_of,
    open_spans,
    opens_at,
    package_of,
    price_for,
    suits,
    why_not_sold,
)
from lanhouse.cafe.offers.schemas import Limits, OfferValues, Package, Place
from lanhouse.cafe.pricing.rules import Tariff, Window, parse_weekdays, parse_window
from lanhouse.kit.errors import Refused
from lanhouse.kit.money import MICROS

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_NOON = datetime(2026, 11, 16, 12, tzinfo=BERLIN)
HOUR = timedelta(hours=1)
ANYBODY = Place(0, 0)
CENT = MICROS // 100


def window(text: str, days: str = "7|1|2|3|4|5|6|") -> Window:
    return Window(parse_weekdays(days), *parse_window(text))


def offer(**more: Any) -> OfferValues:
    values: dict[str, Any] = {"name": "Pass", "price_micros": 9 * MICROS, "minutes": 60}
    return OfferValues(**(values | more))


def spans(package: Package, hours: int = 48) -> list[tuple[str, str]]:
    found = open_spans(package, Tariff("Europe/Berlin"), MONDAY_NOON, MONDAY_NOON + hours * HOUR)
    return [
        tuple(f"{at.astimezone(BERLIN):%d %H:%M}" for at in span)  # type: ignore[misc]
        for span in found
    ]


@pytest.mark.parametrize(
    ("times", "days", "expected"),
    [
        ("00:00-24:00", "7|1|2|3|4|5|6|", [("16 12:00", "18 12:00")]),
        (
            "08:00-18:00",
            "7|1|2|3|4|5|6|",
            [
                ("16 12:00", "16 18:00"),
                ("17 08:00", "17 18:00"),
                ("18 08:00", "18 12:00"),
            ],
        ),
        ("22:00-08:00", "1|", [("16 22:00", "17 08:00")]),
        ("00:00-24:00", "3|", [("18 00:00", "18 12:00")]),
    ],
)
def test_when_a_package_is_open(times: str, days: str, expected: list[tuple[str, str]]) -> None:
    assert spans(Package(60, "Pass", window=window(times, days))) == expected


def test_a_life_cuts_the_hours() -> None:
    package = Package(
        60,
        "Pass",
        window=window("08:00-18:00"),
        from_at=MONDAY_NOON + HOUR,
        until_at=MONDAY_NOON + 21 * HOUR,
    )
    assert spans(package) == [("16 13:00", "16 18:00"), ("17 08:00", "17 09:00")]
    assert spans(Package(60, "Pass", until_at=MONDAY_NOON + HOUR)) == [("16 12:00", "16 13:00")]


def test_hours_over_the_change_of_the_clock_follow_the_wall() -> None:
    begin = datetime(2026, 10, 25, 0, tzinfo=BERLIN)
    night = Package(60, "Pass", window=window("00:00-06:00"))
    (span,) = open_spans(night, Tariff("Europe/Berlin"), begin, begin + 10 * HOUR)
    assert span[1] - span[0].astimezone(UTC) == 7 * HOUR


def test_the_life_of_a_package_is_what_ends_sooner() -> None:
    assert expiry_of(MONDAY_NOON, 0, 0) is None
    assert expiry_of(MONDAY_NOON, 2, 3) == MONDAY_NOON + 51 * HOUR
    both = offer(expires_after_hours=5, available_to=MONDAY_NOON + 9 * HOUR)
    assert limits_of(both, MONDAY_NOON).expires_at == MONDAY_NOON + 5 * HOUR
    assert limits_of(both, MONDAY_NOON + 8 * HOUR).expires_at == MONDAY_NOON + 9 * HOUR
    early = offer(available_from=MONDAY_NOON + HOUR)
    assert limits_of(early, MONDAY_NOON).usable_from == MONDAY_NOON + HOUR
    assert limits_of(early, MONDAY_NOON + HOUR).usable_from is None


@pytest.mark.parametrize(
    ("values", "place", "reason"),
    [
        (offer(), ANYBODY, None),
        (offer(is_active=False), ANYBODY, "Product not found"),
        (offer(show_window=window("13:00-14:00")), ANYBODY, "Pass is not sold at this time"),
        (offer(member_group_ids=(7,)), Place(7, 0), None),
        (offer(member_group_ids=(7,)), Place(-4, 0), "Pass is not sold to this group of customers"),
        (offer(pc_group_ids=(3,)), Place(0, 3), None),
        (offer(pc_group_ids=(3,)), Place(0, None), None),
        (offer(pc_group_ids=(3,)), Place(0, 2), "Pass cannot be used on a PC of this group"),
        (offer(available_to=MONDAY_NOON), ANYBODY, "Pass can never be used any more"),
        (
            offer(window=window("13:00-14:00"), expires_after_hours=1),
            ANYBODY,
            "Pass can never be used any more",
        ),
        (offer(window=window("12:30-14:00"), expires_after_hours=1), ANYBODY, None),
    ],
)
def test_what_is_not_sold(values: OfferValues, place: Place, reason: str | None) -> None:
    assert why_not_sold(values, place, Levels(), MONDAY_NOON, BERLIN) == reason


def test_a_package_of_a_higher_level_plays_below_and_never_above() -> None:
    levels = levels_by('{"pc_group_id_1": "level_1", "pc_group_id_2": "level_2", "x": "level_9"}')
    assert levels == Levels({1: 1, 2: 2})
    for_two, for_one = Limits(pc_group_ids=(2,)), Limits(pc_group_ids=(1,))
    assert suits(for_two, Place(0, 1), levels)
    assert not suits(for_one, Place(0, 2), levels)
    assert not suits(for_two, Place(0, 1), Levels())
    assert not suits(for_two, Place(0, 5), levels)
    assert not suits(Limits(pc_group_ids=(5,)), Place(0, 1), levels)
    assert levels_by("[]") == Levels()


def test_the_discount_is_taken_off_where_the_offer_allows_it() -> None:
    assert price_for(offer(), 1250).total_micros == 9 * MICROS
    cheaper = offer(allows_discount=True)
    assert price_for(cheaper, 1250).total_micros == 788 * CENT  # 7.875, half up
    dear = offer(allows_discount=True, price_micros=999 * MICROS)
    assert price_for(dear, 3333, currency="JPY").total_micros == 666 * MICROS
    assert price_for(cheaper, 10_000).total_micros == 0


@pytest.mark.parametrize(
    ("is_included", "total", "tax"),
    [(True, 900 * CENT, 144 * CENT), (False, 1071 * CENT, 171 * CENT)],
)
def test_the_tax_of_time_is_in_the_price_or_on_top(is_included: bool, total: int, tax: int) -> None:
    vat = Tax("VAT", 19 * MICROS, is_included)
    found = price_for(offer(), 0, vat)
    assert (found.total_micros, found.tax_micros) == (total, tax)


def test_the_tax_is_one_of_what_the_discount_leaves() -> None:
    vat = Tax("VAT", 19 * MICROS, is_included=False)
    found = price_for(offer(allows_discount=True), 1250, vat)
    assert (found.net_micros, found.tax_micros) == (788 * CENT, 150 * CENT)  # 1.4972


@pytest.mark.parametrize(
    ("balance", "bonus", "percentage", "is_first", "expected"),
    [
        (900, 500, 100, False, 0),  # the balance covers it
        (500, 500, 100, False, 400),  # what is missing
        (500, 500, 30, False, 270),  # at most 30 %: the rest has to be on the balance
        (900, 500, 100, True, 500),
        (900, 500, 50, True, 450),
        (-100, 900, 100, False, 900),
        (900, -5, 100, True, 0),
    ],
)
def test_what_the_bonus_pays(
    balance: int, bonus: int, percentage: int, is_first: bool, expected: int
) -> None:
    found = bonus_share(
        *(900 * CENT, balance * CENT, bonus * CENT),
        percentage=percentage,
        is_bonus_first=is_first,
    )
    assert found == expected * CENT


@pytest.mark.parametrize(
    ("used", "free", "within", "back", "is_whole"),
    [
        (0, 0, 0, 900, True),
        (1, 0, 0, 899, False),  # 899.75, never more than what was not used
        (1800, 0, 0, 450, False),
        (600, 0, 10, 900, True),
        (600, 10, 5, 900, True),  # one of the limits is not passed
    ],
)
def test_what_goes_back(used: int, free: int, within: int, back: int, is_whole: bool) -> None:
    found = given_back(900 * CENT, 3600, used, free_minutes=free, within_minutes=within)
    assert (found.micros, found.is_whole) == (back * CENT, is_whole)


def test_what_does_not_go_back() -> None:
    with pytest.raises(Refused, match="used for more than 10 minutes"):
        given_back(900 * CENT, 3600, 601, free_minutes=5, within_minutes=10)
    with pytest.raises(Refused, match="nothing is left"):
        given_back(900 * CENT, 3600, 3600, free_minutes=0, within_minutes=0)


def test_a_package_opens_at_its_hour() -> None:
    values = offer(window=window("13:00-14:00"))
    assert opens_at(package_of(values, MONDAY_NOON), BERLIN, MONDAY_NOON) == MONDAY_NOON + HOUR
    assert opens_at(package_of(offer(), MONDAY_NOON), BERLIN, MONDAY_NOON) == MONDAY_NOON
