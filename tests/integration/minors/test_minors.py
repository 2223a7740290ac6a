"""Rules for minors on the floor: starts, sales, ends, consents, proofs, steps of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from lanhouse.auth.actors import Actor
from lanhouse.cafe.bookings.commands.seating import SeatGuest, seat_guest
from lanhouse.cafe.facts import SettingsChanged
from lanhouse.cafe.members.commands.changing import (
    MemberChange,
    MembersNamed,
    change_members,
    delete_members,
)
from lanhouse.cafe.members.commands.guest_secret import GuestSecret
from lanhouse.cafe.minors import commands as minors
from lanhouse.cafe.minors.errors import TooYoung, TooYoungHere
from lanhouse.cafe.minors.plans import limits_of, must_let_book, must_let_play
from lanhouse.cafe.minors.queries import consents_of, proofs_of
from lanhouse.cafe.minors.schemas import SeenProof
from lanhouse.cafe.money.purses import purse_of
from lanhouse.cafe.sessions.commands import (
    AddMoney,
    PauseOne,
    add_money,
    pause_session,
    resume_session,
)
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.queries.quotes import (
    TimeAsked,
    TogetherAsked,
    quote_time,
    quote_together,
)
from lanhouse.cafe.sessions.schemas import FREE, POSTPAID, PREPAID
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import Forbidden, InvalidInput, NotFound, Refused
from lanhouse.ledger.sealing import seal_new_digests
from lanhouse.ledger.verify import verify_ledger
from tests.builders.databases import by_hand
from tests.builders.floor import DESK, EURO, Floor, later, open_floor

HOUR = 3600
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
CUT = NOON + timedelta(hours=2)
AGAIN = NOON + timedelta(hours=6)
BANDS = '[{"name":"n","under":"16","start":"14:00","end":"18:00","consent":"1"}]'
CHILD = "2014-05-01"


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    """It is noon; who is under 16 does not play from 14 to 18."""
    assert freeze is not None
    floor = open_floor(store, pcs_count=4)
    floor.set(minors_bands=BANDS)
    return floor


def set_and_tell(floor: Floor, **values: Any) -> None:
    """Change settings as the settings pages do: running sessions follow."""
    floor.set(**values)
    names = frozenset(f"member.{name}" for name in values)
    floor.run(lambda tx, _: tx.tell(SettingsChanged(floor.hall.center_id, names)), None)


def child(floor: Floor, account: str = "kid", **more: Any) -> int:
    return floor.add_member(account, balance=10 * EURO, birthday=CHILD, **more)


def consent(floor: Floor, member_id: int, hours: float = 24) -> int:
    cmd = minors.NewConsent(
        center=floor.center,
        actor=DESK,
        member_id=member_id,
        guardian="Mother",
        reason="stays with his brother",
        until_at=later(int(hours * HOUR)),
    )
    return floor.run(minors.give_consent, cmd)


def withdraw(floor: Floor, member_id: int, consent_id: int) -> int:
    cmd = minors.WithdrawConsent(
        center=floor.center, actor=DESK, member_id=member_id, consent_id=consent_id
    )
    return floor.run(minors.withdraw_consent, cmd)


def sweep(floor: Floor) -> None:
    floor.store.run_sync(end_due_sessions, None)


def test_nothing_holds_until_it_is_chosen(floor: Floor, freeze: clock.frozen) -> None:
    floor.set(minors_bands="[]", minors_unknown="minor", minors_guests="minor")
    kid = child(floor)
    freeze.advance(3 * HOUR)
    assert floor.member(kid, "PC01").expires_at == NOON + timedelta(hours=8)
    assert floor.store.read_sync(limits_of, floor.center, kid, clock.now()) is None


def test_a_session_ends_at_the_moment_and_what_is_left_stays(
    floor: Floor, freeze: clock.frozen
) -> None:
    kid, ann = child(floor), floor.add_member("ann", balance=10 * EURO, birthday="1990-01-01")
    session = floor.member(kid, "PC01")
    assert session.expires_at == CUT
    assert floor.member(ann, "PC02").expires_at == NOON + timedelta(hours=5)
    assert floor.pay(10 * EURO, "PC03")[0].session.expires_at == NOON + timedelta(hours=5)
    # More money moves nothing past it, and stays.
    floor.pay(2 * EURO, "PC01")
    assert floor.session(session.id).expires_at == CUT
    freeze.advance(3 * HOUR)
    sweep(floor)
    assert [floor.is_busy(name) for name in ("PC01", "PC02", "PC03")] == [False, True, True]
    assert floor.money(kid) == (8 * EURO, 0)
    floor.verify()


def test_nobody_starts_in_his_hours_and_the_reason_is_told(
    floor: Floor, freeze: clock.frozen
) -> None:
    kid = child(floor)
    freeze.advance(2 * HOUR)
    with pytest.raises(TooYoungHere, match="PC01: the rules for minors allow no play before 18:00"):
        floor.member(kid, "PC01")
    assert not floor.is_busy("PC01")
    assert floor.money(kid) == (10 * EURO, 0)
    freeze.advance(4 * HOUR)
    assert floor.member(kid, "PC01").expires_at is not None


def test_a_package_keeps_its_seconds(floor: Floor, freeze: clock.frozen) -> None:
    kid = child(floor)
    owned = floor.sell(floor.add_offer("5 hours", 500, minutes=300), kid)
    session = floor.member(kid, "PC01")
    assert session.expires_at == CUT
    freeze.advance(3 * HOUR)
    sweep(floor)
    assert not floor.is_busy("PC01")
    (package,) = floor.packages(kid)
    assert (package.member_offer_id, package.seconds_left) == (owned, 3 * HOUR)
    floor.verify()


def test_guests_count_as_the_owner_says(floor: Floor, freeze: clock.frozen) -> None:
    floor.set(minors_guests="minor")
    # Time that would be cut is not sold; time before it is.
    words = "PC01: the rules for minors allow play until 14:00"
    with pytest.raises(TooYoungHere, match=words):
        floor.pay(10 * EURO, "PC01")
    with pytest.raises(TooYoungHere, match=words):
        floor.together("prepaid", "PC01", "PC02", amount_micros=10 * EURO)
    assert floor.till() == 0
    sold = floor.pay(3 * EURO, "PC01")[0].session
    assert sold.expires_at == NOON + timedelta(minutes=90)
    with pytest.raises(TooYoungHere, match=words):
        floor.pay(2 * EURO, "PC01")
    assert floor.session(sold.id).expires_at == NOON + timedelta(minutes=90)
    floor.pay(EURO, "PC01")
    assert floor.session(sold.id).expires_at == CUT
    assert floor.till() == 4 * EURO
    # What is paid afterwards, or by nobody, ends then.
    assert floor.guest(POSTPAID, "PC02").expires_at == CUT
    assert floor.guest(FREE, "PC03").expires_at == CUT
    freeze.advance(3 * HOUR)
    sweep(floor)
    assert [floor.is_busy(name) for name in ("PC01", "PC02", "PC03")] == [False, True, False]
    (ended,) = floor.check_out("PC02")
    assert (ended.paid_micros, ended.bill.seconds) == (4 * EURO, 2 * HOUR)
    for kind in (POSTPAID, FREE):
        with pytest.raises(TooYoungHere):
            floor.guest(kind, "PC04")
    floor.verify()


def test_a_guests_package_that_would_be_cut_is_not_sold(floor: Floor) -> None:
    floor.set(minors_guests="minor")
    offer = floor.add_offer("5 hours", 500, minutes=300)
    with pytest.raises(TooYoungHere, match="until 14:00"):
        floor.guest("offer", "PC01", offer_id=offer)
    session = floor.pay(EURO, "PC02")[0].session
    with pytest.raises(TooYoungHere, match="until 14:00"):
        floor.sell_on_pc(offer, "PC02")
    assert floor.till() == EURO
    assert floor.session(session.id).expires_at == NOON + timedelta(minutes=30)
    floor.verify()


@pytest.mark.parametrize(("minutes", "is_sold"), [(120, True), (121, False)])
def test_a_quote_says_what_the_sale_does(floor: Floor, minutes: int, is_sold: bool) -> None:
    floor.set(minors_guests="minor")
    read = floor.store.read_sync
    asked = TimeAsked(floor.center, ["PC01"], minutes, None, clock.now())
    together = TogetherAsked(
        center=floor.center, pc_names=["PC02"], kind="prepaid", at=clock.now(), minutes=minutes
    )
    if not is_sold:
        with pytest.raises(TooYoungHere):
            read(quote_time, asked)
        with pytest.raises(TooYoungHere):
            read(quote_together, together)
        with pytest.raises(TooYoungHere):
            floor.together("prepaid", "PC02", "PC03", minutes=minutes)
        return
    (quoted,) = read(quote_time, asked)
    assert floor.pay(quoted.cost_micros, "PC01")[0].session.expires_at == CUT
    assert read(quote_together, together).last_end == CUT
    floor.together("prepaid", "PC02", "PC03", minutes=minutes)


def test_who_has_no_birthday_counts_as_the_owner_says(floor: Floor, freeze: clock.frozen) -> None:
    eve = floor.add_member("eve", balance=10 * EURO)
    session = floor.member(eve, "PC01")
    assert session.expires_at == NOON + timedelta(hours=5)
    set_and_tell(floor, minors_unknown="minor")
    assert floor.session(session.id).expires_at == CUT
    set_and_tell(floor, minors_unknown="adult")
    assert floor.session(session.id).expires_at == NOON + timedelta(hours=5)


def test_a_consent_lifts_the_hours_and_its_end_brings_them_back(
    floor: Floor, freeze: clock.frozen
) -> None:
    kid = child(floor)
    session = floor.member(kid, "PC01")
    consent(floor, kid, 3)
    assert floor.session(session.id).expires_at == NOON + timedelta(hours=3)
    first = consent(floor, kid)
    assert floor.session(session.id).expires_at == NOON + timedelta(hours=5)
    withdraw(floor, kid, first)
    assert floor.session(session.id).expires_at == NOON + timedelta(hours=3)
    # Withdrawn within the hours: it ends now, and pays what was played.
    second = consent(floor, kid)
    freeze.advance(int(2.5 * HOUR))
    withdraw(floor, kid, second)
    assert floor.session(session.id).expires_at == NOON + timedelta(hours=3)
    withdraw(floor, kid, 1)
    assert floor.session(session.id).expires_at == NOON + timedelta(hours=2.5)
    sweep(floor)
    assert not floor.is_busy("PC01")
    assert floor.money(kid) == (5 * EURO, 0)
    # Once more changes nothing.
    logs = len(floor.logs("MEMBER"))
    withdraw(floor, kid, 1)
    assert len(floor.logs("MEMBER")) == logs
    floor.verify()


def test_a_consent_is_written_down_and_sealed(floor: Floor) -> None:
    kid = child(floor)
    consent_id = consent(floor, kid)
    withdraw(floor, kid, consent_id)
    details = [row.details for row in floor.logs("MEMBER")]
    assert details == ["guardian consents until 2026-03-05 12:00", "guardian's consent withdrawn"]
    floor.verify()


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("no guardian", {"guardian": "  "}, "guardian"),
    ("long guardian", {"guardian": "x" * 101}, "guardian"),
    ("no reason", {"reason": ""}, "reason"),
    ("a megabyte", {"reason": "x" * 1_000_000}, "reason"),
    ("over already", {"until_at": NOON}, "until"),
    ("too long", {"until_at": NOON + timedelta(days=367)}, "until"),
]


@pytest.mark.parametrize(("values", "field"), [each[1:] for each in WRONG])
def test_a_wrong_consent_is_refused(floor: Floor, values: dict[str, Any], field: str) -> None:
    kid = child(floor)
    cmd = minors.NewConsent(
        center=floor.center, actor=DESK, member_id=kid, guardian="M", reason="r", until_at=AGAIN
    )
    with pytest.raises(InvalidInput) as wrong:
        floor.run(minors.give_consent, msgspec.structs.replace(cmd, **values))
    assert list(wrong.value.fields) == [field]
    assert floor.logs("MEMBER") == []


def test_others_accounts_are_not_found(floor: Floor) -> None:
    kid = child(floor)
    guest = floor.pay(EURO, "PC01")[0].session.member_id
    with pytest.raises(NotFound):
        consent(floor, 10_000_000_001)
    with pytest.raises(Refused, match="guest"):
        consent(floor, guest)
    other = floor.add_member("other", birthday=CHILD)
    mine = consent(floor, kid)
    with pytest.raises(NotFound):
        withdraw(floor, other, mine)
    with pytest.raises(NotFound):
        withdraw(floor, kid, mine + 1)


def proof(floor: Floor, member_id: int, birthday: str, document: str = "passport") -> int:
    cmd = minors.NewProof(
        center=floor.center,
        actor=DESK,
        member_id=member_id,
        birthday=datetime.fromisoformat(birthday).date(),
        document=document,
    )
    return floor.run(minors.note_proof, cmd)


def rename_day(floor: Floor, member_id: int, birthday: str | None) -> None:
    cmd = MemberChange(
        center=floor.center, actor=DESK, member_ids=[member_id], values={"birthday": birthday}
    )
    floor.run(change_members, cmd)


def test_a_birthday_counts_once_a_proof_was_seen(floor: Floor) -> None:
    floor.set(minors_need_proof=True)
    ann = floor.add_member("ann", balance=10 * EURO, birthday="1990-01-01")
    session = floor.member(ann, "PC01")
    assert session.expires_at == CUT
    with pytest.raises(InvalidInput):
        proof(floor, ann, "1991-01-01")
    with pytest.raises(InvalidInput):
        proof(floor, ann, "1990-01-01", "a photo")
    proof(floor, ann, "1990-01-01")
    assert floor.session(session.id).expires_at == NOON + timedelta(hours=5)
    # Another birthday needs another proof.
    rename_day(floor, ann, "1991-01-01")
    assert floor.session(session.id).expires_at == CUT
    floor.verify()


def test_another_birthday_moves_what_runs(floor: Floor) -> None:
    kid = child(floor)
    session = floor.member(kid, "PC01")
    rename_day(floor, kid, "1990-01-01")
    assert floor.session(session.id).expires_at == NOON + timedelta(hours=5)
    rename_day(floor, kid, CHILD)
    assert floor.session(session.id).expires_at == CUT
    rename_day(floor, kid, None)
    assert floor.session(session.id).expires_at == NOON + timedelta(hours=5)


def test_new_hours_end_what_runs(floor: Floor, freeze: clock.frozen) -> None:
    kid = child(floor)
    session = floor.member(kid, "PC01")
    freeze.advance(1800)
    set_and_tell(floor, minors_bands=BANDS.replace("14:00", "12:15"))
    assert floor.session(session.id).expires_at == NOON + timedelta(minutes=30)
    sweep(floor)
    assert floor.money(kid) == (9 * EURO, 0)
    floor.verify()


def test_a_pause_does_not_carry_across(floor: Floor, freeze: clock.frozen) -> None:
    kid = child(floor)
    session = floor.member(kid, "PC01")
    freeze.advance(HOUR)
    cmd = PauseOne(floor.center, DESK, session.id)
    floor.run(pause_session, cmd)
    freeze.advance(1800)
    assert floor.run(resume_session, cmd).expires_at == CUT
    floor.run(pause_session, cmd)
    freeze.advance(HOUR)
    with pytest.raises(TooYoungHere, match="before 18:00"):
        floor.run(resume_session, cmd)
    freeze.advance(4 * HOUR)
    assert floor.run(resume_session, cmd).left_seconds(clock.now()) == 4 * HOUR
    floor.verify()


def test_what_bookings_ask(floor: Floor) -> None:
    kid = child(floor)
    read = floor.store.read_sync
    inside = NOON + timedelta(hours=1)
    read(must_let_book, floor.center, "PC01", kid, inside, CUT)
    for begin, end in (
        (inside, CUT + timedelta(seconds=1)),
        (CUT, AGAIN),
        (AGAIN - timedelta(seconds=1), AGAIN + timedelta(hours=1)),
    ):
        with pytest.raises(TooYoungHere):
            read(must_let_book, floor.center, "PC01", kid, begin, end)
    with pytest.raises(TooYoung, match=r"^the rules for minors allow no play before 18:00$"):
        read(must_let_play, floor.center, "", kid, CUT)
    read(must_let_book, floor.center, "PC01", 0, inside, AGAIN)


def test_no_booking_reaches_into_his_hours(floor: Floor) -> None:
    kid = child(floor)
    inside = NOON + timedelta(hours=1)
    with pytest.raises(TooYoungHere, match="allow play until 14:00"):
        floor.book("PC01", at=inside, minutes=61, member_id=kid)
    assert floor.store.read_sync(purse_of, floor.center, kid).balance_micros == 10 * EURO
    floor.book("PC01", at=inside, minutes=60, member_id=kid)
    floor.book("PC02", at=inside, minutes=61, member_id=floor.add_member("grown", balance=EURO * 9))


def test_what_a_member_is_told(floor: Floor, freeze: clock.frozen) -> None:
    kid = child(floor)
    told = floor.store.read_sync(limits_of, floor.center, kid, clock.now())
    assert told is not None
    assert (told.verdict.until, told.is_told, len(told.bands)) == (CUT, False, 1)
    freeze.advance(6300 - 1)
    told = floor.store.read_sync(limits_of, floor.center, kid, clock.now())
    assert told is not None
    assert not told.is_told
    freeze.advance(1)
    told = floor.store.read_sync(limits_of, floor.center, kid, clock.now())
    assert told is not None
    assert told.is_told
    ann = floor.add_member("ann", birthday="1990-01-01")
    assert floor.store.read_sync(limits_of, floor.center, ann, clock.now()) is None


def test_what_is_deleted_tells_nobodys_name(floor: Floor) -> None:
    kid = child(floor)
    consent(floor, kid)
    proof(floor, kid, CHILD)
    floor.run(delete_members, MembersNamed(center=floor.center, actor=DESK, member_ids=[kid]))
    (given,) = floor.store.read_sync(consents_of, floor.hall.center_id, kid)
    (seen,) = floor.store.read_sync(proofs_of, floor.hall.center_id, kid)
    assert (given.guardian, given.reason, seen.birthday) == ("", "", "")
    floor.verify()


@pytest.mark.parametrize(
    "changed",
    [
        "minor_consents SET withdrawn_at = NULL",
        "minor_consents SET withdrawn_by_id = 99",
        "age_proofs SET document = 'passport'",
        "age_proofs SET staff_id = 99",
    ],
)
def test_what_is_changed_by_hand_is_found(floor: Floor, changed: str) -> None:
    kid = child(floor)
    withdraw(floor, kid, consent(floor, kid))
    proof(floor, kid, CHILD, "student")
    while floor.store.run_sync(seal_new_digests, None):
        pass
    assert floor.store.read_sync(verify_ledger, None).is_clean
    by_hand(floor.store, f"UPDATE {changed}")
    report = floor.store.read_sync(verify_ledger, None)
    assert not report.is_clean
    assert changed.split(maxsplit=1)[0] in str(report.problem)


def seen(born: str, document: str = "passport") -> SeenProof:
    return SeenProof(date.fromisoformat(born), document)


def test_a_walk_in_shows_his_age_at_the_desk(floor: Floor, freeze: clock.frozen) -> None:
    floor.set(minors_guests="minor")
    grown, young = seen("1990-01-01"), seen(CHILD)
    (started,) = floor.guests(POSTPAID, "PC01", proofs={"pc01": grown})
    assert started.session.expires_at is None
    # Who shows that he is young is no better off than who shows nothing.
    assert floor.guests(POSTPAID, "PC02", proofs={"pc02": young})[0].session.expires_at == CUT
    assert floor.guest(POSTPAID, "PC03").expires_at == CUT
    freeze.advance(3 * HOUR)
    sweep(floor)
    with pytest.raises(TooYoungHere):
        floor.guest(FREE, "PC04")
    late = floor.guests(PREPAID, "PC04", proofs={"pc04": grown}, paid_micros=10 * EURO)[0].session
    assert late.expires_at == later(5 * HOUR)
    more = floor.pay(2 * EURO, "PC04")[0].session
    assert more.expires_at == later(6 * HOUR)
    (kept,) = floor.store.read_sync(proofs_of, floor.hall.center_id, started.session.member_id)
    assert (kept.document, kept.birthday) == ("passport", "1990-01-01")
    floor.check_out("PC01")
    (gone,) = floor.store.read_sync(proofs_of, floor.hall.center_id, started.session.member_id)
    assert (gone.document, gone.birthday, gone.seen_at) == ("passport", "", kept.seen_at)
    floor.verify()


@pytest.mark.parametrize(
    ("proof", "field"),
    [
        (seen("1990-01-01", "tattoo"), "document"),
        (seen("2099-01-01"), "birthday"),
        (seen("1700-01-01"), "birthday"),
    ],
    ids=["paper", "ahead", "long ago"],
)
def test_a_wrong_proof_starts_nobody(floor: Floor, proof: SeenProof, field: str) -> None:
    floor.set(minors_guests="minor")
    with pytest.raises(InvalidInput, match=field):
        floor.guests(POSTPAID, "PC01", proofs={"pc01": proof})
    nobody = Actor(kind="staff", center_id=7777, staff_id=1, rights=frozenset())
    with pytest.raises(Forbidden):
        floor.guests(POSTPAID, "PC01", proofs={"pc01": seen("1990-01-01")}, actor=nobody)
    assert not floor.is_busy("PC01")


def test_each_guest_shows_his_own_paper(floor: Floor, freeze: clock.frozen) -> None:
    floor.set(minors_guests="minor")
    grown, young = seen("1990-01-01"), seen(CHILD)
    proofs = {"pc01": grown, "pc02": young}
    started = floor.guests(POSTPAID, "PC01", "PC02", "PC03", proofs=proofs)
    assert [each.session.expires_at for each in started] == [None, CUT, CUT]
    kept = [
        floor.store.read_sync(proofs_of, floor.hall.center_id, each.session.member_id)
        for each in started
    ]
    assert [[proof.birthday for proof in each] for each in kept] == [["1990-01-01"], [CHILD], []]
    # In the hours one who shows nothing starts nobody, and nothing is taken.
    for name in ("PC01", "PC02", "PC03"):
        floor.check_out(name)
    freeze.advance(3 * HOUR)
    till = floor.till()
    with pytest.raises(TooYoungHere, match="PC02"):
        floor.guests(
            PREPAID, "PC01", "PC02", proofs={"pc01": grown}, paid_micros=2 * EURO, payment="cash"
        )
    assert (floor.till(), floor.is_busy("PC01")) == (till, False)
    floor.verify()


def test_a_guest_books_into_the_hours_with_a_paper_and_shows_it_again(
    floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(minors_guests="minor")
    inside = NOON + timedelta(hours=3)
    with pytest.raises(TooYoungHere, match="rules for minors"):
        floor.book("PC01", at=inside, member_id=0)
    with pytest.raises(TooYoungHere, match="rules for minors"):
        floor.book("PC01", at=inside, shown_birthday=date.fromisoformat(CHILD))
    nobody = Actor(kind="staff", center_id=7777, staff_id=1, rights=frozenset({"bookings.edit"}))
    born = date(1990, 1, 1)
    with pytest.raises(Forbidden):
        floor.book("PC01", at=inside, shown_birthday=born, actor=nobody)
    assert floor.till() == 0
    booking = floor.book_one("PC01", at=inside, shown_birthday=born)
    freeze.advance(3 * HOUR)
    seat = SeatGuest(
        center=floor.center,
        actor=DESK,
        booking_id=booking.id,
        secret=GuestSecret("secret", "hash"),
    )
    # Somebody else may have come for him.
    with pytest.raises(TooYoungHere, match="PC01"):
        floor.run(seat_guest, seat)
    assert not floor.is_busy("PC01")
    started = floor.run(seat_guest, msgspec.structs.replace(seat, proof=seen("1990-01-01")))
    (kept,) = floor.store.read_sync(proofs_of, floor.hall.center_id, started.session.member_id)
    assert kept.document == "passport"
    assert started.session.expires_at == later(HOUR)
    floor.verify()


def test_a_paper_of_nobody_who_starts_is_refused(floor: Floor) -> None:
    floor.set(minors_guests="minor")
    proofs = {"pc02": seen("1990-01-01")}
    with pytest.raises(InvalidInput, match="no new guest starts at pc02"):
        floor.guests(POSTPAID, "PC01", proofs=proofs)
    floor.guest(POSTPAID, "PC02")
    add = AddMoney(
        center=floor.center,
        actor=DESK,
        pc_names=["PC01", "PC02"],
        amount_micros=EURO,
        payment="cash",
        secrets=[GuestSecret("secret", "hash"), GuestSecret()],
        proofs=proofs,
    )
    with pytest.raises(InvalidInput, match="no new guest starts at pc02"):
        floor.run(add_money, add)
    assert not floor.is_busy("PC01")
