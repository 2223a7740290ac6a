"""Coins and points of everybody go to 0: in steps, each in the ledger and the log, and nothing else
(seed: Members, Reset member game coins)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from lanhouse.cafe.groups.tables import member_groups
from lanhouse.cafe.loyalty.jobs import resets
from lanhouse.cafe.members.commands.changing import MembersNamed, delete_members
from lanhouse.cafe.money.movements import Movement, move
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.own_data import jobs as own_data
from lanhouse.db.audit import audit_log
from lanhouse.db.store import Store, Tx
from lanhouse.jobs.queue import Turn, run_step
from lanhouse.ledger import balances
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import DESK, EURO, Floor, open_floor
from tests.builders.people import bearer_of

TURN = Turn({kind.kind: kind for kind in (*resets.JOBS, *own_data.JOBS)})
ASK = {"coin": "/members/action/resetGameCoin", "point": "/members/action/resetPoint"}


@pytest.fixture
def floor(store: Store, monkeypatch: pytest.MonkeyPatch) -> Floor:
    monkeypatch.setattr(resets, "TAKEN_AT_ONCE", 2)
    return open_floor(store, pcs_count=1, price_cents=300)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def give(floor: Floor, member_id: int, kind: str, amount: int) -> None:
    def book(tx: Tx, _: None) -> None:
        center = floor.center_in(tx)
        owners = (("member", member_id, kind), ("center", center.id, f"{kind}_issued"))
        movement = Movement(
            center=center,
            actor=DESK,
            event=Event.TOPUP,
            member_id=member_id,
            kind="topup",
            amounts=dict(zip(owners, (amount, -amount), strict=True)),
        )
        move(tx, movement)

    floor.run(book, None)


def held(floor: Floor, member_id: int) -> dict[str, int]:
    center = floor.hall.center_id
    found = floor.store.read_sync(balances, center, "member", member_id)
    return {kind: micros for (kind, _), micros in found.items()}


def work(floor: Floor) -> int:
    steps = 0
    while floor.run(run_step, TURN) is not None:
        steps += 1
    return steps


@pytest.mark.parametrize("kind", ["coin", "point"])
def test_everybody_has_none(client: Client, floor: Floor, kind: str) -> None:
    other = {"coin": "point", "point": "coin"}[kind]
    eva, *rest = [floor.add_member(name, balance=5 * EURO) for name in ("eva", "bob", "cyd")]
    gone = floor.add_member("gone")
    stranger = Floor(floor.store, open_hall(floor.store, 7778))
    theirs = stranger.add_member("eva")
    for member_id in (eva, *rest, gone):
        give(floor, member_id, kind, 3 * EURO + member_id % 7)
        give(floor, member_id, other, EURO)
    give(stranger, theirs, kind, EURO)
    floor.run(delete_members, MembersNamed(center=floor.center, actor=DESK, member_ids=[gone]))
    job_id = client.ok("POST", ASK[kind])["job_id"]
    assert client.ok("POST", ASK[kind]) == {"job_id": job_id}
    assert held(floor, eva)[kind] > 0
    # Two of the reset, and one that forgets the name of the deleted one.
    assert work(floor) == 3
    for member_id in (eva, *rest):
        assert held(floor, member_id)[kind] == 0
        assert held(floor, member_id)[other] == EURO
        assert held(floor, member_id)["balance"] == 5 * EURO
    assert held(floor, gone)[kind] > 0
    assert held(stranger, theirs)[kind] == EURO
    told = [row for row in floor.logs("MEMBER") if "reset" in row.details]
    assert sorted(row.member_id for row in told) == sorted((eva, *rest))
    taken = -(3 * EURO + eva % 7) if kind == "coin" else 0
    assert next(row.coin_micros for row in told if row.member_id == eva) == taken
    assert {row.staff_name for row in told} == {"API"}
    floor.verify()
    # Once more takes nothing from anybody.
    again = client.ok("POST", ASK[kind])["job_id"]
    assert again != job_id
    work(floor)
    assert len([row for row in floor.logs("MEMBER") if "reset" in row.details]) == 3


def test_a_repeated_call_is_the_same_job(client: Client, floor: Floor) -> None:
    headers = {"Idempotency-Key": "once"}
    first = client.ok("POST", ASK["coin"], headers=headers)
    work(floor)
    assert client.ok("POST", ASK["coin"], headers=headers) == first


def test_ranks_follow_and_sessions_keep_their_tariff(client: Client, floor: Floor) -> None:
    floor.set(point_enable=True)
    gold = floor.add_member_group("Gold", pc_time_discount=5000)
    least = sa.update(member_groups).values(min_points_micros=10 * EURO)
    floor.run(lambda tx, _: tx.run(least.where(member_groups.c.id == gold)), None)
    eva = floor.add_member("eva", balance=10 * EURO, group_id=gold)
    give(floor, eva, "point", 20 * EURO)
    session = floor.member(eva, "PC01")
    client.ok("POST", ASK["point"])
    work(floor)
    assert client.ok("GET", f"/members/{eva}")["member"]["member_group_id"] == 0
    after = floor.session(session.id)
    assert len(after.segments) == 1
    assert after.expires_at == session.expires_at
    floor.verify()


def test_only_the_admin_may(client: Client, floor: Floor) -> None:
    eva = floor.add_member("eva")
    give(floor, eva, "coin", EURO)
    for role in ("staff", "manager"):
        code, message = client.refused("POST", ASK["coin"], key=bearer_of(floor.hall, role))
        assert (code, "members.reset" in message) == (403, True)
    assert work(floor) == 0
    assert held(floor, eva)["coin"] == EURO
    client.ok("POST", ASK["coin"], key=bearer_of(floor.hall, "admin"))
    work(floor)
    (told,) = [row for row in floor.logs("MEMBER") if "reset" in row.details]
    assert told.staff_name == "admin7777"
    asked = sa.select(audit_log.c.call).where(audit_log.c.subject == "job")
    calls = [row.call for row in floor.store.read_sync(lambda read: read.all(asked))]
    assert calls == [f"POST /api/v2/cafe/{{cafe_id}}{ASK['coin']}"]
