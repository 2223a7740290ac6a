"""Moving members between groups as their points rise and fall (cafe-domain 5)."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from lanhouse.auth.actors import API_STAFF_NAME, Actor
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import PointsChanged
from lanhouse.cafe.groups.queries import member_groups_of
from lanhouse.cafe.groups.rules import group_for_points
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP
from lanhouse.cafe.members.commands import regroup
from lanhouse.cafe.members.queries import member_by_id, purse_of
from lanhouse.cafe.staff.tables import staff
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

_STAFF_NAME = static(
    sa.select(staff.c.account).where(
        staff.c.center_id == sa.bindparam("center"), staff.c.id == sa.bindparam("person")
    )
)


def follow_points(tx: Tx, facts: Sequence[PointsChanged]) -> None:
    """Put members into the group of their points; follows PointsChanged.

    The members are locked by who moved the points. Guests, and centres without points, stay.
    """
    centers: dict[int, Center] = {}
    for fact in facts:
        if fact.center_id not in centers:
            found = center_by_id(tx, fact.center_id)
            assert found is not None
            centers[fact.center_id] = found
        center = centers[fact.center_id]
        if center.settings.loyalty.point_enable:
            _follow(tx, center, fact)


def _follow(tx: Tx, center: Center, fact: PointsChanged) -> None:
    row = member_by_id(tx, center.id, fact.member_id)
    if row is None or row.group_id < DEFAULT_GROUP:
        return
    points = purse_of(tx, center, row.id).point_micros
    group_id = group_for_points(member_groups_of(tx, center.id), points, row.group_id)
    if group_id != row.group_id:
        actor = _actor(tx, fact)
        regroup(tx, center, actor, row, group_id, "Group follows the points")


def _actor(tx: Tx, fact: PointsChanged) -> Actor:
    """Whom the log names for it."""
    if fact.actor_kind == "api_key":
        return Actor(kind="api_key", center_id=fact.center_id, staff_name=API_STAFF_NAME)
    if fact.actor_kind != "staff":
        return Actor(kind=fact.actor_kind, center_id=fact.center_id)
    name = tx.scalar(_STAFF_NAME, center=fact.center_id, person=fact.actor_id)
    return Actor(
        kind="staff", center_id=fact.center_id, staff_id=fact.actor_id, staff_name=name or ""
    )
