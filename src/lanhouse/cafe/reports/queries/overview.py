"""What the reports page shows of a period: from kept sums, never from all of the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.money.queries import int_sum
from lanhouse.cafe.products.queries.listing import LOW, ProductPage, ProductSearch, products_page
from lanhouse.cafe.reports.queries import goods_sold, new_members, offers_sold, sums_of
from lanhouse.cafe.reports.queries.charts import columns_of
from lanhouse.cafe.reports.queries.heat import Heat, heat_of
from lanhouse.cafe.reports.queries.kept import (
    NAME_AMOUNTS,
    logs,
    member_sums,
    pc_sums,
    quarters_between,
    tariffs_between,
)
from lanhouse.cafe.reports.rules.figures import ADDED, Amounts, Cashier, Figures
from lanhouse.cafe.reports.rules.periods import Period, Stretch
from lanhouse.cafe.reports.rules.play import quarter_after, quarter_of
from lanhouse.cafe.reports.rules.shares import Profit, profit_of
from lanhouse.cafe.reports.schemas import ReportFilter
from lanhouse.cafe.sessions.queries import open_sessions
from lanhouse.cafe.sessions.queries.bundles import debts_of
from lanhouse.cafe.sessions.schemas import POSTPAID
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.local_time import whole_second

TOP_MEMBERS = 20
GOODS_DAYS_MAX = 31
"""Of a longer period goods are not added up: that reads every line that was sold in it."""
LOW_SHOWN = 10


class Column(msgspec.Struct):
    """Money of an hour ("07") or a day (ISO)."""

    name: str
    start_at: datetime
    end_at: datetime
    cash_micros: int = 0
    card_micros: int = 0
    qr_micros: int = 0


class Used(msgspec.Struct, frozen=True):
    """What was sold on a PC, or to a member; ended sessions and how long they took."""

    name: str
    member_id: int
    sessions: int
    used_seconds: int
    cost_micros: int
    topup_micros: int


class Unpaid(msgspec.Struct, frozen=True):
    """A postpaid guest who plays, and what he owes by now; or what one has left open."""

    pc_name: str
    started_at: datetime
    micros: int


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the page shows."""

    period: Period
    now: Figures
    before: Figures
    profit: Profit
    columns: list[Column]
    tariffs: list[Row]
    packages: list[Row]
    goods: list[Row] | None
    """The best margin first; None: the period is longer than GOODS_DAYS_MAX."""
    low: ProductPage
    """What is on sale and at or below its mark now, the fewest pieces first."""
    pcs: list[Used]
    members: list[Used]
    unpaid: list[Unpaid]
    heat: Heat


def overview_of(read: Read, center: Center, period: Period, at: datetime) -> Overview:
    """All of it from one snapshot; `at` is now."""
    asked = period.asked
    tariffs = tariffs_between(read, center.id, asked.start_at, asked.end_at)
    now = figures_of(read, center.id, asked)
    now.time_discount_micros = sum(row.discount_micros for row in tariffs)
    return Overview(
        period=period,
        now=now,
        before=_before(read, center.id, period.before),
        profit=profit_of(
            now.all,
            center.settings.center.cafe_monthly_expense_micros,
            asked.days,
            center.currency,
        ),
        columns=_columns(read, center.id, asked),
        tariffs=tariffs,
        packages=offers_sold(read, _filter(center.id, asked)),
        goods=_goods(read, center.id, asked),
        low=low_goods(read, center.id),
        pcs=pcs_used(read, center.id, asked),
        members=_members(read, center.id, asked),
        unpaid=unpaid_now(read, center, at),
        heat=heat_of(read, center, asked, at),
    )


def figures_of(read: Read, center_id: int, stretch: Stretch) -> Figures:
    """The sums of the log by event, refund and staff, and how many members are new."""
    found = Figures()
    columns = sums_of(_filter(center_id, stretch)).c
    keys = [columns.event, columns.is_refund, columns.staff_name]
    added = [int_sum(columns[name]).label(name) for name in ADDED]
    for row in read.all(sa.select(*keys, *added).group_by(*keys)):
        found.all.add(row)
        found.by_event.setdefault(row.event, Amounts()).add(row)
        cashier = found.by_staff.setdefault(row.staff_name, Cashier())
        cashier.taken.add(row)
        if row.is_refund:
            found.back.add(row)
            found.back_by_event.setdefault(row.event, Amounts()).add(row)
            cashier.back.add(row)
    found.new_members = new_members(read, _filter(center_id, stretch))
    return found


