"""Bets and settlements: what a provider may do with a player's money.

Both run inside the provider's own transaction, so that an outcome and its money are one thing. A
bet needs an active agent and player; a settlement never asks (aggregator-domain 3, synthesis 5).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.aggregator.agents.tables import agents
from lanhouse.aggregator.errors import (
    AgentNotActive,
    PlayerInactive,
    PlayerInsufficientBalance,
    SessionExpired,
)
from lanhouse.aggregator.launch.commands import count_money
from lanhouse.aggregator.launch.queries import session_of
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.players.tables import players
from lanhouse.aggregator.providers.port import BetPlaced, PlaceBet, Seat, Settle, Settled
from lanhouse.aggregator.rounds.rules import settle_amount
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.rounds.tables import game_rounds, game_transactions
from lanhouse.aggregator.wallet.commands import wallet_account
from lanhouse.aggregator.wallet.queries import wallet_balance_micros
from lanhouse.aggregator.wallet.tables import player_wallets
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit import ids
from lanhouse.kit.errors import Conflict
from lanhouse.ledger import InsufficientFunds, Posting, Transfer, book_of_agent, open_account, post
from lanhouse.ledger.tables import accounts

_OPEN = static(sa.insert(game_rounds).returning(game_rounds.c.id))
_CLOSE = static(
    sa.update(game_rounds)
    .where(game_rounds.c.id == sa.bindparam("round"), game_rounds.c.closed_at.is_(None))
    .values(
        win_micros=sa.bindparam("win"),
        closed_at=sa.bindparam("close", type_=game_rounds.c.closed_at.type),
    )
    .returning(game_rounds.c.session_id, game_rounds.c.code, game_rounds.c.provider_tx_id)
)
_RECORD = static(sa.insert(game_transactions))
_agent: Any = game_sessions.c.agent_id
_SEAT = static(
    sa.select(
        game_sessions,
        players.c.is_active.label("player_is_active"),
        agents.c.is_active.label("agent_is_active"),
        player_wallets.c.account_id.label("player_account_id"),
        accounts.c.id.label("house_account_id"),
    )
    .select_from(
        game_sessions.join(players, players.c.id == game_sessions.c.player_id)
        .join(agents, agents.c.id == game_sessions.c.agent_id)
        .outerjoin(
            player_wallets,
            (player_wallets.c.agent_id == game_sessions.c.agent_id)
            & (player_wallets.c.player_id == game_sessions.c.player_id)
            & (player_wallets.c.currency == game_sessions.c.currency),
        )
        .outerjoin(
            accounts,
            (accounts.c.book_id == book_of_agent(_agent))
            & (accounts.c.owner_kind == "provider:" + game_sessions.c.provider_id)
            & (accounts.c.owner_id == 0)
            & (accounts.c.kind == "balance")
            & (accounts.c.currency == game_sessions.c.currency),
        )
    )
    .where(game_sessions.c.id == sa.bindparam("session"))
)


class RoundClosed(Conflict):
    """The round is settled already, or there is no such round; nothing was paid."""

    symbol = "ROUND_CLOSED"


class _Movement(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to the wallet; the amount is signed from the player's point of view."""

    tx_type: TxType
    round_id: int
    round_code: str
    provider_tx_id: str
    amount_micros: int
    before_micros: int
    transfer_id: int | None
    at: datetime


def place_bet(tx: Tx, bet: PlaceBet) -> BetPlaced:
    """Open a round and take its bet out of the player's wallet.

    Raises SessionExpired, AgentNotActive, PlayerInactive, PlayerInsufficientBalance, and Conflict
    when the provider's id was used before.
    """
    row = _session_row(tx, bet.session_id)
    if not row.agent_is_active:
        raise AgentNotActive
    if not row.player_is_active:
        raise PlayerInactive
    seat = _seat(tx, row)
    session = seat.session
    code = ids.wire_id()
    round_id = tx.scalar(
        _OPEN,
        agent_id=session.agent_id,
        player_id=session.player_id,
        session_id=session.id,
        code=code,
        provider_id=session.provider_id,
        game_id=session.game_id,
        provider_tx_id=bet.provider_tx_id,
        currency=session.currency,
        bet_micros=bet.amount_micros,
        opened_at=tx.now,
    )
    try:
        moved = _move(
            tx, seat, TxType.BET, round_id, code, bet.provider_tx_id, -bet.amount_micros, None
        )
    except InsufficientFunds:
        raise PlayerInsufficientBalance from None
    return BetPlaced(
        round_id=round_id,
        round_code=code,
        balance_micros=moved.before_micros + moved.amount_micros,
        net_micros=count_money(tx, session.id, staked_micros=bet.amount_micros),
        at=tx.now,
        seat=seat,
    )


