"""Money between an agent's wallet and a player's: one transfer, one row, one answer."""

from __future__ import annotations

from typing import NoReturn

import sqlalchemy as sa

from lanhouse.aggregator.errors import (
    AgentInsufficientBalance,
    PlayerInactive,
    PlayerInsufficientBalance,
)
from lanhouse.aggregator.wallet.queries import move_by_id, sides_of_move
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move, Moved
from lanhouse.aggregator.wallet.tables import player_wallets, wallet_moves
from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Retry, Tx
from lanhouse.kit import ids
from lanhouse.kit.errors import Conflict
from lanhouse.ledger import (
    InsufficientFunds,
    Posting,
    Transfer,
    book_of_agent,
    open_account,
    post,
)

_RECORD = static(insert_ignore(wallet_moves).returning(wallet_moves.c.tx_id))
_ADD_WALLET = static(insert_ignore(player_wallets))
_WALLET = static(
    sa.select(player_wallets.c.account_id).where(
        player_wallets.c.agent_id == sa.bindparam("agent"),
        player_wallets.c.player_id == sa.bindparam("player"),
        player_wallets.c.currency == sa.bindparam("currency"),
    )
)


def move_money(tx: Tx, move: Move) -> Moved:
    """Deposit or withdraw.

    A deposit needs an active player; a withdrawal does not, so that money can always go back.
    Raises PlayerNotFound, CurrencyNotSupported, PlayerInactive, AgentInsufficientBalance,
    PlayerInsufficientBalance, and Conflict when the caller's id names another movement already.
    """
    agent_id = move.agent.id
    sides = sides_of_move(tx, agent_id, move.username, move.currency)
    is_deposit = move.kind == DEPOSIT
    if is_deposit and not sides.is_active:
        raise PlayerInactive
    player_account = sides.player_account_id
    if player_account is None:
        player_account = _open_wallet(tx, agent_id, sides.player_id, move.currency)
    to_player = move.amount_micros if is_deposit else -move.amount_micros
    try:
        posted = post(
            tx,
            Transfer(
                book_id=book_of_agent(agent_id),
                kind=f"player_{move.kind}",
                postings=[
                    Posting(sides.agent_account_id, -to_player),
                    Posting(player_account, to_player),
                ],
                actor_kind="agent",
                actor_id=agent_id,
            ),
        )
    except InsufficientFunds as short:
        if short.account_id == player_account:
            raise PlayerInsufficientBalance from None
        raise AgentInsufficientBalance from None
    moved = Moved(
        tx_id=ids.wire_id(),
        agent_tx_id=ids.wire_id(),
        player_tx_id=ids.wire_id(),
        currency=move.currency,
        agent_before_micros=posted.before[sides.agent_account_id],
        agent_after_micros=posted.after[sides.agent_account_id],
        player_before_micros=posted.before[player_account],
        player_after_micros=posted.after[player_account],
        at=tx.now,
    )
    _record(tx, move, moved, sides.player_id, posted.transfer_id)
    return moved


def wallet_account(tx: Tx, agent_id: int, player_id: int, currency: str) -> int:
    """The ledger account of a player's wallet, opened at zero when it is new."""
    found = tx.scalar(_WALLET, agent=agent_id, player=player_id, currency=currency)
    return found or _open_wallet(tx, agent_id, player_id, currency)


def _open_wallet(tx: Tx, agent_id: int, player_id: int, currency: str) -> int:
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


def _record(tx: Tx, move: Move, moved: Moved, player_id: int, transfer_id: int) -> None:
    recorded = tx.scalar(
        _RECORD,
        agent_id=move.agent.id,
        tx_id=moved.tx_id,
        agent_tx_id=moved.agent_tx_id,
        player_tx_id=moved.player_tx_id,
        client_tx_id=move.client_tx_id,
        kind=move.kind,
        player_id=player_id,
        currency=move.currency,
        amount_micros=move.amount_micros,
        agent_before_micros=moved.agent_before_micros,
        agent_after_micros=moved.agent_after_micros,
        player_before_micros=moved.player_before_micros,
        player_after_micros=moved.player_after_micros,
        transfer_id=transfer_id,
        at=moved.at,
    )
    if recorded is None:
        _refuse_used_id(tx, move, player_id)


def _refuse_used_id(tx: Tx, move: Move, player_id: int) -> NoReturn:
    """The caller's id is taken: by this very call sent twice at once, or by another movement."""
    known = move_by_id(tx, move.agent.id, None, move.client_tx_id)
    wanted = (move.kind, player_id, move.currency, move.amount_micros)
    if (known.kind, known.player_id, known.currency, known.amount_micros) == wanted:
        raise Retry  # its answer is stored by now, and starting over finds it
    raise Conflict("this clientTxId names another transaction; nothing was moved")
