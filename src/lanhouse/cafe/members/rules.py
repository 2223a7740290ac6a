"""Pure rules of members: what an account may be called, when it expires, what is searched."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.centers.schemas.member.accounts import IdNumberRules, MemberFields
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_

ACCOUNT_CHARS_MAX = 50
ACCOUNT_PATTERN = r"^[\w.@-]+$"
"""Letters, digits, _ - . @ (cafe-domain 4)."""

CENTER_NAME, COMPANY_ID, OAUTH_USER_ID = "Local", "0", "0"
"""What every member's row shows alike, as text (cafe-wire, Members)."""

KNOWN_TO_ALL = timedelta(hours=24)
"""How long a password that everybody knows counts (RESET_PASSWORD)."""
MADE_FOR_ONE = timedelta(days=7)
"""How long one counts that was made for a single member and shown once (decision 0158)."""

GUEST_PREFIX = "G_"
GUEST_CHARS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""What a guest's account is made of: no signs that look alike when read aloud."""

_ACCOUNT = re.compile(r"[\w.@-]+")
_MIDNIGHT = time(0, 0)
_DAY = timedelta(days=1)


def account_key(account: str) -> str:
    """The account without difference of case and of how its letters were typed."""
    return unicodedata.normalize("NFKC", account).casefold()


def member_account(account: str) -> str:
    """How a try to sign in counts a member's account, typed in whatever case."""
    return f"member:{account_key(account)}"


def is_account(text: str) -> bool:
    """Whether an account may be called this (cafe-domain 4)."""
    return len(text) <= ACCOUNT_CHARS_MAX and _ACCOUNT.fullmatch(text) is not None


def search_key(*texts: str) -> str:
    """One lower-case text out of everything by which a member is looked for."""
    return " ".join(account_key(text) for text in texts if text)


def expiry_of(local: datetime, zone: ZoneInfo) -> datetime:
    """The first moment at which an account is of no use, from what a client sends.

    A bare date (or midnight, which is how clients spell one) is the last day that counts; a
    date with a time is that moment. `local` is naive, in the centre's zone.
    """
    if local.time() == _MIDNIGHT:
        local += _DAY
    return local.replace(tzinfo=zone)


def expiry_text(expires_at: datetime | None, zone: ZoneInfo) -> str:
    """The inverse of expiry_of: "2028-01-01", "2028-01-01 18:00:00", or "0000-00-00" for never."""
    if expires_at is None:
        return "0000-00-00"
    local = expires_at.astimezone(zone)
    if local.time() == _MIDNIGHT:
        return (local.date() - _DAY).isoformat()
    return local.strftime("%Y-%m-%d %H:%M:%S")


def default_expiry(today: date) -> datetime:
    """The last day of a new account: three years ahead (cafe-domain 4). Naive, local."""
    try:
        day = today.replace(year=today.year + 3)
    except ValueError:  # 29 February
        day = today.replace(year=today.year + 3, day=28)
    return datetime.combine(day, _MIDNIGHT)


def birthday_text(birthday: date | None) -> str | None:
    """How a birthday is stored."""
    return None if birthday is None else birthday.isoformat()


CONSENTS = {
    "data": N_("Keeping personal data"),
    "photo": N_("A photo of the member"),
    "messages": N_("News and messages"),
    "pictures": N_("Pictures at events"),
    "guardian": N_("Consent of a guardian"),
    "rules": N_("Rules of the house"),
}
"""What a member can agree to, and what people call it."""

PHOTO = "photo"
RULES = "rules"

_FIELDS = {
    "member_account": "account",
    "member_password": "password_hash",
    "member_first_name": "first_name",
    "member_last_name": "last_name",
    "member_birthday": "birthday",
    "member_id_card": "id_card",
    "member_phone": "phone",
    "member_email": "email",
    "member_expire_time_local": "expires_at",
    "member_balance": "balance",
    "member_comments": "comments",
}
"""The names of member_settings -> columns; the balance is what is put on a new account."""
COLUMN_OF = {column: name for name, column in _FIELDS.items()}
"""The same the other way round."""


@lru_cache(maxsize=256)
def _decoded(text: str, kind: type[Any]) -> Any:
    """A JSON text of the settings, checked when it was set."""
    return msgspec.json.decode(text, type=kind, strict=False)


def member_fields(center: Center) -> MemberFields:
    """Which fields of a member must be filled in, by their names on the wire."""
    return _decoded(center.settings.member.member_settings, MemberFields)


def required_columns(center: Center) -> frozenset[str]:
    """The columns of members that the centre wants filled in (member_settings)."""
    fields = member_fields(center)
    return frozenset(column for name, column in _FIELDS.items() if getattr(fields, name))


def id_number_rules(center: Center) -> IdNumberRules:
    """What an identity number has to look like in the centre."""
    return _decoded(center.settings.member.id_number_rules, IdNumberRules)


def check_fields(center: Center, values: Mapping[str, Any], *, is_new: bool) -> None:
    """The one rule of what a member must tell, for every door (cafe-domain 4).

    `values` are columns of members; a new account has all of them, of a change only what is set
    is looked at: who lacks a field that is required since later can be changed all the same.
    `balance` is the first deposit in micros. Raises InvalidInput with every wrong column.
    """
    wrong = {
        column: say("is required")
        for column in sorted(required_columns(center))
        if (is_new or column in values) and not values.get(column)
    }
    number = str(values.get("id_card") or "")
    rules = id_number_rules(center)
    if number and rules.digital_only and not (number.isascii() and number.isdigit()):
        wrong["id_card"] = say("must be digits only")
    elif number and rules.limit_length and len(number) != rules.limit_length:
        wrong["id_card"] = say("must have %(count)s characters", count=rules.limit_length)
    if wrong:
        raise InvalidInput(wrong)


MASK = "•"


def masked(text: str) -> str:
    """A number of which only the last two signs are shown; short ones show nothing."""
    shown = text[-2:] if len(text) > 4 else ""
    return MASK * (len(text) - len(shown)) + shown


def masked_birthday(birthday: str | None) -> str:
    """A birthday of which only the day of the year is shown: •••• and -MM-DD."""
    return f"{MASK * 4}{birthday[4:]}" if birthday else ""


def age_of(birthday: str | None, today: date) -> int | None:
    """Years completed on a day; None when no birthday is known."""
    if not birthday:
        return None
    return age_on(date.fromisoformat(birthday), today)


def age_on(born: date, today: date) -> int:
    """The same of a known one; who was born on 29 February is a year older on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
