"""Starting sessions: the five kinds (cafe-domain 1, session kinds)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import SessionStarted, StartingSession
from lanhouse.cafe.groups.queries import pc_time_discount
from lanhouse.cafe.members.commands import GuestMade, NewGuest, create_guest
from lanhouse.cafe.members.commands.access_codes import AccessCode
from lanhouse.cafe.members.commands.guest_secret import GuestSecret
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.minors.commands import note_guest_proof
from lanhouse.cafe.minors.schemas import SeenProof
from lanhouse.cafe.money.movements import Movement, move
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.offers.commands import Sale, sell_package
from lanhouse.cafe.offers.queries import packages_of_member
from lanhouse.cafe.offers.schemas import Package, Place
from lanhouse.cafe.pcs.queries import PcRefused
from lanhouse.cafe.sessions.commands.base import (
    Prices,
    add_segment,
    ask_bookings,
    lock_pcs,
    lock_sessions,
    lock_sessions_on,
    pay_in,
    share_center,
    tell,
    tell_seats,
)
from lanhouse.cafe.sessions.commands.ended_marks import forget_mark
from lanhouse.cafe.sessions.commands.ending import make_way
from lanhouse.cafe.sessions.plans.starting import Start, check_players, plan_start
from lanhouse.cafe.sessions.queries import (
    open_session_ids,
    open_sessions_of_member,
    text_of_terms,
)
from lanhouse.cafe.sessions.schemas import (
    FREE,
    GUEST_GROUPS,
    MEMBER,
    OFFER,
    POSTPAID,
    PREPAID,
    Session,
)
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import Row, among, insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say
from lanhouse.ledger.answers import HIDDEN

_INSERT = static(insert_ignore(sessions).returning(sessions.c.id))
_TAKEN = static(
    sa.select(sessions.c.access_mark).where(
        sessions.c.center_id == sa.bindparam("center"),
        sessions.c.ended_at.is_(None),
        among(sessions.c.access_mark, "marks"),
    )
)


class StartGuests(msgspec.Struct, frozen=True, kw_only=True):
    """Start a guest on each PC. One secret per PC; amounts are for each PC.

    `paid_micros` and `payment` (cash, card, qr) are for prepaid guests; `offer_id` for offer ones.
    """

    center: Center
    actor: Actor
    kind: str
    pc_names: list[str]
    secrets: list[GuestSecret]
    paid_micros: int = 0
    payment: str = "cash"
    offer_id: int = 0
    players: int = 1
    """How many play at each console."""
    for_session: int | None = None
    """The session (by id) that is meant to go on, 0 for a free PC; None = whatever is there."""
    proofs: dict[str, SeenProof] = {}
    """PC (casefolded name) -> what was seen of the age of the new guest there."""


class StartMember(msgspec.Struct, frozen=True, kw_only=True):
    """Start a member's session on a PC."""

    center: Center
    actor: Actor
    pc_name: str
    member_id: int
    players: int = 1


class Started(msgspec.Struct, frozen=True):
    """A running session, the account that plays and, for a new guest, its password."""

    session: Session
    account: str
    password: str = ""
    member_group_id: int = 0
    """Of a member; guests have the group of their kind."""
    taken_micros: int = 0
    """Paid at the desk by this call."""
    access_code: str = ""
    """Of a new guest, where the centre signs guests in by code."""


def without_passwords(done: Started | list[Started]) -> Any:
    """The same with HIDDEN in place of every password, for what is stored of an answer."""
    if isinstance(done, list):
        return [without_passwords(one) for one in done]
    if not done.password:
        return done
    code = HIDDEN if done.access_code else ""
    return msgspec.structs.replace(done, password=HIDDEN, access_code=code)


def start_guests(tx: Tx, cmd: StartGuests) -> list[Started]:
    """Start a guest session of `kind` on every PC, all or none; the failing PC is named."""
    may_start(cmd)
    cmd = msgspec.structs.replace(cmd, center=share_center(tx, cmd.center))
    prices = Prices(tx, cmd.center)
    rows = free_pcs(tx, cmd.center, cmd.pc_names, cmd.actor)
    check_proofs(cmd.proofs, [row.name for row in rows])
    return [
        start_guest(tx, cmd, prices, row, secret)
        for row, secret in zip(rows, cmd.secrets, strict=True)
    ]


def check_proofs(proven: Iterable[str], pc_names: Iterable[str]) -> None:
    """Raise InvalidInput of `proofs` for a PC (casefolded) of which one was seen, but that is
    none of those at which guests start: it would be kept nowhere."""
    starting = {name.casefold() for name in pc_names}
    for name in proven:
        if name not in starting:
            raise InvalidInput({"proofs": say("no new guest starts at %(pc)s", pc=name)})


