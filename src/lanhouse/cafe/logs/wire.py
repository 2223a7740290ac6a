"""Billing log rows and totals on the wire (cafe-wire, Billing logs)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from lanhouse.cafe.logs.queries import LogFilter, LogPage, LogPlace, export_rows
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import EXPORT_ROWS
from lanhouse.kit.local_time import duration_text, local_text
from lanhouse.kit.money import format_fixed
from lanhouse.kit.pages import PagingInfo
from lanhouse.kit.said import say
from lanhouse.web.exports import CsvPart, csv_part

_UTC = ZoneInfo("UTC")


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
    """The sums of all pages; every amount is null when there is no row."""

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


class BalanceHistoryOut(Struct):
    """A page of what changed a member's purses, newest first."""

    items: list[BalanceRow]
    paging_info: PagingInfo
    summary: LogTotals


def logs(page: LogPage, zone: ZoneInfo, paging_info: PagingInfo) -> LogsOut:
    """A page of the billing log."""
    rows = [LogRow(**_fields(row, zone)) for row in page.rows]
    return LogsOut(rows, paging_info, _totals(page), page.events)


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
    read: Read, wanted: LogFilter, zone: ZoneInfo, after: LogPlace | None
) -> CsvPart[LogPlace]:
    """The next lines of an export, newest first."""
    rows = export_rows(read, wanted, after)
    shown = (_fields(row, zone) for row in rows)
    lines = ([str(fields[name]) for name in EXPORT_COLUMNS] for fields in shown)
    is_last = len(rows) < EXPORT_ROWS
    return csv_part(lines, None if is_last else (rows[-1].at, rows[-1].id))


def _totals(page: LogPage) -> LogTotals:
    sums = page.totals

    def amount(micros: int) -> str | None:
        return format_fixed(micros) if page.total_records else None

    return LogTotals(
        log_bonus=amount(sums["bonus_micros"]),
        log_money=amount(sums["cash_micros"]),
        log_coin=amount(sums["coin_micros"]),
        log_spend=amount(sums["spend_micros"]),
        log_card=amount(sums["card_micros"] + sums["qr_micros"]),
        log_used_secs=duration_text(sums["used_seconds"]),
    )


def cursor_of(row: Row) -> str:
    """Where a page that ends with this row ended: `<microseconds>-<id>`."""
    return f"{clock.to_micros(row.at)}-{row.id}"


def cursor_sent(text: str) -> tuple[datetime, int] | None:
    """Time and id in a cursor, None for an empty one. Raises InvalidInput for what is none."""
    if not text:
        return None
    micros, _, last_id = text.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 17 for part in (micros, last_id)):
        raise InvalidInput({"older": say("must be what `older` of the page before said")})
    return clock.from_micros(int(micros)), int(last_id)
