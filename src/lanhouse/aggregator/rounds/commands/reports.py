"""The kept sums of reports: a round counts in the UTC hour in which it closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql

from lanhouse.aggregator.providers.port import Record, RoundNow, Seat
from lanhouse.aggregator.rounds.rules import split
from lanhouse.aggregator.rounds.rules.sums import AMOUNTS, Sums, sums_of
from lanhouse.aggregator.rounds.tables import report_hours
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit import clock

_HOUR_MICROS = 3_600_000_000
_insert: Any = postgresql.insert(report_hours)
_ADDED = [
    column.name
    for column in report_hours.columns
    if not column.primary_key and column.name != "provider_id"
]
_COUNT = static(
    _insert.on_conflict_do_update(
        index_elements=[column.name for column in report_hours.primary_key.columns],
        set_={name: report_hours.c[name] + _insert.excluded[name] for name in _ADDED},
    )
)


def hour_of(at: datetime) -> int:
    """The hour of a moment, counted from 1970."""
    return clock.to_micros(at) // _HOUR_MICROS


def columns_of(sums: Sums) -> dict[str, int]:
    """The columns of sums in report_hours."""
    found = {"rounds": sums.rounds, "free_rounds": sums.free_rounds}
    for name in AMOUNTS:
        found[f"{name}_units"], found[f"{name}_rest"] = split(getattr(sums, name))
    return found


def count(
    tx: Tx,
    seat: Seat,
    before: tuple[RoundNow, Sequence[Record]],
    after: tuple[RoundNow, Sequence[Record]],
) -> None:
    """Count what a change of a round, with its records before and after, means for the report.

    An open round is in no report. One that closed without a settlement may still lose a bet, which
    is taken out of the hour in which it closed.
    """
    if after[0].closed_at is None:
        return
    sums = _of(*after)
    if before[0].closed_at is not None:
        sums = sums.plus(_of(*before), -1)
    _add(tx, seat, after[0], sums)


def _of(now: RoundNow, records: Sequence[Record]) -> Sums:
    return sums_of(records, is_settled=now.paid_micros is not None)


def _add(tx: Tx, seat: Seat, now: RoundNow, sums: Sums) -> None:
    assert now.closed_at is not None, "an open round is in no report"
    session = seat.session
    tx.run(
        _COUNT,
        agent_id=session.agent_id,
        player_id=session.player_id,
        hour=hour_of(now.closed_at),
        game_id=now.game_id,
        provider_id=session.provider_id,
        **columns_of(sums),
    )
