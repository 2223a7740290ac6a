"""The billing log, summed up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.cafe.centers.tables import centers
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.money.queries import IS_REFUND, LEVELS, int_sum, log_sums, paid_orders
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.orders.tables import order_lines
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.cafe.products.queries import groups_of_center
from lanhouse.cafe.products.tables import products
from lanhouse.cafe.reports.rules import summarise
from lanhouse.cafe.reports.rules.play import QUARTER_MICROS
from lanhouse.cafe.reports.schemas import Group, PcUse, ReportData, ReportFilter, Summary
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.db.types import StoredMicros
from lanhouse.kit import clock
from lanhouse.kit.money import unit_micros

logs = billing_logs.c

_TOP = 5
_ITEMS_MAX = 1000
_QUARTER = sa.literal_column(str(QUARTER_MICROS), sa.BigInteger)
_MONEY = logs.cash_micros + logs.card_micros + logs.qr_micros
_IS_MEMBER = sa.and_(logs.member_id != 0, logs.member_group_id >= 0)
_ADDED = ("number", "money_number")
_ADDED += ("cash_number", "card_number", "qr_number", "spend_number", "bonus_number")
_ADDED += ("cash_micros", "card_micros", "qr_micros", "spend_micros", "bonus_micros")
_ADDED += ("loan_micros", "cost_micros", "other_tender_micros")
_ADDED += ("coin_micros", "tax_micros", "goods_cost_micros")


def sums_of(
    wanted: ReportFilter, *, levels: tuple[int, ...] = LEVELS, cuts: Sequence[datetime] = ()
) -> Any:
    """A subquery of the log's sums under a filter (money.queries.log_sums)."""

    def where(columns: Any) -> list[Any]:
        found: list[Any] = []
        if wanted.staff_name:
            found.append(columns.staff_name == wanted.staff_name)
        if wanted.member_group_id is not None:
            found.append(columns.who != 0)
            found.append(columns.member_group_id == wanted.member_group_id)
        if wanted.pc_group_id is not None:
            # -1 stands for no PC and is no group.
            found.append(columns.pc_group_id != -1)
            found.append(columns.pc_group_id == wanted.pc_group_id)
        return found

    return log_sums(
        wanted.center_id, wanted.start_at, wanted.end_at, where, levels=levels, cuts=cuts
    )


def groups_between(
    read: Read, wanted: ReportFilter, cuts: Sequence[datetime]
) -> list[tuple[datetime, Group]]:
    """The log's rows grouped by event, subject, who and refund or not, in stretches of an hour at
    most, whose beginnings are answered; none has one of the `cuts` inside it."""
    columns = sums_of(wanted, levels=(1,), cuts=cuts)
    return [
        (clock.from_micros(since), group)
        for since, group in _grouped(read, columns, columns.c.since_micros)
    ]


def log_groups(read: Read, wanted: ReportFilter) -> list[Group]:
    """The log's rows grouped by event, subject, member or guest, and refund or not."""
    return [group for _, group in _grouped(read, sums_of(wanted))]


def _grouped(read: Read, source: Any, since: Any = None) -> list[tuple[int, Group]]:
    columns = source.c
    is_member = sa.case((columns.who == 1, 1), else_=0).label("is_member")
    keys = [columns.event, columns.subject, is_member, columns.is_refund]
    added = [int_sum(columns[name]).label(name) for name in _ADDED]
    first = sa.literal_column("0", sa.BigInteger).label("since_micros") if since is None else since
    by = keys if since is None else [since, *keys]
    rows = read.all(sa.select(first, *keys, *added).group_by(*by))
    return [
        (row[0], Group(row.event, row.subject, bool(row.is_member), bool(row.is_refund), *row[5:]))
        for row in rows
    ]


def summary_of(read: Read, wanted: ReportFilter) -> Summary:
    """The figures of a range."""
    return summarise(log_groups(read, wanted))


