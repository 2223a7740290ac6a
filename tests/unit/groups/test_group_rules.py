"""The group that points lead to."""

from __future__ import annotations

import pytest

from lanhouse.cafe.groups.rules import group_for_points
from lanhouse.cafe.groups.schemas import DEFAULT_MEMBER_GROUP, MemberGroup
from lanhouse.cafe.groups.wire import percent_number

POINT = 1_000_000
GROUPS = [
    DEFAULT_MEMBER_GROUP,
    MemberGroup(id=5, name="Gold", min_points_micros=500 * POINT),
    MemberGroup(id=6, name="Silver", min_points_micros=100 * POINT),
    MemberGroup(id=7, name="Silver 2", min_points_micros=100 * POINT),
]


@pytest.mark.parametrize(
    ("points", "current", "group"),
    [
        (0, 0, 0),
        (-5, 5, 0),
        (99, 0, 0),
        (100, 0, 6),
        (100, 7, 7),
        (499, 5, 6),
        (500, 6, 5),
        (10**6, 999, 5),
    ],
)
def test_the_highest_group_that_is_reached(points: int, current: int, group: int) -> None:
    assert group_for_points(GROUPS, points * POINT, current) == group


def test_percentages_are_numbers() -> None:
    assert percent_number(1000) == 10
    assert bytes(percent_number(1250)) == b"12.5"
    assert percent_number(0) == 0
