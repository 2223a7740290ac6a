"""A week painted with prices, and the price rules that come to the same.

Pure. A grid is the week of one PC group and one member group, in cells of half an hour. What is
painted are the rules that name exactly these two; where nothing is painted, weaker rules hold.
The rules are found by trying and are checked against the painting by the choice that prices
time itself (week_of), so a painted cell costs what it shows. Source: decision 0099.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from lanhouse.cafe.pricing.rules import (
    DAY_MINUTES,
    WEEK_MINUTES,
    PriceRule,
    Tariff,
    Window,
    strength,
    week_of,
)
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say

CELL_MINUTES = 30
DAY_CELLS = DAY_MINUTES // CELL_MINUTES
CELLS = 7 * DAY_CELLS
"""Cell 0 is Monday 00:00 to 00:30."""

Span = tuple[int, int]
Row = tuple[str, int, int, int]
"""Weekday-free part of a rule: name, micros an hour, from minute, to minute."""


class Grid(msgspec.Struct, frozen=True):
    """Whose week it is; None = any."""

    pc_group_id: int | None = None
    member_group_id: int | None = None

    def is_of(self, rule: PriceRule) -> bool:
        """Whether the rule names exactly these two groups."""
        groups = (rule.pc_group_id, rule.member_group_id)
        return groups == (self.pc_group_id, self.member_group_id)


class Tint(msgspec.Struct, frozen=True):
    """What a cell is painted with: the name of a price, and micros an hour."""

    name: str
    price_per_hour_micros: int


class Paint(msgspec.Struct, frozen=True, tag="paint"):
    """Paint cells of a grid; without a tint they are cleared, so that weaker rules hold."""

    grid: Grid
    cells: tuple[int, ...]
    tint: Tint | None = None


class Reprice(msgspec.Struct, frozen=True, tag="reprice"):
    """Another name and price for everything that bears a name; "Default" keeps its name."""

    name: str
    tint: Tint


Stroke = Paint | Reprice


class Canvas(msgspec.Struct, frozen=True):
    """The centre's own rules, and the price of "Default" (None = it has none)."""

    rules: tuple[PriceRule, ...]
    default_micros: int | None
    first_id: int = 1
    """New rules are numbered from here on."""


def week_cells(tariff: Tariff) -> list[tuple[PriceRule | None, bool]]:
    """The rule at the begin of each cell of the week, and whether another follows within it."""
    week = week_of(tariff)
    found: list[tuple[PriceRule | None, bool]] = []
    place = 0
    for cell in range(CELLS):
        begin = cell * CELL_MINUTES
        while place + 1 < len(week) and week[place + 1][0] <= begin:
            place += 1
        is_mixed = place + 1 < len(week) and week[place + 1][0] < begin + CELL_MINUTES
        found.append((week[place][1], is_mixed))
    return found


def painted(rules: Sequence[PriceRule], stroke: Paint, first_id: int) -> tuple[PriceRule, ...]:
    """The rules after the stroke; new ones are numbered from `first_id` on.

    The same price has one name, and a name one price: a tint whose name another price bears
    raises InvalidInput for `name`.
    """
    if stroke.tint is not None:
        check_tint(rules, stroke.tint)
    old = [rule for rule in rules if stroke.grid.is_of(rule)]
    others = tuple(rule for rule in rules if not stroke.grid.is_of(rule))
    wanted = _wanted(old, stroke)
    candidates = [
        [*_in_use([*old, *over]), *others]
        for over in _overlays(stroke, first_id)
        if _week(_sorted([*old, *over])) == wanted
    ]
    candidates += [
        [*_renumbered(old, stroke.grid, rows, first_id), *others] for rows in _parts(wanted)
    ]
    before = frozenset(rules)
    best = min(candidates, key=lambda made: (len(made), len(frozenset(made) ^ before)))
    return tuple(sorted(best, key=lambda rule: rule.price_id))


def repriced(canvas: Canvas, stroke: Reprice, default_name: str) -> Canvas:
    """The rules of a name with another name and price. Raises InvalidInput for `tariff` where
    nothing bears the name, and for `name` where another price bears the new one."""
    if stroke.name == default_name:
        return msgspec.structs.replace(canvas, default_micros=stroke.tint.price_per_hour_micros)
    if not any(rule.name == stroke.name for rule in canvas.rules):
        raise InvalidInput({"tariff": say("there is no price of this name any more")})
    check_tint([rule for rule in canvas.rules if rule.name != stroke.name], stroke.tint)
    tint = stroke.tint
    rules = tuple(
        msgspec.structs.replace(
            rule, name=tint.name, price_per_hour_micros=tint.price_per_hour_micros
        )
        if rule.name == stroke.name
        else rule
        for rule in canvas.rules
    )
    return msgspec.structs.replace(canvas, rules=rules)


