"""Accepting a step of the clock: running sessions move with it (decision 0014)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
import structlog

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.tables import centers
from lanhouse.cafe.facts import ClockStepped
from lanhouse.cafe.money.log import write_logs
from lanhouse.cafe.money.schemas import Event, LogEntry
from lanhouse.cafe.sessions.queries import (
    newest_movement_at,
    tariff_of_text,
    terms_of,
    text_of_terms,
)
from lanhouse.cafe.sessions.tables import pc_session_segments as segments
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.clock_row import agreed, hold_clock, step_clock, want_accept
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say

log = structlog.get_logger("lanhouse.clock")

_SECOND_MICROS = 1_000_000
_DRIFT_SECONDS = 5
_OPEN = sessions.c.ended_at.is_(None)
_TIME = sessions.c.started_at.type
_CENTERS = static(sa.select(centers.c.id).order_by(centers.c.id))
_SESSIONS = static(
    sa.select(
        *(
            sessions.c[name]
            for name in ("id", "center_id", "started_at", "expires_at", "paused_at", "terms")
        )
    ).where(_OPEN)
)
_SEGMENTS = static(
    sa.select(segments)
    .join(sessions, sessions.c.id == segments.c.session_id)
    .where(_OPEN)
    .order_by(segments.c.session_id, segments.c.number)
)
_MOVE_SESSION = static(
    sa.update(sessions)
    .where(sessions.c.id == sa.bindparam("session"))
    .values(
        started_at=sa.bindparam("new_start", type_=_TIME),
        expires_at=sa.bindparam("new_end", type_=_TIME),
        paused_at=sa.bindparam("new_pause", type_=_TIME),
        terms=sa.bindparam("new_terms"),
    )
)
_MOVE_SEGMENT = static(
    sa.update(segments)
    .where(
        segments.c.session_id == sa.bindparam("session"),
        segments.c.number == sa.bindparam("the_number"),
    )
    .values(
        from_at=sa.bindparam("new_from", type_=_TIME),
        to_at=sa.bindparam("new_to", type_=_TIME),
        tariff=sa.bindparam("new_tariff"),
        packages=sa.bindparam("new_packages", type_=segments.c.packages.type),
    )
)


class OtherStep(Refused):
    """The clocks are not apart by what was shown any more."""

    def __init__(self) -> None:
        super().__init__(say("the clocks are not apart any more by what was shown; look again"))


class AcceptStep(msgspec.Struct, frozen=True):
    """Accept the clock as it is now. `shown_seconds` is the step that the person saw (None: any);
    another one, by more than the 5 s of a drift, is refused."""

    actor: Actor
    shown_seconds: int | None = None


class Accepted(msgspec.Struct, frozen=True):
    """By how much real time was stepped, and how many sessions moved; 0 and 0 without a doubt."""

    step_seconds: int = 0
    session_count: int = 0


def accept_step(tx: Tx, cmd: AcceptStep) -> Accepted:
    """Take the reference clock: business time is stepped to it, and every running session moves
    by the step, so that its length and cost stay what they are.

    Nothing else moves: what has ended keeps its times, and what lies in the future its date. The
    step is one of whole seconds, as sessions are; the rest is slewed. Raises OtherStep.
    """
    hold_clock(tx)
    row = agreed(tx)
    step_seconds = (-row.offset_micros + _SECOND_MICROS // 2) // _SECOND_MICROS
    if not row.offset_micros:
        tx.did_nothing()
        return Accepted()
    if cmd.shown_seconds is not None and abs(step_seconds - cmd.shown_seconds) > _DRIFT_SECONDS:
        raise OtherStep
    step = timedelta(seconds=step_seconds)
    known_ahead_at = row.known_ahead_at
    if step_seconds < 0:
        # What was booked until now lies ahead of the time that now begins.
        known_ahead_at = max(newest_movement_at(tx), tx.now)
    moved = _move_sessions(tx, step)
    before = tx.now
    step_clock(tx, step_seconds * _SECOND_MICROS, known_ahead_at)
    tx.tell(ClockStepped(before, before + step))
    _note(tx, cmd.actor, step_seconds, moved)
    tx.audit("clock", 0, step_seconds=step_seconds)
    return Accepted(step_seconds, len(moved))


def accept_wanted_step(tx: Tx, _: None = None) -> bool:
    """Accept the step when the command line asked for it; the ticker looks every second."""
    wanted_by = agreed(tx).wanted_by
    if wanted_by:
        accept_step(tx, AcceptStep(Actor(kind="system", staff_name=wanted_by)))
        want_accept(tx, "")
    return False


def _move_sessions(tx: Tx, step: timedelta) -> list[int]:
    """Move the open sessions of all centres with their segments; answers their centres' ids."""
    found = tx.all(_SESSIONS)
    rows = [
        {
            "session": row.id,
            "new_start": row.started_at + step,
            "new_end": _moved(row.expires_at, step),
            "new_pause": _moved(row.paused_at, step),
            "new_terms": _moved_terms(row.terms, step),
        }
        for row in found
    ]
    tx.run_many(_MOVE_SESSION, rows)
    moved_segments = [
        {
            "session": row.session_id,
            "the_number": row.number,
            "new_from": row.from_at + step,
            "new_to": _moved(row.to_at, step),
            "new_tariff": _moved_tariff(row.tariff, step),
            "new_packages": [_moved_package(package, step) for package in row.packages],
        }
        for row in tx.all(_SEGMENTS)
    ]
    tx.run_many(_MOVE_SEGMENT, moved_segments)
    return [row.center_id for row in found]


def _moved(at: datetime | None, step: timedelta) -> datetime | None:
    return None if at is None else at + step


def _moved_tariff(text: str, step: timedelta) -> str:
    tariff = tariff_of_text(text)
    ahead_micros = tariff.ahead_micros + step // timedelta(microseconds=1)
    moved = msgspec.structs.replace(tariff, ahead_micros=ahead_micros)
    return msgspec.json.encode(moved).decode()


def _moved_terms(text: str, step: timedelta) -> str:
    """The closing time that was agreed moves with the session: its length stays."""
    terms = terms_of(0, 0, text)
    if terms.closes_at is None:
        return text
    return text_of_terms(msgspec.structs.replace(terms, closes_at=terms.closes_at + step))


def _moved_package(package: dict[str, Any], step: timedelta) -> dict[str, Any]:
    """A package in use, as it is stored: begin and end of its life move with the session. Its hours
    follow by the tariff's own step."""
    moved = {
        name: msgspec.to_builtins(msgspec.convert(package[name], datetime) + step)
        for name in ("from_at", "until_at")
        if package.get(name) is not None
    }
    return {**package, **moved} if moved else package


def _note(tx: Tx, actor: Actor, step_seconds: int, moved: list[int]) -> None:
    """A row in the log of every centre, and one of the server's."""
    direction = "forward" if step_seconds > 0 else "back"
    step = timedelta(seconds=abs(step_seconds))
    write_logs(
        tx,
        [
            LogEntry(
                center_id=row.id,
                event=Event.SESSION,
                staff_id=actor.staff_id,
                staff_name=actor.staff_name,
                details=f"clock put {direction} by {step}; "
                f"{moved.count(row.id)} running sessions moved with it",
            )
            for row in tx.all(_CENTERS)
        ],
    )
    log.warning(
        "a step of the clock was accepted",
        step_seconds=step_seconds,
        session_count=len(moved),
        by=actor.staff_name,
    )
