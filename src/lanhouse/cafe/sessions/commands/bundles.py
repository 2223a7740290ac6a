"""Several PCs together: started in one sale, extended, joined and left (decision 0119).

Every PC has its own guest account with its own part of the money, so that one can end, move or get
other prices without touching the others. Sold by time, they end at one moment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.commands.guest_secret import GuestSecret
from lanhouse.cafe.money.movements import Movement, account_of, hold_tills, move
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.pcs.queries import PcRefused
from lanhouse.cafe.pricing.rules import Tariff
from lanhouse.cafe.sessions.commands.base import (
    Prices,
    ask_bookings,
    lock_pcs,
    lock_sessions,
    lock_sessions_on,
    pay_in,
    share_center,
    store_end,
    tell,
)
from lanhouse.cafe.sessions.commands.ending import QUOTE_SECONDS_MAX, end_if_due
from lanhouse.cafe.sessions.commands.starting import (
    Started,
    StartGuests,
    check_pc,
    free_pcs,
    may_start,
    start_guest,
    without_passwords,
)
from lanhouse.cafe.sessions.errors import QuoteRefused
from lanhouse.cafe.sessions.plans.bundles import Sale, plan_more, plan_together
from lanhouse.cafe.sessions.queries.bundles import (
    Bundle,
    bundle_by_id,
    bundle_ids_of,
    room_paid_whole,
    shared_end,
)
from lanhouse.cafe.sessions.schemas import GUEST_GROUPS, POSTPAID, PREPAID, Session
from lanhouse.cafe.sessions.tables import session_bundle_seats, session_bundles
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say

KINDS = (PREPAID, POSTPAID)

_INSERT = static(sa.insert(session_bundles).returning(session_bundles.c.id))
_JOIN = static(sa.insert(session_bundle_seats))
_LEAVE = static(
    sa.update(session_bundle_seats)
    .where(
        session_bundle_seats.c.bundle_id == sa.bindparam("bundle"),
        session_bundle_seats.c.session_id == sa.bindparam("session"),
        session_bundle_seats.c.left_at.is_(None),
    )
    .values(left_at=sa.bindparam("now", type_=session_bundle_seats.c.left_at.type))
)
_KNOWN = static(
    sa.select(session_bundle_seats.c.session_id).where(
        session_bundle_seats.c.bundle_id == sa.bindparam("bundle"),
        session_bundle_seats.c.session_id == sa.bindparam("session"),
    )
)
_REJOIN = static(
    sa.update(session_bundle_seats)
    .where(
        session_bundle_seats.c.bundle_id == sa.bindparam("bundle"),
        session_bundle_seats.c.session_id == sa.bindparam("session"),
    )
    .values(left_at=None)
)


class StartBundle(msgspec.Struct, frozen=True, kw_only=True):
    """Start a guest on each PC in one sale. One secret per PC.

    A prepaid one is for `minutes` (each PC at its own price) or for `amount_micros` on each PC.
    `room_id`: the whole room is sold, and `pc_names` are its usable PCs. `total_micros`: the sum
    that the seller was shown; None = whatever it comes to.
    """

    center: Center
    actor: Actor
    kind: str
    pc_names: list[str]
    secrets: list[GuestSecret]
    minutes: int = 0
    amount_micros: int = 0
    payment: str = "cash"
    room_id: int | None = None
    total_micros: int | None = None


class AddToBundle(msgspec.Struct, frozen=True, kw_only=True):
    """Take more PCs into a bundle: a free one is started, a running session of the same kind joins.

    On a free PC of a prepaid bundle time is sold until the others end. One secret per PC; those of
    PCs in use are not needed.
    """

    center: Center
    actor: Actor
    bundle_id: int
    pc_names: list[str]
    secrets: list[GuestSecret]
    payment: str = "cash"
    total_micros: int | None = None


class ExtendBundle(msgspec.Struct, frozen=True, kw_only=True):
    """Sell `minutes` more on every PC of a prepaid bundle that still runs."""

    center: Center
    actor: Actor
    bundle_id: int
    minutes: int
    payment: str = "cash"
    total_micros: int | None = None


class LeaveBundle(msgspec.Struct, frozen=True, kw_only=True):
    """Take the session on a PC out of its bundle: it goes on by itself, with its own bill."""

    center: Center
    actor: Actor
    bundle_id: int
    pc_name: str


class Bundled(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle after a change: what was started or extended in it, and what was taken at the
    desk."""

    bundle: Bundle
    started: list[Started]
    taken_micros: int = 0


