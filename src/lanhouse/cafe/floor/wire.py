"""PCs with their sessions as the café API shows them (cafe-wire 1, PCs)."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.floor.queries import Floor
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP, MemberGroup
from lanhouse.cafe.groups.wire import percent_number
from lanhouse.cafe.offers.wire import OfferRow
from lanhouse.cafe.pcs.wire import PcRow, PlainPcRow, RoomRow, pc_fields
from lanhouse.cafe.sessions.schemas import SessionState
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

    recent_booking: None
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


def live_rows(center: Center, floor: Floor, at: datetime) -> list[LivePcRow]:
    """Rows of `GET /pcList` for all PCs of the floor."""
    return [live_row(center, floor, row, at) for row in floor.rows]


def live_row(center: Center, floor: Floor, row: Row, at: datetime) -> LivePcRow:
    """A row of `GET /pcList`; `at` is the whole second at which the floor was seen."""
    state = floor.states.get(row.id)
    idle = _idle(row, center.id)
    return idle if state is None else replace(idle, **_busy(center, floor.groups, state, at))


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


def _busy(
    center: Center, groups: dict[int, MemberGroup], state: SessionState, at: datetime
) -> dict[str, Any]:
    times = connect_times(state.started_at, state.expires_at, center.zone, at)
    group = groups.get(state.member_group_id) if state.member_group_id > DEFAULT_GROUP else None
    return {
        **times,
        "status_pay_by_member_id": 0,
        "member_id": state.member_id,
        "member_icafe_id": center.id,
        "member_account": state.member_account,
        "member_balance": _money(state.balance_micros),
        "member_balance_bonus": _money(state.bonus_micros),
        "member_group_id": state.member_group_id,
        "member_group_name": None if group is None else group.name,
        "member_group_desc": None if group is None else group.description,
        "member_group_discount_rate": (
            None if group is None else percent_number(group.product_discount)
        ),
        "member_group_discount_offer": (
            None if group is None else percent_number(group.offer_discount)
        ),
        "member_group_discount_pc_time": (
            None if group is None else percent_number(group.pc_time_discount)
        ),
        "offer_in_using": state.offer_in_use,
        "price_name": state.price_name,
        "status_total_time": times["status_connect_time_left"],
    }
