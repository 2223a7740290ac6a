"""How a running session goes on with other money, packages or prices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.metering.rules import Segment, cut, ends_at, packages_left
from lanhouse.cafe.money.purses import purse_of
from lanhouse.cafe.offers.rules import opens_at
from lanhouse.cafe.offers.schemas import Package
from lanhouse.cafe.pcs.queries import PcRefused
from lanhouse.cafe.sessions.schemas import FREE, MEMBER, POSTPAID, WALLET_KINDS, Session
from lanhouse.db.store import Read
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say


def payable_micros(
    read: Read, center: Center, session: Session, more_micros: int = 0
) -> int | None:
    """What may be spent on a session in all, in micros; None = without limit.

    Postpaid: the centre's limit. A member pays from balance and bonus, if the centre lets the
    balance pay for time; other guests from what they paid in. `more_micros` come to the account.
    """
    if session.kind in (POSTPAID, FREE):
        return session.limit_micros
    if session.kind == MEMBER and not center.settings.payment.allow_balance_for_pc_time:
        return 0
    purse = purse_of(read, center, session.member_id)
    return purse.balance_micros + purse.bonus_micros + more_micros


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

    The end of a running session never moves into the past: what was played is charged.
    """
    going_on = list(session.segments if segments is None else segments)
    end = ends_at(going_on, session.terms, payable_micros(read, center, session, more_micros))
    if end is not None:
        end = max(end, whole_second(at))
    return msgspec.structs.replace(session, segments=going_on, expires_at=end)


def with_package(session: Session, package: Package, at: datetime) -> list[Segment]:
    """Its segments from `at` on with one package more, which pays in its hours and its turn."""
    changed = cut(session.segments, session.terms, whole_second(at))
    running = changed[-1]
    changed[-1] = msgspec.structs.replace(running, packages=(*running.packages, package))
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


def must_reach(center: Center, planned: Session, package: Package, at: datetime) -> None:
    """Refuse a package that opens only after a guest's session, as planned with it, is over: a
    guest's account ends with the session, so it could never be used."""
    if planned.kind == MEMBER or planned.expires_at is None:
        return
    opens = opens_at(package, center.zone, whole_second(at))
    if opens is None or opens >= planned.expires_at:
        raise PcRefused(
            planned.pc_name,
            say("%(name)s cannot be used before this session is over", name=package.name),
        )


def must_take(session: Session, what: str) -> None:
    """Refuse to add `what` ("money", "an offer") to a session that does not live on its account."""
    if session.kind not in WALLET_KINDS:
        raise PcRefused(
            session.pc_name,
            say("%(what)s cannot be added to a %(kind)s session", what=what, kind=session.kind),
        )
