"""Weeks of business: top-ups, sessions and check-outs day by day, and who is playing now."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from heapq import heappop, heappush

from lanhouse.auth.actors import API_STAFF_NAME, Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.purses import spendable_micros
from lanhouse.cafe.offers.queries import offers_of_center
from lanhouse.cafe.pcs.queries import pc_rows
from lanhouse.cafe.sessions.commands import (
    Checkout,
    GuestSecret,
    StartGuests,
    StartMember,
    check_out,
    start_guests,
    start_member,
)
from lanhouse.cafe.sessions.queries import open_session_of_member
from lanhouse.cafe.sessions.schemas import FREE, MEMBER, OFFER, POSTPAID, PREPAID
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.cafe.topups.commands import add_loan, top_up
from lanhouse.cafe.topups.rules import bonus_for
from lanhouse.cafe.topups.schemas import Loan, TopUp
from lanhouse.db.store import Tx
from lanhouse.demo.timeline import Timeline
from lanhouse.kit.money import MICROS

SESSIONS_PER_DAY = 6
ENOUGH_MICROS = 3 * MICROS
PLAYING = slice(6, 11)
"""Members who play when the demo opens: none of those whose passwords are handed out, so that
whoever tries the demo can start a session for them."""
PAYMENTS = ("cash", "cash", "card", "qr")

# Who plays when the demo opens: kind, PC, minutes ago, and what was paid in cents.
PLAYING_NOW = (
    (PREPAID, "PC01", 25, 600),
    (PREPAID, "PC09", 70, 1000),
    (POSTPAID, "PC03", 40, 0),
    (POSTPAID, "AR02", 12, 0),
    (MEMBER, "PC05", 55, 0),
    (MEMBER, "PC06", 18, 0),
    (MEMBER, "AR05", 95, 0),
    (MEMBER, "VIP01", 35, 0),
    (OFFER, "PC12", 50, 0),
    (OFFER, "AR07", 5, 0),
    (FREE, "VIP03", 30, 0),
)


def build_history(
    tx: Tx, center: Center, actor: Actor, timeline: Timeline, member_ids: list[int]
) -> None:
    """Play the weeks up to the timeline's end; the last sessions stay open."""
    # The same demo everywhere; nothing here is secret.
    chance = random.Random(center.id)  # noqa: S311
    pcs = [row.name for row in pc_rows(tx, center.id) if not row.is_out_of_order]
    others = [each for each in member_ids if each not in member_ids[PLAYING]]
    _first_money(tx, center, actor, chance, member_ids)
    ends: list[tuple[datetime, str]] = []
    for start in _starts(timeline, chance):
        _end_until(tx, center, actor, timeline, ends, start)
        timeline.go_to(start)
        busy = {name for _, name in ends}
        pc_name = chance.choice([name for name in pcs if name not in busy])
        _play(tx, center, actor, chance, pc_name, others)
        heappush(ends, (start + timedelta(minutes=chance.randrange(25, 170)), pc_name))
    _end_until(tx, center, actor, timeline, ends, timeline.end - timedelta(hours=2))
    # Whoever tries the demo finds money on the accounts that are handed out.
    timeline.go_to(timeline.end - timedelta(hours=2))
    for member_id in member_ids[: PLAYING.start]:
        _pay_in(tx, center, actor, chance, member_id, 50 * MICROS)
    _open_now(tx, center, actor, timeline, member_ids)


def desk_actor(tx: Tx, center: Center) -> Actor:
    """Who stands at the desk: the manager, or the API when somebody has removed that account."""
    person = staff_by_account(tx, center.id, "manager")
    if person is None:
        return Actor(kind="api_key", center_id=center.id, staff_name=API_STAFF_NAME, role="api")
    return Actor(
        kind="staff",
        center_id=center.id,
        staff_id=person.id,
        staff_name=person.account,
        role=person.role,
    )


def _first_money(
    tx: Tx, center: Center, actor: Actor, chance: random.Random, member_ids: list[int]
) -> None:
    """Every member pays in on the first day; some get coins, two owe something."""
    for number, member_id in enumerate(member_ids):
        value = 50 if member_id in member_ids[PLAYING] else chance.choice((10, 20, 20, 50, 100))
        coins = 5 * MICROS if number % 4 == 0 else 0
        _pay_in(tx, center, actor, chance, member_id, value * MICROS, coins)
    for member_id in member_ids[12:14]:
        loan = Loan(center=center, actor=actor, member_id=member_id, value_micros=5 * MICROS)
        add_loan(tx, loan)


