"""What the calls about sessions answer: amounts are text with 2 decimals, times the centre's."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from msgspec import UNSET, Struct, UnsetType, field

from lanhouse.cafe.money.wire import PaidBackRow
from lanhouse.cafe.sessions.queries.calculations import PriceStep
from lanhouse.kit.local_time import local_text
from lanhouse.kit.money import format_fixed
from lanhouse.kit.pages import PagingInfo


class StartedRow(Struct, kw_only=True):
    """A session that runs; times are null where nothing ends it."""

    pc_name: str
    member_id: int
    member_account: str
    member_group_id: int
    member_password: str | UnsetType = UNSET
    """Of a guest that is new, this once."""
    access_code: str | UnsetType = UNSET
    """Of a guest that is new, where the centre signs guests in by code."""
    status_connect_time_local: str
    status_disconnect_time_local: str | None
    status_connect_time_duration: str
    status_connect_time_left: str | None


class StartedOneOut(StartedRow, kw_only=True):
    """The only session that was started or changed: its fields stand beside the list too."""

    pcs: list[StartedRow]


class StartedSeveralOut(Struct):
    """Started or changed sessions."""

    pcs: list[StartedRow]


StartedOut = StartedOneOut | StartedSeveralOut


class SettledRow(Struct, kw_only=True):
    """What quote and check-out tell alike; `paid_back` has a row for each tender (0078)."""

    pc_name: str
    pc_cost: str
    pc_change: str
    """What a prepaid guest gets back."""
    paid_back: list[PaidBackRow]
    pc_paid: str
    """What a postpaid guest pays at the desk."""
    spent_balance: str
    spent_balance_bonus: str
    member_id: int


class PaymentRow(SettledRow, kw_only=True):
    """What one session's check-out would cost now."""

    member_account: str
    member_group_id: int
    member_balance: str
    member_balance_bonus: str
    status_connect_time_local: str
    status_disconnect_time_local: str | None
    status_connect_time_duration: str
    status_connect_time_left: str | None


class PaymentInfoOut(Struct, kw_only=True):
    """A quote for a check-out, signed: it holds for 5 minutes (cafe-wire, Sessions)."""

    pcs: list[PaymentRow]
    pc_cost: str
    pc_data_time: int
    """Seconds since 1970."""
    pc_data_sign: str


class EndedRow(SettledRow, kw_only=True):
    """One session that was ended and settled."""

    status_connect_time_duration: str
    payment_method: str
    """cash, card or qr at the desk, mixed when by several of them, later when it is left open,
    balance from the account, free by nobody."""


class EndedOut(Struct, kw_only=True):
    """Ended sessions, with what was charged and what was given back in all."""

    pcs: list[EndedRow]
    pc_cost: str
    pc_change: str


class QuotedRow(Struct, kw_only=True):
    """What is to be paid on one PC and the time it buys; null = without end."""

    pc_name: str
    pc_cost: str
    pc_mins: int | None
    pc_time: str | None
    is_running: int


class QuotedOneOut(QuotedRow, kw_only=True):
    """The quote of one PC: its fields stand beside the list too."""

    pcs: list[QuotedRow]


class QuotedSeveralOut(Struct):
    """Quotes with their sum."""

    pcs: list[QuotedRow]
    pc_cost: str


QuotedOut = QuotedOneOut | QuotedSeveralOut


class MovedOut(Struct):
    """Where a session is now."""

    pc_name: str
    member_id: int


class HistoryRow(Struct, kw_only=True):
    """One session of a member; cost and end are null while it runs."""

    pc_session_id: int
    pc_name: str
    session_type: str
    status_connect_time_local: str
    status_disconnect_time_local: str | None
    status_connect_time_duration: str | None
    pc_cost: str | None
    payment_method: str | None
    ended_by: str | None


class HistoryOut(Struct):
    """A page of a member's sessions, the newest first."""

    items: list[HistoryRow]
    paging_info: PagingInfo


class PcStatusOut(Struct, kw_only=True):
    """Where a member plays, "" = nowhere; the minutes left are whole ones, null = without end.

    `minutes` and `remain_minutes`, `is_playing` and `active` are two names of one thing each.
    """

    pc_name: str
    minutes: int | None
    remain_minutes: int | None
    left_time: str | None
    is_playing: int
    active: int


class BillLineOut(Struct, kw_only=True):
    """A line of a bill: what, from when to when, at which price, why, and how much."""

    kind: str
    what: str
    from_at: str = field(name="from")
    """ISO 8601 with the centre's offset."""
    to_at: str = field(name="to")
    seconds: int
    price_per_hour: str
    """2 decimals, or as many as a discount makes (6 at most)."""
    amount: str
    rounding: str
    """By how much the amount differs from seconds x price."""
    why: str


class BillOut(Struct, kw_only=True):
    """A session's bill; the amounts of its lines add up to the total."""

    session_id: int
    pc_name: str
    kind: str
    member_id: int
    is_open: bool
    lines: list[BillLineOut]
    seconds: int
    total: str


class PausedRow(Struct, kw_only=True):
    """A session that was paused or goes on, as it is now."""

    session_id: int
    pc_name: str
    member_id: int
    is_paused: bool
    played_seconds: int
    left_seconds: int | None
    """null = nothing ends it."""
    cost: str


class PlayersOut(Struct, kw_only=True):
    """A session that goes on with so many players, as it is now."""

    session_id: int
    pc_name: str
    member_id: int
    players: int
    left_seconds: int | None
    """null = nothing ends it."""
    cost: str
    """So far."""


class PausedOut(Struct):
    """Sessions that were paused or go on; `not_paused` names the PCs whose sessions run on, because
    no more than 100 may be paused at once."""

    sessions: list[PausedRow]
    not_paused: list[str]


class GuestLoginOut(Struct):
    """What a guest signs in with at the PC."""

    session_id: int
    pc_name: str
    member_id: int
    member_account: str
    member_password: str
    access_code: str | UnsetType = UNSET
    """Where the centre signs guests in by code."""


class RealTimeBalanceOut(Struct):
    """A member's money as it is now, with 2 decimals; of balance and bonus what is left."""

    pc_cost: str
    """What the running session has cost so far."""
    member_balance: str
    member_balance_bonus: str
    member_coin_balance: str


class PriceStepRow(Struct):
    """A stretch of the day ahead with one price of an hour; `price` is null while it is closed."""

    time_from: str
    time_to: str
    price: str | None
    price_name: str


class PcTimeInfo(Struct):
    """The price of an hour (cafe-wire, Member side). `price_dynamic_enable` 1: it changes within a
    day, as `dynamic` tells; `fixed_price` is that of now, null while there is none."""

    price_dynamic_enable: int
    fixed_price: str | None
    dynamic: list[PriceStepRow]


class CostOut(Struct):
    """What time costs."""

    cost: str
    pc_time_info: PcTimeInfo


class MinutesOut(Struct):
    """How long money lasts."""

    minutes: int
    pc_time_info: PcTimeInfo


def time_info(steps: Sequence[PriceStep], zone: ZoneInfo) -> PcTimeInfo:
    """The price of now, and where it changes all of them."""
    rows = [
        PriceStepRow(
            time_from=local_text(step.from_at, zone),
            time_to=local_text(step.to_at, zone),
            price=None if step.price_micros is None else format_fixed(step.price_micros),
            price_name=step.name,
        )
        for step in steps
    ]
    is_dynamic = len(rows) > 1
    return PcTimeInfo(int(is_dynamic), rows[0].price, rows if is_dynamic else [])
