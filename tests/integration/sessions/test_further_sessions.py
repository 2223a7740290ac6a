"""allow_additional_session: a member plays on several PCs, all paid from one purse."""

from __future__ import annotations

import pytest

from lanhouse.cafe.members.queries.listing import MemberSearch, members_page
from lanhouse.cafe.money.purses import spendable_micros
from lanhouse.cafe.pcs.queries import PcRefused
from lanhouse.cafe.sessions.commands.pausing import PauseOne, pause_session, resume_session
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.queries.quotes import real_time_balance
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import BalanceTooLow, Refused
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor

HOUR = 3600


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    assert freeze is not None
    floor = open_floor(store, pcs_count=4)
    floor.set(allow_additional_session=True, max_extra_session=2)
    return floor


def sweep(floor: Floor) -> None:
    floor.store.run_sync(end_due_sessions, None)


def minutes_left(floor: Floor, *session_ids: int) -> list[float]:
    found = [floor.session(session_id) for session_id in session_ids]
    assert all(session.expires_at for session in found)
    return [(session.left_seconds(clock.now()) or 0) / 60 for session in found]


def put(floor: Floor, member_id: int, micros: int) -> None:
    comment = "back" if micros < 0 else ""
    cmd = TopUp(
        center=floor.center,
        actor=DESK,
        member_ids=[member_id],
        value_micros=micros,
        comment=comment,
    )
    floor.run(top_up, cmd)


def left(floor: Floor, member_id: int) -> int:
    return floor.store.read_sync(
        spendable_micros, floor.center, member_id, clock.now()
    ).total_micros


def test_two_sessions_share_one_balance(floor: Floor, freeze: clock.frozen) -> None:
    ann = floor.add_member("ann", balance=4 * EURO)
    first = floor.member(ann)
    assert minutes_left(floor, first.id) == [120]
    further = floor.member(ann, "PC02")
    assert (first.is_further, further.is_further) == (False, True)
    assert minutes_left(floor, first.id, further.id) == [60, 60]
    freeze.advance(HOUR)
    assert left(floor, ann) == 0
    freeze.advance(HOUR)  # late: nothing more is charged
    sweep(floor)
    assert not floor.is_busy("PC01")
    assert not floor.is_busy("PC02")
    assert (floor.money(ann), floor.owes(ann)) == ((0, 0), 0)
    floor.verify()


