"""The only clock. Business time may run faster than real time; limits and tokens use real time.

Architecture section 4: stored times are aware UTC; business time never goes back over a restart,
so a scaled clock's anchor is kept in the data directory. Real time is not the host's clock but
follows it by slewing (kit/steering, decision 0014): a step of the host's clock changes nothing.
"""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from lanhouse.kit.errors import Refused
from lanhouse.kit.steering import Reading, Steered

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BOOT_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class _Anchor(msgspec.Struct):
    """Business time equals `business_micros` at real time `real_micros`, then runs at `scale`."""

    real_micros: int = 0
    business_micros: int = 0
    scale: int = 1


class _Guard(msgspec.Struct):
    """How real time stands to the host's clock. Touched under _lock only, so that what one thread
    has read is never less than what another one reads later."""

    is_on: bool
    steered: Steered
    offset_micros: int = 0
    """Ahead of the reference clock, while that is in doubt; 0 otherwise."""
    steps_micros: int = 0
    """The sum of the steps that were accepted, as far as this process has taken them."""


def boot_micros() -> int:
    """Microseconds since the host was started, sleep included; never jumps."""
    return time.clock_gettime_ns(_BOOT_CLOCK) // 1000


def boot_id() -> str:
    """Names the host's present boot; empty where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def host_micros() -> int:
    """The host's own clock, however wrong: for the guard, and for what is said of the host."""
    return time.time_ns() // 1000


def host_reading() -> Reading:
    """Boot clock and host's clock at one instant; the best of three tries when a pause comes
    between the two."""

    def take() -> tuple[int, Reading]:
        before = boot_micros()
        reading = Reading(before, host_micros())
        return boot_micros() - before, reading

    return min((take() for _ in range(3)), key=lambda taken: taken[0])[1]


_lock = threading.Lock()
_guard = _Guard(True, Steered(boot_micros(), host_micros()))


def real_micros() -> int:
    """Real time as integer microseconds since 1970 UTC, for comparisons on the shortest path."""
    if not _guard.is_on:
        return host_micros()
    with _lock:
        return _guard.steered.at(boot_micros())


def steered() -> Steered:
    """The clock behind real time, for who steers it."""
    return _guard.steered


def go_on(clock: Steered, offset_micros: int, steps_micros: int) -> None:
    """Let real time go on by what kit/steering made of it, `offset_micros` ahead of the reference
    (0: no doubt). It is never put back by this. Without effect when a step has been taken since
    `steps_micros` was looked at: the clock was made without it."""
    with _lock:
        if steps_micros != _guard.steps_micros:
            return
        boot = boot_micros()
        lag = _guard.steered.at(boot) - clock.at(boot)
        _guard.steered = clock.stepped(lag) if lag > 0 else clock
        _guard.offset_micros = offset_micros


def resume_at(clock: Steered, offset_micros: int, steps_micros: int) -> None:
    """Put real time where a start has found it to be; before anything is served.

    Unscaled business time goes with it. `steps_micros` are the accepted steps so far.
    """
    global _guard
    with _lock:
        boot = boot_micros()
        moved = clock.at(boot) - _guard.steered.at(boot)
        _guard = _Guard(_guard.is_on, clock, offset_micros, steps_micros)
        if _anchor.scale > 1:
            _anchor.real_micros += moved


def take_steps(steps_micros: int) -> None:
    """Real time is stepped to what was accepted, as the sum of all steps; a no-op when it stands
    there. Unscaled business time goes with it."""
    with _lock:
        step = steps_micros - _guard.steps_micros
        if not step:
            return
        _guard.steered = _guard.steered.stepped(step)
        _guard.steps_micros = steps_micros
        _guard.offset_micros = 0
        if _anchor.scale > 1:
            _anchor.real_micros += step


def steps_micros() -> int:
    """The sum of the accepted steps that this process has taken."""
    return _guard.steps_micros


def doubt_micros() -> int:
    """What the reference clock is ahead of business time (negative: behind) while it is in doubt;
    0 when the clocks agree."""
    return -_guard.offset_micros


def doubt_seconds() -> int:
    """The same in whole seconds, rounded: the step that accepting it would take."""
    return (doubt_micros() + 500_000) // 1_000_000


def is_guarded() -> bool:
    """Whether steps of the host's clock are kept from business time."""
    return _guard.is_on


