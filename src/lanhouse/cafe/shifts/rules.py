"""Pure decisions about shifts: how a log's rows become lines, and what a count is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.shifts.schemas import Figures, Group, Line, Moved, MoveKind
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import AMOUNT_MICROS_MAX
from lanhouse.kit.money import format_fixed, parse_micros
from lanhouse.kit.said import say

_LINE_OF = {
    Event.ADDTIME: "time",
    Event.CHECKOUT: "time",
    Event.TOPUP: "topups",
    Event.OFFER: "packages",
    Event.SALE: "goods",
    Event.EXPENSE: "expenses",
}
PIECES_MAX = 100_000

_EURO = "500 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01"
_PIECES: Mapping[str, str] = {
    "EUR": _EURO,
    "USD": "100 50 20 10 5 2 1 0.50 0.25 0.10 0.05 0.01",
    "GBP": "50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "CHF": "1000 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05",
    "PLN": "500 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "BRL": "200 100 50 20 10 5 2 1 0.50 0.25 0.10 0.05",
    "CNY": "100 50 20 10 5 1 0.50 0.10",
    "MYR": "100 50 20 10 5 1 0.50 0.20 0.10 0.05",
    "SGD": "1000 100 50 10 5 2 1 0.50 0.20 0.10 0.05",
    "PHP": "1000 500 200 100 50 20 10 5 1 0.25 0.10 0.05 0.01",
    "THB": "1000 500 100 50 20 10 5 2 1 0.50 0.25",
    "AUD": "100 50 20 10 5 2 1 0.50 0.20 0.10 0.05",
    "CAD": "100 50 20 10 5 2 1 0.25 0.10 0.05",
    "JPY": "10000 5000 1000 500 100 50 10 5 1",
    "KRW": "50000 10000 5000 1000 500 100 50 10",
    "VND": "500000 200000 100000 50000 20000 10000 5000 2000 1000",
    # In steps of 0.01: the coin of 5 fils is no amount here (decision 0118).
    "KWD": "20 10 5 1 0.50 0.25 0.10 0.05 0.02 0.01",
}


def pieces_of(currency: str) -> tuple[str, ...]:
    """The notes and coins of a currency, largest first; empty when they are not known here."""
    return tuple(_PIECES.get(currency, "").split())


def sum_counted(counted_micros: int | None, pieces: Mapping[str, int]) -> int:
    """What was counted: the sum that was given, or that of the pieces by their value.

    Raises InvalidInput by field: nothing was given, a piece is no amount, or both do not agree.
    """
    if not pieces:
        if counted_micros is None:
            raise InvalidInput({"counted": say("is required")})
        return counted_micros
    total = 0
    for value, number in pieces.items():
        if not 0 <= number <= PIECES_MAX:
            reason = say("must be 0 to %(count)s of each", count=PIECES_MAX)
            raise InvalidInput({"pieces": reason})
        piece = parse_micros(value, field="pieces", most_micros=AMOUNT_MICROS_MAX // PIECES_MAX)
        total += piece * number
    if total > AMOUNT_MICROS_MAX:
        raise InvalidInput({"pieces": say("must be at most %(count)s", count=10**9)})
    if counted_micros is not None and counted_micros != total:
        reason = say("must be %(amount)s, the sum of the pieces", amount=format_fixed(total))
        raise InvalidInput({"counted": reason})
    return total


def figures_of(groups: Iterable[Group], moves: Iterable[Moved]) -> Figures:
    """The lines of a report from the log's rows of a shift and the moves of its drawer."""
    names = ("time", "topups", "packages", "goods", "refunds", "expenses", "other")
    names += ("pc", "console", "shop")
    lines: dict[str, Line] = dict.fromkeys(names, Line())
    spend = bonus_spent = bonus_given = tax = 0
    by_slot = [0, 0, 0, 0]

    def add(name: str, line: Line) -> None:
        lines[name] = lines[name].plus(line)

    for group in groups:
        name = _LINE_OF.get(Event(group.event), "other")
        is_expense = group.event == Event.EXPENSE
        add("refunds" if group.is_refund and not is_expense else name, group.line)
        if not is_expense:
            add("console" if group.is_console else "pc" if group.has_pc else "shop", group.line)
        spend += group.spend_micros
        tax += group.tax_micros
        by_slot[0] += group.tax1_micros
        by_slot[1] += group.tax2_micros
        by_slot[2] += group.tax3_micros
        by_slot[3] += group.tax_micros if group.event != Event.SALE else 0
        if group.event == Event.TOPUP:
            bonus_given += group.bonus_micros
        else:
            bonus_spent -= group.bonus_micros
    by_kind = dict.fromkeys(MoveKind, 0)
    for move in moves:
        by_kind[move.kind] += move.amount_micros
    return Figures(
        float_micros=by_kind[MoveKind.FLOAT],
        **lines,
        put_in_micros=by_kind[MoveKind.IN],
        taken_out_micros=by_kind[MoveKind.OUT],
        spend_micros=spend,
        bonus_spent_micros=bonus_spent,
        bonus_given_micros=bonus_given,
        tax_micros=tax,
        taxes_micros=(by_slot[0], by_slot[1], by_slot[2], by_slot[3]),
    )
