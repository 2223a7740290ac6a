"""Business rows are digested with every write, and verification names what was changed by hand."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.db.digested import Digested, digested_tables
from lanhouse.db.digests import digest_backlog, row_digests, take_over_old_rows
from lanhouse.db.statements import insert_ignore, numbered, static
from lanhouse.db.store import Read, Store, Tx
from lanhouse.ledger import verify
from lanhouse.ledger.sealing import seal_new_digests
from lanhouse.ledger.verify import Report, verify_ledger
from lanhouse.tables import complete_metadata
from tests.builders.databases import by_hand

complete_metadata()
DECLARED = {each.table.name: each for each in digested_tables()}
payments = DECLARED["time_payments"].table

_PAID = {
    "center_id": 7,
    "member_id": 5,
    "payment": "cash",
    "value_micros": 4_000_000,
    "refundable_micros": 4_000_000,
    "transfer_id": 3,
}
_INSERT = static(sa.insert(payments))
_ANSWERING = static(sa.insert(payments).returning(payments.c.id))
_NUMBERED = numbered(payments)
_TAKE = static(
    sa.update(payments)
    .where(payments.c.id >= sa.bindparam("first"))
    .values(refundable_micros=payments.c.refundable_micros - sa.bindparam("less"))
)
_TAKE_ONE = static(
    sa.update(payments)
    .where(payments.c.id == sa.bindparam("first"))
    .values(refundable_micros=payments.c.refundable_micros - sa.bindparam("less"))
    .returning(payments.c.refundable_micros)
)
_DELETE = static(sa.delete(payments).where(payments.c.id == sa.bindparam("first")))


def _paid(tx: Tx, **more: Any) -> dict[str, Any]:
    return {**_PAID, "at": tx.now, **more}


def _pay(tx: Tx, count: int = 3) -> None:
    for _ in range(count):
        tx.run(_INSERT, **_paid(tx))


def _versions(read: Read) -> list[tuple[int, int, bool]]:
    found = read.all(sa.select(row_digests).order_by(row_digests.c.id))
    return [(row.row_id, row.version, row.digest is not None) for row in found]


def _verified(store: Store) -> Report:
    while store.run_sync(seal_new_digests, None):
        pass
    return store.read_sync(verify_ledger, None)


def test_every_table_that_must_be_is_declared() -> None:
    assert set(DECLARED) == {
        "billing_logs",
        "topups",
        "time_payments",
        "pc_sessions",
        "pc_session_segments",
        "session_bundles",
        "session_bundle_seats",
        "session_bills",
        "session_bill_sessions",
        "session_bill_payers",
        "session_debts",
        "member_offers",
        "wallet_moves",
        "game_rounds",
        "game_transactions",
        "house_rounds",
        "house_acts",
        "campaigns",
        "campaign_players",
        "audit_log",
        "tills",
        "shifts",
        "shift_moves",
        "shift_counts",
        "payment_orders",
        "payment_notices",
        "promo_uses",
        "events",
        "event_players",
        "game_records",
        "minor_consents",
        "age_proofs",
        "member_consents",
        "own_limits",
        "bonus_lots",
        "rewards",
        "referrals",
        "bookings",
        "z_reports",
        "shift_handovers",
        "stock_movements",
        "orders",
        "order_lines",
        "order_payments",
        "receipt_heads",
        "receipt_issues",
    }


NEVER = {
    "url",
    "room_name",
    "note",
    "discount_reason",
    "changed_by_name",
    "account",
    "member_account",
    "pc_name",
    "staff_name",
    "given_to",
    "withdrawn_by",
    "details",
    "comment",
    "reason",
    "name",
    "name_key",
    "guest_login",
    "access_mark",
    "password_hash",
    "description",
    "guardian",
    "birthday",
    "offer_name",
    "access_sealed",
    # Where a call came from and its route, for people to read; rows of before have none.
    "address",
    "call",
    # What an operator wrote about a campaign; its terms are digested.
    "bonus_code",
    "start_text",
    "end_text",
}


def _covers(declared: Digested, name: str) -> bool:
    """Whether the SQL of the digested columns names this one."""
    return any(name in str(column).replace('"', "").split(".")[-1] for column in declared.columns)


@pytest.mark.parametrize("name", DECLARED)
def test_no_name_and_no_free_text_is_digested(name: str) -> None:
    """Every other column is: a new one is either declared or listed here."""
    declared = DECLARED[name]
    names = {column.name for column in declared.table.columns}
    left_out = {name for name in names if not _covers(declared, name)}
    # By which call something was done is what the audit log is for.
    never = NEVER - {"call"} if name == "audit_log" else NEVER
    if name == "billing_logs":
        # What the ledger and the digested lines of orders say too.
        never = never | {"tax_micros", "goods_cost_micros"}
    assert left_out <= never
    assert not never & (names - left_out)


def test_each_way_to_write_is_digested(store: Store) -> None:
    def write(tx: Tx, _: None) -> list[Any]:
        answers: list[Any] = [tx.run(_INSERT, **_paid(tx))]
        answers.append(tx.scalar(_ANSWERING, **_paid(tx)))
        answers.append(tx.run_many(_INSERT, [_paid(tx), _paid(tx)]))
        answers.append(tx.insert_many(_NUMBERED, [_paid(tx), _paid(tx)]))
        answers.append(tx.run(sa.insert(payments).values(**_paid(tx))))
        return answers

    assert store.run_sync(write, None) == [1, 2, 2, [5, 6], 1]
    assert store.read_sync(_versions) == [(number, 1, True) for number in range(1, 8)]

    def change(tx: Tx, _: None) -> list[Any]:
        answers: list[Any] = [tx.run(_TAKE, first=6, less=1_000_000)]
        answers += [row.refundable_micros for row in tx.all(_TAKE_ONE, first=2, less=1_000_000)]
        answers += map(tuple, tx.all(_TAKE_ONE, first=2, less=1_000_000))
        answers.append(tx.one(_TAKE_ONE, first=99, less=1_000_000))
        rows = [{"first": 1, "less": 5}, {"first": 3, "less": 5}]
        answers.append(tx.run_many(_TAKE_ONE, rows))
        answers.append(
            tx.run(sa.update(payments).where(payments.c.id.in_([4])).values(center_id=8))
        )
        answers.append(tx.run(_DELETE, first=5))
        return answers

    assert store.run_sync(change, None) == [2, 3_000_000, (2_000_000,), None, 2, 1, 1]
    found = store.read_sync(_versions)[7:]
    assert sorted(found) == [(n, 2, n != 5) for n in range(1, 8)]
    report = _verified(store)
    assert report.problem is None
    assert (report.rows.rows, report.rows.digests, report.rows.as_found) == (6, 14, 0)


_DELETED = sa.delete(payments).returning(payments.c.id).cte("deleted")
UNSEEN: dict[str, Any] = {
    "text": sa.text("UPDATE time_payments SET value_micros = 1"),
    "text that answers": sa.text("DELETE FROM time_payments RETURNING id").columns(payments.c.id),
    "text that reads": sa.text("SELECT id FROM time_payments"),
    "text inside": sa.select(payments.c.id).where(sa.text("id > 1")),
    "a table without declaration": sa.update(sa.table("time_payments", sa.column("value_micros"))),
    "a second table of the name": sa.delete(sa.Table("time_payments", sa.MetaData())),
    "another name of the table": sa.update(payments.alias("p")).values(value_micros=1),
    "a write inside a read": sa.select(_DELETED.c.id),
    "a write beside a read": sa.select(payments.c.id).add_cte(_DELETED),
    "a definition": sa.schema.DropTable(payments),
}


@pytest.mark.parametrize("way", UNSEEN)
def test_what_cannot_be_seen_to_write_is_refused(store: Store, way: str) -> None:
    store.run_sync(_pay, 3)
    for verb in ("run", "one", "all", "scalar"):
        with pytest.raises(TypeError, match="a transaction"):
            store.run_sync(lambda tx, verb: getattr(tx, verb)(UNSEEN[way]), verb)
    report = _verified(store)
    assert (report.problem, report.rows.rows) == (None, 3)


@pytest.mark.parametrize("way", UNSEEN)
def test_no_such_statement_can_be_made_static(way: str) -> None:
    with pytest.raises(TypeError, match="a transaction"):
        static(UNSEEN[way])


def test_a_refused_command_leaves_no_digest(store: Store) -> None:
    def refused(tx: Tx, _: None) -> None:
        _pay(tx)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        store.run_sync(refused, None)
    assert store.read_sync(_versions) == []


def test_a_row_that_is_there_already_is_no_change(store: Store) -> None:
    def twice(tx: Tx, _: None) -> list[int]:
        again = static(insert_ignore(payments))
        return [tx.run(again, **_paid(tx, id=1)), tx.run(again, **_paid(tx, id=1))]

    assert store.run_sync(twice, None) == [1, 0]
    assert store.read_sync(_versions) == [(1, 1, True)]


TAMPERED = {
    "UPDATE time_payments SET refundable_micros = 1 WHERE id = 2": "time_payments 2: was changed",
    "UPDATE time_payments SET payment = 'card' WHERE id = 3": "time_payments 3: was changed",
    "DELETE FROM time_payments WHERE id = 1": "time_payments 1: was removed",
    "DELETE FROM time_payments WHERE id = 3": "time_payments 3: was removed",
    "INSERT INTO time_payments SELECT 9, center_id, member_id, at, payment, value_micros,"
    " refundable_micros, transfer_id FROM time_payments WHERE id = 2": "time_payments 9: was added",
    "INSERT INTO time_payments SELECT 4, center_id, member_id, at, payment, value_micros,"
    " refundable_micros, transfer_id FROM time_payments WHERE id = 2": "time_payments 4: was delet",
    "DELETE FROM row_digests WHERE id = 2": "digest 2: is missing",
    "UPDATE row_digests SET version = 7 WHERE id = 2": "digest 2: does not match",
    "DELETE FROM row_digests WHERE id = 5": "digest 5: is missing",
}


@pytest.mark.parametrize("change", TAMPERED)
def test_what_was_done_by_hand_is_named(store: Store, change: str) -> None:
    store.run_sync(_pay, 4)
    store.run_sync(lambda tx, _: tx.run(_DELETE, first=4), None)
    assert _verified(store).problem is None
    by_hand(store, change)
    problem = store.read_sync(verify_ledger, None).problem
    assert problem is not None
    assert problem.startswith(TAMPERED[change]), problem


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE time_payments SET payment = 'card' WHERE id = 3", "time_payments 3: was changed"),
        ("DELETE FROM time_payments WHERE id = 3", "time_payments 3: was removed"),
        # Its newest digest is older than the point.
        ("UPDATE time_payments SET payment = 'card' WHERE id = 1", ""),
    ],
)
def test_since_the_last_time_only_newer_digests_are_compared(
    store: Store, monkeypatch: pytest.MonkeyPatch, change: str, named: str
) -> None:
    monkeypatch.setattr(verify, "LATE_IDS", 0)
    store.run_sync(_pay, 2)
    point = _verified(store).point
    store.run_sync(_pay, 2)
    _verified(store)
    by_hand(store, change)
    problem = store.read_sync(verify_ledger, point).problem or ""
    assert (problem.startswith(named), bool(problem)) == (True, bool(named)), problem


def test_old_rows_are_taken_over_as_found(store: Store) -> None:
    store.run_sync(_pay, 250)
    by_hand(store, "DELETE FROM row_digests", "INSERT INTO digest_backlog VALUES (3, 0, '')")
    assert store.run_sync(take_over_old_rows, None)
    # A command changes one of the waiting ones, and makes a new one.
    store.run_sync(lambda tx, _: tx.run(_TAKE_ONE, first=240, less=1), None)
    store.run_sync(_pay, 1)
    report = _verified(store)
    assert (report.problem, report.rows.as_found, report.rows.waiting) == (None, 100, 149)
    while store.run_sync(take_over_old_rows, None):
        pass
    report = _verified(store)
    assert (report.problem, report.rows.as_found, report.rows.waiting) == (None, 249, 0)
    assert report.rows.rows == 251
    assert store.read_sync(lambda read: read.all(sa.select(digest_backlog))) == []
    by_hand(store, "UPDATE time_payments SET center_id = 8 WHERE id = 77")
    problem = store.read_sync(verify_ledger, None).problem
    assert problem == "time_payments 77: was changed since its version 0"