def _pay_in(
    tx: Tx,
    center: Center,
    actor: Actor,
    chance: random.Random,
    member_id: int,
    value_micros: int,
    coin_micros: int = 0,
) -> None:
    """A top-up with the bonus that the centre's tiers give for it."""
    weekday = tx.now.astimezone(center.zone).weekday()
    top_up(
        tx,
        TopUp(
            center=center,
            actor=actor,
            member_ids=[member_id],
            value_micros=value_micros,
            bonus_micros=bonus_for(center.settings, value_micros, weekday),
            coin_micros=coin_micros,
            payment=chance.choice(PAYMENTS),
        ),
    )


def _starts(timeline: Timeline, chance: random.Random) -> list[datetime]:
    """When sessions began, in order; none in the last hours, which belong to PLAYING_NOW."""
    last = timeline.end - timedelta(hours=5)
    seconds = int((last - timeline.start).total_seconds()) - 3600
    count = SESSIONS_PER_DAY * (timeline.end - timeline.start).days
    moments = sorted(chance.randrange(3600, seconds) for _ in range(count))
    return [timeline.start + timedelta(seconds=each) for each in moments]


def _end_until(
    tx: Tx,
    center: Center,
    actor: Actor,
    timeline: Timeline,
    ends: list[tuple[datetime, str]],
    until: datetime,
) -> None:
    while ends and ends[0][0] <= until:
        at, pc_name = heappop(ends)
        timeline.go_to(at)
        check_out(tx, Checkout(center=center, actor=actor, pc_names=[pc_name]))


def _play(
    tx: Tx,
    center: Center,
    actor: Actor,
    chance: random.Random,
    pc_name: str,
    member_ids: list[int],
) -> None:
    """Somebody sits down: a guest, or a member who is not playing and has money or brings some."""
    kind = chance.choice((MEMBER, MEMBER, MEMBER, PREPAID, PREPAID, POSTPAID))
    member_id = 0
    if kind == MEMBER:
        idle = [each for each in member_ids if open_session_of_member(tx, center.id, each) is None]
        member_id = chance.choice(idle)
        if spendable_micros(tx, center, member_id, tx.now).total_micros < ENOUGH_MICROS:
            _pay_in(tx, center, actor, chance, member_id, 20 * MICROS)
    paid = chance.randrange(8, 16) * MICROS
    _start(tx, center, actor, kind, pc_name, member_id=member_id, paid_micros=paid)


def _start(
    tx: Tx,
    center: Center,
    actor: Actor,
    kind: str,
    pc_name: str,
    *,
    member_id: int = 0,
    paid_micros: int = 0,
    offer_id: int = 0,
) -> None:
    if kind == MEMBER:
        start_member(
            tx, StartMember(center=center, actor=actor, pc_name=pc_name, member_id=member_id)
        )
        return
    guests = StartGuests(
        center=center,
        actor=actor,
        kind=kind,
        pc_names=[pc_name],
        secrets=[GuestSecret()],
        paid_micros=paid_micros if kind == PREPAID else 0,
        offer_id=offer_id,
    )
    start_guests(tx, guests)


def _open_now(
    tx: Tx, center: Center, actor: Actor, timeline: Timeline, member_ids: list[int]
) -> None:
    """The sessions that run when the demo opens: all five kinds."""
    package = next(o for o in offers_of_center(tx, center.id) if o.values.name == "3 hours")
    players = iter(member_ids[PLAYING])
    for kind, pc_name, minutes, cents in sorted(PLAYING_NOW, key=lambda each: -each[2]):
        timeline.go_to(timeline.end - timedelta(minutes=minutes))
        _start(
            tx,
            center,
            actor,
            kind,
            pc_name,
            member_id=next(players) if kind == MEMBER else 0,
            paid_micros=cents * MICROS // 100,
            offer_id=package.id if kind == OFFER else 0,
        )
