"""How a session stands still, and how it goes on (decision 0110)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.metering.rules import paused, resumed
from lanhouse.cafe.minors.plans import must_let_play
from lanhouse.cafe.sessions.plans.adding import plan_add
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.db.store import Read
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say


def why_not_pause(session: Session, at: datetime) -> str:
    """Why a session cannot stand still; "" when it can."""
    if session.ended_at is not None or session.is_over(at):
        return say("the session has ended")
    if session.paused_at is not None:
        return say("the session is paused already")
    return ""


def plan_pause(session: Session, at: datetime) -> Session:
    """The session as it stands still from `at` on; its end stays written as it was."""
    stopped = paused(session.segments, session.terms, whole_second(at))
    return msgspec.structs.replace(session, segments=stopped)


def plan_resume(read: Read, center: Center, session: Session, at: datetime) -> Session:
    """The session as it goes on at `at`: at the prices of the hours that come, and without the
    packages whose hours are over. Raises TooYoungHere."""
    must_let_play(read, center, session.pc_name, session.member_id, whole_second(at))
    going_on = resumed(session.segments, session.terms, whole_second(at))
    return plan_add(read, center, session, at, segments=going_on)
