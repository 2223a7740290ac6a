"""External API: deposit, withdraw, getPlayerBalance, transaction."""

from __future__ import annotations

from lanhouse.aggregator.agents.call import AgentCall, ExternalRoutes
from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.errors import TransactionNotFound
from lanhouse.aggregator.rounds.queries import (
    outstanding_micros,
    transaction_by_code,
    transaction_of_provider,
)
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.queries import move_by_id, player_balance_micros
from lanhouse.aggregator.wallet.rules import amount_of
from lanhouse.aggregator.wallet.schemas import (
    DEPOSIT,
    WITHDRAW,
    BalanceIn,
    BalanceOut,
    Move,
    Moved,
    MoveIn,
    MoveOut,
    SideOut,
    TransactionIn,
    TransactionOut,
)
from lanhouse.aggregator.wire import check_currency, client_tx_id, wire_time
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import format_plain
from lanhouse.web.replies import Written

routes = ExternalRoutes("Wallet")


@routes.post("/deposit", right="agent.call", source="seed: External API, 6")
async def deposit(call: AgentCall, data: MoveIn) -> Written[MoveOut]:
    """Increase a player's balance out of the agent's wallet of the same currency."""
    return await _move(call, data, DEPOSIT)


@routes.post("/withdraw", right="agent.call", source="seed: External API, 7")
async def withdraw(call: AgentCall, data: MoveIn) -> Written[MoveOut]:
    """Decrease a player's balance into the agent's wallet of the same currency."""
    return await _move(call, data, WITHDRAW)


async def _move(call: AgentCall, data: MoveIn, kind: str) -> Written[MoveOut]:
    check_currency(call.agent, data.currency)
    amount_micros = amount_of(data.amount, data.currency)
    key = client_tx_id(call, data.client_tx_id)
    move = Move(
        agent=call.agent,
        kind=kind,
        username=data.username,
        currency=data.currency,
        amount_micros=amount_micros,
        client_tx_id=key,
        address=call.address,
        caller_id=call.caller.id,
    )
    return await call.write(move_money, move, _move_out, key=key)


def _move_out(moved: Moved) -> MoveOut:
    return MoveOut(
        tx_id=moved.tx_id,
        currency=moved.currency,
        agent=SideOut(
            moved.agent_tx_id,
            format_plain(moved.agent_before_micros),
            format_plain(moved.agent_after_micros),
        ),
        player=SideOut(
            moved.player_tx_id,
            format_plain(moved.player_before_micros),
            format_plain(moved.player_after_micros),
        ),
    )


@routes.post("/getPlayerBalance", right="agent.call", source="seed: External API, 2")
async def balance(call: AgentCall, data: BalanceIn) -> BalanceOut:
    """A player's balance in one currency, and the bets of rounds that are still open."""
    check_currency(call.agent, data.currency)
    return await call.point(_balance, call.agent, data)


def _balance(read: Read, agent: Agent, data: BalanceIn) -> BalanceOut:
    return BalanceOut(
        balance=format_plain(player_balance_micros(read, agent.id, data.username, data.currency)),
        currency=data.currency,
        outstanding=format_plain(outstanding_micros(read, agent.id, data.username, data.currency)),
    )


@routes.post("/transaction", right="agent.call", source="aggregator-domain 1.2 row 4")
async def transaction(call: AgentCall, data: TransactionIn) -> TransactionOut:
    """What happened under a transaction id: ours, the caller's own, or a provider's (an addition of
    ours). Deposits and withdrawals as well as what games move."""
    if data.client_tx_id is None and data.tx_id is None and data.provider_tx_id is None:
        raise InvalidInput({"clientTxId": "give clientTxId, txId or providerTxId"})
    if data.provider_tx_id is not None and data.provider_id is None:
        raise InvalidInput({"providerId": "is required with providerTxId"})
    return await call.point(_transaction, call.agent, data)


def _transaction(read: Read, agent: Agent, data: TransactionIn) -> TransactionOut:
    if data.provider_tx_id is not None and data.provider_id is not None:
        tx_type = TxType[data.type.upper()]
        row = transaction_of_provider(
            read, agent.id, data.provider_id, data.provider_tx_id, tx_type
        )
        if data.tx_id not in (None, row.code) or data.client_tx_id is not None:
            raise TransactionNotFound
        return _game_out(row)
    if data.client_tx_id is None and data.tx_id is not None:
        row = transaction_by_code(read, agent.id, data.tx_id)
        if row is not None:
            return _game_out(row)
    return _move_found(move_by_id(read, agent.id, data.tx_id, data.client_tx_id))


def _game_out(row: Row) -> TransactionOut:
    """What a game moved, or tried to."""
    has_answer = row.after_micros is not None
    return TransactionOut(
        tx_id=row.code,
        client_tx_id=None,
        type=TxType(row.tx_type).name.lower(),
        status=row.state,
        username=row.username,
        currency=row.player_currency,
        amount=format_plain(abs(row.player_amount_micros)),
        agent=None,
        player=SideOut(
            row.wallet_tx_id, format_plain(row.before_micros), format_plain(row.after_micros)
        )
        if has_answer
        else None,
        created_at=wire_time(row.created_at),
        state=row.state,
        reverse_tx_id=row.reverses_code,
        reversed_by_tx_id=row.reversed_by_code,
        attempts=row.attempts,
        next_attempt_at=None if row.next_attempt_at is None else wire_time(row.next_attempt_at),
        provider_id=row.provider_id,
        provider_tx_id=row.provider_tx_id,
        round_id=row.round_code,
        refusal=row.refusal,
    )


def _move_found(row: Row) -> TransactionOut:
    """A deposit or withdrawal: it is committed, or there is none."""
    return TransactionOut(
        tx_id=row.tx_id,
        client_tx_id=row.client_tx_id,
        type=row.kind,
        status="committed",
        username=row.username,
        currency=row.currency,
        amount=format_plain(row.amount_micros),
        agent=SideOut(
            row.agent_tx_id,
            format_plain(row.agent_before_micros),
            format_plain(row.agent_after_micros),
        ),
        player=SideOut(
            row.player_tx_id,
            format_plain(row.player_before_micros),
            format_plain(row.player_after_micros),
        ),
        created_at=wire_time(row.at),
        state="committed",
    )
