"""Bundles of PCs, their bills, and what is left open (decisions 0119 and 0120)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.centers.schemas.center.house import AreaInfo
from lanhouse.cafe.pcs.tables import pcs, rooms
from lanhouse.cafe.sessions.queries import open_sessions
from lanhouse.cafe.sessions.schemas import PREPAID
from lanhouse.cafe.sessions.tables import (
    pc_sessions,
    session_bill_payers,
    session_bill_sessions,
    session_bills,
    session_bundle_seats,
    session_bundles,
    session_debts,
)
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Read
from lanhouse.kit.errors import NotFound, Refused
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say
from lanhouse.ledger import book_of_center
from lanhouse.ledger.tables import accounts

_seats = session_bundle_seats.c
_CENTER = sa.bindparam("center")
_BUNDLES = (
    sa.select(session_bundles)
    .where(session_bundles.c.center_id == _CENTER, among(session_bundles.c.id, "ids"))
    .order_by(session_bundles.c.id)
)
_SOME = static(_BUNDLES)
_SOME_LOCKED = static(_BUNDLES.with_for_update(key_share=True))
_SEATS = static(
    sa.select(
        _seats.bundle_id,
        _seats.session_id,
        pc_sessions.c.pc_id,
        pc_sessions.c.pc_name,
        pc_sessions.c.member_id,
        pc_sessions.c.ended_at,
    )
    .join(pc_sessions, pc_sessions.c.id == _seats.session_id)
    .where(_seats.center_id == _CENTER, among(_seats.bundle_id, "ids"), _seats.left_at.is_(None))
    .order_by(_seats.session_id)
)
_OF_SESSIONS = static(
    sa.select(_seats.bundle_id, _seats.session_id).where(
        _seats.center_id == _CENTER, among(_seats.session_id, "sessions"), _seats.left_at.is_(None)
    )
)
_OPEN = static(
    sa.select(_seats.bundle_id)
    .distinct()
    .select_from(
        pc_sessions.join(
            session_bundle_seats,
            (_seats.center_id == pc_sessions.c.center_id)
            & (_seats.session_id == pc_sessions.c.id)
            & _seats.left_at.is_(None),
        )
    )
    .where(pc_sessions.c.center_id == _CENTER, pc_sessions.c.ended_at.is_(None))
    .order_by(_seats.bundle_id)
)
# What of it is owed still stands in the guest's loan: read with it, not guest by guest.
_LOAN = (
    (accounts.c.book_id == sa.bindparam("book"))
    & (accounts.c.kind == sa.literal_column("'loan'"))
    & (accounts.c.balance_micros < sa.literal_column("0"))
    & (accounts.c.owner_kind == sa.literal_column("'member'"))
    & (accounts.c.owner_id == session_debts.c.member_id)
    & (accounts.c.currency == sa.bindparam("currency"))
)
_OPEN_DEBTS = (
    sa.select(session_debts, (-accounts.c.balance_micros).label("owed_micros"))
    .select_from(session_debts.join(accounts, _LOAN))
    .where(session_debts.c.center_id == _CENTER, session_debts.c.paid_bill_id.is_(None))
    .order_by(session_debts.c.since, session_debts.c.session_id)
)
_DEBTS = static(_OPEN_DEBTS.limit(sa.bindparam("most")))
_DEBTS_OF = static(_OPEN_DEBTS.where(among(session_debts.c.session_id, "sessions")))
_BILL = static(
    sa.select(session_bills).where(
        session_bills.c.center_id == _CENTER, session_bills.c.id == sa.bindparam("bill")
    )
)
_BILL_SESSIONS = static(
    sa.select(
        session_bill_sessions,
        pc_sessions.c.pc_name,
        pc_sessions.c.kind,
        pc_sessions.c.member_id,
        pc_sessions.c.started_at,
        pc_sessions.c.played_seconds,
    )
    .join(pc_sessions, pc_sessions.c.id == session_bill_sessions.c.session_id)
    .where(session_bill_sessions.c.bill_id == sa.bindparam("bill"))
    .order_by(session_bill_sessions.c.session_id)
)
_PAYERS = static(
    sa.select(session_bill_payers)
    .where(session_bill_payers.c.bill_id == sa.bindparam("bill"))
    .order_by(session_bill_payers.c.number)
)
_ROOM = static(
    sa.select(rooms.c.id, rooms.c.name).where(
        rooms.c.center_id == _CENTER, rooms.c.id == sa.bindparam("room")
    )
)
_IN_ROOM = static(
    sa.select(pcs.c.name)
    .where(
        pcs.c.center_id == _CENTER,
        pcs.c.room_id == sa.bindparam("room"),
        pcs.c.is_out_of_order.is_(False),
    )
    .order_by(pcs.c.id)
)
DEBTS_SHOWN = 500


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """PCs that were started together, with the sessions that belong to them, ended ones too."""

    id: int
    kind: str
    room_id: int | None
    room_name: str
    started_at: datetime
    seats: list[Row]
    """session_id, pc_id, pc_name, member_id, ended_at (None while it runs)."""

    @property
    def running(self) -> list[Row]:
        """Those of its sessions that go on."""
        return [seat for seat in self.seats if seat.ended_at is None]


class Debt(msgspec.Struct, frozen=True, kw_only=True):
    """What a guest has played and nobody has paid, in micros, less what of it was paid elsewhere
    (as the repayment of the guest's loan)."""

    session_id: int
    member_id: int
    pc_name: str
    bill_id: int
    since: datetime
    amount_micros: int


class RoomPcs(msgspec.Struct, frozen=True):
    """A room that is paid as a whole, and its usable PCs in order."""

    id: int
    name: str
    pc_names: list[str]


class BillView(msgspec.Struct, frozen=True, kw_only=True):
    """A settled bill: its sums, its sessions and its payers."""

    row: Row
    sessions: list[Row]
    payers: list[Row]


class RoomNotFound(NotFound):
    """There is no such room in this centre."""

    def __init__(self) -> None:
        super().__init__(say("Room not found"))


class BundleNotFound(NotFound):
    """There is no such bundle in this centre."""

    def __init__(self) -> None:
        super().__init__(say("Bundle not found"))


class BillNotFound(NotFound):
    """There is no such bill in this centre."""

    def __init__(self) -> None:
        super().__init__(say("Bill not found"))


def bundles_by_id(
    read: Read, center_id: int, bundle_ids: Sequence[int], *, lock: bool = False
) -> list[Bundle]:
    """The bundles of the centre with these ids, by id; unknown ones are left out."""
    ids = sorted(set(bundle_ids))
    if not ids:
        return []
    rows = read.all(_SOME_LOCKED if lock else _SOME, center=center_id, ids=ids)
    # Read under the lock: who waited for it sees who has joined and left meanwhile.
    seats = read.all(_SEATS, center=center_id, ids=ids)
    return [
        Bundle(
            id=row.id,
            kind=row.kind,
            room_id=row.room_id,
            room_name=row.room_name,
            started_at=row.started_at,
            seats=[seat for seat in seats if seat.bundle_id == row.id],
        )
        for row in rows
    ]


def bundle_by_id(read: Read, center_id: int, bundle_id: int, *, lock: bool = False) -> Bundle:
    """The bundle (centre id, id). Raises BundleNotFound."""
    found = bundles_by_id(read, center_id, [bundle_id], lock=lock)
    if not found:
        raise BundleNotFound
    return found[0]


def bundle_ids_of(read: Read, center_id: int, session_ids: Sequence[int]) -> dict[int, int]:
    """Session id -> the bundle that it belongs to, for those that belong to one."""
    if not session_ids:
        return {}
    rows = read.all(_OF_SESSIONS, center=center_id, sessions=list(session_ids))
    return {row.session_id: row.bundle_id for row in rows}


def open_bundles(read: Read, center_id: int) -> list[Bundle]:
    """The bundles of which a PC still runs."""
    return bundles_by_id(
        read, center_id, [row.bundle_id for row in read.all(_OPEN, center=center_id)]
    )


def debts_of(read: Read, center: Center, session_ids: Sequence[int] | None = None) -> list[Debt]:
    """What is left open, the oldest first: of these sessions, or of the whole centre (at most
    DEBTS_SHOWN)."""
    whose = {
        "center": center.id,
        "book": book_of_center(center.id),
        "currency": center.currency,
    }
    if session_ids is None:
        rows = read.all(_DEBTS, **whose, most=DEBTS_SHOWN)
    else:
        rows = read.all(_DEBTS_OF, **whose, sessions=list(session_ids))
    return [
        Debt(
            session_id=row.session_id,
            member_id=row.member_id,
            pc_name=row.pc_name,
            bill_id=row.bill_id,
            since=row.since,
            amount_micros=min(row.amount_micros, row.owed_micros),
        )
        for row in rows
    ]


def debts_with(
    read: Read, center: Center, bundles: Sequence[Bundle], session_ids: set[int]
) -> list[Debt]:
    """What others of the bundles have left open, which is paid when these sessions are settled:
    that of each bundle of which nothing runs on."""
    done = [
        seat.session_id
        for bundle in bundles
        if {each.session_id for each in bundle.running} <= session_ids
        for seat in bundle.seats
        if seat.ended_at is not None
    ]
    return debts_of(read, center, done) if done else []


def one_bundle_of(bundles: Sequence[Bundle], session_ids: set[int]) -> tuple[Bundle | None, bool]:
    """The bundle to which all of these sessions belong, and whether others of it run on.

    Nothing of a session that does not belong to it is left on its bill.
    """
    if len(bundles) != 1 or not session_ids <= {seat.session_id for seat in bundles[0].seats}:
        return None, False
    return bundles[0], any(seat.session_id not in session_ids for seat in bundles[0].running)


def bill_view(read: Read, center_id: int, bill_id: int) -> BillView:
    """The bill (centre id, id). Raises BillNotFound."""
    row = read.one(_BILL, center=center_id, bill=bill_id)
    if row is None:
        raise BillNotFound
    return BillView(
        row=row,
        sessions=read.all(_BILL_SESSIONS, bill=bill_id),
        payers=read.all(_PAYERS, bill=bill_id),
    )


def pays_as_whole(center: Center, room_name: str) -> bool:
    """Whether the setting pc_area_info_extend sells this room as a whole; its case does not
    count."""
    areas = msgspec.json.decode(
        center.settings.center.pc_area_info_extend, type=dict[str, AreaInfo]
    )
    wanted = room_name.casefold()
    return any(info.allow_pay_by_room for name, info in areas.items() if name.casefold() == wanted)


def room_paid_whole(read: Read, center: Center, room_id: int) -> RoomPcs:
    """The room and its PCs that are in order. Raises RoomNotFound, and Refused for one that is not
    paid as a whole or has no PC to play at."""
    room = read.one(_ROOM, center=center.id, room=room_id)
    if room is None:
        raise RoomNotFound
    if not pays_as_whole(center, room.name):
        raise Refused(say("%(room)s is not paid as a whole room", room=room.name))
    names = [row.name for row in read.all(_IN_ROOM, center=center.id, room=room_id)]
    if not names:
        raise Refused(say("%(room)s has no PC that is in order", room=room.name))
    return RoomPcs(room.id, room.name, names)


def shared_end(read: Read, center: Center, bundle: Bundle, at: datetime) -> datetime | None:
    """When the PCs of a prepaid bundle end: the last of them; None for a postpaid one. What stands
    still ends as if it went on now: the time that it has left is the time that is sold.

    Raises Refused where none of them runs, or nothing ends it.
    """
    running = open_sessions(read, center.id, ids=[seat.session_id for seat in bundle.running])
    running = [session for session in running if not session.is_due(at)]
    if not running:
        raise Refused(say("no PC of the bundle is in use"))
    if bundle.kind != PREPAID:
        return None
    shown = [session.shown_end(whole_second(at)) for session in running]
    ends = [end for end in shown if end is not None]
    if len(ends) < len(running):
        raise Refused(say("the time of the bundle has no end, so none can be sold up to it"))
    return max(ends)
