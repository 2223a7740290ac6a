"""Looking through the billing log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import API_STAFF_NAME, Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.queries import must_be_member
from lanhouse.cafe.members.rules import account_key
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.money.queries import (
    HOUR,
    IS_REFUND,
    LEVELS,
    Parts,
    cover,
    hour_at,
    int_sum,
    log_sums,
    parts_of,
    rows_as_sums,
    sums,
)
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.money.taxes import GOODS_TAXES
from lanhouse.cafe.orders.tables import order_lines, order_payments
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.cafe.shifts.queries.views import blind_since
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.db.cursors import Cursor
from lanhouse.db.listing import Listing, Part, Wanted, by
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit.errors import Forbidden
from lanhouse.kit.limits import LOGS_PER_PAGE
from lanhouse.kit.pages import offset_of
from lanhouse.kit.said import say

logs = billing_logs.c

_PC_NAME = static(
    sa.select(pcs.c.name).where(
        pcs.c.center_id == sa.bindparam("center"), pcs.c.name_key == sa.bindparam("key")
    )
)
_MEMBER_ID = static(
    sa.select(members.c.id).where(
        members.c.center_id == sa.bindparam("center"), members.c.account_key == sa.bindparam("key")
    )
)

_NEAR_ROWS = 1000
"""So many rows an index skips in a millisecond."""

_TOTALS = ("cash_micros", "card_micros", "qr_micros", "spend_micros", "bonus_micros")
_TOTALS += ("coin_micros", "cost_micros", "used_seconds")
_TOTALS += ("tax_micros", "discount_micros", "by_hand_micros")


class LogFilter(Wanted, frozen=True, kw_only=True):
    """Which rows; what is None or empty does not filter. Times: from, up to but not including.

    `is_member` True: accounts with a group of 0 or more; False: guests. `is_balance_only`: rows
    that changed the balance, bonus, coins or loan of an account. `is_refund`: rows that reports
    call refunds, or the others. `is_discounted`: sales of which a discount took something off,
    `is_by_hand`: those of which a person did.
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
    is_refund: bool | None = None
    is_discounted: bool = False
    is_by_hand: bool = False
    tax_slot: int = 0
    """Rows with tax of goods of this slot (1 to 3), or of time and packages (4); 0 = any."""
    item: str = ""
    """Rows in which goods or a package of this name were sold or given back."""


class LogPage(msgspec.Struct, frozen=True):
    """A page of rows, newest first, with the totals (micros, seconds) and events of all pages."""

    rows: list[Row]
    total_records: int
    totals: dict[str, int]
    events: list[str]
    is_blind: bool = False
    """Whether the totals of money are none of this reader's business: they hold those of a drawer
    that is still to be counted blind."""


def log_page(read: Read, log_filter: LogFilter, page: int) -> LogPage:
    """One page of the log (filter, page from 1), without a look at the pages before it."""
    log_filter = _as_written(read, log_filter)
    found = read.all(_by_event(log_filter))
    # The choice of events does not shrink to the one that is chosen.
    counted = [row for row in found if log_filter.event in ("", row.event)]
    total = sum(row.number for row in counted)
    offset = offset_of(page, LOGS_PER_PAGE)
    rows: list[Row] = []
    if offset < total:
        rows = _rows(read, log_filter, offset, LOGS_PER_PAGE)
    return LogPage(
        rows=rows,
        total_records=total,
        totals={name: sum(getattr(row, name) for row in counted) for name in _TOTALS},
        events=[row.event for row in found],
    )


def log_page_for(
    read: Read, center: Center, actor: Actor, log_filter: LogFilter, page: int
) -> LogPage:
    """log_page() as this caller may see it."""
    found = log_page(read, log_filter, page)
    return msgspec.structs.replace(found, is_blind=is_blind(read, center, actor, log_filter))


def is_blind(read: Read, center: Center, actor: Actor, log_filter: LogFilter) -> bool:
    """Whether the sums of a filter would tell this caller what should be in a drawer that he, or
    somebody else, still has to count blind (decision 0097)."""
    since = blind_since(read, center, actor)
    return since is not None and (log_filter.end_at is None or log_filter.end_at > since)


