"""External API: history, gameLogs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from lanhouse.aggregator.agents.call import AgentCall, ExternalRoutes
from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.catalog.queries import find_game
from lanhouse.aggregator.errors import GameNotFound
from lanhouse.aggregator.providers.port import RoundLog
from lanhouse.aggregator.providers.registry import PROVIDERS
from lanhouse.aggregator.rounds.queries import history_page, records_of_round, round_for_log
from lanhouse.aggregator.rounds.rules import PER_PAGE_MAX, rate_text, window_of
from lanhouse.aggregator.rounds.schemas import (
    AmountOut,
    AmountsOut,
    GameLogsIn,
    GameLogsOut,
    HandOut,
    HistoryGameOut,
    HistoryGroupOut,
    HistoryIn,
    HistoryItemOut,
    HistoryOut,
    HistoryProviderOut,
    HistoryQuery,
    LogQuery,
    LogResultOut,
    LogTransactionOut,
    PaginateIn,
    PaginateOut,
    PocketOut,
    RowOut,
    TxType,
    TxTypeOut,
    UserInGameOut,
)
from lanhouse.aggregator.wire import check_texts, wire_time
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.money import format_plain

routes = ExternalRoutes("History")

FREE_ROUND_FLAG = "free_round"
"""The flag of a bet and a settlement that a campaign gave."""


@routes.post("/history", right="agent.call", source="seed: External API, 8")
async def history(call: AgentCall, data: HistoryIn) -> HistoryOut:
    """Bets and settlements, newest first; without a window the last 7 days."""
    check_texts(call, data)
    with call.naming():
        from_at, to_at = window_of(data.start, data.to, clock.now())
    if data.round_id is not None and data.start is None and data.to is None:
        from_at = clock.from_micros(0)  # a round is looked up, however old it is
    paginate = data.paginate or PaginateIn()
    asked = HistoryQuery(
        agent=call.agent,
        username=data.username,
        game_id=data.game_id,
        round_code=data.round_id,
        from_at=from_at,
        to_at=to_at,
        page=paginate.page,
        per_page=min(paginate.per_page, PER_PAGE_MAX),
        after=paginate.after,
    )
    rows, has_next = await call.read(history_page, asked)
    groups: dict[str, HistoryGroupOut] = {}
    for row in rows:
        group = groups.setdefault(row.settle_currency, HistoryGroupOut([]))
        group.items.append(_item(call.agent, row))
    pages = PaginateOut(asked.page, asked.per_page, has_next)
    return HistoryOut(groups, pages, True if rows and call.agent.is_test else UNSET)


def _item(agent: Agent, row: Any) -> HistoryItemOut:
    game_name, category = _names(row.game_id)
    return HistoryItemOut(
        id=row.code,
        provider=HistoryProviderOut(row.provider_id, row.provider_name or row.provider_id),
        user_in_game=UserInGameOut(
            user_in_game=f"{row.player_code}-{row.provider_currency}",
            player_id=row.player_code,
            agent_id=agent.id,
            agent_prefix=agent.prefix,
            currency=row.provider_currency,
            username=row.username,
        ),
        game=HistoryGameOut(row.game_id, game_name, category),
        round_id=row.round_code,
        wallet_tx_id=row.wallet_tx_id,
        provider_tx_id=row.provider_tx_id,
        tx_type=TxTypeOut(
            row.tx_type,
            TxType(row.tx_type).label,
            "" if row.free_round_code is None else FREE_ROUND_FLAG,
        ),
        amount=AmountOut(
            player_currency=row.player_currency,
            settle_currency=row.settle_currency,
            player_to_settle_rate=rate_text(row.settle_rate),
            amount=AmountsOut(
                provider_amount=format_plain(row.provider_amount_micros),
                player_amount=format_plain(row.player_amount_micros),
                settle_amount=row.settle_amount,
            ),
        ),
        wallet_before_balance=format_plain(row.before_micros),
        wallet_after_balance=format_plain(row.after_micros),
        received_at=wire_time(row.received_at),
    )


def _names(game_id: str) -> tuple[str, str]:
    """The game's name and category; one taken off the list keeps its id."""
    try:
        _, game = find_game(game_id)
    except GameNotFound:
        return game_id, ""
    return game.name, game.category.id


@routes.post("/gameLogs", right="agent.call", source="seed: External API, 10")
async def game_logs(call: AgentCall, data: GameLogsIn) -> GameLogsOut:
    """What happened in one round: its page, its rows and its money; unknown is `nodata`."""
    check_texts(call, data)
    with call.naming():
        from_at, to_at = window_of(data.start, data.to, clock.now())
    provider, game = find_game(data.game_id)
    asked = LogQuery(
        agent=call.agent,
        username=data.username,
        game_id=data.game_id,
        round_code=data.round_id,
        from_at=from_at,
        to_at=to_at,
    )
    records, log = await call.read(_log, asked)
    result = LogResultOut("nodata", "", game.name, "")
    if log is not None:
        url = call.settings.base_url + log.page_path
        result = LogResultOut(log.log_type, url, game.name, log.result)
    return GameLogsOut(
        provider_id=provider.id,
        game_type=game.category.label,
        game_name=game.name,
        round_id=data.round_id,
        result=result,
        transactions=[_transaction(record) for record in records],
        hands=None if log is None else _all(HandOut, log.hands),
        pockets=None if log is None else _all(PocketOut, log.pockets),
        dices=None if log is None or not log.dices else list(log.dices),
        rows=None if log is None else [RowOut(key, value) for key, value in log.rows],
    )


def _all(kind: type[Any], found: Sequence[msgspec.Struct]) -> list[Any] | None:
    """What a provider tells, in the names of the wire; None where there is nothing."""
    return [msgspec.convert(each, kind, from_attributes=True) for each in found] or None


def _log(read: Read, asked: LogQuery) -> tuple[list[Any], RoundLog | None]:
    row = round_for_log(read, asked)
    if row is None:
        return [], None
    return records_of_round(read, row.id), PROVIDERS[row.provider_id].round_log(read, row.id)


def _transaction(record: Any) -> LogTransactionOut:
    return LogTransactionOut(
        id=record.provider_tx_id,
        type=TxType(record.tx_type).label,
        provider_amount=format_plain(record.provider_amount_micros),
        provider_currency=record.provider_currency,
        player_amount=format_plain(record.player_amount_micros),
        player_currency=record.player_currency,
        before_balance=format_plain(record.before_micros),
        after_balance=format_plain(record.after_micros),
        created_at=wire_time(record.received_at),
    )
