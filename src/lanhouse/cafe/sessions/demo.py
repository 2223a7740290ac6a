"""Weeks of sessions in the demo centre, and who is playing when it opens."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush

import msgspec

from lanhouse.cafe.centers.demo import CAFE_ID, CENT, Moment, cafe_id, demo_center
from lanhouse.cafe.members.demo import PEOPLE, PLAYING_NOW, member_id_of
from lanhouse.cafe.money.purses import spendable_micros
from lanhouse.cafe.offers.demo import short_offer_id
from lanhouse.cafe.pcs.demo import WORKING_PCS
from lanhouse.cafe.pcs.queries import pcs_named
from lanhouse.cafe.sessions.commands import (
    Checkout,
    GuestSecret,
    PauseOne,
    StartGuests,
    StartMember,
    check_out,
    check_out_at_shutdown,
    pause_session,
    start_guests,
    start_member,
)
from lanhouse.cafe.sessions.commands.bundles import StartBundle, start_bundle
from lanhouse.cafe.sessions.queries import open_session_ids
from lanhouse.cafe.sessions.schemas import FREE, MEMBER, OFFER, POSTPAID, PREPAID
from lanhouse.cafe.staff.demo import desk_actor
from lanhouse.cafe.topups.demo import PAYMENTS, pay_in
from lanhouse.db.store import Tx
from lanhouse.kit.money import MICROS

_PER_DAY = 6
_ENOUGH_MICROS = 3 * MICROS

# Who plays when the demo opens: minutes ago, kind, PC, and what was paid in cents or by whom. No
# kind: the session there is paused.
_NOW: tuple[tuple[int, str, str, int | str], ...] = (
    (95, MEMBER, "AR05", PLAYING_NOW[0]),
    (70, PREPAID, "PC09", 1000),
    (55, MEMBER, "PC05", PLAYING_NOW[1]),
    (50, OFFER, "PC12", 0),
    (40, POSTPAID, "PC03", 0),
    (35, MEMBER, "VIP01", PLAYING_NOW[2]),
    (30, FREE, "VIP03", 0),
    (25, PREPAID, "PC01", 600),
    (18, MEMBER, "PC06", PLAYING_NOW[3]),
    (12, POSTPAID, "AR02", 0),
    (8, "", "PC09", 0),
    (5, OFFER, "AR07", 0),
)
# Friends who play together and have one bill: minutes ago, kind, PCs, and the minutes they paid.
_TOGETHER: tuple[tuple[int, str, tuple[str, ...], int], ...] = (
    (65, POSTPAID, ("AR03", "AR04"), 0),
    (15, PREPAID, ("PC10", "PC11"), 120),
)
# Who shared a bill, and who left one open, in the evening before.
_EVENING = (("PC02", "PC04"), "PC07")


def weeks(begin: datetime, end: datetime) -> Iterator[Moment]:
    """People come and go; the last ones stay. All five kinds of sessions run at the end."""
    yield from _visits(begin, end)
    for minutes, kind, pc_name, more in _NOW:
        if not kind:
            yield end - timedelta(minutes=minutes), partial(_pause, pc_name=pc_name)
            continue
        start = (
            partial(_start_member, pc_name=pc_name, account=more)
            if isinstance(more, str)
            else partial(_start_guest, kind=kind, pc_name=pc_name, paid_micros=more * CENT)
        )
        yield end - timedelta(minutes=minutes), start
    for minutes, kind, names, paid_minutes in _TOGETHER:
        begun = partial(_start_together, kind=kind, pc_names=names, minutes=paid_minutes)
        yield end - timedelta(minutes=minutes), begun
    shared, alone = _EVENING
    for name in (*shared, alone):
        guest = partial(_start_guest, kind=POSTPAID, pc_name=name, paid_micros=0)
        yield end - timedelta(minutes=180), guest
    yield end - timedelta(minutes=150), partial(_share_bill, pc_names=shared)
    yield end - timedelta(minutes=140), partial(_leave_open, pc_name=alone)


def _visits(begin: datetime, end: datetime) -> Iterator[Moment]:
    """Sessions that begin and end before the last hours, which belong to _NOW."""
    # The same demo everywhere; nothing here is secret.
    chance = random.Random(CAFE_ID)  # noqa: S311
    members = [account for account, _, _ in PEOPLE if account not in PLAYING_NOW]
    seconds = int((end - timedelta(hours=5) - begin).total_seconds()) - 3600
    moments = sorted(chance.randrange(3600, seconds) for _ in range(_PER_DAY * (end - begin).days))
    # When each of those who play will have gone, on which PC, and who it is (guests have no name).
    playing: list[tuple[datetime, str, str]] = []
    for moment in moments:
        at = begin + timedelta(seconds=moment)
        while playing and playing[0][0] <= at:
            heappop(playing)
        busy = {name for _, *both in playing for name in both}
        pc_name = chance.choice([name for name in WORKING_PCS if name not in busy])
        kind = chance.choice((MEMBER, MEMBER, MEMBER, PREPAID, PREPAID, POSTPAID))
        account = chance.choice([each for each in members if each not in busy])
        leaves = at + timedelta(minutes=chance.randrange(25, 170))
        if kind == MEMBER:
            payment = chance.choice(PAYMENTS)
            yield at - timedelta(minutes=1), partial(_bring_money, account=account, payment=payment)
            yield at, partial(_start_member, pc_name=pc_name, account=account)
        else:
            paid = chance.randrange(8, 16) * MICROS if kind == PREPAID else 0
            yield at, partial(_start_guest, kind=kind, pc_name=pc_name, paid_micros=paid)
        heappush(playing, (leaves, pc_name, account if kind == MEMBER else ""))
        yield leaves, partial(_check_out, pc_name=pc_name)


def _bring_money(tx: Tx, *, account: str, payment: str) -> None:
    """A member who wants to play pays in when there is not enough."""
    has = spendable_micros(tx, demo_center(tx), member_id_of(tx, account), tx.now)
    if has.total_micros < _ENOUGH_MICROS:
        pay_in(tx, account=account, amount=20, payment=payment)


def _start_member(tx: Tx, *, pc_name: str, account: str) -> None:
    start_member(
        tx,
        StartMember(
            center=demo_center(tx),
            actor=desk_actor(tx),
            pc_name=pc_name,
            member_id=member_id_of(tx, account),
        ),
    )


def _start_guest(tx: Tx, *, kind: str, pc_name: str, paid_micros: int) -> None:
    guests = StartGuests(
        center=demo_center(tx),
        actor=desk_actor(tx),
        kind=kind,
        pc_names=[pc_name],
        secrets=[GuestSecret()],
        paid_micros=paid_micros,
        offer_id=short_offer_id(tx) if kind == OFFER else 0,
    )
    start_guests(tx, guests)


def _start_together(tx: Tx, *, kind: str, pc_names: tuple[str, ...], minutes: int) -> None:
    together = StartBundle(
        center=demo_center(tx),
        actor=desk_actor(tx),
        kind=kind,
        pc_names=list(pc_names),
        secrets=[GuestSecret() for _ in pc_names],
        minutes=minutes,
    )
    start_bundle(tx, together)


def _share_bill(tx: Tx, *, pc_names: tuple[str, ...]) -> None:
    """Two guests share the bill of both PCs evenly."""
    wanted = Checkout(center=demo_center(tx), actor=desk_actor(tx), pc_names=list(pc_names), ways=2)
    check_out(tx, wanted)


def _leave_open(tx: Tx, *, pc_name: str) -> None:
    """A seat that shuts down: its guest has not paid yet."""
    center = demo_center(tx)
    client = msgspec.structs.replace(center.settings.client, auto_checkout_when_shutdown=True)
    settings = msgspec.structs.replace(center.settings, client=client)
    wanted = Checkout(
        center=msgspec.structs.replace(center, settings=settings),
        actor=desk_actor(tx),
        pc_names=[pc_name],
    )
    check_out_at_shutdown(tx, wanted)


def _pause(tx: Tx, *, pc_name: str) -> None:
    (pc,) = pcs_named(tx, cafe_id(), [pc_name])
    session_id = open_session_ids(tx, cafe_id(), [pc.id]).get(pc.id)
    if session_id is not None:
        pause_session(tx, PauseOne(demo_center(tx), desk_actor(tx), session_id))


def _check_out(tx: Tx, *, pc_name: str) -> None:
    """Somebody leaves, unless the session has ended by itself: a demo that was not finished may
    have been served meanwhile."""
    (pc,) = pcs_named(tx, cafe_id(), [pc_name])
    if open_session_ids(tx, cafe_id(), [pc.id]):
        check_out(tx, Checkout(center=demo_center(tx), actor=desk_actor(tx), pc_names=[pc_name]))
