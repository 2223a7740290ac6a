"""Taking the members of another centre of this server over (seed: Members, Import member by license
name)."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.queries import member_groups_of
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP
from lanhouse.cafe.imports.commands import Ready, begin_import
from lanhouse.cafe.imports.schemas import Begun, Candidate, NewLine
from lanhouse.cafe.members.commands.incoming import in_json
from lanhouse.cafe.members.tables import members
from lanhouse.db.statements import static
from lanhouse.db.store import Read, Tx

_COPIED = (
    *("account", "password_hash", "first_name", "last_name", "birthday", "email", "phone"),
    *("id_card", "address", "sex", "comments", "is_active", "oauth_platform"),
)
_THEIRS = static(
    sa.select(members)
    .where(
        members.c.center_id == sa.bindparam("center"),
        members.c.group_id >= DEFAULT_GROUP,
        members.c.deleted_at.is_(None),
    )
    .order_by(members.c.created_at, members.c.id)
)


def members_of_other(read: Read, other: Center) -> list[Candidate]:
    """The members of another centre as they may come in: without money, and with their passwords,
    which are hashes that fit anywhere. Guests stay. Who must change his password has none here."""
    groups = {each.id: each.name for each in member_groups_of(read, other.id)}
    found: list[Candidate] = []
    for row in read.all(_THEIRS, center=other.id):
        values: dict[str, Any] = {name: getattr(row, name) for name in _COPIED}
        if row.password_until is not None:
            values["password_hash"] = ""
        values |= {"expires_at": in_json(row.expires_at), "created_at": in_json(row.created_at)}
        line = NewLine(number=0, values=values)
        found.append(Candidate(line=line, group_name=groups.get(row.group_id, "")))
    return found


def take_over(tx: Tx, ready: Ready) -> Begun:
    """Begin the import; the other centre's log of what was done there tells it too.

    When nobody is left who is not here already, nothing is done, which is no refusal.
    """
    other = ready.wanted.other
    assert other is not None
    if not ready.lines:
        tx.did_nothing()
        return Begun(count=0, skipped=ready.skipped, turned_away=ready.turned_away)
    return begin_import(tx, ready)


def only_looked(tx: Tx, begun: Begun) -> Begun:
    """The answer of a dry run, which changes nothing."""
    tx.did_nothing()
    return msgspec.structs.replace(begun, import_id=0, job_id=0)
