"""A quote of a session form, and what bookings and the rules for minors make of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.queries.computers import Rate
from lanhouse.cafe.desk.queries.members import Person
from lanhouse.cafe.minors.plans import verdict_for
from lanhouse.cafe.minors.schemas import Verdict
from lanhouse.cafe.offers.schemas import Offer, Package
from lanhouse.cafe.sessions.plans.adding import must_end_before_booking
from lanhouse.cafe.sessions.queries.booked import must_not_meet
from lanhouse.cafe.sessions.schemas import MEMBER, OFFER, PREPAID, Session
from lanhouse.db.store import Read
from lanhouse.kit.errors import Refused
from lanhouse.kit.local_time import whole_second


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What the form would do. `problem` names what is missing; empty when nothing is."""

    kind: str
    pc_name: str
    is_running: bool
    problem: str = ""
    wrong: str = ""
    """Why what was typed is no sum; empty where nothing was typed."""
    amount_micros: int | None = None
    seconds: int | None = None
    """How long it lasts; None = nothing ends it, or it is not known yet."""
    until: datetime | None = None
    rate: Rate | None = None
    member: Person | None = None
    balance_micros: int = 0
    bonus_micros: int = 0
    offer: Offer | None = None
    card_percent: int = 100
    """What is charged of the price because the guest pays by card."""
    least_micros: int = 0
    """The minimum charge that an amount does not reach; 0 = there is none."""
    cut_at: datetime | None = None
    """When a booking of the PC ends it, before what it lives on is used up; None = none does."""
    closes_at: datetime | None = None
    """When the centre's closing ends it; None = something else does, or nothing."""
    verdict: Verdict | None = None
    """What the rules for minors say, where they are in the way."""

    @property
    def is_barred(self) -> bool:
        """Whether nothing that is typed makes the form right: it was opened for what is over."""
        return self.problem in ("taken", "gone")

    @property
    def due_micros(self) -> int:
        """What is paid at the desk for it; 0 = nothing, or it is not known yet."""
        return self.amount_micros or 0 if self.kind in ("guest", "package") else 0


def cut_short(
    read: Read, plain: Quote, planned: Session, at: datetime, packages: Sequence[Package] = ()
) -> Quote:
    """The quote with when a booking or the closing cuts it; a problem where the act would be
    refused for a booking."""
    try:
        if packages:
            must_end_before_booking(read, planned, packages, at)
        else:
            must_not_meet(read, planned, at, is_sold=planned.kind in (PREPAID, OFFER))
    except Refused:
        return msgspec.structs.replace(plain, problem="booked")
    if planned.is_cut:
        return msgspec.structs.replace(plain, cut_at=planned.expires_at)
    closes_at = planned.terms.closes_at
    is_closed_on = closes_at is not None and closes_at == planned.shown_end(at)
    return msgspec.structs.replace(plain, closes_at=closes_at) if is_closed_on else plain


def too_young(
    read: Read,
    center: Center,
    member_id: int,
    at: datetime,
    plain: Quote,
    shown: date | None = None,
) -> Quote:
    """The quote of what the rules for minors do not allow."""
    verdict = verdict_for(read, center, member_id, whole_second(at), shown)
    return msgspec.structs.replace(plain, problem="too_young", verdict=verdict)


def barred(
    read: Read,
    center: Center,
    member_id: int,
    at: datetime,
    plain: Quote,
    shown: date | None = None,
) -> Quote | None:
    """The same where somebody may not play now; else None."""
    verdict = verdict_for(read, center, member_id, whole_second(at), shown)
    if verdict is None or not verdict.is_barred:
        return None
    return msgspec.structs.replace(plain, problem="too_young", verdict=verdict)


def is_cut_sale(planned: Session) -> bool:
    """Whether guests would pay for time that the rules for minors cut."""
    return planned.is_too_young and planned.kind != MEMBER
