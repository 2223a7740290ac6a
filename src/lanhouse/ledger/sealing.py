"""Sealing: entries are chained by hash in the background, within a second of their commit.

The chain covers ids, amounts, times and whose account it was, never names or free text, so that
erasing a member does not break it (architecture section 3).
"""

from __future__ import annotations

import hashlib
from typing import Any

import sqlalchemy as sa

from lanhouse.db.statements import static, upsert
from lanhouse.db.store import Tx
from lanhouse.kit import clock
from lanhouse.ledger.tables import accounts, entries, seal_head, seals, transfers

BATCH_MAX = 400
GENESIS = "0" * 64

# Two transactions of PostgreSQL may commit their entries in the other order than their ids; an
# entry this far behind the newest sealed one is still found, and sealed late in the chain's order.
LATE_IDS = 20_000

SEALED_COLUMNS = (
    entries.c.id,
    entries.c.book_id,
    entries.c.transfer_id,
    entries.c.account_id,
    entries.c.amount_micros,
    entries.c.before_micros,
    entries.c.after_micros,
    entries.c.at,
    transfers.c.kind,
    transfers.c.key,
    transfers.c.actor_kind,
    transfers.c.actor_id,
    transfers.c.reverses_id,
    accounts.c.owner_kind,
    accounts.c.owner_id,
    accounts.c.kind.label("account_kind"),
    accounts.c.currency,
    accounts.c.may_go_negative,
)

_HEAD = static(sa.select(seal_head.c.sequence, seal_head.c.hash))
_MOVE_HEAD = static(upsert(seal_head, ["id"], ["sequence", "hash"]))
_NEWEST = static(sa.select(sa.func.max(seals.c.entry_id)))
_UNSEALED = static(
    sa.select(*SEALED_COLUMNS)
    .join(transfers, transfers.c.id == entries.c.transfer_id)
    .join(accounts, accounts.c.id == entries.c.account_id)
    .where(
        entries.c.id > sa.bindparam("after_id"),
        ~sa.exists().where(seals.c.entry_id == entries.c.id),
    )
    .order_by(entries.c.id)
    .limit(BATCH_MAX)
)
_INSERT = static(sa.insert(seals))


def chain_hash(previous: str, row: Any) -> str:
    """The hash of one entry row (SEALED_COLUMNS) after the hash of the one sealed before it."""
    text = (
        f"{previous}|{row.id}|{row.book_id}|{row.transfer_id}|{row.account_id}"
        f"|{row.amount_micros}|{row.before_micros}|{row.after_micros}|{clock.to_micros(row.at)}"
        f"|{row.kind}|{row.key}|{row.actor_kind}|{row.actor_id}|{row.reverses_id or 0}"
        f"|{row.owner_kind}|{row.owner_id}|{row.account_kind}|{row.currency}"
        f"|{row.may_go_negative:d}"
    )
    return hashlib.sha256(text.encode()).hexdigest()


def seal_new_entries(tx: Tx, _: None = None) -> int:
    """Seal up to BATCH_MAX entries behind the newest sealed one; answers how many were sealed.

    Only one process runs this at a time (the ticker's leader); the primary key of the chain
    makes a second one fail instead of forking it.
    """
    return _seal_after(tx, tx.scalar(_NEWEST) or 0)


def seal_late_entries(tx: Tx, _: None = None) -> int:
    """Seal entries that were committed after entries with higher ids; answers how many.

    SQLite's one writer numbers entries in the order of their commits, so it has none.
    """
    if not tx.is_postgresql:
        return 0
    return _seal_after(tx, (tx.scalar(_NEWEST) or 0) - LATE_IDS)


def _seal_after(tx: Tx, after_id: int) -> int:
    head = tx.one(_HEAD)
    sequence, previous = (0, GENESIS) if head is None else (head.sequence, head.hash)
    sealed: list[dict[str, Any]] = []
    for row in tx.all(_UNSEALED, after_id=after_id):
        sequence += 1
        previous = chain_hash(previous, row)
        sealed.append({"sequence": sequence, "entry_id": row.id, "hash": previous})
    if sealed:
        tx.run_many(_INSERT, sealed)
        tx.run(_MOVE_HEAD, id=1, sequence=sequence, hash=previous)
    return len(sealed)
