"""Verification of business rows: each is compared with its newest digest (decision 0019)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.db.digested import Digested, Form, digested_tables
from lanhouse.db.digests import (
    FOUND,
    digest_backlog,
    is_after,
    latest_version,
    place_after,
    row_digests,
    with_newest_digest,
)
from lanhouse.db.statements import Static, static
from lanhouse.db.store import Read

# A row of some tables is a few kilobytes.
_PAGE = 2_000


class Digests(msgspec.Struct):
    """What was compared: rows, sealed digests, rows sealed (or some of their columns) as found,
    rows that wait for a digest of all their columns."""

    rows: int = 0
    digests: int = 0
    as_found: int = 0
    waiting: int = 0


def rows_problem(read: Read, seen: Digests) -> str | None:
    """Compare every row of every digested table; names the first that was altered, added or
    removed, or None.
    """
    known = [each.number for each in digested_tables()]
    strange = read.scalar(
        sa.select(row_digests.c.table_number)
        .where(row_digests.c.table_number.not_in(known))
        .limit(1)
    )
    if strange is not None:
        raise RuntimeError(f"table {strange} is digested and not known: import every noun's tables")
    backlog = {row.table_number: row for row in read.all(sa.select(digest_backlog))}
    for declared in digested_tables():
        problem = _altered(read, declared, backlog.get(declared.number), seen)
        problem = problem or _removed(read, declared)
        if problem is not None:
            return problem
    return None


def changed_since(read: Read, seen: Digests, after_id: int) -> str | None:
    """Compare the rows that have a digest with an id above `after_id`.

    A row that was added by hand has none: only rows_problem() finds it.
    """
    for declared in digested_tables():
        last = after_id
        while True:
            rows = read.all(_digests_page(declared), after_id=last)
            for *values, _, row_id, part, version, digest in rows:
                problem = _problem_of(declared, values, version, digest)
                if problem is not None:
                    return f"{declared.name_of(row_id, part)}: {problem}"
            seen.rows += len(rows)
            if len(rows) < _PAGE:
                break
            last = rows[-1].digest_id
    return None


def _altered(read: Read, declared: Digested, backlog: Any, seen: Digests) -> str | None:
    row_id, part = 0, ""
    # Rows behind this one may be waiting for their first digest.
    taken = None if backlog is None else (backlog.after_id, backlog.after_part)
    is_waiting = False
    while True:
        rows = read.all(_rows_page(declared), **place_after(declared, row_id, part))
        for *values, version, digest in rows:
            _, row_id, part = declared.place_of(values)
            if version is None:
                is_waiting = is_waiting or _is_behind(read, declared, taken, row_id, part)
                if not is_waiting:
                    return f"{declared.name_of(row_id, part)}: was added, it has no digest"
                seen.waiting += 1
                continue
            form = declared.form_of(digest, values)
            if form is None:
                how = "was deleted, and is there again" if digest is None else "was changed"
                return f"{declared.name_of(row_id, part)}: {how} since its version {version}"
            seen.as_found += version == FOUND or form is Form.FOUND
            seen.waiting += form is Form.FORMER
        seen.rows += len(rows)
        if len(rows) < _PAGE:
            return None


def _is_behind(
    read: Read, declared: Digested, taken: tuple[int, str] | None, row_id: int, part: str
) -> bool:
    """Whether old rows are taken over up to a row before this one; asked once a table."""
    if taken is None:
        return False
    key = declared.key
    itself = key[0] == row_id if len(key) == 1 else (key[0] == row_id) & (declared.part == part)
    place = place_after(declared, *taken)
    return read.scalar(sa.select(sa.literal(1)).where(itself, is_after(declared)), **place) == 1


def _removed(read: Read, declared: Digested) -> str | None:
    gone = read.one(_first_removed(declared))
    return None if gone is None else f"{declared.name_of(*gone)}: was removed"


@cache
def _first_removed(declared: Digested) -> Static:
    return static(
        sa.select(row_digests.c.row_id, row_digests.c.row_part)
        .outerjoin(declared.table, _is_of(declared))
        .where(
            row_digests.c.table_number == declared.number,
            row_digests.c.digest.is_not(None),
            declared.key[0].is_(None),
            row_digests.c.version
            == latest_version(declared.number, row_digests.c.row_id, row_digests.c.row_part),
        )
        .limit(1)
    )


def _is_of(declared: Digested) -> sa.ColumnElement[bool]:
    """The digest in row_digests is of this row."""
    its = declared.key[0] == row_digests.c.row_id
    return its & (declared.part == row_digests.c.row_part) if len(declared.key) > 1 else its


@cache
def _rows_page(declared: Digested) -> Static:
    page = with_newest_digest(declared).where(is_after(declared)).order_by(*declared.key)
    return static(page.limit(_PAGE))


@cache
def _digests_page(declared: Digested) -> Static:
    newest = latest_version(declared.number, row_digests.c.row_id, row_digests.c.row_part)
    return static(
        sa.select(
            *declared.columns,
            row_digests.c.id.label("digest_id"),
            row_digests.c.row_id,
            row_digests.c.row_part,
            row_digests.c.version,
            row_digests.c.digest,
        )
        .select_from(row_digests)
        .outerjoin(declared.table, _is_of(declared))
        .where(
            row_digests.c.table_number == declared.number,
            row_digests.c.id > sa.bindparam("after_id"),
            row_digests.c.version == newest,
        )
        .order_by(row_digests.c.id)
        .limit(_PAGE)
    )


def _problem_of(
    declared: Digested, values: Sequence[Any], version: int, digest: str | None
) -> str | None:
    is_there = values[0] is not None
    if digest is None:
        return "was deleted, and is there again" if is_there else None
    if not is_there:
        return "was removed"
    if declared.form_of(digest, values) is None:
        return f"was changed since its version {version}"
    return None
