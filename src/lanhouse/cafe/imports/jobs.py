"""Bringing the members of an import in, part by part: unseen, then paid, then shown at once.

How far it is stands in the import itself, so that a job that was canceled or lost is followed by
another: it takes everything back as long as no money was booked, and goes on to the end otherwise.
"""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.imports.commands import KIND, job_key
from lanhouse.cafe.imports.schemas import NewLine, Source, Stage
from lanhouse.cafe.imports.tables import member_import_parts, member_imports
from lanhouse.cafe.members.commands.accounts import count_members
from lanhouse.cafe.members.commands.incoming import (
    accounts_in_use,
    add_unseen,
    remove_unseen,
    show_all,
)
from lanhouse.cafe.members.commands.staged import ask_for_hashes, drop_staged_of_import
from lanhouse.cafe.members.rules import account_key
from lanhouse.cafe.money.log import write_log
from lanhouse.cafe.money.movements import Movement, move_many, open_for_new
from lanhouse.cafe.money.schemas import Event, LogEntry
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.jobs.queue import enqueue
from lanhouse.jobs.schemas import Done, Job, Progress, Steps
from lanhouse.jobs.ticker import Task
from lanhouse.kit.limits import MAX_MEMBER
from lanhouse.kit.texts import N_

_ONE = static(
    sa.select(member_imports)
    .where(
        member_imports.c.center_id == sa.bindparam("center"),
        member_imports.c.id == sa.bindparam("import_id"),
    )
    .with_for_update()
)
_OPEN = static(
    sa.select(member_imports.c.id, member_imports.c.center_id, member_imports.c.staff_id)
    .where(member_imports.c.ended_at.is_(None))
    .order_by(member_imports.c.id)
    .limit(100)
)
_OF_IMPORT = (
    member_import_parts.c.center_id == sa.bindparam("center"),
    member_import_parts.c.import_id == sa.bindparam("import_id"),
)
_PART = static(
    sa.select(member_import_parts.c.lines).where(
        *_OF_IMPORT, member_import_parts.c.number == sa.bindparam("the_number")
    )
)
_FORGET = static(sa.delete(member_import_parts).where(*_OF_IMPORT))
_SET = static(
    sa.update(member_imports)
    .where(
        member_imports.c.center_id == sa.bindparam("center"),
        member_imports.c.id == sa.bindparam("import_id"),
    )
    .values(
        stage=sa.bindparam("new_stage"),
        next_part=sa.bindparam("part"),
        problem=sa.bindparam("why"),
        ended_at=sa.bindparam("end", type_=member_imports.c.ended_at.type),
    )
)
CANCELED = "canceled"
_TAKEN = "accounts were opened meanwhile that are called like some of it"
_FULL = "the centre has too many members by now"


def import_step(tx: Tx, job: Job) -> Progress | Done:
    """One part further."""
    row = tx.one(_ONE, center=job.center_id, import_id=job.payload["import_id"])
    center = center_by_id(tx, job.center_id)
    assert row is not None
    assert center is not None
    if row.ended_at is not None:
        return Done(_result(row))
    return _STAGES[Stage(row.stage)](tx, center, row)


def _add(tx: Tx, center: Center, row: Row) -> Progress | Done:
    """Write the next members, whom nobody sees yet."""
    lines = _lines(tx, row)
    lock_center(tx, center.id)
    keys = [account_key(line.values["account"]) for line in lines]
    if accounts_in_use(tx, center.id, keys):
        return _turn_back(tx, row, _TAKEN)
    add_unseen(tx, center.id, row.id, [(line.member_id, line.values) for line in lines])
    is_last = row.next_part + 1 == row.parts
    if is_last and count_members(tx, center.id) > MAX_MEMBER:
        return _turn_back(tx, row, _FULL)
    return _go_on(tx, row, Stage.ADDING, Stage.PAYING if row.paid_rows else Stage.SHOWING)


def _pay(tx: Tx, center: Center, row: Row) -> Progress | Done:
    """Book what the next members bring: carried over from before this ledger, not taken at any
    till, and so in nobody's shift."""
    actor = Actor(
        kind="system", center_id=center.id, staff_id=row.staff_id, staff_name=row.staff_name
    )
    movements = [_opening(center, actor, line) for line in _lines(tx, row) if line.has_money]
    if movements:
        owners = [owner for each in movements for owner, amount in each.amounts.items() if amount]
        move_many(tx, movements, open_for_new(tx, center, owners))
    return _go_on(tx, row, Stage.PAYING, Stage.SHOWING)


