"""What every session command needs: PCs by name, locks in one order, accounts, stored segments.

Locks on PostgreSQL are always taken in this order: the centre (shared, by who reads prices), PCs,
bundles, members, sessions, ledger accounts, each by rising id. A member's session changes only
under the member's lock, so who holds that may touch the session later too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.queries import SETTINGS_TEXT
from lanhouse.cafe.centers.schemas import Center, settings_of
from lanhouse.cafe.centers.tables import centers
from lanhouse.cafe.facts import SeatsChanged
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.metering.rules import Segment
from lanhouse.cafe.money.movements import Movement, move
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tenders import must_take
from lanhouse.cafe.pcs.queries import pcs_named
from lanhouse.cafe.pricing.queries import list_of, prices_of_center
from lanhouse.cafe.pricing.rules import Tariff, tariff_for
from lanhouse.cafe.sessions.plans.adding import plan_add
from lanhouse.cafe.sessions.queries import open_session_ids, open_sessions
from lanhouse.cafe.sessions.queries.booked import must_not_meet
from lanhouse.cafe.sessions.schemas import MEMBER, Session
from lanhouse.cafe.sessions.tables import pc_session_segments as segments
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.cafe.topups.commands.paid_in import remember_payment
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Tx

_SHARE_CENTER = static(
    sa.select(centers.c.zone, SETTINGS_TEXT)
    .where(centers.c.id == sa.bindparam("center"))
    .with_for_update(read=True)
)
_PLAYERS = static(sa.select(sessions.c.member_id).where(among(sessions.c.id, "ids")))
_CLOSE_SEGMENT = static(
    sa.update(segments)
    .where(segments.c.session_id == sa.bindparam("session"), segments.c.to_at.is_(None))
    .values(to_at=sa.bindparam("closed_at", type_=segments.c.to_at.type))
)
_DROP_SEGMENT = static(
    sa.delete(segments).where(
        segments.c.session_id == sa.bindparam("session"), segments.c.to_at.is_(None)
    )
)
_INSERT_SEGMENT = static(sa.insert(segments))
_SET_EXPIRY = static(
    sa.update(sessions)
    .where(sessions.c.id == sa.bindparam("session"), sessions.c.ended_at.is_(None))
    .values(expires_at=sa.bindparam("end", type_=sessions.c.expires_at.type))
)


def lock_pcs(tx: Tx, center_id: int, names: Sequence[str]) -> list[Row]:
    """The PCs with these names, in that order, locked. Refuses unknown names, naming them."""
    return pcs_named(tx, center_id, names, lock=True)


def lock_sessions_on(tx: Tx, center_id: int, pc_ids: Iterable[int]) -> dict[int, Session]:
    """PC id -> its open session, with members and sessions locked in order."""
    ids = open_session_ids(tx, center_id, list(pc_ids))
    if not ids:
        return {}
    return {session.pc_id: session for session in lock_sessions(tx, center_id, ids.values())}


def lock_sessions(
    tx: Tx,
    center_id: int,
    session_ids: Iterable[int],
    *,
    and_member: int | None = None,
    and_members: Iterable[int] = (),
) -> list[Session]:
    """The named sessions that are still open, by id, with their members locked before them.

    `and_member` and `and_members` are locked in the same order, for who needs members without a
    session too.
    """
    ids = sorted(session_ids)
    found = tx.all(_PLAYERS, ids=ids) if ids else []
    member_ids = {row.member_id for row in found} | set(and_members)
    if and_member is not None:
        member_ids.add(and_member)
    for member_id in sorted(member_ids):
        lock_member(tx, center_id, member_id)
    return open_sessions(tx, center_id, ids=ids, lock=True) if ids else []


# --- tariffs, segments and the end ------------------------------------------------------------


def share_center(tx: Tx, center: Center) -> Center:
    """Wait for a change of the price rules that is under way, and let the next one wait.

    First lock of whoever starts a session: it would miss the new segment that the change opens.
    Answers the centre with its zone and settings as they stand under the lock.
    """
    row = tx.one(_SHARE_CENTER, center=center.id)
    assert row is not None
    settings = settings_of(row.settings)
    return msgspec.structs.replace(center, zone_name=row.zone, settings=settings)


class Prices:
    """The price rules of a centre, read once for a command, and the tariffs made of them."""

    def __init__(self, tx: Tx, center: Center) -> None:
        self._zone = center.zone_name
        self._prices = list_of(prices_of_center(tx, center.id), center.settings)

    def tariff(
        self, pc_group_id: int, member_group_id: int, discount: int, players: int = 1
    ) -> Tariff:
        """The tariff of a PC group and a member group; discount in hundredths of a percent."""
        return tariff_for(
            self._prices,
            pc_group_id,
            member_group_id,
            zone=self._zone,
            discount=discount,
            players=players,
        )


def add_segment(tx: Tx, session: Session, number: int, segment: Segment) -> None:
    """Store a running segment of a session under its number (1, 2, 3 …)."""
    tx.run(
        _INSERT_SEGMENT,
        session_id=session.id,
        number=number,
        center_id=session.center_id,
        pc_name=session.pc_name,
        from_at=segment.from_at,
        to_at=None,
        tariff=msgspec.json.encode(segment.tariff).decode(),
        packages=msgspec.to_builtins(segment.packages),
        is_free=segment.is_free,
        is_paused=segment.is_paused,
    )


def close_running(tx: Tx, session: Session, at: datetime) -> None:
    """Close the session's running segment at `at`."""
    tx.run(_CLOSE_SEGMENT, session=session.id, closed_at=at)


