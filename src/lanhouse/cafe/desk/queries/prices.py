"""The page of the prices: the painted week, what a draft of it would change, and the simulator."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import msgspec

from lanhouse.cafe.centers.schemas import Center, PaymentSettings
from lanhouse.cafe.groups.queries import member_groups_of, pc_groups_of, pc_time_discount
from lanhouse.cafe.groups.schemas import MemberGroup, PcGroup
from lanhouse.cafe.metering.rules import Bill
from lanhouse.cafe.pcs.queries import pc_rows
from lanhouse.cafe.pricing.queries import holidays_to_come, prices_of_center
from lanhouse.cafe.pricing.rules import (
    DEFAULT_NAME,
    Holiday,
    NoPrice,
    PriceList,
    PriceRule,
    Tariff,
    rate_of,
    tariff_for,
)
from lanhouse.cafe.pricing.rules.painting import (
    CELL_MINUTES,
    DAY_CELLS,
    Canvas,
    Grid,
    Paint,
    Stroke,
    Tint,
    drawn,
    week_cells,
)
from lanhouse.cafe.pricing.schemas import canvas_of, default_rule, mark_of
from lanhouse.cafe.sessions.queries.simulating import Simulated, count_repriced, simulate
from lanhouse.db.store import Read
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.said import say

HUES = ("prepaid", "package", "member", "nocharge", "postpaid", "booked", "noclient", "paused")
"""Colours that prices take in turn; the letter tells them apart where colour does not."""
GUESTS = (-2, -3, -4, -1)
"""Groups of guests that may have prices of their own."""
PERCENT_PARTS = 10_000
HOURS_MAX = 7 * 24


class Shade(msgspec.Struct, frozen=True):
    """How a price looks in the grid."""

    tint: Tint
    letter: str
    hue: str


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """Half an hour of the week. `run` is how many cells the same price goes on from here, on the
    first cell of a run; 0 on the others."""

    number: int
    from_minute: int
    run: int
    shade: Shade | None
    """None = no price holds."""
    rule: PriceRule | None
    rate_micros: int
    """What this customer pays an hour, the discount taken off."""
    is_own: bool
    """Painted in this grid; otherwise it is what weaker rules say."""
    is_mixed: bool
    """Another price follows within the half hour."""
    is_changed: bool


class Line(msgspec.Struct, frozen=True):
    """A rule that may hold in the grid, the strongest first."""

    rule: PriceRule
    shade: Shade
    day_runs: list[tuple[int, int]]
    """First and last weekday of each run of days."""
    is_changed: bool
    is_default: bool


class Asked(msgspec.Struct, frozen=True):
    """The simulator's question, as far as it could be read."""

    pc_group_id: int
    member_group_id: int
    weekday: int
    from_minute: int
    minutes: int


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What it would cost, now and with the draft; `problem` says why there is no bill."""

    from_at: datetime
    bill: Bill | None
    problem: AppError | None
    in_force_micros: int | None
    """None = it has no price now."""
    others: list[tuple[int, int | None]]
    """Member group and what it would pay with the draft; None = no price."""


class PricesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the page shows."""

    grid: Grid
    seen: str
    pc_groups: list[tuple[PcGroup, int]]
    """Each with the number of its PCs."""
    member_groups: list[MemberGroup]
    pcs_count: int
    discount: int
    own_grids: set[int | None]
    """Member groups that have a painted week for this PC group."""
    rows: list[list[Cell]]
    lines: list[Line]
    palette: list[Shade]
    default_micros: int | None
    seconds_painted: int
    pcs_touched: int
    sessions_touched: int
    answer: Answer | None
    payment: PaymentSettings
    """What else makes a bill."""
    holidays: list[Holiday]
    """Those that are to come, today's too."""


class Wanted(msgspec.Struct, frozen=True):
    """Which week to show, with which draft and which question."""

    center: Center
    at: datetime
    grid: Grid
    strokes: tuple[Stroke, ...]
    asked: Asked


