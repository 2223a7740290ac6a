"""Limits of a member when the clock is put: a step makes no wait and no break longer or shorter."""

from __future__ import annotations

import pytest

from lanhouse.auth.actors import Actor
from lanhouse.cafe.minors.errors import TooYoungHere
from lanhouse.cafe.own_limits.commands import Break, SetLimit, set_limit, take_break
from lanhouse.cafe.own_limits.queries import limits_of, played_seconds
from lanhouse.cafe.own_limits.schemas import Kind
from lanhouse.cafe.sessions.commands import AcceptStep, accept_step
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.floor import DESK, EURO, Floor
from tests.integration.sessions.test_clock_steps import (
    Machine,
    floor,  # noqa: F401 - a fixture
    machine,  # noqa: F401 - a fixture
    tick,
)

HOUR = 3600
DAY = 24 * HOUR


def himself(member_id: int) -> Actor:
    return Actor(kind="member", center_id=7777, member_id=member_id)


def stepped(store: Store, machine: Machine, seconds: int) -> None:  # noqa: F811 - the fixture
    machine.step(seconds)
    tick(store)
    store.run_sync(accept_step, AcceptStep(DESK, seconds))


@pytest.mark.parametrize("step", [3 * DAY, -3 * DAY])
def test_a_step_ends_no_break_and_makes_none_longer(
    store: Store,
    machine: Machine,  # noqa: F811 - the fixture
    floor: Floor,  # noqa: F811 - the fixture
    step: int,
) -> None:
    eva = floor.add_member("eva", balance=10 * EURO)
    floor.run(take_break, Break(center=floor.center, actor=himself(eva), days=1))
    machine.wait(HOUR)
    stepped(store, machine, step)
    with pytest.raises(TooYoungHere, match="own limits"):
        floor.member(eva, "PC01")
    machine.wait(22 * HOUR)
    with pytest.raises(TooYoungHere, match="own limits"):
        floor.member(eva, "PC01")
    machine.wait(HOUR + 1)
    floor.member(eva, "PC01")


@pytest.mark.parametrize("step", [3 * DAY, -3 * DAY])
def test_a_step_makes_no_limit_looser(
    store: Store,
    machine: Machine,  # noqa: F811 - the fixture
    floor: Floor,  # noqa: F811 - the fixture
    step: int,
) -> None:
    eva = floor.add_member("eva", balance=10 * EURO)
    for value in (2 * HOUR, 5 * HOUR):
        cmd = SetLimit(center=floor.center, actor=himself(eva), kind=Kind.PLAY, value=value)
        floor.run(set_limit, cmd)
    stepped(store, machine, step)

    def holds() -> int | None:
        found = floor.store.read_sync(limits_of, eva)[Kind.PLAY]
        return found.at(clock.now()).value

    assert holds() == 2 * HOUR
    machine.wait(DAY - 60)
    assert holds() == 2 * HOUR
    machine.wait(61)
    assert holds() == 5 * HOUR


def test_a_step_within_a_session_is_no_time_played(
    store: Store,
    machine: Machine,  # noqa: F811 - the fixture
    floor: Floor,  # noqa: F811 - the fixture
) -> None:
    eva = floor.add_member("eva", balance=20 * EURO)
    cmd = SetLimit(center=floor.center, actor=himself(eva), kind=Kind.PLAY, value=3 * HOUR)
    floor.run(set_limit, cmd)
    session = floor.member(eva, "PC01")
    machine.wait(HOUR)
    stepped(store, machine, HOUR)
    now = clock.now()
    assert floor.store.read_sync(played_seconds, floor.center, eva, now) == HOUR
    left = floor.session(session.id).left_seconds(now)
    assert left == 2 * HOUR
