"""Changing how many play at a console while the session runs (decision 0117)."""

from __future__ import annotations

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.queries import pc_time_discount
from lanhouse.cafe.money.movements import Movement, account_of, move
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.pcs.queries import pcs_named
from lanhouse.cafe.sessions.commands.base import (
    Prices,
    lock_sessions,
    share_center,
    store_going_on,
    tell,
)
from lanhouse.cafe.sessions.plans.players import check_change, plan_players
from lanhouse.cafe.sessions.queries import session_by_id
from lanhouse.cafe.sessions.schemas import MEMBER, Session
from lanhouse.db.store import Tx
from lanhouse.kit.errors import NotFound, Refused
from lanhouse.kit.said import say


class ChangePlayers(msgspec.Struct, frozen=True):
    """So many play on from now on."""

    center: Center
    actor: Actor
    session_id: int
    players: int


def change_players(tx: Tx, cmd: ChangePlayers) -> Session:
    """Let a running session go on with another number of players. Answers it.

    Raises NotFound, Refused for one that has ended or that nobody pays, InvalidInput of `players`
    for a number that the PC cannot have, and BalanceTooLow (402) where the money does not cover one
    more second. The number that it has already changes nothing.
    """
    # Prices that change wait, so that the new segment is not begun under rules that end.
    center = share_center(tx, cmd.center)
    found = lock_sessions(tx, center.id, [cmd.session_id])
    if not found:
        if session_by_id(tx, center.id, cmd.session_id) is None:
            raise NotFound(say("Session not found"))
        raise Refused(say("the session has ended"))
    session = found[0]
    (pc,) = pcs_named(tx, center.id, [session.pc_name])
    check_change(pc, session, cmd.players, tx.now)
    before = session.segments[-1].tariff.players
    if cmd.players == before:
        tx.did_nothing()
        return session
    _, group_id = account_of(tx, center.id, session.member_id)
    discount = pc_time_discount(tx, center.id, group_id) if session.kind == MEMBER else 0
    tariff = Prices(tx, center).tariff(pc.pc_group_id, group_id, discount, cmd.players)
    plan = plan_players(tx, center, session, tariff, tx.now)
    session = store_going_on(tx, session, plan)
    move(
        tx,
        Movement(
            center=center,
            actor=cmd.actor,
            event=Event.SESSION,
            member_id=session.member_id,
            pc_name=session.pc_name,
            details=f"players: {cmd.players} instead of {before}",
        ),
    )
    tell(tx, "session.changed", session)
    return session
