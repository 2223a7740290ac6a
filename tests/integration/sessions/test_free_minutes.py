"""Free minutes once a day instead of in every session (decision 0030)."""

from __future__ import annotations

import pytest

from lanhouse.cafe.desk.queries.quotes import QuoteWanted, StartForm, quote, start_options
from lanhouse.cafe.sessions.commands import Move, move_session
from lanhouse.cafe.sessions.queries.quotes import TimeAsked, quote_time
from lanhouse.cafe.sessions.schemas import POSTPAID, PREPAID
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.floor import DESK, EURO, Floor, open_floor

MINUTE = 60


def once(store: Store, *, is_on: bool = True) -> Floor:
    """Ten free minutes a day, 2.00 an hour."""
    floor = open_floor(store)
    floor.set(free_time_minutes=10, free_minutes_once=is_on)
    return floor


def play(floor: Floor, freeze: clock.frozen, minutes: int, member: int | None = None) -> int:
    """Play on PC01 and check out; answers the cost."""
    if member is None:
        floor.guest(POSTPAID)
    else:
        floor.member(member)
    freeze.advance(minutes * MINUTE)
    (ended,) = floor.check_out("PC01")
    return ended.bill.total_micros


@pytest.mark.parametrize(("is_on", "cost"), [(True, 600_000), (False, 0)])
def test_leaving_and_coming_back_earns_no_free_minutes(
    store: Store, freeze: clock.frozen, is_on: bool, cost: int
) -> None:
    """Four times seven minutes: ten of the 28 are free, 18 cost 0.60."""
    floor = once(store, is_on=is_on)
    ada = floor.add_member("ada", balance=10 * EURO)
    costs = [play(floor, freeze, 7, ada) for _ in range(4)]
    assert sum(costs) == pytest.approx(cost, abs=20_000)
    assert (costs[0], bool(costs[1])) == (0, is_on)
    floor.verify()


def test_the_next_day_of_the_centre_begins_with_all_of_them(
    store: Store, freeze: clock.frozen
) -> None:
    floor = once(store)
    ada = floor.add_member("ada", balance=10 * EURO)
    play(floor, freeze, 10, ada)
    assert floor.member(ada).terms.free_seconds == 0
    floor.check_out("PC01")
    freeze.advance(24 * 3600)
    assert floor.member(ada).terms.free_seconds == 600


def test_only_seconds_that_were_played_are_used(store: Store, freeze: clock.frozen) -> None:
    floor = once(store)
    ada = floor.add_member("ada", balance=10 * EURO)
    play(floor, freeze, 0, ada)
    play(floor, freeze, 4, ada)
    assert floor.member(ada).terms.free_seconds == 360


def test_guests_have_them_once_per_pc_until_a_member_has_played_there(
    store: Store, freeze: clock.frozen
) -> None:
    floor = once(store)
    ada = floor.add_member("ada", balance=10 * EURO)
    assert play(floor, freeze, 10) == 0
    assert play(floor, freeze, 9) == 300_000
    assert floor.guest(POSTPAID, "PC02").terms.free_seconds == 600
    play(floor, freeze, 1, ada)
    assert play(floor, freeze, 10) == 0


def test_a_move_gives_none_back(store: Store, freeze: clock.frozen) -> None:
    floor = once(store)
    floor.guest(PREPAID, paid_micros=EURO)
    for origin, target in (("PC01", "PC02"), ("PC02", "PC01")):
        freeze.advance(4 * MINUTE)
        move = Move(center=floor.center, actor=DESK, pc_name=origin, target_name=target)
        floor.run(move_session, move)
    floor.check_out("PC01")
    assert floor.guest(POSTPAID, "PC01").terms.free_seconds == 120
    assert floor.guest(POSTPAID, "PC02").terms.free_seconds == 120


def test_quote_and_dialog_say_what_the_start_will_give(store: Store, freeze: clock.frozen) -> None:
    floor = once(store)
    play(floor, freeze, 4)
    now = clock.now()

    def ask(read):
        form = StartForm(pc="PC01", kind="guest", amount="1.00")
        wanted = QuoteWanted(floor.center, form, now, True)
        shown = quote(read, wanted, start_options(read, wanted))
        (told,) = quote_time(read, TimeAsked(floor.center, ["PC01"], None, EURO, now))
        return shown.seconds, told.seconds

    session = floor.guest(PREPAID, paid_micros=EURO)
    assert session.expires_at is not None
    lasts = (session.expires_at - session.started_at).seconds
    floor.check_out("PC01")
    assert store.read_sync(ask) == (lasts, lasts) == (36 * MINUTE, 36 * MINUTE)
