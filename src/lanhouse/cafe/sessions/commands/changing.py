"""Changing running sessions: money, packages, another PC, other prices."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import PackagesChanged, SessionStarted
from lanhouse.cafe.members.commands.guest_secret import GuestSecret
from lanhouse.cafe.minors.plans import must_let_play
from lanhouse.cafe.minors.schemas import SeenProof
from lanhouse.cafe.money.movements import Movement, account_of, move
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.offers.commands import Sale, sell_package
from lanhouse.cafe.pcs.queries import PcRefused, pcs_named
from lanhouse.cafe.sessions.commands.base import (
    Prices,
    ask_bookings,
    lock_pcs,
    lock_sessions_on,
    pay_in,
    share_center,
    store_end,
    store_going_on,
    tell,
)
from lanhouse.cafe.sessions.commands.ended_marks import forget_mark
from lanhouse.cafe.sessions.commands.ending import end_if_due, make_way
from lanhouse.cafe.sessions.commands.free_minutes import note_free_use
from lanhouse.cafe.sessions.commands.starting import (
    Started,
    StartGuests,
    check_pc,
    may_start,
    start_guest,
)
from lanhouse.cafe.sessions.plans.adding import (
    must_end_before_booking,
    must_not_cut,
    must_reach,
    must_take,
    must_use_packages,
    plan_add,
    with_package,
)
from lanhouse.cafe.sessions.plans.moving import plan_move, why_not_to
from lanhouse.cafe.sessions.queries import session_by_id
from lanhouse.cafe.sessions.queries.booked import booked_from
from lanhouse.cafe.sessions.schemas import MEMBER, OFFER, PREPAID, Session
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db.statements import static
from lanhouse.db.store import Read, Tx, after_followers
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say

_MOVE = static(
    sa.update(sessions)
    .where(sessions.c.id == sa.bindparam("session"), sessions.c.ended_at.is_(None))
    .values(pc_id=sa.bindparam("new_pc"), pc_name=sa.bindparam("new_name"))
)


class OtherSession(PcRefused):
    """Another session, or none, is on the PC than the one that the seller was shown."""


class AddMoney(msgspec.Struct, frozen=True, kw_only=True):
    """Pay `amount_micros` for each PC by `payment` (cash, card, qr).

    A free PC starts a prepaid guest with the secret that stands at its place; a running prepaid
    guest or member gets the money on the account and so more time.
    """

    center: Center
    actor: Actor
    pc_names: list[str]
    amount_micros: int
    payment: str
    secrets: list[GuestSecret]
    players: int = 1
    """At a console on which a guest starts; a running session keeps its number."""
    for_session: int | None = None
    """As in StartGuests: who sells at a screen means what the screen showed."""
    proof: SeenProof | None = None


class AddOffer(msgspec.Struct, frozen=True, kw_only=True):
    """Sell an offer on each PC: a free one starts an offer guest, a session gets its time."""

    center: Center
    actor: Actor
    pc_names: list[str]
    offer_id: int
    payment: str
    secrets: list[GuestSecret]
    for_session: int | None = None
    proof: SeenProof | None = None
    """As in StartGuests."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Move the session of one PC to another of the same PC group."""

    center: Center
    actor: Actor
    pc_name: str
    target_name: str
    for_session: int | None = None
    """The session that is meant, by id; None = whatever is on the PC."""


def add_money(tx: Tx, cmd: AddMoney) -> list[Started]:
    """Start prepaid guests or add money, all PCs or none; the failing one is named."""
    if cmd.amount_micros <= 0:
        raise InvalidInput({"amount": say("must be more than 0")})
    start = StartGuests(
        center=cmd.center,
        actor=cmd.actor,
        kind=PREPAID,
        pc_names=cmd.pc_names,
        secrets=cmd.secrets,
        paid_micros=cmd.amount_micros,
        payment=cmd.payment,
        players=cmd.players,
        for_session=cmd.for_session,
        proof=cmd.proof,
    )
    done = _on_each_pc(tx, start, lambda session: _add_money_to(tx, cmd, session))
    return after_followers(lambda read: [_as_it_is(read, started) for started in done])


def _as_it_is(read: Read, started: Started) -> Started:
    """With the session as it runs on: paid time may have moved its member to other prices."""
    session = session_by_id(read, started.session.center_id, started.session.id)
    assert session is not None
    return msgspec.structs.replace(started, session=session)


def add_offer(tx: Tx, cmd: AddOffer) -> list[Started]:
    """Start offer guests or add the package to running sessions, all PCs or none.

    The balance pays only for a running session; a new guest has none.
    """
    start = StartGuests(
        center=cmd.center,
        actor=cmd.actor,
        kind=OFFER,
        pc_names=cmd.pc_names,
        secrets=cmd.secrets,
        payment=cmd.payment,
        offer_id=cmd.offer_id,
        for_session=cmd.for_session,
        proof=cmd.proof,
    )
    return _on_each_pc(tx, start, lambda session: _add_offer_to(tx, cmd, session))


