"""Time zones: the wire says "+08:00", we keep a name (architecture section 4). Tiers of a bonus."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from lanhouse.cafe.centers.schemas import BonusTier
from lanhouse.cafe.centers.schemas.values import PERCENT_MAX
from lanhouse.kit.local_time import zone_names
from lanhouse.kit.money import MICROS
from lanhouse.kit.said import say

_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})", re.ASCII)
_MINUTE = timedelta(minutes=1)

# Places that keep their odd offset all year; whole hours need no list.
_ODD_OFFSETS = {
    210: "Asia/Tehran",
    270: "Asia/Kabul",
    330: "Asia/Kolkata",
    345: "Asia/Kathmandu",
    390: "Asia/Yangon",
    525: "Australia/Eucla",
    570: "Australia/Darwin",
    -570: "Pacific/Marquesas",
}


def offset_text(zone: ZoneInfo, at: datetime) -> str:
    """The zone's offset at a moment, as the wire shows it: "+08:00"."""
    text = at.astimezone(zone).strftime("%z")
    return f"{text[:3]}:{text[3:5]}"


def zone_name_of(text: str, current: ZoneInfo, at: datetime) -> str | None:
    """The zone that a client means by a name or an offset; None when there is none.

    The offset that the centre has now keeps the centre's zone: clients send back what they read,
    and a zone knows about summer time where an offset does not.
    """
    match = _OFFSET.fullmatch(text)
    if match is None:
        return text if text in zone_names() else None
    hours, minutes = int(match[2]), int(match[3])
    if minutes > 59:
        return None
    offset = (60 * hours + minutes) * (-1 if match[1] == "-" else 1)
    now = at.astimezone(current).utcoffset()
    assert now is not None
    if now // _MINUTE == offset:
        return current.key
    if minutes == 0 and -12 <= offset // 60 <= 14:
        # The sign of these names is the other way round.
        return "Etc/UTC" if offset == 0 else f"Etc/GMT{-(offset // 60):+d}"
    return _ODD_OFFSETS.get(offset)


_PC_GROUP = re.compile(r"(?:pc_group_id_)?(\d{1,18})", re.ASCII)
_LEVEL = re.compile(r"(?:level_)?(\d{1,9})", re.ASCII)


def pc_group_named(name: str) -> int | None:
    """The PC group that a name in the setting pc_group_levels means: `pc_group_id_3`, or its
    number alone; None for what is neither."""
    match = _PC_GROUP.fullmatch(name)
    return None if match is None else int(match[1])


def level_numbers(levels: Any) -> dict[int, int]:
    """The setting pc_group_levels, `{"pc_group_id_3": "level_2"}`, as PC group -> level. What is
    written otherwise gives no level."""
    found: dict[int, int] = {}
    for name, level in cast("dict[str, Any]", levels).items() if isinstance(levels, dict) else ():
        group, number = pc_group_named(name), _LEVEL.fullmatch(str(level))
        if group is not None and number is not None:
            found[group] = int(number[1])
    return found


class WrongTiers(Exception):
    """Tiers that cannot be: `reason` says what is wrong with the list."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def tier_of(amount_micros: int, bonus_micros: int) -> BonusTier:
    """A tier for either mode: the percentage is kept beside the money where it can be one."""
    percent, rest = divmod(bonus_micros, MICROS)
    return BonusTier(amount_micros, bonus_micros, percent if _is_percent(percent, rest) else 0)


def ordered_tiers(tiers: Iterable[BonusTier], *, by_percent: bool) -> tuple[BonusTier, ...]:
    """The tiers by rising amount. Raises WrongTiers."""
    ordered = sorted(tiers, key=lambda tier: tier.amount_micros)
    wrong = ""
    if by_percent and not all(_is_percent(*divmod(one.bonus_micros, MICROS)) for one in ordered):
        wrong = say("must hold whole percentages up to %(most)s", most=PERCENT_MAX)
    if len({one.amount_micros for one in ordered}) < len(ordered):
        wrong = say("names an amount twice")
    if wrong:
        raise WrongTiers(wrong)
    return tuple(ordered)


def _is_percent(percent: int, rest_micros: int) -> bool:
    return rest_micros == 0 and percent <= PERCENT_MAX


def names_its_server(template: str) -> bool:
    """Whether an address leads to one server, whatever is filled in for its words in braces."""
    return "{" not in template.partition("://")[2].partition("/")[0]
