"""Hashes as bytes instead of hex digits, and seals that may stand for more than entries.

Revision: 0014, after: 0013.
"""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import UtcTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_HEX = "^([0-9a-f][0-9a-f])*$"
_HASHES = {
    "ledger_seals": ("hash",),
    "ledger_seal_head": ("hash",),
    "idempotent_answers": ("input_hash", "digest"),
}


def upgrade() -> None:
    """Turn the hashes round; a text that is none stays what it is, for verification to name."""
    _turn(sa.LargeBinary(), as_bytes=True)


def downgrade() -> None:
    """Back to digits. The chain of the older rule begins again with the next seal."""
    _turn(sa.Text(), as_bytes=False)
    op.execute(sa.delete(sa.table("ledger_seals")))
    op.execute(sa.delete(sa.table("ledger_seal_head")))


def _turn(hash_type: Any, *, as_bytes: bool) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        _turn_in_place(hash_type, as_bytes=as_bytes)
        return
    raw: Any = connection.connection.dbapi_connection
    raw.create_function("turned", 1, _to_bytes if as_bytes else _to_digits, deterministic=True)
    for name, make in _TABLES.items():
        new = make(f"{name}_new", hash_type, is_general=as_bytes)
        # Downwards the chain begins again.
        if as_bytes or name == "idempotent_answers":
            old = sa.table(name, *(sa.column(each) for each in (*new.columns.keys(), "entry_id")))
            values = [_moved(old, column.name, _HASHES[name]) for column in new.columns]
            op.execute(sa.insert(new).from_select(new.columns.keys(), sa.select(*values)))
        op.drop_table(name)
        op.rename_table(f"{name}_new", name)


def _moved(old: Any, name: str, hashes: tuple[str, ...]) -> Any:
    """The value of a new column: turned round, under its other name, or as it is."""
    if name in hashes:
        return sa.func.turned(old.c[name])
    if name == "kind":
        return sa.literal_column("1")
    return old.c["entry_id" if name == "row_id" else name]


def _turn_in_place(hash_type: Any, *, as_bytes: bool) -> None:
    for table, columns in _HASHES.items():
        for name in columns:
            to_bytes = (
                f"CASE WHEN {name} ~ '{_HEX}' THEN decode({name}, 'hex')"
                f" ELSE convert_to({name}, 'UTF8') END"
            )
            using = to_bytes if as_bytes else f"encode({name}, 'hex')"
            if name == "digest":
                op.alter_column(table, name, server_default=None)
            op.alter_column(table, name, type_=hash_type, postgresql_using=using)
    if as_bytes:
        op.drop_constraint("ledger_seals_entry_id_fkey", "ledger_seals", type_="foreignkey")
        op.drop_constraint("ledger_seals_entry_id_key", "ledger_seals", type_="unique")
        op.alter_column("ledger_seals", "entry_id", new_column_name="row_id")
        op.add_column(
            "ledger_seals", sa.Column("kind", sa.SmallInteger(), server_default="1", nullable=False)
        )
        op.alter_column("ledger_seals", "kind", server_default=None)
        op.create_unique_constraint(
            "ledger_seals_kind_row_id_key", "ledger_seals", ["kind", "row_id"]
        )
        return
    op.alter_column("idempotent_answers", "digest", server_default="")
    op.execute(sa.delete(sa.table("ledger_seals")))
    op.drop_constraint("ledger_seals_kind_row_id_key", "ledger_seals", type_="unique")
    op.drop_column("ledger_seals", "kind")
    op.alter_column("ledger_seals", "row_id", new_column_name="entry_id")
    op.create_unique_constraint("ledger_seals_entry_id_key", "ledger_seals", ["entry_id"])
    op.create_foreign_key(
        "ledger_seals_entry_id_fkey", "ledger_seals", "ledger_entries", ["entry_id"], ["id"]
    )


def _to_bytes(digits: Any) -> Any:
    if not isinstance(digits, str) or not re.match(_HEX, digits):
        return digits
    return bytes.fromhex(digits)


def _to_digits(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _seals(name: str, hash_type: Any, *, is_general: bool) -> sa.Table:
    place = sa.Column("sequence", sa.Integer(), nullable=False)
    of_chain = sa.PrimaryKeyConstraint("sequence", name=op.f("ledger_seals_pkey"))
    if is_general:
        return op.create_table(
            name,
            place,
            sa.Column("kind", sa.SmallInteger(), nullable=False),
            sa.Column("row_id", sa.BigInteger(), nullable=False),
            sa.Column("hash", hash_type, nullable=False),
            of_chain,
            sa.UniqueConstraint("kind", "row_id", name=op.f("ledger_seals_kind_row_id_key")),
        )
    return op.create_table(
        name,
        place,
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", hash_type, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entries.id"], name=op.f("ledger_seals_entry_id_fkey")
        ),
        of_chain,
        sa.UniqueConstraint("entry_id", name=op.f("ledger_seals_entry_id_key")),
    )


def _head(name: str, hash_type: Any, *, is_general: bool) -> sa.Table:
    del is_general
    return op.create_table(
        name,
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", hash_type, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ledger_seal_head_single_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_seal_head_pkey")),
    )


def _answers(name: str, hash_type: Any, *, is_general: bool) -> sa.Table:
    default = None if is_general else ""
    return op.create_table(
        name,
        sa.Column("book_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("input_hash", hash_type, nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("digest", hash_type, server_default=default, nullable=False),
        sa.PrimaryKeyConstraint("book_id", "key", name=op.f("idempotent_answers_pkey")),
        sqlite_with_rowid=False,
    )


_TABLES = {
    "ledger_seals": _seals,
    "ledger_seal_head": _head,
    "idempotent_answers": _answers,
}
