"""Deposits and withdrawals of one agent, many at once: what keeps its wallet fast.

The agent's wallet is locked by every call. A batch for what has gathered locks it once.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import sqlalchemy as sa

from lanhouse.aggregator.errors import PlayerInactive, PlayerNotFound, PlayerSelfExcluded
from lanhouse.aggregator.players.tables import players
from lanhouse.aggregator.protection.commands import is_excluded
from lanhouse.aggregator.protection.tables import player_guards
from lanhouse.aggregator.wallet.commands.moving import (
    RECORD,
    moved_of,
    open_wallet,
    record_of,
    shortage_of,
    transfer_of,
)
from lanhouse.aggregator.wallet.queries import with_guard
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move, Moved
from lanhouse.aggregator.wallet.tables import player_wallets, wallet_moves
from lanhouse.db.statements import Row, among, known_among, static
from lanhouse.db.store import ALONE, Retry, Tx
from lanhouse.kit.errors import AppError
from lanhouse.ledger import InsufficientFunds
from lanhouse.ledger.batch import post_many

_SIDES = static(
    sa.select(
        players.c.id,
        players.c.username,
        players.c.is_active,
        player_guards.c.excluded_until,
        player_guards.c.has_limits,
        player_wallets.c.account_id,
    )
    .select_from(
        with_guard(players).outerjoin(
            player_wallets,
            (player_wallets.c.agent_id == players.c.agent_id)
            & (player_wallets.c.player_id == players.c.id)
            & (player_wallets.c.currency == sa.bindparam("currency")),
        )
    )
    .where(players.c.agent_id == sa.bindparam("agent"), among(players.c.username, "usernames"))
)
_OF_AGENT = wallet_moves.c.agent_id == sa.bindparam("agent")
_USED_IDS = static(known_among(wallet_moves.c.client_tx_id, "wanted", _OF_AGENT))


class MoveMany:
    """The batched form of move_money."""

    def key_of(self, move: Move) -> Hashable | None:
        """Movements of one agent in one currency share a batch."""
        return move.agent.id, move.currency

    def run(self, tx: Tx, moves: list[Move]) -> list[Any]:
        """Moved or the refusal of each; ALONE for a withdrawal from no wallet, a used id and a
        deposit of a limited player.

        A refused first deposit leaves its wallet open at zero, as a launch does: nobody sees it.
        """
        currency = moves[0].agent.currencies.get(moves[0].currency)
        if currency is None:
            return [ALONE] * len(moves)
        sides = _sides(tx, moves)
        used = _used_ids(tx, moves)
        outcomes: list[Any] = []
        for move in moves:
            outcomes.append(_first_look(tx, move, sides.get(move.username), used))
            if move.client_tx_id is not None:
                used.add(move.client_tx_id)
        ready = [index for index, outcome in enumerate(outcomes) if outcome is None]
        agent_account = currency.account_id
        wallets = _wallets(tx, [(moves[index], sides[moves[index].username]) for index in ready])
        accounts = {index: wallets[moves[index].username] for index in ready}
        posted = post_many(
            tx, [transfer_of(moves[index], agent_account, accounts[index]) for index in ready]
        )
        records: list[dict[str, Any]] = []
        for index, done in zip(ready, posted, strict=True):
            if isinstance(done, InsufficientFunds):
                outcomes[index] = shortage_of(done, accounts[index])
            elif isinstance(done, AppError):
                outcomes[index] = done
            else:
                moved: Moved = moved_of(tx, moves[index], done, agent_account, accounts[index])
                outcomes[index] = moved
                player_id = sides[moves[index].username].id
                records.append(record_of(moves[index], moved, player_id, done.transfer_id))
        if tx.run_many(RECORD, records) != len(records):
            raise Retry  # another process used one of the ids meanwhile
        return outcomes


def _first_look(tx: Tx, move: Move, side: Row | None, used: set[str]) -> Any:
    """What can be said before any money moves: a refusal, ALONE, or None to go on."""
    if side is None:
        return PlayerNotFound()
    if move.kind == DEPOSIT and not side.is_active:
        return PlayerInactive()
    if move.kind == DEPOSIT and is_excluded(side.excluded_until, tx.now):
        return PlayerSelfExcluded()
    if move.kind == DEPOSIT and side.has_limits:
        return ALONE
    if move.client_tx_id in used or (side.account_id is None and move.kind != DEPOSIT):
        return ALONE
    return None


def _wallets(tx: Tx, wanted: list[tuple[Move, Row]]) -> dict[str, int]:
    """The ledger accounts by username; a first deposit opens the wallet, by rising player id."""
    found: dict[str, int] = {}
    for move, side in sorted(wanted, key=lambda pair: pair[1].id):
        if move.username not in found:
            found[move.username] = side.account_id or open_wallet(
                tx, move.agent.id, side.id, move.currency
            )
    return found


def _sides(tx: Tx, moves: list[Move]) -> dict[str, Row]:
    rows = tx.all(
        _SIDES,
        agent=moves[0].agent.id,
        currency=moves[0].currency,
        usernames=sorted({move.username for move in moves}),
    )
    return {row.username: row for row in rows}


def _used_ids(tx: Tx, moves: list[Move]) -> set[str]:
    wanted = [move.client_tx_id for move in moves if move.client_tx_id is not None]
    if not wanted:
        return set()
    rows = tx.all(_USED_IDS, agent=moves[0].agent.id, wanted=wanted)
    return {row.client_tx_id for row in rows}
