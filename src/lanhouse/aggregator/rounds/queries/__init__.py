"""Reads of rounds and their money records; always inside one agent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.aggregator.errors import TransactionNotFound
from lanhouse.aggregator.players.queries import player_by_username
from lanhouse.aggregator.players.tables import players
from lanhouse.aggregator.providers.tables import providers
from lanhouse.aggregator.rounds.schemas import HistoryQuery, LogQuery, TxType
from lanhouse.aggregator.rounds.tables import game_rounds, game_transactions
from lanhouse.db.listing import Condition, Listing, by
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.pages import offset_of

_OUTSTANDING = static(
    sa.select(sa.func.coalesce(sa.func.sum(game_rounds.c.bet_micros), 0))
    .join(players, players.c.id == game_rounds.c.player_id)
    .where(
        game_rounds.c.agent_id == sa.bindparam("agent"),
        players.c.username == sa.bindparam("name"),
        players.c.agent_id == sa.bindparam("agent_of_player"),
        game_rounds.c.currency == sa.bindparam("the_currency"),
        game_rounds.c.closed_at.is_(None),
    )
)
_ROUND_BY_CODE = static(
    sa.select(game_rounds).where(
        game_rounds.c.agent_id == sa.bindparam("agent"),
        game_rounds.c.player_id == sa.bindparam("player"),
        game_rounds.c.code == sa.bindparam("the_code"),
        game_rounds.c.game_id == sa.bindparam("game"),
    )
)
_RECORDS_OF_ROUND = static(
    sa.select(game_transactions)
    .where(
        game_transactions.c.round_id == sa.bindparam("round"),
        game_transactions.c.received_at.is_not(None),
    )
    .order_by(game_transactions.c.id)
)
_reverses = game_transactions.alias("reverses")
_reversed_by = game_transactions.alias("reversed_by")
_TRANSACTION = (
    sa.select(
        game_transactions,
        players.c.username,
        _reverses.c.code.label("reverses_code"),
        _reversed_by.c.code.label("reversed_by_code"),
    )
    .select_from(
        game_transactions.join(players, players.c.id == game_transactions.c.player_id)
        .outerjoin(_reverses, _reverses.c.id == game_transactions.c.reverses_id)
        .outerjoin(_reversed_by, _reversed_by.c.id == game_transactions.c.reversed_by_id)
    )
    .where(game_transactions.c.agent_id == sa.bindparam("agent"))
)
_BY_CODE = static(_TRANSACTION.where(game_transactions.c.code == sa.bindparam("the_code")))
_OF_PROVIDER = static(
    _TRANSACTION.where(
        game_transactions.c.provider_id == sa.bindparam("provider"),
        game_transactions.c.provider_tx_id == sa.bindparam("provider_tx"),
        game_transactions.c.tx_type == sa.bindparam("the_type"),
    )
)


def transaction_by_code(read: Read, agent_id: int, code: str) -> Row | None:
    """What a game moved or tried to, by our id of it; None: no game's."""
    return read.one(_BY_CODE, agent=agent_id, the_code=code)


def transaction_of_provider(
    read: Read, agent_id: int, provider_id: str, provider_tx_id: str, tx_type: TxType
) -> Row:
    """The same by the provider's id and type. Raises TransactionNotFound."""
    row = read.one(
        _OF_PROVIDER,
        agent=agent_id,
        provider=provider_id,
        provider_tx=provider_tx_id,
        the_type=int(tx_type),
    )
    if row is None:
        raise TransactionNotFound
    return row


def outstanding_micros(read: Read, agent_id: int, username: str, currency: str) -> int:
    """The bets of the player's rounds that are still open, in micros."""
    total = read.scalar(
        _OUTSTANDING,
        agent=agent_id,
        agent_of_player=agent_id,
        name=username,
        the_currency=currency,
    )
    return int(total)


def history_page(read: Read, asked: HistoryQuery) -> tuple[Sequence[Row], bool]:
    """One page of records, newest first, and whether there is another page.

    The flat list is paged, then grouped by the caller (row 12). Raises PlayerNotFound.
    """
    if asked.username:
        player = player_by_username(read, asked.agent.id, asked.username)
        asked = msgspec.structs.replace(asked, player_id=player.id)
    after = _place_of(read, asked.agent.id, asked.after) if asked.after else None
    if after is not None:
        # What the cursor has passed is later: without this bound the index is read from the top.
        asked = msgspec.structs.replace(asked, to_at=min(asked.to_at, after[0]))
    skipped = 0 if asked.after else offset_of(asked.page, asked.per_page)
    part = RECORD_LIST.part(read, asked, after, asked.per_page, skipped)
    return part.rows, part.after is not None


records = game_transactions.c


def _conditions(asked: HistoryQuery) -> list[Condition]:
    found: list[Condition] = [
        records.agent_id == asked.agent.id,
        records.received_at >= asked.from_at,
        records.received_at <= asked.to_at,
    ]
    for column, value in (
        (records.player_id, asked.player_id),
        (records.game_id, asked.game_id),
        (records.round_code, asked.round_code),
    ):
        if value:
            found.append(column == value)
    return found


def _shown(_: HistoryQuery, page: Any) -> sa.Select[Any]:
    """Records with the name and the code of their player, and their provider's name."""
    return sa.select(
        game_transactions,
        players.c.username,
        players.c.code.label("player_code"),
        providers.c.name.label("provider_name"),
    ).select_from(
        page.join(game_transactions, records.id == page.c.id)
        .join(players, players.c.id == records.player_id)
        .outerjoin(providers, providers.c.id == records.provider_id)
    )


RECORD_LIST: Listing[HistoryQuery] = Listing(
    records.id, conditions=_conditions, usual=by(records.received_at), shown=_shown
)


def _place_of(read: Read, agent_id: int, code: str) -> tuple[datetime, int]:
    """Where the list stands behind this record. Raises InvalidInput."""
    last = read.one(
        sa.select(records.received_at, records.id).where(
            records.agent_id == agent_id, records.code == code
        )
    )
    if last is None:
        field = "paginate.after"  # inside an object of the body, where no mark of the call reaches
        raise InvalidInput({field: "is not the id of a record"})
    return last.received_at, last.id


def round_for_log(read: Read, asked: LogQuery) -> Row | None:
    """The round that all of player, game, id and window name, or None. Raises PlayerNotFound."""
    player = player_by_username(read, asked.agent.id, asked.username)
    row = read.one(
        _ROUND_BY_CODE,
        agent=asked.agent.id,
        player=player.id,
        the_code=asked.round_code,
        game=asked.game_id,
    )
    if row is None:
        return None
    return row if asked.from_at <= row.opened_at <= asked.to_at else None


def records_of_round(read: Read, round_id: int) -> list[Row]:
    """The round's money records in the order they happened."""
    return read.all(_RECORDS_OF_ROUND, round=round_id)