def start_bundle(tx: Tx, cmd: StartBundle) -> Bundled:
    """Start a guest on every PC in one sale, all or none; the failing PC is named.

    Raises InvalidInput of `kind`, `pc_names`, `minutes` or `amount`, Refused for a room that is not
    paid as a whole or has other PCs by now, and QuoteRefused where the sum is not the shown one.
    """
    if cmd.kind not in KINDS:
        raise InvalidInput({"kind": say("must be one of %(names)s", names=", ".join(KINDS))})
    if cmd.kind == POSTPAID and (cmd.minutes or cmd.amount_micros):
        raise InvalidInput({"minutes": say("a postpaid bundle is paid at check-out")})
    center = share_center(tx, cmd.center)
    room = None
    if cmd.room_id is not None:
        room = room_paid_whole(tx, center, cmd.room_id)
        if {name.casefold() for name in cmd.pc_names} != {
            name.casefold() for name in room.pc_names
        }:
            raise Refused(say("%(room)s has other PCs by now; try again", room=room.name))
    elif len({name.casefold() for name in cmd.pc_names}) < 2:
        raise InvalidInput({"pc_names": say("must be 2 PCs or more")})
    prices = Prices(tx, center)
    pcs = free_pcs(tx, center, cmd.pc_names, cmd.actor)
    sale = plan_together(
        tx,
        center,
        tx.now,
        pcs,
        _guest_tariffs(prices, cmd.kind),
        kind=cmd.kind,
        minutes=cmd.minutes,
        amount_micros=cmd.amount_micros,
        payment=cmd.payment,
    )
    _check_total(cmd.total_micros, sale)
    bundle_id = tx.scalar(
        _INSERT,
        center_id=center.id,
        kind=cmd.kind,
        room_id=None if room is None else room.id,
        room_name="" if room is None else room.name,
        started_at=whole_second(tx.now),
        staff_id=cmd.actor.staff_id,
    )
    started = _start_seats(tx, cmd, prices, pcs, sale, cmd.secrets, kind=cmd.kind)
    return _joined(tx, center, bundle_id, started, sale.total_micros)


def add_to_bundle(tx: Tx, cmd: AddToBundle) -> Bundled:
    """Take PCs into a bundle, all or none; the failing PC is named.

    Raises BundleNotFound, Refused where no PC of it runs any more, PcRefused for a session of
    another kind or of another bundle, and QuoteRefused where the sum is not the shown one.
    """
    center = share_center(tx, cmd.center)
    prices = Prices(tx, center)
    rows = lock_pcs(tx, center.id, cmd.pc_names)
    bundle = bundle_by_id(tx, center.id, cmd.bundle_id, lock=True)
    on_pc = lock_sessions_on(tx, center.id, [row.id for row in rows])
    hold_tills(tx, center, cmd.actor)
    joining: list[Session] = []
    free: list[tuple[Row, GuestSecret]] = []
    for row, secret in zip(rows, cmd.secrets, strict=True):
        session = on_pc.get(row.id)
        if session is not None and end_if_due(tx, center, session):
            session = None
        if session is None:
            check_pc(row)
            if not secret.password_hash:
                raise PcRefused(row.name, say("the session has ended just now; try again"))
            free.append((row, secret))
        elif session.kind != bundle.kind:
            raise PcRefused(
                row.name,
                say("a %(kind)s session is not paid with this bundle", kind=session.kind),
            )
        else:
            joining.append(session)
    taken = bundle_ids_of(tx, center.id, [session.id for session in joining])
    for session in joining:
        if session.id in taken:
            raise PcRefused(session.pc_name, say("the PC belongs to a bundle already"))
    pcs = [row for row, _ in free]
    until = shared_end(tx, center, bundle, tx.now) if pcs else None
    sale = _joining_sale(tx, cmd, bundle.kind, pcs, prices, until)
    _check_total(cmd.total_micros, sale)
    secrets = [secret for _, secret in free]
    started = _start_seats(tx, cmd, prices, pcs, sale, secrets, kind=bundle.kind)
    for session in joining:
        account, group_id = account_of(tx, center.id, session.member_id)
        started.append(Started(session, account, member_group_id=group_id))
        _note(tx, center, cmd.actor, session, f"joined bundle {bundle.id}")
    return _joined(tx, center, bundle.id, started, sale.total_micros)


def extend_bundle(tx: Tx, cmd: ExtendBundle) -> Bundled:
    """Sell more minutes on every PC of a prepaid bundle that runs, in one sale.

    Raises BundleNotFound, InvalidInput of `minutes`, Refused for a postpaid bundle or where no PC
    runs, and QuoteRefused where the sum is not the shown one or the PCs have changed.
    """
    center = cmd.center
    found = bundle_by_id(tx, center.id, cmd.bundle_id)
    if found.kind != PREPAID:
        raise Refused(say("a postpaid bundle is paid at check-out"))
    names = [seat.pc_name for seat in found.running]
    if not names:
        raise Refused(say("no PC of the bundle is in use"))
    lock_pcs(tx, center.id, names)
    bundle = bundle_by_id(tx, center.id, cmd.bundle_id, lock=True)
    sessions = lock_sessions(tx, center.id, [seat.session_id for seat in bundle.running])
    sessions = [each for each in sessions if not each.is_due(tx.now)]
    if {each.pc_name for each in sessions} != set(names):
        raise QuoteRefused(say("the PCs of the bundle have changed; ask for the sum again"))
    sale = plan_more(tx, center, tx.now, sessions, cmd.minutes)
    _check_total(cmd.total_micros, sale)
    hold_tills(tx, center, cmd.actor)
    done: list[Started] = []
    for session, seat in zip(sessions, sale.seats, strict=True):
        pay_in(
            *(tx, center, cmd.actor),
            member_id=session.member_id,
            pc_name=session.pc_name,
            amount_micros=seat.amount_micros,
            payment=cmd.payment,
        )
        ask_bookings(tx, longer := store_end(tx, center, session), is_sold=True)
        tell(tx, "session.changed", longer)
        account, group_id = account_of(tx, center.id, session.member_id)
        done.append(
            Started(longer, account, member_group_id=group_id, taken_micros=seat.amount_micros)
        )
    return Bundled(bundle=bundle, started=done, taken_micros=sale.total_micros)


