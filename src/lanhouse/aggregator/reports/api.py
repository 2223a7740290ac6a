"""External API: playerDailyReport, reconcile."""

from __future__ import annotations

from lanhouse.aggregator.agents.call import AgentCall, ExternalRoutes
from lanhouse.aggregator.reports.queries import reconciled, report_hours_of
from lanhouse.aggregator.reports.rules import by_day, by_hour, hours_of, sums_from, zone_of
from lanhouse.aggregator.reports.schemas import (
    COMPARED_BYTES_MAX,
    DifferingOut,
    ReconcileIn,
    ReconcileOut,
    ReconcileQuery,
    ReportIn,
    ReportItemOut,
    ReportOut,
    ReportPageIn,
    ReportQuery,
    TypeSumOut,
)
from lanhouse.aggregator.rounds.rules import PER_PAGE_MAX, plain_amount, window_of
from lanhouse.aggregator.rounds.rules.sums import Sums
from lanhouse.aggregator.rounds.schemas import PaginateOut
from lanhouse.aggregator.wire import MICRO_DECIMALS, check_currency
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import format_plain, parse_micros
from lanhouse.kit.pages import offset_of

routes = ExternalRoutes("Reports")


@routes.post("/playerDailyReport", right="agent.call", source="seed: External API, 9")
async def player_daily_report(call: AgentCall, data: ReportIn) -> ReportOut:
    """What a player's closed rounds come to, by hour or day, newest first; all amounts in the
    agent's base currency."""
    with call.naming():
        from_at, to_at = window_of(data.start, data.to, clock.now())
        zone = zone_of(data.timezone)
    first_hour, last_hour = hours_of(from_at, to_at)
    asked = ReportQuery(
        agent_id=call.agent.id,
        username=data.username,
        game_id=data.game_id,
        round_code=data.round_id,
        first_hour=first_hour,
        last_hour=last_hour,
    )
    hours = await call.read(report_hours_of, asked)
    rows = by_day(hours, zone) if data.granularity == "day" else by_hour(hours)
    paginate = data.paginate or ReportPageIn()
    per_page = min(paginate.per_page, PER_PAGE_MAX)
    begin = offset_of(paginate.page, per_page)
    shown = rows[begin : begin + per_page]
    return ReportOut(
        [_item(begins_at, sums_from(counted)) for begins_at, counted in shown],
        PaginateOut(paginate.page, per_page, len(rows) > begin + per_page),
    )


def _item(begins_at: str, sums: Sums) -> ReportItemOut:
    return ReportItemOut(
        player_win_loss=plain_amount(sums.win_loss),
        valid_turn_over=plain_amount(sums.turnover),
        agent_win_loss=plain_amount(sums.agent_win_loss),
        agent_commission=plain_amount(sums.commission),
        agent_contribution=plain_amount(sums.contribution),
        player_free_round=plain_amount(sums.free_win),
        agent_free_round=plain_amount(-sums.free_win),
        free_round_count=sums.free_rounds,
        timestamp=begins_at,
    )


@routes.post(
    "/reconcile",
    right="agent.call",
    source="aggregator-domain 4",
    upload_bytes_max=COMPARED_BYTES_MAX,
)
async def reconcile(call: AgentCall, data: ReconcileIn) -> ReconcileOut:
    """What moved players' money in a window, and where the caller's own list differs from it (an
    addition of ours). Bets that were rolled back, and their rollbacks, are left out on both sides.
    """
    with call.naming():
        from_at, to_at = window_of(data.start, data.to, clock.now())
    check_currency(call.agent, data.currency)
    there = None if data.transactions is None else _listed(data)
    asked = ReconcileQuery(
        agent=call.agent,
        currency=data.currency,
        from_at=from_at,
        to_at=to_at,
        there=there,
    )
    found = await call.read(reconciled, asked)
    return ReconcileOut(
        count=sum(one.count for one in found.types),
        sum=format_plain(sum(one.sum_micros for one in found.types)),
        types=[
            TypeSumOut(one.type, one.count, format_plain(one.sum_micros)) for one in found.types
        ],
        missing_here=found.missing_here,
        missing_there=found.missing_there,
        differing=[
            DifferingOut(tx_id, format_plain(here), format_plain((there or {})[tx_id]))
            for tx_id, here in found.differing
        ],
        more=found.is_cut,
    )


def _listed(data: ReconcileIn) -> dict[str, int]:
    """Micros by transaction id. Raises InvalidInput for an id that stands there twice."""
    found: dict[str, int] = {}
    for place, one in enumerate(data.transactions or ()):
        if one.tx_id in found:
            raise InvalidInput({f"transactions.{place}.txId": "is given twice"})
        found[one.tx_id] = parse_micros(one.amount, decimals=MICRO_DECIMALS, signed=True)
    return found
