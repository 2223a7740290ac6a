"""The digests of business rows: one per row and command that changed it, in its transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from lanhouse.db.digested import Digested, Form, digested_tables
from lanhouse.db.statements import static
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Hash

SLICE_MAX = 100
"""How many old rows one command takes over: the writer is held for a millisecond or two."""
FOUND = 0
"""The version of a row that was there before its table was digested: as found, not as written."""

row_digests = sa.Table(
    "row_digests",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    # Digested.number.
    sa.Column("table_number", sa.SmallInteger, nullable=False),
    sa.Column("row_id", sa.BigInteger, nullable=False),
    sa.Column("row_part", sa.Text, nullable=False),
    # 1, 2, 3 …, or FOUND.
    sa.Column("version", sa.Integer, nullable=False),
    # Empty: the row was deleted.
    sa.Column("digest", Hash),
    sa.UniqueConstraint("table_number", "row_id", "row_part", "version"),
)

# Tables whose old rows are not all taken over yet, and how far that has come.
digest_backlog = sa.Table(
    "digest_backlog",
    metadata,
    sa.Column("table_number", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("after_id", sa.BigInteger, nullable=False),
    sa.Column("after_part", sa.Text, nullable=False),
)

_earlier = row_digests.alias("earlier")


def latest_version(number: Any, row_id: Any, part: Any) -> sa.ScalarSelect[int]:
    """The newest version of a row's digest, empty when it has none."""
    return (
        sa.select(sa.func.max(_earlier.c.version))
        .where(
            _earlier.c.table_number == number,
            _earlier.c.row_id == row_id,
            _earlier.c.row_part == part,
        )
        .scalar_subquery()
    )


_NUMBER = sa.bindparam("of_table", type_=sa.SmallInteger)
_ROW = sa.bindparam("of_row", type_=sa.BigInteger)
_PART = sa.bindparam("of_part", type_=sa.Text)
_STORE = static(
    sa.insert(row_digests).values(
        table_number=_NUMBER,
        row_id=_ROW,
        row_part=_PART,
        version=sa.func.coalesce(latest_version(_NUMBER, _ROW, _PART), FOUND) + 1,
        digest=sa.bindparam("its_digest", type_=Hash()),
    )
)
_STORE_FOUND = static(sa.insert(row_digests))
_FIRST = static(sa.select(digest_backlog).order_by(digest_backlog.c.table_number).limit(1))
_OF_TABLE = digest_backlog.c.table_number == sa.bindparam("of_table")
_GO_ON = static(
    sa.update(digest_backlog)
    .where(_OF_TABLE)
    .values(after_id=sa.bindparam("next_id"), after_part=sa.bindparam("next_part"))
)
_FINISH = static(sa.delete(digest_backlog).where(_OF_TABLE))


def store_digests(tx: Any, changed: Mapping[tuple[int, int, str], tuple[Digested, Any]]) -> None:
    """Append a version for each row that a transaction changed.

    `changed`: number, id and part -> its table and its values, None for a row that was deleted.
    Whoever changes a row holds its lock, so that its versions follow each other.
    """
    tx.run_many(
        _STORE,
        [
            {
                "of_table": number,
                "of_row": row_id,
                "of_part": part,
                "its_digest": None if values is None else declared.digest(values),
            }
            for (number, row_id, part), (declared, values) in changed.items()
        ],
    )


def take_over_old_rows(tx: Any, _nothing: None = None) -> bool:
    """Digest up to SLICE_MAX rows that were there before their table was, or before some of its
    columns were: these get a version more, if they are what their digest says.

    Answers whether there is more to do. Rows that a command changed meanwhile have a digest.
    """
    place = tx.one(_FIRST)
    if place is None:
        return False
    declared = {each.number: each for each in digested_tables()}[place.table_number]
    behind = is_after(declared)
    place_now = place_after(declared, place.after_id, place.after_part)
    if declared.former_widths:
        # Else a command could give one of these rows the same next version.
        keys = _in_order(sa.select(*declared.key), declared, behind).with_for_update()
        tx.all(keys, **place_now)
    rows = tx.all(_in_order(with_newest_digest(declared), declared, behind), **place_now)
    tx.run_many(_STORE_FOUND, [each for each in map(partial(_found, declared), rows) if each])
    if len(rows) < SLICE_MAX:
        tx.run(_FINISH, of_table=declared.number)
    else:
        row_id, part = declared.place_of(rows[-1])[1:]
        tx.run(_GO_ON, of_table=declared.number, next_id=row_id, next_part=part)
    return True


def _found(declared: Digested, row: Sequence[Any]) -> dict[str, Any] | None:
    """The digest that an old row (with_newest_digest) still needs."""
    *values, version, digest = row
    if version is None:
        version, digest = FOUND, declared.digest(values)
    elif digest is not None and declared.form_of(digest, values) is Form.FORMER:
        version, digest = version + 1, declared.digest_found(values)
    else:
        return None
    number, row_id, part = declared.place_of(values)
    return {
        "table_number": number,
        "row_id": row_id,
        "row_part": part,
        "version": version,
        "digest": digest,
    }


def _in_order(
    rows: sa.Select[Any], declared: Digested, wanted: sa.ColumnElement[bool]
) -> sa.Select[Any]:
    return rows.where(wanted).order_by(*declared.key).limit(SLICE_MAX)


def with_newest_digest(declared: Digested) -> sa.Select[Any]:
    """The digested columns of rows, and `version` and `digest` of the newest one of each."""
    newest = latest_version(declared.number, declared.key[0], declared.part)
    return (
        sa.select(*declared.columns, row_digests.c.version, row_digests.c.digest)
        .select_from(declared.table)
        .outerjoin(
            row_digests,
            (row_digests.c.table_number == declared.number)
            & (row_digests.c.row_id == declared.key[0])
            & (row_digests.c.row_part == declared.part)
            & (row_digests.c.version == newest),
        )
    )


def is_after(declared: Digested) -> sa.ColumnElement[bool]:
    """Rows behind the one that place_after() names, in the order of the table's key."""
    key = declared.key
    first = sa.bindparam("after_id", type_=key[0].type)
    if len(key) == 1:
        return key[0] > first
    return sa.tuple_(*key) > sa.tuple_(first, sa.bindparam("after_part", type_=key[1].type))


def place_after(declared: Digested, row_id: int, part: str) -> dict[str, Any]:
    """The parameters of is_after(); 0 and nothing: all rows are behind it."""
    key = declared.key
    if len(key) == 1:
        return {"after_id": row_id}
    # The first call has no part; no number and no text is below these.
    second = (int(part) if part else -1) if isinstance(key[1].type, sa.Integer) else part
    return {"after_id": row_id, "after_part": second}
