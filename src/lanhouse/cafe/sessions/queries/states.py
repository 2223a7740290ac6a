"""The state of all PCs in use, or of one: in two statements whatever the number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.metering.rules import Segment, Terms, standing, stretches, total_cost
from lanhouse.cafe.pricing.rules import DEFAULT_NAME, NoPrice, PriceRule, Tariff, rule_at
from lanhouse.cafe.sessions.queries import segment_of, terms_of
from lanhouse.cafe.sessions.schemas import FREE, SessionState
from lanhouse.cafe.sessions.tables import pc_session_segments as segments
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import Row, Static, static
from lanhouse.db.store import Read
from lanhouse.kit.local_time import whole_second
from lanhouse.ledger import book_of_center
from lanhouse.ledger.tables import accounts

_SECOND = timedelta(seconds=1)


_BALANCE, _BONUS = accounts.alias("balance"), accounts.alias("bonus")


def _held(account: sa.FromClause, kind: str) -> sa.ColumnElement[bool]:
    """That this is the account of such money of the session's member: at most one is."""
    return sa.and_(
        account.c.book_id == sa.bindparam("book"),
        account.c.owner_kind == "member",
        account.c.owner_id == sessions.c.member_id,
        account.c.kind == kind,
        account.c.currency == sa.bindparam("currency"),
    )


# Outer joins keep SQLite at this order: whatever it believes of the tables' sizes, it begins with
# the open sessions, not with the accounts of all members or the segments of all history.
WITH_PLAYERS = (
    sessions.outerjoin(
        members,
        (members.c.center_id == sessions.c.center_id) & (members.c.id == sessions.c.member_id),
    )
    .outerjoin(_BALANCE, _held(_BALANCE, "balance"))
    .outerjoin(_BONUS, _held(_BONUS, "bonus"))
)
"""Sessions with what the ledger holds for who plays, of the parameters `book` and `currency`."""
PLAYER_COLUMNS = (
    *(sessions.c[name] for name in ("id", "pc_id", "kind", "member_id")),
    members.c.account,
    members.c.group_id,
    sa.func.coalesce(_BALANCE.c.balance_micros, 0).label("balance_micros"),
    sa.func.coalesce(_BONUS.c.balance_micros, 0).label("bonus_micros"),
)
OPEN_OF_CENTER = (sessions.c.center_id == sa.bindparam("center"), sessions.c.ended_at.is_(None))


class _Look(NamedTuple):
    """The statements that read open sessions and what they run under."""

    sessions: Static
    segments: Static


def _look(*where: Any) -> _Look:
    """The look at the open sessions of a centre for which `where` holds as well."""
    rows = sa.select(
        *PLAYER_COLUMNS,
        *(sessions.c[name] for name in ("started_at", "expires_at")),
        *(sessions.c[name] for name in ("paused_at", "paused_seconds")),
        *(sessions.c[name] for name in ("free_seconds", "minimum_charge_micros", "terms")),
        *(members.c[name] for name in ("first_name", "last_name", "phone")),
    ).select_from(WITH_PLAYERS)
    its_segments = (
        sa.select(
            *(segments.c[name] for name in ("session_id", "from_at", "to_at", "tariff")),
            *(segments.c[name] for name in ("packages", "is_free", "is_paused")),
        )
        .select_from(sessions.outerjoin(segments, segments.c.session_id == sessions.c.id))
        .order_by(segments.c.number)
    )
    return _Look(
        static(rows.where(*OPEN_OF_CENTER, *where)),
        static(its_segments.where(*OPEN_OF_CENTER, *where)),
    )


_ALL = _look()
_ON_PC = _look(sessions.c.pc_id == sa.bindparam("pc"))


def session_states(read: Read, center: Center, at: datetime) -> dict[int, SessionState]:
    """PC id -> its open session at `at`, for every PC in use.

    Seen at the whole second, so that the time played and the time left add up to the end.
    """
    return _seen(read, center, _ALL, at)


def session_state_on_pc(
    read: Read, center: Center, pc_id: int, at: datetime
) -> SessionState | None:
    """The same of one PC of the centre; None where nobody plays."""
    return _seen(read, center, _ON_PC, at, pc=pc_id).get(pc_id)


def of_center(center: Center) -> dict[str, Any]:
    """The parameters of WITH_PLAYERS and OPEN_OF_CENTER."""
    return {"center": center.id, "book": book_of_center(center.id), "currency": center.currency}


def _seen(
    read: Read, center: Center, look: _Look, at: datetime, **named: int
) -> dict[int, SessionState]:
    at = whole_second(at)
    found: dict[int, list[Segment]] = defaultdict(list)
    for row in read.all(look.segments, center=center.id, **named):
        found[row.session_id].append(segment_of(row))
    # By identity: texts are read once, and a look at a whole tariff costs more than the rule.
    rules: dict[int, PriceRule | None] = {}
    states: dict[int, SessionState] = {}
    for row in read.all(look.sessions, **of_center(center), **named):
        tariff = found[row.id][-1].tariff
        if id(tariff) not in rules:
            rules[id(tariff)] = rule_now(tariff, at)
        states[row.pc_id] = _state(row, found[row.id], rules[id(tariff)], at)
    return states


def _state(
    row: Row,
    its_segments: Sequence[Segment],
    rule: PriceRule | None,
    at: datetime,
) -> SessionState:
    end = row.expires_at
    seen = row.paused_at or at
    until = at if end is None or row.paused_at else min(at, end)
    terms = terms_of(row.free_seconds, row.minimum_charge_micros, row.terms)
    if row.kind == FREE or its_segments[-1].is_free:
        rule = None
    return SessionState(
        session_id=row.id,
        pc_id=row.pc_id,
        kind=row.kind,
        member_id=row.member_id,
        member_account=row.account,
        member_group_id=row.group_id,
        member_name=f"{row.first_name or ''} {row.last_name or ''}".strip(),
        member_phone=row.phone or "",
        balance_micros=row.balance_micros,
        bonus_micros=row.bonus_micros,
        started_at=row.started_at,
        expires_at=end,
        paused_at=row.paused_at,
        paused_seconds=row.paused_seconds,
        played_seconds=max((min(until, seen) - row.started_at) // _SECOND - row.paused_seconds, 0),
        left_seconds=None if end is None else (end - seen) // _SECOND,
        price_name=DEFAULT_NAME if rule is None else rule.name,
        price_per_hour_micros=0 if rule is None else rule.price_per_hour_micros,
        offer_in_use=package_now(its_segments, terms, until),
        cost_micros=total_cost(its_segments, terms, until),
    )


def rule_now(tariff: Tariff, at: datetime) -> PriceRule | None:
    """The price rule in force at `at`, or None where no price holds."""
    try:
        return rule_at(tariff, at)
    except NoPrice:
        return None


def package_now(its_segments: Sequence[Segment], terms: Terms, until: datetime) -> str | None:
    """The package that pays at `until`, or None; free minutes come before it. While the session
    stands still: the one that would pay if it went on where it was stopped (0110)."""
    if not its_segments[-1].packages:
        return None
    if its_segments[-1].is_paused:
        its_segments = standing(its_segments)
        until = its_segments[-1].from_at
    walked = list(stretches(its_segments, terms, until + _SECOND))
    package = walked[-1].package if walked else None
    return None if package is None else package.name
