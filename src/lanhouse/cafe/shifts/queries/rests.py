"""What guests paid in advance and have not used: it lies on their accounts until it is given back
(decision 0133)."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.sessions.tables import pc_sessions, session_debts
from lanhouse.db.statements import static
from lanhouse.db.store import Read
from lanhouse.ledger import book_of_center
from lanhouse.ledger.tables import accounts

LOOKED_AT_MAX = 300
"""So many sessions that were paid in advance are looked back at, whatever the length of the
history."""

_CENTER = sa.bindparam("center")
_LATEST = (
    sa.select(pc_sessions.c.member_id, sa.func.max(pc_sessions.c.id).label("session_id"))
    .where(
        pc_sessions.c.id.in_(
            sa.select(pc_sessions.c.id)
            .where(pc_sessions.c.center_id == _CENTER, pc_sessions.c.kind == "prepaid")
            .order_by(pc_sessions.c.id.desc())
            .limit(LOOKED_AT_MAX)
        )
    )
    .group_by(pc_sessions.c.member_id)
    .subquery()
)
_LEFT_OPEN = static(
    sa.select(sa.func.count())
    .select_from(session_debts)
    .where(session_debts.c.center_id == _CENTER, session_debts.c.paid_bill_id.is_(None))
)
_RUNS = pc_sessions.alias()
_RESTS = static(
    sa.select(
        members.c.account,
        pc_sessions.c.pc_name,
        pc_sessions.c.ended_at,
        accounts.c.balance_micros,
    )
    .select_from(_LATEST)
    .join(pc_sessions, pc_sessions.c.id == _LATEST.c.session_id)
    .join(members, members.c.id == _LATEST.c.member_id)
    .join(
        accounts,
        (accounts.c.book_id == sa.bindparam("book"))
        & (accounts.c.owner_kind == "member")
        & (accounts.c.owner_id == members.c.id)
        & (accounts.c.kind == "balance")
        & (accounts.c.currency == sa.bindparam("its_currency")),
    )
    .where(
        members.c.center_id == _CENTER,
        members.c.deleted_at.is_(None),
        accounts.c.balance_micros > 0,
        ~sa.exists().where(
            _RUNS.c.center_id == _CENTER,
            _RUNS.c.member_id == members.c.id,
            _RUNS.c.ended_at.is_(None),
        ),
    )
    .order_by(pc_sessions.c.ended_at.desc(), members.c.account)
)


class Rest(msgspec.Struct, frozen=True):
    """The money of a guest who does not play any more: account, last PC, and what is left."""

    account: str
    pc_name: str
    micros: int


def guests_rests(read: Read, center: Center) -> list[Rest]:
    """What lies on the accounts of the guests who played last and paid in advance, the newest end
    first."""
    rows = read.all(
        _RESTS, center=center.id, book=book_of_center(center.id), its_currency=center.currency
    )
    return [Rest(row.account, row.pc_name, row.balance_micros) for row in rows]


def left_open_count(read: Read, center_id: int) -> int:
    """How many bills guests have left open, and nobody has paid or written off."""
    return read.scalar(_LEFT_OPEN, center=center_id) or 0
