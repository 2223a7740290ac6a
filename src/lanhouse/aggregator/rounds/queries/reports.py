"""Proof of the kept sums: `report_hours` is what the records say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.aggregator.rounds.commands.reports import columns_of, hour_of
from lanhouse.aggregator.rounds.commands.rows import is_record, record_of
from lanhouse.aggregator.rounds.rules import joined
from lanhouse.aggregator.rounds.rules.sums import AMOUNTS, Sums, sums_of
from lanhouse.aggregator.rounds.tables import game_rounds, game_transactions, report_hours
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_PAGE = 5_000

Place = tuple[int, int, int, str]
"""Agent, player, hour and game: the key of report_hours."""

_ROUNDS = static(
    sa.select(game_rounds)
    .where(game_rounds.c.id > sa.bindparam("after"), game_rounds.c.closed_at.is_not(None))
    .order_by(game_rounds.c.id)
    .limit(_PAGE)
)
_RECORDS = static(
    sa.select(game_transactions)
    .where(
        game_transactions.c.round_id.between(sa.bindparam("first"), sa.bindparam("last")),
    )
    .order_by(game_transactions.c.id)
)
_HOURS = static(sa.select(report_hours))


class Checked(msgspec.Struct):
    """What verification of reports found; `problem` names the first sum that is wrong."""

    rounds: int = 0
    hours: int = 0
    problem: str | None = None


def report_problem(read: Read) -> str | None:
    """The first kept sum that is not what the records say, or None."""
    return verify_reports(read).problem


def verify_reports(read: Read) -> Checked:
    """Add every closed round up again and compare with the hours that are kept."""
    checked = Checked()
    wanted: dict[Place, Sums] = defaultdict(Sums)
    for row, records in _closed(read):
        checked.rounds += 1
        place = (row.agent_id, row.player_id, hour_of(row.closed_at), row.game_id)
        known = [record_of(record) for record in records]
        wanted[place] = wanted[place].plus(sums_of(known, is_settled=row.win_micros is not None))
    for row in read.all(_HOURS):
        checked.hours += 1
        place = (row.agent_id, row.player_id, row.hour, row.game_id)
        checked.problem = checked.problem or _difference(place, row, wanted.pop(place, Sums()))
    for place, sums in wanted.items():
        if sums != Sums():
            checked.problem = checked.problem or f"{_name(place)}: is missing"
    return checked


def _closed(read: Read) -> Iterator[tuple[Row, list[Row]]]:
    after = 0
    while True:
        rows = read.all(_ROUNDS, after=after)
        if not rows:
            return
        records: dict[int, list[Row]] = defaultdict(list)
        for record in read.all(_RECORDS, first=rows[0].id, last=rows[-1].id):
            if is_record(record):
                records[record.round_id].append(record)
        for row in rows:
            yield row, records[row.id]
        after = rows[-1].id


def _difference(place: Place, row: Any, wanted: Sums) -> str | None:
    for name in AMOUNTS:
        kept = joined(getattr(row, f"{name}_units"), getattr(row, f"{name}_rest"))
        if kept != getattr(wanted, name):
            return f"{_name(place)}: keeps {name} {kept}, the records give {getattr(wanted, name)}"
    counts = columns_of(wanted)
    for name in ("rounds", "free_rounds"):
        if getattr(row, name) != counts[name]:
            return (
                f"{_name(place)}: keeps {getattr(row, name)} {name},"
                f" the records give {counts[name]}"
            )
    return None


def _name(place: Place) -> str:
    agent, player, hour, game = place
    return f"report of agent {agent}, player {player}, hour {hour}, {game}"
