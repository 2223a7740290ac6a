"""Running sessions follow what happens to their member, their PC and the prices."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import LoyaltySettings, Settings
from lanhouse.cafe.groups.tables import member_groups
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor

HOUR = 3600


def _ranked_floor(store: Store, cents: int) -> tuple[Floor, int]:
    """2.00 an hour for everybody, another price for members who have 15 points."""
    floor = open_floor(
        store, price_cents=200, settings=Settings(loyalty=LoyaltySettings(point_enable=True))
    )
    silver = floor.add_member_group("silver")
    statement = sa.update(member_groups).where(member_groups.c.id == silver)
    floor.run(lambda tx, _: tx.run(statement.values(min_points_micros=15 * EURO)), None)
    floor.add_price("silver", cents, member_group_id=silver)
    return floor, floor.add_member("ada", balance=2 * EURO)


@pytest.mark.parametrize("sold", ["time", "top-up"])
@pytest.mark.parametrize("cents", [100, 400])
def test_money_that_moves_the_rank_moves_price_and_end_the_same_way(
    store: Store, freeze: clock.frozen, sold: str, cents: int
) -> None:
    """Time sold on the PC and a top-up are one thing to the member who plays."""
    floor, ada = _ranked_floor(store, cents)
    session = floor.member(ada)
    freeze.advance(HOUR // 2)
    if sold == "time":
        (done,) = floor.pay(20 * EURO, "PC01")
        assert done.session == floor.session(session.id)
    else:
        floor.run(
            top_up, TopUp(center=floor.center, actor=DESK, member_ids=[ada], value_micros=20 * EURO)
        )
    # Half an hour for 1.00 is played; the other 21.00 buy time at the new price.
    left = timedelta(seconds=21 * EURO * HOUR // (cents * CENT))
    running = floor.session(session.id)
    assert running.expires_at == clock.now() + left
    assert [segment.tariff == running.segments[0].tariff for segment in running.segments] == [
        True,
        False,
    ]
    freeze.advance(left // timedelta(seconds=1))
    store.run_sync(end_due_sessions, None)
    assert floor.money(ada) == (0, 0)
    assert floor.owes(ada) == 0
    floor.verify()


def test_a_new_rank_touches_only_the_session_of_that_member(
    store: Store, freeze: clock.frozen
) -> None:
    floor, ada = _ranked_floor(store, 100)
    bob = floor.add_member("bob", balance=2 * EURO)
    hers, his = floor.member(ada), floor.member(bob, "PC02")
    seen: list[Any] = []

    def count(tx: Any, cmd: TopUp) -> Any:
        run = tx.run

        def counted(statement: Any, /, **params: Any) -> int:
            seen.append(params.get("session", params.get("session_id")))
            return run(statement, **params)

        tx.run = counted
        return top_up(tx, cmd)

    freeze.advance(HOUR // 2)
    floor.run(
        count, TopUp(center=floor.center, actor=DESK, member_ids=[ada], value_micros=20 * EURO)
    )
    assert {session for session in seen if session} == {hers.id}
    assert floor.session(his.id).segments == his.segments
