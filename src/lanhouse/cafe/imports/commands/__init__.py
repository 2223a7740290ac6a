"""Beginning an import of members: checked whole, then kept in parts for the job (decision 0160)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.queries import member_groups_of
from lanhouse.cafe.groups.rules import group_for_points
from lanhouse.cafe.groups.schemas import MemberGroup
from lanhouse.cafe.imports.errors import ImportRuns, WrongRows
from lanhouse.cafe.imports.schemas import (
    Begun,
    Candidate,
    Coming,
    NewImport,
    NewLine,
    Source,
    Stage,
    TurnedAway,
    WrongCell,
)
from lanhouse.cafe.imports.tables import member_import_parts, member_imports
from lanhouse.cafe.members.commands.accounts import count_members, new_ids
from lanhouse.cafe.members.commands.staged import Staged, stage_passwords
from lanhouse.cafe.members.rules import COLUMN_OF, account_key, check_fields
from lanhouse.cafe.members.tables import members
from lanhouse.db.statements import numbered, static
from lanhouse.db.store import Read, Tx
from lanhouse.jobs.queries import open_job_of_key
from lanhouse.jobs.queue import enqueue
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.limits import MAX_MEMBER
from lanhouse.kit.said import say

KIND = "members.import"
PART_LINES = 250
"""Members that one step brings in."""
_IMPORT = numbered(member_imports)
_PART = static(sa.insert(member_import_parts))
_OPEN = static(
    sa.select(member_imports.c.id).where(
        member_imports.c.center_id == sa.bindparam("center"), member_imports.c.ended_at.is_(None)
    )
)
_KEYS = static(
    sa.select(members.c.account_key).where(
        members.c.center_id == sa.bindparam("center"), members.c.account_key.is_not(None)
    )
)


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """What may come in of an import: lines with their ids, and passwords sealed for them."""

    wanted: NewImport
    lines: Sequence[NewLine]
    skipped: Sequence[str]
    staged: Sequence[Staged]
    turned_away: Sequence[TurnedAway] = ()


def coming(read: Read, wanted: NewImport) -> Coming:
    """Who of the candidates comes in, each with his group and a free number.

    Raises WrongRows with every row that is wrong, Refused when there would be too many members,
    InvalidInput when nobody is left.
    """
    center = wanted.center
    known = {row.account_key for row in read.all(_KEYS, center=center.id)}
    find_group = _Groups(read, wanted)
    wrong: list[WrongCell] = []
    skipped: list[str] = []
    turned_away: list[TurnedAway] = []
    kept: list[Candidate] = []
    for candidate in wanted.candidates:
        line = candidate.line
        account = line.values["account"]
        if account_key(account) in known:
            if wanted.skips_existing:
                skipped.append(account)
            else:
                wrong.append(WrongCell(line.number, "member_account", say("already exists")))
            continue
        if wanted.other is not None and (untold := _untold(center, line)):
            turned_away.extend(untold)
            continue
        group_id = find_group(candidate)
        if group_id is None:
            reason = say("is not a member group of this centre")
            wrong.append(WrongCell(line.number, "member_group_name", reason))
            continue
        values = line.values | {"group_id": group_id}
        kept.append(
            msgspec.structs.replace(candidate, line=msgspec.structs.replace(line, values=values))
        )
    if wrong:
        raise WrongRows(wrong)
    if count_members(read, center.id) + len(kept) > MAX_MEMBER:
        raise Refused(say("A centre can have at most %(count)s members.", count=MAX_MEMBER))
    numbered_ones = [
        msgspec.structs.replace(each, line=msgspec.structs.replace(each.line, member_id=member_id))
        for each, member_id in zip(kept, new_ids(read, len(kept)), strict=True)
    ]
    return Coming(candidates=numbered_ones, skipped=skipped, turned_away=turned_away)


def _untold(center: Center, line: NewLine) -> list[TurnedAway]:
    """What the centre asks of every member and another centre does not know of this one. A first
    deposit is not asked for: money does not come along."""
    try:
        # Any deposit: it is asked of who opens an account at a till.
        check_fields(center, line.values | {"balance": 1}, is_new=True)
    except InvalidInput as refused:
        account = line.values["account"]
        return [
            TurnedAway(account, COLUMN_OF[column], reason)
            for column, reason in refused.fields.items()
        ]
    return []


class _Groups:
    """The group of a candidate: the named one, or where points lead to."""

    def __init__(self, read: Read, wanted: NewImport) -> None:
        settings = wanted.center.settings
        self._groups: list[MemberGroup] = member_groups_of(read, wanted.center.id)
        self._by_name = {each.name.casefold(): each.id for each in self._groups}
        usual = settings.member.default_member_group
        self._usual = usual if usual in {each.id for each in self._groups} else 0
        self._follow_points = settings.loyalty.point_enable
        # What another centre calls its groups need not be known here.
        self._is_lenient = wanted.other is not None

    def __call__(self, candidate: Candidate) -> int | None:
        name = candidate.group_name.casefold()
        group_id = self._by_name.get(name, None if name else self._usual)
        if group_id is None and self._is_lenient:
            group_id = self._usual
        if group_id is None or not self._follow_points:
            return group_id
        return group_for_points(self._groups, candidate.line.point_micros, group_id)


def begin_import(tx: Tx, ready: Ready) -> Begun:
    """Keep an import in parts and ask for its job. Nobody sees anything of it before all is there.

    Looked at again under the lock of the centre: raises ImportRuns, Refused, and WrongRows when an
    account of it was opened meanwhile.
    """
    wanted, lines = ready.wanted, ready.lines
    center_id = wanted.center.id
    lock_center(tx, center_id)
    if tx.scalar(_OPEN, center=center_id) is not None:
        raise ImportRuns
    known = {row.account_key for row in tx.all(_KEYS, center=center_id)}
    taken = [line for line in lines if account_key(line.values["account"]) in known]
    if taken:
        reason = say("already exists")
        raise WrongRows([WrongCell(line.number, "member_account", reason) for line in taken])
    if count_members(tx, center_id) + len(lines) > MAX_MEMBER:
        raise Refused(say("A centre can have at most %(count)s members.", count=MAX_MEMBER))
    if not lines:
        raise Refused(say("The list has nobody who is not here already."))
    parts = list(_parts(lines))
    other = wanted.other
    import_id = tx.scalar(
        _IMPORT.returning_id,
        center_id=center_id,
        source=Source.FILE if other is None else Source.CENTER,
        other_center_id=0 if other is None else other.id,
        staff_id=wanted.actor.staff_id,
        staff_name=wanted.actor.staff_name,
        stage=Stage.ADDING,
        rows=len(lines),
        parts=len(parts),
        next_part=0,
        paid_rows=sum(line.has_money for line in lines),
        has_passwords=bool(ready.staged),
        problem="",
        started_at=tx.now,
    )
    tx.run_many(
        _PART,
        [
            {"import_id": import_id, "number": number, "center_id": center_id, "lines": part}
            for number, part in enumerate(parts)
        ],
    )
    stage_passwords(tx, center_id, import_id, ready.staged)
    job_id = ask_for_job(tx, center_id, import_id, wanted.actor.staff_id)
    other_id = 0 if other is None else other.id
    tx.audit("members_import", import_id, after={"rows": len(lines)}, other_center_id=other_id)
    return Begun(
        import_id=import_id,
        job_id=job_id,
        count=len(lines),
        skipped=ready.skipped,
        turned_away=ready.turned_away,
    )


def job_key(center_id: int) -> str:
    """What the job of a centre's import is called."""
    return f"{KIND} of {center_id}"


def ask_for_job(tx: Tx, center_id: int, import_id: int, staff_id: int) -> int:
    """Queue the job of an import; answers its id."""
    key = job_key(center_id)
    payload = {"import_id": import_id}
    enqueue(tx, KIND, payload, key=key, center_id=center_id, started_by=staff_id)
    return open_job_of_key(tx, key).id


def _parts(lines: Sequence[NewLine]) -> Iterable[list[Any]]:
    for begin in range(0, len(lines), PART_LINES):
        yield [msgspec.to_builtins(line) for line in lines[begin : begin + PART_LINES]]
