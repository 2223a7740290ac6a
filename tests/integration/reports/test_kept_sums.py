"""What reports keep: made of what was before by the migration, and named where it is wrong."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from lanhouse.cafe.reports.queries.checks import check_kept
from lanhouse.cafe.reports.tables import (
    report_names,
    report_quarters,
    report_seats,
    report_tariffs,
)
from lanhouse.db.migrate import config_for, migrate
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.floor import EURO, Floor, open_floor

TABLES = (report_quarters, report_seats, report_names, report_tariffs)


def _played(store: Store, freeze: clock.frozen) -> Floor:
    floor = open_floor(store)
    group = floor.add_member_group("regulars", pc_time_discount=1000)
    ada = floor.add_member("ada", balance=9 * EURO, group_id=group)
    floor.member(ada, "PC01")
    floor.pay(5 * EURO, "PC02", payment="card")
    freeze.advance(5000)
    floor.check_out("PC01", "PC02")
    floor.pay(EURO, "PC03")
    return floor


def _rows(store: Store, table: sa.Table) -> list[tuple[Any, ...]]:
    order = list(table.primary_key)
    return store.read_sync(
        lambda read: [tuple(row) for row in read.all(sa.select(table).order_by(*order))]
    )


def test_what_was_before_the_update_is_added_up(store: Store, freeze: clock.frozen) -> None:
    _played(store, freeze)
    before = {table.name: _rows(store, table) for table in TABLES}
    assert all(before.values())
    with store.engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "0035")
    migrate(store)
    assert store.read_sync(check_kept) is None
    for table in (report_quarters, report_seats, report_names):
        assert _rows(store, table) == before[table.name]
    # Which price a bill was made of is not known any more; how long and how much is.
    (row,) = _rows(store, report_tariffs)
    kept = before["report_tariffs"]
    assert row[2:4] == ("", "")
    assert row[5:7] == (sum(each[5] for each in kept), sum(each[6] for each in kept))


def test_a_bill_is_kept_by_price_with_its_discount(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    group = floor.add_member_group("regulars", pc_time_discount=2500)
    ada = floor.add_member("ada", balance=9 * EURO, group_id=group)
    floor.member(ada, "PC01")
    freeze.advance(7200)
    floor.check_out("PC01")
    floor.guest("free", "PC02")
    freeze.advance(600)
    floor.check_out("PC02")
    found = [row[2:] for row in _rows(store, report_tariffs)]
    assert sorted(found) == [
        ("free_session", "", 1, 600, 0, 0),
        ("time", "Default", 1, 7200, 3 * EURO, EURO),
    ]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (report_quarters, "cash_micros"),
        (report_seats, "seconds"),
        (report_names, "cost_micros"),
        (report_tariffs, "micros"),
    ],
)
def test_a_sum_that_is_wrong_is_named(
    store: Store, freeze: clock.frozen, table: sa.Table, column: str
) -> None:
    _played(store, freeze)
    assert store.read_sync(check_kept) is None
    wrong = sa.update(table).values({column: table.c[column] + 1})
    store.run_sync(lambda tx, _: tx.run(wrong), None)
    found = store.read_sync(check_kept)
    assert found is not None
    assert found.startswith(f"{table.name}: center_id 7777")
