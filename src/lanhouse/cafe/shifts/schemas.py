"""What a shift adds up to, as its X and Z reports tell it. Amounts in micros."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class MoveKind(StrEnum):
    """Why cash moved between drawer and safe without a sale."""

    FLOAT = "float"
    """What the shift began with."""
    IN = "in"
    """Put in: change, a correction."""
    OUT = "out"
    """Taken out: to the safe, to the bank."""
    DIFFERENCE = "difference"
    """What was there too much, or missing, when it was counted."""
    HAND_IN = "hand_in"
    """Everything that was there at the close."""


class Line(msgspec.Struct, frozen=True):
    """How often, and how much by each tender; what went out is negative."""

    number: int = 0
    cash_micros: int = 0
    card_micros: int = 0
    qr_micros: int = 0

    @property
    def total_micros(self) -> int:
        """By all tenders."""
        return self.cash_micros + self.card_micros + self.qr_micros

    def plus(self, other: Line) -> Line:
        """Both together."""
        return Line(
            self.number + other.number,
            self.cash_micros + other.cash_micros,
            self.card_micros + other.card_micros,
            self.qr_micros + other.qr_micros,
        )


class Group(msgspec.Struct, frozen=True):
    """Rows of a shift's log that count alike (queries.groups_of)."""

    event: str
    is_refund: bool
    is_console: bool
    has_pc: bool
    line: Line
    spend_micros: int
    bonus_micros: int
    tax_micros: int = 0
    tax1_micros: int = 0
    tax2_micros: int = 0
    tax3_micros: int = 0


class Sold(msgspec.Struct, frozen=True):
    """A package or product by name: how often it was sold, and for how much cash."""

    name: str
    number: int
    cash_micros: int


class Paid(msgspec.Struct, frozen=True):
    """Cash that was paid for the house: the row of the billing log that says for what."""

    log_id: int
    cash_micros: int
    """Negative."""


class Moved(msgspec.Struct, frozen=True):
    """A row of shift_moves: cash that was put in (positive) or taken out without a sale."""

    move_id: int
    kind: MoveKind
    amount_micros: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a shift adds up to.

    The lines time to other hold every movement once; pc, console and shop are the same movements,
    but expenses, by where they happened.
    """

    float_micros: int
    time: Line
    topups: Line
    packages: Line
    goods: Line = Line()
    """Empty in reports of before the shop sold any."""
    refunds: Line
    expenses: Line
    other: Line
    pc: Line
    console: Line
    shop: Line
    put_in_micros: int
    taken_out_micros: int
    """Zero or less."""
    spend_micros: int
    """Paid from balances for time, packages and goods."""
    bonus_spent_micros: int
    bonus_given_micros: int
    tax_micros: int | None = None
    """The tax in what was sold and not given back; None in reports of before it stood there."""
    taxes_micros: tuple[int, int, int, int] | None = None
    """The same by slot: goods 1 to 3, time and packages 4; None in reports of before."""

    @property
    def all(self) -> Line:
        """Every movement of money, expenses too."""
        lines = (self.time, self.topups, self.packages, self.goods)
        lines += (self.refunds, self.expenses, self.other)
        total = Line()
        for line in lines:
            total = total.plus(line)
        return total

    @property
    def expected_micros(self) -> int:
        """The cash that should be in the drawer."""
        moved = self.put_in_micros + self.taken_out_micros
        return self.float_micros + self.all.cash_micros + moved


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """A count of the drawer, and what should have been in it then."""

    count_id: int
    at: datetime
    counted_micros: int
    expected_micros: int
    pieces: dict[str, int]
    """How many of each piece, by its value; empty when only the sum was given."""

    @property
    def difference_micros(self) -> int:
        """Negative: missing."""
        return self.counted_micros - self.expected_micros


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """An X report (z_number 0: the shift goes on) or a frozen Z report. Ids, never names."""

    shift_id: int
    z_number: int
    till_id: int
    staff_id: int
    opened_at: datetime
    at: datetime
    """Now, or the close."""
    closed_by_id: int = 0
    figures: Figures
    packages: list[Sold]
    goods: list[Sold] = []
    """Paid in this shift, whatever was given back of it since."""
    expenses: list[Paid]
    moves: list[Moved]
    count: Count | None = None
    difference_micros: int = 0
    """Of the count; zero before it."""
    left_micros: int = 0
    """Stays in the drawer; zero while the shift goes on."""
    guests_left: int | None = None
    """Of a close: how many guests who do not play any more had money on their accounts then; None
    in an X report and in those of before."""
    guests_left_micros: int = 0
    """What that was together."""

    @property
    def cash_end_micros(self) -> int:
        """What is in the drawer, as far as is known: what should be, with the difference counted.

        What came in after the count was counted by nobody and counts as it is booked.
        """
        return self.figures.expected_micros + self.difference_micros

    @property
    def to_safe_micros(self) -> int:
        """What goes from the drawer to the safe at the close."""
        return self.cash_end_micros - self.left_micros
