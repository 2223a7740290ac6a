"""Filling the demo step by step: what a crash leaves, and what the next start makes of it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.aggregator.agents.commands import create_agent
from lanhouse.aggregator.agents.demo import NAMES
from lanhouse.aggregator.agents.schemas import TRANSFER, NewAgent
from lanhouse.auth.actors import API_STAFF_NAME, Actor
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.centers.demo import CAFE_ID
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.centers.tables import centers
from lanhouse.cafe.floors import CAFE_FLOORS, CAFE_WINGS, WING_IMPORTS
from lanhouse.cafe.pcs.commands import NewPcs, add_pcs
from lanhouse.cafe.registration.commands import Deposit, NewMember, create_member
from lanhouse.db.store import Read, Store, Tx
from lanhouse.demo import parts
from lanhouse.demo.build import HISTORY, build, is_half_built
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.ledger.tables import accounts, answers
from lanhouse.ledger.verify import verify_ledger
from lanhouse.tables import complete_metadata
from tests.builders import databases
from tests.builders.centers import open_hall
from tests.builders.effort import seeds
from tests.builders.secrets import VAULT

NOW = datetime(2026, 5, 20, 18, 0, tzinfo=UTC)
COMMANDS = len(parts.openings()) + len(parts.moments(NOW - HISTORY, NOW))

# Of guests: drawn anew by each build.
_BY_CHANCE = {
    *("account", "account_key", "member_account", "search_key", "password_hash", "digest"),
    # Of files: by the host's clock, not by that of business.
    "stored_at",
}


class PowerCut(Exception):
    """The process ends here."""


@contextmanager
def power_cut_after(monkeypatch: pytest.MonkeyPatch, commands: int) -> Iterator[None]:
    """Let so many commands of the build run, and end it before the next one."""
    left = iter(range(commands))
    whole = Tx.begin_command

    def begin(tx: Tx) -> None:
        if next(left, None) is None:
            raise PowerCut
        whole(tx)

    with monkeypatch.context() as patch:
        patch.setattr(Tx, "begin_command", begin)
        with pytest.raises(PowerCut):
            yield


_IDS_INSIDE = re.compile(r"[\"']\w+_id[\"']: ?\d+|#\d+(?=: )")


def rows_of_center(
    store: Store, center_id: int, *, without: frozenset[str] = frozenset()
) -> dict[str, list[str]]:
    """Table -> its rows of this centre, and what stands on the centre's accounts."""

    def read_all(read: Read) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for table in complete_metadata().sorted_tables:
            if "center_id" in table.c:
                columns = [c for c in table.c if c.name not in without and not _is_id(c.name)]
                columns = columns or [sa.literal("a row")]
                query = sa.select(*columns).where(table.c.center_id == center_id)
                rows = (str(tuple(row)) for row in read.all(query))
                # A frozen report and a segment name other rows by their ids, too.
                found[table.name] = sorted(_IDS_INSIDE.sub("", row) for row in rows)
        kinds = (accounts.c.owner_kind, accounts.c.kind, accounts.c.currency)
        query = sa.select(*kinds, accounts.c.balance_micros).where(accounts.c.book_id == center_id)
        found["balances"] = sorted(str(tuple(row)) for row in read.all(query))
        return found

    return store.read_sync(read_all)


def _is_id(name: str) -> bool:
    # A transaction that was rolled back has used up numbers.
    return name == "id" or name.endswith("_id")


def agents_and_players(store: Store) -> dict[str, int]:
    """Table of the game platform -> number of rows."""
    names = ("agents", "players", "wallet_moves", "game_sessions", "game_rounds", "house_rounds")
    tables = complete_metadata().tables
    return {
        name: store.read_sync(
            lambda read, name=name: read.scalar(
                sa.select(sa.func.count()).select_from(tables[name])
            )
        )
        for name in names
    }


@pytest.fixture
def other_store(tmp_path: Path) -> Iterator[Store]:
    """Another empty store, on SQLite."""
    folder = tmp_path / "other"
    folder.mkdir()
    opened = databases.empty_sqlite(folder)
    yield opened
    databases.close(opened)


