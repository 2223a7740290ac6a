"""With what somebody signed in, in two words that he recognises: "Firefox, Windows"."""

from __future__ import annotations

import re

_CHARS_MAX = 40
# In this order: browsers name those that they want to be taken for, too.
_PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_TOKEN = re.compile(r"[\w.+-]+", re.ASCII)


def program_of(user_agent: str) -> str:
    """Browser and system of a User-Agent header; of a program its own name; may be empty."""
    browser = _first(_PROGRAMS, user_agent)
    if not browser:
        named = _TOKEN.match(user_agent)
        return named[0][:_CHARS_MAX] if named else ""
    system = _first(_SYSTEMS, user_agent)
    return f"{browser}, {system}" if system else browser


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in names if mark in user_agent), "")
