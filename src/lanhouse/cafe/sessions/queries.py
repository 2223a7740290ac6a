"""Finding sessions, what they cost, and the state of all PCs in use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.billing_logs.tables import billing_logs
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.cafe.pricing.rules import NoPrice, PriceRule, Tariff, rule_at
from lanhouse.cafe.sessions.rules import Package, Segment, Terms, own_share, stretches
from lanhouse.cafe.sessions.schemas import FREE, WALLET_KINDS, Session, SessionState, Spendable
from lanhouse.cafe.sessions.tables import pc_session_segments as segments
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import MAX_PC
from lanhouse.kit.pages import offset_of
from lanhouse.ledger import balances, book_of_center
from lanhouse.ledger import newest_movement_at as newest_transfer_at
from lanhouse.ledger.tables import accounts

_OPEN = sessions.c.ended_at.is_(None)
_IN_CENTER = sessions.c.center_id == sa.bindparam("center")
_OPEN_OF_MEMBER = static(
    sa.select(sessions).where(_IN_CENTER, _OPEN, sessions.c.member_id == sa.bindparam("member"))
)
_OPEN_ON_PC = static(
    sa.select(sessions.c.id).where(_IN_CENTER, _OPEN, sessions.c.pc_id == sa.bindparam("pc"))
)
_BY_ID = static(sa.select(sessions).where(_IN_CENTER, sessions.c.id == sa.bindparam("session")))
_SEGMENTS = static(
    sa.select(segments)
    .where(segments.c.session_id == sa.bindparam("session"))
    .order_by(segments.c.number)
)


_OPEN_SEGMENTS = static(
    sa.select(segments)
    .join(sessions, sessions.c.id == segments.c.session_id)
    .where(_IN_CENTER, _OPEN)
    .order_by(segments.c.session_id, segments.c.number)
)
_OPEN_ROWS = static(
    sa.select(sessions, members.c.account, members.c.group_id)
    .join(
        members,
        (members.c.center_id == sessions.c.center_id) & (members.c.id == sessions.c.member_id),
    )
    .where(_IN_CENTER, _OPEN)
)
_OPEN_BALANCES = static(
    sa.select(accounts.c.owner_id, accounts.c.kind, accounts.c.balance_micros)
    .join(sessions, sessions.c.member_id == accounts.c.owner_id)
    .where(
        _IN_CENTER,
        _OPEN,
        accounts.c.book_id == sa.bindparam("book"),
        accounts.c.owner_kind == "member",
        (accounts.c.kind == "balance") | (accounts.c.kind == "bonus"),
    )
)
_MEMBER = static(
    sa.select(members.c.id).where(
        members.c.center_id == sa.bindparam("center"),
        members.c.id == sa.bindparam("member"),
        members.c.deleted_at.is_(None),
    )
)
_SECOND = timedelta(seconds=1)
_NEWEST = [
    static(sa.select(column.label("at")).order_by(table.c.id.desc()).limit(1))
    for table, column in ((sessions, sessions.c.started_at), (billing_logs, billing_logs.c.at))
]


def newest_movement_at(read: Read, _: None = None) -> datetime:
    """The business time of the newest movement of all centres and agents, for the clock's start:
    of money, of a session or of the log; 1970 when there is none."""
    found = [read.scalar(statement) for statement in _NEWEST]
    return max([newest_transfer_at(read), *(at for at in found if at is not None)])


def whole_second(at: datetime) -> datetime:
    """The second that `at` lies in: sessions begin, change and end on whole seconds."""
    return at.replace(microsecond=0)


class PcRefused(Refused):
    """A rule says no for one PC; with several PCs in a call nothing was done on any of them."""

    def __init__(self, pc_name: str, reason: str) -> None:
        super().__init__(f"{pc_name}: {reason}")


def pcs_named(read: Read, center_id: int, names: Sequence[str], *, lock: bool = False) -> list[Row]:
    """The PCs with these names, in that order, each once; their rows are locked if asked.

    The case of letters does not count. Raises InvalidInput for none or too many names, PcRefused
    for an unknown one.
    """
    wanted = list({name.casefold(): name for name in names}.items())
    if not wanted:
        raise InvalidInput({"pc_name": "is required"})
    if len(wanted) > MAX_PC:
        raise InvalidInput({"pc_name": f"must be at most {MAX_PC} PCs"})
    keys = [key for key, _ in wanted]
    statement = sa.select(pcs).where(pcs.c.center_id == center_id, pcs.c.name_key.in_(keys))
    statement = statement.order_by(pcs.c.id)
    rows = read.all(statement.with_for_update(key_share=True) if lock else statement)
    found = {row.name_key: row for row in rows}
    for key, name in wanted:
        if key not in found:
            raise PcRefused(name, "there is no such PC")
    return [found[key] for key in keys]


def open_session_on_pc(read: Read, center_id: int, pc_id: int) -> int | None:
    """The id of the PC's open session, or None."""
    return read.scalar(_OPEN_ON_PC, center=center_id, pc=pc_id)


