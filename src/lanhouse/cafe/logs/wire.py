"""Billing log rows and totals on the wire (cafe-wire, Billing logs)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.logs.queries import LogFilter, LogPage, log_part
from lanhouse.cafe.logs.queries.audit import AUDIT_LIST, AuditFilter
from lanhouse.cafe.logs.rules import RangeIn, range_of
from lanhouse.db.cursors import Cursor
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import EXPORT_ROWS
from lanhouse.kit.local_time import duration_text, local_text
from lanhouse.kit.money import format_fixed
from lanhouse.kit.pages import PageNumber, PagingInfo
from lanhouse.kit.said import say
from lanhouse.web.exports import Lines

_UTC = ZoneInfo("UTC")
_WHO = {"": None, "all": None, "member": True, "guest": False}


class LogsIn(RangeIn, kw_only=True):
    """Filters; `all` is the same as leaving one out. Without dates the log is seen as a whole."""

    page: PageNumber | None = None
    event: str = ""
    staff: str = ""
    member: str = ""
    pc: str = ""
    member_or_guest: str = ""
    """`member` or `guest`."""
    member_id: int = 0


def filter_of(data: LogsIn, center: Center) -> LogFilter:
    """The rows of a centre that are asked for. Raises InvalidInput, RangeError."""
    who = data.member_or_guest.lower()
    if who not in _WHO:
        raise InvalidInput({"member_or_guest": say("must be one of member, guest, all")})
    today = clock.now().astimezone(center.zone).date()
    span = range_of(data, center.zone, today)
    has_dates = data.date_start is not None or data.date_end is not None
    return LogFilter(
        center_id=center.id,
        start_at=span.start_at if has_dates else None,
        end_at=span.end_at if has_dates else None,
        event=_named(data.event).upper(),
        staff_name=_named(data.staff),
        member_account=_named(data.member),
        pc_name=_named(data.pc),
        member_id=data.member_id,
        is_member=_WHO[who],
    )


def _named(text: str) -> str:
    return "" if text.lower() == "all" else text


class LogRow(Struct, kw_only=True):
    """A row of the billing log; amounts are text with 2 decimals."""

    log_id: int
    log_icafe_id: int
    log_date: str
    """UTC."""
    log_date_local: str
    log_member_account: str
    log_pc_name: str
    log_event: str
    log_money: str
    """Cash."""
    log_card: str
    """Card and QR."""
    log_spend: str
    log_bonus: str
    log_coin: str
    log_used_secs: str
    """HH:MM:SS."""
    log_details: str
    log_staff_name: str


class BalanceRow(LogRow, kw_only=True):
    """A row that changed a member's purses, with what it did to balance and loan."""

    log_balance: str
    log_loan: str


class LogTotals(Struct, kw_only=True):
    """The sums of all pages; every amount is null when there is no row, and for a person who may
    not see what should be in a drawer that is to be counted."""

    log_bonus: str | None
    log_money: str | None
    log_coin: str | None
    log_spend: str | None
    log_card: str | None
    log_used_secs: str


class LogsOut(Struct):
    """A page of the billing log, newest first; `event_list` names the events of all pages."""

    log_list: list[LogRow]
    paging_info: PagingInfo
    total: LogTotals
    event_list: list[str]


class FeedbackIn(Struct, kw_only=True):
    """Which feedback: 1 read, 0 not read, -1 both."""

    read: Literal[-1, 0, 1] = -1
    page: PageNumber | None = None


class FeedbackRow(LogRow, kw_only=True):
    """What a customer wrote, with its row of the log."""

    subject: str
    message: str


class FeedbackOut(Struct):
    """A page of feedback, newest first."""

    log_list: list[FeedbackRow]
    paging_info: PagingInfo


class LogRowsOut(Struct):
    """Rows of the billing log, newest first; `next_cursor` asks for the next ones, null at the
    end."""

    rows: list[LogRow]
    next_cursor: str | None


class BalanceHistoryOut(Struct):
    """A page of what changed a member's purses, newest first."""

    items: list[BalanceRow]
    paging_info: PagingInfo
    summary: LogTotals