def prices_page(read: Read, wanted: Wanted) -> PricesPage:
    """The week as the draft would make it. Raises InvalidInput where a stroke cannot be drawn."""
    center, grid = wanted.center, wanted.grid
    found = prices_of_center(read, center.id)
    before = canvas_of(found)
    after = drawn(before, wanted.strokes, DEFAULT_NAME)
    old, new = _price_list(wanted, before), _price_list(wanted, after)
    pc_groups, member_groups = pc_groups_of(read, center.id), member_groups_of(read, center.id)
    _check_grid(grid, pc_groups, member_groups)
    discount = (
        0
        if grid.member_group_id is None
        else pc_time_discount(read, center.id, grid.member_group_id)
    )
    shades = _shades(new)
    tariffs = [
        tariff_for(
            prices, grid.pc_group_id, grid.member_group_id, zone=center.zone_name, discount=discount
        )
        for prices in (old, new)
    ]
    by_group: dict[int, int] = {}
    for row in pc_rows(read, center.id):
        by_group[row.pc_group_id] = by_group.get(row.pc_group_id, 0) + 1
    return PricesPage(
        grid=grid,
        seen=mark_of(found),
        pc_groups=[(group, by_group.get(group.id, 0)) for group in pc_groups],
        member_groups=member_groups,
        pcs_count=sum(by_group.values()),
        discount=discount,
        own_grids={
            rule.member_group_id for rule in after.rules if rule.pc_group_id == grid.pc_group_id
        },
        rows=_rows(grid, tariffs[0], tariffs[1], shades),
        lines=[_line(rule, shades, old) for rule in tariffs[1].rules],
        palette=_palette(shades, tariffs[1]),
        default_micros=after.default_micros,
        seconds_painted=sum(
            len(stroke.cells) * CELL_MINUTES * 60
            for stroke in wanted.strokes
            if isinstance(stroke, Paint)
        ),
        pcs_touched=_touched(before, after, by_group),
        sessions_touched=count_repriced(read, center, wanted.at, old, new) if old != new else 0,
        answer=_answer(read, wanted, old, new, member_groups),
        payment=center.settings.payment,
        holidays=[
            day
            for day in old.holidays
            if day.date >= wanted.at.astimezone(center.zone).date().isoformat()
        ],
    )


def _price_list(wanted: Wanted, canvas: Canvas) -> PriceList:
    default = None if canvas.default_micros is None else default_rule(canvas.default_micros)
    payment = wanted.center.settings.payment
    return PriceList(
        canvas.rules,
        default,
        payment.default_price_fills_gaps,
        holidays_to_come(payment.holidays, wanted.at),
        payment.extra_player_price_micros,
    )


def _check_grid(grid: Grid, pc_groups: list[PcGroup], member_groups: list[MemberGroup]) -> None:
    wrong: dict[str, str] = {}
    if grid.pc_group_id not in {None, *(group.id for group in pc_groups)}:
        wrong["pc_group_id"] = say("is not a PC group of this centre")
    if grid.member_group_id not in {None, *GUESTS, *(group.id for group in member_groups)}:
        wrong["member_group_id"] = say("is not a member group of this centre")
    if wrong:
        raise InvalidInput(wrong)


def _shades(prices: PriceList) -> dict[str, Shade]:
    """A letter and a colour for every name, in the order of the rules; "Default" comes last."""
    names = {rule.name: rule for rule in prices.rules}
    shades: dict[str, Shade] = {}
    taken: set[str] = set()
    for place, (name, rule) in enumerate(names.items()):
        letters = [char.upper() for char in name if char.isalnum()]
        letter = next((char for char in letters if char not in taken), str(place + 1))
        taken.add(letter)
        tint = Tint(name, rule.price_per_hour_micros)
        shades[name] = Shade(tint, letter, HUES[place % len(HUES)])
    if prices.default is not None:
        tint = Tint(DEFAULT_NAME, prices.default.price_per_hour_micros)
        shades[DEFAULT_NAME] = Shade(tint, "·", "off")
    return shades


