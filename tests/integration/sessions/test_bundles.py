"""Several PCs together: one sale, one bill, one refund (decision 0119; cafe-domain 1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from lanhouse.cafe.money.sharing import LATER, MIXED, Payer
from lanhouse.cafe.money.tenders import WayBack
from lanhouse.cafe.pcs.queries import PcRefused
from lanhouse.cafe.reports.queries.overview import unpaid_now
from lanhouse.cafe.sessions.commands import QuoteRefused
from lanhouse.cafe.sessions.commands.bundles import (
    ExtendBundle,
    LeaveBundle,
    extend_bundle,
    leave_bundle,
)
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.plans.ending import settlement_of
from lanhouse.cafe.sessions.queries.bundles import bundle_by_id, open_bundles
from lanhouse.cafe.sessions.schemas import MEMBER, POSTPAID, PREPAID
from lanhouse.cafe.sessions.tables import session_bills, session_bundles
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import BalanceTooLow, Forbidden, InvalidInput, NotFound, Refused
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor

HOUR = 3600
SECOND = timedelta(seconds=1)


def bills(floor: Floor) -> list[int]:
    statement = sa.select(session_bills.c.id).order_by(session_bills.c.id)
    return [row.id for row in floor.store.read_sync(lambda read: read.all(statement))]


def pc_names(floor: Floor, bundle_id: int) -> list[str]:
    found = floor.store.read_sync(bundle_by_id, 7777, bundle_id)
    return [seat.pc_name for seat in found.running]


def test_a_sale_by_time_is_one_sum_and_ends_at_one_moment(
    store: Store, freeze: clock.frozen
) -> None:
    """PCs of other prices pay other parts; the parts are the whole, and all end together."""
    floor = open_floor(store)
    vip = floor.add_pc_group("VIP")
    floor.add_pc("VIP01", vip)
    floor.add_price("VIP", 300, pc_group_id=vip)
    done = floor.together(PREPAID, "PC01", "VIP01", "PC02", minutes=90, total_micros=1050 * CENT)
    assert [one.taken_micros for one in done.started] == [300 * CENT, 450 * CENT, 300 * CENT]
    assert done.taken_micros == floor.till() == 1050 * CENT
    ends = {one.session.expires_at for one in done.started}
    assert ends == {done.started[0].session.started_at + 90 * 60 * SECOND}
    assert len({one.account for one in done.started}) == 3
    freeze.advance(90 * 60 - 1)
    floor.run(end_due_sessions, None)
    assert pc_names(floor, done.bundle.id) == ["PC01", "VIP01", "PC02"]
    freeze.advance(1)
    assert floor.run(end_due_sessions, None) is False
    assert pc_names(floor, done.bundle.id) == []
    assert floor.store.read_sync(open_bundles, 7777) == []
    assert floor.house("revenue_time") == 1050 * CENT
    floor.verify()


def test_the_rest_goes_back_in_one_act_by_the_tender_it_came_by(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    done = floor.together(PREPAID, "PC01", "PC02", minutes=60, payment="card")
    floor.pay(EURO, "PC02")  # one guest buys more time for himself, in cash
    freeze.advance(1800)
    ends = floor.check_out(bundle_id=done.bundle.id)
    assert [end.refund_micros for end in ends] == [EURO, 2 * EURO]
    assert ends[0].back.ways == (WayBack("card", "card", EURO),)
    assert ends[1].back.by_tender == {"cash": EURO, "card": EURO}
    assert (floor.till("card"), floor.till("cash")) == (2 * EURO, 0)
    (bill_id,) = bills(floor)
    found = floor.bill(bill_id)
    assert (found.row.cost_micros, found.row.own_micros) == (2 * EURO, 2 * EURO)
    assert (found.row.paid_micros, found.row.refund_micros) == (0, 3 * EURO)
    assert found.row.bundle_id == done.bundle.id
    assert [row.cost_micros for row in found.sessions] == [EURO, EURO]
    assert found.payers == []
    floor.verify()


def test_one_pc_ends_and_the_others_go_on_as_they_were(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    done = floor.together(PREPAID, "PC01", "PC02", "PC03", minutes=60)
    ends = {one.session.pc_name: one.session.expires_at for one in done.started}
    freeze.advance(900)
    (ended,) = floor.check_out("PC02")
    assert ended.refund_micros == 150 * CENT
    assert pc_names(floor, done.bundle.id) == ["PC01", "PC03"]
    rest = [floor.session(one.session.id) for one in done.started if one.session.pc_name != "PC02"]
    assert {each.pc_name: each.expires_at for each in rest} == {
        name: end for name, end in ends.items() if name != "PC02"
    }
    assert bills(floor) == []  # alone it is no bill of several
    floor.verify()


def test_a_postpaid_bundle_is_one_bill_with_the_segments_of_each_pc(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    done = floor.together(POSTPAID, "PC01", "PC02")
    assert done.taken_micros == floor.till() == 0
    freeze.advance(HOUR)
    floor.move("PC01", "PC03")
    freeze.advance(1800)
    assert pc_names(floor, done.bundle.id) == ["PC03", "PC02"]
    ends = floor.check_out(bundle_id=done.bundle.id, payment="card", due_micros=6 * EURO)
    assert [end.bill.total_micros for end in ends] == [3 * EURO, 3 * EURO]
    assert [line.seconds for line in ends[0].bill.lines] == [HOUR, 1800]
    assert floor.till("card") == 6 * EURO
    (bill_id,) = bills(floor)
    found = floor.bill(bill_id)
    assert [(row.tender, row.amount_micros) for row in found.payers] == [("card", 6 * EURO)]
    assert sum(row.paid_micros for row in found.sessions) == found.row.paid_micros == 6 * EURO
    floor.verify()


def test_a_pc_that_is_added_to_a_prepaid_bundle_ends_with_the_others(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    done = floor.together(PREPAID, "PC01", "PC02", minutes=60)
    freeze.advance(900)
    more = floor.join(done.bundle.id, "PC03", total_micros=150 * CENT)
    assert more.taken_micros == 150 * CENT
    assert more.started[0].session.expires_at == done.started[0].session.expires_at
    assert pc_names(floor, done.bundle.id) == ["PC01", "PC02", "PC03"]
    floor.verify()


def test_who_comes_in_the_middle_of_a_minute_does_not_end_before_the_others(
    store: Store, freeze: clock.frozen
) -> None:
    """7 seconds cost less than half a cent; rounded down they would end that much earlier."""
    floor = open_floor(store)
    done = floor.together(PREPAID, "PC01", "PC02", minutes=60)
    freeze.advance(HOUR - 600 - 7)
    late = floor.join(done.bundle.id, "PC03")
    assert late.taken_micros == 34 * CENT  # 607 s at 2.00 an hour are 0.3372
    end = done.started[0].session.expires_at
    assert end is not None
    assert late.started[0].session.expires_at == end + 5 * SECOND
    floor.verify()


def test_a_running_session_of_the_same_kind_joins_and_leaves_unchanged(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store, pcs_count=5)
    done = floor.together(POSTPAID, "PC01", "PC02")
    alone = floor.guest(POSTPAID, "PC03")
    floor.join(done.bundle.id, "PC03")
    assert pc_names(floor, done.bundle.id) == ["PC01", "PC02", "PC03"]
    with pytest.raises(PcRefused, match="PC03: the PC belongs to a bundle already"):
        floor.join(done.bundle.id, "PC03")
    cmd = LeaveBundle(center=floor.center, actor=DESK, bundle_id=done.bundle.id, pc_name="PC03")
    floor.run(leave_bundle, cmd)
    assert pc_names(floor, done.bundle.id) == ["PC01", "PC02"]
    assert floor.session(alone.id) == alone
    with pytest.raises(PcRefused, match="PC03: the PC does not belong to this bundle"):
        floor.run(leave_bundle, cmd)
    floor.join(done.bundle.id, "PC03")  # and comes back
    assert pc_names(floor, done.bundle.id) == ["PC01", "PC02", "PC03"]
    floor.guest(PREPAID, "PC04", paid_micros=EURO)
    floor.member(floor.add_member("ada", balance=EURO), "PC05")
    for name, kind in (("PC04", PREPAID), ("PC05", MEMBER)):
        with pytest.raises(PcRefused, match=f"{name}: a {kind} session is not paid"):
            floor.join(done.bundle.id, name)


def test_more_minutes_for_the_whole_bundle(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    done = floor.together(PREPAID, "PC01", "PC02", minutes=60)
    freeze.advance(600)
    cmd = ExtendBundle(
        center=floor.center,
        actor=DESK,
        bundle_id=done.bundle.id,
        minutes=30,
        payment="card",
        total_micros=2 * EURO,
    )
    more = floor.run(extend_bundle, cmd)
    assert more.taken_micros == floor.till("card") == 2 * EURO
    begun = done.started[0].session.started_at
    assert {one.session.expires_at for one in more.started} == {begun + 5400 * SECOND}
    floor.verify()


def test_nothing_is_sold_where_one_pc_cannot_be(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.guest(POSTPAID, "PC02")
    refused = [
        (PcRefused, "PC02: the PC is in use", {"minutes": 60}),
        (PcRefused, "PC09: there is no such PC", {"minutes": 60}),
    ]
    for error, reason, more in refused:
        with pytest.raises(error, match=reason):
            floor.together(PREPAID, "PC01", reason[:4], **more)
    for name, more in (
        ("minutes", {}),
        ("minutes", {"minutes": 60, "amount_micros": EURO}),
        ("minutes", {"minutes": -1}),
        ("minutes", {"minutes": 44_641}),
        ("amount", {"amount_micros": -EURO}),
    ):
        with pytest.raises(InvalidInput) as told:
            floor.together(PREPAID, "PC01", "PC03", **more)
        assert list(told.value.fields) == [name]
    with pytest.raises(InvalidInput, match="pc_names: must be 2 PCs or more"):
        floor.together(PREPAID, "PC01", "pc01", minutes=60)
    with pytest.raises(InvalidInput, match="kind: must be one of prepaid, postpaid"):
        floor.together(MEMBER, "PC01", "PC03")
    with pytest.raises(QuoteRefused, match="the sum to pay has changed"):
        floor.together(PREPAID, "PC01", "PC03", minutes=60, total_micros=399 * CENT)
    floor.set(minimum_charge_micros=EURO)
    with pytest.raises(BalanceTooLow, match=r"PC01: the amount is too low.*1\.00"):
        floor.together(PREPAID, "PC01", "PC03", amount_micros=50 * CENT)
    floor.set(disable_prepaid=True)
    with pytest.raises(Refused, match="prepaid sessions are switched off"):
        floor.together(PREPAID, "PC01", "PC03", minutes=60)
    assert floor.till() == 0
    assert not floor.is_busy("PC01")
    assert not floor.is_busy("PC03")
    rows = floor.store.read_sync(lambda read: read.all(sa.select(session_bundles)))
    assert rows == []
    with pytest.raises(InvalidInput, match="minutes: a postpaid bundle is paid at check-out"):
        floor.together(POSTPAID, "PC01", "PC03", minutes=60)


def test_a_bundle_of_another_centre_is_none(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    done = floor.together(POSTPAID, "PC01", "PC02")
    with pytest.raises(NotFound, match="Bundle not found"):
        store.read_sync(bundle_by_id, 7778, done.bundle.id)
    with pytest.raises(NotFound, match="Bundle not found"):
        floor.check_out(bundle_id=done.bundle.id + 1)


# --- a whole room ------------------------------------------------------------------------------


def test_a_room_that_is_paid_as_a_whole_is_one_bundle(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    room = floor.add_room("Lounge", "L01", "L02")
    with pytest.raises(Refused, match="Lounge is not paid as a whole room"):
        floor.together(POSTPAID, "L01", "L02", room_id=room)
    floor.set(pc_area_info_extend='{"lounge":{"allow_pay_by_room":1}}')
    with pytest.raises(Refused, match="Lounge has other PCs by now"):
        floor.together(POSTPAID, "L01", "PC03", room_id=room)
    with pytest.raises(NotFound, match="Room not found"):
        floor.together(POSTPAID, "L01", "L02", room_id=room + 1)
    done = floor.together(POSTPAID, "l02", "L01", room_id=room)
    assert (done.bundle.room_id, done.bundle.room_name) == (room, "Lounge")
    freeze.advance(HOUR)
    floor.check_out(bundle_id=done.bundle.id)
    assert floor.till() == 4 * EURO
    floor.verify()


# --- several payers ----------------------------------------------------------------------------


def test_a_bill_is_divided_to_the_cent(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    done = floor.together(POSTPAID, "PC01", "PC02")
    freeze.advance(1800 + 9)  # 1.005 each: 1.01, together 2.02
    floor.check_out(bundle_id=done.bundle.id, ways=3, payment="card")
    (bill_id,) = bills(floor)
    found = floor.bill(bill_id)
    assert [row.amount_micros for row in found.payers] == [68 * CENT, 67 * CENT, 67 * CENT]
    assert found.row.paid_micros == floor.till("card") == 202 * CENT
    floor.verify()


def test_every_payer_has_a_tender_of_his_own(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.set(payment_method_mixed=True)
    floor.together(POSTPAID, "PC01", "PC02")
    freeze.advance(HOUR)
    payers = [Payer("card", 3 * EURO), Payer("cash", 50 * CENT), Payer("qr", 50 * CENT)]
    ends = floor.check_out("PC01", "PC02", payers=payers)
    assert [end.payment for end in ends] == ["card", MIXED]
    assert [floor.till(kind) for kind in ("card", "cash", "qr")] == [
        3 * EURO,
        50 * CENT,
        50 * CENT,
    ]
    rows = floor.logs("CHECKOUT")
    assert [(row.card_micros, row.cash_micros, row.qr_micros) for row in rows] == [
        (2 * EURO, 0, 0),
        (EURO, 50 * CENT, 50 * CENT),
    ]
    # The receipt says afterwards what the check-out said.
    for end in ends:
        kept = floor.store.read_sync(settlement_of, 7777, end.session.id)
        assert kept is not None
        assert (tuple(sorted(kept.parts)), kept.paid_micros, kept.payment) == (
            tuple(sorted(end.parts)),
            end.paid_micros,
            end.payment,
        )
    floor.verify()


@pytest.mark.parametrize(
    ("payers", "reason"),
    [
        ([("cash", 1_990_000)], "payers: the parts are 1.99 together; 2.00 is to be paid"),
        ([("cash", 1_000_000), ("cash", 1_010_000)], "the parts are 2.01 together"),
        ([("cash", 2_000_000), ("cash", 0)], "payers: every part must be more than 0"),
        ([("cash", 3_000_000), ("cash", -1_000_000)], "every part must be more than 0"),
        ([("cash", 1_000_000), ("card", 1_000_000)], "take one way to pay for a bill"),
        ([("cash", 1_999_999), ("later", 1)], "payment: is later, which the settings do not"),
        ([("cash", 1)] * 51, "payers: must be at most 50 payers"),
    ],
)
def test_parts_that_are_not_the_bill_settle_nothing(
    store: Store, freeze: clock.frozen, payers: list[tuple[str, int]], reason: str
) -> None:
    floor = open_floor(store)
    floor.guest(POSTPAID)
    freeze.advance(HOUR)
    with pytest.raises(InvalidInput, match=reason):
        floor.check_out("PC01", payers=[Payer(*each) for each in payers])
    assert floor.is_busy("PC01")
    assert floor.till() == 0
    assert bills(floor) == []


def test_a_tender_that_the_centre_does_not_take_pays_no_part(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    floor.set(payment_method_mixed=True, payment_method_qr=False)
    floor.guest(POSTPAID)
    freeze.advance(HOUR)
    with pytest.raises(InvalidInput, match="payment: is a QR payment"):
        floor.check_out("PC01", payers=[Payer("cash", EURO), Payer("qr", EURO)])
    assert floor.is_busy("PC01")


# --- left open ---------------------------------------------------------------------------------


def test_a_guest_leaves_and_his_part_is_paid_with_the_last_of_the_bundle(
    store: Store, freeze: clock.frozen
) -> None:
    """It needs nobody's word: the others are still there, and they have one bill."""
    floor = open_floor(store)
    done = floor.together(POSTPAID, "PC01", "PC02", "PC03")
    freeze.advance(HOUR)
    (gone,) = floor.check_out("PC01", payment=LATER)
    assert (gone.paid_micros, gone.later_micros, gone.payment) == (0, 2 * EURO, LATER)
    guest = gone.session.member_id
    assert floor.owes(guest) == 2 * EURO
    assert floor.till() == 0
    (debt,) = floor.debts()
    assert (debt.pc_name, debt.amount_micros) == ("PC01", 2 * EURO)
    freeze.advance(HOUR)
    floor.check_out("PC02", is_one_bill=True)  # one of two: nothing of before is asked of him
    assert floor.till() == 4 * EURO
    freeze.advance(HOUR)
    with pytest.raises(QuoteRefused, match="the sum to pay has changed"):
        floor.check_out("PC03", is_one_bill=True, due_micros=6 * EURO)
    floor.check_out(bundle_id=done.bundle.id, is_one_bill=True, due_micros=8 * EURO, payment="card")
    assert (floor.till(), floor.till("card")) == (4 * EURO, 8 * EURO)
    assert floor.owes(guest) == 0
    assert floor.debts() == []
    found = floor.bill(bills(floor)[-1])
    assert (found.row.cost_micros, found.row.carried_micros) == (6 * EURO, 2 * EURO)
    assert found.row.paid_micros == 8 * EURO
    assert floor.house("revenue_time") == 12 * EURO
    floor.verify()


