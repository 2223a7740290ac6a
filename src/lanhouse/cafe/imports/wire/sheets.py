"""A file of members read: the columns of the export, in any order, and a password."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.imports.errors import WrongRows
from lanhouse.cafe.imports.schemas import Candidate, NewLine, WrongCell
from lanhouse.cafe.members.commands.incoming import in_json
from lanhouse.cafe.members.rules import (
    ACCOUNT_CHARS_MAX,
    COLUMN_OF,
    account_key,
    birthday_text,
    check_fields,
    default_expiry,
    expiry_of,
    is_account,
)
from lanhouse.cafe.members.wire import EXPORT_COLUMNS
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import AMOUNT_MICROS_MAX, MAX_MEMBER
from lanhouse.kit.money import parse_micros, parse_micros_rounded, unit_micros
from lanhouse.kit.said import say
from lanhouse.kit.sheets import csv_rows

FILE_BYTES_MAX = 32 * 1024 * 1024
"""50 000 members with all that may be known of them."""
TEMPLATE_COLUMNS = (
    *("member_account", "member_password", "member_first_name", "member_last_name"),
    *("member_group_name", "member_balance", "member_balance_bonus", "member_coin_balance"),
    *("member_points", "member_is_active", "member_expire_time_local", "member_phone"),
    *("member_email", "member_birthday", "member_sex", "member_id_card", "member_address"),
    "member_comments",
)
"""The columns of the template."""
_KNOWN = frozenset((*EXPORT_COLUMNS, "member_password"))
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
# A spreadsheet of a country that writes 2,50 puts semicolons between its cells.
_COMMA = re.compile(r"(\d+),(\d+)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ON, _OFF = {"1", "yes", "true"}, {"0", "no", "false"}
_NEVER = "0000-00-00"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_PASSWORD_CHARS_MAX = 128


def read_sheet(data: bytes, center: Center, at: datetime) -> list[Candidate]:
    """The members of a CSV file (UTF-8, or UTF-16 with its mark as spreadsheets write it; commas,
    semicolons or tabs). A new one without an expiry has the usual one, counted from `at`.

    Raises WrongRows with every cell that is wrong, and InvalidInput by `file` for what is no such
    file.
    """
    rows = _rows(data)
    heading = [cell.strip().casefold() for cell in rows[0]] if rows else []
    unknown = [name for name in heading if name not in _KNOWN]
    if unknown or "member_account" not in heading or len(set(heading)) < len(heading):
        names = ", ".join(TEMPLATE_COLUMNS)
        reason = say(
            "must begin with a line of headings out of: %(names)s. Needed is member_account.",
            names=names,
        )
        raise InvalidInput({"file": reason})
    if len(rows) - 1 > MAX_MEMBER:
        raise InvalidInput({"file": say("must have at most %(count)s lines", count=MAX_MEMBER)})
    reader = _Reader(heading, center, at)
    for number, cells in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in cells):
            reader.take(number, cells)
    if reader.wrong:
        raise WrongRows(reader.wrong)
    if not reader.found:
        raise InvalidInput({"file": say("has no lines")})
    return reader.found


def _rows(data: bytes) -> list[list[str]]:
    try:
        is_utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        text = data.decode("utf-16" if is_utf16 else "utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        return list(csv_rows(text, delimiter))
    except (UnicodeDecodeError, csv.Error):
        reason = say("must be a CSV file in UTF-8, as the export writes it")
        raise InvalidInput({"file": reason}) from None


class _Reader:
    """Reads line after line, and remembers all that is wrong."""

    def __init__(self, heading: Sequence[str], center: Center, at: datetime) -> None:
        self._heading, self._center, self._at = heading, center, at
        self._unit = unit_micros(center.currency)
        usual = expiry_of(default_expiry(at.astimezone(center.zone).date()), center.zone)
        self._usual_expiry = in_json(usual)
        self._seen: dict[str, int] = {}
        self.found: list[Candidate] = []
        self.wrong: list[WrongCell] = []

    def take(self, number: int, cells: Sequence[str]) -> None:
        """One line; what is wrong with it is noted."""
        if len(cells) != len(self._heading):
            reason = say("must have %(count)s cells", count=len(self._heading))
            self.wrong.append(WrongCell(number, "line", reason))
            return
        self._number, self._is_right = number, True
        texts = {
            # Spaces belong to a password.
            name: cell if name == "member_password" else cell.strip()
            for name, cell in zip(self._heading, cells, strict=True)
        }
        self._texts = texts
        values = {
            "account": self._account(),
            "expires_at": self._expiry(),
            "birthday": self._birthday(),
            "is_active": self._switch("member_is_active"),
            "sex": self._sex(),
            "first_name": self._text("member_first_name", 50),
            "last_name": self._text("member_last_name", 50),
            "phone": self._text("member_phone", 30),
            "email": self._email(),
            "id_card": self._text("member_id_card", 50),
            "address": self._text("member_address", 200, is_line=False),
            "comments": self._text("member_comments", 1000, is_line=False),
        }
        created = self._created()
        if created is not None:
            values["created_at"] = created
        if self._amount("member_loan"):
            self._refuse("member_loan", say("is not carried over; take it in by hand"))
        line = NewLine(
            number=number,
            values=values,
            balance_micros=self._amount("member_balance"),
            bonus_micros=self._amount("member_balance_bonus"),
            coin_micros=self._coins("member_coin_balance"),
            point_micros=self._coins("member_points"),
        )
        password = self._password()
        self._check_told(values, line, password)
        if self._is_right:
            group = self._texts.get("member_group_name", "")
            self.found.append(Candidate(line=line, group_name=group, password=password))

    def _check_told(self, values: dict[str, Any], line: NewLine, password: str) -> None:
        """What the centre wants to know of every member is asked of a list too (decision 0162)."""
        told = values | {"password_hash": password, "balance": line.balance_micros}
        try:
            check_fields(self._center, told, is_new=True)
        except InvalidInput as refused:
            for column, reason in refused.fields.items():
                self._refuse(COLUMN_OF[column], reason)

    def _refuse(self, column: str, reason: Any) -> None:
        self.wrong.append(WrongCell(self._number, column, reason))
        self._is_right = False

    def _account(self) -> str:
        account = self._texts["member_account"]
        if not account:
            self._refuse("member_account", say("is required"))
        elif len(account) > ACCOUNT_CHARS_MAX or not is_account(account):
            reason = say("may hold letters, digits, _ - . and @ only")
            self._refuse("member_account", reason)
        else:
            before = self._seen.setdefault(account_key(account), self._number)
            if before != self._number:
                self._refuse("member_account", say("is the account of row %(row)s", row=before))
        return account

    def _password(self) -> str:
        password = self._texts.get("member_password", "")
        if len(password) > _PASSWORD_CHARS_MAX:
            reason = say("must be at most %(count)s characters", count=_PASSWORD_CHARS_MAX)
            self._refuse("member_password", reason)
        elif _CONTROL.search(password):
            self._refuse("member_password", say("holds signs that are no text"))
        return password

    def _text(self, column: str, most: int, *, is_line: bool = True) -> str:
        text = self._texts.get(column, "")
        if not text:
            return ""
        if is_line:
            text = " ".join(text.split())
        if len(text) > most:
            self._refuse(column, say("must be at most %(count)s characters", count=most))
        elif _CONTROL.search(text):
            self._refuse(column, say("holds signs that are no text"))
        return text

    def _email(self) -> str:
        text = self._text("member_email", 100)
        if text and not _EMAIL.fullmatch(text):
            self._refuse("member_email", say("must be an e-mail address"))
        return text

    def _switch(self, column: str) -> bool:
        text = self._texts.get(column, "").casefold()
        if text and text not in _ON | _OFF:
            self._refuse(column, say("must be 1 or 0"))
        return text not in _OFF

    def _sex(self) -> int:
        text = self._texts.get("member_sex", "")
        if text not in ("", "0", "1", "2"):
            self._refuse("member_sex", say("must be 0, 1 or 2"))
            return 0
        return int(text or 0)

    def _birthday(self) -> str | None:
        text = self._texts.get("member_birthday", "")
        if not text or text == _NEVER:
            return None
        day = self._read("member_birthday", text, date.fromisoformat, _DAY)
        return birthday_text(day)

    def _expiry(self) -> int | None:
        text = self._texts.get("member_expire_time_local", "")
        if not text:
            return self._usual_expiry
        if text.startswith("0000"):
            return None
        moment = self._read("member_expire_time_local", text, datetime.fromisoformat)
        if moment is None or moment.tzinfo is not None:
            return None
        return in_json(expiry_of(moment, self._center.zone))

    def _created(self) -> int | None:
        """Since when an account is, if it comes from an export."""
        text = self._texts.get("member_create_local", "")
        if not text:
            return None
        moment = self._read("member_create_local", text, datetime.fromisoformat)
        if moment is None:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._center.zone)
        if not moment.year >= 1990 or moment > self._at:
            self._refuse("member_create_local", say("must be in the past"))
            return None
        return in_json(moment)

    def _read(
        self,
        column: str,
        text: str,
        parse: Callable[[str], Any],
        form: re.Pattern[str] | None = None,
    ) -> Any:
        try:
            if form is not None and not form.fullmatch(text):
                raise ValueError
            found = parse(text)
            if not 1 < found.year < 9999:
                raise ValueError
        except ValueError:
            self._refuse(column, say("must be a date like %(date)s", date="2028-01-31"))
            return None
        return found

    def _amount(self, column: str) -> int:
        return self._micros(column, lambda text: self._paid(column, text))

    def _paid(self, column: str, text: str) -> int:
        micros = parse_micros(text, decimals=2, field=column, most_micros=AMOUNT_MICROS_MAX)
        if micros % self._unit:
            reason = say("is no amount of %(name)s", name=self._center.currency)
            raise InvalidInput({column: reason})
        return micros

    def _coins(self, column: str) -> int:
        return self._micros(column, lambda text: parse_micros_rounded(text, field=column))

    def _micros(self, column: str, parse: Callable[[str], int]) -> int:
        text = self._texts.get(column, "")
        if text in ("", "0", "0.00"):
            return 0
        try:
            micros = parse(_COMMA.sub(r"\1.\2", text))
        except InvalidInput as wrong:
            self._refuse(column, next(iter(wrong.fields.values())))
            return 0
        if micros < 0:
            self._refuse(column, say("must not be less than 0"))
            return 0
        return micros
