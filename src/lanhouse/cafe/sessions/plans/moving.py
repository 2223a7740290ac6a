"""Where a session may go, for the move itself and the list of places."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lanhouse.cafe.metering.rules import cut
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.db.statements import Row
from lanhouse.kit.local_time import whole_second


def why_not_to(origin: Row, target: Row, *, is_busy: bool) -> str:
    """Why a session cannot move from a PC to another; "" when it can (cafe-domain 1, move)."""
    if target.is_out_of_order:
        return "the PC is out of order"
    if is_busy:
        return "the PC is in use"
    if target.pc_group_id != origin.pc_group_id:
        return "the PC belongs to another PC group"
    if (target.console_type == 0) != (origin.console_type == 0):
        return "a session cannot move between PC and console"
    return ""


def plan_move(session: Session, target: Row, at: datetime) -> Session:
    """The session on the other PC from `at` on; cost and time go on unchanged."""
    return msgspec.structs.replace(
        session,
        pc_id=target.id,
        pc_name=target.name,
        segments=cut(session.segments, session.terms, whole_second(at)),
    )