def must_not_be_blind(read: Read, center: Center, actor: Actor, log_filter: LogFilter) -> None:
    """Raise Forbidden for a file that such a caller would add up."""
    if is_blind(read, center, actor, log_filter):
        raise Forbidden(say("Count the drawer first: until then the log is not given as a file."))


def log_part(read: Read, wanted: LogFilter, after: Cursor | None, rows_max: int) -> Part:
    """The next rows of a filter behind a cursor, newest first."""
    return LOG_LIST.part(read, _as_written(read, wanted), after, rows_max)


def _by_event(log_filter: LogFilter) -> Any:
    """A select of number and _TOTALS by event, whichever event is asked for."""
    wide = msgspec.structs.replace(log_filter, event="")
    source = _source(wide) if _has_sums(wide) else rows_as_sums(*conditions_of(wide)).subquery()
    added = [int_sum(source.c[name]).label(name) for name in ("number", *_TOTALS)]
    return sa.select(source.c.event, *added).group_by(source.c.event).order_by(source.c.event)


def _has_sums(log_filter: LogFilter) -> bool:
    """Whether the sums are kept by what the filter asks for; one member's or PC's rows are few."""
    return not (
        log_filter.member_id
        or log_filter.member_account
        or log_filter.pc_name
        or log_filter.is_balance_only
        or log_filter.is_discounted
        or log_filter.is_by_hand
        or log_filter.tax_slot
        or log_filter.item
    )


def _source(log_filter: LogFilter) -> Any:
    """The sums under a filter (money.queries.log_sums)."""

    return log_sums(
        log_filter.center_id,
        log_filter.start_at,
        log_filter.end_at,
        lambda columns: _wanted(log_filter, columns),
    )


def _wanted(log_filter: LogFilter, columns: Any) -> list[Any]:
    """The filter as conditions on sums."""
    found: list[Any] = []
    if log_filter.event:
        found.append(columns.event == log_filter.event)
    if log_filter.staff_name:
        found.append(columns.staff_name == log_filter.staff_name)
    if log_filter.is_member is not None:
        found.append(columns.who == (1 if log_filter.is_member else -1))
    if log_filter.is_refund is not None:
        found.append(columns.is_refund == (1 if log_filter.is_refund else 0))
    return found


class _Piece(msgspec.Struct, frozen=True):
    """A part of the log's time, and how many rows of the filter lie in it."""

    start_at: datetime
    end_at: datetime
    number: int


def _rows(read: Read, within: LogFilter, skip: int, take: int) -> list[Row]:
    """At most `take` rows, newest first, after the first `skip` of them.

    The sums tell in which hours they lie, so that the rows before and between them are not read.
    """
    if _is_near(within, skip + take):
        return LOG_LIST.part(read, within, None, take, skip).rows
    rows: list[Row] = []
    for part in _pieces(read, within):
        if skip < part.number and len(rows) < take:
            inside = msgspec.structs.replace(within, start_at=part.start_at, end_at=part.end_at)
            rows += _rows(read, inside, skip, take - len(rows))
        skip = max(0, skip - part.number)
    return rows


def _is_near(within: LogFilter, count: int) -> bool:
    """Whether the first `count` rows are found without the sums."""
    if not _has_sums(within):
        return True
    start_at, end_at = within.start_at, within.end_at
    if start_at is not None and end_at is not None and end_at - start_at <= HOUR:
        return True
    # An index gives these in order; for one person's rows it would read those of all others.
    is_every = within.is_member is None and within.is_refund is None
    return count <= _NEAR_ROWS and not within.staff_name and is_every


def _pieces(read: Read, within: LogFilter) -> list[_Piece]:
    """The pieces of a range that hold rows, newest first: stored sums and edges of hours; a
    single sum of many hours falls into those of the next level.
    """
    parts = parts_of(within.start_at, within.end_at)
    if len(parts.stored) == 1 and not parts.edges:
        level, first, last = parts.stored[0]
        if last - first == level:
            parts = Parts(cover(first, last, tuple(each for each in LEVELS if each < level)), [])
    start = sums.start_hour
    stored = read.all(
        sa.select(sums.hours, start, int_sum(sums.number).label("number"))
        .where(parts.where(within.center_id), *_wanted(within, sums))
        .group_by(sums.hours, start)
    )
    pieces = [
        _Piece(hour_at(row.start_hour), hour_at(row.start_hour + row.hours), row.number)
        for row in stored
    ]
    for start_at, end_at in parts.edges:
        edge = msgspec.structs.replace(within, start_at=start_at, end_at=end_at)
        number = read.scalar(sa.select(sa.func.count()).where(*conditions_of(edge)))
        pieces.append(_Piece(start_at, end_at, number))
    return sorted(pieces, key=lambda piece: piece.start_at, reverse=True)


