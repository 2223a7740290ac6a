"""Shapes of the café API for sessions: rows, times, payment methods (cafe-wire, Sessions)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import UNSET
from msgspec.structs import asdict

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.sharing import LATER
from lanhouse.cafe.money.tenders import ALL_TENDERS
from lanhouse.cafe.money.wire import paid_back_rows
from lanhouse.cafe.offers.plans import COIN
from lanhouse.cafe.sessions.commands import KeptLogin, Paused, Started
from lanhouse.cafe.sessions.plans.ending import Settlement
from lanhouse.cafe.sessions.queries.quotes import Customer, Quoted, RealTimeBalance, quote_sign
from lanhouse.cafe.sessions.schemas import GUEST_GROUPS, Session
from lanhouse.cafe.sessions.wire.outputs import (
    BillLineOut,
    BillOut,
    EndedOut,
    EndedRow,
    GuestLoginOut,
    HistoryOut,
    HistoryRow,
    MovedOut,
    PausedOut,
    PausedRow,
    PaymentInfoOut,
    PaymentRow,
    PcStatusOut,
    PlayersOut,
    QuotedOneOut,
    QuotedOut,
    QuotedRow,
    QuotedSeveralOut,
    RealTimeBalanceOut,
    StartedOneOut,
    StartedOut,
    StartedRow,
    StartedSeveralOut,
)
from lanhouse.db.statements import Row
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.local_time import duration_text, local_text, whole_second
from lanhouse.kit.money import format_fixed, format_plain
from lanhouse.kit.pages import PagingInfo
from lanhouse.kit.said import say
from lanhouse.kit.vault import Vault

_SECOND_MICROS = 1_000_000


@lru_cache(maxsize=8192)
def _moment(at_micros: int, zone: ZoneInfo) -> str:
    """local_text(); a running session tells the same two for many seconds in turn."""
    return local_text(clock.from_micros(at_micros), zone)


PC_TIME_PAYMENTS = {number: tender.name for tender in ALL_TENDERS for number in tender.time_numbers}
"""Tender by `payment_method` of PC time."""
PAY_LATER = -2
"""The `payment_method` of what is paid later."""
OFFER_PAYMENTS = {
    **{number: tender.name for tender in ALL_TENDERS for number in tender.offer_numbers},
    # Coins pay for packages and goods alone, so they are no tender of the centre.
    **dict.fromkeys((3, 13), COIN),
}
"""Tender by `offer_payment_method`."""


def payment_of(number: int, methods: dict[int, str], field: str) -> str:
    """cash, balance, card or qr for a number of the wire; InvalidInput for any other."""
    found = methods.get(number)
    if found is None:
        known = ", ".join(str(known) for known in sorted(methods))
        raise InvalidInput({field: say("must be one of %(names)s", names=known)})
    return found


def settling_payment(number: int | None) -> str:
    """The tender of a check-out; empty where none is named, later for -2 (cafe-domain 0)."""
    if number is None:
        return ""
    return payment_of(number, {**PC_TIME_PAYMENTS, PAY_LATER: LATER}, "payment_method")


def time_text(at: datetime | None, zone: ZoneInfo) -> str | None:
    """A time on the centre's wall clock, null when there is none."""
    return None if at is None else local_text(at, zone)


