"""What is told before anybody pays: the cost of a check-out, of time, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.rules import account_key
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.metering.rules import Terms, cost_of_seconds, seconds_for_money
from lanhouse.cafe.minors.plans import must_let_book
from lanhouse.cafe.money.movements import account_of
from lanhouse.cafe.money.purses import spendable_micros
from lanhouse.cafe.pcs.queries import PcRefused, pcs_named
from lanhouse.cafe.pricing.queries import price_list
from lanhouse.cafe.pricing.rules import NoPrice, Tariff, rule_at, tariff_for
from lanhouse.cafe.sessions.plans.adding import must_not_cut, must_take, plan_add
from lanhouse.cafe.sessions.plans.bundles import Sale, plan_together
from lanhouse.cafe.sessions.plans.ending import Settlement, plan_end
from lanhouse.cafe.sessions.plans.starting import check_players, plan_start
from lanhouse.cafe.sessions.queries import open_session_ids, open_sessions, open_sessions_of_member
from lanhouse.cafe.sessions.schemas import GUEST_GROUPS, PREPAID, Session
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit import clock, ids
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say
from lanhouse.ledger import balances, book_of_center

_NAMED = static(
    sa.select(members.c.id).where(
        members.c.center_id == sa.bindparam("center"),
        members.c.account_key == sa.bindparam("key"),
    )
)


class Customer(msgspec.Struct, frozen=True):
    """What a check-out would come to, with the account that plays."""

    end: Settlement
    account: str
    member_group_id: int


class TimeAsked(msgspec.Struct, frozen=True):
    """Quote `minutes` of time, or the time that `money_micros` buys, for each of some PCs."""

    center: Center
    pc_names: Sequence[str]
    minutes: int | None
    money_micros: int | None
    at: datetime
    payment: str = ""
    """How a new guest would pay; by card it is the card price."""
    players: int = 1


class Quoted(msgspec.Struct, frozen=True):
    """A quote for one PC; `seconds` None means that the money never runs out."""

    pc_name: str
    cost_micros: int
    seconds: int | None
    is_running: bool


class RealTimeBalance(msgspec.Struct, frozen=True):
    """What a member has left when the running session's cost so far is taken off, in micros."""

    cost_micros: int
    balance_micros: int
    bonus_micros: int
    coin_micros: int


def quote_sign(center: Center, found: Sequence[Session], quoted_at: datetime) -> str:
    """The signature of a quote: centre, time, sessions and what each of them cost then."""
    costs = ",".join(
        f"{session.id}:{session.cost_micros(quoted_at)}"
        for session in sorted(found, key=lambda session: session.id)
    )
    quoted_seconds = clock.to_micros(quoted_at) // 1_000_000
    return ids.sign(center.quote_secret.encode(), f"{center.id}|{quoted_seconds}|{costs}")


def customers_on(read: Read, center: Center, names: Sequence[str], at: datetime) -> list[Customer]:
    """The open sessions on the named PCs, in that order; refuses a PC that is not in use.

    `wanted` is (centre, PC names, the time of the quote).
    """
    rows = pcs_named(read, center.id, names)
    on_pc = open_session_ids(read, center.id, [row.id for row in rows])
    for row in rows:
        if row.id not in on_pc:
            raise PcRefused(row.name, say("the PC is not in use"))
    found = open_sessions(read, center.id, ids=list(on_pc.values()))
    by_pc = {session.pc_id: session for session in found}
    return [_customer(read, center, by_pc[row.id], at) for row in rows]


def _customer(read: Read, center: Center, session: Session, at: datetime) -> Customer:
    account, group_id = account_of(read, center.id, session.member_id)
    return Customer(plan_end(read, center, session, at), account, group_id)


def quote_time(read: Read, asked: TimeAsked) -> list[Quoted]:
    """Quote time on each PC by the price rule of now (cafe-domain 1, add time).

    A free PC is quoted as a prepaid guest, with the minimum charge and the free minutes; a
    running session by its own tariff. Raises PcRefused when no price holds.
    """
    center, at = asked.center, asked.at
    rows = pcs_named(read, center.id, asked.pc_names)
    on_pc = open_session_ids(read, center.id, [row.id for row in rows])
    running = {
        session.pc_id: session
        for session in open_sessions(read, center.id, ids=list(on_pc.values()))
        if not session.is_due(at)
    }
    prices = price_list(read, center)
    quoted: list[Quoted] = []
    for row in rows:
        session = running.get(row.id)
        if session is not None:
            must_take(session, say("money"))
            tariff = session.segments[-1].tariff
        else:
            check_players(row, asked.players)
            tariff = tariff_for(
                prices,
                row.pc_group_id,
                GUEST_GROUPS[PREPAID],
                zone=center.zone_name,
                players=asked.players,
            )
        try:
            rule_at(tariff, at)
            quoted.append(_quoted(read, asked, row, session, tariff))
        except NoPrice as none:
            raise PcRefused(row.name, none.said) from None
    return quoted


