"""All members into the group of their points: in steps, each once, and nobody else."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from lanhouse.cafe.groups.tables import member_groups
from lanhouse.cafe.loyalty import jobs as loyalty
from lanhouse.cafe.members.commands import NewGuest, create_guest
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.sessions import commands as sessions
from lanhouse.db.statements import Row
from lanhouse.db.store import Store, Tx
from lanhouse.jobs.queue import Turn, enqueue, run_step
from lanhouse.jobs.tables import queue
from lanhouse.ledger import Posting, Transfer, open_account, post
from tests.builders.floor import DESK, EURO, Floor, open_floor

TURN = Turn({kind.kind: kind for kind in loyalty.JOBS})
# More than one step, whichever of its two bounds is reached first.
POINTS = {"ada": 12, "bob": 9, "cyd": 30, "dee": 0, "eve": 10, "flo": 11, "gus": 50}
RICH = {"ada", "cyd", "eve", "flo", "gus"}


@pytest.fixture
def floor(store: Store, monkeypatch: pytest.MonkeyPatch) -> Floor:
    monkeypatch.setattr(loyalty, "MOVED_MAX", 2)
    return open_floor(store, pcs_count=1, price_cents=300)


def _give_points(tx: Tx, member_id: int, points: int) -> None:
    """As before points were followed: nobody is told."""
    held = open_account(tx, 7777, "member", member_id, "point", "POINT")
    issued = open_account(tx, 7777, "center", 7777, "point_issued", "POINT", may_go_negative=True)
    amount = points * EURO
    postings = [Posting(held, amount), Posting(issued, -amount)]
    post(tx, Transfer(book_id=7777, kind="topup", postings=postings))


def _fill(floor: Floor) -> int:
    gold = floor.add_member_group("Gold", pc_time_discount=5000)
    minimum = sa.update(member_groups).values(min_points_micros=10 * EURO)
    floor.run(lambda tx, _: tx.run(minimum.where(member_groups.c.id == gold)), None)
    for account, points in POINTS.items():
        member_id = floor.add_member(account)
        if points:
            floor.run(lambda tx, one: _give_points(tx, *one), (member_id, points))
    floor.run(create_guest, NewGuest(7777, -1))
    return gold


def _groups(floor: Floor) -> dict[str, int]:
    statement = sa.select(members.c.account, members.c.group_id).where(members.c.group_id >= 0)
    rows = floor.store.read_sync(lambda read: read.all(statement))
    return {row.account: row.group_id for row in rows}


def _job(floor: Floor) -> Row:
    rows = floor.store.read_sync(lambda read: read.all(sa.select(queue).order_by(queue.c.id)))
    return rows[-1]


def _start(floor: Floor) -> None:
    ask = {"key": "all", "center_id": 7777, "started_by": 1}
    assert floor.run(lambda tx, _: enqueue(tx, loyalty.KIND, {}, **ask), None)


def test_all_are_moved_in_steps_and_once(floor: Floor) -> None:
    gold = _fill(floor)
    floor.set(point_enable=True)
    _start(floor)
    steps = 0
    moved = 0
    while floor.run(run_step, TURN):
        steps += 1
        now = sum(group == gold for group in _groups(floor).values())
        assert now - moved <= loyalty.MOVED_MAX
        moved = now
    assert steps == 3
    assert _groups(floor) == {name: gold if name in RICH else 0 for name in POINTS}
    job = _job(floor)
    assert (job.status, job.result, job.done, job.total) == ("done", {"moved": 5}, 7, 7)
    statement = sa.select(billing_logs).where(billing_logs.c.details == "Group follows the points")
    rows = floor.store.read_sync(lambda read: read.all(statement))
    assert {row.member_account for row in rows} == RICH
    assert len(rows) == len(RICH)
    _start(floor)
    while floor.run(run_step, TURN):
        pass
    assert _job(floor).result == {"moved": 0}


def test_a_running_session_goes_on_under_the_new_discount(floor: Floor) -> None:
    _fill(floor)
    floor.set(point_enable=True)
    ada = floor.add_member("ada2", balance=30 * EURO)
    floor.run(lambda tx, one: _give_points(tx, *one), (ada, 20))
    start = sessions.StartMember(center=floor.center, actor=DESK, pc_name="PC01", member_id=ada)
    session = floor.run(sessions.start_member, start).session
    before = floor.session(session.id).expires_at
    _start(floor)
    while floor.run(run_step, TURN):
        pass
    after = floor.session(session.id).expires_at
    assert before is not None
    assert after is not None
    assert after > before


def test_without_points_nobody_is_moved(floor: Floor) -> None:
    _fill(floor)
    _start(floor)
    assert floor.run(run_step, TURN) is not None
    assert floor.run(run_step, TURN) is None
    assert set(_groups(floor).values()) == {0}
    assert _job(floor).result == {"moved": 0}
