"""What the program at a seat shows of who sits there."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.auth.tokens import find_token
from lanhouse.cafe.bookings.queries import next_begins
from lanhouse.cafe.centers.queries import open_center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.queries import MemberDetail, member_detail
from lanhouse.cafe.offers.schemas import OwnedPackage
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.cafe.sessions.queries import open_sessions_of_member, packages_to_use
from lanhouse.cafe.sessions.queries.quotes import RealTimeBalance, real_time_balance
from lanhouse.cafe.sessions.queries.states import package_now
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit.local_time import whole_second

_PC = static(
    sa.select(pcs.c.id, pcs.c.name, pcs.c.pc_group_id).where(
        pcs.c.center_id == sa.bindparam("center"), pcs.c.id == sa.bindparam("pc")
    )
)


class Seat(msgspec.Struct, frozen=True):
    """A PC whose program calls, and its centre."""

    center: Center
    pc_id: int
    pc_name: str


class Seated(msgspec.Struct, frozen=True, kw_only=True):
    """A member or guest, where he plays and what he has left."""

    member: MemberDetail
    session: Session | None
    pc: Row | None
    """Where he plays, or sits: id, name and pc_group_id."""
    offer_in_use: str | None
    """The package that pays now."""
    money: RealTimeBalance
    packages: list[OwnedPackage]
    booked_at: datetime | None
    """When the next booking of that PC begins."""


def seat_of_token(read: Read, secret: str) -> Seat | None:
    """The PC whose program has this token, or None."""
    token = find_token(read, secret, "device") if secret else None
    if token is None or token.kind != "pc":
        return None
    center = open_center_by_id(read, token.center_id)
    return None if center is None else seat_by_id(read, center, token.subject_id)


def seat_by_id(read: Read, center: Center, pc_id: int) -> Seat | None:
    """A PC of the centre, or None."""
    pc = read.one(_PC, center=center.id, pc=pc_id)
    return None if pc is None else Seat(center, pc.id, pc.name)


def seated(read: Read, center: Center, member_id: int, pc_id: int, at: datetime) -> Seated:
    """A member (by id) as a seat shows him; `pc_id` 0: wherever he plays. Raises MemberNotFound."""
    at = whole_second(at)
    found = member_detail(read, center, member_id)
    if found is None:
        raise MemberNotFound
    running = [
        each
        for each in open_sessions_of_member(read, center.id, member_id)
        if not each.is_due(at) and pc_id in (0, each.pc_id)
    ]
    session = next((each for each in running if not each.is_further), None) or next(
        iter(running), None
    )
    shown_pc = pc_id if session is None else session.pc_id
    pc = read.one(_PC, center=center.id, pc=shown_pc) if shown_pc else None
    money = real_time_balance(read, center, found.row.account, "", at)
    assert money is not None
    return Seated(
        member=found,
        session=session,
        pc=pc,
        offer_in_use=None
        if session is None
        else package_now(session.segments, session.terms, session.until(at)),
        money=money,
        packages=packages_to_use(read, center.id, member_id, at),
        booked_at=next_begins(read, center.id, at).get(shown_pc) if shown_pc else None,
    )