def _before(read: Read, center_id: int, stretch: Stretch) -> Figures:
    found = figures_of(read, center_id, stretch)
    tariffs = tariffs_between(read, center_id, stretch.start_at, stretch.end_at)
    found.time_discount_micros = sum(row.discount_micros for row in tariffs)
    return found


def _filter(center_id: int, stretch: Stretch) -> ReportFilter:
    return ReportFilter(center_id=center_id, start_at=stretch.start_at, end_at=stretch.end_at)


def _goods(read: Read, center_id: int, stretch: Stretch) -> list[Row] | None:
    if stretch.days > GOODS_DAYS_MAX:
        return None
    rows = goods_sold(read, _filter(center_id, stretch))
    return sorted(rows, key=lambda row: (-row.margin_micros, row.name))


def low_goods(read: Read, center_id: int) -> ProductPage:
    """How many products on sale are at or below their mark, and those with the fewest pieces."""
    search = ProductSearch(center_id=center_id, stock=LOW, is_active=True, sort_name="quantity")
    return products_page(read, search, 1, LOW_SHOWN)


def _columns(read: Read, center_id: int, stretch: Stretch) -> list[Column]:
    """Money by hours of a day, or by days."""
    found = [Column(*column) for column in columns_of(stretch.as_range)]
    places = _places(found)
    for row in quarters_between(read, center_id, stretch.start_at, stretch.end_at):
        column = places[row.quarter]
        column.cash_micros += row.cash_micros
        column.card_micros += row.card_micros
        column.qr_micros += row.qr_micros
    return found


def _places(columns: Sequence[Column]) -> dict[int, Column]:
    """Quarter of an hour -> the column that it lies in."""
    return {
        quarter: column
        for column in columns
        if column.start_at < column.end_at
        for quarter in range(quarter_of(column.start_at), quarter_after(column.end_at))
    }


def pcs_used(read: Read, center_id: int, stretch: Stretch) -> list[Used]:
    """By PC as it was called then, where most was sold first: under that name the log has it."""
    source = pc_sums(center_id, stretch.start_at, stretch.end_at).c
    added = [int_sum(source[name]).label(name) for name in NAME_AMOUNTS]
    rows = read.all(sa.select(source.pc_name, *added).group_by(source.pc_name))
    used = [Used(row.pc_name, 0, *row[1:]) for row in rows]
    return sorted(used, key=lambda pc: (-pc.cost_micros, -pc.used_seconds, pc.name))


def _members(read: Read, center_id: int, stretch: Stretch) -> list[Used]:
    """Members to whom most was sold, under the name that they have now or had last."""
    source = member_sums(center_id, stretch.start_at, stretch.end_at).c
    added = [int_sum(source[name]).label(name) for name in NAME_AMOUNTS]
    cost = int_sum(source.cost_micros)
    rows = read.all(
        sa.select(source.member_id, *added)
        .group_by(source.member_id)
        .having(cost > 0)
        .order_by(cost.desc(), source.member_id)
        .limit(TOP_MEMBERS)
    )
    names = _accounts(read, center_id, [row.member_id for row in rows])
    return [Used(names.get(row.member_id, ""), row.member_id, *row[1:]) for row in rows]


def _accounts(read: Read, center_id: int, ids: list[int]) -> dict[int, str]:
    known = read.all(
        sa.select(members.c.id, members.c.account).where(
            members.c.center_id == center_id, members.c.id.in_(ids)
        )
    )
    found = {row.id: row.account for row in known}
    for member_id in ids:
        if member_id not in found:
            # Deleted since: as the log called the account last.
            newest = (
                sa.select(logs.member_account)
                .where(logs.center_id == center_id, logs.member_id == member_id)
                .order_by(logs.id.desc())
                .limit(1)
            )
            found[member_id] = read.scalar(newest) or ""
    return found


def unpaid_now(read: Read, center: Center, at: datetime) -> list[Unpaid]:
    """Postpaid guests who play, and what others have left open; who owes most first."""
    center_id = center.id
    at = whole_second(at)
    statement = sa.select(pc_sessions.c.id).where(
        pc_sessions.c.center_id == center_id,
        pc_sessions.c.ended_at.is_(None),
        pc_sessions.c.kind == POSTPAID,
    )
    ids = [row.id for row in read.all(statement)]
    found = [
        Unpaid(session.pc_name, session.started_at, session.cost_micros(at))
        for session in open_sessions(read, center_id, ids=ids)
    ]
    found += [
        Unpaid(debt.pc_name, debt.since, debt.amount_micros) for debt in debts_of(read, center)
    ]
    return sorted(found, key=lambda each: (-each.micros, each.pc_name))
