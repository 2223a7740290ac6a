"""Choices of the list of members that a person keeps under a name."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.members.tables import member_views
from lanhouse.db.statements import Row, static, upsert
from lanhouse.db.store import Read, Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import MEMBER_VIEWS_MAX
from lanhouse.kit.said import say

NAME_CHARS_MAX, QUERY_CHARS_MAX = 40, 1000
_views = member_views.c
_KEEP = static(upsert(member_views, ["center_id", "staff_id", "name"], ["query"]))
_HIS = (_views.center_id == sa.bindparam("center")) & (_views.staff_id == sa.bindparam("staff"))
_OF_PERSON = static(sa.select(member_views).where(_HIS).order_by(_views.name))
_DELETE = static(sa.delete(member_views).where(_HIS, _views.id == sa.bindparam("view")))


class NewView(msgspec.Struct, frozen=True, kw_only=True):
    """What a person calls the choices that `query` holds (the part of an address behind `?`)."""

    actor: Actor
    name: str
    query: str


class ViewNamed(msgspec.Struct, frozen=True, kw_only=True):
    """A saved view of a person."""

    actor: Actor
    view_id: int


def views_of(read: Read, actor: Actor) -> list[Row]:
    """The saved views of a person, by name: rows of member_views."""
    return read.all(_OF_PERSON, center=actor.center_id, staff=actor.staff_id)


def save_view(tx: Tx, new: NewView) -> None:
    """Keep a view under a name; one of that name is replaced. Raises InvalidInput, Refused."""
    name = new.name.strip()
    if not name or len(name) > NAME_CHARS_MAX:
        most = NAME_CHARS_MAX
        reason = say("must be a text of at most %(count)s characters", count=most)
        raise InvalidInput({"name": reason if name else say("is required")})
    if len(new.query) > QUERY_CHARS_MAX:
        raise InvalidInput({"query": say("is too long")})
    found = {row.name for row in views_of(tx, new.actor)}
    if name not in found and len(found) >= MEMBER_VIEWS_MAX:
        raise Refused(say("You can keep at most %(count)s views.", count=MEMBER_VIEWS_MAX))
    tx.run(
        _KEEP,
        center_id=new.actor.center_id,
        staff_id=new.actor.staff_id,
        name=name,
        query=new.query,
    )
    tx.audit("staff", new.actor.staff_id, after={"member_view": name})


def delete_view(tx: Tx, named: ViewNamed) -> None:
    """Forget a view. Raises NotFound for one that is not the person's."""
    who = {"center": named.actor.center_id, "staff": named.actor.staff_id}
    if not tx.run(_DELETE, **who, view=named.view_id):
        raise NotFound(say("View not found"))
    tx.audit("staff", named.actor.staff_id, member_view_id=named.view_id)
