"""Proof that what reports keep is what the log and the sessions say."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.money.queries import int_sum
from lanhouse.cafe.reports.queries.kept import names_of, quarters_of
from lanhouse.cafe.reports.rules.play import QUARTER_MICROS
from lanhouse.cafe.reports.tables import (
    report_names,
    report_quarters,
    report_seats,
    report_tariffs,
)
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.store import Read
from lanhouse.db.types import StoredMicros

_QUARTER = sa.literal_column(str(QUARTER_MICROS), sa.BigInteger)
_SECOND = sa.literal_column("1000000", sa.BigInteger)


def check_kept(read: Read) -> str | None:
    """The first kept sum of any centre that is not that of its rows, or None."""
    for table, made in (
        (report_quarters, quarters_of()),
        (report_names, names_of()),
        (report_tariffs, _ended()),
        (report_seats, _lasted()),
    ):
        found = _difference(read, table, made.subquery())
        if found is not None:
            return f"{table.name}: {found} is not what its rows add up to"
    return None


def _ended() -> Any:
    """Seconds and micros of ended sessions, by the quarter in which they ended."""
    ended = pc_sessions.c
    quarter = (StoredMicros(ended.ended_at) // _QUARTER).label("quarter")
    played = sa.func.coalesce(ended.played_seconds, 0)
    return (
        sa.select(
            ended.center_id,
            quarter,
            int_sum(played).label("seconds"),
            int_sum(sa.func.coalesce(ended.cost_micros, 0)).label("micros"),
        )
        .where(ended.ended_at.is_not(None))
        .group_by(ended.center_id, quarter)
    )


def _lasted() -> Any:
    """Seconds of ended sessions by centre: how they lie in quarters is no statement."""
    ended = pc_sessions.c
    micros = StoredMicros(ended.billed_to_at) - StoredMicros(ended.started_at)
    return (
        sa.select(
            ended.center_id, int_sum(micros // _SECOND - ended.paused_seconds).label("seconds")
        )
        .where(ended.billed_to_at > ended.started_at)
        .group_by(ended.center_id)
    )


def _difference(read: Read, table: sa.Table, made: Any) -> str | None:
    keys = [column.name for column in table.primary_key if column.name in made.c]
    amounts = [
        column.name for column in table.c if column.name in made.c and not column.primary_key
    ]
    both = sa.union_all(
        sa.select(
            *(table.c[name] for name in keys), *((-table.c[name]).label(name) for name in amounts)
        ),
        sa.select(*(made.c[name] for name in (*keys, *amounts))),
    ).subquery()
    wrong = read.one(
        sa.select(*(both.c[name] for name in keys))
        .group_by(*(both.c[name] for name in keys))
        .having(sa.or_(*(sa.func.sum(both.c[name]) != 0 for name in amounts)))
        .order_by(*(both.c[name] for name in keys))
        .limit(1)
    )
    if wrong is None:
        return None
    return ", ".join(f"{name} {getattr(wrong, name)}" for name in keys)