def test_who_plays_beside_sees_every_change_of_the_other(
    floor: Floor, freeze: clock.frozen
) -> None:
    ann = floor.add_member("ann", balance=4 * EURO)
    first, further = floor.member(ann), floor.member(ann, "PC02")
    put(floor, ann, 4 * EURO)
    assert minutes_left(floor, first.id, further.id) == [120, 120]
    pause = PauseOne(floor.center, DESK, further.id)
    floor.run(pause_session, pause)
    assert minutes_left(floor, first.id) == [240]
    freeze.advance(HOUR)
    floor.run(resume_session, pause)
    assert minutes_left(floor, first.id, further.id) == [90, 90]
    floor.move("PC02", "PC03")
    assert minutes_left(floor, first.id, further.id) == [90, 90]
    freeze.advance(HOUR // 2)
    (ended,) = floor.check_out("PC03")
    assert ended.from_balance_micros == EURO
    assert minutes_left(floor, first.id) == [120]
    floor.verify()


def test_what_both_have_played_cannot_be_taken_out(floor: Floor, freeze: clock.frozen) -> None:
    ann = floor.add_member("ann", balance=4 * EURO)
    first, further = floor.member(ann), floor.member(ann, "PC02")
    freeze.advance(HOUR // 2)
    assert left(floor, ann) == 2 * EURO
    seen = floor.store.read_sync(real_time_balance, floor.center, "ann", "", clock.now())
    assert seen is not None
    assert (seen.cost_micros, seen.balance_micros) == (2 * EURO, 2 * EURO)
    with pytest.raises(BalanceTooLow):
        put(floor, ann, -2 * EURO - CENT)
    assert minutes_left(floor, first.id, further.id) == [30, 30]


def test_a_check_out_of_both_takes_each_cost_once(floor: Floor, freeze: clock.frozen) -> None:
    """Balance pays first: planned one by one, the second one would take it again."""
    ann = floor.add_member("ann", balance=2 * EURO, bonus=4 * EURO)
    floor.member(ann)
    floor.member(ann, "PC02")
    freeze.advance(HOUR)
    ends = floor.check_out("PC01", "PC02")
    taken = [(end.from_balance_micros, end.from_bonus_micros) for end in ends]
    assert taken == [(2 * EURO, 0), (0, 2 * EURO)]
    assert (floor.money(ann), floor.owes(ann)) == ((0, 2 * EURO), 0)
    floor.verify()


def test_packages_and_free_minutes_serve_the_first_session_alone(
    floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(free_time_minutes=30)
    ann = floor.add_member("ann", balance=10 * EURO)
    package = floor.sell(floor.add_offer("Three hours", 500, minutes=180), ann, "balance")
    first, further = floor.member(ann), floor.member(ann, "PC02")
    assert [each.terms.free_seconds for each in (first, further)] == [1800, 0]
    # 5.00 pay the further one alone: 2.5 hours, while the package runs.
    assert minutes_left(floor, first.id, further.id) == [210, 150]
    freeze.advance(HOUR)
    (ended,) = floor.check_out("PC02")
    assert ended.bill.total_micros == 2 * EURO
    (ended,) = floor.check_out("PC01")
    assert ended.bill.total_micros == 0
    assert floor.session(first.id).package_use(clock.now()) == {package: 1800}
    assert floor.money(ann) == (3 * EURO, 0)
    floor.verify()


def test_the_oldest_further_session_becomes_the_first_one(
    floor: Floor, freeze: clock.frozen
) -> None:
    ann = floor.add_member("ann", balance=11 * EURO)
    package = floor.sell(floor.add_offer("Three hours", 500, minutes=180), ann, "balance")
    floor.member(ann)
    second, third = floor.member(ann, "PC02"), floor.member(ann, "PC03")
    freeze.advance(HOUR)
    floor.check_out("PC01")
    assert [floor.session(each.id).is_further for each in (second, third)] == [False, True]
    # It goes on with what is left of the package, and the other one with the money.
    assert minutes_left(floor, second.id, third.id) == [120, 60]
    freeze.advance(HOUR)
    sweep(floor)
    (ended,) = floor.check_out("PC02")
    assert ended.bill.total_micros == 2 * EURO
    assert floor.session(second.id).package_use(clock.now()) == {package: HOUR}
    assert floor.money(ann) == (0, 0)
    floor.verify()


def test_a_loan_has_one_cap_for_all(floor: Floor, freeze: clock.frozen) -> None:
    floor.set(allow_auto_loan=True, loan_max_per_member_micros=2 * EURO)
    ann = floor.add_member("ann", balance=2 * EURO)
    first, further = floor.member(ann), floor.member(ann, "PC02")
    assert minutes_left(floor, first.id, further.id) == [60, 60]
    freeze.advance(HOUR // 2)
    # The balance is played up: who begins needs money of his own.
    with pytest.raises(BalanceTooLow):
        floor.member(ann, "PC03")
    freeze.advance(2 * HOUR)
    sweep(floor)
    assert (floor.money(ann), floor.owes(ann)) == ((0, 0), 2 * EURO)
    floor.verify()


def test_refusals(floor: Floor, freeze: clock.frozen) -> None:
    ann = floor.add_member("ann", balance=100 * EURO)
    for name in ("PC01", "PC02", "PC03"):
        floor.member(ann, name)
    with pytest.raises(PcRefused, match="PC04: the member may play on at most 2 further PCs"):
        floor.member(ann, "PC04")
    with pytest.raises(Refused, match="the member plays on PC01, PC02, PC03: name the PC"):
        floor.check_out(member_id=ann)
    offer = floor.add_offer("Three hours", 500)
    with pytest.raises(PcRefused, match="PC02: a further session of a member is paid by the bal"):
        floor.sell_on_pc(offer, "PC02")
    assert floor.money(ann) == (100 * EURO, 0)
    floor.check_out("PC03")
    floor.set(allow_additional_session=False)
    with pytest.raises(PcRefused, match="PC03: the member has a session on PC01 already"):
        floor.member(ann, "PC03")
    # What began under the setting goes on, and a member stands once in the list of members.
    assert floor.is_busy("PC02")
    found = floor.store.read_sync(members_page, MemberSearch(center=floor.center, at=clock.now()))
    assert [row.account for row in found.rows if row.id == ann] == ["ann"]


def test_off_a_member_plays_on_one_pc(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ann = floor.add_member("ann", balance=100 * EURO)
    floor.member(ann)
    with pytest.raises(PcRefused, match="PC02: the member has a session on PC01 already"):
        floor.member(ann, "PC02")
