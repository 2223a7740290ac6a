"""What the beginning of a session comes to: for the start itself and what is quoted before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from lanhouse.cafe.centers.rules import closing_after
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.metering.rules import Segment, Terms, can_begin, cost_of_seconds
from lanhouse.cafe.minors.errors import TooYoungHere
from lanhouse.cafe.minors.plans import verdict_for, why_barred, why_not_until
from lanhouse.cafe.offers.schemas import Package
from lanhouse.cafe.pcs.queries import PcRefused
from lanhouse.cafe.pricing.rules import NoPrice, Tariff, rule_at
from lanhouse.cafe.sessions.plans.adding import (
    cut_by_age,
    end_beside,
    own_micros,
    payable_micros,
    played_beside,
)
from lanhouse.cafe.sessions.queries.booked import by_booking
from lanhouse.cafe.sessions.queries.free_minutes import terms_for
from lanhouse.cafe.sessions.schemas import FREE, MEMBER, OFFER, POSTPAID, PREPAID, Session
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.errors import BalanceTooLow, InvalidInput
from lanhouse.kit.limits import PLAYERS_MAX
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say

PC_CONSOLE = 0
"""The console type of a PC."""
_SECOND = timedelta(seconds=1)


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """A session that would begin, with its end (`id` 0), and what stands against it."""

    session: Session
    is_affordable: bool
    """Whether packages or money cover the first second after the free minutes."""
    no_price: NoPrice | None = None
    """Why not even money would do."""
    too_young: str = ""
    """What the rules for minors say against it, in words."""

    @property
    def seconds(self) -> int | None:
        """How long it lasts, nothing where it would not begin; None = nothing ends it."""
        if not self.is_affordable or self.too_young:
            return 0
        end = self.session.expires_at
        return None if end is None else (end - self.session.started_at) // _SECOND

    @property
    def least_micros(self) -> int:
        """What its first priced second costs, with all that is owed with it."""
        session = self.session
        tariff = session.segments[-1].tariff
        try:
            return cost_of_seconds(tariff, session.started_at, 1, session.terms)
        except NoPrice:
            return 0

    def check_age(self) -> None:
        """Raise TooYoungHere where the rules for minors are against it."""
        if self.too_young:
            raise TooYoungHere(self.session.pc_name, self.too_young)

    def check(self) -> None:
        """Raise TooYoungHere, PcRefused where no price holds, BalanceTooLow where the money does
        not do."""
        session = self.session
        self.check_age()
        if self.is_affordable:
            return
        if self.no_price is not None:
            raise PcRefused(session.pc_name, self.no_price.said)
        least = self.least_micros
        money = say("amount") if session.kind == PREPAID else say("balance")
        if least and least == session.terms.minimum_charge_micros:
            reason = say("the minimum charge is %(amount)s", amount=format_fixed(least))
        elif least:
            reason = say("a session costs at least %(amount)s", amount=format_fixed(least))
        else:
            reason = say("no second is covered")
        too_low = say("the %(money)s is too low: %(reason)s", money=money, reason=reason)
        raise BalanceTooLow(say("%(pc_name)s: %(reason)s", pc_name=session.pc_name, reason=too_low))


def check_players(pc: Row, players: int) -> None:
    """Refuse a number of players that this PC cannot have: several play at consoles only."""
    if not 1 <= players <= PLAYERS_MAX:
        raise InvalidInput({"players": say("must be 1 to %(count)s", count=PLAYERS_MAX)})
    if players > 1 and pc.console_type == PC_CONSOLE:
        reason = say("%(pc_name)s is no console: one player plays there", pc_name=pc.name)
        raise InvalidInput({"players": reason})


def plan_start(
    read: Read,
    center: Center,
    at: datetime,
    *,
    pc_id: int,
    pc_name: str,
    kind: str,
    tariff: Tariff,
    member_id: int = 0,
    packages: Sequence[Package] = (),
    paid_micros: int = 0,
    payment: str = "",
    shown_birthday: date | None = None,
) -> Start:
    """A session of `kind` on a PC from `at` (a whole second) on.

    A member pays from balance and bonus after the packages that are usable; a guest has
    `paid_micros` or a package, and `member_id` 0 while there is no account yet. Who pays first by
    `payment` card plays at the card price (decision 0117). Who plays already begins a further
    session, which uses no packages but booked time and has no free minutes of its own (decision
    0123). With the billing service off nobody pays and no package is used.
    """
    settings = center.settings
    his_id = member_id if kind == MEMBER else None
    is_free = kind == FREE or not settings.center.license_using_billing
    segment = Segment(at, tariff, packages=() if is_free else tuple(packages), is_free=is_free)
    terms = Terms() if is_free else terms_for(read, center, at, pc_id=pc_id, member_id=his_id)
    if kind == PREPAID:
        terms = terms.paid_by(payment)
    session = Session(
        id=0,
        center_id=center.id,
        pc_id=pc_id,
        pc_name=pc_name,
        kind=kind,
        member_id=member_id,
        started_at=at,
        expires_at=None,
        ended_at=None,
        billed_to_at=None,
        limit_micros=(settings.payment.postpaid_max_balance_micros or None)
        if kind == POSTPAID
        else None,
        terms=msgspec.structs.replace(terms, closes_at=closing_after(center, at)),
        segments=[segment],
        shown_birthday=shown_birthday,
    )
    others = played_beside(read, session)
    if others:
        session, segment = _as_further(session)
    # A guest's account is new: it holds what is paid now.
    is_known = kind in (MEMBER, POSTPAID, FREE)
    own = own_micros(read, center, session) if is_known else paid_micros
    money = payable_micros(read, center, session) if is_known else paid_micros
    if own is not None and others:
        own -= sum(each.cost_micros(at) for each in others)
    is_affordable = can_begin(segment, session.terms, own)
    planned = msgspec.structs.replace(session, expires_at=end_beside(session, others, money, at))
    planned = cut_by_age(read, center, by_booking(read, planned, at), at)
    return Start(
        session=planned,
        is_affordable=is_affordable,
        no_price=None if is_affordable else _no_price(segment),
        too_young=_too_young(read, center, planned) if planned.is_too_young else "",
    )


def _too_young(read: Read, center: Center, planned: Session) -> str:
    """What stands against a start that the rules for minors cut: all of it while they bar him,
    otherwise only time that is sold, as a guest's account ends with the session."""
    at = planned.started_at
    verdict = verdict_for(read, center, planned.member_id, at, planned.shown_birthday)
    if planned.kind in (PREPAID, OFFER):
        return why_not_until(center, verdict, at, None)
    return why_barred(center, verdict, at)


def _as_further(session: Session) -> tuple[Session, Segment]:
    """The same as a session beside others of its member, and its segment."""
    booked = tuple(each for each in session.segments[0].packages if each.is_booked)
    segment = msgspec.structs.replace(session.segments[0], packages=booked)
    further = msgspec.structs.replace(
        session,
        is_further=True,
        terms=session.terms.without_free,
        segments=[segment],
    )
    return further, segment


def _no_price(segment: Segment) -> NoPrice | None:
    if segment.packages or segment.is_free:
        return None
    try:
        rule_at(segment.tariff, segment.from_at)
    except NoPrice as none:
        return none
    return None
