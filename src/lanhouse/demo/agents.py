"""The aggregator's half of the demo: a transfer agent with players, and a seamless one."""

from __future__ import annotations

from lanhouse.aggregator.agents.commands import create_agent, create_agent_key, fund_agent
from lanhouse.aggregator.agents.schemas import SEAMLESS, TRANSFER, Agent, FundAgent, NewAgent
from lanhouse.aggregator.players.commands import create_player
from lanhouse.aggregator.players.schemas import NewPlayer
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move
from lanhouse.db.store import Tx
from lanhouse.demo.keys import LOOPBACK, AgentKey
from lanhouse.kit.money import MICROS

AGENT_NAMES = ("Demo Operator", "Demo Seamless Operator")
CURRENCIES = {"EUR": "1", "JPY": "0.0061", "KWD": "3.02"}
"""Base currency first (2 decimals), then one with none and one with 3 decimals."""
FUNDS_MICROS = 2_000_000_000 * MICROS
PLAYERS = ("player0001", "player0002", "player0003", "luna77", "nightowl", "zed2000")
DEPOSITS_MICROS = {"EUR": 250 * MICROS, "JPY": 30_000 * MICROS}


def build_agents(tx: Tx) -> list[AgentKey]:
    """Set both agents up; the transfer agent gets money and players with wallets."""
    transfer = _agent(tx, AGENT_NAMES[0], TRANSFER, CURRENCIES)
    for currency in CURRENCIES:
        fund = FundAgent(agent_id=transfer.id, currency=currency, amount_micros=FUNDS_MICROS)
        fund_agent(tx, fund)
    for username in PLAYERS:
        create_player(tx, NewPlayer(transfer, username))
        for currency, amount_micros in DEPOSITS_MICROS.items():
            move = Move(
                agent=transfer,
                kind=DEPOSIT,
                username=username,
                currency=currency,
                amount_micros=amount_micros,
            )
            move_money(tx, move)
    seamless = _agent(tx, AGENT_NAMES[1], SEAMLESS, {"EUR": "1", "JPY": "0.0061"})
    return [key_of(tx, agent) for agent in (transfer, seamless)]


def _agent(tx: Tx, name: str, kind: str, currencies: dict[str, str]) -> Agent:
    new = NewAgent(
        name=name,
        kind=kind,
        base_currency=next(iter(currencies)),
        currencies=currencies,
        allowed_ips=LOOPBACK,
    )
    return create_agent(tx, new)


def key_of(tx: Tx, agent: Agent) -> AgentKey:
    """A new key of an agent, as the handout shows it."""
    others = sorted(code for code in agent.currencies if code != agent.base_currency)
    return AgentKey(
        agent_id=agent.id,
        type=agent.kind,
        api_key=create_agent_key(tx, agent.id).secret,
        base_currency=agent.base_currency,
        currencies=[agent.base_currency, *others],
    )