_anchor = _Anchor()


def _business_micros() -> int:
    elapsed = real_micros() - _anchor.real_micros
    return _anchor.business_micros + elapsed * _anchor.scale


def now() -> datetime:
    """Business time as an aware UTC datetime (microseconds)."""
    return from_micros(_business_micros())


def real_now() -> datetime:
    """Real time as an aware UTC datetime: for tokens, cookies, keys and lock-outs."""
    return from_micros(real_micros())


def monotonic() -> float:
    """Seconds of a clock that never jumps: for rate limits and time-outs only."""
    return time.monotonic()


def scale() -> int:
    """How many business seconds pass in one real second."""
    return _anchor.scale


def to_micros(at: datetime) -> int:
    """An aware datetime as integer microseconds since 1970 UTC (exact)."""
    passed = at - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def from_micros(micros: int) -> datetime:
    """The inverse of to_micros."""
    return _EPOCH + timedelta(microseconds=micros)


_file: Path | None = None

# The kept mark lies ahead of the clock by more than the ticker's period, so that a crash between
# two marks cannot let business time repeat.
_MARK_AHEAD_SECONDS = 3


def start(data_dir: Path, time_scale: int = 1, *, is_guarded: bool = True) -> None:
    """Set the clock going for a data directory, from the host's clock.

    Without `is_guarded` (LANHOUSE_CLOCK_GUARD) real time is the host's clock, steps and all. The
    file `clock.json` there keeps how far business time has come, and it is honoured without
    a scale too: business time never goes back over a restart. Raises Refused when it is damaged.
    """
    global _file, _guard
    path = data_dir / "clock.json"
    host = host_reading()
    _guard = _Guard(is_guarded, Steered(host.boot_micros, host.reference_micros))
    real = real_micros()
    business = real
    if path.exists():
        try:
            kept = msgspec.json.decode(path.read_bytes(), type=_Anchor)
        except msgspec.DecodeError as error:
            raise Refused(
                f"{path} is damaged. It keeps business time from going back: bring it back from a"
                " backup, or delete it if this server always showed real time."
            ) from error
        business = max(real, kept.business_micros + max(real - kept.real_micros, 0))
    _set(real, business, time_scale)
    _file = path if path.exists() or time_scale != 1 else None
    keep_mark()


def not_before(at: datetime, data_dir: Path) -> None:
    """Put business time forward to `at` when it is behind, and keep it there from now on.

    For a demo whose data were made by a faster clock in another data directory.
    """
    global _file
    if now() < at:
        _set(real_micros(), to_micros(at), _anchor.scale)
        _file = data_dir / "clock.json"
        keep_mark()


def keep_mark(*, is_last: bool = False) -> None:
    """Write down how far business time has come; the ticker calls this every second.

    Does nothing for a clock that has always shown real time. `is_last` is said by a clean stop,
    after which nothing is written any more: the mark is then exact.
    """
    if _file is None:
        return
    ahead = 0 if is_last else _MARK_AHEAD_SECONDS * 1_000_000 * _anchor.scale
    mark = _Anchor(real_micros(), _business_micros() + ahead, 1)
    part = _file.with_suffix(".part")
    with part.open("wb") as out:
        out.write(msgspec.json.encode(mark))
        out.flush()
        os.fsync(out.fileno())
    part.replace(_file)


def _set(real_micros: int, business_micros: int, time_scale: int) -> None:
    global _anchor
    _anchor = _Anchor(real_micros, business_micros, time_scale)


class frozen:  # noqa: N801 - reads as a verb: `with clock.frozen(at) as freeze:`
    """Hold business time at an instant and move it by hand (tests and the demo's back-dated rows).

    Inside the block `now()` answers `at` until `advance` or `set` is called; real time goes on.
    """

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._kept = _anchor

    def __enter__(self) -> frozen:
        self._kept = _anchor
        self.set(self._at)
        return self

    def set(self, at: datetime) -> None:
        """Put business time at `at` (aware)."""
        _set(0, to_micros(at), 0)

    def advance(self, seconds: int) -> None:
        """Let `seconds` of business time pass."""
        self.set(now() + timedelta(seconds=seconds))

    def __exit__(self, *_: object) -> None:
        global _anchor
        _anchor = self._kept


_set(real_micros(), real_micros(), 1)