def open_session_of_member(read: Read, center_id: int, member_id: int) -> Session | None:
    """The member's open session, or None."""
    row = read.one(_OPEN_OF_MEMBER, center=center_id, member=member_id)
    return None if row is None else _session(row, read.all(_SEGMENTS, session=row.id))


def session_by_id(read: Read, wanted: tuple[int, int]) -> Session | None:
    """The session (centre id, session id), open or ended, or None."""
    row = read.one(_BY_ID, center=wanted[0], session=wanted[1])
    return None if row is None else _session(row, read.all(_SEGMENTS, session=row.id))


def open_sessions(
    read: Read, center_id: int, *, ids: Sequence[int] | None = None, lock: bool = False
) -> list[Session]:
    """Open sessions of a centre by id, all or those named; with their rows locked if asked."""
    statement = sa.select(sessions).where(sessions.c.center_id == center_id, _OPEN)
    if ids is not None:
        statement = statement.where(sessions.c.id.in_(ids))
    statement = statement.order_by(sessions.c.id)
    rows = read.all(statement.with_for_update(key_share=True) if lock else statement)
    return _with_segments(read, rows)


def open_session_ids(read: Read, center_id: int, pc_ids: Sequence[int]) -> dict[int, int]:
    """PC id -> id of its open session, for the PCs that have one."""
    statement = sa.select(sessions.c.pc_id, sessions.c.id).where(
        sessions.c.center_id == center_id, _OPEN, sessions.c.pc_id.in_(pc_ids)
    )
    return {row.pc_id: row.id for row in read.all(statement)}


def _with_segments(read: Read, rows: Sequence[Row]) -> list[Session]:
    found: dict[int, list[Row]] = defaultdict(list)
    ids = [row.id for row in rows]
    statement = sa.select(segments).where(segments.c.session_id.in_(ids))
    for segment in read.all(statement.order_by(segments.c.session_id, segments.c.number)):
        found[segment.session_id].append(segment)
    return [_session(row, found[row.id]) for row in rows]


def _session(row: Row, segment_rows: Sequence[Row]) -> Session:
    return _built(row, [_segment(segment) for segment in segment_rows])


def _built(row: Row, its_segments: list[Segment]) -> Session:
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
        terms=Terms(row.free_seconds, row.minimum_charge_micros),
        segments=its_segments,
    )


def _segment(row: Row) -> Segment:
    return Segment(
        from_at=row.from_at,
        to_at=row.to_at,
        tariff=tariff_of_text(row.tariff),
        packages=msgspec.convert(row.packages, tuple[Package, ...]) if row.packages else (),
        is_free=row.is_free,
    )


@lru_cache(maxsize=4096)
def tariff_of_text(text: str) -> Tariff:
    """A stored tariff; many segments share the same one, so each text is read once."""
    return msgspec.json.decode(text, type=Tariff)


def accrued_cost_micros(read: Read, center_id: int, member_id: int, at: datetime) -> int:
    """What the member's open session has used of the account's money by `at`, in micros.

    0 without one, and for a postpaid guest, who pays at check-out (decision 0031).
    """
    session = open_session_of_member(read, center_id, member_id)
    if session is None or session.kind not in WALLET_KINDS:
        return 0
    return session.cost_micros(whole_second(at))


def spendable_micros(read: Read, center: Center, member_id: int, at: datetime) -> Spendable:
    """What a refund, a withdrawal or an order may take from a member at `at`.

    The ledger's balance and bonus less what the open session has used of them, in the order of
    the setting use_bonus_first: money that was played already can never be taken out.
    """
    held = balances(read, book_of_center(center.id), "member", member_id)
    balance = held.get(("balance", center.currency), 0)
    bonus = held.get(("bonus", center.currency), 0)
    used = accrued_cost_micros(read, center.id, member_id, at)
    from_balance, from_bonus = own_share(
        used, balance, bonus, is_bonus_first=center.settings.use_bonus_first
    )
    return Spendable(balance - from_balance, bonus - from_bonus)