def connect_times(
    started_micros: int,
    expires_micros: int | None,
    zone: ZoneInfo,
    at_micros: int,
    *,
    paused_micros: int | None = None,
    paused_seconds: int = 0,
) -> dict[str, Any]:
    """When an open session began, how long it lasts, and what is left; null where nothing ends it.

    Times are microseconds of UTC, `at_micros` on a whole second: then connect time, duration and
    time left add up to the end, also when that is past and the time left negative (cafe-wire 1,
    PCs). What is charged stops at the end.
    `paused_micros`: since when it stands still; then duration and time left do too, and the end is
    that of a session that would go on now. `paused_seconds` of pauses that are over: the end comes
    so much later than the three add up to.
    """
    end = left = None
    seen_micros = paused_micros or at_micros
    if expires_micros is not None:
        end = _moment(expires_micros + at_micros - seen_micros, zone)
        left = duration_text((expires_micros - seen_micros) // _SECOND_MICROS)
    lasted_seconds = (seen_micros - started_micros) // _SECOND_MICROS - paused_seconds
    return {
        "status_connect_time_local": _moment(started_micros, zone),
        "status_disconnect_time_local": end,
        "status_connect_time_duration": duration_text(lasted_seconds),
        "status_connect_time_left": left,
    }


def times_of(session: Session, zone: ZoneInfo, at: datetime) -> dict[str, Any]:
    """connect_times() of a session."""
    end, paused_at = session.expires_at, session.paused_at
    return connect_times(
        clock.to_micros(session.started_at),
        None if end is None else clock.to_micros(end),
        zone,
        clock.to_micros(at),
        paused_micros=None if paused_at is None else clock.to_micros(paused_at),
        paused_seconds=session.paused_seconds(paused_at or at),
    )


def started(done: Sequence[Started], center: Center) -> StartedOut:
    """Started or changed sessions.

    A new guest's password is told here; afterwards by a call of its own while the session runs.
    """
    at = whole_second(clock.now())
    rows = [
        StartedRow(
            pc_name=one.session.pc_name,
            member_id=one.session.member_id,
            member_account=one.account,
            member_group_id=GUEST_GROUPS.get(one.session.kind, one.member_group_id),
            member_password=one.password or UNSET,
            access_code=one.access_code or UNSET,
            **times_of(one.session, center.zone, at),
        )
        for one in done
    ]
    return StartedOneOut(**asdict(rows[0]), pcs=rows) if len(rows) == 1 else StartedSeveralOut(rows)


def payment_info(customers: Sequence[Customer], center: Center, at: datetime) -> PaymentInfoOut:
    """What a check-out now would cost."""
    sessions = [customer.end.session for customer in customers]
    return PaymentInfoOut(
        pcs=[_payment_row(customer, center, at) for customer in customers],
        pc_cost=format_fixed(sum(customer.end.bill.total_micros for customer in customers)),
        pc_data_time=clock.to_micros(at) // 1_000_000,
        pc_data_sign=quote_sign(center, sessions, at),
    )


def _payment_row(customer: Customer, center: Center, at: datetime) -> PaymentRow:
    end = customer.end
    return PaymentRow(
        **_settled(end),
        member_account=customer.account,
        member_group_id=GUEST_GROUPS.get(end.session.kind, customer.member_group_id),
        member_balance=format_fixed(end.balance_micros or 0),
        member_balance_bonus=format_fixed(end.bonus_micros or 0),
        **times_of(end.session, center.zone, at),
    )


def _settled(end: Settlement) -> dict[str, Any]:
    """The fields of a SettledRow."""
    return {
        "pc_name": end.session.pc_name,
        "pc_cost": format_fixed(end.bill.total_micros),
        "pc_change": format_fixed(end.refund_micros),
        "paid_back": paid_back_rows(end.back.by_tender),
        "pc_paid": format_fixed(end.paid_micros),
        "spent_balance": format_fixed(end.from_balance_micros),
        "spent_balance_bonus": format_fixed(end.from_bonus_micros),
        "member_id": end.session.member_id,
    }


def ended(done: Sequence[Settlement]) -> EndedOut:
    """What was charged, and what was given back and how."""
    rows = [
        EndedRow(
            **_settled(end),
            status_connect_time_duration=duration_text(end.bill.seconds),
            payment_method=end.payment,
        )
        for end in done
    ]
    return EndedOut(
        pcs=rows,
        pc_cost=format_fixed(sum(end.bill.total_micros for end in done)),
        pc_change=format_fixed(sum(end.refund_micros for end in done)),
    )


def desk_payment(number: int, methods: dict[int, str], field: str) -> str:
    """A payment that comes in at the desk; a balance cannot be filled from itself."""
    payment = payment_of(number, methods, field)
    if payment == "balance":
        raise InvalidInput(
            {field: say("must be cash, card or QR: time is not sold for the balance")}
        )
    return payment


def quoted(found: Sequence[Quoted]) -> QuotedOut:
    """What is to be paid and the time it buys."""
    rows = [
        QuotedRow(
            pc_name=one.pc_name,
            pc_cost=format_fixed(one.cost_micros),
            pc_mins=None if one.seconds is None else one.seconds // 60,
            pc_time=None if one.seconds is None else duration_text(one.seconds),
            is_running=int(one.is_running),
        )
        for one in found
    ]
    total = format_fixed(sum(one.cost_micros for one in found))
    return (
        QuotedOneOut(**asdict(rows[0]), pcs=rows)
        if len(rows) == 1
        else QuotedSeveralOut(rows, total)
    )


def moved(session: Session) -> MovedOut:
    """Where a session is now."""
    return MovedOut(session.pc_name, session.member_id)


def paused_row(session: Session) -> PausedRow:
    """A session that was paused or goes on."""
    at = whole_second(clock.now())
    return PausedRow(
        session_id=session.id,
        pc_name=session.pc_name,
        member_id=session.member_id,
        is_paused=session.paused_at is not None,
        played_seconds=session.played_seconds(at),
        left_seconds=session.left_seconds(at),
        cost=format_fixed(session.cost_micros(at)),
    )


def players_of(session: Session) -> PlayersOut:
    """A session that goes on with another number of players."""
    at = whole_second(clock.now())
    return PlayersOut(
        session_id=session.id,
        pc_name=session.pc_name,
        member_id=session.member_id,
        players=session.segments[-1].tariff.players,
        left_seconds=session.left_seconds(at),
        cost=format_fixed(session.cost_micros(at)),
    )


def paused(done: Paused) -> PausedOut:
    """The sessions of pause-all and resume-all."""
    return PausedOut([paused_row(session) for session in done.sessions], done.not_paused)


def bill(session: Session, zone: ZoneInfo, at: datetime) -> BillOut:
    """A session's bill up to `at`."""
    found = session.bill(at)
    return BillOut(
        session_id=session.id,
        pc_name=session.pc_name,
        kind=session.kind,
        member_id=session.member_id,
        is_open=session.ended_at is None,
        lines=[
            BillLineOut(
                kind=line.kind,
                what=line.what,
                from_at=line.from_at.astimezone(zone).isoformat(),
                to_at=line.to_at.astimezone(zone).isoformat(),
                seconds=line.seconds,
                price_per_hour=price_text(line.price_per_hour),
                amount=format_fixed(line.amount_micros),
                rounding=format_fixed(line.rounding_micros),
                why=line.why,
            )
            for line in found.lines
        ],
        seconds=found.seconds,
        total=format_fixed(found.total_micros),
    )


def price_text(price_per_hour: Fraction) -> str:
    """Exact micros an hour as text: 2 decimals, or as many as a discount makes (6 at most)."""
    if price_per_hour % 10_000 == 0:
        return format_fixed(int(price_per_hour))
    return format_plain(int(price_per_hour))


def history(rows: Sequence[Row], center: Center, paging_info: PagingInfo) -> HistoryOut:
    """A page of a member's sessions."""
    return HistoryOut([_history_row(row, center.zone) for row in rows], paging_info)


def _history_row(row: Row, zone: ZoneInfo) -> HistoryRow:
    seconds = row.played_seconds
    return HistoryRow(
        pc_session_id=row.id,
        pc_name=row.pc_name,
        session_type=row.kind,
        status_connect_time_local=local_text(row.started_at, zone),
        status_disconnect_time_local=time_text(row.ended_at, zone),
        status_connect_time_duration=None if seconds is None else duration_text(seconds),
        pc_cost=None if row.cost_micros is None else format_fixed(row.cost_micros),
        payment_method=row.payment,
        ended_by=row.ended_by,
    )


def pc_status(session: Session | None, at: datetime) -> PcStatusOut:
    """Where a member plays."""
    if session is None or session.is_due(at):
        return _pc_status("", 0, "00:00:00", 0)
    left = session.left_seconds(whole_second(at))
    if left is None:
        return _pc_status(session.pc_name, None, None, 1)
    return _pc_status(session.pc_name, left // 60, duration_text(left), 1)


def _pc_status(
    pc_name: str, minutes: int | None, left_time: str | None, playing: int
) -> PcStatusOut:
    return PcStatusOut(
        pc_name=pc_name,
        minutes=minutes,
        remain_minutes=minutes,
        left_time=left_time,
        is_playing=playing,
        active=playing,
    )


def guest_login(kept: KeptLogin, vault: Vault) -> GuestLoginOut:
    """A log-in in the clear. Raises Unreadable when the server secret is not the right one."""
    return GuestLoginOut(
        session_id=kept.session_id,
        pc_name=kept.pc_name,
        member_id=kept.member_id,
        member_account=kept.account,
        member_password=kept.secret.opened(vault),
        access_code=UNSET if kept.access_code is None else kept.access_code.opened(vault),
    )


def real_time_balance(found: RealTimeBalance) -> RealTimeBalanceOut:
    """The answer of getRealTimeBalance."""
    return RealTimeBalanceOut(
        pc_cost=format_fixed(found.cost_micros),
        member_balance=format_fixed(found.balance_micros),
        member_balance_bonus=format_fixed(found.bonus_micros),
        member_coin_balance=format_fixed(found.coin_micros),
    )