def staff_as_written(read: Read, center_id: int, name: str) -> str:
    """The name (centre, name in any case) as the log has it, "API" included; as given if unknown.

    "API" itself is always the key: a person of that name is found by "api".
    """
    if not name or name == API_STAFF_NAME:
        return name
    person = staff_by_account(read, center_id, name)
    if person is not None:
        return person.account
    return API_STAFF_NAME if name.upper() == API_STAFF_NAME else name


def _as_written(read: Read, asked: LogFilter) -> LogFilter:
    """The filter with names as the log has them: calls find them in any case (decision 0058).

    A member is looked for by id, under whatever name he played. A name that nothing has any more
    is looked for as it was given.
    """
    center, pc_name, account = asked.center_id, asked.pc_name, asked.member_account
    staff_name = staff_as_written(read, center, asked.staff_name)
    if pc_name:
        pc_name = read.scalar(_PC_NAME, center=center, key=pc_name.casefold()) or pc_name
    named_id = read.scalar(_MEMBER_ID, center=center, key=account_key(account)) if account else None
    if named_id is not None and asked.member_id in (0, named_id):
        asked = msgspec.structs.replace(asked, member_id=named_id, member_account="")
    return msgspec.structs.replace(asked, staff_name=staff_name, pc_name=pc_name)


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
    if log_filter.is_refund is not None:
        found.append(IS_REFUND if log_filter.is_refund else sa.not_(IS_REFUND))
    found += _conditions_of_sales(log_filter)
    if log_filter.is_balance_only:
        moved = (logs.balance_micros, logs.bonus_micros, logs.coin_micros, logs.loan_micros)
        found.append(sa.or_(*(column != 0 for column in moved)))
    return found


def _conditions_of_sales(log_filter: LogFilter) -> list[Any]:
    """By discount, tax, and what was sold."""
    found: list[Any] = []
    if log_filter.is_discounted or log_filter.is_by_hand:
        # As the index has it.
        found.append(logs.discount_micros != sa.literal_column("0"))
    if log_filter.is_by_hand:
        found.append(logs.by_hand_micros != 0)
    if log_filter.tax_slot in GOODS_TAXES:
        found.append(logs[f"tax{log_filter.tax_slot}_micros"] != 0)
    elif log_filter.tax_slot:
        found.append(logs.tax_micros != 0)
        found.append(logs.event != Event.SALE.value)
    if log_filter.item:
        found.append(_has_item(log_filter.item))
    return found


def _has_item(name: str) -> Any:
    """Packages by what the log says of them, goods by the lines of the order that was paid."""
    line = order_lines.c
    of_order = (
        sa.select(sa.literal(1))
        .select_from(order_payments.join(order_lines, line.order_id == order_payments.c.order_id))
        .where(
            order_payments.c.center_id == logs.center_id,
            order_payments.c.transfer_id == logs.transfer_id,
            line.name == name,
            line.member_offer_id.is_(None),
        )
    )
    return sa.or_(
        sa.and_(logs.event == Event.OFFER.value, logs.details == name),
        sa.and_(logs.event == Event.SALE.value, of_order.exists()),
    )


LOG_LIST: Listing[LogFilter] = Listing(logs.id, conditions=conditions_of, usual=by(logs.at))
"""Pages by number skip by the stored sums (log_page)."""


def balance_page(read: Read, center_id: int, member_id: int, page: int) -> LogPage:
    """A page of what moved a member's money: (centre id, member id, page from 1).

    Raises NotFound for a member that the centre does not have.
    """
    must_be_member(read, center_id, member_id)
    of_member = LogFilter(center_id=center_id, member_id=member_id, is_balance_only=True)
    return log_page(read, of_member, page)
