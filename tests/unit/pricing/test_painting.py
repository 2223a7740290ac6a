"""A painted week costs what it shows, whatever the order of the strokes."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanhouse.cafe.pricing.rules import PriceList, PriceRule, Window, tariff_for
from lanhouse.cafe.pricing.rules.painting import (
    CELLS,
    Canvas,
    Grid,
    Paint,
    Reprice,
    Tint,
    drawn,
    format_cells,
    overlap,
    parse_cells,
    week_cells,
)
from lanhouse.kit.errors import InvalidInput

EURO = 1_000_000
TINTS = [Tint("Day", 3 * EURO), Tint("Evening", 4 * EURO), Tint("Night", 2 * EURO), None]
GRIDS = [Grid(), Grid(1), Grid(None, 2), Grid(1, 2)]
EMPTY = Canvas((), None)


def cells_of(day: int, begin: float, end: float) -> tuple[int, ...]:
    """The cells from `begin` to `end` o'clock of a day, 0 = Monday; `end` may pass midnight."""
    first = day * 48 + int(begin * 2)
    return tuple(cell % CELLS for cell in range(first, first + int((end - begin) * 2)))


def shown(canvas: Canvas, grid: Grid) -> list[Tint | None]:
    """What the choice of rules says for each cell, of the grid's own rules only."""
    own = tuple(rule for rule in canvas.rules if grid.is_of(rule))
    tariff = tariff_for(PriceList(own), grid.pc_group_id, grid.member_group_id, zone="UTC")
    assert not any(is_mixed for _, is_mixed in week_cells(tariff))
    return [
        None if rule is None else Tint(rule.name, rule.price_per_hour_micros)
        for rule, _ in week_cells(tariff)
    ]


areas = st.builds(
    lambda days, first, length: tuple(
        sorted({(day * 48 + first + more) % CELLS for day in days for more in range(length)})
    ),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 47),
    st.integers(1, 60),
)
strokes = st.lists(
    st.builds(Paint, st.sampled_from(GRIDS), areas, st.sampled_from(TINTS)), max_size=7
)


@given(strokes)
def test_every_cell_has_the_last_paint_of_its_grid(made: list[Paint]) -> None:
    canvas = drawn(EMPTY, made, "Default")
    for grid in GRIDS:
        naive: list[Tint | None] = [None] * CELLS
        for stroke in made:
            if stroke.grid == grid:
                for cell in stroke.cells:
                    naive[cell] = stroke.tint
        assert shown(canvas, grid) == naive
    assert len({rule.price_id for rule in canvas.rules}) == len(canvas.rules)
    assert all(rule.price_id > 0 for rule in canvas.rules)


@given(areas)
def test_cells_as_text_come_back(cells: tuple[int, ...]) -> None:
    assert parse_cells(format_cells(cells)) == cells


@pytest.mark.parametrize("text", ["", "x", "336", "-1", "3-400", "1,,2", "9999999", "1-2-3"])
def test_what_is_no_cell_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_cells(text)


def test_a_week_of_one_price_is_one_rule() -> None:
    week = Paint(Grid(), tuple(range(CELLS)), TINTS[0])
    canvas = drawn(EMPTY, [Paint(Grid(), cells_of(1, 3, 9), TINTS[1]), week], "Default")
    assert [(rule.name, rule.window) for rule in canvas.rules] == [("Day", Window())]


def test_a_night_of_the_weekend_is_one_rule_over_midnight() -> None:
    night = Paint(Grid(1), cells_of(4, 22, 26) + cells_of(5, 22, 26), TINTS[2])
    canvas = drawn(EMPTY, [night], "Default")
    assert [rule.window for rule in canvas.rules] == [Window((5, 6), 22 * 60, 2 * 60)]


def test_a_night_from_sunday_on_comes_back_on_monday() -> None:
    canvas = drawn(EMPTY, [Paint(Grid(), cells_of(6, 23, 31), TINTS[2])], "Default")
    assert [rule.window for rule in canvas.rules] == [Window((7,), 23 * 60, 7 * 60)]


def test_rules_of_before_stay_where_they_can() -> None:
    every_day = PriceRule(3, "Day", 3 * EURO, 1)
    evening = PriceRule(4, "Evening", 4 * EURO, 1, window=Window(from_minute=1020, to_minute=1440))
    stroke = Paint(Grid(1), cells_of(4, 20, 22), TINTS[2])
    canvas = drawn(Canvas((every_day, evening), None), [stroke], "Default")
    assert canvas.rules[:2] == (every_day, evening)
    assert [rule.window for rule in canvas.rules[2:]] == [Window((5,), 1200, 1320)]


def test_odd_minutes_outside_of_the_stroke_stay() -> None:
    odd = PriceRule(1, "Day", 3 * EURO, window=Window((1,), 495, 1100))
    canvas = drawn(Canvas((odd,), None), [Paint(Grid(), cells_of(0, 10, 11), None)], "Default")
    assert {rule.window for rule in canvas.rules} == {
        Window((1,), 495, 600),
        Window((1,), 660, 1100),
    }
    assert 1 in {rule.price_id for rule in canvas.rules}


def test_a_name_has_one_price() -> None:
    first = Paint(Grid(), cells_of(0, 1, 2), TINTS[0])
    other = msgspec.structs.replace(first, grid=Grid(1), tint=Tint("Day", EURO))
    for wrong in (other, msgspec.structs.replace(other, tint=Tint("Default", EURO))):
        with pytest.raises(InvalidInput) as refused:
            drawn(EMPTY, [first, wrong], "Default")
        assert list(refused.value.fields) == ["name"]


def test_another_price_for_all_that_bear_a_name() -> None:
    canvas = drawn(
        Canvas((), 2 * EURO),
        [
            Paint(Grid(), cells_of(0, 1, 2), TINTS[0]),
            Paint(Grid(1), cells_of(3, 1, 2), TINTS[0]),
            Reprice("Day", Tint("Daytime", 5 * EURO)),
            Reprice("Default", Tint("Default", 9 * EURO)),
        ],
        "Default",
    )
    assert {(rule.name, rule.price_per_hour_micros) for rule in canvas.rules} == {
        ("Daytime", 5 * EURO)
    }
    assert canvas.default_micros == 9 * EURO
    with pytest.raises(InvalidInput):
        drawn(canvas, [Reprice("Day", Tint("Day", EURO))], "Default")


def test_windows_that_share_a_minute() -> None:
    night = Window((7,), 23 * 60, 7 * 60)
    assert overlap(night, Window((1,), 0, 60))
    assert not overlap(night, Window((1,), 7 * 60, 8 * 60))
