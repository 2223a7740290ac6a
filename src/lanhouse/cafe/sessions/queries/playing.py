"""Who plays on which PC, as lists of PCs tell it: one row a session, without its cost."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.pricing.rules import DEFAULT_NAME
from lanhouse.cafe.sessions.queries import open_sessions, tariff_of_text
from lanhouse.cafe.sessions.queries.states import (
    OPEN_OF_CENTER,
    PLAYER_COLUMNS,
    WITH_PLAYERS,
    of_center,
    package_now,
    rule_now,
)
from lanhouse.cafe.sessions.schemas import FREE
from lanhouse.cafe.sessions.tables import pc_session_segments as segments
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.db.types import StoredMicros

_PLAYING = static(
    sa.select(
        *PLAYER_COLUMNS,
        StoredMicros(sessions.c.started_at).label("started_micros"),
        StoredMicros(sessions.c.expires_at).label("expires_micros"),
        StoredMicros(sessions.c.paused_at).label("paused_micros"),
        sessions.c.paused_seconds,
        segments.c.tariff,
        segments.c.is_free,
        # As the text that is stored: hardly any session has one.
        sa.type_coerce(segments.c.packages, sa.Text).label("packages"),
    )
    .select_from(
        WITH_PLAYERS.outerjoin(
            segments, (segments.c.session_id == sessions.c.id) & segments.c.to_at.is_(None)
        )
    )
    .where(*OPEN_OF_CENTER)
)
_NO_PACKAGES = "[]"


class Playing(msgspec.Struct, frozen=True):
    """An open session as a list shows it."""

    row: Row
    """id, pc_id, kind, member_id, account, group_id, started_micros, expires_micros (None: no end
    is known) and paused_micros (None: it does not stand still) of UTC, paused_seconds of the pauses
    that are over, balance_micros and bonus_micros of the ledger."""
    price_name: str
    """The price rule in force, `Default` when none is needed."""
    offer_in_use: str | None
    """The package that pays now; while it stands still, as it was then."""


def playing(read: Read, center: Center, at: datetime) -> dict[int, Playing]:
    """PC id -> its open session at the whole second `at`, for every PC in use."""
    rows = read.all(_PLAYING, **of_center(center))
    offers = _offers_in_use(read, center.id, [r.id for r in rows if r.packages != _NO_PACKAGES], at)
    names: dict[str, str] = {}
    found: dict[int, Playing] = {}
    for row in rows:
        name = names.get(row.tariff)
        if name is None:
            rule = rule_now(tariff_of_text(row.tariff), at)
            name = names[row.tariff] = DEFAULT_NAME if rule is None else rule.name
        price_name = DEFAULT_NAME if row.kind == FREE or row.is_free else name
        found[row.pc_id] = Playing(row, price_name, offers.get(row.id))
    return found


def _offers_in_use(
    read: Read, center_id: int, session_ids: list[int], at: datetime
) -> dict[int, str | None]:
    if not session_ids:
        return {}
    return {
        session.id: package_now(session.segments, session.terms, session.until(at))
        for session in open_sessions(read, center_id, ids=session_ids)
    }