def drawn(canvas: Canvas, strokes: Iterable[Stroke], default_name: str) -> Canvas:
    """The canvas after all strokes, in their order. Raises InvalidInput as painted() does."""
    for stroke in strokes:
        if isinstance(stroke, Reprice):
            canvas = repriced(canvas, stroke, default_name)
            continue
        if stroke.tint is not None and stroke.tint.name == default_name:
            raise InvalidInput({"name": say("is in use already")})
        first_id = max((rule.price_id + 1 for rule in canvas.rules), default=1)
        first_id = max(first_id, canvas.first_id)
        rules = painted(canvas.rules, stroke, first_id)
        canvas = msgspec.structs.replace(canvas, rules=rules)
    return canvas


def check_tint(rules: Iterable[PriceRule], tint: Tint) -> None:
    """Raise InvalidInput for `name` where a rule of this name has another price."""
    for rule in rules:
        if rule.name == tint.name and rule.price_per_hour_micros != tint.price_per_hour_micros:
            raise InvalidInput({"name": say("is in use already, at another price")})


def overlap(one: Window, other: Window) -> bool:
    """Whether two windows share a minute of the week."""
    return any(
        begin < other_end and other_begin < end
        for begin, end in one.spans()
        for other_begin, other_end in other.spans()
    )


def format_cells(cells: Iterable[int]) -> str:
    """Cells as `3-7,20`, both ends included."""
    return ",".join(
        f"{begin}" if end == begin + 1 else f"{begin}-{end - 1}" for begin, end in _runs(cells)
    )


def parse_cells(text: str) -> tuple[int, ...]:
    """Read `3-7,20`, or single numbers. Raises InvalidInput for `cells`."""
    found: set[int] = set()
    for part in text.split(","):
        first, bar, last = part.strip().partition("-")
        ends = [first, last if bar else first]
        if not all(end.isascii() and end.isdigit() and len(end) <= 3 for end in ends):
            raise InvalidInput({"cells": say("must be cells of the week")})
        if int(ends[1]) >= CELLS:
            raise InvalidInput({"cells": say("must be cells of the week")})
        found.update(range(int(ends[0]), int(ends[1]) + 1))
    return tuple(sorted(found))


# --- how the rules are found ------------------------------------------------------------------

_Week = tuple[tuple[int, Tint | None], ...]


def _tint(rule: PriceRule | None) -> Tint | None:
    return None if rule is None else Tint(rule.name, rule.price_per_hour_micros)


def _sorted(rules: Iterable[PriceRule]) -> Tariff:
    return Tariff("UTC", rules=tuple(sorted(rules, key=strength)))


def _week(tariff: Tariff) -> _Week:
    """The tariff's week by tint: (first minute, tint from there on), without repeats."""
    return _merged((minute, _tint(rule)) for minute, rule in week_of(tariff))


def _merged(edges: Iterable[tuple[int, Tint | None]]) -> _Week:
    found: list[tuple[int, Tint | None]] = []
    for minute, tint in edges:
        if not found or found[-1][1] != tint:
            found.append((minute, tint))
    return tuple(found)


def _wanted(old: Sequence[PriceRule], stroke: Paint) -> _Week:
    """The week as it is to be: that of before, with the stroke's cells over it."""
    before = _week(_sorted(old))
    spans = [(begin * CELL_MINUTES, end * CELL_MINUTES) for begin, end in _runs(stroke.cells)]
    edges = sorted({minute for minute, _ in before} | {edge for span in spans for edge in span})

    def at(minute: int) -> Tint | None:
        if any(begin <= minute < end for begin, end in spans):
            return stroke.tint
        return next(tint for start, tint in reversed(before) if start <= minute)

    return _merged((minute, at(minute)) for minute in edges if minute < WEEK_MINUTES)


