"""Lists, registrations and editors who meet: nothing is halved, nothing written over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lanhouse.cafe.imports import jobs as imports
from lanhouse.cafe.imports.commands import Ready, begin_import, coming
from lanhouse.cafe.imports.errors import ImportRuns
from lanhouse.cafe.imports.schemas import Begun, Candidate, NewImport, NewLine
from lanhouse.cafe.members.commands.changing import ChangedMeanwhile, MemberChange, change_members
from lanhouse.cafe.members.queries import member_by_account, member_by_id
from lanhouse.db.store import Store
from lanhouse.jobs.queue import JobFailed, Turn, run_step
from lanhouse.kit.errors import AppError
from tests.builders.floor import DESK, EURO, Floor, open_floor

NAMES = [f"m{number}" for number in range(6)]
TURN = Turn({kind.kind: kind for kind in imports.JOBS})


@pytest.fixture
def floor(postgres_store: Store) -> Floor:
    return open_floor(postgres_store, pcs_count=1)


def at_once(*acts: Any) -> list[Any]:
    def act(one: Any) -> Any:
        try:
            return one()
        except AppError as refused:
            return refused

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def ready(floor: Floor) -> Ready:
    """Members with 1.00 each, checked before anybody else writes."""
    lines = [
        NewLine(number=number, values={"account": name}, balance_micros=EURO)
        for number, name in enumerate(NAMES, 2)
    ]
    wanted = NewImport(
        center=floor.center, actor=DESK, candidates=[Candidate(line=line) for line in lines]
    )
    found = floor.store.read_sync(coming, wanted)
    kept = [each.line for each in found.candidates]
    return Ready(wanted=wanted, lines=kept, skipped=[], staged=[])


def work(floor: Floor) -> None:
    """Run the jobs to their end; a step that fails is tried once more, as the runner does."""
    for is_last in (False, True):
        try:
            while floor.run(run_step, TURN) is not None:
                pass
        except JobFailed:
            if is_last:
                raise


def here(floor: Floor) -> list[str]:
    def known(read: Any) -> list[str]:
        return [name for name in NAMES if member_by_account(read, floor.hall.center_id, name)]

    return floor.store.read_sync(known)


def test_of_two_lists_at_once_one_comes_in(floor: Floor) -> None:
    first, second = ready(floor), ready(floor)
    told = at_once(lambda: floor.run(begin_import, first), lambda: floor.run(begin_import, second))
    assert {type(each) for each in told} == {Begun, ImportRuns}
    at_once(lambda: work(floor), lambda: work(floor))
    work(floor)
    assert here(floor) == NAMES
    assert floor.house("opening") == -len(NAMES) * EURO
    floor.verify()


def test_a_list_and_a_registration_of_one_name(floor: Floor) -> None:
    floor.run(begin_import, ready(floor))
    told = at_once(lambda: work(floor), lambda: floor.add_member("m3"))
    work(floor)
    if isinstance(told[1], AppError):
        assert here(floor) == NAMES
    else:
        # Either the list came after him and was taken back whole.
        assert here(floor) == ["m3"]
        assert floor.house("opening") == 0
    floor.verify()


def test_of_two_editors_one_is_told(floor: Floor) -> None:
    ada = floor.add_member("ada")
    for _ in range(5):
        row = floor.store.read_sync(member_by_id, floor.hall.center_id, ada)
        changes = [
            MemberChange(
                center=floor.center,
                actor=DESK,
                member_ids=[ada],
                values={"phone": f"{row.phone}{digit}"},
                version=row.version,
            )
            for digit in "12"
        ]
        told = at_once(*(lambda each=each: floor.run(change_members, each) for each in changes))
        assert sum(isinstance(each, ChangedMeanwhile) for each in told) == 1
        now = floor.store.read_sync(member_by_id, floor.hall.center_id, ada)
        assert now.version == row.version + 1
