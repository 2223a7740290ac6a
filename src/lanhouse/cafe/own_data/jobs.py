"""Taking a forgotten member's name out of every copy of it, some rows at a time."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.orders.tables import orders
from lanhouse.cafe.own_data.commands import COPIES_KIND
from lanhouse.cafe.topups.tables import topups
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.jobs.schemas import Done, Job, Progress, Steps
from lanhouse.kit.texts import N_

ROWS_AT_ONCE = 200


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
    _copy(orders, ("member_account",), (), ("note",)),
    _copy(topups, (), ("comment",), ()),
)


def forget_copies(tx: Tx, job: Job) -> Progress | Done:
    """The next rows of the table whose turn it is."""
    number, after = job.cursor or (0, 0)
    member_id, account = job.payload["member_id"], job.payload["account"]
    copy, his = _COPIES[number], {"center": job.center_id, "his_id": member_id}
    ids = [row.id for row in tx.all(copy.next, **his, after=after, most=ROWS_AT_ONCE)]
    if ids:
        words = {"pseudonym": f"deleted-{member_id}", "account": account}
        tx.run(copy.forget, **his, **words, first=ids[0], last=ids[-1])
    done = job.done + len(ids)
    if len(ids) == ROWS_AT_ONCE:
        return Progress([number, ids[-1]], done)
    if number + 1 < len(_COPIES):
        return Progress([number + 1, 0], done)
    return Done({"rows": done}, done)


JOBS = [Steps(COPIES_KIND, forget_copies, label=N_("Forget a deleted member's name"))]
