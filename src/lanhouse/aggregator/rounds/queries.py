"""Reads of rounds and their money records; always inside one agent."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from lanhouse.aggregator.players.queries import player_by_username
from lanhouse.aggregator.players.tables import players
from lanhouse.aggregator.rounds.schemas import HistoryQuery, LogQuery
from lanhouse.aggregator.rounds.tables import game_rounds, game_transactions
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput

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
    sa.select(game_rounds).where(game_rounds.c.code == sa.bindparam("the_code"))
)
_RECORDS_OF_ROUND = static(
    sa.select(game_transactions)
    .where(game_transactions.c.round_id == sa.bindparam("round"))
    .order_by(game_transactions.c.id)
)


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
    records = game_transactions.c
    statement = (
        sa.select(game_transactions, players.c.username, players.c.code.label("player_code"))
        .join(players, players.c.id == records.player_id)
        .where(
            records.agent_id == asked.agent.id,
            records.received_at >= asked.from_at,
            records.received_at <= asked.to_at,
        )
    )
    if asked.username:
        player = player_by_username(read, asked.agent.id, asked.username)
        statement = statement.where(records.player_id == player.id)
    if asked.game_id:
        statement = statement.where(records.game_id == asked.game_id)
    if asked.round_code:
        statement = statement.where(records.round_code == asked.round_code)
    if asked.after:
        statement = statement.where(_behind(read, asked.agent.id, asked.after))
    skipped = 0 if asked.after else (asked.page - 1) * asked.per_page
    rows = read.all(
        statement.order_by(records.received_at.desc(), records.id.desc())
        .offset(skipped)
        .limit(asked.per_page + 1)
    )
    return rows[: asked.per_page], len(rows) > asked.per_page


def _behind(read: Read, agent_id: int, code: str) -> sa.ColumnElement[bool]:
    """The condition "comes after this record in the list". Raises InvalidInput."""
    records = game_transactions.c
    last = read.one(
        sa.select(records.received_at, records.id).where(
            records.agent_id == agent_id, records.code == code
        )
    )
    if last is None:
        field = "paginate.after"  # inside an object of the body, where no mark of the call reaches
        raise InvalidInput({field: "is not the id of a record"})
    same_time = (records.received_at == last.received_at) & (records.id < last.id)
    return (records.received_at < last.received_at) | same_time


def round_for_log(read: Read, asked: LogQuery) -> Row | None:
    """The round that all of player, game, id and window name, or None. Raises PlayerNotFound."""
    player = player_by_username(read, asked.agent.id, asked.username)
    row = read.one(_ROUND_BY_CODE, the_code=asked.round_code)
    if row is None or row.player_id != player.id or row.game_id != asked.game_id:
        return None
    return row if asked.from_at <= row.opened_at <= asked.to_at else None


def round_by_code(read: Read, code: str) -> Row | None:
    """The round with this id on the wire, or None; the id is the secret that opens its page."""
    return read.one(_ROUND_BY_CODE, the_code=code)


def records_of_round(read: Read, round_id: int) -> list[Row]:
    """The round's money records in the order they happened."""
    return read.all(_RECORDS_OF_ROUND, round=round_id)
