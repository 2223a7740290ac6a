"""Moving members between groups as their points rise and fall (cafe-domain 5)."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.queries import member_groups_of
from lanhouse.cafe.groups.rules import group_for_points
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP
from lanhouse.cafe.members.account_log import log_change
from lanhouse.cafe.members.queries import member_by_id, purse_of
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.sessions.commands import refresh_tariffs
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

_SET_GROUP = static(
    sa.update(members)
    .where(members.c.center_id == sa.bindparam("center"), members.c.id == sa.bindparam("member"))
    .values(
        group_id=sa.bindparam("new_group"),
        updated_at=sa.bindparam("at", type_=members.c.updated_at.type),
    )
)


def follow_points(tx: Tx, center: Center, actor: Actor, member_id: int) -> bool:
    """Put a member into the group of its points; answers whether it changed.

    To be called when points have moved, with the member locked. Does nothing for guests and
    where the centre uses no points.
    """
    row = member_by_id(tx, (center.id, member_id)) if center.settings.points_enabled else None
    if row is None or row.group_id < DEFAULT_GROUP:
        return False
    points = purse_of(tx, center, member_id).point_micros
    group_id = group_for_points(member_groups_of(tx, center.id), points, row.group_id)
    if group_id == row.group_id:
        return False
    tx.run(_SET_GROUP, center=center.id, member=member_id, new_group=group_id, at=tx.now)
    log_change(tx, center, actor, member_id, row.account, group_id, "Group follows the points")
    refresh_tariffs(tx, center)
    return True
