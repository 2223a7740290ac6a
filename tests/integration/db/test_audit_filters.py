"""Whatever the page of the audit log is filtered by, its rows are found in an index alone."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from typing import Any

from sqlalchemy import event

from lanhouse.cafe.logs.queries.audit import AUDIT_LIST, AuditFilter
from lanhouse.db.store import Store
from lanhouse.kit import clock

PERSON = {"actor_kind": "staff", "actor_id": 3}
CALL = {"call": "PUT /x"}
KIND = {"subject": "price"}
THING = {"subject": "price", "subject_id": 5}
TIME = {"start_at": clock.now() - timedelta(days=30), "end_at": clock.now()}
OLDER = (clock.now(), 7)
FILTERS: tuple[dict[str, Any], ...] = (PERSON, CALL, KIND, THING, TIME)


def test_rows_of_every_filter_are_found_in_an_index_alone(sqlite_store: Store) -> None:
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _cur: Any, sql: str, params: Any, _ctx: Any, _many: Any) -> None:
        seen.append((sql, params))

    event.listen(sqlite_store.engine, "before_cursor_execute", note)
    for count in range(len(FILTERS) + 1):
        for some in combinations(FILTERS, count):
            wanted: dict[str, Any] = {}
            for each in some:
                wanted |= each
            asked = AuditFilter(center_id=7777, **wanted)
            for after in (None, OLDER):
                sqlite_store.read_sync(AUDIT_LIST.part, asked, after, 50)
    event.remove(sqlite_store.engine, "before_cursor_execute", note)
    assert len(seen) == 2 * 2 ** len(FILTERS)
    with sqlite_store.engine.connect() as connection:
        for sql, params in seen:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", params).all()
            steps = [step[3] for step in plan]
            (finding,) = [step for step in steps if "audit_log USING COVERING INDEX" in step]
            assert finding.startswith("SEARCH"), (sql, steps)
            # The page of 50 alone is put in order, never what was found for it.
            assert sum("TEMP B-TREE" in step for step in steps) <= 1, (sql, steps)
