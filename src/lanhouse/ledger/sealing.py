"""Sealing: entries are chained by hash in the background, within a second of their commit.

The chain covers ids, amounts, times and whose account it was, never names or free text, so that
erasing a member does not break it (architecture section 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from lanhouse.db.digests import row_digests
from lanhouse.db.statements import Row, Static, static, upsert
from lanhouse.db.store import Tx
from lanhouse.db.types import StoredMicros
from lanhouse.ledger.tables import accounts, entries, seal_head, seals, transfers

# What one command seals: SQLite's writer is held for about a millisecond.
BATCH_MAX = 50
# There it stands in nobody's way, and a quarter of the commits is half of the work.
BATCH_MAX_ON_POSTGRESQL = 200
GENESIS = "0" * 64

# Two transactions of PostgreSQL may commit their entries in the other order than their ids; an
# entry this far behind the newest sealed one is still found, and sealed late in the chain's order.
LATE_IDS = 20_000


def _sealed(of: sa.FromClause) -> tuple[sa.ColumnElement[Any], ...]:
    """The columns of SEALED_COLUMNS for entries, or some of them."""
    return (
        of.c.id,
        of.c.book_id,
        of.c.transfer_id,
        of.c.account_id,
        of.c.amount_micros,
        of.c.before_micros,
        of.c.after_micros,
        StoredMicros(of.c.at).label("at_micros"),
        transfers.c.kind,
        transfers.c.key,
        transfers.c.actor_kind,
        transfers.c.actor_id,
        sa.func.coalesce(transfers.c.reverses_id, 0).label("reverses_id"),
        accounts.c.owner_kind,
        accounts.c.owner_id,
        accounts.c.kind.label("account_kind"),
        accounts.c.currency,
        sa.cast(accounts.c.may_go_negative, sa.Integer).label("may_go_negative"),
    )


SEALED_COLUMNS = _sealed(entries)
"""What is hashed of an entry, in this order: integers and texts as the database keeps them."""

SEALED_WIDTH = len(SEALED_COLUMNS)

ENTRY = 1
"""The kind of a seal that stands for an entry of the ledger."""
DIGEST = 2
"""The kind of a seal that stands for the digest of a business row."""
IS_SEALED = (seals.c.kind == ENTRY) & (seals.c.row_id == entries.c.id)

_HEAD = static(sa.select(seal_head.c.sequence, seal_head.c.hash))
_MOVE_HEAD = static(upsert(seal_head, ["id"], ["sequence", "hash"]))
_NEWEST = static(
    sa.select(sa.func.max(seals.c.row_id)).where(seals.c.kind == sa.bindparam("of_kind"))
)


class _SliceMax(sa.ColumnElement[int]):
    """slice_max() as a number in the text, of either database."""

    inherit_cache = True
    type = sa.Integer()


@compiles(_SliceMax)
def _write_slice_max(_: _SliceMax, compiler: Any, **_options: Any) -> str:
    return str(_slice_max(compiler.dialect.name == "postgresql"))


def _slice_max(is_postgresql: bool) -> int:
    return BATCH_MAX_ON_POSTGRESQL if is_postgresql else BATCH_MAX


_AFTER = (
    sa.select(entries)
    .where(entries.c.id > sa.bindparam("after_id"))
    .order_by(entries.c.id)
    .limit(_SliceMax())
)


def _page(wanted: sa.Select[Any]) -> Static:
    """These entries as they are sealed.

    They are found before anything is joined: PostgreSQL would rather read the whole of the tables,
    and keeps to a plan that was good while they were small.
    """
    few = wanted.subquery("few")
    return static(
        sa.select(*_sealed(few))
        .join(transfers, transfers.c.id == few.c.transfer_id)
        .join(accounts, accounts.c.id == few.c.account_id)
        .order_by(few.c.id)
    )


# Nothing behind the newest sealed entry is sealed, so only late ones have to be looked up.
_NEXT = _page(_AFTER)
_LATE = _page(_AFTER.where(~sa.exists().where(IS_SEALED)))
_INSERT = static(sa.insert(seals))

DIGEST_COLUMNS = (
    row_digests.c.id,
    row_digests.c.table_number,
    row_digests.c.row_id,
    row_digests.c.row_part,
    row_digests.c.version,
    sa.func.coalesce(row_digests.c.digest, b"").label("its_digest"),
)
"""What is hashed of a digest, in this order, behind the word `digest`."""
IS_DIGEST_SEALED = (seals.c.kind == DIGEST) & (seals.c.row_id == row_digests.c.id)
_AFTER_DIGEST = (
    sa.select(*DIGEST_COLUMNS)
    .where(row_digests.c.id > sa.bindparam("after_id"))
    .order_by(row_digests.c.id)
    .limit(_SliceMax())
)
_NEXT_DIGESTS = static(_AFTER_DIGEST)
_LATE_DIGESTS = static(_AFTER_DIGEST.where(~sa.exists().where(IS_DIGEST_SEALED)))


def chain_hash(previous: str, values: Sequence[object]) -> str:
    """The hash of one row of the chain after the hash of the one sealed before it.

    `values` are integers and texts in an order that never changes: of an entry, SEALED_COLUMNS.
    """
    return sha256("|".join((previous, *map(str, values))).encode()).hexdigest()


def slice_max(tx: Tx) -> int:
    """How many rows one command seals; as many tell that there may be more."""
    return _slice_max(tx.is_postgresql)


def seal_new_entries(tx: Tx, _: None = None) -> int:
    """Seal up to slice_max() entries behind the newest sealed one; answers how many were sealed.

    Only one process runs this at a time (the ticker's leader); the primary key of the chain
    makes a second one fail instead of forking it.
    """
    newest = tx.scalar(_NEWEST, of_kind=ENTRY) or 0
    return _seal(tx, ENTRY, tx.all(_NEXT, after_id=newest))


def seal_late_entries(tx: Tx, _: None = None) -> int:
    """Seal entries that were committed after entries with higher ids; answers how many.

    SQLite's one writer numbers entries in the order of their commits, so it has none.
    """
    if not tx.is_postgresql:
        return 0
    newest = tx.scalar(_NEWEST, of_kind=ENTRY) or 0
    return _seal(tx, ENTRY, tx.all(_LATE, after_id=newest - LATE_IDS))


def seal_new_digests(tx: Tx, _: None = None) -> int:
    """The same for digests of business rows."""
    newest = tx.scalar(_NEWEST, of_kind=DIGEST) or 0
    return _seal(tx, DIGEST, tx.all(_NEXT_DIGESTS, after_id=newest))


def seal_late_digests(tx: Tx, _: None = None) -> int:
    """The same for digests that were committed after digests with higher ids."""
    if not tx.is_postgresql:
        return 0
    newest = tx.scalar(_NEWEST, of_kind=DIGEST) or 0
    rows = tx.all(_LATE_DIGESTS, after_id=newest - LATE_IDS)
    return _seal(tx, DIGEST, rows)


def digest_hash(previous: str, values: Sequence[object]) -> str:
    """The hash of a digest (DIGEST_COLUMNS) in the chain; a tombstone has an empty one."""
    return chain_hash(previous, ("digest", *values))


def _seal(tx: Tx, kind: int, rows: Sequence[Row]) -> int:
    """Append these rows to the chain in their order and move its head; answers how many."""
    if not rows:
        return 0
    head = tx.one(_HEAD)
    sequence, previous = (0, GENESIS) if head is None else (head.sequence, head.hash)
    hash_of = digest_hash if kind == DIGEST else chain_hash
    sealed: list[dict[str, Any]] = []
    for row in rows:
        sequence += 1
        previous = hash_of(previous, row)
        sealed.append({"sequence": sequence, "kind": kind, "row_id": row.id, "hash": previous})
    tx.run_many(_INSERT, sealed)
    tx.run(_MOVE_HEAD, id=1, sequence=sequence, hash=previous)
    return len(sealed)