def _opening(center: Center, actor: Actor, line: NewLine) -> Movement:
    house, his = ("center", center.id), ("member", line.member_id)
    return Movement(
        center=center,
        actor=actor,
        event=Event.OPENING,
        member_id=line.member_id,
        holder=(line.values["account"], line.values["group_id"]),
        kind="opening",
        amounts={
            (*his, "balance"): line.balance_micros,
            (*his, "bonus"): line.bonus_micros,
            (*house, "opening"): -line.balance_micros - line.bonus_micros,
            (*his, "coin"): line.coin_micros,
            (*house, "coin_issued"): -line.coin_micros,
            (*his, "point"): line.point_micros,
            (*house, "point_issued"): -line.point_micros,
        },
        details="Carried over from a list",
        is_settled=True,
    )


def _undo(tx: Tx, _: Center, row: Row) -> Progress | Done:
    """Take the next rows away again; no money was booked on them."""
    if row.next_part < row.parts:
        remove_unseen(tx, row.center_id, row.id, [line.member_id for line in _lines(tx, row)])
        _set(tx, row, Stage.UNDOING, row.next_part + 1, row.problem)
        return Progress(None, 0, row.rows)
    drop_staged_of_import(tx, row.center_id, row.id)
    _end(tx, row, Stage.UNDONE)
    return Done({"members": 0, "problem": row.problem}, 0)


def _go_on(tx: Tx, row: Row, stage: Stage, after: Stage) -> Progress:
    part = row.next_part + 1
    steps, done = row.parts * (2 if row.paid_rows else 1), part
    if stage is Stage.PAYING:
        done += row.parts
    if part < row.parts:
        _set(tx, row, stage, part)
    else:
        _set(tx, row, after, 0)
    return Progress(None, row.rows * done // steps, row.rows)


def _show(tx: Tx, center: Center, row: Row) -> Done:
    """All of it is there: from this moment everybody sees it. A step of its own, because members
    are locked before the ledger's accounts, which the last payment has locked."""
    show_all(tx, center.id, row.id)
    _end(tx, row, Stage.SHOWN)
    if row.has_passwords:
        ask_for_hashes(tx, center.id, row.staff_id)
    other = center_by_id(tx, row.other_center_id) if row.source == Source.CENTER else None
    whence = "a file" if other is None else f"{other.license_name} ({other.id})"
    _tell(tx, row, center.id, f"{row.rows} members taken in from {whence}")
    if other is not None:
        whither = f"{center.license_name} ({center.id})"
        _tell(tx, row, other.id, f"{row.rows} members taken over by {whither}")
    return Done({"members": row.rows}, row.rows)


_STAGES = {
    Stage.ADDING: _add,
    Stage.PAYING: _pay,
    Stage.SHOWING: _show,
    Stage.UNDOING: _undo,
}


def _tell(tx: Tx, row: Row, center_id: int, details: str) -> None:
    is_own = center_id == row.center_id
    entry = LogEntry(
        center_id=center_id,
        event=Event.MEMBER,
        # Nobody of another house has a number in this one.
        staff_id=row.staff_id if is_own else 0,
        staff_name=row.staff_name if is_own else "",
        details=details,
    )
    write_log(tx, entry)


def _turn_back(tx: Tx, row: Row, problem: str) -> Progress:
    _set(tx, row, Stage.UNDOING, 0, problem)
    return Progress(None, 0, row.rows)


def _end(tx: Tx, row: Row, stage: Stage) -> None:
    tx.run(_FORGET, center=row.center_id, import_id=row.id)
    values = {"part": row.next_part, "why": row.problem, "new_stage": stage, "end": tx.now}
    tx.run(_SET, center=row.center_id, import_id=row.id, **values)


def _set(tx: Tx, row: Row, stage: Stage, part: int, problem: str = "") -> None:
    values = {"part": part, "why": problem, "new_stage": stage, "end": None}
    tx.run(_SET, center=row.center_id, import_id=row.id, **values)


def _lines(tx: Tx, row: Row) -> list[NewLine]:
    found: Any = tx.scalar(_PART, center=row.center_id, import_id=row.id, the_number=row.next_part)
    return msgspec.convert(found, list[NewLine])


def _result(row: Row) -> dict[str, Any]:
    if row.stage == Stage.SHOWN:
        return {"members": row.rows}
    return {"members": 0, "problem": row.problem}


def go_on_with_imports(tx: Tx, _: None = None) -> bool:
    """Give imports whose job was canceled or given up another one (see above)."""
    for found in tx.all(_OPEN):
        payload = {"import_id": found.id}
        key = job_key(found.center_id)
        by = found.staff_id
        if not enqueue(tx, KIND, payload, key=key, center_id=found.center_id, started_by=by):
            continue
        row = tx.one(_ONE, center=found.center_id, import_id=found.id)
        assert row is not None
        if row.stage == Stage.ADDING:
            _turn_back(tx, row, CANCELED)
    return False


TASKS = [Task("go on with imports", 5, go_on_with_imports)]
JOBS = [Steps(KIND, import_step, label=N_("Take in a list of members"))]
