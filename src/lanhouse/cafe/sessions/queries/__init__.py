"""Finding sessions and what they cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.facts import PackageSeconds, Spending
from lanhouse.cafe.members.queries import must_be_member
from lanhouse.cafe.metering.rules import Segment, Terms
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.offers.queries import live_packages, owned_packages
from lanhouse.cafe.offers.schemas import OwnedPackage, Package
from lanhouse.cafe.pricing.rules import Tariff
from lanhouse.cafe.sessions.schemas import POSTPAID, WALLET_KINDS, Session
from lanhouse.cafe.sessions.tables import pc_session_segments as segments
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Read
from lanhouse.kit.local_time import whole_second
from lanhouse.ledger import newest_movement_at as newest_transfer_at

_OPEN = sessions.c.ended_at.is_(None)
_IN_CENTER = sessions.c.center_id == sa.bindparam("center")
_OPEN_OF_MEMBER = static(
    sa.select(sessions).where(
        _IN_CENTER,
        _OPEN,
        sessions.c.is_further.is_(sa.false()),
        sessions.c.member_id == sa.bindparam("member"),
    )
)
_ALL_OF_MEMBER = static(
    sa.select(sessions)
    .where(_IN_CENTER, _OPEN, sessions.c.member_id == sa.bindparam("member"))
    .order_by(sessions.c.id)
)
_OPEN_ON_PC = static(
    sa.select(sessions.c.id).where(_IN_CENTER, _OPEN, sessions.c.pc_id == sa.bindparam("pc"))
)
_OPEN_OF_MEMBERS = static(
    sa.select(sessions)
    .where(
        _IN_CENTER,
        _OPEN,
        sessions.c.is_further.is_(sa.false()),
        among(sessions.c.member_id, "members"),
    )
    .order_by(sessions.c.id)
)
_BY_ID = static(sa.select(sessions).where(_IN_CENTER, sessions.c.id == sa.bindparam("session")))
_SEGMENTS = static(
    sa.select(segments)
    .where(segments.c.session_id == sa.bindparam("session"))
    .order_by(segments.c.number)
)
_SEGMENTS_OF = static(
    sa.select(segments)
    .where(among(segments.c.session_id, "ids"))
    .order_by(segments.c.session_id, segments.c.number)
)
_WHOLE = sa.select(sessions).where(_IN_CENTER, _OPEN).order_by(sessions.c.id)
_AMONG = _WHOLE.where(among(sessions.c.id, "ids"))
_ALL, _NAMED = static(_WHOLE), static(_AMONG)
_ALL_LOCKED = static(_WHOLE.with_for_update(key_share=True))
_NAMED_LOCKED = static(_AMONG.with_for_update(key_share=True))
_PLAYER_ON_PC = static(
    sa.select(sessions.c.member_id).where(_IN_CENTER, _OPEN, sessions.c.pc_id == sa.bindparam("pc"))
)
_OPEN_ON_PCS = static(
    sa.select(sessions.c.pc_id, sessions.c.id).where(
        _IN_CENTER, _OPEN, among(sessions.c.pc_id, "pcs")
    )
)
_NEWEST = [
    static(sa.select(column.label("at")).order_by(table.c.id.desc()).limit(1))
    for table, column in ((sessions, sessions.c.started_at), (billing_logs, billing_logs.c.at))
]


def newest_movement_at(read: Read) -> datetime:
    """The business time of the newest movement of all centres and agents, for the clock's start:
    of money, of a session or of the log; 1970 when there is none."""
    found = [read.scalar(statement) for statement in _NEWEST]
    return max([newest_transfer_at(read), *(at for at in found if at is not None)])


def player_on_pc(read: Read, center_id: int, pc_id: int) -> int | None:
    """The member or guest who plays on the PC, or None."""
    return read.scalar(_PLAYER_ON_PC, center=center_id, pc=pc_id)


def open_session_on_pc(read: Read, center_id: int, pc_id: int) -> int | None:
    """The id of the PC's open session, or None."""
    return read.scalar(_OPEN_ON_PC, center=center_id, pc=pc_id)


def open_session_of_member(read: Read, center_id: int, member_id: int) -> Session | None:
    """The member's open session, of several the first one, or None."""
    row = read.one(_OPEN_OF_MEMBER, center=center_id, member=member_id)
    return None if row is None else session_of(read, row)


def open_sessions_of_member(read: Read, center_id: int, member_id: int) -> list[Session]:
    """All that a member (centre id, member id) plays now, by id: the first session and, where the
    centre allows them, further ones."""
    return with_segments(read, read.all(_ALL_OF_MEMBER, center=center_id, member=member_id))


def session_by_id(read: Read, center_id: int, session_id: int) -> Session | None:
    """The session (centre id, session id), open or ended, or None."""
    row = read.one(_BY_ID, center=center_id, session=session_id)
    return None if row is None else session_of(read, row)


def session_of(read: Read, row: Row) -> Session:
    """The session of a row of `pc_sessions`, with its segments."""
    return _session(row, read.all(_SEGMENTS, session=row.id))