def test_nothing_of_another_session_is_left_on_the_bill_of_a_bundle(
    store: Store, freeze: clock.frozen
) -> None:
    """The settings allow no debts: one PC of the bundle beside it does not change that."""
    floor = open_floor(store)
    floor.together(POSTPAID, "PC01", "PC02")
    floor.guest(POSTPAID, "PC03")
    freeze.advance(HOUR)
    with pytest.raises(InvalidInput, match="payment: is later, which the settings do not allow"):
        floor.check_out("PC01", "PC03", payment=LATER)
    assert floor.is_busy("PC03")
    assert floor.debts() == []


def test_the_last_of_a_bundle_leaves_nothing_open_for_a_second_time(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    floor.set(payment_method_pay_later=True)
    floor.together(POSTPAID, "PC01", "PC02")
    freeze.advance(HOUR)
    floor.check_out("PC01", payment=LATER)
    with pytest.raises(InvalidInput, match="what was left open before is to be paid now"):
        floor.check_out("PC02", payment=LATER, is_one_bill=True, comment="Kim")
    assert floor.is_busy("PC02")


def test_a_member_pays_later_for_a_guest(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.set(
        payment_method_pay_later=True,
        pay_later='{"member_groups":["0"]}',
        loan_max_per_member_micros=3 * EURO,
    )
    ada = floor.add_member("ada", balance=EURO)
    floor.guest(POSTPAID)
    freeze.advance(HOUR)
    (end,) = floor.check_out("PC01", payment=LATER, debtor_id=ada)
    assert floor.owes(ada) == 2 * EURO
    assert floor.money(ada) == (EURO, 0)  # his balance is his; he repays on purpose (0073)
    assert floor.owes(end.session.member_id) == 0
    assert floor.debts() == []  # it is the member's loan, not the guest's
    assert floor.house("revenue_time") == 2 * EURO
    (bill_id,) = bills(floor)
    (payer,) = floor.bill(bill_id).payers
    assert (payer.tender, payer.amount_micros, payer.member_id) == (LATER, 2 * EURO, ada)
    (row,) = floor.logs("CHECKOUT")
    assert (row.cash_micros, row.loan_micros, row.cost_micros) == (0, -2 * EURO, 2 * EURO)
    floor.verify()
    floor.guest(POSTPAID)
    freeze.advance(HOUR)
    with pytest.raises(InvalidInput, match=r"member: would owe 4\.00; 3\.00 is allowed"):
        floor.check_out("PC01", payment=LATER, debtor_id=ada)
    assert floor.owes(ada) == 2 * EURO


def test_who_may_not_pay_later(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    gold = floor.add_member_group("Gold")
    floor.set(payment_method_pay_later=True, pay_later=f'{{"member_groups":["{gold}"]}}')
    plain = floor.add_member("plain")
    asleep = floor.add_member("asleep", group_id=gold, is_active=False)
    guest = floor.guest(POSTPAID)
    freeze.advance(HOUR)
    for debtor, reason in (
        (plain, "member: is in a group that may not pay later"),
        (asleep, "member: is not active or has expired"),
        (guest.member_id, "member: is in a group that may not pay later"),
        (99, "member: Member not found"),
        (0, "comment: is required: who pays later?"),
    ):
        with pytest.raises(InvalidInput, match=reason.replace("?", r"\?")):
            floor.check_out("PC01", payment=LATER, debtor_id=debtor)
    cashier = floor.hire("sam")
    with pytest.raises(Forbidden):
        floor.check_out("PC01", payment=LATER, comment="Kim", actor=cashier)
    assert floor.is_busy("PC01")
    assert floor.owes(plain) == floor.owes(asleep) == floor.owes(guest.member_id) == 0
    floor.check_out("PC01", payment=LATER, comment="Kim of the bar")
    assert [debt.amount_micros for debt in floor.debts()] == [2 * EURO]
    unpaid = floor.store.read_sync(unpaid_now, floor.center, clock.now())
    assert [(each.pc_name, each.micros) for each in unpaid] == [("PC01", 2 * EURO)]
    floor.verify()