def _overlays(stroke: Paint, first_id: int) -> Iterator[list[PriceRule]]:
    """Rules of the stroke's cells alone, to be laid over those that are there."""
    if stroke.tint is None:
        return
    spans = [
        (begin * CELL_MINUTES, end * CELL_MINUTES, stroke.tint)
        for begin, end in _runs(stroke.cells)
    ]
    for is_joined in (True, False):
        rows = _grouped(spans, is_joined=is_joined)
        yield [
            _rule(first_id + place, stroke.grid, row, days)
            for place, (row, days) in enumerate(rows)
        ]


def _in_use(rules: Sequence[PriceRule]) -> list[PriceRule]:
    """Without those that hold at no minute, behind the others."""
    holding = {rule.price_id for _, rule in week_of(_sorted(rules)) if rule is not None}
    return [rule for rule in rules if rule.price_id in holding]


def _parts(week: _Week) -> Iterator[list[tuple[Row, tuple[int, ...]]]]:
    """The week as windows that do not overlap, with nights in one piece and cut at midnight."""
    ends = [minute for minute, _ in week[1:]] + [WEEK_MINUTES]
    spans = [
        (begin, end, tint)
        for (begin, tint), end in zip(week, ends, strict=True)
        if tint is not None
    ]
    for is_joined in (True, False):
        yield _grouped(spans, is_joined=is_joined)


def _grouped(
    spans: Sequence[tuple[int, int, Tint]], *, is_joined: bool
) -> list[tuple[Row, tuple[int, ...]]]:
    """Spans of the week as rows of a day, each with its weekdays."""
    days: dict[Row, set[int]] = defaultdict(set)
    pieces: dict[tuple[int, int], tuple[int, Tint]] = {}
    for begin, end, tint in spans:
        at = begin
        while at < end:
            until = min(end, (at // DAY_MINUTES + 1) * DAY_MINUTES)
            day, start = divmod(at, DAY_MINUTES)
            pieces[day, start] = (start + until - at, tint)
            at = until
    if is_joined:
        _join_nights(pieces)
    for (day, start), (end, tint) in pieces.items():
        to_minute = end if end <= DAY_MINUTES else end - DAY_MINUTES
        days[tint.name, tint.price_per_hour_micros, start, to_minute].add(day + 1)
    return [(row, tuple(sorted(found))) for row, found in sorted(days.items())]


def _join_nights(pieces: dict[tuple[int, int], tuple[int, Tint]]) -> None:
    """Let a piece that ends at midnight take in the one that goes on there, up to a day in all."""
    for day in range(7):
        for (its_day, start), (end, tint) in list(pieces.items()):
            morning = pieces.get(((day + 1) % 7, 0))
            is_evening = its_day == day and end == DAY_MINUTES and start > 0
            if not is_evening or morning is None:
                continue
            until, its_tint = morning
            if its_tint == tint and until <= start:
                del pieces[(day + 1) % 7, 0]
                pieces[day, start] = (DAY_MINUTES + until, tint)


def _rule(price_id: int, grid: Grid, row: Row, weekdays: tuple[int, ...]) -> PriceRule:
    name, micros, begin, end = row
    window = Window(weekdays, begin, end)
    return PriceRule(price_id, name, micros, grid.pc_group_id, grid.member_group_id, window)


def _renumbered(
    old: Sequence[PriceRule],
    grid: Grid,
    rows: Sequence[tuple[Row, tuple[int, ...]]],
    first_id: int,
) -> list[PriceRule]:
    """The rows as rules; one that is there already keeps its number, then one of its name."""
    made = [_rule(0, grid, row, days) for row, days in rows]
    left = list(old)
    numbers: dict[int, int] = {}
    for is_same in (
        lambda rule, one: msgspec.structs.replace(one, price_id=rule.price_id) == rule,
        lambda rule, one: one.name == rule.name,
    ):
        for place, one in enumerate(made):
            found = next((rule for rule in left if is_same(rule, one)), None)
            if place not in numbers and found is not None:
                numbers[place] = found.price_id
                left.remove(found)
    free = iter(range(first_id, first_id + len(made)))
    return [
        msgspec.structs.replace(one, price_id=numbers.get(place) or next(free))
        for place, one in enumerate(made)
    ]


def _runs(cells: Iterable[int]) -> list[Span]:
    """Numbers as runs (first, one after the last)."""
    runs: list[Span] = []
    for cell in sorted(set(cells)):
        if runs and runs[-1][1] == cell:
            runs[-1] = (runs[-1][0], cell + 1)
        else:
            runs.append((cell, cell + 1))
    return runs