def report_data(read: Read, wanted: ReportFilter) -> ReportData:
    """Everything that reportData shows, from one snapshot."""
    used = _pc_sums(read, wanted)
    of_center = sa.select(pcs.c.id, pcs.c.name, pcs.c.pc_group_id).order_by(pcs.c.name)
    known = read.all(of_center.where(pcs.c.center_id == wanted.center_id))
    return ReportData(
        summary=summary_of(read, wanted),
        top_members=_top_members(read, wanted),
        top_pcs=_top_pcs(used, known),
        expenses=_expenses(read, wanted),
        offers=offers_sold(read, wanted),
        goods=goods_sold(read, wanted),
        pcs=_pc_use(used, known, wanted.pc_group_id),
        new_members=new_members(read, wanted),
        product_groups=groups_of_center(read, wanted.center_id),
    )


def conditions(wanted: ReportFilter) -> list[Any]:
    """The filter as SQL conditions on the log."""
    found: list[Any] = [
        logs.center_id == wanted.center_id,
        logs.at >= wanted.start_at,
        logs.at < wanted.end_at,
    ]
    if wanted.staff_name:
        found.append(logs.staff_name == wanted.staff_name)
    if wanted.member_group_id is not None:
        found.append(logs.member_id != 0)
        found.append(logs.member_group_id == wanted.member_group_id)
    if wanted.pc_group_id is not None:
        found.append(logs.pc_group_id == wanted.pc_group_id)
    return found


def _top_members(read: Read, wanted: ReportFilter) -> list[Row]:
    """Rows (member_account, micros): who topped up most, refunds taken off."""
    micros = int_sum(_MONEY)
    return read.all(
        sa.select(sa.func.max(logs.member_account).label("member_account"), micros.label("micros"))
        .where(*conditions(wanted), _IS_MEMBER, logs.event == Event.TOPUP.value)
        .group_by(logs.member_id)
        .having(micros > 0)
        .order_by(micros.desc(), logs.member_id)
        .limit(_TOP)
    )


def _pc_sums(read: Read, wanted: ReportFilter) -> dict[int | str, PcUse]:
    """Of every PC that was used or sold something, by its id: sessions ended, their seconds, what
    was sold, and a name that it had.

    A renamed PC is one; one whose row was gone when the log was written counts by its name.
    """
    is_end = logs.event == Event.CHECKOUT.value
    found: dict[int | str, PcUse] = {}
    # By both, and added up here: SQLite sorts by a computed key, which takes longer than all else.
    for row in read.all(
        sa.select(
            logs.pc_id,
            logs.pc_name,
            int_sum(sa.case((is_end, 1), else_=0)).label("sessions"),
            int_sum(sa.case((is_end, logs.used_seconds), else_=0)).label("used_seconds"),
            int_sum(logs.cost_micros).label("micros"),
        )
        .where(*conditions(wanted), logs.pc_name != "", sa.or_(is_end, logs.cost_micros != 0))
        .group_by(logs.pc_id, logs.pc_name)
    ):
        key = row.pc_name if row.pc_id is None else row.pc_id
        so_far = found.get(key, PcUse(""))
        found[key] = PcUse(
            max(so_far.pc_name, row.pc_name),
            so_far.sessions + row.sessions,
            so_far.used_seconds + row.used_seconds,
            so_far.micros + row.micros,
        )
    return found


def _top_pcs(used: dict[int | str, PcUse], known: list[Row]) -> list[PcUse]:
    """Where most was sold, however it was paid."""
    names = {pc.id: pc.name for pc in known}
    sold = [
        replace(use, pc_name=names.get(key, use.pc_name))
        for key, use in used.items()
        if use.micros > 0
    ]
    return sorted(sold, key=lambda pc: (-pc.micros, pc.pc_name))[:_TOP]


def _pc_use(used: dict[int | str, PcUse], known: list[Row], pc_group_id: int | None) -> list[PcUse]:
    """What every PC of the centre, or of one group, was used for, by name."""
    of_group = [pc for pc in known if pc_group_id in (None, pc.pc_group_id)]
    return [replace(used.get(pc.id, PcUse("")), pc_name=pc.name) for pc in of_group]


