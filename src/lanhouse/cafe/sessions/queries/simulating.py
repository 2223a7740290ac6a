"""What a change of prices would do, before it is made: to a bill, and to running sessions."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.queries import pc_time_discount
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.metering.rules import Bill, bill
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.cafe.pricing.rules import NoPrice, PriceList, rule_at, tariff_for
from lanhouse.cafe.sessions.plans.starting import plan_start
from lanhouse.cafe.sessions.schemas import FREE, GUEST_GROUPS, PREPAID
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import static
from lanhouse.db.store import Read
from lanhouse.kit.local_time import whole_second

_PLAYING = static(
    sa.select(
        sessions.c.kind,
        sessions.c.expires_at,
        sessions.c.paused_at,
        pcs.c.pc_group_id,
        members.c.group_id,
    )
    .join(pcs, pcs.c.id == sessions.c.pc_id)
    .join(
        members,
        (members.c.center_id == sessions.c.center_id) & (members.c.id == sessions.c.member_id),
    )
    .where(
        sessions.c.center_id == sa.bindparam("center"),
        sessions.c.ended_at.is_(None),
        sessions.c.kind != FREE,
    )
)


class Simulated(msgspec.Struct, frozen=True):
    """A question of what time costs: whose, where, from when, for how long."""

    center: Center
    pc_group_id: int
    member_group_id: int
    from_at: datetime
    minutes: int


def simulate(read: Read, asked: Simulated, prices: PriceList) -> Bill:
    """The bill of a session that would begin and end so, under these prices.

    By the plan by which sessions start, with free minutes and minimum charge as a new customer has
    them. Raises NoPrice where a part of the time has no price.
    """
    center, group_id = asked.center, asked.member_group_id
    tariff = tariff_for(
        prices,
        asked.pc_group_id,
        group_id,
        zone=center.zone_name,
        discount=pc_time_discount(read, center.id, group_id),
    )
    rule_at(tariff, asked.from_at)
    # No PC and no account: nobody has used free minutes there yet, and no money is looked at.
    start = plan_start(
        read, center, asked.from_at, pc_id=0, pc_name="", kind=PREPAID, tariff=tariff
    )
    until = asked.from_at + timedelta(minutes=asked.minutes)
    return bill(start.session.segments, start.session.terms, until)


def count_repriced(
    read: Read, center: Center, at: datetime, before: PriceList, after: PriceList
) -> int:
    """How many running sessions would go on under another tariff; one for which no price would
    hold keeps the tariff that it has (decision 0022)."""
    at = whole_second(at)
    found = 0
    for row in read.all(_PLAYING, center=center.id):
        if row.expires_at is not None and row.expires_at <= (row.paused_at or at):
            continue
        groups = (row.pc_group_id, GUEST_GROUPS.get(row.kind) or row.group_id)
        new = tariff_for(after, *groups, zone=center.zone_name)
        if new == tariff_for(before, *groups, zone=center.zone_name):
            continue
        try:
            rule_at(new, at)
        except NoPrice:
            continue
        found += 1
    return found
