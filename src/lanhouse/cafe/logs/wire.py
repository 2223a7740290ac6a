"""Billing log rows and totals on the wire (cafe-wire, Billing logs)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lanhouse.cafe.logs.queries import LogFilter, LogPage, LogPlace, export_rows
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import EXPORT_ROWS
from lanhouse.kit.local_time import duration_text, local_text
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say
from lanhouse.web.exports import CsvPart, csv_part

_UTC = ZoneInfo("UTC")


def log_row(row: Row, zone: ZoneInfo) -> dict[str, Any]:
    """One row: amounts are text with 2 decimals, `log_money` is cash, `log_card` card and QR."""
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


EXPORT_COLUMNS = (
    "log_id",
    "log_date",
    "log_date_local",
    "log_member_account",
    "log_pc_name",
    "log_event",
    "log_money",
    "log_card",
    "log_spend",
    "log_bonus",
    "log_coin",
    "log_used_secs",
    "log_details",
    "log_staff_name",
)
"""The columns of an export, and their order: those of log_row, without the centre."""


def export_part(
    read: Read, wanted: LogFilter, zone: ZoneInfo, after: LogPlace | None
) -> CsvPart[LogPlace]:
    """The next lines of an export, newest first."""
    rows = export_rows(read, wanted, after)
    shown = (log_row(row, zone) for row in rows)
    lines = ([str(row[name]) for name in EXPORT_COLUMNS] for row in shown)
    is_last = len(rows) < EXPORT_ROWS
    return csv_part(lines, None if is_last else (rows[-1].at, rows[-1].id))


def log_totals(page: LogPage) -> dict[str, Any]:
    """The totals over all pages; null for every amount when there is no row."""
    sums = page.totals
    amounts = {
        "log_bonus": sums["bonus_micros"],
        "log_money": sums["cash_micros"],
        "log_coin": sums["coin_micros"],
        "log_spend": sums["spend_micros"],
        "log_card": sums["card_micros"] + sums["qr_micros"],
    }
    shown: dict[str, Any] = {
        name: format_fixed(micros) if page.total_records else None
        for name, micros in amounts.items()
    }
    return shown | {"log_used_secs": duration_text(sums["used_seconds"])}


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
