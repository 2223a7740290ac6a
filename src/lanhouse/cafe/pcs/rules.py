"""Pure rules of PCs: which names a range means, and what a hardware address looks like."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import MAX_PC
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_

NAME_CHARS_MAX = 50

CONSOLE_TYPES = (0, 1, 2, 3, 4, 5, 6, 7, 8)
"""0 PC, 1 other, 2 Xbox, 3 PS3, 4 PS4, 5 PS5, 6 Wii, 7 table, 8 assistant (cafe-domain 0)."""
TABLE = 7

SEAT_PIXELS = (40, 32)
"""How wide and high a seat is on the map before it is turned."""
TABLE_PIXELS = (96, 64)
"""The same for a table (console type 7)."""
GRID_PIXELS = 8
"""To which the map editor snaps."""
_NEW_ROOM_PIXELS = (560, 440)
_ROOM_GAP_PIXELS = 20

KINDS = (
    N_("PC"),
    N_("Other console"),
    "Xbox",
    "PS3",
    "PS4",
    "PS5",
    "Wii",
    N_("Table"),
    N_("Assistant"),
)
"""What people read for a console type, by its number."""

_RANGE_WORD = re.compile(
    r"(?P<first>.+?)\s+(?:to|bis)\s+(?P<last>.+)|(?P<a>.+?)\s*[–—…]\s*(?P<b>.+)", re.I
)
_END = re.compile(r"(?P<prefix>.*?)(?P<digits>[0-9]{1,9})")
_MAC = re.compile(r"[0-9A-F]{2}(?:-[0-9A-F]{2}){5}")


def mac_text(text: str) -> str | None:
    """A MAC address as the wire shows it, `04-D9-F5-00-12-AB`; None when it is none."""
    upper = text.upper().replace(":", "-")
    return upper if _MAC.fullmatch(upper) else None


def ip_text(text: str) -> str | None:
    """An IPv4 or IPv6 address in its usual spelling; None when it is none."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def names_in(names: str) -> list[str]:
    """The PC names that a text means: `PC01 to PC80`, `PC01-PC80`, `VIP1, VIP2`, or one name.

    A range keeps the zeros of its first name. A hyphen makes a range only between two names of
    one beginning; otherwise it belongs to the name, as in `PS5-01`. Raises InvalidInput for
    `names` that are none, too long, more than MAX_PC or no range.
    """
    found: list[str] = []
    for part in re.split("[,;]", names):
        if part.strip():
            found += _part_names(part.strip())
        if len(found) > MAX_PC:
            raise _wrong(say("must be at most %(count)s PCs", count=MAX_PC))
    if not found:
        raise _wrong(say("is required"))
    for name in found:
        if len(name) > NAME_CHARS_MAX:
            raise _wrong(
                say("%(name)s is longer than %(count)s signs", name=name, count=NAME_CHARS_MAX)
            )
    return found


def _part_names(part: str) -> list[str]:
    said = _RANGE_WORD.fullmatch(part)
    if said is not None:
        first, last = said["first"] or said["a"], said["last"] or said["b"]
        return _range(first, last)
    for hyphen in re.finditer(r"\s*-\s*", part):
        first, last = part[: hyphen.start()], part[hyphen.end() :]
        if _are_alike(first, last):
            return _range(first, last)
    return [part]


def _are_alike(first: str, last: str) -> bool:
    begin, end = _END.fullmatch(first), _END.fullmatch(last)
    if begin is None or end is None or not begin["prefix"]:
        return False
    return begin["prefix"].casefold() == end["prefix"].casefold()


def _range(first: str, last: str) -> list[str]:
    """The names from one to the other; `PC01 to 80` needs no second prefix."""
    begin, end = _END.fullmatch(first), _END.fullmatch(last)
    text = {"first": first, "last": last}
    if begin is None or end is None:
        raise _wrong(say("%(first)s to %(last)s: both must end with a number", **text))
    if end["prefix"] and not _are_alike(first, last):
        raise _wrong(say("%(first)s to %(last)s: both must begin alike", **text))
    low, high = int(begin["digits"]), int(end["digits"])
    if high < low:
        raise _wrong(say("%(first)s comes after %(last)s", **text))
    if high - low >= MAX_PC:
        raise _wrong(say("must be at most %(count)s PCs", count=MAX_PC))
    width = len(begin["digits"])
    return [f"{begin['prefix']}{number:0{width}d}" for number in range(low, high + 1)]


def _wrong(reason: str) -> InvalidInput:
    return InvalidInput({"names": reason})


def is_match(text: str, *values: str) -> bool:
    """Whether every word of a text stands in one of the values, whatever its case."""
    held = "\n".join(values).casefold()
    return all(word in held for word in text.casefold().split())


def seat_pixels(console_type: int) -> tuple[int, int]:
    """Width and height of the box of a PC on the map before it is turned."""
    return TABLE_PIXELS if console_type == TABLE else SEAT_PIXELS


def frame_for_new(others: Sequence[tuple[int, int]]) -> tuple[int, int, int, int]:
    """Where a room without a rectangle goes: x, y, width and height, below all others.

    `others` are the upper edge and the height of each.
    """
    top = max((y + height for y, height in others), default=0)
    return (_ROOM_GAP_PIXELS, top + _ROOM_GAP_PIXELS, *_NEW_ROOM_PIXELS)
