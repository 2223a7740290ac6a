"""The guard of the clock: what turns readings of the host's or the database's clock into the time
that everything goes by, and notices a step (decision 0014).

The reference is the host's clock on SQLite and the server's on PostgreSQL. All processes of a
database go by reference + offset, and only the one that leads sets the offset anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
import structlog

from lanhouse.db.clock_row import Agreed, agree, agreed, database_micros, write_mark
from lanhouse.db.store import Read, Store, Tx
from lanhouse.kit import clock
from lanhouse.kit.steering import DOUBT_MICROS, Mark, Reading, Steered, Steering, resumed, steer

log = structlog.get_logger("lanhouse.clock")

MARK_SECONDS = 60
# A reading over a slow connection says too little.
_ROUND_TRIP_MICROS_MAX = 500_000
# The leader may be new: the lease of a dead one runs out first (jobs/lease).
_ASTRAY_SECONDS_MAX = 20

NewestMovement = Callable[[Read], datetime]


class _Seen(msgspec.Struct, frozen=True):
    """One look: both clocks, and what is agreed."""

    reading: Reading
    agreed: Agreed


def look(read: Read) -> _Seen | None:
    """Read the clocks and the row; None when the database took too long to say its time."""
    if not read.is_postgresql:
        return _Seen(clock.host_reading(), agreed(read))
    before = clock.boot_micros()
    reference = database_micros(read)
    took = clock.boot_micros() - before
    if took > _ROUND_TRIP_MICROS_MAX:
        return None
    return _Seen(Reading(before + took // 2, reference), agreed(read))


class _Change(msgspec.Struct, frozen=True):
    """An offset that all are to go by from now on, and the version that it replaces."""

    offset_micros: int
    seen_version: int
    mark: Mark


def _agree(tx: Tx, change: _Change) -> bool:
    row = agreed(tx)
    if row.version != change.seen_version:
        return False
    if row.offset_micros != change.offset_micros and not agree(
        tx, change.offset_micros, change.seen_version
    ):
        return False
    write_mark(tx, change.mark)
    return True


def set_clock(store: Store, newest_movement: NewestMovement) -> None:
    """Find out what time it is before anything is served, from the host's clock, the last run's
    mark and the newest movement; a difference of more than 5 s is a doubt, never a refusal.

    From here on each transaction of the store takes accepted steps. Nothing without the guard.
    """
    if not clock.is_guarded():
        return
    newest = clock.to_micros(store.read_sync(newest_movement))
    is_agreed = False
    while not is_agreed:
        seen = _look_at(store)
        found = _resume(seen)
        clock.resume_at(found.clock, found.offset_micros, seen.agreed.steps_micros)
        found = _not_behind(found, seen, newest)
        clock.resume_at(found.clock, found.offset_micros, seen.agreed.steps_micros)
        # False when another process has just agreed on something else.
        change = _Change(found.offset_micros, seen.agreed.version, _mark())
        is_agreed = store.run_sync(_agree, change)
    if clock.doubt_micros():
        _tell(-clock.doubt_micros())
    store.follows_clock = True


def follow(store: Store) -> None:
    """Go by the agreed time for a command that ends soon; changes nothing in the database."""
    if not clock.is_guarded():
        return
    seen = _look_at(store)
    found = _resume(seen)
    clock.resume_at(found.clock, found.offset_micros, seen.agreed.steps_micros)
    store.follows_clock = True


def _look_at(store: Store) -> _Seen:
    for _ in range(3):
        seen = store.read_sync(look)
        if seen is not None:
            return seen
    log.warning("the database takes long to say its time; the host's clock is believed")
    return _Seen(clock.host_reading(), store.read_sync(agreed))


def _resume(seen: _Seen) -> Steering:
    return resumed(seen.reading, clock.boot_id(), seen.agreed.mark, seen.agreed.offset_micros)


def _not_behind(found: Steering, seen: _Seen, newest_micros: int) -> Steering:
    """The start, put forward to the newest movement, unless that was booked by a clock that was
    ahead and has been put back since. Scaled business time has its own anchor for this."""
    known = seen.agreed.known_ahead_at
    behind = newest_micros - clock.to_micros(clock.now())
    is_known = known is not None and newest_micros <= clock.to_micros(known)
    if behind <= 0 or is_known or clock.scale() != 1:
        return found
    boot = seen.reading.boot_micros
    forward = Steered(boot, found.clock.at(boot) + behind)
    return steer(forward, boot, seen.reading, found.offset_micros)


def _mark() -> Mark:
    boot = clock.boot_micros()
    return Mark(clock.boot_id(), boot, clock.steered().at(boot))


def _tell(offset_micros: int) -> None:
    log.warning(
        "the clock is in doubt: business time goes on, nobody is charged or given time",
        host_ahead_seconds=round(-offset_micros / 1_000_000, 1),
    )


class ClockGuard:
    """Looks at the clocks every second while the server runs."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._marked_at = 0.0
        self._astray_since: float | None = None

    async def tick(self, *, leads: bool) -> None:
        """Steer by one reading; the process that leads writes down what changed."""
        if not clock.is_guarded():
            return
        seen = await self._store.read(look)
        # An accepted step that is not taken yet: the next transaction takes it.
        if seen is None or seen.agreed.steps_micros != clock.steps_micros():
            return
        offset = seen.agreed.offset_micros
        found = steer(clock.steered(), clock.boot_micros(), seen.reading, offset)
        if leads and found.offset_micros != offset:
            if not await self._agree_on(found.offset_micros, seen.agreed.version):
                return
        elif found.is_astray:
            found = self._waited_for_leader(found, seen)
        else:
            self._astray_since = None
            if found.offset_micros != offset:  # the leader says when a doubt ends
                found = msgspec.structs.replace(found, offset_micros=offset)
        clock.go_on(found.clock, found.offset_micros, seen.agreed.steps_micros)
        if leads and clock.monotonic() - self._marked_at >= MARK_SECONDS:
            await self._store.write(write_mark, _mark())
            self._marked_at = clock.monotonic()

    async def _agree_on(self, offset_micros: int, seen_version: int) -> bool:
        is_agreed = await self._store.write(_agree, _Change(offset_micros, seen_version, _mark()))
        if is_agreed and offset_micros:
            _tell(offset_micros)
        elif is_agreed:
            log.warning("the clocks agree again; the doubt has ended")
        return is_agreed

    def _waited_for_leader(self, found: Steering, seen: _Seen) -> Steering:
        """A process that does not lead goes by its anchor until the leader has spoken. If it is
        then still behind the agreed time, its own boot clock is wrong and it catches up."""
        now = clock.monotonic()
        self._astray_since = self._astray_since or now
        if now - self._astray_since < _ASTRAY_SECONDS_MAX:
            return found
        agreed_offset = seen.agreed.offset_micros
        lag = agreed_offset - found.offset_micros
        log.error("this process is apart from the agreed time", lag_seconds=lag / 1_000_000)
        if lag < DOUBT_MICROS:
            return found
        return Steering(found.clock.stepped(lag), agreed_offset)