def leave_bundle(tx: Tx, cmd: LeaveBundle) -> Bundle:
    """Take a running session out of its bundle; it goes on unchanged, with its own bill."""
    center = cmd.center
    (pc,) = lock_pcs(tx, center.id, [cmd.pc_name])
    bundle = bundle_by_id(tx, center.id, cmd.bundle_id, lock=True)
    session = lock_sessions_on(tx, center.id, [pc.id]).get(pc.id)
    if session is None or session.id not in {seat.session_id for seat in bundle.running}:
        raise PcRefused(pc.name, say("the PC does not belong to this bundle"))
    tx.run(_LEAVE, bundle=bundle.id, session=session.id, now=tx.now)
    _note(tx, center, cmd.actor, session, f"left bundle {bundle.id}")
    tell(tx, "session.changed", session)
    return bundle_by_id(tx, center.id, bundle.id)


def shown_once(done: Bundled) -> Bundled:
    """The same without passwords, for what is stored of an answer."""
    return msgspec.structs.replace(done, started=without_passwords(done.started))


def _guest_tariffs(prices: Prices, kind: str) -> Callable[[int], Tariff]:
    return lambda pc_group_id: prices.tariff(pc_group_id, GUEST_GROUPS[kind], 0)


def _check_total(shown_micros: int | None, sale: Sale) -> None:
    if shown_micros is not None and shown_micros != sale.total_micros:
        raise QuoteRefused(say("the sum to pay has changed; ask for it again"))


def _joining_sale(
    tx: Tx,
    cmd: AddToBundle,
    kind: str,
    pcs: Sequence[Row],
    prices: Prices,
    until: datetime | None,
) -> Sale:
    """The sale of the time until the others end, cheaper with every second: what one PC was shown
    to cost within the last five minutes is taken, and buys what it buys."""
    lately = tx.now - timedelta(seconds=QUOTE_SECONDS_MAX) * max(clock.scale(), 1)

    def plan(at: datetime, **wanted: Any) -> Sale:
        tariff_of = _guest_tariffs(prices, kind)
        common = {"kind": kind, "payment": cmd.payment, **wanted}
        return plan_together(tx, cmd.center, at, pcs, tariff_of, **common)

    now, shown = plan(tx.now, until=until), cmd.total_micros
    if until is None or shown is None or len(pcs) != 1 or shown <= now.total_micros:
        return now
    is_late = shown > plan(lately, until=until).total_micros
    return now if is_late else plan(tx.now, amount_micros=shown)


def _start_seats(
    tx: Tx,
    cmd: StartBundle | AddToBundle,
    prices: Prices,
    pcs: Sequence[Row],
    sale: Sale,
    secrets: Sequence[GuestSecret],
    *,
    kind: str,
) -> list[Started]:
    """Start the PCs of a planned sale; the house's accounts are held for all of them."""
    if not pcs:
        return []
    hold_tills(tx, cmd.center, cmd.actor)
    done: list[Started] = []
    for pc, seat, secret in zip(pcs, sale.seats, secrets, strict=True):
        start = StartGuests(
            center=cmd.center,
            actor=cmd.actor,
            kind=kind,
            pc_names=[pc.name],
            secrets=[secret],
            paid_micros=seat.amount_micros,
            payment=cmd.payment,
        )
        may_start(start)
        done.append(start_guest(tx, start, prices, pc, secret))
    return done


def _note(tx: Tx, center: Center, actor: Actor, session: Session, details: str) -> None:
    """The log's row for who belongs to which bill; no money moves."""
    move(
        tx,
        Movement(
            center=center,
            actor=actor,
            event=Event.SESSION,
            member_id=session.member_id,
            pc_name=session.pc_name,
            details=details,
        ),
    )


def _joined(
    tx: Tx, center: Center, bundle_id: int, started: list[Started], taken_micros: int
) -> Bundled:
    for one in started:
        of_seat = {"bundle_id": bundle_id, "session_id": one.session.id}
        if tx.scalar(_KNOWN, bundle=bundle_id, session=one.session.id):
            tx.run(_REJOIN, bundle=bundle_id, session=one.session.id)
        else:
            tx.run(_JOIN, **of_seat, center_id=center.id, joined_at=tx.now, left_at=None)
        tell(tx, "session.changed", one.session)
    return Bundled(
        bundle=bundle_by_id(tx, center.id, bundle_id), started=started, taken_micros=taken_micros
    )
