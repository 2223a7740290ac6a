"""What guests have left open on PCs where nobody has played since: the map shows it there."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.sessions.queries.bundles import Debt, debts_of
from lanhouse.cafe.sessions.tables import pc_sessions, session_debts
from lanhouse.db.statements import static
from lanhouse.db.store import Read

SHOWN_FOR = timedelta(days=1)
"""After that it stands by its ticket alone."""
_later = pc_sessions.alias("later")
_LEFT = static(
    sa.select(session_debts.c.session_id, pc_sessions.c.pc_id)
    .join(pc_sessions, pc_sessions.c.id == session_debts.c.session_id)
    .where(
        session_debts.c.center_id == sa.bindparam("center"),
        session_debts.c.paid_bill_id.is_(None),
        session_debts.c.since > sa.bindparam("since", type_=session_debts.c.since.type),
        ~sa.exists(
            sa.select(_later.c.id).where(
                _later.c.id > pc_sessions.c.id,
                _later.c.center_id == pc_sessions.c.center_id,
                _later.c.pc_id == pc_sessions.c.pc_id,
            )
        ),
    )
)


def left_on_pcs(read: Read, center: Center, at: datetime) -> dict[int, Debt]:
    """PC id -> what its last guest owes, until somebody plays there; then it stands by the ticket
    (debts_of)."""
    rows = read.all(_LEFT, center=center.id, since=at - SHOWN_FOR)
    if not rows:
        return {}
    pcs = {row.session_id: row.pc_id for row in rows}
    return {pcs[debt.session_id]: debt for debt in debts_of(read, center, list(pcs))}
