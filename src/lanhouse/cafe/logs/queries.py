"""Looking through the billing log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import API_STAFF_NAME
from lanhouse.cafe.members.queries import must_be_member
from lanhouse.cafe.members.rules import account_key
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit.limits import LOGS_PER_PAGE
from lanhouse.kit.pages import offset_of

logs = billing_logs.c

_PC_NAME = static(
    sa.select(pcs.c.name).where(
        pcs.c.center_id == sa.bindparam("center"), pcs.c.name_key == sa.bindparam("key")
    )
)
_ACCOUNT = static(
    sa.select(members.c.account).where(
        members.c.center_id == sa.bindparam("center"), members.c.account_key == sa.bindparam("key")
    )
)

_TOTALS = ("cash_micros", "card_micros", "qr_micros", "spend_micros", "bonus_micros")
_TOTALS += ("coin_micros", "used_seconds")


class LogFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows; what is None or empty does not filter. Times: from, up to but not including.

    `is_member` True: accounts with a group of 0 or more; False: guests. `is_balance_only`: rows
    that changed the balance, bonus, coins or loan of an account.
    """

    center_id: int
    start_at: datetime | None = None
    end_at: datetime | None = None
    event: str = ""
    staff_name: str = ""
    member_account: str = ""
    member_id: int = 0
    pc_name: str = ""
    is_member: bool | None = None
    is_balance_only: bool = False


class LogPage(msgspec.Struct, frozen=True):
    """A page of rows, newest first, with the totals (micros, seconds) and events of all pages."""

    rows: list[Row]
    total_records: int
    totals: dict[str, int]
    events: list[str]


def log_page(read: Read, wanted: tuple[LogFilter, int]) -> LogPage:
    """One page of the log (filter, page from 1)."""
    log_filter, page = wanted
    log_filter = _as_written(read, log_filter)
    conditions = conditions_of(log_filter)
    sums = [sa.func.coalesce(sa.func.sum(logs[name]), 0).label(name) for name in _TOTALS]
    totals = read.one(sa.select(sa.func.count().label("records"), *sums).where(*conditions))
    assert totals is not None
    rows = read.all(
        sa.select(billing_logs)
        .where(*conditions)
        .order_by(logs.at.desc(), logs.id.desc())
        .limit(LOGS_PER_PAGE)
        .offset(offset_of(page, LOGS_PER_PAGE))
    )
    # The choice of events does not shrink to the one that is chosen.
    others = conditions_of(msgspec.structs.replace(log_filter, event=""))
    events = read.all(sa.select(logs.event).where(*others).distinct().order_by(logs.event))
    return LogPage(
        rows=rows,
        total_records=totals.records,
        totals={name: int(getattr(totals, name)) for name in _TOTALS},
        events=[row.event for row in events],
    )


def staff_as_written(read: Read, wanted: tuple[int, str]) -> str:
    """The name (centre, name in any case) as the log has it, "API" included; as given if unknown.

    "API" itself is always the key: a person of that name is found by "api".
    """
    center_id, name = wanted
    if not name or name == API_STAFF_NAME:
        return name
    person = staff_by_account(read, center_id, name)
    if person is not None:
        return person.account
    return API_STAFF_NAME if name.upper() == API_STAFF_NAME else name


def _as_written(read: Read, asked: LogFilter) -> LogFilter:
    """The filter with names as the log has them: calls find them in any case (decision 0058).

    A name that nothing has any more is looked for as it was given.
    """
    center, pc_name, account = asked.center_id, asked.pc_name, asked.member_account
    staff_name = staff_as_written(read, (center, asked.staff_name))
    if pc_name:
        pc_name = read.scalar(_PC_NAME, center=center, key=pc_name.casefold()) or pc_name
    if account:
        account = read.scalar(_ACCOUNT, center=center, key=account_key(account)) or account
    return msgspec.structs.replace(
        asked, staff_name=staff_name, pc_name=pc_name, member_account=account
    )


def conditions_of(log_filter: LogFilter) -> list[Any]:
    """The filter as SQL conditions."""
    found: list[Any] = [logs.center_id == log_filter.center_id]
    if log_filter.start_at is not None:
        found.append(logs.at >= log_filter.start_at)
    if log_filter.end_at is not None:
        found.append(logs.at < log_filter.end_at)
    for column, value in (
        (logs.event, log_filter.event),
        (logs.staff_name, log_filter.staff_name),
        (logs.member_account, log_filter.member_account),
        (logs.member_id, log_filter.member_id),
        (logs.pc_name, log_filter.pc_name),
    ):
        if value:
            found.append(column == value)
    if log_filter.is_member is not None:
        found.append(logs.member_id != 0)
        found.append(
            logs.member_group_id >= 0 if log_filter.is_member else logs.member_group_id < 0
        )
    if log_filter.is_balance_only:
        moved = (logs.balance_micros, logs.bonus_micros, logs.coin_micros, logs.loan_micros)
        found.append(sa.or_(*(column != 0 for column in moved)))
    return found


def balance_page(read: Read, wanted: tuple[int, int, int]) -> LogPage:
    """A page of what moved a member's money: (centre id, member id, page from 1).

    Raises NotFound for a member that the centre does not have.
    """
    center_id, member_id, page = wanted
    must_be_member(read, center_id, member_id)
    of_member = LogFilter(center_id=center_id, member_id=member_id, is_balance_only=True)
    return log_page(read, (of_member, page))
