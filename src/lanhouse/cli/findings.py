"""What `lanhouse doctor` finds."""

from __future__ import annotations

import msgspec

GOOD, WARNING, BAD = "ok", "warn", "FAIL"
NAMED_MAX = 5
"""So many of what is wrong are named in a line."""


class Finding(msgspec.Struct, frozen=True):
    """One line of the report: how it is, what was looked at, and what was seen."""

    state: str
    what: str
    text: str
