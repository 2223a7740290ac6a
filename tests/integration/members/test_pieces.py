"""The index of pieces finds what reading every member finds, and follows each write."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lanhouse.cafe.members.commands.accounts import insert_account
from lanhouse.cafe.members.commands.changing import MembersNamed, delete_members
from lanhouse.cafe.members.queries.listing import MemberSearch, first_members, members_page
from lanhouse.cafe.members.rules import account_key
from lanhouse.cafe.members.tables import MEMBER_PIECES, members
from lanhouse.db import pieces
from lanhouse.db.store import Read, Store, Tx
from lanhouse.kit import clock
from tests.builders.floor import DESK, Floor, open_floor

# Signs that mean something to an index, a pattern or a language.
SIGNS = st.sampled_from("aAnN\"'%_\\*^:()-+ßİıéÉｅ@. 日本語1")
TEXT = st.text(SIGNS, min_size=1, max_size=6)


def _found(floor: Floor, text: str, **more: Any) -> set[int]:
    center = floor.center
    search = MemberSearch(center=center, at=clock.now(), search_text=text, per_page=500, **more)
    return {row.id for row in floor.store.read_sync(members_page, search).rows}


def _holding(floor: Floor, text: str) -> set[int]:
    """All whose search key holds the text, worked out here."""
    keys = sa.select(members.c.id, members.c.search_key).where(members.c.deleted_at.is_(None))
    rows = floor.store.read_sync(lambda read: read.all(keys))
    return {row.id for row in rows if account_key(text) in row.search_key}


@given(names=st.lists(TEXT, min_size=1, max_size=8), text=TEXT)
@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_an_indexed_search_finds_what_a_scan_finds(
    store: Store, names: list[str], text: str
) -> None:
    floor = _floor(store)

    def add(tx: Tx, _: None) -> None:
        for number, name in enumerate(names):
            account = f"m{number}x{tx.scalar(sa.select(sa.func.count()).select_from(members))}"
            values = {"account": account, "group_id": 0, "first_name": name}
            insert_account(tx, floor.hall.center_id, values)

    floor.run(add, None)
    for wanted in (text, names[0], names[0] + text):
        assert _found(floor, wanted) == _holding(floor, wanted)


_floors: dict[int, Floor] = {}


def _floor(store: Store) -> Floor:
    """One hall for all examples of a database."""
    if id(store) not in _floors:
        _floors.clear()
        _floors[id(store)] = open_floor(store)
    return _floors[id(store)]


def test_every_write_is_followed(store: Store) -> None:
    floor = open_floor(store, pcs_count=1)
    ana = floor.add_member("mariana", first_name="Ana")
    assert _found(floor, "rian") == {ana}
    change = sa.update(members).where(members.c.id == ana).values(search_key="otherwise")
    floor.run(lambda tx, _: tx.run(change), None)
    assert _found(floor, "rian") == set()
    assert _found(floor, "herw") == {ana}
    named = MembersNamed(center=floor.center, actor=DESK, member_ids=[ana])
    floor.run(delete_members, named)
    assert _found(floor, "herw") == set()


def test_the_index_is_asked_only_where_it_helps(store: Store) -> None:
    floor = open_floor(store, pcs_count=1)
    for number in range(6):
        floor.add_member(f"player{number}")

    def phrase(text: str, most: int) -> Any:
        return store.read_sync(pieces.phrase_of, MEMBER_PIECES, text, most)

    assert phrase("player", 6) is not None
    assert phrase("player", 5) is None
    assert phrase("pl", 100) is None
    assert phrase("pla\0", 100) is None
    assert len(store.read_sync(first_members, floor.center, "player", 4)) == 4


def test_without_the_index_all_are_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    floor = open_floor(store, pcs_count=1)
    ana = floor.add_member("mariana")

    def no_index(_read: Read, _index: Any) -> bool:
        return False

    monkeypatch.setattr(pieces, "has_index", no_index)
    assert _found(floor, "rian") == {ana}
