"""The filters of the list of members, from what a caller sends."""

from __future__ import annotations

from datetime import datetime

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.queries.listing import MemberSearch
from lanhouse.cafe.members.schemas import FilterIn
from lanhouse.cafe.members.wire import SEARCH_FIELDS, column_of
from lanhouse.kit.errors import InvalidInput


def search_sent(data: FilterIn, center: Center, at: datetime) -> MemberSearch:
    """The search of the filters that were sent. Raises InvalidInput."""
    wrong = wrong_field(data)
    if wrong:
        raise InvalidInput(wrong)
    return MemberSearch(
        center=center,
        at=at,
        search_text=data.search_text,
        search_field=column_of(data.search_field),
        is_guest=data.guest,
    )


def wrong_field(data: FilterIn) -> dict[str, str]:
    """What is wrong with the field to search in: a reason by its name, or nothing."""
    if not data.search_field or data.search_field in SEARCH_FIELDS:
        return {}
    return {"search_field": f"must be one of {', '.join(SEARCH_FIELDS)}"}