def _quoted(
    read: Read, asked: TimeAsked, pc: Row, session: Session | None, tariff: Tariff
) -> Quoted:
    at, cost = asked.at, asked.money_micros or 0
    if session is None:
        start = plan_start(
            read,
            asked.center,
            at,
            pc_id=pc.id,
            pc_name=pc.name,
            kind=PREPAID,
            tariff=tariff,
            paid_micros=cost,
            payment=asked.payment,
        )
        seconds, terms = start.seconds, start.session.terms
    else:
        terms = session.terms.for_more
        seconds = seconds_for_money(tariff, at, cost, terms)
    if asked.minutes is not None:
        seconds = asked.minutes * 60
        sell = cost_of_seconds if session is None else cost_of_more
        cost = sell(tariff, at, seconds, terms)
    if session is not None:
        longer = plan_add(read, asked.center, session, at, more_micros=cost)
        must_not_cut(read, asked.center, longer, at)
    else:
        until = None if seconds is None else whole_second(at) + timedelta(seconds=seconds)
        must_let_book(read, asked.center, pc.name, 0, whole_second(at), until)
    return Quoted(pc.name, cost, seconds, session is not None)


def cost_of_more(tariff: Tariff, at: datetime, seconds: int, terms: Terms) -> int:
    """What so many seconds more cost a session that runs by `terms` (Terms.for_more), in micros:
    a sum that buys them. Raises NoPrice."""
    cost = cost_of_seconds(tariff, at, seconds, terms)
    bought = seconds_for_money(tariff, at, cost, terms)
    if bought is None or bought >= seconds:
        return cost
    # Added money has no whole minutes of its own: it must cover the exact sum.
    up = msgspec.structs.replace(terms, rounding="up")
    return cost_of_seconds(tariff, at, seconds, up)


def free_pc_flags(read: Read, center_id: int, names: Sequence[str]) -> list[bool]:
    """For each of the named PCs (centre id, names), each once: would a new guest start there?"""
    rows = pcs_named(read, center_id, names)
    on_pc = open_session_ids(read, center_id, [row.id for row in rows])
    soon = clock.now() + timedelta(seconds=1)  # it may be over by the time the command runs
    playing = {
        session.pc_id
        for session in open_sessions(read, center_id, ids=list(on_pc.values()))
        if not session.is_due(soon)
    }
    return [row.id not in playing for row in rows]


def member_named(read: Read, center_id: int, account: str) -> int | None:
    """The id of the account (centre id, account), whatever the case of its letters, or None."""
    return read.scalar(_NAMED, center=center_id, key=account_key(account))


def real_time_balance(
    read: Read, center: Center, account: str, pc_name: str, at: datetime
) -> RealTimeBalance | None:
    """A member's money at `at`, for (centre, account or "", PC name or "", at).

    The account goes first, and None when nobody has it; without one, whoever plays on the PC, and
    zeros when nobody does (cafe-wire, Sessions). The balances are what is left when the cost so far
    of all that the member plays is taken off.
    """
    if account:
        member_id = member_named(read, center.id, account)
        if member_id is None:
            return None
    else:
        (pc,) = pcs_named(read, center.id, [pc_name])
        on_pc = open_session_ids(read, center.id, [pc.id])
        found = open_sessions(read, center.id, ids=list(on_pc.values()))
        if not found:
            return RealTimeBalance(0, 0, 0, 0)
        member_id = found[0].member_id
    found = open_sessions_of_member(read, center.id, member_id)
    left = spendable_micros(read, center, member_id, at)
    held = balances(read, book_of_center(center.id), "member", member_id)
    return RealTimeBalance(
        sum(session.cost_micros(whole_second(at)) for session in found),
        left.balance_micros,
        left.bonus_micros,
        held.get(("coin", "COIN"), 0),
    )


class TogetherAsked(msgspec.Struct, frozen=True, kw_only=True):
    """A sale over several free PCs that is asked about, as StartBundle has it."""

    center: Center
    pc_names: Sequence[str]
    kind: str
    at: datetime
    minutes: int = 0
    amount_micros: int = 0
    until: datetime | None = None
    """Of PCs that are added to others: when those end."""
    payment: str = "cash"


def quote_together(read: Read, asked: TogetherAsked) -> Sale:
    """What PCs would cost that are started together, and when each of them would end.

    Refuses PCs that are in use, in the words of the sale.
    """
    center = asked.center
    rows = pcs_named(read, center.id, asked.pc_names)
    on_pc = open_session_ids(read, center.id, [row.id for row in rows])
    running = {
        session.pc_id
        for session in open_sessions(read, center.id, ids=list(on_pc.values()))
        if not session.is_due(asked.at)
    }
    for row in rows:
        if row.is_out_of_order:
            raise PcRefused(row.name, say("the PC is out of order"))
        if row.id in running:
            raise PcRefused(row.name, say("the PC is in use"))
    prices = price_list(read, center)

    def tariff_of(pc_group_id: int) -> Tariff:
        return tariff_for(prices, pc_group_id, GUEST_GROUPS[asked.kind], zone=center.zone_name)

    return plan_together(
        read,
        center,
        asked.at,
        rows,
        tariff_of,
        kind=asked.kind,
        minutes=asked.minutes,
        amount_micros=asked.amount_micros,
        until=asked.until,
        payment=asked.payment,
    )


def cuts_of(
    read: Read, center: Center, member_id: int, more_micros: int, at: datetime
) -> list[tuple[str, datetime]]:
    """Where a member plays and, with so much more money, would be cut by a booking: PC and when."""
    found = open_sessions_of_member(read, center.id, member_id)
    planned = [plan_add(read, center, each, at, more_micros=more_micros) for each in found]
    return [(each.pc_name, each.expires_at) for each in planned if each.is_cut and each.expires_at]
