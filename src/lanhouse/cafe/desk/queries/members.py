"""Finding members for the pages of the desk."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.queries import member_group_by_id, pc_time_discount
from lanhouse.cafe.members.queries.card import pinned_notes
from lanhouse.cafe.members.queries.listing import first_members
from lanhouse.cafe.members.rules import account_key
from lanhouse.cafe.members.tables import members
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say

_FOUND_MAX = 6
_MEMBER = static(
    sa.select(members).where(
        members.c.center_id == sa.bindparam("center"), members.c.id == sa.bindparam("member")
    )
)
_NAMED = sa.select(members).where(
    members.c.center_id == sa.bindparam("center"),
    members.c.account_key == sa.bindparam("account"),
    members.c.deleted_at.is_(None),
)
_BY_ACCOUNT = static(_NAMED.where(members.c.group_id > -1))
_GUEST = static(_NAMED.where(members.c.group_id <= -1))


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who plays, as the desk shows it."""

    member_id: int
    account: str
    name: str
    group_id: int
    group_name: str
    discount_percent: int
    is_member: bool
    warnings: tuple[str, ...] = ()
    """Pinned notes: what the desk is told whenever it chooses the person."""

    @property
    def initials(self) -> str:
        """Two letters for the round picture."""
        return "".join(part[0] for part in self.name.split()[:2]).upper()


def find_members(read: Read, center: Center, text: str) -> list[Person]:
    """Members for a typed text: the one with exactly this account, else up to six that match."""
    typed = account_key(text.strip())
    if not typed:
        return []
    exact = read.one(_BY_ACCOUNT, center=center.id, account=typed)
    rows = [exact] if exact is not None else first_members(read, center, typed, _FOUND_MAX)
    return [person_from(read, center, row) for row in rows]


def find_payees(read: Read, center: Center, text: str) -> list[Person]:
    """The same to give money back: a guest too, by exactly his account."""
    row = read.one(_GUEST, center=center.id, account=account_key(text.strip()))
    return [person_from(read, center, row)] if row is not None else find_members(read, center, text)


def member_meant(found: list[Person], member: str, shown: int) -> Person:
    """The one of the found members whom the desk means.

    A piece of a name counts only when its member was shown (by id) before the press: what is typed
    fast must not move the money of somebody nobody has seen. Raises InvalidInput.
    """
    if len(found) != 1:
        several, nobody = say("Several members match. Pick one."), say("No member matches this.")
        reason = several if found else nobody
        raise InvalidInput({"member": reason if member.strip() else say("is required")})
    person = found[0]
    is_named = account_key(member.strip()) == account_key(person.account)
    if not is_named and shown != person.member_id:
        whom = f"{person.name} ({person.account})"
        raise InvalidInput(
            {"member": say("%(whom)s: Is this who is meant? Then press again.", whom=whom)}
        )
    return person


def person_of(read: Read, center: Center, member_id: int) -> Person | None:
    """A member or guest of this centre with the group's name, or None."""
    row = read.one(_MEMBER, center=center.id, member=member_id)
    return None if row is None else person_from(read, center, row)


def person_from(read: Read, center: Center, row: Row) -> Person:
    """The person of a member's row."""
    group = member_group_by_id(read, center.id, row.group_id)
    return Person(
        member_id=row.id,
        account=row.account,
        name=f"{row.first_name} {row.last_name}".strip() or row.account,
        group_id=row.group_id,
        group_name="" if group is None else group.name,
        discount_percent=pc_time_discount(read, center.id, row.group_id) // 100,
        is_member=row.group_id > -1,
        warnings=tuple(pinned_notes(read, center.id, row.id)),
    )
