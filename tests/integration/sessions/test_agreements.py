"""What was agreed for a session is proven: its prices and packages, also those of before."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic import command

from lanhouse.cafe.sessions.schemas import POSTPAID
from lanhouse.db.digested import Digested, digested_tables
from lanhouse.db.digests import row_digests, take_over_old_rows
from lanhouse.db.migrate import config_for, migrate
from lanhouse.db.statements import Row
from lanhouse.db.store import Store, Tx
from lanhouse.ledger.sealing import seal_new_digests
from lanhouse.ledger.verify import Report, verify_ledger
from tests.builders.databases import by_hand
from tests.builders.floor import Floor, open_floor

NAMED = "pc_session_segments 1/1: was changed since its version"
CHEAPER = (
    "UPDATE pc_session_segments SET tariff = replace(tariff, '\"price_per_hour_micros\":2000000',"
    " '\"price_per_hour_micros\":1000000') WHERE session_id = 1"
)
LONGER = """UPDATE pc_session_segments SET packages = '[{"seconds":3600,"name":"gift"}]'
    WHERE session_id = 1"""
LATER = "UPDATE pc_session_segments SET is_free = true WHERE session_id = 1"


def _verified(store: Store) -> Report:
    while store.run_sync(seal_new_digests, None):
        pass
    return store.read_sync(verify_ledger, None)


def _played(store: Store) -> Floor:
    """A session that has ended and one that runs, at two euros an hour."""
    floor = open_floor(store)
    floor.set_price(200)
    floor.guest(POSTPAID, "PC01")
    floor.check_out("PC01")
    floor.guest(POSTPAID, "PC02")
    return floor


@pytest.mark.parametrize("change", [CHEAPER, LONGER])
def test_a_changed_agreement_is_named(store: Store, change: str) -> None:
    _played(store)
    assert _verified(store).problem is None
    by_hand(store, change)
    problem = store.read_sync(verify_ledger, None).problem or ""
    assert problem.startswith(NAMED)


def _digest_as_former(tx: Tx, declared: Digested, row: Row) -> None:
    number, row_id, part = declared.place_of(row)
    tx.run(
        sa.update(row_digests)
        .where(
            row_digests.c.table_number == number,
            row_digests.c.row_id == row_id,
            row_digests.c.row_part == part,
        )
        .values(digest=declared.digest(row[: declared.former_widths[0]]))
    )


def _as_of_before(store: Store) -> None:
    """Digests as the release before 0027 made them, without what is digested since."""

    def digest_anew(tx: Tx, _: None) -> None:
        for declared in digested_tables():
            if declared.former_widths:
                for row in tx.all(sa.select(*declared.columns)):
                    _digest_as_former(tx, declared, row)

    store.run_sync(digest_anew, None)
    with store.engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "0026")
    migrate(store)


def test_agreements_of_before_are_proven_as_they_are_found(store: Store) -> None:
    floor = _played(store)
    _as_of_before(store)
    before = _verified(store)
    assert (before.problem, before.rows.as_found, before.rows.waiting) == (None, 0, 7)
    by_hand(store, LATER)
    assert (store.read_sync(verify_ledger, None).problem or "").startswith(NAMED)
    by_hand(store, LATER.replace("true", "false"))

    while store.run_sync(take_over_old_rows, None):
        pass
    taken = _verified(store)
    assert (taken.problem, taken.rows.as_found, taken.rows.waiting) == (None, 7, 0)
    floor.check_out("PC02")
    written = _verified(store)
    assert (written.problem, written.rows.as_found) == (None, 5)
    since = store.read_sync(verify_ledger, before.point)
    assert (since.problem, since.rows.rows > 0) == (None, True)
    by_hand(store, CHEAPER)
    assert (store.read_sync(verify_ledger, None).problem or "").startswith(NAMED)
    assert (store.read_sync(verify_ledger, before.point).problem or "").startswith(NAMED)


@pytest.mark.parametrize("change", [LATER, "DELETE FROM pc_session_segments WHERE session_id = 1"])
def test_taking_over_proves_nothing_that_was_changed_before(store: Store, change: str) -> None:
    _played(store)
    _as_of_before(store)
    by_hand(store, change)
    while store.run_sync(take_over_old_rows, None):
        pass
    problem = _verified(store).problem or ""
    assert problem.startswith("pc_session_segments 1/1: was ")