def store_going_on(tx: Tx, session: Session, planned: Session) -> Session:
    """As store_planned(), and tell others that its member plays when it has other segments."""
    if planned.segments != session.segments:
        tell_seats(tx, planned)
    return store_planned(tx, session, planned)


def store_planned(tx: Tx, session: Session, planned: Session) -> Session:
    """Store what plan_add() or plan_move() made of a session's segments and end; answers it.

    Other segments end with the new running one; one that would be empty is replaced.
    """
    segments_now, segments_then = session.segments, planned.segments
    if segments_then != segments_now:
        if len(segments_then) == len(segments_now):
            tx.run(_DROP_SEGMENT, session=session.id)
        else:
            close_running(tx, session, segments_then[-1].from_at)
        add_segment(tx, planned, len(segments_then), segments_then[-1])
    if planned.expires_at != session.expires_at:
        tx.run(_SET_EXPIRY, session=session.id, end=planned.expires_at)
    return planned


def store_end(tx: Tx, center: Center, session: Session) -> Session:
    """Compute expires_at anew and store it; answers the session with it."""
    return store_going_on(tx, session, plan_add(tx, center, session, tx.now))


def ask_bookings(tx: Tx, session: Session, *, is_sold: bool, until: datetime | None = None) -> None:
    """must_not_meet() now."""
    must_not_meet(tx, session, tx.now, is_sold=is_sold, until=until)


# --- money ------------------------------------------------------------------------------------


def pay_in(
    tx: Tx,
    center: Center,
    actor: Actor,
    *,
    member_id: int,
    pc_name: str,
    amount_micros: int,
    payment: str,
) -> None:
    """Put a guest's money (cash, card or qr) on the guest's account and log it.

    Raises InvalidInput of `payment` where the centre does not take that.
    """
    must_take(center, payment)
    moved = move(
        tx,
        Movement(
            center=center,
            actor=actor,
            event=Event.ADDTIME,
            member_id=member_id,
            pc_name=pc_name,
            kind="addtime",
            amounts={
                ("center", center.id, payment): -amount_micros,
                ("member", member_id, "balance"): amount_micros,
            },
            is_settled=True,
        ),
    )
    assert moved.transfer_id is not None, "a payment moves money"
    remember_payment(tx, center.id, member_id, amount_micros, payment, moved.transfer_id)


def tell_seats(tx: Tx, session: Session) -> None:
    """Tell that a member's session costs otherwise from now on: others that he plays follow."""
    if session.kind == MEMBER:
        tx.tell(SeatsChanged(session.center_id, session.member_id, session.id))


def tell(tx: Tx, topic: str, session: Session) -> None:
    """Leave an event for sockets and pages: ids and names only."""
    tx.emit(
        topic,
        {
            "center_id": session.center_id,
            "session_id": session.id,
            "pc_id": session.pc_id,
            "pc_name": session.pc_name,
            "member_id": session.member_id,
        },
    )
