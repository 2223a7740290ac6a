"""The operators of the demo: a transfer agent with money, one below it, and a seamless one."""

from __future__ import annotations

from lanhouse.aggregator.agents.commands import create_agent, fund_agent, set_terms
from lanhouse.aggregator.agents.queries import agents_named
from lanhouse.aggregator.agents.schemas import (
    SEAMLESS,
    TRANSFER,
    Agent,
    FundAgent,
    NewAgent,
    SetTerms,
)
from lanhouse.db.store import Read, Tx
from lanhouse.kit.money import MICROS

NAMES = ("Demo Operator", "Demo Seamless Operator", "Demo Operator's Branch")
"""A parent stands before those below it."""
LOOPBACK = "127.0.0.1, ::1"
_CURRENCIES = {"EUR": "1", "JPY": "0.0061", "KWD": "3.02"}
"""Base currency first (2 decimals), then one with none and one with 3 decimals."""
_FUNDS_MICROS = 2_000_000_000 * MICROS
_TERMS = {"share": "0.4615", "commission": "0.00125", "contribution": "0.0033"}


def opening(tx: Tx) -> None:
    """Set the agents up; those whose players' money is with us get some in each currency. They have
    no keys yet."""
    transfer = _funded(tx, _agent(tx, NAMES[0], TRANSFER, _CURRENCIES))
    _agent(tx, NAMES[1], SEAMLESS, {"EUR": "1", "JPY": "0.0061"})
    below = _funded(tx, _agent(tx, NAMES[2], TRANSFER, _CURRENCIES, transfer.id))
    for provider_id in below.provider_ids:
        set_terms(tx, SetTerms(agent_id=below.id, provider_id=provider_id, **_TERMS))


def _funded(tx: Tx, agent: Agent) -> Agent:
    for currency in agent.currencies:
        fund = FundAgent(agent_id=agent.id, currency=currency, amount_micros=_FUNDS_MICROS)
        fund_agent(tx, fund)
    return agent


def _agent(
    tx: Tx, name: str, kind: str, currencies: dict[str, str], parent_id: int | None = None
) -> Agent:
    new = NewAgent(
        name=name,
        kind=kind,
        base_currency=next(iter(currencies)),
        currencies=currencies,
        allowed_ips=LOOPBACK,
        parent_id=parent_id,
    )
    return create_agent(tx, new)


def transfer_agent(read: Read) -> Agent:
    """The one whose players' money is with us."""
    return agents_named(read, NAMES[:1])[0]
