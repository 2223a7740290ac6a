"""Pausing sessions and letting them go on: one, or all of a centre (cafe-domain 1, pause)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.minors.plans import verdict_for, why_barred
from lanhouse.cafe.money.movements import Movement, move_many
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.sessions.commands.base import lock_sessions, store_going_on, tell
from lanhouse.cafe.sessions.plans.pausing import plan_pause, plan_resume, why_not_pause
from lanhouse.cafe.sessions.queries import session_by_id
from lanhouse.cafe.sessions.queries.pauses import COUNT_PAUSED, OPEN_IDS, PAUSED_IDS
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import NotFound, Refused
from lanhouse.kit.limits import MAX_PAUSE
from lanhouse.kit.local_time import duration_text, whole_second
from lanhouse.kit.said import say

_STORE_PAUSE = static(
    sa.update(sessions)
    .where(sessions.c.id == sa.bindparam("session"), sessions.c.ended_at.is_(None))
    .values(
        paused_at=sa.bindparam("since", type_=sessions.c.paused_at.type),
        paused_seconds=sa.bindparam("before"),
    )
)


class PauseOne(msgspec.Struct, frozen=True):
    """Pause a session, or let it go on."""

    center: Center
    actor: Actor
    session_id: int


class PauseAll(msgspec.Struct, frozen=True):
    """Pause all sessions of a centre, or let all that are paused go on."""

    center: Center
    actor: Actor


class Paused(msgspec.Struct, frozen=True):
    """The sessions that were paused or go on, and the PCs whose sessions run on because no more
    than MAX_PAUSE may be paused at once."""

    sessions: list[Session]
    not_paused: list[str] = []


def pause_session(tx: Tx, cmd: PauseOne) -> Session:
    """Let a running session stand still: time, cost and packages. Answers it.

    Raises NotFound, and Refused for one that has ended or is paused, and above MAX_PAUSE.
    """
    # One at a time counts, so that two desks together do not pass the limit.
    lock_center(tx, cmd.center.id)
    session = _open_session(tx, cmd)
    why_not = why_not_pause(session, tx.now)
    if why_not:
        raise Refused(why_not)
    if _room(tx, cmd.center.id) < 1:
        reason = say(
            "at most %(count)s sessions can be paused at once (MAX_PAUSE)", count=MAX_PAUSE
        )
        raise Refused(reason)
    return _pause(tx, cmd.center, cmd.actor, [session])[0]


def resume_session(tx: Tx, cmd: PauseOne) -> Session:
    """Let a paused session go on. Raises NotFound, and Refused for one that is not paused."""
    session = _open_session(tx, cmd)
    if session.paused_at is None:
        raise Refused(say("the session is not paused"))
    return _resume(tx, cmd.center, cmd.actor, [session])[0]


def pause_all(tx: Tx, cmd: PauseAll) -> Paused:
    """Let every running session stand still, the oldest first, up to MAX_PAUSE in all.

    Those that are paused or over already stay as they are.
    """
    lock_center(tx, cmd.center.id)
    ids = [row.id for row in tx.all(OPEN_IDS, center=cmd.center.id)]
    found = lock_sessions(tx, cmd.center.id, ids)
    running = [session for session in found if not why_not_pause(session, tx.now)]
    room = max(_room(tx, cmd.center.id), 0)
    done = _pause(tx, cmd.center, cmd.actor, running[:room])
    return Paused(done, [session.pc_name for session in running[room:]])


def resume_all(tx: Tx, cmd: PauseAll) -> Paused:
    """Let every paused session go on, but of whom the rules for minors let play now."""
    ids = [row.id for row in tx.all(PAUSED_IDS, center=cmd.center.id)]
    found = lock_sessions(tx, cmd.center.id, ids)
    stopped = [
        session
        for session in found
        if session.paused_at is not None and not _too_young(tx, cmd.center, session)
    ]
    return Paused(_resume(tx, cmd.center, cmd.actor, stopped))


def _too_young(tx: Tx, center: Center, session: Session) -> bool:
    at = whole_second(tx.now)
    return bool(why_barred(center, verdict_for(tx, center, session.member_id, at), at))


def _open_session(tx: Tx, cmd: PauseOne) -> Session:
    found = lock_sessions(tx, cmd.center.id, [cmd.session_id])
    if found:
        return found[0]
    if session_by_id(tx, cmd.center.id, cmd.session_id) is None:
        raise NotFound(say("Session not found"))
    raise Refused(say("the session has ended"))


def _room(tx: Tx, center_id: int) -> int:
    return MAX_PAUSE - int(tx.scalar(COUNT_PAUSED, center=center_id))


def _pause(tx: Tx, center: Center, actor: Actor, found: Sequence[Session]) -> list[Session]:
    done = [store_going_on(tx, session, plan_pause(session, tx.now)) for session in found]
    _note(tx, center, actor, done, ["paused"] * len(done), "session.paused")
    return done


def _resume(tx: Tx, center: Center, actor: Actor, found: Sequence[Session]) -> list[Session]:
    done: list[Session] = []
    details: list[str] = []
    for session in found:
        assert session.paused_at is not None
        stood_seconds = max((whole_second(tx.now) - session.paused_at).total_seconds(), 0)
        details.append(f"resumed after {duration_text(int(stood_seconds))}")
        done.append(store_going_on(tx, session, plan_resume(tx, center, session, tx.now)))
    _note(tx, center, actor, done, details, "session.resumed")
    return done


def _note(
    tx: Tx,
    center: Center,
    actor: Actor,
    done: Sequence[Session],
    details: Sequence[str],
    topic: str,
) -> None:
    """Keep on the session what lists read, write the log and tell the pages."""
    rows = [
        {
            "session": session.id,
            "since": session.paused_at,
            "before": session.paused_seconds(session.paused_at or whole_second(tx.now)),
        }
        for session in done
    ]
    if not rows:
        tx.did_nothing()
        return
    tx.run_many(_STORE_PAUSE, rows)
    movements = [
        Movement(
            center=center,
            actor=actor,
            event=Event.SESSION,
            member_id=session.member_id,
            pc_name=session.pc_name,
            details=detail,
        )
        for session, detail in zip(done, details, strict=True)
    ]
    move_many(tx, movements)
    for session in done:
        tell(tx, topic, session)