HISTORY_PER_PAGE = 30


def must_be_member(read: Read, center_id: int, member_id: int) -> None:
    """Raise NotFound when the centre has no such member or guest."""
    if read.scalar(_MEMBER, center=center_id, member=member_id) is None:
        raise NotFound("Member not found")


def session_history(read: Read, wanted: tuple[int, int, int]) -> tuple[list[Row], int]:
    """A page of a member's sessions, the newest first, and how many there are in all.

    `wanted` is (centre id, member id, page from 1); rows are those of the table.
    """
    center_id, member_id, page = wanted
    must_be_member(read, center_id, member_id)
    his = (sessions.c.center_id == center_id) & (sessions.c.member_id == member_id)
    total = read.scalar(sa.select(sa.func.count()).select_from(sessions).where(his))
    statement = sa.select(sessions).where(his).order_by(sessions.c.id.desc())
    rows = read.all(statement.limit(HISTORY_PER_PAGE).offset(offset_of(page, HISTORY_PER_PAGE)))
    return rows, total


def status_of_member(read: Read, wanted: tuple[int, int]) -> Session | None:
    """The open session of (centre id, member id), or None. Raises NotFound for nobody."""
    must_be_member(read, *wanted)
    return open_session_of_member(read, *wanted)


# --- all PCs in use ---------------------------------------------------------------------------


def session_states(
    read: Read, center_id: int, at: datetime, *, with_costs: bool = True
) -> dict[int, SessionState]:
    """PC id -> its open session at `at`, for every PC in use: three queries whatever the number.

    Seen at the whole second, so that the time played and the time left add up to the end. Costs
    take half of the time; a list that does not show them asks for none and gets 0.
    """
    at = whole_second(at)
    by_session: dict[int, list[Segment]] = defaultdict(list)
    for row in read.all(_OPEN_SEGMENTS, center=center_id):
        by_session[row.session_id].append(_segment(row))
    money = {
        (row.owner_id, row.kind): row.balance_micros
        for row in read.all(_OPEN_BALANCES, center=center_id, book=book_of_center(center_id))
    }
    rules: dict[Tariff, PriceRule | None] = {}
    states: dict[int, SessionState] = {}
    for row in read.all(_OPEN_ROWS, center=center_id):
        session = _built(row, by_session[row.id])
        tariff = session.segments[-1].tariff
        if tariff not in rules:
            rules[tariff] = _rule_now(tariff, at)
        cost = session.cost_micros(at) if with_costs else 0
        states[row.pc_id] = _state(row, session, rules[tariff], money, cost, at)
    return states


def _state(
    row: Row,
    session: Session,
    rule: PriceRule | None,
    money: dict[tuple[int, str], int],
    cost_micros: int,
    at: datetime,
) -> SessionState:
    end = session.expires_at
    needs_price = rule is not None and session.kind != FREE
    return SessionState(
        session_id=session.id,
        pc_id=session.pc_id,
        kind=session.kind,
        member_id=session.member_id,
        member_account=row.account,
        member_group_id=row.group_id,
        balance_micros=money.get((session.member_id, "balance"), 0),
        bonus_micros=money.get((session.member_id, "bonus"), 0),
        started_at=session.started_at,
        expires_at=end,
        played_seconds=max(session.until(at) - session.started_at, timedelta()) // _SECOND,
        left_seconds=None if end is None else (end - at) // _SECOND,
        price_name=rule.name if rule is not None and needs_price else "Default",
        price_per_hour_micros=rule.price_per_hour_micros if rule and needs_price else 0,
        offer_in_use=_package_now(session, at),
        cost_micros=cost_micros,
    )


def _rule_now(tariff: Tariff, at: datetime) -> PriceRule | None:
    try:
        return rule_at(tariff, at)
    except NoPrice:
        return None


def _package_now(session: Session, at: datetime) -> str | None:
    """The package that pays at `at`, or None; free minutes come before it."""
    if not session.segments[-1].packages:
        return None
    walked = list(stretches(session.segments, session.terms, session.until(at) + _SECOND))
    package = walked[-1].package if walked else None
    return None if package is None else package.name
