"""A file of goods read back: what its columns mean, line by line."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from typing import Any

from lanhouse.cafe.pricing.rules import parse_weekdays, parse_window
from lanhouse.cafe.products.commands.sheets import SheetLine
from lanhouse.cafe.products.rules import STOCK_MAX
from lanhouse.cafe.products.wire.native import PRODUCT_COLUMNS
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import AMOUNT_MICROS_MAX, MAX_PRODUCT
from lanhouse.kit.money import parse_micros, parse_micros_rounded
from lanhouse.kit.said import say
from lanhouse.kit.sheets import csv_rows

FILE_BYTES_MAX = 1_048_576
_NAME_CHARS_MAX, _DESCRIPTION_CHARS_MAX, _BARCODE_CHARS_MAX = 100, 1000, 50
# A spreadsheet of a country that writes 2,50 puts semicolons between its cells.
_COMMA = re.compile(r"(\d+),(\d+)", re.ASCII)
_ID = re.compile(r"-?\d{1,18}", re.ASCII)
_ON, _OFF = {"1", "yes", "true"}, {"0", "no", "false"}


class WrongLines(InvalidInput):
    """What is wrong with which lines of a file: reasons by `line 2`, the heading being line 1."""


def read_sheet(data: bytes) -> list[SheetLine]:
    """The lines of a CSV file of goods (UTF-8, the columns of the export, in any order).

    A column that is not there, or an empty cell of a number or a switch, leaves what is. Raises
    WrongLines with every line that is wrong, and InvalidInput by `file` for what is no such file.
    """
    rows = _rows(data)
    heading = [cell.strip().casefold() for cell in rows[0]] if rows else []
    unknown = [name for name in heading if name not in PRODUCT_COLUMNS]
    if unknown or "name" not in heading or len(set(heading)) < len(heading):
        columns = ", ".join(PRODUCT_COLUMNS)
        reason = say(
            "must begin with a line of headings out of: %(names)s. name is needed.", names=columns
        )
        raise InvalidInput({"file": reason})
    lines: list[SheetLine] = []
    errors: dict[str, str] = {}
    for number, cells in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        try:
            lines.append(_line(number, heading, cells))
        except InvalidInput as wrong:
            errors[f"line {number}"] = wrong.said
    if len(lines) + len(errors) > MAX_PRODUCT + 1:
        reason = say("must have at most %(count)s lines", count=MAX_PRODUCT + 1)
        raise InvalidInput({"file": reason})
    if errors:
        raise WrongLines(errors)
    if not lines:
        raise InvalidInput({"file": say("has no lines")})
    return lines


def _rows(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = ";" if first.count(";") > first.count(",") else ","
        return list(csv_rows(text, delimiter))
    except (UnicodeDecodeError, csv.Error):
        reason = say("must be a CSV file in UTF-8, as the export writes it")
        raise InvalidInput({"file": reason}) from None


def _line(number: int, heading: Sequence[str], cells: Sequence[str]) -> SheetLine:
    if len(cells) != len(heading):
        raise InvalidInput({"line": say("must have %(count)s cells", count=len(heading))})
    by_name = dict(zip(heading, (cell.strip() for cell in cells), strict=True))
    errors: dict[str, str] = {}
    found: dict[str, Any] = {}
    for name, text in by_name.items():
        try:
            found |= _READERS[name](name, text)
        except InvalidInput as wrong:
            errors[name] = next(iter(wrong.fields.values()))
    if errors:
        raise InvalidInput(errors)
    return SheetLine(
        number=number,
        product_id=found.pop("id", None),
        group=found.pop("group", ""),
        quantity=found.pop("quantity", None),
        changes=found,
    )


def _id(name: str, text: str) -> dict[str, Any]:
    if text and not _ID.fullmatch(text):
        raise InvalidInput({name: say("must be the number of a product, or empty")})
    return {"id": int(text)} if text else {}


def _text(most: int, *, is_needed: bool = False) -> Callable[[str, str], dict[str, Any]]:
    def read(name: str, text: str) -> dict[str, Any]:
        if is_needed and not text:
            raise InvalidInput({name: say("is required")})
        if len(text) > most:
            raise InvalidInput({name: say("must be at most %(count)s characters", count=most)})
        if any(ord(sign) < ord(" ") and sign not in "\r\n\t" for sign in text):
            raise InvalidInput({name: say("holds signs that are no text")})
        return {name: text}

    return read


def _line_text(most: int, *, is_needed: bool = False) -> Callable[[str, str], dict[str, Any]]:
    read = _text(most, is_needed=is_needed)
    return lambda name, text: read(name, " ".join(text.split()))


def _amount(name: str, text: str) -> dict[str, Any]:
    if not text:
        return {}
    typed = _COMMA.sub(r"\1.\2", text)
    most = AMOUNT_MICROS_MAX
    return {f"{name}_micros": parse_micros(typed, decimals=6, field=name, most_micros=most)}


def _coins(name: str, text: str) -> dict[str, Any]:
    typed = _COMMA.sub(r"\1.\2", text)
    return {f"{name}_micros": parse_micros_rounded(typed, field=name)} if text else {}


def _number(least: int, most: int, field: str = "") -> Callable[[str, str], dict[str, Any]]:
    def read(name: str, text: str) -> dict[str, Any]:
        if not text:
            return {}
        if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
            reason = say("must be between %(least)s and %(most)s", least=least, most=most)
            raise InvalidInput({name: reason})
        return {field or name: int(text)}

    return read


def _switch(name: str, text: str) -> dict[str, Any]:
    if not text:
        return {}
    if text.casefold() not in _ON | _OFF:
        raise InvalidInput({name: say("must be 1 or 0")})
    return {name: text.casefold() in _ON}


def _days(name: str, text: str) -> dict[str, Any]:
    return {"weekdays": parse_weekdays(text, name)} if text else {}


def _times(name: str, text: str) -> dict[str, Any]:
    if not text:
        return {}
    begin, end = parse_window(text, name)
    return {"from_minute": begin, "to_minute": end}


_READERS: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "id": _id,
    "name": _line_text(_NAME_CHARS_MAX, is_needed=True),
    "group": _line_text(_NAME_CHARS_MAX),
    "price": _amount,
    "cost": _amount,
    "coin_price": _coins,
    "tax": _number(0, 3, "tax_id"),
    "barcode": _line_text(_BARCODE_CHARS_MAX),
    "quantity": _number(0, STOCK_MAX),
    "low_stock_at": _number(0, STOCK_MAX),
    "is_unlimited": _switch,
    "is_active": _switch,
    "is_adults_only": _switch,
    "sold_on": _days,
    "sold_at": _times,
    "description": _text(_DESCRIPTION_CHARS_MAX),
}