def settle(tx: Tx, cmd: Settle) -> Settled:
    """Close a round and pay what it won. Raises RoundClosed at the second try."""
    closed = tx.one(_CLOSE, round=cmd.round_id, win=cmd.amount_micros, close=tx.now)
    if closed is None:
        raise RoundClosed("this round is settled already; nothing was paid")
    bet, amount = cmd.bet, cmd.amount_micros
    if bet is None:
        seat = _seat(tx, _session_row(tx, closed.session_id))
        net, balance = seat.session.net_micros, None
    else:
        assert bet.round_id == cmd.round_id, "this is the bet of another round"
        seat, net, balance = bet.seat, bet.net_micros, bet.balance_micros
    moved = _move(
        tx,
        seat,
        TxType.SETTLE,
        cmd.round_id,
        closed.code,
        closed.provider_tx_id,
        amount,
        balance,
    )
    if amount:
        net = count_money(tx, seat.session.id, won_micros=amount)
    return Settled(balance_micros=moved.before_micros + amount, net_micros=net, at=tx.now)


def _session_row(tx: Tx, session_id: int) -> Row:
    """The session with who may play and the accounts, in one look. Raises SessionExpired."""
    row = tx.one(_SEAT, session=session_id)
    if row is None or row.started_at is None:
        raise SessionExpired
    return row


def _seat(tx: Tx, row: Row) -> Seat:
    """Who plays, with his wallet and the provider's winnings, opened where they are new."""
    session = session_of(row)
    player, house = row.player_account_id, row.house_account_id
    if player is None:
        player = wallet_account(tx, session.agent_id, session.player_id, session.currency)
    if house is None:
        # Each provider has winnings of its own; they may be below zero while players are lucky.
        house = open_account(
            tx, book_of_agent(session.agent_id), f"provider:{session.provider_id}", 0, "balance",
            session.currency, may_go_negative=True,
        )  # fmt: skip
    return Seat(session=session, player_account_id=player, house_account_id=house)


def _move(
    tx: Tx,
    seat: Seat,
    tx_type: TxType,
    round_id: int,
    round_code: str,
    provider_tx_id: str,
    amount_micros: int,
    balance_micros: int | None,
) -> _Movement:
    """Move the money between player and provider (0 moves nothing) and write the record.

    `balance_micros` is the wallet's balance where this transaction has locked and read it.
    """
    session, player = seat.session, seat.player_account_id
    transfer_id = None
    if amount_micros == 0:
        before = balance_micros
        if before is None:
            before = wallet_balance_micros(
                tx, session.agent_id, session.player_id, session.currency
            )
    else:
        posted = post(
            tx,
            Transfer(
                book_id=book_of_agent(session.agent_id),
                kind=f"game_{tx_type.name.lower()}",
                postings=[
                    Posting(player, amount_micros),
                    Posting(seat.house_account_id, -amount_micros),
                ],
                key=f"{session.provider_id}:{provider_tx_id}:{tx_type.name.lower()}",
                actor_kind="player",
                actor_id=session.player_id,
            ),
        )
        before, transfer_id = posted.before[player], posted.transfer_id
    moved = _Movement(
        tx_type=tx_type,
        round_id=round_id,
        round_code=round_code,
        provider_tx_id=provider_tx_id,
        amount_micros=amount_micros,
        before_micros=before,
        transfer_id=transfer_id,
        at=tx.now,
    )
    _record(tx, session, moved)
    return moved


def _record(tx: Tx, session: GameSession, moved: _Movement) -> None:
    tx.run(
        _RECORD,
        agent_id=session.agent_id,
        player_id=session.player_id,
        round_id=moved.round_id,
        code=ids.wire_id(),
        provider_id=session.provider_id,
        game_id=session.game_id,
        round_code=moved.round_code,
        wallet_tx_id=ids.wire_id(),
        provider_tx_id=moved.provider_tx_id,
        tx_type=int(moved.tx_type),
        player_currency=session.currency,
        settle_currency=session.settle_currency,
        settle_rate=session.settle_rate,
        player_amount_micros=moved.amount_micros,
        # House counts in the player's own currency, one to one.
        provider_amount_micros=moved.amount_micros,
        settle_amount=settle_amount(moved.amount_micros, session.settle_rate),
        before_micros=moved.before_micros,
        after_micros=moved.before_micros + moved.amount_micros,
        transfer_id=moved.transfer_id,
        received_at=moved.at,
    )
