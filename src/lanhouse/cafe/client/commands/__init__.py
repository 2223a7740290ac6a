"""Signing in at a seat, and beginning to play there."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.auth.tokens import end_others_at, end_seats_of
from lanhouse.cafe.bookings.commands.seating import Admit, admit
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import SessionEnded, SessionStarted
from lanhouse.cafe.members.locks import lock_one
from lanhouse.cafe.members.sign_in import PortalSignIn, sign_in_member
from lanhouse.cafe.minors.plans import must_let_play
from lanhouse.cafe.pcs.queries import PcRefused, pc_by_name
from lanhouse.cafe.sessions.commands import StartMember, start_member
from lanhouse.cafe.sessions.queries import (
    open_session_on_pc,
    open_sessions_of_member,
    session_by_id,
)
from lanhouse.cafe.sessions.schemas import MEMBER, Session
from lanhouse.db.store import Tx
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say


class NoSession(Refused):
    """No guest plays at the PC from which somebody wants to go on as its guest."""

    def __init__(self) -> None:
        super().__init__(say("No session on this PC"))


class SignInAtSeat(msgspec.Struct, frozen=True, kw_only=True):
    """A member whose password was right signs in at a PC. `starts`: he plays at once;
    `is_admitted`: he may, in a booking that has the seat."""

    center: Center
    actor: Actor
    member_id: int
    password_hash: str
    pc_id: int
    pc_name: str
    starts: bool
    is_admitted: bool
    booking_password: str = ""


class GuestAtSeat(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever sits at a PC signs in as the guest whose session runs there; with `member_id` only as
    that one."""

    center: Center
    pc_id: int
    member_id: int | None = None


class SignedIn(msgspec.Struct, frozen=True):
    """The secret of a new token, seen this once, and whose it is."""

    secret: str
    member_id: int


def sign_in_at_seat(tx: Tx, cmd: SignInAtSeat) -> SignedIn:
    """Sign a member in at a PC; whoever was signed in there before is not any more.

    Begins his session, unless it runs there already or `starts` says no. Raises WrongPassword when
    the password was changed meanwhile, WrongBookingPassword, PcRefused where somebody else plays or
    the rules for minors allow no play, and what start_member() raises; then nobody is signed in.
    """
    center_id = cmd.center.id
    if cmd.is_admitted:
        must_let_play(tx, cmd.center, cmd.pc_name, cmd.member_id, tx.now)
        admitted = Admit(
            center=cmd.center,
            pc_name=cmd.pc_name,
            member_id=cmd.member_id,
            password=cmd.booking_password,
        )
        admit(tx, admitted)
    session = _session_on(tx, center_id, cmd.pc_id)
    if session is None or session.member_id != cmd.member_id:
        if cmd.starts:
            start = StartMember(
                center=cmd.center, actor=cmd.actor, pc_name=cmd.pc_name, member_id=cmd.member_id
            )
            start_member(tx, start)
        elif session is not None:
            raise PcRefused(cmd.pc_name, say("the PC is in use"))
    done = PortalSignIn(center_id, cmd.member_id, cmd.password_hash, use="bearer", pc_id=cmd.pc_id)
    end_others_at(tx, center_id, cmd.pc_id)
    return SignedIn(sign_in_member(tx, done), cmd.member_id)


def sign_in_guest(tx: Tx, cmd: GuestAtSeat) -> SignedIn:
    """Sign in as the guest who plays on a PC. Raises NoSession where none does."""
    center_id = cmd.center.id
    session = _session_on(tx, center_id, cmd.pc_id)
    if session is None or session.kind == MEMBER:
        raise NoSession
    if cmd.member_id not in (None, session.member_id):
        raise NoSession
    row = lock_one(tx, center_id, session.member_id)
    # Under the guest's lock the session cannot end or move any more.
    session = _session_on(tx, center_id, cmd.pc_id)
    if session is None or session.member_id != row.id:
        raise NoSession
    end_others_at(tx, center_id, cmd.pc_id)
    done = PortalSignIn(center_id, row.id, row.password_hash, use="bearer", pc_id=cmd.pc_id)
    return SignedIn(sign_in_member(tx, done), row.id)


def begin(tx: Tx, cmd: StartMember) -> Session:
    """Begin a member's session on a PC, or go on with the one that he plays there already.

    Raises what start_member() raises.
    """
    pc = pc_by_name(tx, cmd.center.id, cmd.pc_name)
    running = None if pc is None else _session_on(tx, cmd.center.id, pc.id)
    if running is not None and running.member_id == cmd.member_id:
        tx.did_nothing()
        return running
    return start_member(tx, cmd).session


def follow_starts(tx: Tx, facts: Sequence[SessionStarted]) -> None:
    """Where somebody plays nobody else is signed in, and he is not any more where he went from;
    follows SessionStarted."""
    for fact in facts:
        end_others_at(tx, fact.center_id, fact.pc_id, fact.member_id)
        _end_left(tx, fact.center_id, fact.member_id)


def follow_ends(tx: Tx, facts: Sequence[SessionEnded]) -> None:
    """A sign-in at a PC ends with what was played there; follows SessionEnded."""
    for fact in facts:
        session = session_by_id(tx, fact.center_id, fact.session_id)
        if session is not None:
            _end_left(tx, fact.center_id, session.member_id)


def _end_left(tx: Tx, center_id: int, member_id: int) -> None:
    if not member_id:
        return
    stays_on = {each.pc_id for each in open_sessions_of_member(tx, center_id, member_id)}
    end_seats_of(tx, center_id, member_id, stays_on=stays_on)


def _session_on(tx: Tx, center_id: int, pc_id: int) -> Session | None:
    """What runs on a PC; None also for what is over and was not swept yet."""
    found = open_session_on_pc(tx, center_id, pc_id)
    session = None if found is None else session_by_id(tx, center_id, found)
    return None if session is None or session.is_due(tx.now) else session
