"""Whether somebody may play, decided in one place for every act and every quote: by the rules for
minors and by the limits that he has set himself.

Whoever lets play asks verdict_for() or must_let_play(); bookings ask must_let_book().
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.minors.errors import TooYoung, TooYoungHere
from lanhouse.cafe.minors.queries import (
    consents_of,
    is_proven,
    member_row,
    person_of,
    proofs_of,
    rules_of,
    zone_day,
)
from lanhouse.cafe.minors.rules import bands_for, may_play, stricter
from lanhouse.cafe.minors.schemas import Held, Limits, Verdict
from lanhouse.cafe.own_limits.queries import allowed_at
from lanhouse.cafe.own_limits.schemas import Planned
from lanhouse.db.store import Read
from lanhouse.kit.said import say

_DAY = timedelta(days=1)


def verdict_for(
    read: Read,
    center: Center,
    member_id: int,
    at: datetime,
    shown: date | None = None,
    planned: Planned | None = None,
) -> Verdict | None:
    """Whether this account (0: a guest who has none yet, and `shown` what his proof of age says)
    may play at `at`, and until when; None where no rule and no limit of his own holds for it.

    `planned`: it is time that he books ahead.
    """
    rules = rules_of(center)
    person = None if rules is None else person_of(read, center, member_id, at, shown)
    found = None if rules is None or person is None else may_play(rules, person, at)
    allowed = allowed_at(read, center, member_id, at, planned) if member_id else None
    if allowed is None:
        return found
    own = Verdict(
        until=allowed.until, is_barred=allowed.is_barred, again_at=allowed.again_at, is_own=True
    )
    return own if found is None else stricter(found, own)


def why_barred(center: Center, verdict: Verdict | None, at: datetime) -> str:
    """Why somebody may not play at `at`, in words; "" where he may."""
    if verdict is None or not verdict.is_barred:
        return ""
    if verdict.again_at is None:
        return say("the rules for minors allow no play")
    again = clock_text(verdict.again_at, center.zone, at)
    if verdict.is_own:
        return say("the member’s own limits allow no play before %(time)s", time=again)
    return say("the rules for minors allow no play before %(time)s", time=again)


def why_not_until(
    center: Center, verdict: Verdict | None, at: datetime, until: datetime | None
) -> str:
    """Why time from `at` to `until` (None: without end) is not sold, in words; "" where it is."""
    barred = why_barred(center, verdict, at)
    if barred or verdict is None or verdict.until is None:
        return barred
    if until is not None and until <= verdict.until:
        return ""
    ends = clock_text(verdict.until, center.zone, at)
    if verdict.is_own:
        return say("the member’s own limits allow play until %(time)s", time=ends)
    return say("the rules for minors allow play until %(time)s", time=ends)


def must_let_play(read: Read, center: Center, pc_name: str, member_id: int, at: datetime) -> None:
    """Refuse an account that may not play at `at`: logging in at a PC, starting, going on.

    `pc_name` "" where no PC is named. Raises TooYoungHere or TooYoung.
    """
    _refuse(pc_name, why_barred(center, verdict_for(read, center, member_id, at), at))


def must_let_book(
    read: Read,
    center: Center,
    pc_name: str,
    member_id: int,
    at: datetime,
    until: datetime | None,
    instead_of: int = 0,
    shown: date | None = None,
) -> None:
    """Refuse to keep or sell time from `at` to `until` (None: without end) which the rules cut.

    For bookings (`instead_of` the one that is given back for it, `shown` as in verdict_for), and
    for every sale whose time is known. Raises TooYoungHere or TooYoung.
    """
    planned = None if until is None else Planned(until, instead_of)
    verdict = verdict_for(read, center, member_id, at, shown, planned)
    _refuse(pc_name, why_not_until(center, verdict, at, until))


def limits_of(read: Read, center: Center, member_id: int, at: datetime) -> Limits | None:
    """What a member is told of his hours, on the portal and at the desk; None where none hold.

    `is_told` from `minors_notice_minutes` before the end on.
    """
    rules = rules_of(center)
    person = None if rules is None else person_of(read, center, member_id, at)
    if rules is None or person is None:
        return None
    verdict = may_play(rules, person, at)
    holding = [span.until_at for span in person.lifted if span.from_at <= at < span.until_at]
    found = bands_for(rules, person, zone_day(center.zone, at))
    if not found and verdict.until is None and not verdict.is_barred:
        return None
    return Limits(
        verdict=verdict,
        is_told=is_told(center, verdict, at),
        bands=found,
        consent_until=max(holding, default=None),
    )


def held_of(read: Read, center: Center, member_id: int, at: datetime) -> Held:
    """All of it that a card or a call tells of a member. Raises MemberNotFound."""
    row = member_row(read, center.id, member_id)
    if row is None:
        raise MemberNotFound
    return Held(
        limits=limits_of(read, center, member_id, at),
        consents=consents_of(read, center.id, member_id),
        proofs=proofs_of(read, center.id, member_id),
        is_proven=is_proven(read, center.id, member_id, row.birthday),
        rules=rules_of(center),
    )


def told_of(read: Read, center: Center, member_id: int, at: datetime) -> Verdict | None:
    """What is said of who plays; None while it is not time to say anything."""
    verdict = verdict_for(read, center, member_id, at)
    return verdict if is_told(center, verdict, at) else None


def is_told(center: Center, verdict: Verdict | None, at: datetime) -> bool:
    """Whether it is time to say that somebody's hours are over, or soon will be."""
    if verdict is None or verdict.is_barred:
        return verdict is not None
    notice = timedelta(minutes=center.settings.member.minors_notice_minutes)
    return bool(notice) and verdict.until is not None and at >= verdict.until - notice


def clock_text(moment: datetime, zone: ZoneInfo, at: datetime) -> str:
    """A moment as the centre's clock shows it, with its day where that is another one."""
    local = moment.astimezone(zone)
    is_near = moment - at < _DAY and local.date() == at.astimezone(zone).date()
    return f"{local:%H:%M}" if is_near else f"{local:%Y-%m-%d %H:%M}"


def _refuse(pc_name: str, reason: str) -> None:
    if not reason:
        return
    raise TooYoungHere(pc_name, reason) if pc_name else TooYoung(reason)
