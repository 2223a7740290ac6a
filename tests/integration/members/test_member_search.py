"""A search finds the same rows in the same order, whether matches are sorted or an index walked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lanhouse.cafe.members.queries.listing import MEMBER_LIST, MemberSearch, members_page
from lanhouse.cafe.members.rules import account_key, search_key
from lanhouse.db import listing
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.floor import EURO, Floor, open_floor

NAMES = ("Maria", "MARÍA", "Straße", "ﬁne", "100%", "a_b", "a/b", "İnci", "o'neil", "ß ẞ", "\\", "")
SORTS = ["", *(name for name, column in MEMBER_LIST.columns.items() if column.order)]
TEXTS = st.one_of(
    st.sampled_from(NAMES).flatmap(
        lambda name: st.integers(0, len(name)).map(lambda start: name[start : start + 3])
    ),
    st.text("aAßsi%_/'\\1mM0 ", max_size=4),
)


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    floor = open_floor(store)
    for number, name in enumerate(NAMES):
        floor.add_member(f"m{number:02}", first_name=name, balance=number % 3 * EURO)
        freeze.advance(number % 2)
    return floor


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=TEXTS, sort=st.sampled_from(SORTS), is_descending=st.booleans(), page=st.integers(1, 3))
def test_few_matches_are_sorted_as_many_are(
    floor: Floor, text: str, sort: str, is_descending: bool, page: int
) -> None:
    wanted = MemberSearch(
        center=floor.center,
        at=clock.now(),
        search_text=text,
        sort_name=sort,
        is_descending=is_descending,
        page=page,
        per_page=5,
    )

    def found(few_rows: int) -> tuple[int, list[Any]]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(listing, "FEW_ROWS", few_rows)
            got = floor.store.read_sync(members_page, wanted)
        return got.total, [row.account for row in got.rows]

    accounts = {f"m{number:02}": name for number, name in enumerate(NAMES)}
    matching = [
        account
        for account, name in accounts.items()
        if account_key(text) in search_key(account, name)
    ]
    assert found(few_rows=200) == found(few_rows=0)
    assert found(few_rows=200)[0] == len(matching)
