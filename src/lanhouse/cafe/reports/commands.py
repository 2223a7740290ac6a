"""Keeping what reports add up beside the log and the sessions; followers, the only writers."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from lanhouse.cafe.facts import LogWritten, SessionEnded
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.reports.queries.kept import names_of, quarters_of
from lanhouse.cafe.reports.rules.play import quarter_of, seated, shares
from lanhouse.cafe.reports.tables import (
    report_names,
    report_quarters,
    report_seats,
    report_tariffs,
)
from lanhouse.cafe.sessions.queries import session_by_id
from lanhouse.db.statements import Static, among, static
from lanhouse.db.store import Tx


def _adding(table: sa.Table, select: Any = None) -> Static:
    """The statement that adds rows to a table's sums: those of a select, or one row of parameters
    named as the columns."""
    keys = [column.name for column in table.primary_key]
    names = [column.name for column in table.c]
    insert = postgresql.insert(table)
    if select is None:
        insert = insert.values({name: sa.bindparam(name) for name in names})
    else:
        insert = insert.from_select(names, select, include_defaults=False)
    added = {name: table.c[name] + insert.excluded[name] for name in names if name not in keys}
    return static(insert.on_conflict_do_update(index_elements=keys, set_=added))


_NEW = among(billing_logs.c.id, "ids")
_ADD_MONEY = _adding(report_quarters, quarters_of(_NEW))
_ADD_NAMES = _adding(report_names, names_of(_NEW))
_ADD_SEATED = _adding(report_seats)
_SHARE = ("number", "seconds", "micros", "discount_micros")
_ADD_TARIFF = _adding(report_tariffs)


def add_rows(tx: Tx, written: list[LogWritten]) -> None:
    """Add rows of the log to the quarters and names that they belong to; after all else, because
    all of a centre's commands meet in these rows."""
    ids = [fact.log_id for fact in written]
    tx.run(_ADD_MONEY, ids=ids)
    tx.run(_ADD_NAMES, ids=ids)


def add_play(tx: Tx, ended: list[SessionEnded]) -> None:
    """Add ended sessions to the quarters in which they lasted, and their bills by name."""
    seconds: dict[tuple[int, int], int] = defaultdict(int)
    parts: dict[tuple[int, int, str, str], list[int]] = defaultdict(lambda: [0] * len(_SHARE))
    for fact in ended:
        session = session_by_id(tx, fact.center_id, fact.session_id)
        assert session is not None
        assert session.billed_to_at is not None
        assert session.ended_at is not None
        for begin, end in session.played(session.billed_to_at):
            for quarter, length in seated(begin, end):
                seconds[session.center_id, quarter] += length
        at = quarter_of(session.ended_at)
        for (kind, name), share in shares(session).items():
            sums = parts[session.center_id, at, kind, name]
            more = (1, share.seconds, share.micros, share.discount_micros)
            sums[:] = [one + other for one, other in zip(sums, more, strict=True)]
    # In the order of their keys, the same in every command.
    rows = [
        {"center_id": center_id, "quarter": quarter, "seconds": length}
        for (center_id, quarter), length in sorted(seconds.items())
    ]
    tx.run_many(_ADD_SEATED, rows)
    names = ("center_id", "quarter", "kind", "name", *_SHARE)
    tx.run_many(
        _ADD_TARIFF,
        [dict(zip(names, (*key, *sums), strict=True)) for key, sums in sorted(parts.items())],
    )
