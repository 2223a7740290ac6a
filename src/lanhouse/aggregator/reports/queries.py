"""Reads of the kept sums, and of both sides of a ledger; always inside one agent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lanhouse.aggregator.players.queries import player_by_username
from lanhouse.aggregator.reports.rules import COUNTED, Counted, counted_of
from lanhouse.aggregator.reports.schemas import (
    COMPARED_MAX,
    Reconciled,
    ReconcileQuery,
    ReportQuery,
    TypeSum,
)
from lanhouse.aggregator.rounds.commands.reports import hour_of
from lanhouse.aggregator.rounds.commands.rows import is_record, record_of
from lanhouse.aggregator.rounds.queries import records_of_round
from lanhouse.aggregator.rounds.rules.sums import Sums, sums_of
from lanhouse.aggregator.rounds.schemas import State, TxType
from lanhouse.aggregator.rounds.tables import game_rounds, game_transactions, report_hours
from lanhouse.aggregator.wallet.schemas import DEPOSIT
from lanhouse.aggregator.wallet.tables import wallet_moves
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Read
from lanhouse.kit.money import MICROS

_hours, _txs, _moves = report_hours.c, game_transactions.c, wallet_moves.c
_REPORT = (
    sa.select(_hours.hour, *(sa.func.sum(_hours[name]).label(name) for name in COUNTED))
    .where(
        _hours.agent_id == sa.bindparam("agent"),
        _hours.player_id == sa.bindparam("player"),
        _hours.hour >= sa.bindparam("first"),
        _hours.hour < sa.bindparam("last"),
    )
    .group_by(_hours.hour)
    .order_by(_hours.hour.desc())
)
_OF_ALL_GAMES = static(_REPORT)
_OF_GAME = static(_REPORT.where(_hours.game_id == sa.bindparam("game")))
# A round is found by its transactions: their index leads with its code, that of rounds does not.
_ROUNDS_OF_CODE = static(
    sa.select(game_rounds)
    .where(
        game_rounds.c.id.in_(
            sa.select(_txs.round_id).where(
                _txs.agent_id == sa.bindparam("agent"),
                _txs.round_code == sa.bindparam("the_code"),
                _txs.player_id == sa.bindparam("player"),
            )
        ),
        game_rounds.c.closed_at.is_not(None),
    )
    .order_by(game_rounds.c.id)
)


def report_hours_of(read: Read, asked: ReportQuery) -> list[tuple[int, Counted]]:
    """What the player's rounds come to by hour (since 1970), newest first; hours without play are
    left out.

    Of one round they come from its records, else from the kept sums. Raises PlayerNotFound.
    """
    player = player_by_username(read, asked.agent_id, asked.username)
    if asked.round_code:
        return _hours_of_round(read, asked, player.id)
    given = {
        "agent": asked.agent_id,
        "player": player.id,
        "first": asked.first_hour,
        "last": asked.last_hour,
    }
    if asked.game_id:
        rows = read.all(_OF_GAME, **given, game=asked.game_id)
    else:
        rows = read.all(_OF_ALL_GAMES, **given)
    # PostgreSQL answers sums of whole numbers as decimals.
    return [(row[0], tuple(map(int, row[1:]))) for row in rows if any(row[1:])]


def _hours_of_round(read: Read, asked: ReportQuery, player_id: int) -> list[tuple[int, Counted]]:
    rounds = read.all(
        _ROUNDS_OF_CODE, agent=asked.agent_id, the_code=asked.round_code, player=player_id
    )
    found: dict[int, Sums] = defaultdict(Sums)
    for row in rounds:
        hour = hour_of(row.closed_at)
        is_asked = asked.game_id in (None, "", row.game_id)
        if is_asked and asked.first_hour <= hour < asked.last_hour:
            records = [record_of(one) for one in records_of_round(read, row.id) if is_record(one)]
            found[hour] = found[hour].plus(sums_of(records, is_settled=row.win_micros is not None))
    return [
        (hour, counted_of(found[hour]))
        for hour in sorted(found, reverse=True)
        if found[hour] != Sums()
    ]


def _parts(amount: sa.ColumnElement[int]) -> tuple[Any, Any]:
    """The sums of an amount's whole units and of the rest: neither leaves 64 bits."""
    units = amount.op("/")(MICROS)
    return sa.func.sum(units).label("units"), sa.func.sum(amount - units * MICROS).label("rest")