def start_guest(
    tx: Tx,
    cmd: StartGuests,
    prices: Prices,
    pc: Row,
    secret: GuestSecret,
    booked: tuple[GuestMade, Package] | None = None,
) -> Started:
    """Start one guest on a locked, free PC: account, money, session, log.

    `booked`: the account that the time of a booking was given to, and that time (kind offer).
    """
    check_players(pc, cmd.players)
    group_id = GUEST_GROUPS[cmd.kind]
    taken_micros = cmd.paid_micros
    packages: tuple[Package, ...] = ()
    if booked is not None:
        guest, packages = booked[0], (booked[1],)
    else:
        guest = create_guest(tx, NewGuest(cmd.center.id, group_id, secret.password_hash))
    if (proof := cmd.proofs.get(pc.name.casefold())) is not None:
        note_guest_proof(tx, cmd.center, cmd.actor, guest, proof)
    if cmd.kind == PREPAID:
        pay_in(
            tx,
            cmd.center,
            cmd.actor,
            member_id=guest.member_id,
            pc_name=pc.name,
            amount_micros=cmd.paid_micros,
            payment=cmd.payment,
        )
    if cmd.kind == OFFER and booked is None:
        sale = Sale(
            *(cmd.center, cmd.actor, cmd.offer_id, guest.member_id, cmd.payment, pc.name),
            is_settled=True,
        )
        sold = sell_package(tx, sale)
        if not sold.is_usable_now:
            raise PcRefused(
                pc.name, say("%(name)s cannot be used at this time", name=sold.offer.values.name)
            )
        packages = (sold.package,)
        taken_micros = sold.taken_micros
    plan = plan_start(
        tx,
        cmd.center,
        whole_second(tx.now),
        pc_id=pc.id,
        pc_name=pc.name,
        kind=cmd.kind,
        tariff=prices.tariff(pc.pc_group_id, group_id, 0, cmd.players),
        member_id=guest.member_id,
        packages=packages,
        paid_micros=cmd.paid_micros,
        payment=cmd.payment,
    )
    ask_bookings(tx, plan.session, is_sold=booked is None and cmd.kind in (PREPAID, OFFER))
    code = _free_code(tx, cmd.center.id, secret.codes)
    session = _begin(tx, plan, guest_login=secret.sealed, code=code)
    # The others have a row for the money that was paid.
    if booked is not None or cmd.kind in (POSTPAID, FREE):
        note_start(tx, cmd.center, cmd.actor, session)
    return Started(
        session,
        guest.account,
        secret.password,
        taken_micros=taken_micros,
        access_code="" if code is None else code.code,
    )


def start_member(tx: Tx, cmd: StartMember) -> Started:
    """Start a member on a PC: packages in their hours first, then balance and bonus.

    A member who plays already begins a further session, where the centre allows it.
    Refuses members that are inactive, expired or may not begin one more, and raises
    BalanceTooLow (402) when neither a package nor the money covers the beginning.
    """
    center = share_center(tx, cmd.center)
    prices = Prices(tx, center)
    (pc,) = lock_pcs(tx, center.id, [cmd.pc_name])
    check_pc(pc)
    check_players(pc, cmd.players)
    found = _lock_both(tx, center, pc, cmd.member_id)
    must_be_free(tx, center, [pc], {each.pc_id: each for each in found}, cmd.actor)
    member = lock_member(tx, center.id, cmd.member_id)
    if member is None or member.deleted_at is not None:
        raise Refused(say("Member not found"))
    his = [each for each in found if each.member_id == member.id]
    check_member(tx, center, pc, member, his, cmd.actor)
    at = whole_second(tx.now)
    tx.ask(StartingSession(center.id, pc.id, member.id, at, None, is_sold=False))
    discount = pc_time_discount(tx, center.id, member.group_id)
    plan = plan_start(
        tx,
        center,
        at,
        pc_id=pc.id,
        pc_name=pc.name,
        kind=MEMBER,
        tariff=prices.tariff(pc.pc_group_id, member.group_id, discount, cmd.players),
        member_id=member.id,
        packages=packages_of_member(
            tx, center, member.id, at, Place(member.group_id, pc.pc_group_id, pc.id)
        ),
    )
    session = _begin(tx, plan)
    note_start(tx, center, cmd.actor, session)
    return Started(session, member.account, member_group_id=member.group_id)


def note_start(tx: Tx, center: Center, actor: Actor, session: Session) -> None:
    """The log's row for a session that began without a payment."""
    move(
        tx,
        Movement(
            center=center,
            actor=actor,
            event=Event.SESSION,
            member_id=session.member_id,
            pc_name=session.pc_name,
            details=f"{session.kind} session started",
        ),
    )


def _free_code(tx: Tx, center_id: int, codes: Sequence[AccessCode]) -> AccessCode | None:
    """The first of the codes that no running session has."""
    if not codes:
        return None
    marks = [code.mark for code in codes]
    taken = {row.access_mark for row in tx.all(_TAKEN, center=center_id, marks=marks)}
    return next((code for code in codes if code.mark not in taken), None)


