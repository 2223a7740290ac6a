"""What a member's own token opens is his own, and nothing else."""

from __future__ import annotations

from lanhouse.auth.actors import Actor
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.queries import member_by_id
from lanhouse.cafe.members.rules import account_key
from lanhouse.db.statements import Row
from lanhouse.db.store import Read


def must_be_own(actor: Actor, member_id: int) -> None:
    """Raise MemberNotFound when a member's token names another member."""
    if actor.kind == "member" and actor.member_id != member_id:
        raise MemberNotFound


def himself(read: Read, actor: Actor, account: str = "", member_id: int | None = None) -> Row:
    """The row of the member whose token calls. Raises MemberNotFound when he names another one, by
    account or id, or is none any more."""
    row = member_by_id(read, actor.center_id, actor.member_id)
    if row is None or (member_id is not None and member_id != row.id):
        raise MemberNotFound
    if account.strip() and account_key(account.strip()) != row.account_key:
        raise MemberNotFound
    return row
