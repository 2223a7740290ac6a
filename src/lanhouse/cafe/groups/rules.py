"""Groups on plain values: which one a member belongs to when the centre uses points (cafe-domain
5), and sets of groups as columns keep them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lanhouse.cafe.groups.schemas import MemberGroup


def group_for_points(groups: Sequence[MemberGroup], point_micros: int, current_id: int) -> int:
    """The id of the highest group whose minimum the points reach.

    Of several with the same minimum the present one stays, else the first in the list is taken.
    The default group, with its minimum of 0, is always reached.
    """
    reached = [group for group in groups if group.min_points_micros <= max(point_micros, 0)]
    highest = max(group.min_points_micros for group in reached)
    fitting = [group.id for group in reached if group.min_points_micros == highest]
    return current_id if current_id in fitting else fitting[0]


def group_text(ids: Iterable[int]) -> str:
    """Ids of groups as a column keeps them, `|3|5|`; empty for none."""
    text = "|".join(str(each) for each in sorted(set(ids)))
    return f"|{text}|" if text else ""


def group_ids(text: str) -> tuple[int, ...]:
    """What group_text() wrote."""
    return tuple(int(part) for part in text.split("|") if part)