def _begin(
    tx: Tx, plan: Start, *, guest_login: bytes | None = None, code: AccessCode | None = None
) -> Session:
    """Store a new session on a free PC. Two at once: the second one gets a clear refusal."""
    plan.check()
    session = plan.session
    session_id = tx.scalar(
        _INSERT,
        center_id=session.center_id,
        pc_id=session.pc_id,
        pc_name=session.pc_name,
        kind=session.kind,
        member_id=session.member_id,
        guest_login=guest_login,
        access_mark=None if code is None else code.mark,
        access_sealed=None if code is None else code.sealed,
        started_at=session.started_at,
        expires_at=session.expires_at,
        free_seconds=session.terms.free_seconds,
        minimum_charge_micros=session.terms.minimum_charge_micros,
        terms=text_of_terms(session.terms),
        limit_micros=session.limit_micros,
        is_further=session.is_further,
    )
    if session_id is None:
        raise PcRefused(session.pc_name, say("the PC is in use"))
    session = msgspec.structs.replace(session, id=session_id)
    add_segment(tx, session, 1, session.segments[0])
    forget_mark(tx, session.center_id, session.pc_id)
    tell_seats(tx, session)
    tx.tell(SessionStarted(session.center_id, session.id, session.pc_id, session.member_id))
    tell(tx, "session.started", session)
    return session


def free_pcs(tx: Tx, center: Center, names: Sequence[str], actor: Actor) -> list[Row]:
    """The named PCs, locked and ready for a session; refuses those in use or out of order.

    A session that is over but not swept yet is ended here, so a late clock blocks nobody.
    """
    rows = lock_pcs(tx, center.id, names)
    for row in rows:
        check_pc(row)
    on_pc = lock_sessions_on(tx, center.id, [row.id for row in rows])
    must_be_free(tx, center, rows, on_pc, actor)
    return rows


def must_be_free(
    tx: Tx, center: Center, rows: Sequence[Row], on_pc: Mapping[int, Session], actor: Actor
) -> None:
    """End the sessions on these PCs that are over, and refuse a PC with one that goes on."""
    for row in rows:
        session = on_pc.get(row.id)
        if session is not None and not make_way(tx, center, session, actor):
            raise PcRefused(row.name, say("the PC is in use"))


def _lock_both(tx: Tx, center: Center, pc: Row, member_id: int) -> list[Session]:
    """The open sessions of the PC and of the member, locked with both members in one order."""
    ids = set(open_session_ids(tx, center.id, [pc.id]).values())
    ids |= {each.id for each in open_sessions_of_member(tx, center.id, member_id)}
    found = lock_sessions(tx, center.id, ids, and_member=member_id)
    # Only now nobody else can start him: one that began while this waited for his lock counts too.
    his = {each.id for each in open_sessions_of_member(tx, center.id, member_id)}
    if his - ids:
        found += lock_sessions(tx, center.id, his - ids)
    return found


def check_pc(pc: Row) -> None:
    """Refuse a PC that is out of order."""
    if pc.is_out_of_order:
        raise PcRefused(pc.name, say("the PC is out of order"))


def check_member(
    tx: Tx, center: Center, pc: Row, member: Row, running: Sequence[Session], actor: Actor
) -> None:
    """Refuse a member who is inactive, expired, or plays on as many PCs as he may (all locked)."""
    if not member.is_active:
        raise PcRefused(pc.name, say("the member is not active"))
    if member.expires_at is not None and member.expires_at <= tx.now:
        raise PcRefused(pc.name, say("the member is expired"))
    # The session on this PC has just been found over; others may still go on.
    beside = [each for each in running if each.pc_id != pc.id]
    going_on = [each for each in beside if not make_way(tx, center, each, actor)]
    payment = center.settings.payment
    if going_on and not payment.allow_additional_session:
        on = going_on[0].pc_name
        reason = say("the member has a session on %(pc_name)s already", pc_name=on)
        raise PcRefused(pc.name, reason)
    if len(going_on) > payment.max_extra_session:
        most = payment.max_extra_session
        reason = say("the member may play on at most %(count)s further PCs", count=most)
        raise PcRefused(pc.name, reason)


def may_start(cmd: StartGuests) -> None:
    """Refuse kinds that the settings switch off, a sale while the billing service is off, and a
    prepaid guest who pays nothing."""
    settings = cmd.center.settings
    if cmd.kind in (PREPAID, OFFER) and not settings.center.license_using_billing:
        raise Refused(say("the billing service is off: sessions are free, and no time is sold"))
    if cmd.kind == PREPAID and settings.payment.disable_prepaid:
        raise Refused(say("prepaid sessions are switched off in the settings"))
    if cmd.kind == POSTPAID and settings.payment.disable_postpaid:
        raise Refused(say("postpaid sessions are switched off in the settings"))
    if cmd.kind == PREPAID and cmd.paid_micros <= 0:
        raise InvalidInput({"paid": say("must be more than 0")})
