"""How a running session goes on with other money, packages or prices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.metering.rules import (
    Seat,
    Segment,
    cut,
    ends_at,
    packages_left,
    shared_ends,
    sold_until,
    standing,
)
from lanhouse.cafe.minors.errors import TooYoungHere
from lanhouse.cafe.minors.plans import verdict_for, why_not_until
from lanhouse.cafe.money.purses import ended_micros, owed_micros, purse_of
from lanhouse.cafe.offers.rules import opens_at
from lanhouse.cafe.offers.schemas import Package
from lanhouse.cafe.pcs.queries import PcRefused
from lanhouse.cafe.sessions.queries import open_sessions_of_member
from lanhouse.cafe.sessions.queries.booked import by_booking, must_not_meet
from lanhouse.cafe.sessions.schemas import FREE, MEMBER, POSTPAID, PREPAID, WALLET_KINDS, Session
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say


def payable_micros(
    read: Read, center: Center, session: Session, more_micros: int = 0
) -> int | None:
    """What may be spent on a session in all, in micros; None = without limit.

    Postpaid: the centre's limit. A member pays from balance and bonus, if the centre lets the
    balance pay for time, and with allow_auto_loan goes on and owes the rest, up to what he may owe
    in all; other guests from what they paid in. `more_micros` come to the account.
    """
    own = own_micros(read, center, session, more_micros)
    payment = center.settings.payment
    if own is None or session.kind != MEMBER or not payment.allow_auto_loan:
        return own
    if not payment.allow_balance_for_pc_time:
        return own
    most = payment.loan_max_per_member_micros
    if not most:
        return None
    return own + max(most - owed_micros(read, center, session.member_id), 0)


def own_micros(read: Read, center: Center, session: Session, more_micros: int = 0) -> int | None:
    """The same without what would be lent: with it alone a session begins."""
    if session.kind in (POSTPAID, FREE):
        return session.limit_micros
    if session.kind == MEMBER and not center.settings.payment.allow_balance_for_pc_time:
        return 0
    purse = purse_of(read, center, session.member_id)
    ended = ended_micros(read, center, session.member_id, clock.now())
    return purse.balance_micros + purse.bonus_micros - ended + more_micros


def end_of(
    session: Session, segments: Sequence[Segment], money_micros: int | None
) -> datetime | None:
    """When the session is over with so much money for all of it: a guest who paid first has at
    least the whole minutes that the money is the price of."""
    found = sold_until if session.kind == PREPAID else ends_at
    return found(segments, session.terms, money_micros)


def played_beside(read: Read, session: Session) -> list[Session]:
    """The other open sessions of its member, who pays all of them from one purse."""
    if session.kind != MEMBER:
        return []
    found = open_sessions_of_member(read, session.center_id, session.member_id)
    return [each for each in found if each.id != session.id]


def end_beside(
    session: Session, others: Sequence[Session], money_micros: int | None, at: datetime
) -> datetime | None:
    """end_of() a session whose member plays others, all of them together with so much money.

    What is over or stands still costs what it has cost; a session that stands still itself has the
    end that the money of now would give it (decision 0123).
    """
    at = whole_second(at)
    ticking = [each for each in others if not each.paused_at and not each.is_over(at)]
    if not others or money_micros is None:
        return end_of(session, session.segments, money_micros)
    money = money_micros - sum(each.cost_micros(at) for each in others if each not in ticking)
    if session.paused_at:
        money -= sum(each.cost_micros(at) for each in ticking)
        return end_of(session, session.segments, money)
    # A new one has no id yet: it is the last.
    order = sorted([*ticking, session], key=lambda each: (not each.id, each.id))
    seats = [Seat(standing(each.segments), each.terms) for each in order]
    return shared_ends(seats, money, at)[order.index(session)]


def plan_add(
    read: Read,
    center: Center,
    session: Session,
    at: datetime,
    *,
    more_micros: int = 0,
    segments: Sequence[Segment] | None = None,
) -> Session:
    """The session as it goes on at `at`: with the money that is there and `more_micros` that come,
    and with `segments` where others than its own are to run.

    The end of a running session never moves into the past: what was played is charged. One that
    stands still has the end that it would have, had it gone on where it was stopped.
    """
    going_on = list(session.segments if segments is None else segments)
    planned = msgspec.structs.replace(session, segments=going_on)
    money = payable_micros(read, center, session, more_micros)
    end = end_beside(planned, played_beside(read, session), money, at)
    planned = by_booking(read, msgspec.structs.replace(planned, expires_at=end), at)
    planned = cut_by_age(read, center, planned, at)
    if planned.expires_at is None:
        return planned
    end = max(planned.expires_at, planned.paused_at or whole_second(at))
    return msgspec.structs.replace(planned, expires_at=end)


def cut_by_age(read: Read, center: Center, planned: Session, at: datetime) -> Session:
    """The session with an end no later than the rules for minors have it, who plays from `at` on.

    One that stands still is not cut: when it goes on, its hours are those of then.
    """
    if planned.paused_at is not None:
        return planned
    at = whole_second(at)
    verdict = verdict_for(read, center, planned.member_id, at, planned.shown_birthday)
    latest = None if verdict is None else at if verdict.is_barred else verdict.until
    end = planned.expires_at
    if latest is None or (end is not None and end <= latest):
        return planned
    return msgspec.structs.replace(planned, expires_at=latest, is_too_young=True)


def must_not_cut(read: Read, center: Center, planned: Session, at: datetime) -> None:
    """Refuse to sell a guest time that the rules for minors will cut: his account ends with the
    session. What a member pays stays on his account, packages keep their seconds."""
    if planned.kind == MEMBER or not planned.is_too_young:
        return
    verdict = verdict_for(read, center, planned.member_id, whole_second(at))
    raise TooYoungHere(planned.pc_name, why_not_until(center, verdict, at, None))


def with_package(session: Session, *more: Package, at: datetime) -> list[Segment]:
    """Its segments from `at` on with packages more, which pay in their hours and their turn."""
    changed = cut(session.segments, session.terms, whole_second(at))
    running = changed[-1]
    changed[-1] = msgspec.structs.replace(running, packages=(*running.packages, *more))
    return changed


def with_packages(
    session: Session, packages: Sequence[Package], at: datetime
) -> list[Segment] | None:
    """Its segments from `at` on with these packages and no others; None where they are the same."""
    at = whole_second(at)
    if set(packages_left(session.segments, session.terms, at)) == set(packages):
        return None
    changed = cut(session.segments, session.terms, at)
    changed[-1] = msgspec.structs.replace(changed[-1], packages=tuple(packages))
    return changed


def must_reach(
    read: Read, center: Center, planned: Session, package: Package, at: datetime
) -> None:
    """Refuse a package that opens only after a guest's session, as planned with it, is over, or
    that the rules for minors cut: a guest's account ends with the session, so it could never be
    used."""
    must_not_cut(read, center, planned, at)
    if planned.kind == MEMBER or planned.expires_at is None:
        return
    opens = opens_at(package, center.zone, whole_second(at))
    if opens is None or opens >= planned.expires_at:
        raise PcRefused(
            planned.pc_name,
            say("%(name)s cannot be used before this session is over", name=package.name),
        )


def must_end_before_booking(
    read: Read, planned: Session, packages: Sequence[Package], at: datetime
) -> None:
    """Refuse packages whose time, sold for a session as planned with them, would pass the begin of
    a booking of its PC. What a member's money would reach beyond it is cut there; a guest's time
    is all sold."""
    lasts = whole_second(at) + timedelta(seconds=sum(each.seconds for each in packages))
    until = lasts if planned.kind == MEMBER else None
    must_not_meet(read, planned, at, is_sold=True, until=until)


def must_use_packages(session: Session) -> None:
    """Refuse to add an offer to a session that uses none: as must_take(), and a further one of a
    member, who is paid by the balance alone (decision 0123)."""
    must_take(session, say("an offer"))
    if session.is_further:
        reason = say("a further session of a member is paid by the balance, not by packages")
        raise PcRefused(session.pc_name, reason)


def must_take(session: Session, what: str) -> None:
    """Refuse to add `what` ("money", "an offer") to a session that does not live on its account,
    or that nobody pays."""
    if session.is_free and session.kind != FREE:
        raise PcRefused(
            session.pc_name,
            say("%(what)s cannot be added to a session that nobody pays", what=what),
        )
    if session.kind not in WALLET_KINDS:
        raise PcRefused(
            session.pc_name,
            say("%(what)s cannot be added to a %(kind)s session", what=what, kind=session.kind),
        )
