"""What the portal's Computer pages show: a PC that is chosen, and the end of a session."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lanhouse.cafe.bookings.queries.guards import booking_at
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.pages.bill import Split, split_of
from lanhouse.cafe.groups.queries import pc_time_discount
from lanhouse.cafe.members.queries import member_by_id
from lanhouse.cafe.metering.rules import Bill
from lanhouse.cafe.offers.queries import packages_of_member
from lanhouse.cafe.offers.schemas import Place
from lanhouse.cafe.pcs.queries import PcRefused, pcs_named
from lanhouse.cafe.pricing.queries import price_list
from lanhouse.cafe.pricing.rules import NoPrice, rule_at, tariff_for
from lanhouse.cafe.sessions.plans.ending import Settlement, plan_end, settlement_of
from lanhouse.cafe.sessions.plans.starting import plan_start
from lanhouse.cafe.sessions.queries import (
    open_session_on_pc,
    open_sessions_of_member,
    session_by_id,
)
from lanhouse.cafe.sessions.queries.quotes import quote_sign
from lanhouse.cafe.sessions.schemas import MEMBER
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, NotFound
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.money import MICROS
from lanhouse.kit.said import say


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A PC that a member would start at now: how long what he has would last there."""

    pc_name: str
    refused: str = ""
    """Why he cannot, as said; empty: he can."""
    price_micros: int | None = None
    """Of an hour by the price rule of now; None: no price holds, packages alone do."""
    price_name: str = ""
    seconds: int | None = None
    """So long packages and money last; None: nothing ends it."""
    until_at: datetime | None = None


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """A session of the member's that would end now, or that has ended, with who pays it. Micros."""

    pc_name: str
    started_at: datetime
    ended_at: datetime
    bill: Bill
    split: Split
    balance_micros: int = 0
    bonus_micros: int = 0
    """What the account held before; 0 where it has ended."""
    quote_time: int = 0
    quote_sign: str = ""
    """With quote_time the sum that was shown, for the check-out."""


class SessionNotFound(NotFound):
    """The member has no such session."""

    def __init__(self) -> None:
        super().__init__(say("There is no such session."))


def chosen_pc(read: Read, center: Center, member_id: int, pc_name: str, at: datetime) -> Chosen:
    """What starting at this PC at `at` comes to, decided as the start itself does.

    Raises PcRefused for an unknown PC, SessionNotFound where the member is gone.
    """
    at = whole_second(at)
    (pc,) = pcs_named(read, center.id, [pc_name])
    member = member_by_id(read, center.id, member_id)
    if member is None:
        raise SessionNotFound
    plain = Chosen(pc_name=pc.name)
    if pc.is_out_of_order:
        reason = PcRefused(pc.name, say("the PC is out of order"))
        return msgspec.structs.replace(plain, refused=reason.said)
    playing = open_session_on_pc(read, center.id, pc.id)
    session = None if playing is None else session_by_id(read, center.id, playing)
    if session is not None and not session.is_due(at):
        return msgspec.structs.replace(
            plain, refused=PcRefused(pc.name, say("the PC is in use")).said
        )
    booking = booking_at(read, center.id, pc.id, at)
    if booking is not None and booking.player_id != member_id:
        return msgspec.structs.replace(plain, refused=say("Booking is occupied"))
    tariff = tariff_for(
        price_list(read, center),
        pc.pc_group_id,
        member.group_id,
        zone=center.zone_name,
        discount=pc_time_discount(read, center.id, member.group_id),
    )
    place = Place(member.group_id, pc.pc_group_id, pc.id)
    start = plan_start(
        read,
        center,
        at,
        pc_id=pc.id,
        pc_name=pc.name,
        kind=MEMBER,
        tariff=tariff,
        member_id=member_id,
        packages=packages_of_member(read, center, member_id, at, place),
    )
    try:
        start.check()
        refused = ""
    except AppError as error:
        refused = error.said
    try:
        rule = rule_at(tariff, at)
    except NoPrice:
        rule = None
    return msgspec.structs.replace(
        plain,
        refused=refused,
        price_micros=None if rule is None else rule.price_per_hour_micros,
        price_name="" if rule is None else rule.name,
        seconds=start.seconds,
        until_at=start.session.expires_at,
    )


def ending_now(read: Read, center: Center, member_id: int, pc_name: str, at: datetime) -> Ending:
    """What checking out of this PC (empty: the only one he plays at) comes to at `at`.

    Raises SessionNotFound for one that is not the member's, or where he plays at several.
    """
    found = open_sessions_of_member(read, center.id, member_id)
    key = pc_name.casefold()
    his = [each for each in found if not key or each.pc_name.casefold() == key]
    if len(his) != 1 or his[0].kind != MEMBER:
        raise SessionNotFound
    end = plan_end(read, center, his[0], at)
    shown = _ending(end)
    return msgspec.structs.replace(
        shown,
        balance_micros=end.balance_micros,
        bonus_micros=end.bonus_micros,
        quote_time=clock.to_micros(end.at) // MICROS,
        quote_sign=quote_sign(center, [his[0]], end.at),
    )


def ended_session(read: Read, center: Center, member_id: int, session_id: int) -> Ending:
    """An ended session of the member's. Raises SessionNotFound for anybody else's."""
    end = settlement_of(read, center.id, session_id)
    if end is None or end.session.member_id != member_id:
        raise SessionNotFound
    return _ending(end)


def _ending(end: Settlement) -> Ending:
    return Ending(
        pc_name=end.session.pc_name,
        started_at=end.session.started_at,
        ended_at=end.ended_at,
        bill=end.bill,
        split=split_of(end),
    )
