"""What running sessions do when money, groups, prices or settings have changed.

Followers (cafe/followers.py) and guards: each touches only the sessions of the ids in its facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import (
    AgeChanged,
    BalanceChanged,
    BookingsChanged,
    ClockStepped,
    LimitsChanged,
    MemberRegrouped,
    PackagesChanged,
    PcRegrouped,
    PricesChanged,
    SeatsChanged,
    SettingsChanged,
)
from lanhouse.cafe.groups.queries import pc_time_discount
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.metering.rules import cut
from lanhouse.cafe.minors.queries import rules_of
from lanhouse.cafe.offers.queries import usable_packages
from lanhouse.cafe.offers.schemas import Place
from lanhouse.cafe.own_limits.queries import has_limits
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.cafe.pricing.queries import from_day
from lanhouse.cafe.pricing.rules import NoPrice, Tariff, rule_at
from lanhouse.cafe.sessions.commands.base import (
    Prices,
    lock_sessions,
    store_end,
    store_going_on,
    store_planned,
    tell,
)
from lanhouse.cafe.sessions.plans.adding import plan_add, with_packages
from lanhouse.cafe.sessions.queries import open_session_ids, open_sessions
from lanhouse.cafe.sessions.queries.guards import PLAYING
from lanhouse.cafe.sessions.schemas import FREE, GUEST_GROUPS, MEMBER, WALLET_KINDS, Session
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import among, static
from lanhouse.db.store import Tx
from lanhouse.kit.local_time import whole_second

_IN_CENTER = sessions.c.center_id == sa.bindparam("center")
_OPEN = sessions.c.ended_at.is_(None)
_IDS = sa.select(sessions.c.id).where(_IN_CENTER, _OPEN, sessions.c.kind != FREE)
_ALL = static(_IDS)
_OF_MEMBERS = static(_IDS.where(among(sessions.c.member_id, "members")))
_ON_PCS = static(_IDS.where(among(sessions.c.pc_id, "pcs")))
_CUSTOMERS = static(
    sa.select(sessions.c.id, sessions.c.kind, pcs.c.pc_group_id, members.c.group_id)
    .join(pcs, pcs.c.id == sessions.c.pc_id)
    .join(
        members,
        (members.c.center_id == sessions.c.center_id) & (members.c.id == sessions.c.member_id),
    )
    .where(_IN_CENTER, among(sessions.c.id, "sessions"))
)
_SEATS = static(
    sa.select(sessions.c.id, sessions.c.member_id)
    .where(_IN_CENTER, _OPEN, among(sessions.c.member_id, "members"))
    .order_by(sessions.c.id)
)
_MAKE_FIRST = static(
    sa.update(sessions).where(sessions.c.id == sa.bindparam("session")).values(is_further=False)
)
_MONEY_FOR_TIME = {
    "payment.allow_balance_for_pc_time",
    "payment.allow_auto_loan",
    "payment.loan_max_per_member_micros",
}
_OF_AGE = {
    "center.timezone",
    "payment.holidays",
    "member.minors_bands",
    "member.minors_unknown",
    "member.minors_guests",
    "member.minors_need_proof",
}
_OPEN_IDS = static(sa.select(sessions.c.id).where(_IN_CENTER, _OPEN))
_OPEN_CENTERS = static(sa.select(sessions.c.center_id).where(_OPEN).distinct())
_OF_KIND = static(sa.select(sessions.c.id).where(_IN_CENTER, _OPEN, sessions.c.kind == MEMBER))


_OF_PRICES = {
    "center.timezone",
    "payment.default_price_fills_gaps",
    "payment.holidays",
    "payment.extra_player_price_micros",
}
"""Settings that are part of every tariff."""


class _Customer(NamedTuple):
    """In which group somebody plays, and on a PC of which group."""

    pc_group_id: int
    member_group_id: int


def move_ends(tx: Tx, facts: Sequence[BalanceChanged]) -> None:
    """Compute the ends of the members' sessions anew; follows BalanceChanged.

    A session that is over stays over, one at its limit too: money does not wake it (docs/time.md).
    """
    by_center: dict[int, list[int]] = defaultdict(list)
    for fact in facts:
        by_center[fact.center_id].append(fact.member_id)
    for center_id, member_ids in by_center.items():
        rows = tx.all(PLAYING, center=center_id, members=sorted(member_ids))
        if rows:
            _move_ends(tx, _center(tx, center_id), [row.id for row in rows])


def share_money(tx: Tx, facts: Sequence[SeatsChanged]) -> None:
    """Compute the ends anew of all that these members play, where they play several; follows
    SeatsChanged.

    Where the first session has ended, the oldest further one takes its place, and with it the
    member's packages (decision 0123).
    """
    by_center: dict[int, set[int]] = defaultdict(set)
    for fact in facts:
        by_center[fact.center_id].add(fact.member_id)
    told = {fact.session_id for fact in facts}
    for center_id, member_ids in by_center.items():
        seats: dict[int, list[int]] = defaultdict(list)
        for row in tx.all(_SEATS, center=center_id, members=sorted(member_ids)):
            seats[row.member_id].append(row.id)
        # A session that changed itself, and is the only one, has its end already.
        ids = [each for its in seats.values() if len(its) > 1 or its[0] not in told for each in its]
        if ids:
            center = _center(tx, center_id)
            _make_firsts(tx, center, lock_sessions(tx, center_id, ids))
            _move_ends(tx, center, ids)


def _make_firsts(tx: Tx, center: Center, found: Sequence[Session]) -> None:
    """Let the oldest further session of each member who has no first one be it."""
    have_one = {session.member_id for session in found if not session.is_further}
    customers = _customers(tx, center.id, found)
    for session in found:
        if session.member_id in have_one:
            continue
        have_one.add(session.member_id)
        tx.run(_MAKE_FIRST, session=session.id)
        first = msgspec.structs.replace(session, is_further=False)
        # Who runs for this fact cannot tell it again; the ends follow right after.
        _go_on_with(tx, center, first, customers[session.id], store=store_planned)


def follow_bookings(tx: Tx, facts: Sequence[BookingsChanged]) -> None:
    """Let what runs on these PCs end when they are kept for somebody else, or go on; follows
    BookingsChanged. Their sessions are locked by who made or gave back a booking."""
    by_center: dict[int, set[int]] = defaultdict(set)
    for fact in facts:
        by_center[fact.center_id].add(fact.pc_id)
    for center_id, pc_ids in by_center.items():
        ids = open_session_ids(tx, center_id, sorted(pc_ids)).values()
        if ids:
            _move_ends(tx, _center(tx, center_id), ids)


def reprice_members(tx: Tx, facts: Sequence[MemberRegrouped]) -> None:
    """Go on under the prices of the members' new groups; follows MemberRegrouped."""
    by_center: dict[int, set[int]] = defaultdict(set)
    for fact in facts:
        if not fact.keeps_tariff:
            by_center[fact.center_id].add(fact.member_id)
    for center_id, member_ids in by_center.items():
        rows = tx.all(_OF_MEMBERS, center=center_id, members=sorted(member_ids))
        _reprice(tx, center_id, [row.id for row in rows], is_elsewhere=True)


