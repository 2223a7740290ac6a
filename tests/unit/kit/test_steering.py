"""Business time beside a reference that drifts, is stepped, and comes back."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from lanhouse.kit.steering import (
    AGREED_MICROS,
    DOUBT_MICROS,
    SLEW_PARTS,
    Mark,
    Reading,
    Steered,
    resumed,
    steer,
)

SECOND = 1_000_000
HOUR = 3600 * SECOND
START = 1_800_000_000 * SECOND


class Host:
    """A host whose boot clock is true and whose own clock is moved by the test."""

    def __init__(self, offset: int = 0) -> None:
        self.boot = 50 * SECOND
        self.error = 0
        self.clock = Steered(self.boot, START)
        self.offset = offset

    @property
    def true(self) -> int:
        return START + self.boot - 50 * SECOND

    @property
    def shown(self) -> int:
        return self.clock.at(self.boot)

    def wait(self, micros: int) -> None:
        self.boot += micros

    def look(self) -> bool:
        """Steer; answers whether the clock was astray."""
        found = steer(
            self.clock, self.boot, Reading(self.boot, self.true + self.error), self.offset
        )
        self.clock, self.offset = found.clock, found.offset_micros
        return found.is_astray


STEPS = st.one_of(
    st.integers(-2 * DOUBT_MICROS, 2 * DOUBT_MICROS), st.integers(-(10**6) * HOUR, 10**6 * HOUR)
)


@given(st.lists(st.tuples(st.integers(0, 8 * HOUR), STEPS), max_size=20))
def test_no_step_charges_or_gives_a_second(moves: list[tuple[int, int]]) -> None:
    """Whatever is done to the host's clock, what passes is the true time within 500 ppm."""
    host = Host()
    for waited, step in moves:
        before = host.shown
        host.wait(waited)
        passed = host.shown - before
        assert abs(passed - waited) <= waited // SLEW_PARTS
        host.error += step
        shown = host.shown
        host.look()
        assert host.shown == shown


@given(st.lists(st.tuples(st.integers(0, 3 * SECOND), STEPS), max_size=20))
def test_time_never_goes_back(moves: list[tuple[int, int]]) -> None:
    host = Host()
    newest = host.shown
    for waited, step in moves:
        for part in (1, waited):
            host.wait(part)
            assert host.shown >= newest
            newest = host.shown
        host.error += step
        host.look()
        assert host.shown >= newest


@given(st.integers(-DOUBT_MICROS, DOUBT_MICROS))
def test_a_small_difference_is_slewed_away(error: int) -> None:
    host = Host()
    host.error = error
    assert not host.look()
    assert host.offset == 0
    host.wait(abs(error) * SLEW_PARTS)
    assert host.shown == host.true + error
    host.wait(HOUR)
    assert host.shown == host.true + error


@given(STEPS.filter(lambda step: abs(step) > DOUBT_MICROS))
def test_a_step_is_a_doubt_that_goes_on_by_the_anchor(step: int) -> None:
    host = Host()
    host.error = step
    assert host.look()
    assert host.offset == -step
    for _ in range(3):
        host.wait(HOUR)
        assert not host.look()
        assert (host.shown, host.offset) == (host.true, -step)


@given(
    STEPS.filter(lambda step: abs(step) > DOUBT_MICROS), st.integers(-AGREED_MICROS, AGREED_MICROS)
)
def test_a_doubt_ends_when_the_clocks_agree_within_a_second(step: int, left: int) -> None:
    host = Host()
    host.error = step
    host.look()
    host.error = (AGREED_MICROS + 1) * (1 if left > 0 else -1)
    host.wait(SECOND)
    host.look()
    assert host.offset != 0
    host.error = left
    host.wait(SECOND)
    host.look()
    # The slewing of one second moved it by 500 us at most.
    assert host.offset == 0 or abs(left) > AGREED_MICROS - 500


def test_a_doubt_does_not_become_a_drift() -> None:
    """Within five seconds, but not within one, of a clock that was stepped: still a doubt."""
    host = Host()
    host.error = HOUR
    host.look()
    host.error = 3 * SECOND
    host.look()
    assert host.offset == -3 * SECOND


def test_two_processes_that_agreed_on_an_offset_stay_together() -> None:
    """The second one's boot clock runs 50 ppm fast; both follow the reference and the offset."""
    one, two = Host(), Host()
    one.error = two.error = HOUR
    one.look()
    two.offset = one.offset
    for _ in range(24 * 60):
        one.wait(60 * SECOND)
        two.wait(60 * SECOND + 3_000)
        two.error -= 3_000
        one.look()
        two.look()
        assert abs(one.shown - two.shown) <= 3_000


# --- a start ---------------------------------------------------------------------------------

BOOT = Reading(9 * HOUR, START)


def test_a_first_start_takes_the_reference() -> None:
    found = resumed(BOOT, "a", None, 0)
    assert (found.clock.at(BOOT.boot_micros), found.offset_micros) == (START, 0)


def test_a_step_while_the_process_was_down_is_seen_by_the_boot_clock() -> None:
    mark = Mark("a", 8 * HOUR, START - 3 * HOUR)
    found = resumed(BOOT, "a", mark, 0)
    assert found.clock.at(BOOT.boot_micros) == START - 2 * HOUR
    assert (found.offset_micros, found.is_astray) == (-2 * HOUR, True)


def test_a_doubt_goes_on_over_a_restart() -> None:
    mark = Mark("a", 8 * HOUR, START - 2 * HOUR)
    found = resumed(BOOT, "a", mark, -HOUR)
    assert found.clock.at(BOOT.boot_micros) == START - HOUR
    assert (found.offset_micros, found.is_astray) == (-HOUR, False)


def test_after_another_boot_the_clock_is_believed_when_it_may_be_right() -> None:
    mark = Mark("old", 99 * HOUR, START - HOUR)
    found = resumed(BOOT, "a", mark, 0)
    assert (found.clock.at(BOOT.boot_micros), found.offset_micros) == (START, 0)


def test_after_another_boot_a_clock_that_was_behind_is_believed_again() -> None:
    """The battery was empty, and the host's clock is right by now: not 30 years ahead."""
    mark = Mark("old", 99 * HOUR, START - HOUR)
    found = resumed(BOOT, "a", mark, 30 * 365 * 24 * HOUR)
    assert (found.clock.at(BOOT.boot_micros), found.offset_micros) == (START, 0)


def test_after_another_boot_a_clock_that_was_ahead_is_still_in_doubt() -> None:
    mark = Mark("old", 99 * HOUR, START - 2 * HOUR)
    found = resumed(BOOT, "a", mark, -HOUR)
    assert found.clock.at(BOOT.boot_micros) == START - HOUR
    assert found.offset_micros == -HOUR


def test_after_another_boot_time_goes_on_from_the_mark_at_least() -> None:
    mark = Mark("old", 99 * HOUR, START + HOUR)
    found = resumed(BOOT, "a", mark, 0)
    assert found.clock.at(BOOT.boot_micros) == START + HOUR
    assert (found.offset_micros, found.is_astray) == (HOUR, True)


def test_a_second_process_goes_by_the_offset_that_the_first_one_agreed_on() -> None:
    """On another machine; the database's clock is an hour behind."""
    mark = Mark("old", 99 * HOUR, START + HOUR - 60 * SECOND)
    found = resumed(BOOT, "a", mark, HOUR)
    assert found.clock.at(BOOT.boot_micros) == START + HOUR
    assert (found.offset_micros, found.is_astray) == (HOUR, False)
