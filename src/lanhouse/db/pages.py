"""Whether the database's own files are sound: pages, indexes and references."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from lanhouse.db.store import Read

UNCHECKED = "indexes not checked"

_INDEXES = sa.text(
    "SELECT c.oid AS id, c.relname AS name FROM pg_class c"
    " JOIN pg_index i ON i.indexrelid = c.oid JOIN pg_am a ON a.oid = c.relam"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE a.amname = 'btree' AND n.nspname = current_schema() AND i.indisvalid"
    # Those that may still be too new come last: no other one goes unlooked at for them.
    " ORDER BY i.indcheckxmin, c.relname"
)
_AMCHECK = sa.text(
    "SELECT quote_ident(n.nspname) || '.bt_index_check' AS name FROM pg_proc p"
    " JOIN pg_namespace n ON n.oid = p.pronamespace"
    " WHERE p.proname = 'bt_index_check' AND p.pronargs >= 2"
    " AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')"
)


_TOO_NEW = "40001"
"""What amcheck says of an index that was made while others still write: it cannot be looked at in
a snapshot until they are done."""


class Soundness(NamedTuple):
    """`problem` names the first fault; `told` says what was looked at."""

    problem: str | None
    told: str


def check_pages(read: Read) -> Soundness:
    """Check the file's pages, its indexes against their tables, and every reference.

    PostgreSQL checks its own pages and references; its indexes are checked where the extension
    amcheck is installed and allowed, else `told` says that they are not.
    """
    return _check_indexes(read) if read.is_postgresql else _check_file(read)


def _check_file(read: Read) -> Soundness:
    told = "pages, indexes and references checked"
    answer = read.scalar(sa.text("PRAGMA integrity_check(1)"))
    if answer != "ok":
        return Soundness(f"database file: {answer}", told)
    stray = read.one(sa.text("PRAGMA foreign_key_check"))
    if stray is not None:
        table, row_id, parent = stray[0], stray[1], stray[2]
        return Soundness(f"{table} {row_id}: names a row of {parent} that is not there", told)
    return Soundness(None, told)


def _check_indexes(read: Read) -> Soundness:
    check = read.scalar(_AMCHECK)
    if check is None:
        return Soundness(None, UNCHECKED)
    found = read.all(_INDEXES)
    for number, index in enumerate(found):
        # An error would end the snapshot's transaction, which is the last thing done in it.
        try:
            read.one(
                sa.text(f"SELECT {check}(CAST(CAST(:id AS oid) AS regclass), true)"), id=index.id
            )
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") == _TOO_NEW:
                told = f"{number} of {len(found)} indexes checked, {index.name} is too new"
                return Soundness(None, told)
            fault = str(error.orig).splitlines()[0]
            return Soundness(f"index {index.name}: {fault}", "indexes checked")
    return Soundness(None, f"{len(found)} indexes checked")