def reprice_pcs(tx: Tx, facts: Sequence[PcRegrouped]) -> None:
    """Go on under the prices of the PCs' new groups; follows PcRegrouped."""
    by_center: dict[int, list[int]] = defaultdict(list)
    for fact in facts:
        by_center[fact.center_id].append(fact.pc_id)
    for center_id, pc_ids in by_center.items():
        rows = tx.all(_ON_PCS, center=center_id, pcs=sorted(pc_ids))
        _reprice(tx, center_id, [row.id for row in rows], is_elsewhere=True)


def follow_ages(
    tx: Tx, facts: Sequence[AgeChanged] | Sequence[MemberRegrouped] | Sequence[LimitsChanged]
) -> None:
    """Compute the ends anew of what these members play; follows AgeChanged, MemberRegrouped and
    LimitsChanged."""
    by_center: dict[int, set[int]] = defaultdict(set)
    for fact in facts:
        by_center[fact.center_id].add(fact.member_id)
    for center_id, member_ids in by_center.items():
        rows = tx.all(_SEATS, center=center_id, members=sorted(member_ids))
        if rows:
            _move_ends(tx, _center(tx, center_id), [row.id for row in rows])


def keep_hours_through_step(tx: Tx, facts: Sequence[ClockStepped]) -> None:
    """Follows ClockStepped: sessions have moved with the clock, but the hours of the rules for
    minors and of the members' own limits are those that the clock shows now."""
    for fact in facts:
        for row in tx.all(_OPEN_CENTERS):
            center = _center(tx, row.center_id)
            if rules_of(center) is None and not has_limits(tx, center.id):
                continue
            ids = [each.id for each in tx.all(_OPEN_IDS, center=center.id)]
            # The step has written them all: whoever else changes what holds now waits for that, and
            # computes their ends again afterwards.
            for session in open_sessions(tx, center.id, ids=ids):
                if not session.is_over(fact.after):
                    plan = plan_add(tx, center, session, fact.after)
                    tell(tx, "session.changed", store_going_on(tx, session, plan))


def take_packages(tx: Tx, facts: Sequence[PackagesChanged]) -> None:
    """Go on with the packages that the members have now; follows PackagesChanged."""
    by_center: dict[int, list[int]] = defaultdict(list)
    for fact in facts:
        by_center[fact.center_id].append(fact.member_id)
    for center_id, member_ids in by_center.items():
        rows = tx.all(_OF_MEMBERS, center=center_id, members=sorted(member_ids))
        if not rows:
            continue
        center = _center(tx, center_id)
        found = lock_sessions(tx, center_id, [row.id for row in rows])
        customers = _customers(tx, center_id, found)
        for session in found:
            _go_on_with(tx, center, session, customers[session.id])


def reprice_center(tx: Tx, facts: Sequence[PricesChanged]) -> None:
    """Go on under the new prices in every session that they concern; follows PricesChanged."""
    for fact in facts:
        _reprice_all(tx, fact.center_id)


