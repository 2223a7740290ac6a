"""What was agreed for a session is proven: its prices and packages, also those of before."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic import command

from lanhouse.cafe.sessions.commands import PauseOne, pause_session
from lanhouse.cafe.sessions.schemas import POSTPAID
from lanhouse.db.digested import Digested, digested_tables
from lanhouse.db.digests import row_digests, take_over_old_rows
from lanhouse.db.migrate import config_for, migrate
from lanhouse.db.statements import Row
from lanhouse.db.store import Store, Tx
from lanhouse.ledger.sealing import seal_new_digests
from lanhouse.ledger.verify import Report, verify_ledger
from tests.builders.databases import by_hand, comes_from
from tests.builders.floor import DESK, Floor, open_floor

NAMED = "pc_session_segments 1/1: was changed since its version"
CHEAPER = (
    "UPDATE pc_session_segments SET tariff = replace(tariff, '\"price_per_hour_micros\":2000000',"
    " '\"price_per_hour_micros\":1000000') WHERE session_id = 1"
)
DEARER = CHEAPER.replace("2000000", "#").replace("1000000", "2000000").replace("#", "1000000")
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


def _digest_as_former(tx: Tx, declared: Digested, row: Row, generation: int = 0) -> None:
    number, row_id, part = declared.place_of(row)
    tx.run(
        sa.update(row_digests)
        .where(
            row_digests.c.table_number == number,
            row_digests.c.row_id == row_id,
            row_digests.c.row_part == part,
        )
        .values(digest=declared.digest(row[: declared.former_widths[generation]]))
    )


def _as_of_before(store: Store) -> None:
    """Digests as the release before 0027 made them, without what is digested since."""

    def digest_anew(tx: Tx, _: None) -> None:
        for declared in digested_tables():
            if declared.former_widths:
                for row in tx.all(sa.select(*declared.columns)):
                    _digest_as_former(tx, declared, row)

    store.run_sync(digest_anew, None)
    comes_from(store, "0026")


def test_agreements_of_before_are_proven_as_they_are_found(store: Store) -> None:
    floor = _played(store)
    _as_of_before(store)
    before = _verified(store)
    assert (before.problem, before.rows.as_found, before.rows.waiting) == (None, 0, 8)
    by_hand(store, LATER)
    assert (store.read_sync(verify_ledger, None).problem or "").startswith(NAMED)
    by_hand(store, LATER.replace("true", "false"))

    while store.run_sync(take_over_old_rows, None):
        pass
    taken = _verified(store)
    assert (taken.problem, taken.rows.as_found, taken.rows.waiting) == (None, 8, 0)
    floor.check_out("PC02")
    written = _verified(store)
    assert (written.problem, written.rows.as_found) == (None, 6)
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


PAUSES = [
    "UPDATE pc_session_segments SET is_paused = true WHERE session_id = 1",
    "UPDATE pc_sessions SET paused_seconds = 600 WHERE id = 1",
]


def _as_before_pauses(store: Store, *, found: bool) -> None:
    """Digests as the release before 0037 made them, of rows that it wrote or had taken over."""

    def digest_anew(tx: Tx, _: None) -> None:
        for declared in digested_tables():
            if declared.number in (4, 5):
                for row in tx.all(sa.select(*declared.columns)):
                    _digest_as_former(tx, declared, row, generation=1)
                    if found:
                        _digest_as_found(tx, declared, row)

    store.run_sync(digest_anew, None)
    comes_from(store, "0036")


def _digest_as_found(tx: Tx, declared: Digested, row: Row) -> None:
    number, row_id, part = declared.place_of(row)
    tx.run(
        sa.update(row_digests)
        .where(
            row_digests.c.table_number == number,
            row_digests.c.row_id == row_id,
            row_digests.c.row_part == part,
        )
        .values(digest=declared.digest_found(row[: declared.former_widths[1]]))
    )


@pytest.mark.parametrize("found", [False, True])
def test_rows_of_before_pauses_stay_provable(store: Store, found: bool) -> None:
    """Two generations of columns joined: rows in the form between them hold for what it covers."""
    floor = _played(store)
    _as_before_pauses(store, found=found)
    before = _verified(store)
    assert before.problem is None
    assert (before.rows.as_found, before.rows.waiting) == (0, 5)
    by_hand(store, CHEAPER)
    assert (store.read_sync(verify_ledger, None).problem or "").startswith(NAMED)
    by_hand(store, DEARER)
    while store.run_sync(take_over_old_rows, None):
        pass
    taken = _verified(store)
    assert (taken.problem, taken.rows.as_found, taken.rows.waiting) == (None, 5, 0)
    for change in PAUSES:
        by_hand(store, change)
        assert "was changed since its version" in (
            store.read_sync(verify_ledger, None).problem or ""
        )
        by_hand(store, change.replace("true", "false").replace("600", "0"))
    floor.check_out("PC02")
    assert _verified(store).problem is None


def test_a_release_without_pauses_is_not_given_sessions_that_had_one(store: Store) -> None:
    floor = open_floor(store)
    session = floor.guest(POSTPAID, "PC01")
    floor.run(pause_session, PauseOne(floor.center, DESK, session.id))
    with (
        store.engine.connect() as connection,
        connection.begin(),
        pytest.raises(RuntimeError, match="would charge the pauses"),
    ):
        command.downgrade(config_for(connection), "0036")
    migrate(store)  # what was undone before the refusal
