"""The clock: exact conversion, a scale, and never backwards over a restart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from lanhouse.kit import clock
from lanhouse.kit.errors import Refused


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Real time in micros, moved by hand; the clock is put back afterwards."""
    at = [clock.to_micros(datetime(2026, 1, 1, tzinfo=UTC))]
    kept = (clock._anchor, clock._file)
    monkeypatch.setattr(clock, "real_micros", lambda: at[0])
    yield at
    clock._anchor, clock._file = kept


NAIVE = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1))  # noqa: DTZ001


@given(NAIVE)
def test_micros_are_the_inverse(at: datetime) -> None:
    aware = at.replace(tzinfo=UTC)
    assert clock.from_micros(clock.to_micros(aware)) == aware


def test_business_time_runs_at_its_scale(tmp_path: Path, real: list[int]) -> None:
    clock.start(tmp_path, 60)
    first = clock.now()
    real[0] += 1_000_000
    assert clock.now() - first == timedelta(seconds=60)
    assert clock.real_now() == clock.from_micros(real[0])


def test_business_time_never_goes_back_after_a_crash(tmp_path: Path, real: list[int]) -> None:
    clock.start(tmp_path, 3600)
    for _ in range(5):
        real[0] += 1_000_000
        clock.keep_mark()
    real[0] += 900_000  # killed just before the next mark
    last = clock.now()
    clock.start(tmp_path, 1)
    assert clock.now() >= last
    assert clock.now() - last < timedelta(hours=4)


def test_a_clean_stop_leaves_no_gap(tmp_path: Path, real: list[int]) -> None:
    clock.start(tmp_path, 3600)
    real[0] += 2_000_000
    last = clock.now()
    clock.keep_mark(is_last=True)
    clock.start(tmp_path, 1)
    assert clock.now() == last


def test_a_clock_in_another_directory_is_put_forward_and_stays(
    tmp_path: Path, real: list[int]
) -> None:
    ahead = clock.from_micros(real[0]) + timedelta(days=2)
    clock.start(tmp_path, 1)
    clock.not_before(ahead - timedelta(days=9), tmp_path)
    assert (clock.now(), list(tmp_path.iterdir())) == (clock.real_now(), [])
    clock.not_before(ahead, tmp_path)
    assert clock.now() == ahead
    clock.keep_mark(is_last=True)
    clock.start(tmp_path, 1)
    assert clock.now() == ahead


def test_a_real_clock_writes_no_file(tmp_path: Path, real: list[int]) -> None:
    clock.start(tmp_path, 1)
    clock.keep_mark()
    assert list(tmp_path.iterdir()) == []
    assert clock.now() == clock.real_now()


def test_a_frozen_clock_moves_by_hand_only() -> None:
    at = datetime(2026, 3, 4, 12, tzinfo=UTC)
    with clock.frozen(at) as freeze:
        assert clock.now() == at
        freeze.advance(90)
        assert clock.now() == at + timedelta(seconds=90)
    assert clock.now() > at + timedelta(days=1)


@pytest.mark.parametrize("text", ["", '{"real', "[1, 2]", '{"real_micros": "x"}'])
def test_a_damaged_mark_is_told_and_left_alone(tmp_path: Path, text: str) -> None:
    """Guessing could let business time go back."""
    (tmp_path / "clock.json").write_text(text)
    with pytest.raises(Refused, match=r"clock\.json is damaged"):
        clock.start(tmp_path)
    assert (tmp_path / "clock.json").read_text() == text
