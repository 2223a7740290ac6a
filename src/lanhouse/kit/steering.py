"""How business time follows a reference clock: by slewing only, and not at all over a step.

Pure: no clock is read here. `boot` readings come from a clock that counts sleep and never jumps,
`reference` readings from the host's clock or the database's. All in integer microseconds.
Source: decision 0014.
"""

from __future__ import annotations

import msgspec

DOUBT_MICROS = 5_000_000
"""Clocks that are further apart than this have been stepped: a doubt, not a drift."""
AGREED_MICROS = 1_000_000
"""A doubt ends by itself when the clocks are this close again."""
FRESH_MICROS = 90_000_000
"""A mark that is no older was written by a server that is running, or was a moment ago."""
SLEW_PARTS = 2_000
"""One microsecond in so many may be added or left out: 500 ppm."""


class Steered(msgspec.Struct, frozen=True):
    """A clock that stood at `at_micros` when the boot clock stood at `boot_micros`.

    `owed_micros` is what it still has to catch up with (negative: to lag).
    """

    boot_micros: int
    at_micros: int
    owed_micros: int = 0

    def at(self, boot_micros: int) -> int:
        """Its time at a later reading of the boot clock; never less than at an earlier one."""
        elapsed = boot_micros - self.boot_micros
        most = max(elapsed, 0) // SLEW_PARTS
        return self.at_micros + elapsed + max(-most, min(self.owed_micros, most))

    def stepped(self, micros: int) -> Steered:
        """The same clock put forward (or back) by hand."""
        return msgspec.structs.replace(self, at_micros=self.at_micros + micros)


class Reading(msgspec.Struct, frozen=True):
    """Both clocks, read at one instant."""

    boot_micros: int
    reference_micros: int


class Steering(msgspec.Struct, frozen=True):
    """What a reading leads to.

    `offset_micros` is what business time is ahead of the reference while that is in doubt, and 0
    when there is none. `is_astray`: the clock has left the agreed time by more than a drift, so
    `offset_micros` is a new one that everybody has to agree to.
    """

    clock: Steered
    offset_micros: int
    is_astray: bool = False


def steer(clock: Steered, boot_micros: int, reading: Reading, offset_micros: int) -> Steering:
    """Look at the reference and go on from `boot_micros` (now; not before the reading).

    `offset_micros` is the agreed one, 0 without a doubt. The time shown at `boot_micros` stays
    as it was: only the rate of the following time changes, by 500 ppm at most.
    """
    now = clock.at(boot_micros)
    reference = reading.reference_micros + boot_micros - reading.boot_micros
    ahead = now - reference
    if offset_micros and abs(ahead) <= AGREED_MICROS:
        return Steering(Steered(boot_micros, now, -ahead), 0)
    owed = offset_micros - ahead
    if abs(owed) > DOUBT_MICROS:
        return Steering(Steered(boot_micros, now), ahead, is_astray=True)
    return Steering(Steered(boot_micros, now, owed), offset_micros)


class Mark(msgspec.Struct, frozen=True):
    """How far the time had come, as it was last written down; `boot_id` names that boot."""

    boot_id: str
    boot_micros: int
    at_micros: int


def resumed(reading: Reading, boot_id: str, mark: Mark | None, offset_micros: int) -> Steering:
    """The time at a start, from what the last run left behind; the reference may have been
    stepped since.

    In the same boot the boot clock tells it, and so does an offset under which the reference has
    gone on from the mark. Otherwise an offset ahead of the reference is dropped (a clock that was
    behind has most likely been set right), and time goes on from the mark at least: so that
    nobody is charged for time that may not have passed.
    """
    boot, reference = reading.boot_micros, reading.reference_micros
    if mark is None:
        return Steering(Steered(boot, reference), 0)
    since_mark = reference + offset_micros - mark.at_micros
    if mark.boot_id == boot_id and boot >= mark.boot_micros:
        at = mark.at_micros + boot - mark.boot_micros
    elif offset_micros and 0 <= since_mark <= FRESH_MICROS:
        at = reference + offset_micros
    else:
        at = max(reference + min(offset_micros, 0), mark.at_micros)
    return steer(Steered(boot, at), boot, reading, offset_micros if at != reference else 0)
