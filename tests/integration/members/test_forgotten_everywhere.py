"""Whoever is forgotten is forgotten in every table that names members, also in those to come.

Each table with a column of a member's number gets a row full of his words; what is left of them
afterwards must be named here, with the reason.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.members.commands.changing import MembersNamed, delete_members
from lanhouse.cafe.own_data import jobs as own_jobs
from lanhouse.db.store import Store
from lanhouse.db.types import UtcTime
from lanhouse.jobs.queue import Turn, run_step
from lanhouse.kit import clock
from lanhouse.tables import complete_metadata
from tests.builders.floor import DESK, open_floor

WORD = "Evangeline"
COLUMNS = ("member_id", "referrer_id", "player_id", "subject_id")
"""By which a café's table says whose a row is (and auth_tokens, of members too)."""
STAFF = {"staff_name", "given_to", "withdrawn_by", "answered_by", "changed_by_name"}
"""Names of the staff."""
THINGS = {"pc_name", "offer_name", "room_name", "name", "promo_code", "guest_login", "program"}
"""Names of PCs, goods, packages and codes of the house."""
KEPT: dict[str, set[str]] = {
    # Who did it, from where and by which call: the evidence of the house, sealed.
    "audit_log": {"actor_kind", "address", "call", "subject"},
    "age_proofs": {"document"},
    "billing_logs": {"address", "call", "event", "subject"},
    "receipt_issues": {"kind"},
    "rewards": {"event"},
    "time_payments": {"payment"},
    "topups": {"kind", "payment"},
    "bookings": {"kind", "password_hash", "payment", "source"},
    "member_offers": {"member_groups", "payment", "pc_groups", "weekdays"},
    "orders": {"discount_reason", "payment", "source"},
    "payment_notices": {"currency", "external_id", "gateway", "order_text", "outcome", "state"},
    "payment_orders": {"external_id", "gateway", "purpose", "url", "went_to"},
    "pc_sessions": {"access_mark", "access_sealed", "ended_by", "kind", "payment", "terms"},
    "session_bill_payers": {"tender"},
    "game_records": {"game_code"},
    "member_consents": {"kind"},
}
"""Table -> columns of words that stay: kinds, states, tenders, goods and codes of the house, marks
of log-ins that the end of a session empties. Whatever else of words is found is a mistake."""
GONE = {
    *("favorite_games", "referral_codes", "rank_consents", "sms_codes", "own_limits"),
    *("member_photos", "member_notes", "member_messages", "staged_passwords", "auth_tokens"),
}
"""Nothing of them stays."""


def _tables() -> list[sa.Table]:
    found = []
    for table in complete_metadata().sorted_tables:
        is_cafe = "center_id" in table.c and table.name != "members"
        if is_cafe and any(name in table.c for name in COLUMNS):
            found.append(table)
    return found


TABLES = _tables()


def _row(table: sa.Table, member_id: int) -> dict[str, Any]:
    """Every column filled: words with the word, numbers with 1, times with now."""
    now = clock.now()
    values: dict[str, Any] = {}
    for column in table.c:
        kind = column.type
        if column.name in COLUMNS:
            values[column.name] = member_id
        elif column.name == "center_id":
            values[column.name] = 7777
        elif isinstance(kind, UtcTime):
            values[column.name] = now + timedelta(hours=1 if "until" in column.name else 0)
        elif isinstance(kind, sa.Text):
            values[column.name] = WORD
        elif isinstance(kind, sa.Boolean):
            values[column.name] = False
        elif isinstance(kind, sa.LargeBinary):
            values[column.name] = WORD.encode()
        elif isinstance(kind, sa.BigInteger | sa.Integer):
            values[column.name] = 1
        else:
            values[column.name] = {}
    if table.name == "auth_tokens":
        values |= {"kind": "member", "use": "cookie", "expires_at": now + timedelta(days=1)}
    # Neither playing, nor owing, nor waiting: those are not deleted.
    over = {"pc_sessions": {"ended_at": now}, "orders": {"status": "done"}}
    over["bookings"] = {"state": "missed"}
    over["payment_orders"] = {"status": "done"}
    return values | over.get(table.name, {})


def _insert(store: Store, tables: list[sa.Table], member_id: int) -> None:
    with store.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        for table in tables:
            connection.execute(sa.insert(table).values(**_row(table, member_id)))
        if is_sqlite:
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")


def test_every_table_that_names_members_forgets_them(sqlite_store: Store) -> None:
    floor = open_floor(sqlite_store, pcs_count=1)
    eva = floor.add_member(WORD)
    _insert(sqlite_store, TABLES, eva)
    floor.run(delete_members, MembersNamed(center=floor.center, actor=DESK, member_ids=[eva]))
    turn = Turn({kind.kind: kind for kind in own_jobs.JOBS})
    while floor.run(run_step, turn) is not None:
        pass
    left: dict[str, set[str]] = {}
    rows: set[str] = set()
    with sqlite_store.engine.connect() as connection:
        for table in TABLES:
            for row in connection.execute(sa.select(table)):
                if not any(getattr(row, name, None) == eva for name in COLUMNS):
                    continue
                rows.add(table.name)
                words = {n for n in (each.name for each in table.c) if WORD in str(getattr(row, n))}
                left.setdefault(table.name, set()).update(words)
    unexplained = {
        name: sorted(found - STAFF - THINGS - KEPT.get(name, set()))
        for name, found in left.items()
        if found - STAFF - THINGS - KEPT.get(name, set())
    }
    assert unexplained == {}, unexplained
    assert not rows & GONE
    assert {table.name for table in TABLES} >= GONE | set(KEPT)
    assert {name: left[name] - STAFF - THINGS for name in KEPT} == KEPT


def test_nobody_comes_by_the_code_of_who_is_forgotten(store: Store) -> None:
    from lanhouse.cafe.loyalty.commands.referrals import MemberCode, refer, referral_code
    from lanhouse.kit.errors import InvalidInput

    floor = open_floor(store, pcs_count=1)
    eva, tom, ann = (floor.add_member(name) for name in ("eva", "tom", "ann"))
    code = floor.run(referral_code, MemberCode(floor.center, eva))
    floor.run(lambda tx, _: refer(tx, floor.center, tom, code), None)
    floor.run(delete_members, MembersNamed(center=floor.center, actor=DESK, member_ids=[eva]))
    with pytest.raises(InvalidInput):
        floor.run(lambda tx, _: refer(tx, floor.center, ann, code), None)