def apply_settings(tx: Tx, facts: Sequence[SettingsChanged]) -> None:
    """What of the settings holds for running sessions at once; follows SettingsChanged.

    The time zone moves the hours of the prices, holidays change their days, further players have a
    price, and the Default may fill gaps or not; whether the balance may pay for time, and what may
    be owed, moves the ends of members' sessions, and the rules for minors those of all. Nobody is
    charged for more or less than was played.
    """
    for fact in facts:
        if fact.names & _OF_PRICES:
            _reprice_all(tx, fact.center_id)
        if fact.names & _MONEY_FOR_TIME:
            ids = [row.id for row in tx.all(_OF_KIND, center=fact.center_id)]
            _move_ends(tx, _center(tx, fact.center_id), ids)
        if fact.names & _OF_AGE:
            ids = [row.id for row in tx.all(_OPEN_IDS, center=fact.center_id)]
            _move_ends(tx, _center(tx, fact.center_id), ids)


def _center(tx: Tx, center_id: int) -> Center:
    center = center_by_id(tx, center_id)
    assert center is not None
    return center


def _move_ends(tx: Tx, center: Center, session_ids: Iterable[int]) -> None:
    for session in lock_sessions(tx, center.id, session_ids):
        if not session.is_over(tx.now):
            tell(tx, "session.changed", store_end(tx, center, session))


def _reprice_all(tx: Tx, center_id: int) -> None:
    """The centre is locked: no session begins under rules that end."""
    _reprice(tx, center_id, [row.id for row in tx.all(_ALL, center=center_id)])


def _reprice(
    tx: Tx, center_id: int, session_ids: Sequence[int], *, is_elsewhere: bool = False
) -> None:
    """Go on under other prices from now where the tariff is another one.

    What was played keeps its price; a session for which no price holds any more keeps the tariff
    that it has. `is_elsewhere`: the groups of PC or member are others, so that other packages may
    suit.
    """
    if not session_ids:
        return
    center = _center(tx, center_id)
    found = lock_sessions(tx, center_id, session_ids)
    # Read under the locks: who waited for them has seen groups that may be others by now.
    prices = Prices(tx, center)
    customers = _customers(tx, center_id, found)
    for session in found:
        place = customers[session.id]
        discount = pc_time_discount(tx, center_id, place.member_group_id)
        players = session.segments[-1].tariff.players
        tariff = prices.tariff(place.pc_group_id, place.member_group_id, discount, players)
        repriced = _go_on_under(tx, center, session, tariff)
        if is_elsewhere:
            _go_on_with(tx, center, repriced, place)


def _customers(tx: Tx, center_id: int, found: Sequence[Session]) -> dict[int, _Customer]:
    """Session id -> whose prices and packages hold for it."""
    ids = [session.id for session in found]
    return {
        row.id: _Customer(row.pc_group_id, GUEST_GROUPS.get(row.kind) or row.group_id)
        for row in tx.all(_CUSTOMERS, center=center_id, sessions=ids)
    }


def _go_on_with(
    tx: Tx,
    center: Center,
    session: Session,
    customer: _Customer,
    *,
    store: Callable[[Tx, Session, Session], Session] = store_going_on,
) -> None:
    """Go on with the packages that the player owns and may use there.

    While the settings let no session begin on packages, one that runs gets no new ones, and a
    further session has the booked time of its PC alone.
    """
    if session.kind not in WALLET_KINDS or session.is_over(tx.now):
        return
    at = whole_second(tx.now)
    place = Place(customer.member_group_id, customer.pc_group_id, session.pc_id)
    used = session.package_use(at)
    packages = usable_packages(tx, center, session.member_id, at, place, used)
    if not center.settings.payment.allow_offer_session:
        agreed = {package.member_offer_id for package in session.segments[-1].packages}
        packages = tuple(
            each for each in packages if each.is_booked or each.member_offer_id in agreed
        )
    if session.is_further:
        packages = tuple(each for each in packages if each.is_booked)
    changed = with_packages(session, packages, at)
    if changed is not None:
        plan = plan_add(tx, center, session, at, segments=changed)
        tell(tx, "session.changed", store(tx, session, plan))


def _go_on_under(tx: Tx, center: Center, session: Session, tariff: Tariff) -> Session:
    at = whole_second(tx.now)
    running = session.segments[-1].tariff
    # A session whose times a step of the clock has moved keeps them while its prices do not change,
    # and a holiday that is over is no change.
    as_now = msgspec.structs.replace(running, holidays=from_day(running.holidays, at))
    if msgspec.structs.replace(tariff, ahead_micros=running.ahead_micros) == as_now:
        return session
    if session.is_over(tx.now):
        return session
    try:
        rule_at(tariff, at)
    except NoPrice:
        return session
    changed = cut(session.segments, session.terms, at, tariff)
    plan = plan_add(tx, center, session, at, segments=changed)
    changed_session = store_going_on(tx, session, plan)
    tell(tx, "session.changed", changed_session)
    return changed_session