@pytest.mark.long
@pytest.mark.parametrize("seed", seeds(2, 30))
def test_a_build_that_was_cut_off_is_finished_as_if_nothing_had_been(
    store: Store, other_store: Store, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Wherever the power fails, and fails again: the rows are those of a build in one go."""
    cuts = sorted(random.Random(seed).sample(range(1, COMMANDS), 2))
    with clock.frozen(NOW):
        build(other_store, VAULT)
        with power_cut_after(monkeypatch, cuts[0]):
            build(store, VAULT)
        assert clock.now() == NOW
        assert not store.read_sync(is_whole)
    # Somebody starts it again the next day.
    with clock.frozen(NOW + timedelta(days=1)):
        with power_cut_after(monkeypatch, 1):
            build(store, VAULT)
        assert not store.read_sync(is_whole)
        build(store, VAULT)
        assert store.read_sync(is_whole)

    without = frozenset(_BY_CHANCE)
    found = rows_of_center(store, CAFE_ID, without=without)
    wanted = rows_of_center(other_store, CAFE_ID, without=without)
    assert found.keys() == wanted.keys()
    for table, rows in wanted.items():
        assert found[table] == rows, (table, cuts)
    assert agents_and_players(store) == agents_and_players(other_store)
    assert store.read_sync(verify_ledger, None).problem is None


def is_whole(read: Read) -> bool:
    """Whether there is a demo that has been finished."""
    begun = read.one(sa.select(centers).where(centers.c.id == CAFE_ID)) is not None
    return begun and not is_half_built(read)


def _same_names(tx: Tx, center: Center) -> None:
    """A member and a PC that are called as the demo's."""
    actor = Actor(
        kind="api_key",
        center_id=center.id,
        staff_name=API_STAFF_NAME,
        role="api",
        rights=rights_of("api"),
    )
    deposit = Deposit(value_micros=10_000_000)
    add_pcs(tx, NewPcs(center=center, names=["PC01"]))
    create_member(
        tx,
        NewMember(
            center=center,
            actor=actor,
            account="alice",
            password_hash="",
            group_id=0,
            deposit=deposit,
        ),
    )


def test_nothing_of_another_centre_is_touched(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.frozen(NOW):
        open_hall(store, 7778)
        center = store.read_sync(center_by_id, 7778)
        assert center is not None
        store.run_sync(_same_names, center)
        before = rows_of_center(store, 7778)
        assert before["members"]
        with power_cut_after(monkeypatch, COMMANDS // 2):
            build(store, VAULT)
        assert rows_of_center(store, 7778) == before
        build(store, VAULT)
    assert rows_of_center(store, 7778) == before


def test_a_second_build_does_nothing_and_a_demo_without_marks_is_whole(
    sqlite_store: Store,
) -> None:
    """An older program left none: everything was one transaction."""
    store = sqlite_store
    with clock.frozen(NOW):
        build(store, VAULT)
    before = rows_of_center(store, CAFE_ID), agents_and_players(store)
    with clock.frozen(NOW + timedelta(days=3)):
        build(store, VAULT)
    assert (rows_of_center(store, CAFE_ID), agents_and_players(store)) == before
    store.run_sync(lambda tx, _: tx.run(sa.delete(answers)), None)
    assert store.read_sync(is_whole)


def test_somebodys_agent_of_the_same_name_is_not_taken_for_the_demos(store: Store) -> None:
    agent = NewAgent(
        name=NAMES[0],
        kind=TRANSFER,
        base_currency="EUR",
        currencies={"EUR": "1"},
        allowed_ips="10.0.0.1",
    )
    store.run_sync(create_agent, agent)
    with pytest.raises(Refused, match="nothing was changed"):
        build(store, VAULT)
    assert store.read_sync(lambda read: read.one(sa.select(centers))) is None


def test_nouns_come_in_floor_order_and_moments_in_that_of_time() -> None:
    names = list(parts.openings())
    cafe = [name.removeprefix("cafe.") for name in names if name.startswith("cafe.")]
    order = [noun for floor in CAFE_FLOORS[: WING_IMPORTS + 1] for noun in floor]
    order += [*CAFE_WINGS, *(noun for floor in CAFE_FLOORS[WING_IMPORTS + 1 :] for noun in floor)]
    assert cafe == sorted(cafe, key=order.index)
    assert cafe[0] == "centers"
    assert names[len(cafe) :] == ["aggregator.agents", "aggregator.players", "aggregator.wallet"]
    times = [at for at, _ in parts.moments(NOW - HISTORY, NOW)]
    assert times == sorted(times)
    assert (times[0], times[-1]) == (NOW - HISTORY, NOW)


def test_a_noun_that_comes_later_needs_its_own_file_only(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A demo.py without anything else is asked for both, in its place."""
    seen: list[Any] = []
    later = ModuleType("lanhouse.cafe.bookings.demo")
    later.opening = lambda tx: seen.append(("opening", tx.now))  # type: ignore[attr-defined]
    later.weeks = lambda begin, end: [  # type: ignore[attr-defined]
        (begin + timedelta(days=9), lambda tx: seen.append(("booked", tx.now)))
    ]
    found = {**parts._parts(parts.WHOLE_HOUSE), "cafe.bookings": later}
    monkeypatch.setattr(parts, "_parts", lambda _: found)
    with clock.frozen(NOW):
        build(sqlite_store, VAULT)
    assert seen == [
        ("opening", NOW - HISTORY),
        ("booked", NOW - HISTORY + timedelta(days=9)),
    ]
