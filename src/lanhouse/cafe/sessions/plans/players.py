"""How a running session goes on with another number of players (decision 0117)."""

from __future__ import annotations

from datetime import datetime

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.metering.rules import cut
from lanhouse.cafe.pricing.rules import NoPrice, Tariff, rule_at
from lanhouse.cafe.sessions.plans.adding import plan_add
from lanhouse.cafe.sessions.plans.starting import check_players
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.errors import BalanceTooLow, Refused
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say


def check_change(pc: Row, session: Session, players: int, at: datetime) -> None:
    """Refuse a session (on this PC) that has ended or that nobody pays, and a number of players
    that the PC cannot have (InvalidInput of `players`)."""
    if session.ended_at is not None or session.is_over(at):
        raise Refused(say("the session has ended"))
    if session.is_free:
        raise Refused(say("nobody pays for this session: it has no number of players"))
    check_players(pc, players)


def plan_players(
    read: Read, center: Center, session: Session, tariff: Tariff, at: datetime
) -> Session:
    """The session as it goes on at `at` under `tariff`, which is the one for the new number.

    What was played keeps its price, packages go on as they are, and the end is where the money of
    now takes it. Raises BalanceTooLow where that does not cover one more second, and Refused where
    no price holds now.
    """
    at = whole_second(at)
    try:
        rule_at(tariff, at)
    except NoPrice as none:
        raise Refused(none.said) from None
    changed = cut(session.segments, session.terms, at, tariff)
    plan = plan_add(read, center, session, at, segments=changed)
    if plan.is_over(at):
        players = tariff.players
        raise BalanceTooLow(
            say(
                "%(pc_name)s: the money does not cover a second for %(players)s players",
                pc_name=session.pc_name,
                players=players,
            )
        )
    return plan