def open_sessions(
    read: Read, center_id: int, *, ids: Sequence[int] | None = None, lock: bool = False
) -> list[Session]:
    """Open sessions of a centre by id, all or those named; with their rows locked if asked."""
    if ids is None:
        rows = read.all(_ALL_LOCKED if lock else _ALL, center=center_id)
    else:
        rows = read.all(_NAMED_LOCKED if lock else _NAMED, center=center_id, ids=list(ids))
    return with_segments(read, rows)


def open_session_ids(read: Read, center_id: int, pc_ids: Sequence[int]) -> dict[int, int]:
    """PC id -> id of its open session, for the PCs that have one."""
    rows = read.all(_OPEN_ON_PCS, center=center_id, pcs=list(pc_ids))
    return {row.pc_id: row.id for row in rows}


def with_segments(read: Read, rows: Sequence[Row]) -> list[Session]:
    """The sessions of rows of `pc_sessions`, with their segments."""
    found: dict[int, list[Row]] = defaultdict(list)
    for segment in read.all(_SEGMENTS_OF, ids=[row.id for row in rows]) if rows else []:
        found[segment.session_id].append(segment)
    return [_session(row, found[row.id]) for row in rows]


def _session(row: Row, segment_rows: Sequence[Row]) -> Session:
    return Session(
        id=row.id,
        center_id=row.center_id,
        pc_id=row.pc_id,
        pc_name=row.pc_name,
        kind=row.kind,
        member_id=row.member_id,
        started_at=row.started_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        billed_to_at=row.billed_to_at,
        limit_micros=row.limit_micros,
        terms=_terms_as_paid(row),
        segments=[segment_of(segment) for segment in segment_rows],
        is_further=row.is_further,
    )


def _terms_as_paid(row: Row) -> Terms:
    """The terms of a session; one that was paid at the end by card, as a whole, has the card
    price."""
    terms = terms_of(row.free_seconds, row.minimum_charge_micros, row.terms)
    is_card = terms.card_percent != 100 and row.kind == POSTPAID and row.payment == "card"
    if is_card and not row.from_balance_micros and not row.from_bonus_micros:
        return msgspec.structs.replace(terms, is_by_card=True)
    return terms


@lru_cache(maxsize=1024)
def terms_of(free_seconds: int, minimum_charge_micros: int, others: str) -> Terms:
    """The terms that a row of `pc_sessions` keeps."""
    return msgspec.structs.replace(
        msgspec.json.decode(others, type=Terms),
        free_seconds=free_seconds,
        minimum_charge_micros=minimum_charge_micros,
    )


def text_of_terms(terms: Terms) -> str:
    """What the column `terms` keeps: all but those that have columns of their own."""
    others = msgspec.structs.replace(terms, free_seconds=0, minimum_charge_micros=0)
    return msgspec.json.encode(others).decode()


def segment_of(row: Row) -> Segment:
    """The segment of a row of `pc_session_segments`."""
    return Segment(
        from_at=row.from_at,
        to_at=row.to_at,
        tariff=tariff_of_text(row.tariff),
        packages=msgspec.convert(row.packages, tuple[Package, ...]) if row.packages else (),
        is_free=row.is_free,
        is_paused=row.is_paused,
    )


@lru_cache(maxsize=4096)
def tariff_of_text(text: str) -> Tariff:
    """A stored tariff; many segments share the same one, so each text is read once."""
    return msgspec.json.decode(text, type=Tariff)


def packages_owned(read: Read, center_id: int, member_id: int, at: datetime) -> list[OwnedPackage]:
    """The packages of (centre id, member id) as owned_packages() tells them at a time, the running
    session included.

    Raises NotFound for a member that the centre does not have.
    """
    must_be_member(read, center_id, member_id)
    session = open_session_of_member(read, center_id, member_id)
    used = {} if session is None else session.package_use(at)
    return owned_packages(read, center_id, member_id, at, used)


def packages_to_use(read: Read, center_id: int, member_id: int, at: datetime) -> list[OwnedPackage]:
    """Those packages of (centre id, member id) of which something can still be used."""
    session = open_session_of_member(read, center_id, member_id)
    used = {} if session is None else session.package_use(at)
    return live_packages(read, center_id, member_id, at, used)


def used_micros(read: Read, question: Spending) -> int:
    """Claim: what the member's open sessions have used of the account's money, in micros.

    Nothing for a postpaid guest, who pays at check-out (decision 0031).
    """
    at = whole_second(question.at)
    found = open_sessions_of_member(read, question.center_id, question.member_id)
    return sum(each.cost_micros(at) for each in found if each.kind in WALLET_KINDS)


def used_package_seconds(read: Read, question: PackageSeconds) -> dict[int, int]:
    """Claim: what the members' open sessions have used of their packages, in seconds by the
    package's id. Further sessions of a member use none."""
    members = sorted(set(question.member_ids))
    rows = read.all(_OPEN_OF_MEMBERS, center=question.center_id, members=members)
    at = whole_second(question.at)
    used: dict[int, int] = {}
    for session in with_segments(read, rows):
        used |= session.package_use(at)
    return used


def status_of_member(read: Read, center_id: int, member_id: int) -> Session | None:
    """The open session of (centre id, member id), or None. Raises NotFound for nobody."""
    must_be_member(read, center_id, member_id)
    return open_session_of_member(read, center_id, member_id)
