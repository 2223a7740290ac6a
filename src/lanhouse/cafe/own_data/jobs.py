"""Taking a forgotten member's name out of every copy of it, some rows at a time."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.bookings.tables import bookings
from lanhouse.cafe.members.commands.forgetting import COPIES_KIND
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.offers.tables import member_offers
from lanhouse.cafe.orders.tables import orders
from lanhouse.cafe.payments.tables import payment_notices, payment_orders
from lanhouse.cafe.topups.tables import topups
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.jobs.queue import empty_payload
from lanhouse.jobs.schemas import Done, Job, Progress, Steps
from lanhouse.kit.texts import N_

ROWS_AT_ONCE = 200
LOOKS_AT_ONCE = 50
"""Looks for such rows in one step, of members who left none."""


class _Copy(NamedTuple):
    """A table whose rows name a member as he was called, or hold words about him."""

    next: Any
    forget: Any


def _copy(table: Any, names: tuple[str, ...], words: tuple[str, ...], gone: tuple[str, ...]) -> Any:
    """`names` become the pseudonym, `words` lose the name where they hold it, `gone` are emptied.
    None of these columns is part of a seal."""
    his = (table.c.center_id == sa.bindparam("center"), table.c.member_id == sa.bindparam("his_id"))
    pseudonym = sa.bindparam("pseudonym", type_=sa.Text)
    values: dict[str, Any] = dict.fromkeys(names, pseudonym)
    for name in words:
        account = sa.bindparam("account", type_=sa.Text)
        values[name] = sa.func.replace(table.c[name], account, pseudonym)
    values |= dict.fromkeys(gone, "")
    span = table.c.id.between(sa.bindparam("first"), sa.bindparam("last"))
    after = table.c.id > sa.bindparam("after")
    ids = sa.select(table.c.id).where(*his, after).order_by(table.c.id).limit(sa.bindparam("most"))
    return _Copy(static(ids), static(sa.update(table).where(*his, span).values(**values)))


_COPIES: tuple[_Copy, ...] = (
    _copy(billing_logs, ("member_account",), ("details",), ()),
    _copy(orders, ("member_account",), (), ("note", "reason")),
    _copy(topups, (), ("comment",), ()),
    _copy(member_offers, (), (), ("comment",)),
    _copy(bookings, (), (), ("comment",)),
    _copy(payment_orders, (), (), ("reason",)),
    _copy(payment_notices, (), (), ("reason",)),
)


class _Cursor(msgspec.Struct):
    """Whose turn it is, in which table, behind which row."""

    member: int = 0
    copy: int = 0
    after: int = 0


def forget_copies(tx: Tx, job: Job) -> Progress | Done:
    """The next rows of the members whose turn it is. The names, which the job must know until then,
    go with its last row."""
    wanted: list[tuple[int, str]] = msgspec.convert(job.payload["members"], list[tuple[int, str]])
    at = msgspec.convert(job.cursor or {}, _Cursor)
    rows = looks = 0
    while rows < ROWS_AT_ONCE and looks < LOOKS_AT_ONCE:
        found = _forget_rows(tx, job.center_id, wanted[at.member], at)
        rows, looks = rows + found, looks + 1
        if found == ROWS_AT_ONCE:
            continue
        at.copy, at.after = at.copy + 1, 0
        if at.copy == len(_COPIES):
            at.member, at.copy = at.member + 1, 0
        if at.member == len(wanted):
            empty_payload(tx, job.id)
            return Done({"rows": job.done + rows}, job.done + rows)
    return Progress(msgspec.to_builtins(at), job.done + rows)


def _forget_rows(tx: Tx, center_id: int, member: tuple[int, str], at: _Cursor) -> int:
    member_id, account = member
    copy, his = _COPIES[at.copy], {"center": center_id, "his_id": member_id}
    ids = [row.id for row in tx.all(copy.next, **his, after=at.after, most=ROWS_AT_ONCE)]
    if ids:
        words = {"pseudonym": f"deleted-{member_id}", "account": account}
        tx.run(copy.forget, **his, **words, first=ids[0], last=ids[-1])
        at.after = ids[-1]
    return len(ids)


JOBS = [Steps(COPIES_KIND, forget_copies, label=N_("Forget a deleted member's name"))]
