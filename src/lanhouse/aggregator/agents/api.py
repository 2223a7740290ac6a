"""External API: agent."""

from __future__ import annotations

from lanhouse.aggregator.agents.call import AgentCall, ExternalRoutes
from lanhouse.aggregator.agents.queries import live_keys, terms_of_agent
from lanhouse.aggregator.agents.schemas import (
    Agent,
    AgentKeyOut,
    AgentOut,
    AgentTermsOut,
    AgentWalletOut,
)
from lanhouse.aggregator.wire import wire_time
from lanhouse.db.store import Read
from lanhouse.kit.money import format_plain
from lanhouse.ledger import balances, book_of_agent

routes = ExternalRoutes("Agents")


@routes.post("/agent", right="agent.call", source="aggregator-domain 4")
async def agent(call: AgentCall) -> AgentOut:
    """Who the caller is: wallets, terms, from where it may call, its keys (an addition of ours)."""
    return await call.read(_agent, call.caller)


def _agent(read: Read, caller: Agent) -> AgentOut:
    held = balances(read, book_of_agent(caller.id), "agent", caller.id)
    codes = sorted(caller.currencies, key=lambda code: (code != caller.base_currency, code))
    return AgentOut(
        agent_id=caller.id,
        parent_agent_id=caller.parent_id,
        type=caller.kind,
        active=caller.is_live,
        wallets=[
            AgentWalletOut(
                currency=code,
                balance=format_plain(held.get(("balance", code), 0)),
                settle_rate=caller.currencies[code].settle_rate,
            )
            for code in codes
        ],
        terms=[
            AgentTermsOut(one.provider_id, one.share, one.commission, one.contribution)
            for one in terms_of_agent(read, caller.id)
        ],
        allowed_ips=[one.strip() for one in caller.allowed_ips.split(",")],
        keys=[
            AgentKeyOut(
                prefix=key.shown_prefix,
                created_at=wire_time(key.created_at),
                last_used_at=None if key.last_used_at is None else wire_time(key.last_used_at),
            )
            for key in live_keys(read, caller.id)
        ],
    )