def _expenses(read: Read, wanted: ReportFilter) -> list[Row]:
    """Rows (cash_micros, details), oldest first."""
    return read.all(
        sa.select(logs.cash_micros, logs.details)
        .where(*conditions(wanted), logs.event == Event.EXPENSE.value)
        .order_by(logs.at, logs.id)
        .limit(_ITEMS_MAX)
    )


def offers_sold(read: Read, wanted: ReportFilter) -> list[Row]:
    """Rows (name, number, micros, refunded): packages by name."""
    sold = sa.case((logs.cost_micros >= 0, logs.cost_micros), else_=0)
    refunded = sa.case((logs.cost_micros < 0, -logs.cost_micros), else_=0)
    return read.all(
        sa.select(
            logs.details.label("name"),
            int_sum(sa.case((IS_REFUND, 0), else_=1)).label("number"),
            int_sum(sold).label("micros"),
            int_sum(refunded).label("refunded_micros"),
        )
        .where(*conditions(wanted), logs.event == Event.OFFER.value)
        .group_by(logs.details)
        .order_by(logs.details)
        .limit(_ITEMS_MAX)
    )


_CURRENCY = static(sa.select(centers.c.currency).where(centers.c.id == sa.bindparam("center")))


def goods_sold(read: Read, wanted: ReportFilter) -> list[Row]:
    """Rows (name, number, micros, refunded_micros, margin_micros): pieces of goods by name, of the
    orders that were paid in the range, and what was given back of these orders since.

    The margin is of the pieces that were not given back: their price without tax less what they had
    cost, rounded by line as the log's cost is. What is paid in coins brings and costs nothing.
    """
    paid = paid_orders(*conditions(wanted))
    line = order_lines.c
    kept = line.quantity - line.refunded_quantity
    micros = unit_micros(read.scalar(_CURRENCY, center=wanted.center_id))
    unit, half = (sa.literal_column(str(each), sa.BigInteger) for each in (micros, micros // 2))
    cost = sa.case(
        (line.coin_micros != 0, 0),
        else_=(line.cost_micros * kept + half) // unit * unit,
    )
    return read.all(
        sa.select(
            line.name,
            int_sum(line.quantity).label("number"),
            int_sum(line.net_micros + line.tax_micros).label("micros"),
            int_sum(line.refunded_net_micros + line.refunded_tax_micros).label("refunded_micros"),
            int_sum(line.net_micros - line.refunded_net_micros - cost).label("margin_micros"),
        )
        .select_from(paid.join(order_lines, line.order_id == paid.c.order_id))
        .where(line.member_offer_id.is_(None))
        .group_by(line.name)
        .order_by(line.name)
        .limit(_ITEMS_MAX)
    )


def goods_by_group(read: Read, wanted: ReportFilter) -> list[Row]:
    """Rows (quarter, group_id, micros): what goods of each product group came to, by the quarter of
    an hour (counted from 1970) in which their orders were paid. A product counts in the group in
    which it is now."""
    paid, line = paid_orders(*conditions(wanted)), order_lines.c
    quarter = (StoredMicros(paid.c.at) // _QUARTER).label("quarter")
    source = paid.join(order_lines, line.order_id == paid.c.order_id).join(
        products,
        (products.c.center_id == line.center_id) & (products.c.id == line.item_id),
    )
    return read.all(
        sa.select(
            quarter,
            products.c.group_id,
            int_sum(line.net_micros + line.tax_micros).label("micros"),
        )
        .select_from(source)
        # A package's line has the id of its offer, which may be that of a product, too.
        .where(line.member_offer_id.is_(None))
        .group_by(quarter, products.c.group_id)
    )


def new_members(read: Read, wanted: ReportFilter) -> int:
    """How many members (not guests) were made in the range."""
    statement = sa.select(sa.func.count()).where(
        members.c.center_id == wanted.center_id,
        members.c.group_id >= 0,
        members.c.created_at >= wanted.start_at,
        members.c.created_at < wanted.end_at,
    )
    if wanted.member_group_id is not None:
        statement = statement.where(members.c.group_id == wanted.member_group_id)
    return read.scalar(statement)
