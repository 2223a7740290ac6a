"""Reads of wallets and their movements."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lanhouse.aggregator.agents.tables import agent_currencies
from lanhouse.aggregator.errors import CurrencyNotSupported, PlayerNotFound, TransactionNotFound
from lanhouse.aggregator.players.queries import player_by_username
from lanhouse.aggregator.players.tables import players
from lanhouse.aggregator.protection.tables import player_guards
from lanhouse.aggregator.wallet.tables import player_wallets, wallet_moves
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.ledger import balances, book_of_agent


def with_guard(joined: Any) -> Any:
    """Players joined with what protects them, which most of them do not have."""
    return joined.outerjoin(
        player_guards,
        (player_guards.c.agent_id == players.c.agent_id)
        & (player_guards.c.player_id == players.c.id),
    )


_SIDES = static(
    sa.select(
        players.c.id.label("player_id"),
        players.c.is_active,
        player_guards.c.excluded_until,
        player_guards.c.has_limits,
        player_wallets.c.account_id.label("player_account_id"),
        agent_currencies.c.account_id.label("agent_account_id"),
    )
    .select_from(
        with_guard(players)
        .outerjoin(
            player_wallets,
            (player_wallets.c.agent_id == players.c.agent_id)
            & (player_wallets.c.player_id == players.c.id)
            & (player_wallets.c.currency == sa.bindparam("wanted_currency")),
        )
        .outerjoin(
            agent_currencies,
            (agent_currencies.c.agent_id == players.c.agent_id)
            & (agent_currencies.c.currency == sa.bindparam("currency_of_agent")),
        )
    )
    .where(players.c.agent_id == sa.bindparam("agent"), players.c.username == sa.bindparam("name"))
)
_MOVE = (
    sa.select(wallet_moves, players.c.username)
    .join(players, players.c.id == wallet_moves.c.player_id)
    .where(wallet_moves.c.agent_id == sa.bindparam("agent"))
)
_BY_TX_ID = static(_MOVE.where(wallet_moves.c.tx_id == sa.bindparam("tx")))
_BY_CLIENT_TX_ID = static(_MOVE.where(wallet_moves.c.client_tx_id == sa.bindparam("client_tx")))


def sides_of_move(read: Read, agent_id: int, username: str, currency: str) -> Row:
    """The player and both wallets' accounts in one look; `player_account_id` may be None yet.

    Raises PlayerNotFound, or CurrencyNotSupported when the agent does not have the currency.
    """
    row = read.one(
        _SIDES,
        agent=agent_id,
        name=username,
        wanted_currency=currency,
        currency_of_agent=currency,
    )
    if row is None:
        raise PlayerNotFound
    if row.agent_account_id is None:
        raise CurrencyNotSupported
    return row


def player_balance_micros(read: Read, agent_id: int, username: str, currency: str) -> int:
    """The player's balance in micros, 0 for a wallet not used yet. Raises PlayerNotFound."""
    player = player_by_username(read, agent_id, username)
    return wallet_balance_micros(read, agent_id, player.id, currency)


def wallet_balance_micros(read: Read, agent_id: int, player_id: int, currency: str) -> int:
    """The balance of one wallet in micros, 0 when it was never used."""
    held = balances(read, book_of_agent(agent_id), "player", player_id)
    return held.get(("balance", currency), 0)


def move_by_id(read: Read, agent_id: int, tx_id: str | None, client_tx_id: str | None) -> Row:
    """The movement under either id. Raises TransactionNotFound; nothing then ever moved."""
    if client_tx_id is not None:
        row = read.one(_BY_CLIENT_TX_ID, agent=agent_id, client_tx=client_tx_id)
    else:
        row = read.one(_BY_TX_ID, agent=agent_id, tx=tx_id)
    if row is None or (tx_id is not None and row.tx_id != tx_id):
        raise TransactionNotFound
    return row
