"""PCs that stand still and belong together."""

from __future__ import annotations

from lanhouse.cafe.sessions.commands.pausing import PauseOne, pause_session, resume_session
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.floor import DESK, EURO, later, open_floor


def test_who_joins_paused_pcs_buys_the_time_that_they_have_left(
    store: Store, freeze: clock.frozen
) -> None:
    """An hour on two PCs, stopped after ten minutes; a third one comes two hours later: the others
    have fifty minutes left, and so many are sold."""
    floor = open_floor(store, pcs_count=4, price_cents=300)
    bundle = floor.together("prepaid", "PC01", "PC02", minutes=60).bundle
    freeze.advance(600)
    for seat in bundle.seats:
        floor.run(pause_session, PauseOne(floor.center, DESK, seat.session_id))
    freeze.advance(7200)
    till = floor.till()

    joined = floor.join(bundle.id, "PC03")

    assert joined.taken_micros == 2_500_000  # 50 minutes of 3.00
    assert floor.till() - till == 2_500_000
    third = joined.started[0].session
    assert third.left_seconds(clock.now()) == 3000
    for seat in bundle.seats:
        floor.run(resume_session, PauseOne(floor.center, DESK, seat.session_id))
    ends = {floor.session(seat.session_id).expires_at for seat in joined.bundle.seats}
    assert ends == {third.expires_at}
    assert floor.till() == till + 2_500_000
    floor.verify()


def test_a_pause_of_one_pc_moves_the_end_that_others_buy_up_to(
    store: Store, freeze: clock.frozen
) -> None:
    """One of two stood still for half an hour: it ends later, and a third one with it."""
    floor = open_floor(store, pcs_count=4, price_cents=300)
    bundle = floor.together("prepaid", "PC01", "PC02", minutes=60).bundle
    floor.run(pause_session, PauseOne(floor.center, DESK, bundle.seats[0].session_id))
    freeze.advance(1800)

    joined = floor.join(bundle.id, "PC03")

    assert joined.taken_micros == 3 * EURO  # the paused one has its whole hour left
    floor.verify()


def test_a_bundle_with_a_paused_pc_is_settled_without_its_pause(
    store: Store, freeze: clock.frozen
) -> None:
    """Two postpaid PCs for an hour, one of them stopped after half of it: 3.00 and 1.50."""
    floor = open_floor(store, pcs_count=4, price_cents=300)
    bundle = floor.together("postpaid", "PC01", "PC02").bundle
    freeze.advance(1800)
    floor.run(pause_session, PauseOne(floor.center, DESK, bundle.seats[1].session_id))
    freeze.advance(1800)

    floor.check_out("PC01", "PC02")

    assert floor.till() == 4_500_000
    assert [floor.session(seat.session_id).ended_at for seat in bundle.seats] == [later(0)] * 2
    floor.verify()
