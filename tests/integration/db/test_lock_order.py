"""The watch on lock order sees what it is there to see; its findings fail any test (conftest)."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.store import Store, Tx
from lanhouse.ledger.tables import accounts
from tests.builders.floor import EURO, open_floor
from tests.conftest import LOCKS


def _pc(tx: Tx) -> None:
    tx.all(sa.select(pcs.c.id).with_for_update(key_share=True))


def _session(tx: Tx) -> None:
    tx.run(sa.update(pc_sessions).values(kind="member"))


def _member(tx: Tx, which: int) -> None:
    lock_member(tx, 7777, which)


@pytest.mark.parametrize(
    ("steps", "broken"),
    [
        ("pc ada session", []),
        ("ada pc", ["pcs after members"]),
        ("session ada", ["members after pc_sessions"]),
        ("ada account session", []),
        ("account session", ["pc_sessions after ledger_accounts"]),
        ("ada account ada", []),
        ("ada account bob", ["members after members, ledger_accounts"]),
    ],
)
def test_a_step_against_the_order_is_seen(
    postgres_store: Store, steps: str, broken: list[str]
) -> None:
    floor = open_floor(postgres_store)
    people = {name: floor.add_member(name, balance=EURO) for name in ("ada", "bob")}
    account = sa.update(accounts).values(balance_micros=accounts.c.balance_micros)
    doing: dict[str, Any] = {
        "pc": _pc,
        "session": _session,
        "ada": lambda tx: _member(tx, people["ada"]),
        "bob": lambda tx: _member(tx, people["bob"]),
        "account": lambda tx: tx.run(account),
    }
    postgres_store.run_sync(lambda tx, _: [doing[step](tx) for step in steps.split()], None)
    found, LOCKS.broken = LOCKS.broken, []
    assert found == broken
    assert LOCKS.commands > 0
    assert members.name == "members"
