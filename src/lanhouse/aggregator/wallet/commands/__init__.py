"""Money between an agent's wallet and a player's: one transfer, one row, one answer."""

from __future__ import annotations

from typing import NoReturn

import sqlalchemy as sa

from lanhouse.aggregator.errors import AgentInvalidType, PlayerInactive, PlayerSelfExcluded
from lanhouse.aggregator.protection.commands import check_deposit, is_excluded
from lanhouse.aggregator.wallet.commands.batch import MoveMany
from lanhouse.aggregator.wallet.commands.moving import (
    RECORD,
    moved_of,
    open_wallet,
    record_of,
    shortage_of,
    transfer_of,
)
from lanhouse.aggregator.wallet.queries import move_by_id, sides_of_move
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move, Moved
from lanhouse.aggregator.wallet.tables import player_wallets
from lanhouse.db.statements import static
from lanhouse.db.store import Retry, Tx
from lanhouse.kit.errors import Conflict
from lanhouse.ledger import InsufficientFunds, post

_WALLET = static(
    sa.select(player_wallets.c.account_id).where(
        player_wallets.c.agent_id == sa.bindparam("agent"),
        player_wallets.c.player_id == sa.bindparam("player"),
        player_wallets.c.currency == sa.bindparam("currency"),
    )
)


def move_money(tx: Tx, move: Move) -> Moved:
    """Deposit or withdraw.

    A deposit needs an active player and is held to his limits; a withdrawal asks for neither, so
    that money can always go back.
    Raises PlayerNotFound, CurrencyNotSupported, PlayerInactive, PlayerSelfExcluded,
    PlayerLimitReached, AgentInsufficientBalance, PlayerInsufficientBalance, and Conflict when the
    caller's id names another movement already.
    """
    agent_id = move.agent.id
    if move.agent.is_play and move.kind != DEPOSIT:
        raise AgentInvalidType  # tokens are never taken out
    sides = sides_of_move(tx, agent_id, move.username, move.currency)
    if move.kind == DEPOSIT and not sides.is_active:
        raise PlayerInactive
    if move.kind == DEPOSIT:
        if is_excluded(sides.excluded_until, tx.now):
            raise PlayerSelfExcluded
        if sides.has_limits:
            check_deposit(tx, agent_id, sides.player_id, move.currency, move.amount_micros)
    player_account = sides.player_account_id
    if player_account is None:
        player_account = open_wallet(tx, agent_id, sides.player_id, move.currency)
    try:
        posted = post(tx, transfer_of(move, sides.agent_account_id, player_account))
    except InsufficientFunds as short:
        raise shortage_of(short, player_account) from None
    moved = moved_of(tx, move, posted, sides.agent_account_id, player_account)
    record = record_of(move, moved, sides.player_id, posted.transfer_id)
    if not tx.run(RECORD, **record):
        _refuse_used_id(tx, move, sides.player_id)
    return moved


move_money.batch = MoveMany()  # type: ignore[attr-defined]


def wallet_account(tx: Tx, agent_id: int, player_id: int, currency: str) -> int:
    """The ledger account of a player's wallet, opened at zero when it is new."""
    found = tx.scalar(_WALLET, agent=agent_id, player=player_id, currency=currency)
    return found or open_wallet(tx, agent_id, player_id, currency)


def _refuse_used_id(tx: Tx, move: Move, player_id: int) -> NoReturn:
    """The caller's id is taken: by this very call sent twice at once, or by another movement."""
    known = move_by_id(tx, move.agent.id, None, move.client_tx_id)
    wanted = (move.kind, player_id, move.currency, move.amount_micros)
    if (known.kind, known.player_id, known.currency, known.amount_micros) == wanted:
        raise Retry  # its answer is stored by now, and starting over finds it
    raise Conflict("this clientTxId names another transaction; nothing was moved")