def _palette(shades: dict[str, Shade], tariff: Tariff) -> list[Shade]:
    """What may be painted with: first what holds here, then the centre's other prices."""
    here = {rule.name for rule in tariff.rules}
    own = (shade for shade in shades.values() if shade.tint.name != DEFAULT_NAME)
    return sorted(own, key=lambda shade: shade.tint.name not in here)


def _rows(grid: Grid, old: Tariff, new: Tariff, shades: dict[str, Shade]) -> list[list[Cell]]:
    before, after = week_cells(old), week_cells(new)
    cells: list[Cell] = []
    for number, (rule, is_mixed) in enumerate(after):
        place = number % DAY_CELLS
        is_first = place == 0 or after[number - 1] != (rule, False) or is_mixed
        run = 1
        while is_first and place + run < DAY_CELLS and after[number + run] == (rule, False):
            run += 1
        rate = rate_of(new, rule) // PERCENT_PARTS
        was = before[number][0]
        cells.append(
            Cell(
                number=number,
                from_minute=place * CELL_MINUTES,
                run=run if is_first else 0,
                shade=None if rule is None else shades[rule.name],
                rule=rule,
                rate_micros=rate,
                is_own=rule is not None and rule.price_id != 0 and grid.is_of(rule),
                is_mixed=is_mixed,
                is_changed=_price_of(was) != _price_of(rule),
            )
        )
    return [cells[at : at + DAY_CELLS] for at in range(0, len(cells), DAY_CELLS)]


def _price_of(rule: PriceRule | None) -> tuple[str, int] | None:
    return None if rule is None else (rule.name, rule.price_per_hour_micros)


def _line(rule: PriceRule, shades: dict[str, Shade], old: PriceList) -> Line:
    runs: list[tuple[int, int]] = []
    for day in rule.window.weekdays:
        if runs and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    # Two days beside each other are named, not spanned: "Fri, Sat".
    spelled: list[tuple[int, int]] = []
    for first, last in runs:
        spelled += [(first, first), (last, last)] if last == first + 1 else [(first, last)]
    is_default = rule.price_id == 0
    is_old = rule == old.default if is_default else rule in old.rules
    return Line(rule, shades[rule.name], spelled, not is_old, is_default)


def _touched(before: Canvas, after: Canvas, by_group: dict[int, int]) -> int:
    """How many PCs stand in groups whose rules the draft changes."""
    changed = frozenset(before.rules) ^ frozenset(after.rules)
    groups = {rule.pc_group_id for rule in changed}
    if None in groups or before.default_micros != after.default_micros:
        return sum(by_group.values())
    return sum(count for group, count in by_group.items() if group in groups)


def _answer(
    read: Read, wanted: Wanted, old: PriceList, new: PriceList, groups: list[MemberGroup]
) -> Answer | None:
    asked, center = wanted.asked, wanted.center
    today = wanted.at.astimezone(center.zone).date()
    day = today + timedelta(days=(asked.weekday - today.isoweekday()) % 7)
    clock = time(*divmod(asked.from_minute, 60))
    from_at = datetime.combine(day, clock, tzinfo=center.zone).astimezone(UTC)
    question = Simulated(center, asked.pc_group_id, asked.member_group_id, from_at, asked.minutes)

    def total(prices: PriceList, group_id: int) -> int | None:
        its = msgspec.structs.replace(question, member_group_id=group_id)
        try:
            return simulate(read, its, prices).total_micros
        except NoPrice:
            return None

    bill, problem = None, None
    try:
        bill = simulate(read, question, new)
    except NoPrice as none:
        problem = none
    listed = [GUESTS[0], *(group.id for group in groups)]
    return Answer(
        from_at=from_at,
        bill=bill,
        problem=problem,
        in_force_micros=total(old, asked.member_group_id),
        others=[
            (group_id, total(new, group_id))
            for group_id in listed[:12]
            if group_id != asked.member_group_id
        ],
    )
