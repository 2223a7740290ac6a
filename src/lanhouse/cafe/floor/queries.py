"""All PCs of a centre with who plays on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from lanhouse.cafe.bookings.queries import next_begins
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.queries import member_groups_of
from lanhouse.cafe.groups.schemas import MemberGroup
from lanhouse.cafe.money.movements import account_of
from lanhouse.cafe.offers.queries import offers_for_sale
from lanhouse.cafe.offers.rules import is_open_at_once
from lanhouse.cafe.offers.schemas import OFFER_GUEST, Offer, Place
from lanhouse.cafe.pcs.queries import pc_rows, pcs_named
from lanhouse.cafe.sessions.queries import open_session_ids, open_sessions
from lanhouse.cafe.sessions.queries.playing import Playing, playing
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.local_time import whole_second


class Floor(msgspec.Struct, frozen=True):
    """All PCs of a centre as they are at one moment."""

    at_micros: int
    """The moment: microseconds of UTC, a whole second."""
    rows: list[Row]
    """Columns of pcs, room_name and group_name; group_name is None in the default group."""
    playing: dict[int, Playing]
    """PC id -> open session, for the PCs in use."""
    groups: dict[int, MemberGroup]
    """The member groups, by id."""
    booked: dict[int, datetime]
    """PC id -> the begin of its next booking, for the PCs that have one."""


def floor_at(read: Read, center: Center, at: datetime) -> Floor:
    """All PCs of the centre with who plays on them at a moment.

    On the whole second, so that connect time, duration and time left add up to the end.
    """
    at = whole_second(at)
    return Floor(
        clock.to_micros(at),
        pc_rows(read, center.id),
        playing(read, center, at),
        {group.id: group for group in member_groups_of(read, center.id)},
        next_begins(read, center.id, at),
    )


def pcs_in_use(read: Read, center_id: int) -> tuple[list[Row], set[int]]:
    """Every PC as in pc_rows, and the ids of those with an open session."""
    rows = pc_rows(read, center_id)
    return rows, set(open_session_ids(read, center_id, [row.id for row in rows]))


def offers_on_pcs(
    read: Read, center: Center, pc_names: Sequence[str], at: datetime
) -> tuple[list[Row], list[Offer]]:
    """The PCs with these names, and the offers that are sold on all of them now: to who plays
    there, and where nobody does to a guest who begins with it.

    Raises what pcs_named() raises.
    """
    rows, at = pcs_named(read, center.id, pc_names), whole_second(at)
    session_ids = open_session_ids(read, center.id, [row.id for row in rows])
    in_use = open_sessions(read, center.id, ids=list(session_ids.values())) if session_ids else []
    players = {session.pc_id: session.member_id for session in in_use}
    found: list[Offer] | None = None
    for row in rows:
        member_id = players.get(row.id)
        group_id = account_of(read, center.id, member_id)[1] if member_id else OFFER_GUEST
        sold = offers_for_sale(read, center, Place(group_id, row.pc_group_id), at)
        if member_id is None:
            sold = [offer for offer in sold if is_open_at_once(offer.values, at, center.zone)]
        found = sold if found is None else [offer for offer in found if offer in sold]
    return rows, found or []
