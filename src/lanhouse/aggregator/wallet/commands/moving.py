"""The parts of a movement that its single and its batched form share."""

from __future__ import annotations

from typing import Any

from lanhouse.aggregator.errors import AgentInsufficientBalance, PlayerInsufficientBalance
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move, Moved
from lanhouse.aggregator.wallet.tables import player_wallets, wallet_moves
from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.kit import ids
from lanhouse.kit.errors import AppError
from lanhouse.ledger import (
    InsufficientFunds,
    Posted,
    Posting,
    Transfer,
    book_of_agent,
    open_account,
)

RECORD = static(insert_ignore(wallet_moves))
"""Writes a movement's row; touches none when the caller's id is used already."""

_ADD_WALLET = static(insert_ignore(player_wallets))


def open_wallet(tx: Tx, agent_id: int, player_id: int, currency: str) -> int:
    """Open a player's wallet at zero, unless it is open; answers its ledger account."""
    book = book_of_agent(agent_id)
    account = open_account(tx, book, "player", player_id, "balance", currency)
    tx.run(
        _ADD_WALLET,
        agent_id=agent_id,
        player_id=player_id,
        currency=currency,
        account_id=account,
    )
    return account


def transfer_of(move: Move, agent_account: int, player_account: int) -> Transfer:
    """The ledger's side of a movement."""
    to_player = move.amount_micros if move.kind == DEPOSIT else -move.amount_micros
    return Transfer(
        book_id=book_of_agent(move.agent.id),
        kind=f"player_{move.kind}",
        postings=[Posting(agent_account, -to_player), Posting(player_account, to_player)],
        actor_kind="agent",
        actor_id=move.caller_id or move.agent.id,
    )


def shortage_of(short: InsufficientFunds, player_account: int) -> AppError:
    """Whose wallet did not cover the amount."""
    if short.account_id == player_account:
        return PlayerInsufficientBalance()
    return AgentInsufficientBalance()


def moved_of(tx: Tx, move: Move, posted: Posted, agent_account: int, player_account: int) -> Moved:
    """What the movement did, with new ids for the wire."""
    return Moved(
        tx_id=ids.wire_id(),
        agent_tx_id=ids.wire_id(),
        player_tx_id=ids.wire_id(),
        currency=move.currency,
        agent_before_micros=posted.before[agent_account],
        agent_after_micros=posted.after[agent_account],
        player_before_micros=posted.before[player_account],
        player_after_micros=posted.after[player_account],
        at=tx.now,
    )


def record_of(move: Move, moved: Moved, player_id: int, transfer_id: int) -> dict[str, Any]:
    """The row of a movement, for RECORD."""
    return {
        "agent_id": move.agent.id,
        "tx_id": moved.tx_id,
        "agent_tx_id": moved.agent_tx_id,
        "player_tx_id": moved.player_tx_id,
        "client_tx_id": move.client_tx_id,
        "kind": move.kind,
        "player_id": player_id,
        "currency": move.currency,
        "amount_micros": move.amount_micros,
        "agent_before_micros": moved.agent_before_micros,
        "agent_after_micros": moved.agent_after_micros,
        "player_before_micros": moved.player_before_micros,
        "player_after_micros": moved.player_after_micros,
        "transfer_id": transfer_id,
        "at": moved.at,
        "address": move.address,
    }
