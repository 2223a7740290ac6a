"""Proof that the billing log and the ledger tell the same story."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa

from lanhouse.cafe.centers.queries import all_centers
from lanhouse.cafe.money.kinds import MONEY_COLUMNS
from lanhouse.cafe.money.queries import AMOUNTS, KEYS, LEVELS, hour_at, summed
from lanhouse.cafe.money.schemas import columns_of
from lanhouse.cafe.money.tables import billing_log_sums, billing_logs
from lanhouse.db.store import Read
from lanhouse.ledger import book_of_center
from lanhouse.ledger.tables import accounts, entries

_PAGE = 5_000


def check_logs_against_ledger(read: Read, center_id: int) -> str | None:
    """The first disagreement between a centre's log and its ledger, or None.

    For every transfer the rows that name it must hold exactly what its entries moved, column by
    column; a row without a transfer must move nothing; the stored sums must be those of the rows.
    So the sums agree over any range too.
    """
    stray = read.one(
        sa.select(billing_logs.c.id)
        .where(
            billing_logs.c.center_id == center_id,
            billing_logs.c.transfer_id.is_(None),
            sa.or_(*(billing_logs.c[column] != 0 for column in (*MONEY_COLUMNS, "spend_micros"))),
        )
        .order_by(billing_logs.c.id)
        .limit(1)
    )
    if stray is not None:
        return f"log {stray.id}: has amounts but no transfer"
    after_id = 0
    while True:
        page = _transfer_ids(read, center_id, after_id)
        if not page:
            return check_sums(read, center_id)
        booked, logged = _booked(read, page), _logged(read, center_id, page)
        for transfer_id in page:
            problem = _difference(transfer_id, booked.get(transfer_id), logged.get(transfer_id))
            if problem is not None:
                return problem
        after_id = page[-1]


def check_sums(read: Read, center_id: int) -> str | None:
    """The first stored sum that is not the sum of its rows of the log, or None."""
    stored = billing_log_sums.c
    keys = ("start_hour", *KEYS)
    for hours in LEVELS:
        made = summed((hours,), billing_logs.c.center_id == center_id).subquery().c
        both = sa.union_all(
            sa.select(
                *(stored[name] for name in keys), *((-stored[name]).label(name) for name in AMOUNTS)
            ).where(stored.center_id == center_id, stored.hours == hours),
            sa.select(*(made[name] for name in (*keys, *AMOUNTS))),
        ).subquery()
        wrong = read.one(
            sa.select(*(both.c[name] for name in keys))
            .group_by(*(both.c[name] for name in keys))
            .having(sa.or_(*(sa.func.sum(both.c[name]) != 0 for name in AMOUNTS)))
            .order_by(*(both.c[name] for name in keys))
            .limit(1)
        )
        if wrong is not None:
            return (
                f"sum of {wrong.event} over {hours} h from {hour_at(wrong.start_hour):%F %R} UTC:"
                " is not that of the log's rows"
            )
    return None


def check_all_logs(read: Read) -> str | None:
    """The first disagreement in any centre, or None."""
    for center in all_centers(read):
        problem = check_logs_against_ledger(read, center.id)
        if problem is not None:
            return f"centre {center.id}, {problem}"
    return None


def _transfer_ids(read: Read, center_id: int, after_id: int) -> list[int]:
    """The next page of transfers that the centre's ledger or log knows."""
    in_ledger = sa.select(entries.c.transfer_id.label("id")).where(
        entries.c.book_id == book_of_center(center_id), entries.c.transfer_id > after_id
    )
    in_log = sa.select(billing_logs.c.transfer_id).where(
        billing_logs.c.center_id == center_id, billing_logs.c.transfer_id > after_id
    )
    known = sa.union(in_ledger, in_log).subquery()
    rows = read.all(sa.select(known.c.id).order_by(known.c.id).limit(_PAGE))
    return [row.id for row in rows]


def _booked(read: Read, page: list[int]) -> dict[int, dict[str, int]]:
    amounts: dict[int, dict[tuple[str, int, str], int]] = defaultdict(dict)
    rows = read.all(
        sa.select(
            entries.c.transfer_id,
            accounts.c.owner_kind,
            accounts.c.owner_id,
            accounts.c.kind,
            entries.c.amount_micros,
        )
        .join(accounts, accounts.c.id == entries.c.account_id)
        .where(entries.c.transfer_id.between(page[0], page[-1]))
    )
    for row in rows:
        amounts[row.transfer_id][row.owner_kind, row.owner_id, row.kind] = row.amount_micros
    return {transfer_id: columns_of(moved) for transfer_id, moved in amounts.items()}


def _logged(read: Read, center_id: int, page: list[int]) -> dict[int, dict[str, int]]:
    sums: dict[int, dict[str, int]] = defaultdict(
        lambda: dict.fromkeys((*MONEY_COLUMNS, "spend_micros"), 0)
    )
    rows = read.all(
        sa.select(billing_logs).where(
            billing_logs.c.center_id == center_id,
            billing_logs.c.transfer_id.between(page[0], page[-1]),
        )
    )
    for row in rows:
        for column in sums[row.transfer_id]:
            sums[row.transfer_id][column] += getattr(row, column)
    return sums


def _difference(
    transfer_id: int, booked: dict[str, int] | None, logged: dict[str, int] | None
) -> str | None:
    if booked is None:
        return f"transfer {transfer_id}: stands in the log but not in the ledger"
    if logged is None:
        if not any(booked.values()):
            return None
        return f"transfer {transfer_id}: stands in the ledger but not in the log"
    for column, micros in booked.items():
        if logged[column] != micros:
            return (
                f"transfer {transfer_id}: {column} is {logged[column]} in the log,"
                f" {micros} in the ledger"
            )
    return None
