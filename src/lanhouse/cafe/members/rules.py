"""Pure rules of members: what an account may be called, when it expires, what is searched."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

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
