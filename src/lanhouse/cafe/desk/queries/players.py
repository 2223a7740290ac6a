"""What another number of players does: to a running session, and to the sum of a sale."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.queries.computers import lengths_for, tender_shown
from lanhouse.cafe.desk.queries.quotes import HOUR_MINUTES, QuoteWanted, StartOptions
from lanhouse.cafe.groups.queries import pc_time_discount
from lanhouse.cafe.money.movements import account_of
from lanhouse.cafe.pcs.queries import PcRefused, pcs_named
from lanhouse.cafe.pricing.queries import price_list
from lanhouse.cafe.pricing.rules import tariff_for
from lanhouse.cafe.sessions.plans.players import check_change, plan_players
from lanhouse.cafe.sessions.queries import open_session_on_pc, session_by_id
from lanhouse.cafe.sessions.schemas import MEMBER
from lanhouse.db.store import Read
from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.said import say


class PlayersChoice(msgspec.Struct, frozen=True, kw_only=True):
    """The session on a console, and how it would go on with `players`."""

    session_id: int
    now: int
    """How many play now."""
    players: int
    extra_micros: int
    """What each further player adds to an hour."""
    until: datetime | None = None
    """When it would be over; None = nothing ends it."""
    why_not: AppError | None = None


def players_choice(
    read: Read, center: Center, pc_name: str, players: int, at: datetime
) -> PlayersChoice:
    """How the session of the named PC would go on with `players` (0 = as many as now).

    Raises PcRefused for a PC that is not in use.
    """
    (pc,) = pcs_named(read, center.id, [pc_name])
    session_id = open_session_on_pc(read, center.id, pc.id)
    session = None if session_id is None else session_by_id(read, center.id, session_id)
    if session is None:
        raise PcRefused(pc.name, say("the PC is not in use"))
    now = session.segments[-1].tariff.players
    choice = PlayersChoice(
        session_id=session.id,
        now=now,
        players=players or now,
        extra_micros=center.settings.payment.extra_player_price_micros,
        until=session.shown_end(at),
    )
    if choice.players == now:
        return choice
    _, group_id = account_of(read, center.id, session.member_id)
    tariff = tariff_for(
        price_list(read, center),
        pc.pc_group_id,
        group_id,
        zone=center.zone_name,
        discount=pc_time_discount(read, center.id, group_id) if session.kind == MEMBER else 0,
        players=choice.players,
    )
    try:
        check_change(pc, session, choice.players, at)
        plan = plan_players(read, center, session, tariff, at)
    except AppError as error:
        return msgspec.structs.replace(choice, why_not=error)
    return msgspec.structs.replace(choice, until=plan.shown_end(at))


def sum_to_fill(read: Read, wanted: QuoteWanted, options: StartOptions) -> int | None:
    """The sum that stands in a sale when it is shown, in micros; None: what was typed stays.

    Untouched it is the price of a length of time; when the number of players changes, that of the
    same length for them.
    """
    form = wanted.form
    if not form.amount:
        return options.asked_micros if form.minutes or not options.is_running else None
    if options.is_running or form.priced_players in (0, form.players):
        return None
    return _for_players(read, wanted, options)


def _for_players(read: Read, wanted: QuoteWanted, options: StartOptions) -> int | None:
    """What the length that the sum bought so far costs for other players; None where the sum is
    that of no length that is offered: somebody typed it."""
    center, form = wanted.center, wanted.form
    before, after = (
        lengths_for(
            price_list(read, center),
            center,
            options.pc_group_id,
            wanted.at,
            players=players,
            payment=tender_shown(center, form.payment),
        )
        for players in (form.priced_players, form.players)
    )
    costs = {HOUR_MINUTES: before.price_of(HOUR_MINUTES)}
    costs |= {chip.minutes: chip.cost_micros for chip in before.chips(center)}
    try:
        amount = read_amount(form.amount, center.currency, field="amount")
    except InvalidInput:
        return None
    length = next((minutes for minutes, cost in costs.items() if cost == amount), None)
    return None if length is None else after.price_of(length)
