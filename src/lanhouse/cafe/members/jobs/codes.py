"""Forgetting codes that nobody can use any more."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.members.commands.codes import DAY
from lanhouse.cafe.members.tables import sms_codes
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.jobs.ticker import Task
from lanhouse.kit import clock

BATCH = 500
_OVER = sms_codes.c.day_from <= sa.bindparam("since", type_=sms_codes.c.day_from.type)
_NEXT = static(
    sa.select(sms_codes.c.center_id, sms_codes.c.phone)
    .where(_OVER)
    .order_by(sms_codes.c.day_from)
    .limit(BATCH)
)
_DELETE = static(
    sa.delete(sms_codes).where(
        sms_codes.c.center_id == sa.bindparam("center"),
        sms_codes.c.phone == sa.bindparam("number"),
        _OVER,
    )
)


def forget_old_codes(tx: Tx, _: None = None) -> bool:
    """Delete what was asked for more than two days ago, some at a time; answers whether more are
    there. By then neither a code nor the count of its day holds."""
    since = clock.real_now() - 2 * DAY
    rows = tx.all(_NEXT, since=since)
    for row in rows:
        tx.run(_DELETE, center=row.center_id, number=row.phone, since=since)
    return len(rows) == BATCH


TASKS = [Task("forget old codes", 3600, forget_old_codes)]