def logs(page: LogPage, zone: ZoneInfo, paging_info: PagingInfo) -> LogsOut:
    """A page of the billing log."""
    rows = [log_row(row, zone) for row in page.rows]
    return LogsOut(rows, paging_info, _totals(page), page.events)


def log_row(row: Row, zone: ZoneInfo) -> LogRow:
    """A row of the billing log."""
    return LogRow(**_fields(row, zone))


def feedback(rows: list[Row], zone: ZoneInfo, paging_info: PagingInfo) -> FeedbackOut:
    """A page of what customers wrote; `rows` are those of feedback.queries."""
    shown = [
        FeedbackRow(**_fields(row, zone), subject=row.subject, message=row.message) for row in rows
    ]
    return FeedbackOut(shown, paging_info)


def balance_history(page: LogPage, zone: ZoneInfo, paging_info: PagingInfo) -> BalanceHistoryOut:
    """A page of what changed a member's purses."""
    rows = [
        BalanceRow(
            **_fields(row, zone),
            log_balance=format_fixed(row.balance_micros),
            log_loan=format_fixed(row.loan_micros),
        )
        for row in page.rows
    ]
    return BalanceHistoryOut(rows, paging_info, _totals(page))


def _fields(row: Row, zone: ZoneInfo) -> dict[str, Any]:
    """The fields of a LogRow."""
    return {
        "log_id": row.id,
        "log_icafe_id": row.center_id,
        "log_date": local_text(row.at, _UTC),
        "log_date_local": local_text(row.at, zone),
        "log_member_account": row.member_account,
        "log_pc_name": row.pc_name,
        "log_event": row.event,
        "log_money": format_fixed(row.cash_micros),
        "log_card": format_fixed(row.card_micros + row.qr_micros),
        "log_spend": format_fixed(row.spend_micros),
        "log_bonus": format_fixed(row.bonus_micros),
        "log_coin": format_fixed(row.coin_micros),
        "log_used_secs": duration_text(row.used_seconds),
        "log_details": row.details,
        "log_staff_name": row.staff_name,
    }


EXPORT_COLUMNS = tuple(name for name in LogRow.__struct_fields__ if name != "log_icafe_id")
"""The columns of an export, and their order: those of a row, without the centre."""


def export_part(
    read: Read, wanted: LogFilter, zone: ZoneInfo, after: Cursor | None
) -> Lines[Cursor]:
    """The next lines of an export, newest first."""
    part = log_part(read, wanted, after, EXPORT_ROWS)
    shown = (_fields(row, zone) for row in part.rows)
    return Lines([[str(row[name]) for name in EXPORT_COLUMNS] for row in shown], part.after)


def _totals(page: LogPage) -> LogTotals:
    sums = page.totals

    def amount(micros: int) -> str | None:
        return format_fixed(micros) if page.total_records and not page.is_blind else None

    return LogTotals(
        log_bonus=amount(sums["bonus_micros"]),
        log_money=amount(sums["cash_micros"]),
        log_coin=amount(sums["coin_micros"]),
        log_spend=amount(sums["spend_micros"]),
        log_card=amount(sums["card_micros"] + sums["qr_micros"]),
        log_used_secs=duration_text(sums["used_seconds"]),
    )


AUDIT_COLUMNS = (
    *("id", "at", "actor_kind", "actor_id", "actor_name", "address", "call"),
    *("subject", "subject_id", "ids", "before", "after"),
)
"""The columns of an export of the audit log, and their order; the last three are JSON."""


def audit_part(read: Read, wanted: AuditFilter, after: Cursor | None) -> Lines[Cursor]:
    """The next lines of an export of the audit log, newest first; times are UTC (ISO 8601)."""
    part = AUDIT_LIST.part(read, wanted, after, EXPORT_ROWS)
    return Lines(
        [[_cell(getattr(row, name)) for name in AUDIT_COLUMNS] for row in part.rows], part.after
    )


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return msgspec.json.encode(value).decode()
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)
