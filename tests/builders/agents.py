"""An agent with keys, money and players."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from lanhouse.aggregator.agents.commands import create_agent, create_agent_key, fund_agent
from lanhouse.aggregator.agents.queries import agent_by_id
from lanhouse.aggregator.agents.schemas import Agent, FundAgent, NewAgent
from lanhouse.db.store import Store
from lanhouse.kit.money import MICROS
from tests.builders import databases
from tests.builders.client import Client

FUNDS_MICROS = 1_000_000_000 * MICROS


@dataclass
class Operator:
    """An agent that tests act for."""

    store: Store
    agent: Agent
    key: str

    def fresh(self) -> Agent:
        """The agent as it is stored now."""
        found = self.store.read_sync(agent_by_id, self.agent.id)
        assert found is not None
        return found


def open_operator(
    store: Store,
    *,
    kind: str = "transfer",
    currencies: dict[str, str] | None = None,
    base_currency: str = "EUR",
    allowed_ips: str = "127.0.0.1, ::1",
    prefix: str = "",
    provider_ids: tuple[str, ...] = ("house",),
    **licence: Any,
) -> Operator:
    """An agent with EUR, JPY and KWD (or the given currencies), a key, and 10^9 in each."""
    rates = currencies or {"EUR": "1", "JPY": "0.0061", "KWD": "2.9876"}
    new = NewAgent(
        name="Operator",
        kind=kind,
        base_currency=base_currency,
        currencies=rates,
        allowed_ips=allowed_ips,
        prefix=prefix,
        provider_ids=provider_ids,
        **licence,
    )

    def build() -> tuple[Agent, str]:
        agent = store.run_sync(create_agent, new)
        for currency in rates:
            store.run_sync(
                fund_agent,
                FundAgent(agent_id=agent.id, currency=currency, amount_micros=FUNDS_MICROS),
            )
        return agent, store.run_sync(create_agent_key, agent.id).secret

    key = ("operator", msgspec.json.encode(new))
    return Operator(store, *databases.copied(store, key, build))


@dataclass
class External:
    """Calls of one operator to the External API."""

    client: Client
    key: str
    headers: dict[str, str] = field(default_factory=dict)

    def envelope(self, call: str, body: Any = None, **options: Any) -> dict[str, Any]:
        """The decoded answer, which must be HTTP 200."""
        options.setdefault("key", self.key)
        response = self.client.raw("POST", f"/external/{call}", json=body or {}, **options)
        assert response.status_code == 200, response.text
        return response.json()

    def ok(self, call: str, body: Any = None, **options: Any) -> Any:
        """A call that must succeed; answers its result."""
        envelope = self.envelope(call, body, **options)
        assert envelope["ok"] is True, envelope
        assert set(envelope) == {"ok", "result"}
        return envelope["result"]

    def refused(self, call: str, body: Any = None, **options: Any) -> tuple[str, str]:
        """A call that must be refused; answers (code, message)."""
        envelope = self.envelope(call, body, **options)
        assert envelope["ok"] is False, envelope
        assert set(envelope) == {"ok", "error"}
        return envelope["error"]["code"], envelope["error"]["message"]
