"""Long histories of everything that the panel lists beside the log: years of a busy house.

Rows are made by the database from numbers, as in long_log; they have no digests and no ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.shifts.queries import adds_up
from lanhouse.cafe.shifts.tables import shifts, z_reports
from lanhouse.db.store import Read, Store
from lanhouse.db.tables import metadata
from tests.bench.long_log import FIRST, ROWS_A_MONTH, ROWS_A_SHIFT

CENTER_ID = 7777
FROZEN_SHIFT = 7
"""Its Z report can be looked at."""
MEMBERS = 3_000
"""Whose history it is; as in long_log, their ids begin with 1."""
_MONTH_MICROS = 30 * 86_400 * 1_000_000
_HOUR = 3_600_000_000


class _Part(NamedTuple):
    """Rows of one table: how many, and a column's value by the row's number `i`, from 0."""

    table: str
    number: int
    values: Mapping[str, str]


def fill_histories(store: Store, rows: int, products: int) -> None:
    """Fill the tables beside a log of so many rows, as long_log.fill() made it: a third of an order
    each with two lines, a fifth of a session …

    Products 1 … must be there; members need not be.
    """
    is_postgresql = store.engine.dialect.name == "postgresql"
    at = _Moments(rows, is_postgresql)
    number = max(rows // ROWS_A_SHIFT, FROZEN_SHIFT + 1)
    parts = [
        *_orders(rows // 3, products, at),
        *_sessions(rows // 5, at),
        *_shifts(number, at),
        *_others(rows, at),
    ]
    with store.engine.connect() as connection, connection.begin():
        for part in parts:
            connection.execute(sa.text(_insert(part)), {"rows": part.number})
        if is_postgresql:
            for table in {part.table for part in parts}:
                connection.execute(sa.text(_ids_go_on(table)))
    _freeze(store, FROZEN_SHIFT)


class _Moments:
    """Moments of a history whose rows are spread over the time of the log."""

    def __init__(self, rows: int, is_postgresql: bool) -> None:
        self.first = int(FIRST.timestamp()) * 1_000_000
        self.span = _MONTH_MICROS * rows // ROWS_A_MONTH
        self.is_postgresql = is_postgresql

    def of(self, number: int, later_micros: int = 0, row: str = "i") -> str:
        """When the row happened, of so many rows."""
        step = self.span // max(number, 1)
        micros = f"{self.first + later_micros} + CAST({row} AS BIGINT) * {step}"
        return f"to_timestamp(({micros}) / 1000000.0)" if self.is_postgresql else micros


def _insert(part: _Part) -> str:
    return f"""
        WITH RECURSIVE n(i) AS (
            SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :rows
        )
        INSERT INTO {part.table} ({", ".join(f'"{name}"' for name in part.values)})
        SELECT {", ".join(part.values.values())} FROM n
    """


def _ids_go_on(table: str) -> str:
    if "id" not in metadata.tables[table].c or table in ("order_lines", "z_reports"):
        return "SELECT 1"
    newest = f"(SELECT max(id) FROM {table})"
    return f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {newest})"


_WHO = f"(i * 104729) % {MEMBERS} + 1"
_STAFF = {"staff_id": "i % 4", "staff_name": "'staff' || (i % 4)"}


def _orders(number: int, products: int, at: _Moments) -> list[_Part]:
    """One in five thousand is still to be brought, one in three hundred still to be paid."""
    is_open, is_owed = f"i > {number} - 40", "i % 300 = 7"
    # Another spread than _WHO, which would have the same few owe everything.
    who = f"(i / 7) % {MEMBERS} + 1"
    item = f"(i * 31) % {products} + 1"
    orders = {
        "id": "i + 1",
        "center_id": str(CENTER_ID),
        "at": at.of(number),
        "source": "CASE WHEN i % 3 = 0 THEN 'seat' ELSE 'desk' END",
        "status": f"CASE WHEN {is_open} THEN 'pending' WHEN i % 50 = 0 THEN 'cancelled' "
        "ELSE 'done' END",
        "payment": f"CASE WHEN {is_owed} THEN 'later' ELSE 'cash' END",
        "member_id": who,
        "member_account": f"'m' || ({who})",
        "pc_name": "'PC' || (i % 500)",
        "total_micros": "4000000",
        "paid_at": f"CASE WHEN {is_owed} THEN NULL ELSE {at.of(number)} END",
        "changed_at": at.of(number),
        "changed_by_id": "1",
        "changed_by_name": "'staff1'",
        **dict.fromkeys(("tax_micros", "coin_micros", "discount"), "0"),
        **dict.fromkeys(("refunded_micros", "refunded_coin_micros"), "0"),
        **dict.fromkeys(("discount_reason", "reason", "note"), "''"),
        **_STAFF,
    }
    lines = {
        "order_id": "i / 2 + 1",
        "number": "i % 2 + 1",
        "center_id": str(CENTER_ID),
        "source": "'product'",
        "item_id": item,
        "name": f"'Product ' || ({item})",
        "quantity": "1",
        **dict.fromkeys(("price_micros", "net_micros"), "2000000"),
        "cost_micros": "1000000",
        **dict.fromkeys(("coin_price_micros", "tax_id", "tax_rate_micros", "discount"), "0"),
        "is_tax_included": "(1 = 1)",
        **dict.fromkeys(("tax_micros", "coin_micros", "refunded_quantity"), "0"),
        **{f"refunded_{name}_micros": "0" for name in ("net", "tax", "coin")},
    }
    movements = {
        "center_id": str(CENTER_ID),
        "product_id": item,
        "at": at.of(number * 2),
        "kind": "CASE WHEN i % 100 = 0 THEN 'restock' ELSE 'sale' END",
        "pieces": "-1",
        "before": "1000000000 - i",
        "after": "999999999 - i",
        "order_id": "i / 2 + 1",
        "sold_id": item,
        "sold_quantity": "1",
        "reason": "''",
        **_STAFF,
    }
    payments = {
        "center_id": str(CENTER_ID),
        "order_id": "i + 1",
        "at": at.of(number),
        "tender": "'cash'",
        "amount_micros": "4000000",
        "given_micros": "0",
        "transfer_id": "i + 1",
        "staff_id": "i % 4",
    }
    return [
        _Part("orders", number, orders),
        _Part("order_lines", number * 2, lines),
        _Part("stock_movements", number * 2, movements),
        _Part("order_payments", number, payments),
    ]


def _sessions(number: int, at: _Moments) -> list[_Part]:
    """Sessions of an hour that have ended; one in ten was billed together with another."""
    sessions = {
        "id": "i + 1",
        "center_id": str(CENTER_ID),
        "pc_id": "i % 500 + 1",
        "pc_name": "'PC' || (i % 500 + 1)",
        "kind": "'member'",
        "member_id": _WHO,
        "started_at": at.of(number, -_HOUR),
        "ended_at": at.of(number),
        **dict.fromkeys(("free_seconds", "minimum_charge_micros"), "0"),
        "played_seconds": "3600",
        **dict.fromkeys(("cost_micros", "from_balance_micros"), "2000000"),
        **dict.fromkeys(("from_bonus_micros", "refund_micros"), "0"),
        "ended_by": "'desk'",
    }
    segments = {
        "session_id": "i + 1",
        "number": "1",
        "center_id": str(CENTER_ID),
        "pc_name": "'PC' || (i % 500 + 1)",
        "from_at": at.of(number, -_HOUR),
        "to_at": at.of(number),
        "tariff": "'{}'",
        "packages": "'[]'",
        "is_free": "(1 = 0)",
    }
    bills = {
        "center_id": str(CENTER_ID),
        "at": at.of(number // 10),
        **dict.fromkeys(("cost_micros", "own_micros"), "4000000"),
        **dict.fromkeys(("carried_micros", "paid_micros", "later_micros", "refund_micros"), "0"),
        "staff_id": "1",
        "staff_name": "'staff1'",
        "comment": "''",
    }
    debts = {
        "session_id": "i * 200 + 1",
        "center_id": str(CENTER_ID),
        "member_id": _WHO,
        "pc_name": "'PC' || (i % 500 + 1)",
        "bill_id": "1",
        "since": at.of(number // 200),
        "amount_micros": "2000000",
        "paid_bill_id": "CASE WHEN i % 50 = 0 THEN NULL ELSE 1 END",
    }
    return [
        _Part("pc_sessions", number, sessions),
        _Part("pc_session_segments", number, segments),
        _Part("session_bills", number // 10, bills),
        _Part("session_debts", number // 200, debts),
    ]


def _shifts(number: int, at: _Moments) -> list[_Part]:
    """One till and one closed shift after the other."""
    till = {
        "id": "1001",
        "center_id": str(CENTER_ID),
        "name": "'Till of the bench'",
        "name_key": "'till of the bench'",
        "is_used": "(1 = 1)",
        "left_micros": "0",
    }
    closed = {
        "id": "i + 1",
        "center_id": str(CENTER_ID),
        "till_id": "1001",
        "staff_id": "i % 4",
        "staff_name": "'staff' || (i % 4)",
        "opened_at": at.of(number),
        "float_micros": "100000000",
        "closed_at": at.of(number, 8 * _HOUR),
        "closed_by_id": "1",
        "z_number": "i + 1",
        **dict.fromkeys(
            ("cash_micros", "card_micros", "qr_micros", "difference_micros", "left_micros"),
            "0",
        ),
        "comment": "''",
    }
    moves = {
        "center_id": str(CENTER_ID),
        "shift_id": "i / 3 + 1",
        "at": at.of(number * 3),
        "kind": "'out'",
        "amount_micros": "20000000",
        "reason": "'to the safe'",
        "staff_id": "1",
        "transfer_id": "1",
    }
    reports = {
        "center_id": str(CENTER_ID),
        "number": "i + 1",
        "shift_id": "i + 1",
        "at": at.of(number, 8 * _HOUR),
        "report": "'{}'",
    }
    return [
        _Part("tills", 1, till),
        _Part("shifts", number, closed),
        _Part("shift_moves", number * 3, moves),
        _Part("z_reports", number, reports),
    ]


def _others(rows: int, at: _Moments) -> list[_Part]:
    """Packages, changes of the staff, jobs, receipts and sign-ins."""
    packages = {
        "id": "i + 1",
        "center_id": str(CENTER_ID),
        "member_id": _WHO,
        "offer_id": "i % 20 + 1",
        "name": "'Package ' || (i % 20 + 1)",
        "price_micros": "10000000",
        "seconds": "36000",
        "seconds_left": "CASE WHEN i % 5 = 0 THEN 36000 ELSE 0 END",
        "priority": "0",
        "weekdays": "'7|1|2|3|4|5|6|'",
        "from_minute": "0",
        "to_minute": "1440",
        "bought_at": at.of(rows // 10),
        "payment": "'cash'",
    }
    changes = {
        "center_id": str(CENTER_ID),
        "agent_id": "0",
        "actor_kind": "'staff'",
        "actor_id": "i % 4 + 1",
        "address": "'192.0.2.7'",
        "call": "'POST /panel/things/' || (i % 40)",
        "subject": "CASE WHEN i % 20 = 0 THEN 'price' ELSE 'member' END",
        "subject_id": _WHO,
        "ids": "'{}'",
        "before": """'{"points": 1}'""",
        "after": """'{"points": 2}'""",
        "at": at.of(rows // 3),
    }
    jobs = {
        "id": "i + 1",
        "center_id": str(CENTER_ID),
        "kind": "CASE WHEN i % 10 = 0 THEN 'export' ELSE 'print' END",
        "payload": "'{}'",
        "status": "CASE WHEN i % 100 = 0 THEN 'failed' ELSE 'done' END",
        "started_by": "CASE WHEN i % 1000 = 0 THEN 1 ELSE 0 END",
        **dict.fromkeys(("run_at", "served_at", "finished_at"), at.of(rows // 20)),
        "attempts": "1",
        "error": "''",
        "done": "1",
    }
    issues = {
        "center_id": str(CENTER_ID),
        "kind": "'log'",
        "subject_id": "i + 1",
        "first_at": at.of(rows // 3),
        "first_by_id": "1",
        "number": "1",
    }
    sign_ins = {
        "token_hash": "'bench' || i",
        "center_id": str(CENTER_ID),
        "kind": "'member'",
        "use": "'bearer'",
        "subject_id": _WHO,
        "csrf": "''",
        "address": "'192.0.2.7'",
        "program": "''",
        "created_at": at.of(rows // 100),
        "expires_at": at.of(rows // 100, 400 * 24 * _HOUR),
    }
    return [
        _Part("member_offers", rows // 10, packages),
        _Part("audit_log", rows // 3, changes),
        _Part("queued_jobs", rows // 20, jobs),
        _Part("receipt_issues", rows // 3, issues),
        _Part("auth_tokens", rows // 100, sign_ins),
    ]


def _freeze(store: Store, number: int) -> None:
    """Put what a shift adds up to into its Z report; of the others nobody asks."""

    def report(read: Read) -> str:
        shift = read.one(sa.select(shifts).where(shifts.c.id == number))
        assert shift is not None
        made = adds_up(read, shift, shift.closed_at)
        return msgspec.json.encode(made).decode()

    frozen = store.read_sync(report)
    with store.engine.connect() as connection, connection.begin():
        its = z_reports.c.shift_id == number
        connection.execute(sa.update(z_reports).where(its).values(report=frozen))


def open_last_shift(store: Store, staff_id: int) -> None:
    """Let the last shift of the history be open, and of this person."""
    last = sa.select(sa.func.max(shifts.c.id)).scalar_subquery()
    values: dict[str, Any] = dict.fromkeys(
        ("closed_at", "closed_by_id", "z_number", "cash_micros", "card_micros", "qr_micros")
    )
    values |= dict.fromkeys(("difference_micros", "left_micros"))
    with store.engine.connect() as connection, connection.begin():
        connection.execute(sa.delete(z_reports).where(z_reports.c.shift_id == last))
        connection.execute(
            sa.update(shifts).where(shifts.c.id == last).values(staff_id=staff_id, **values)
        )
