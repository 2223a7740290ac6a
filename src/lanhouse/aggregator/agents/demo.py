"""The operators of the demo: a transfer agent with money, and a seamless one."""

from __future__ import annotations

from lanhouse.aggregator.agents.commands import create_agent, fund_agent
from lanhouse.aggregator.agents.queries import agents_named
from lanhouse.aggregator.agents.schemas import SEAMLESS, TRANSFER, Agent, FundAgent, NewAgent
from lanhouse.db.store import Read, Tx
from lanhouse.kit.money import MICROS

NAMES = ("Demo Operator", "Demo Seamless Operator")
LOOPBACK = "127.0.0.1, ::1"
_CURRENCIES = {"EUR": "1", "JPY": "0.0061", "KWD": "3.02"}
"""Base currency first (2 decimals), then one with none and one with 3 decimals."""
_FUNDS_MICROS = 2_000_000_000 * MICROS


def opening(tx: Tx) -> None:
    """Set both agents up; the transfer agent gets money in each currency. They have no keys yet."""
    transfer = _agent(tx, NAMES[0], TRANSFER, _CURRENCIES)
    for currency in _CURRENCIES:
        fund = FundAgent(agent_id=transfer.id, currency=currency, amount_micros=_FUNDS_MICROS)
        fund_agent(tx, fund)
    _agent(tx, NAMES[1], SEAMLESS, {"EUR": "1", "JPY": "0.0061"})


def _agent(tx: Tx, name: str, kind: str, currencies: dict[str, str]) -> Agent:
    new = NewAgent(
        name=name,
        kind=kind,
        base_currency=next(iter(currencies)),
        currencies=currencies,
        allowed_ips=LOOPBACK,
    )
    return create_agent(tx, new)


def transfer_agent(read: Read) -> Agent:
    """The one whose players' money is with us."""
    return agents_named(read, NAMES[:1])[0]
