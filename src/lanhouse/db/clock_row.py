"""The one row that all processes of a database agree on about their clock (decision 0014).

A step of the clock that somebody accepted must reach every process before it writes again, or it
would end sessions whose times were moved. So each transaction looks at the sum of the steps
first; on PostgreSQL a shared lock keeps it from changing while one is under way.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Read, Tx
from lanhouse.db.tables import metadata
from lanhouse.db.types import UtcTime
from lanhouse.kit import clock
from lanhouse.kit.steering import Mark

clock_row = sa.Table(
    "clock_row",
    metadata,
    # Always 1.
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    # Real time less the reference clock, while that is in doubt; 0 without a doubt.
    sa.Column("offset_micros", sa.BigInteger, nullable=False),
    # Rises with each change of the offset: who changes it must have seen the newest.
    sa.Column("version", sa.BigInteger, nullable=False),
    # The sum of all steps of the reference clock that were accepted.
    sa.Column("steps_micros", sa.BigInteger, nullable=False),
    # Movements up to here were booked by a clock that was ahead and has been put back since.
    sa.Column("known_ahead_at", UtcTime),
    # Who asked on the command line for the step to be accepted; empty = nobody.
    sa.Column("wanted_by", sa.Text, nullable=False),
    # How far real time had come: at which reading of the boot clock, of which boot.
    sa.Column("boot_id", sa.Text, nullable=False),
    sa.Column("boot_micros", sa.BigInteger, nullable=False),
    sa.Column("at_micros", sa.BigInteger, nullable=False),
)
_EMPTY: dict[str, Any] = {
    "id": 1,
    "offset_micros": 0,
    "version": 0,
    "steps_micros": 0,
    "known_ahead_at": None,
    "wanted_by": "",
    "boot_id": "",
    "boot_micros": 0,
    "at_micros": 0,
}
_MAKE = static(insert_ignore(clock_row))
_ROW = static(sa.select(clock_row).where(clock_row.c.id == 1))
_MARK = static(
    sa.update(clock_row).values(
        boot_id=sa.bindparam("new_boot_id"),
        boot_micros=sa.bindparam("new_boot_micros"),
        at_micros=sa.bindparam("new_at_micros"),
    )
)
_OFFSET = static(
    sa.update(clock_row)
    .where(clock_row.c.version == sa.bindparam("seen"))
    .values(offset_micros=sa.bindparam("new_offset"), version=clock_row.c.version + 1)
)
_WANTED = static(sa.update(clock_row).values(wanted_by=sa.bindparam("new_wanted_by")))
_STEP = static(
    sa.update(clock_row).values(
        offset_micros=0,
        version=clock_row.c.version + 1,
        wanted_by="",
        steps_micros=clock_row.c.steps_micros + sa.bindparam("step"),
        at_micros=clock_row.c.at_micros + sa.bindparam("step"),
        known_ahead_at=sa.bindparam("ahead", type_=clock_row.c.known_ahead_at.type),
    )
)
_STEPS = static(sa.select(clock_row.c.steps_micros).where(clock_row.c.id == 1))
_DATABASE_TIME = static(sa.select(sa.func.clock_timestamp().label("at")))
_LOCK_NUMBER = 7_260_014
_LOCK = static(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_NUMBER).label("got")))


class Agreed(msgspec.Struct, frozen=True):
    """What the row says; see the table."""

    offset_micros: int = 0
    version: int = 0
    steps_micros: int = 0
    known_ahead_at: datetime | None = None
    wanted_by: str = ""
    mark: Mark | None = None


def agreed(read: Read) -> Agreed:
    """The row as it is; as empty as a new one when there is none yet."""
    row = read.one(_ROW)
    if row is None:
        return Agreed()
    mark = Mark(row.boot_id, row.boot_micros, row.at_micros) if row.at_micros else None
    return Agreed(
        row.offset_micros, row.version, row.steps_micros, row.known_ahead_at, row.wanted_by, mark
    )


def database_micros(read: Read) -> int:
    """The time of the PostgreSQL server at this moment, in microseconds since 1970."""
    return clock.to_micros(read.scalar(_DATABASE_TIME))


def make_row(tx: Tx) -> None:
    """See to it that the row is there."""
    tx.run(_MAKE, **_EMPTY)


def write_mark(tx: Tx, mark: Mark) -> None:
    """Note how far real time has come."""
    make_row(tx)
    tx.run(
        _MARK,
        new_boot_id=mark.boot_id,
        new_boot_micros=mark.boot_micros,
        new_at_micros=mark.at_micros,
    )


def agree(tx: Tx, offset_micros: int, seen: int) -> bool:
    """Set the offset; False when another process changed it after version `seen` was read."""
    make_row(tx)
    return tx.run(_OFFSET, new_offset=offset_micros, seen=seen) == 1


def want_accept(tx: Tx, wanted_by: str) -> None:
    """Ask the process that leads to accept the step."""
    make_row(tx)
    tx.run(_WANTED, new_wanted_by=wanted_by)


def hold_clock(tx: Tx) -> None:
    """Wait until no other transaction is under way, and let none begin before this one ends."""
    if tx.is_postgresql:
        tx.scalar(_LOCK)


def step_clock(tx: Tx, step_micros: int, known_ahead_at: datetime | None) -> None:
    """Accept a step, for every process: real time goes on by it from here, this command's too."""
    make_row(tx)
    tx.run(_STEP, step=step_micros, ahead=known_ahead_at)
    follow_steps(tx)
    tx.forget_now()


def follow_steps(read: Read) -> None:
    """Take the steps that were accepted; the first thing of every transaction on SQLite."""
    clock.take_steps(read.scalar(_STEPS) or 0)


BEGIN_ON_POSTGRESQL = "; ".join(
    (
        "BEGIN",
        f"SELECT pg_advisory_xact_lock_shared({_LOCK_NUMBER})",
        "SELECT steps_micros FROM clock_row",
    )
)
"""Begin a writing transaction: its last answer holds the steps to take."""
