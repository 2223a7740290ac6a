"""What a booking would come to: decided once for the act and for what is quoted before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec
from msgspec.structs import replace

from lanhouse.auth.actors import Actor
from lanhouse.cafe.bookings.plans.seats import Seat, pay_offer, pay_time
from lanhouse.cafe.bookings.queries import count_live, has_booked_between, live_on
from lanhouse.cafe.bookings.queries.guards import Occupied
from lanhouse.cafe.bookings.queries.places import Place, place_of
from lanhouse.cafe.bookings.rules import (
    BOOKINGS_AHEAD_MAX,
    COMMENT_CHARS_MAX,
    PCS_MAX,
    begin_of,
    check_lead,
    check_length,
    day_bounds,
    kind_for,
    kinds_of,
    overlapping,
)
from lanhouse.cafe.bookings.schemas import Booking, Kind
from lanhouse.cafe.centers.rules import closing_after
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.minors.plans import must_let_book
from lanhouse.cafe.money.purses import Spendable, spendable_micros
from lanhouse.cafe.money.tenders import TENDERS
from lanhouse.cafe.offers.plans import BALANCE
from lanhouse.cafe.offers.queries import offer_by_id, offers_of_center
from lanhouse.cafe.offers.schemas import Offer
from lanhouse.cafe.pcs.queries import pcs_named
from lanhouse.cafe.sessions.schemas import OFFER, PREPAID
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.errors import BalanceTooLow, InvalidInput, Refused
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say

STAFF_KINDS = frozenset({"staff", "api_key", "system"})


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A seat on each of these PCs, from `starts_at` for so many minutes.

    `member_id` 0 = for a guest. `kind` None: what follows from the settings. `minutes` are an
    offer's own where an offer is booked. `payment` empty: the balance, or of a guest cash.
    """

    center: Center
    actor: Actor
    pc_names: list[str]
    starts_at: datetime
    minutes: int = 0
    member_id: int = 0
    kind: Kind | None = None
    offer_id: int = 0
    payment: str = ""
    payments: dict[str, str] = {}
    """PC name -> how that one is paid, where a party pays each its own."""
    comment: str = ""
    shown_birthday: date | None = None
    """Of a guest who books: what his proof of age says. It counts for this booking; he shows it
    again when he is seated (decision 0183)."""
    instead_of: Booking | None = None
    """The booking that is given back for this one: it is not in the way, and its money is there."""
    returned: Spendable = Spendable(0, 0)
    """What of that goes back to the account."""

    @property
    def is_staff(self) -> bool:
        """Whether the house books; False: a member books for himself."""
        return self.actor.kind in STAFF_KINDS


class Skipped(msgspec.Struct, frozen=True):
    """A PC that is not booked, and why."""

    pc_name: str
    reason: str


class BookingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What would be booked, what it costs, and what the account holds before."""

    seats: list[Seat]
    skipped: list[Skipped]
    balance_micros: int
    bonus_micros: int

    @property
    def taken_micros(self) -> int:
        """What is taken at once, of all seats."""
        return sum(seat.taken_micros for seat in self.seats)

    @property
    def cost_micros(self) -> int:
        """What all of it costs, those in a queue too."""
        return sum(seat.cost_micros for seat in self.seats)


def plan_booking(read: Read, wanted: Wanted, now: datetime) -> BookingPlan:
    """What booking comes to at `now`; PCs that are taken are skipped where there are others.

    Raises InvalidInput (starts, minutes, pc_names, payment, comment), Refused for what the settings
    forbid, for the only PC with its own reason ("There are other booking", "Booking is occupied"),
    and BalanceTooLow (402).
    """
    center, now = wanted.center, whole_second(now)
    settings = center.settings.member
    wanted = replace(wanted, starts_at=begin_of(wanted.starts_at, now))
    if wanted.shown_birthday is not None:
        wanted.actor.require("members.edit")
    _check_who(read, wanted, now)
    kind = kind_for(
        settings,
        wanted.kind,
        offer_id=wanted.offer_id,
        is_staff=wanted.is_staff,
        is_sold=center.settings.center.license_using_billing,
    )
    wanted = replace(wanted, kind=kind, minutes=_minutes(read, wanted, kind))
    check_length(wanted.minutes, settings)
    place = place_of(read, center.id, wanted.member_id)
    if place is None:
        raise MemberNotFound
    rows = pcs_named(read, center.id, wanted.pc_names)
    if len(rows) > PCS_MAX:
        raise InvalidInput({"pc_names": say("must be at most %(count)s PCs", count=PCS_MAX)})
    held = Spendable(0, 0)
    if wanted.member_id:
        held = spendable_micros(read, center, wanted.member_id, now)
        held = Spendable(
            held.balance_micros + wanted.returned.balance_micros,
            held.bonus_micros + wanted.returned.bonus_micros,
        )
    seats: list[Seat] = []
    skipped: list[Skipped] = []
    left = held
    for row in rows:
        try:
            seat = _plan_seat(read, wanted, place, row, left, now)
        except BalanceTooLow:
            raise
        except Refused as refused:
            if len(rows) == 1:
                raise
            skipped.append(Skipped(row.name, refused.said))
            continue
        seats.append(seat)
        if seat.behind_id is None:
            left = Spendable(
                left.balance_micros - seat.from_balance_micros,
                left.bonus_micros - seat.from_bonus_micros,
            )
    if not seats:
        raise Refused(skipped[0].reason)
    return BookingPlan(
        seats=seats,
        skipped=skipped,
        balance_micros=held.balance_micros,
        bonus_micros=held.bonus_micros,
    )


def plan_takeover(read: Read, center: Center, booking: Booking, at: datetime) -> Seat | None:
    """What a booking that waited comes to when it gets the seat at `at`; None: its money does not
    do any more, its offer is not sold any more, or its member may not play then any more."""
    begins = max(booking.starts_at, at)
    try:
        place = place_of(read, center.id, booking.member_id)
        if place is None or booking.ends_at <= at:
            return None
        must_let_book(read, center, "", booking.member_id, begins, booking.ends_at)
    except Refused:
        return None
    place = place.at_pc(read, booking.pc_id)
    seat = Seat(
        pc_id=booking.pc_id,
        pc_name=booking.pc_name,
        kind=booking.kind,
        starts_at=begins,
        ends_at=booking.ends_at,
        held_until_at=begins,
        payment=BALANCE,
    )
    if booking.kind == Kind.HOLD:
        return replace(seat, payment="")
    held = spendable_micros(read, center, booking.member_id, at)
    try:
        if booking.kind == Kind.OFFER:
            return pay_offer(read, center, seat, place, booking.offer_id, held, at)
        return pay_time(read, center, seat, place, held)
    except Refused:
        return None


def _check_who(read: Read, wanted: Wanted, now: datetime) -> None:
    """Whether this caller may book at all, and at this time."""
    center, settings = wanted.center, wanted.center.settings.member
    if not wanted.is_staff and wanted.member_id != wanted.actor.member_id:
        # A member books for himself: of anybody else nothing is told.
        raise MemberNotFound
    if not wanted.is_staff and not settings.allow_booking:
        raise Refused(say("Booking is switched off in the settings"))
    if len(wanted.comment) > COMMENT_CHARS_MAX:
        reason = say("must be at most %(count)s characters", count=COMMENT_CHARS_MAX)
        raise InvalidInput({"comment": reason})
    check_lead(wanted.starts_at, now, settings)
    if settings.pc_booked_once_day and wanted.member_id:
        since, before = day_bounds(wanted.starts_at, center.zone)
        names = {name.casefold() for name in wanted.pc_names}
        his = has_booked_between(read, center.id, wanted.member_id, since, before)
        has_one = his and wanted.instead_of is None
        if has_one or len(names) > 1:
            raise Refused(say("A member books one PC a day"))
    if count_live(read, center.id, now) >= BOOKINGS_AHEAD_MAX:
        raise Refused(
            say("There are %(count)s bookings already, which is the most", count=BOOKINGS_AHEAD_MAX)
        )


def offers_to_book(read: Read, center: Center) -> list[Offer]:
    """The active packages that may be booked: those that the settings name, or all."""
    settings = center.settings.member
    if Kind.OFFER not in kinds_of(settings):
        return []
    chosen: list[int] = msgspec.json.decode(settings.booking_offers or "[]")
    return [
        each
        for each in offers_of_center(read, center.id)
        if each.values.is_active and (not chosen or each.id in chosen)
    ]


def _minutes(read: Read, wanted: Wanted, kind: Kind) -> int:
    """The length: an offer has its own, and is one that may be booked."""
    if kind != Kind.OFFER:
        return wanted.minutes
    chosen: list[int] = msgspec.json.decode(wanted.center.settings.member.booking_offers or "[]")
    offer = offer_by_id(read, wanted.center.id, wanted.offer_id)
    if offer is None or (chosen and offer.id not in chosen):
        raise Refused(say("Product not found"))
    return offer.values.minutes


def _plan_seat(
    read: Read, wanted: Wanted, place: Place, pc: Row, left: Spendable, now: datetime
) -> Seat:
    center, settings = wanted.center, wanted.center.settings.member
    assert wanted.kind is not None
    starts, ends = wanted.starts_at, wanted.starts_at + timedelta(minutes=wanted.minutes)
    if pc.is_out_of_order:
        raise Refused(say("the PC is out of order"))
    if not wanted.is_staff and not place.may_book(read, pc):
        raise Refused(say("PCs of this room are not booked"))
    gone = 0 if wanted.instead_of is None else wanted.instead_of.id
    live = [each for each in live_on(read, center.id, [pc.id], now) if each.id != gone]
    behind = _place_in_queue(wanted, live, starts, ends)
    _check_use(read, wanted, place, pc, now)
    must_let_book(
        read,
        center,
        pc.name,
        wanted.member_id,
        starts,
        ends,
        instead_of=gone,
        shown=wanted.shown_birthday,
    )
    closes = closing_after(center, starts)
    if closes is not None and closes < ends:
        raise Refused(say("The house closes before this booking is over"))
    seat = Seat(
        pc_id=pc.id,
        pc_name=pc.name,
        kind=wanted.kind,
        starts_at=starts,
        ends_at=ends,
        held_until_at=starts + timedelta(minutes=settings.booking_grace_minutes),
        behind_id=behind,
        payment=_payment(wanted, pc.name),
    )
    if wanted.kind == Kind.HOLD:
        return replace(seat, payment="")
    if behind is not None and seat.payment != BALANCE:
        raise Refused(say("A booking in a queue is paid from the balance, when it gets the seat"))
    place = replace(place, pc_group_id=pc.pc_group_id)
    if wanted.kind == Kind.OFFER:
        return pay_offer(read, center, seat, place, wanted.offer_id, left, now)
    return pay_time(read, center, seat, place, left)


def _payment(wanted: Wanted, pc_name: str) -> str:
    payment = (
        wanted.payments.get(pc_name) or wanted.payment or (BALANCE if wanted.member_id else "cash")
    )
    if payment not in (*TENDERS, BALANCE):
        raise InvalidInput({"payment": say("must be cash, card, qr or balance")})
    if payment == BALANCE and not wanted.member_id:
        raise InvalidInput({"payment": say("a guest has no balance")})
    if payment != BALANCE and not wanted.is_staff:
        raise InvalidInput({"payment": say("must be balance")})
    return payment


def _place_in_queue(
    wanted: Wanted, found: Sequence[Booking], starts: datetime, ends: datetime
) -> int | None:
    """The booking that a new one would wait behind; None = the period is free.

    Raises Refused ("There are other booking") where it is not, and nobody may wait behind it.
    """
    others = overlapping(found, starts, ends)
    if not others:
        return None
    if not wanted.center.settings.member.allow_booking_in_queue or not wanted.member_id:
        raise Refused(say("There are other booking"))
    holders = [each for each in others if each.behind_id is None]
    if len(holders) != 1 or len(others) > 1 or holders[0].state != "waiting":
        raise Refused(say("There are other booking"))
    if holders[0].member_id == wanted.member_id:
        raise Refused(say("There are other booking"))
    return holders[0].id


def _check_use(read: Read, wanted: Wanted, place: Place, pc: Row, now: datetime) -> None:
    """Whether somebody who plays there is in the way (cafe-domain 9)."""
    settings, starts = wanted.center.settings.member, wanted.starts_at
    session = place.session_on(read, pc.id)
    if session is None or session.is_due(now):
        return
    if wanted.member_id and session.member_id == wanted.member_id:
        return
    is_sold = session.kind in (PREPAID, OFFER)
    if is_sold and (session.expires_at is None or session.expires_at > starts):
        raise Occupied
    if starts <= now:
        raise Occupied
    is_far = starts >= now + timedelta(hours=settings.booking_busy_pc_hours)
    if not is_far and not (wanted.is_staff and settings.allow_booking_when_pc_online):
        raise Refused(say("A PC in use is not booked for so soon"))
