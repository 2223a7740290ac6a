"""Every figure of every X and Z report is the ledger's, after random days at two tills.

What the ledger says is worked out here from its entries alone: who moved what, and when, against
when whose shift was open. Neither the billing log nor the shift that a row names is looked at.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.shifts.queries import SHIFT
from lanhouse.cafe.shifts.schemas import Line, Report
from lanhouse.db.store import Read, Store
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError
from lanhouse.ledger.tables import accounts, entries, transfers
from tests.builders.effort import seeds
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor
from tests.integration.reports.test_goods_against_ledger import ShopDay
from tests.integration.reports.test_reports_against_ledger import DESKS

MONEY = ("cash", "card", "qr")
LINES = {"addtime": "time", "checkout": "time", "offer": "packages", "order": "goods"}
LINES["expense"] = "expenses"


class Tills:
    """Two people who open, count and close between the sales of a day."""

    def __init__(self, floor: Floor, day: ShopDay) -> None:
        self.floor = floor
        self.day = day
        self.people = [actor for actor in DESKS if actor.kind == "staff"]
        self.tills = {actor.staff_id: floor.add_till(actor.staff_name) for actor in self.people}
        self.open: dict[int, int] = {}
        self.all: list[int] = []

    def act(self) -> None:
        """Something about a shift, or what its state does not allow."""
        roll = self.day.roll
        actor = roll.choice(self.people)
        shift = self.open.get(actor.staff_id, 0)
        try:
            if not shift:
                self._open(actor)
            elif roll.random() < 0.6:
                kind = roll.choice(("in", "out", "expense"))
                self.floor.move_cash(actor, shift, kind, roll.randint(1, 5000) * CENT)
            else:
                self._close(actor, shift)
        except AppError:
            return

    def _open(self, actor: Actor) -> None:
        euros = self.day.roll.choice((0, 50, 100))
        shift = self.floor.open_shift(actor, self.tills[actor.staff_id], euros)
        self.open[actor.staff_id] = shift
        self.all.append(shift)

    def _close(self, actor: Actor, shift: int) -> None:
        roll = self.day.roll
        expected = self.floor.report(shift).figures.expected_micros
        counted = max(0, expected + roll.choice((0, 0, -2 * EURO, 35 * CENT)))
        self.floor.count(actor, shift, counted)
        if roll.random() < 0.5:
            self.day.act()
        self.floor.close_shift(actor, shift, comment="Counted twice")
        del self.open[actor.staff_id]


def _rows(read: Read) -> tuple[list[Any], list[Any]]:
    moved = read.all(
        sa.select(
            transfers.c.id,
            transfers.c.kind.label("transfer"),
            transfers.c.actor_kind,
            transfers.c.actor_id,
            transfers.c.at,
            accounts.c.owner_kind,
            accounts.c.kind,
            entries.c.amount_micros,
        )
        .join(entries, entries.c.transfer_id == transfers.c.id)
        .join(accounts, accounts.c.id == entries.c.account_id)
        .order_by(transfers.c.id)
    )
    return moved, read.all(SHIFT)


def _shift_of(row: Any, shifts: list[Any]) -> int:
    """Whose open shift a transfer falls into, by the clock; 0: in none."""

    def is_open(shift: Any) -> bool:
        end: datetime | None = shift.closed_at
        return shift.opened_at <= row.at and (end is None or row.at <= end)

    found = [shift for shift in shifts if is_open(shift)]
    if row.actor_kind == "staff":
        found = [shift for shift in found if shift.staff_id == row.actor_id]
    elif row.actor_kind != "api_key":
        return 0
    return found[0].id if len(found) == 1 else 0


def _told_by_ledger(floor: Floor) -> dict[int, dict[str, Any]]:
    """By shift: the lines, and what the drawer's account moved, from entries alone."""
    moved, shifts = floor.store.read_sync(_rows)
    by_transfer: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    heads: dict[int, Any] = {}
    for row in moved:
        heads[row.id] = row
        by_transfer[row.id][f"{row.owner_kind} {row.kind}"] += row.amount_micros
    told: dict[int, dict[str, Any]] = defaultdict(lambda: defaultdict(Line))
    for transfer_id, amounts in by_transfer.items():
        head = heads[transfer_id]
        shift = told[_shift_of(head, shifts)]
        cash, card, qr = (-amounts[f"center {kind}"] for kind in MONEY)
        money = cash + card + qr
        name = LINES.get(head.transfer, "topups")
        if money < 0 and name != "expenses":
            name = "refunds"
        slots = "tax_goods" if head.transfer in ("order", "order_refund") else "tax_time"
        shift[slots] = shift.get(slots, 0) + amounts["center tax"]
        shift[name] = shift[name].plus(Line(1 if money else 0, cash, card, qr))
        if head.transfer.startswith("shift_"):
            drawer = shift.get(head.transfer, 0)
            shift[head.transfer] = drawer - amounts["center drawer"]
    return told


def _check(report: Report, told: dict[str, Any]) -> None:
    figures = report.figures
    for name in ("time", "topups", "packages", "goods", "refunds", "expenses"):
        mine: Line = getattr(figures, name)
        theirs: Line = told.get(name, Line())
        amounts = (mine.cash_micros, mine.card_micros, mine.qr_micros)
        assert amounts == (theirs.cash_micros, theirs.card_micros, theirs.qr_micros), name
        # A refund of bonus alone moves no money and is counted by neither.
        assert mine.number == theirs.number, name
    assert figures.other == Line()
    assert figures.float_micros == told.get("shift_float", 0)
    assert figures.put_in_micros == told.get("shift_in", 0)
    assert figures.taken_out_micros == told.get("shift_out", 0)
    cash = sum(line.cash_micros for line in told.values() if isinstance(line, Line))
    expected = cash + sum(told.get(f"shift_{kind}", 0) for kind in ("float", "in", "out"))
    assert figures.expected_micros == expected
    assert figures.taxes_micros is not None
    assert sum(figures.taxes_micros[:3]) == told.get("tax_goods", 0)
    assert figures.taxes_micros[3] == told.get("tax_time", 0)
    if report.z_number:
        assert report.difference_micros == told.get("shift_difference", 0)
        assert report.cash_end_micros == -told.get("shift_hand_in", 0)


@pytest.mark.long
@pytest.mark.parametrize("seed", seeds(3, 30))
def test_reports_and_ledger_agree(store: Store, freeze: clock.frozen, seed: int) -> None:
    floor = open_floor(store, pcs_count=4, price_cents=317)
    day = ShopDay(floor, seed)
    tills = Tills(floor, day)
    floor.set(shift_blind_count=True, tax4_percentage_micros=19 * EURO)
    for _ in range(220):
        freeze.advance(day.roll.randint(1, 1800))
        if day.roll.random() < 0.25:
            tills.act()
        else:
            day.act()
    floor.verify()
    told = _told_by_ledger(floor)
    reports = [floor.report(shift) for shift in tills.all]
    for report in reports:
        _check(report, told[report.shift_id])
    numbers = [report.z_number for report in reports if report.z_number]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert len(numbers) > 3
    assert any(report.figures.all.total_micros for report in reports)
    assert any(report.figures.goods.total_micros for report in reports)
    for slot in (0, 1, 3):
        assert any((report.figures.taxes_micros or ())[slot] for report in reports)
    assert DESK in tills.people