_IS_COUNTED = (_txs.state == str(State.COMMITTED)) & (_txs.tx_type != int(TxType.ROLLBACK))
"""Of a bet that was rolled back and its rollback neither counts, on both sides."""
_GAMES_IN_WINDOW = (
    _txs.agent_id == sa.bindparam("agent"),
    _txs.player_currency == sa.bindparam("the_currency"),
    _txs.received_at >= sa.bindparam("begin", type_=_txs.received_at.type),
    _txs.received_at <= sa.bindparam("end", type_=_txs.received_at.type),
    _IS_COUNTED,
)
_GAME_SUMS = static(
    sa.select(_txs.tx_type, sa.func.count().label("count"), *_parts(_txs.player_amount_micros))
    .where(*_GAMES_IN_WINDOW)
    .group_by(_txs.tx_type)
    .order_by(_txs.tx_type)
)
_GAME_IDS = static(
    sa.select(_txs.code.label("tx_id"), _txs.received_at.label("at"))
    .where(*_GAMES_IN_WINDOW)
    .order_by(_txs.received_at, _txs.id)
    .limit(sa.bindparam("most"))
)
_GAMES_NAMED = static(
    sa.select(
        _txs.code.label("tx_id"),
        _txs.player_amount_micros.label("amount_micros"),
        _txs.player_currency.label("currency"),
        _txs.tx_type,
        _txs.state,
    ).where(_txs.agent_id == sa.bindparam("agent"), among(_txs.code, "ids"))
)
_MOVES_IN_WINDOW = (
    _moves.agent_id == sa.bindparam("agent"),
    _moves.currency == sa.bindparam("the_currency"),
    _moves.at >= sa.bindparam("begin", type_=_moves.at.type),
    _moves.at <= sa.bindparam("end", type_=_moves.at.type),
)
_MOVE_SUMS = static(
    sa.select(_moves.kind, sa.func.count().label("count"), *_parts(_moves.amount_micros))
    .where(*_MOVES_IN_WINDOW)
    .group_by(_moves.kind)
    .order_by(_moves.kind)
)
_MOVE_IDS = static(
    sa.select(_moves.tx_id, _moves.at)
    .where(*_MOVES_IN_WINDOW)
    .order_by(_moves.at, _moves.tx_id)
    .limit(sa.bindparam("most"))
)
_MOVES_NAMED = static(
    sa.select(_moves.tx_id, _moves.kind, _moves.amount_micros, _moves.currency).where(
        _moves.agent_id == sa.bindparam("agent"), among(_moves.tx_id, "ids")
    )
)


def reconciled(read: Read, asked: ReconcileQuery) -> Reconciled:
    """Our sums of the window, and where the caller's list differs from what we have.

    The sums are the database's; of single rows only those are read that the list names, and as
    many of the window's as can tell which are not in it.
    """
    types = _type_sums(read, asked)
    if asked.there is None:
        return Reconciled(
            types=types, missing_here=[], missing_there=[], differing=[], is_cut=False
        )
    here = _named(read, asked)
    missing_here = [tx_id for tx_id in asked.there if tx_id not in here]
    differing = [
        (tx_id, here_micros)
        for tx_id, there in asked.there.items()
        if (here_micros := here.get(tx_id)) is not None and here_micros != there
    ]
    missing_there = [row.tx_id for row in _in_window(read, asked) if row.tx_id not in asked.there]
    return Reconciled(
        types=types,
        missing_here=missing_here,
        missing_there=missing_there[:COMPARED_MAX],
        differing=differing,
        is_cut=len(missing_there) > COMPARED_MAX,
    )


def _window(asked: ReconcileQuery) -> dict[str, Any]:
    return {
        "agent": asked.agent.id,
        "the_currency": asked.currency,
        "begin": asked.from_at,
        "end": asked.to_at,
    }


def _type_sums(read: Read, asked: ReconcileQuery) -> list[TypeSum]:
    window = _window(asked)
    found: list[TypeSum] = []
    for row in read.all(_MOVE_SUMS, **window):
        sum_micros = int(row.units) * MICROS + int(row.rest)
        found.append(TypeSum(row.kind, row.count, _signed(row.kind, sum_micros)))
    for row in read.all(_GAME_SUMS, **window):
        sum_micros = int(row.units) * MICROS + int(row.rest)
        found.append(TypeSum(TxType(row.tx_type).name.lower(), row.count, sum_micros))
    return found


def _signed(kind: str, amount_micros: int) -> int:
    """From the player's side."""
    return amount_micros if kind == DEPOSIT else -amount_micros


def _named(read: Read, asked: ReconcileQuery) -> dict[str, int | None]:
    """The amounts of the named transactions that we have in this currency, wherever they lie; None
    for what is left out on both sides."""
    ids = list(asked.there or ())
    found: dict[str, int | None] = {}
    for row in read.all(_GAMES_NAMED, agent=asked.agent.id, ids=ids):
        if row.state == State.ROLLED_BACK or row.tx_type == TxType.ROLLBACK:
            found[row.tx_id] = None
        elif row.state == State.COMMITTED and row.currency == asked.currency:
            found[row.tx_id] = row.amount_micros
    for row in read.all(_MOVES_NAMED, agent=asked.agent.id, ids=ids):
        if row.currency == asked.currency:
            found[row.tx_id] = _signed(row.kind, row.amount_micros)
    return found


def _in_window(read: Read, asked: ReconcileQuery) -> Iterable[Row]:
    """The window's transactions, oldest first: as many as hold COMPARED_MAX that are not named, and
    one more."""
    most = len(asked.there or ()) + COMPARED_MAX + 1
    games: Sequence[Row] = read.all(_GAME_IDS, **_window(asked), most=most)
    moves: Sequence[Row] = read.all(_MOVE_IDS, **_window(asked), most=most)
    return sorted([*games, *moves], key=_time)[:most]


def _time(row: Row) -> datetime:
    return row.at
