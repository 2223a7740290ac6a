"""PCs with their sessions as the café API shows them (cafe-wire 1, PCs)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.floor.queries import Floor
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP
from lanhouse.cafe.groups.wire import percent_number
from lanhouse.cafe.offers.wire import OfferRow
from lanhouse.cafe.pcs.wire import PcRow, PlainPcRow, RoomRow, pc_fields
from lanhouse.cafe.sessions.queries.playing import Playing
from lanhouse.cafe.sessions.wire import connect_times
from lanhouse.db.statements import Row
from lanhouse.kit.money import JsonNumber, format_fixed

_IDLE: dict[str, Any] = {
    "status_connect_time_local": None,
    "status_disconnect_time_local": None,
    "status_connect_time_duration": None,
    "status_connect_time_left": None,
    "status_pay_by_member_id": 0,
    "member_id": None,
    "member_icafe_id": None,
    "member_account": None,
    "member_balance": None,
    "member_balance_bonus": None,
    "member_group_id": None,
    "member_group_name": None,
    "member_group_desc": None,
    "member_group_discount_rate": None,
    "member_group_discount_offer": None,
    "member_group_discount_pc_time": None,
    "offer_in_using": None,
    "price_name": "Default",
    "status_total_time": None,
}


class LivePcRow(PcRow, frozen=True, kw_only=True):
    """A PC with who plays on it; what belongs to a session is null on an idle one.

    Times are the centre's, lengths HH:MM:SS, money is text with 2 decimals, discounts are percent.
    """

    recent_booking: str | None
    """MM-DD HH:MM of the next booking (cafe-domain 9)."""
    pc_group_name: str | None
    status_connect_time_local: str | None
    status_disconnect_time_local: str | None
    status_connect_time_duration: str | None
    status_connect_time_left: str | None
    status_pay_by_member_id: int
    member_id: int | None
    member_icafe_id: int | None
    member_account: str | None
    member_balance: str | None
    member_balance_bonus: str | None
    member_group_id: int | None
    member_group_name: str | None
    member_group_desc: str | None
    member_group_discount_rate: JsonNumber | None
    member_group_discount_offer: JsonNumber | None
    member_group_discount_pc_time: JsonNumber | None
    offer_in_using: str | None
    price_name: str
    status_total_time: str | None


class LivePcsOut(Struct):
    """Some PCs."""

    pcs: list[LivePcRow]


class ConsoleRow(LivePcRow, frozen=True, kw_only=True):
    """One PC or console; `left_time` is HH:MM:SS, null when nothing ends the session."""

    left_time: str | None


class ConsoleOut(Struct):
    """The PC that was asked for."""

    pc: ConsoleRow


class FloorRows(Struct):
    """All PCs and rooms."""

    pc_list: list[LivePcRow]
    room_list: list[RoomRow]


class BaseOut(Struct):
    """What a program needs at its start."""

    pcs_init: FloorRows


class OnlinePcRow(Struct):
    """Whether a PC's client is connected (0, 1)."""

    pc_name: str
    is_connected: int


class CommonOut(Struct, kw_only=True):
    """Several PCs and what they have in common; null where they differ."""

    pcs: list[PlainPcRow]
    pc_group_id: int | None
    pc_console_type: int | None
    pc_comment: str | None


class PcNameRow(Struct):
    """A PC."""

    pc_name: str


class InitOfferOut(Struct):
    """Offers that can be sold on these PCs at once."""

    pcs: list[PcNameRow]
    offers: list[OfferRow]


def live_rows(center: Center, floor: Floor) -> list[LivePcRow]:
    """Rows of `GET /pcList` for all PCs of the floor."""
    return [live_row(center, floor, row) for row in floor.rows]


def live_row(center: Center, floor: Floor, row: Row) -> LivePcRow:
    """A row of `GET /pcList`."""
    one = floor.playing.get(row.id)
    idle = _idle(row, center.id)
    booked = floor.booked.get(row.id)
    if booked is not None:
        begins = booked.astimezone(center.zone).strftime("%m-%d %H:%M")
        idle = replace(idle, recent_booking=begins)
    return idle if one is None else replace(idle, **_busy(center, floor, one))


def console_row(row: LivePcRow) -> ConsoleRow:
    """The same with `left_time`."""
    return ConsoleRow(**asdict(row), left_time=row.status_connect_time_left)


@lru_cache(maxsize=8192)
def _idle(row: Row, center_id: int) -> LivePcRow:
    """A PC that nobody plays on; many answers share it."""
    return LivePcRow(
        **pc_fields(row, center_id), recent_booking=None, pc_group_name=row.group_name, **_IDLE
    )


# The same for many seconds in turn.
_money = lru_cache(maxsize=8192)(format_fixed)


def _busy(center: Center, floor: Floor, one: Playing) -> dict[str, Any]:
    session = one.row
    times = connect_times(
        session.started_micros,
        session.expires_micros,
        center.zone,
        floor.at_micros,
        paused_micros=session.paused_micros,
        paused_seconds=session.paused_seconds,
    )
    shown: dict[str, Any] = {
        **times,
        "member_id": session.member_id,
        "member_icafe_id": center.id,
        "member_account": session.account,
        "member_balance": _money(session.balance_micros),
        "member_balance_bonus": _money(session.bonus_micros),
        "member_group_id": session.group_id,
        "offer_in_using": one.offer_in_use,
        "price_name": one.price_name,
        "status_total_time": times["status_connect_time_left"],
    }
    group = floor.groups.get(session.group_id) if session.group_id > DEFAULT_GROUP else None
    if group is not None:
        shown |= {
            "member_group_name": group.name,
            "member_group_desc": group.description,
            "member_group_discount_rate": percent_number(group.product_discount),
            "member_group_discount_offer": percent_number(group.offer_discount),
            "member_group_discount_pc_time": percent_number(group.pc_time_discount),
        }
    return shown