def _on_each_pc(
    tx: Tx, start: StartGuests, change: Callable[[Session], tuple[Session, int]]
) -> list[Started]:
    """Start a guest on every free PC and change the session of every other one.

    `change` answers the changed session and what was taken at the desk for it.
    """
    center = share_center(tx, start.center)
    start = msgspec.structs.replace(start, center=center)
    prices = Prices(tx, center)
    rows = lock_pcs(tx, center.id, start.pc_names)
    on_pc = lock_sessions_on(tx, center.id, [row.id for row in rows])
    done: list[Started] = []
    for row, secret in zip(rows, start.secrets, strict=True):
        session = on_pc.get(row.id)
        if session is not None and make_way(tx, center, session, start.actor):
            session = None
        _check_meant(start.for_session, row.name, session)
        if session is not None:
            account, group_id = account_of(tx, center.id, session.member_id)
            changed, taken_micros = change(session)
            done.append(
                Started(changed, account, member_group_id=group_id, taken_micros=taken_micros)
            )
            continue
        check_pc(row)
        may_start(start)
        if not secret.password_hash:
            raise PcRefused(row.name, say("the session has ended just now; try again"))
        done.append(start_guest(tx, start, prices, row, secret))
    return done


def _check_meant(meant: int | None, pc_name: str, session: Session | None) -> None:
    if meant is None or meant == (session.id if session else 0):
        return
    reason = "the session has ended" if meant else "the PC is in use"
    raise OtherSession(pc_name, reason)


def _add_money_to(tx: Tx, cmd: AddMoney, session: Session) -> tuple[Session, int]:
    must_take(session, say("money"))
    if session.kind == MEMBER:
        top_up(
            tx,
            TopUp(
                center=cmd.center,
                actor=cmd.actor,
                member_ids=[session.member_id],
                value_micros=cmd.amount_micros,
                payment=cmd.payment,
                pc_name=session.pc_name,
            ),
        )
    else:
        pay_in(
            tx,
            cmd.center,
            cmd.actor,
            member_id=session.member_id,
            pc_name=session.pc_name,
            amount_micros=cmd.amount_micros,
            payment=cmd.payment,
        )
    session = store_end(tx, cmd.center, session)
    if session.kind in (PREPAID, OFFER):
        ask_bookings(tx, session, is_sold=True)
    must_not_cut(tx, cmd.center, session, tx.now)
    tell(tx, "session.changed", session)
    return session, cmd.amount_micros


def _add_offer_to(tx: Tx, cmd: AddOffer, session: Session) -> tuple[Session, int]:
    must_use_packages(session)
    sale = Sale(
        *(cmd.center, cmd.actor, cmd.offer_id, session.member_id, cmd.payment, session.pc_name),
        is_settled=True,
    )
    sold = sell_package(tx, sale)
    segments = with_package(session, sold.package, at=tx.now)
    plan = plan_add(tx, cmd.center, session, tx.now, segments=segments)
    must_reach(tx, cmd.center, plan, sold.package, tx.now)
    must_end_before_booking(tx, plan, [sold.package], tx.now)
    session = store_going_on(tx, session, plan)
    tell(tx, "session.changed", session)
    return session, sold.taken_micros


def move_session(tx: Tx, cmd: Move) -> Session:
    """Move a running session to a free PC of the same group; cost and time go on unchanged.

    Not between a PC and a console (cafe-domain 1, move).
    """
    if cmd.pc_name == cmd.target_name:
        raise InvalidInput({"target_name": say("must be another PC")})
    origin, target = lock_pcs(tx, cmd.center.id, [cmd.pc_name, cmd.target_name])
    on_pc = lock_sessions_on(tx, cmd.center.id, [origin.id, target.id])
    session = on_pc.get(origin.id)
    if session is not None and end_if_due(tx, cmd.center, session):
        session = None
    _check_meant(cmd.for_session, origin.name, session)
    if session is None:
        raise PcRefused(origin.name, say("the PC is not in use"))
    there = on_pc.get(target.id)
    is_busy = there is not None and not end_if_due(tx, cmd.center, there)
    why_not = why_not_to(origin, target, is_busy=is_busy)
    if why_not:
        raise PcRefused(target.name, why_not)
    if session.paused_at is None:
        must_let_play(tx, cmd.center, target.name, session.member_id, whole_second(tx.now))
    note_free_use(tx, cmd.center, session, whole_second(tx.now))
    tx.run(_MOVE, session=session.id, new_pc=target.id, new_name=target.name)
    forget_mark(tx, cmd.center.id, target.id)
    moved = plan_move(session, target, tx.now)
    if booked_from(tx, session, tx.now) or booked_from(tx, moved, tx.now):
        moved = plan_add(tx, cmd.center, moved, tx.now, segments=moved.segments)
        ask_bookings(tx, moved, is_sold=session.kind in (PREPAID, OFFER))
    session = store_going_on(tx, session, moved)
    tx.tell(
        SessionStarted(
            cmd.center.id, session.id, target.id, session.member_id, target.name, origin.id
        )
    )
    if session.kind in (MEMBER, OFFER):
        # Booked time is that of one PC.
        tx.tell(PackagesChanged(cmd.center.id, session.member_id))
    move(
        tx,
        Movement(
            center=cmd.center,
            actor=cmd.actor,
            event=Event.SESSION,
            member_id=session.member_id,
            pc_name=target.name,
            details=f"moved from {origin.name} to {target.name}",
        ),
    )
    tell(tx, "session.moved", session)
    return session


def push_status(tx: Tx, wanted: tuple[Center, list[str]]) -> None:
    """Have the clients of some PCs told their state anew; refuses names that do not exist."""
    center, names = wanted
    for row in pcs_named(tx, center.id, names):
        tx.emit("client.status", {"center_id": center.id, "pc_id": row.id, "pc_name": row.name})
