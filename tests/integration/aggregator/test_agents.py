"""Setting agents up, on both databases."""

from __future__ import annotations

import msgspec
import pytest

from lanhouse.aggregator.agents.commands import (
    create_agent,
    create_agent_key,
    fund_agent,
    note_key_used,
    set_agent_habits,
    set_agent_signing,
)
from lanhouse.aggregator.agents.queries import (
    agent_by_key_hash,
    key_used_at,
    live_keys,
    signing_agents,
)
from lanhouse.aggregator.agents.rules import sealed_signing, signing_of
from lanhouse.aggregator.agents.schemas import FundAgent, KeyUsed, NewAgent, SetHabits, SignAgent
from lanhouse.aggregator.errors import AgentNotFound, CurrencyNotSupported
from lanhouse.db.store import Store
from lanhouse.kit import clock, ids
from lanhouse.kit.errors import Conflict, InvalidInput, Refused
from lanhouse.kit.vault import LOCKED, Vault
from lanhouse.ledger import balances, book_of_agent
from lanhouse.ledger.verify import verify_ledger
from tests.builders.agents import FUNDS_MICROS, open_operator


def test_money_comes_from_the_platform_once_per_key(store: Store) -> None:
    agent = open_operator(store).agent
    fund = FundAgent(agent_id=agent.id, currency="EUR", amount_micros=5_000_000, key="f-1")
    assert store.run_sync(fund_agent, fund) == FUNDS_MICROS + 5_000_000
    store.run_sync(fund_agent, FundAgent(agent_id=agent.id, currency="EUR", amount_micros=1))
    assert store.run_sync(fund_agent, fund) == FUNDS_MICROS + 5_000_000
    for change in ({"amount_micros": 5_000_001}, {"currency": "JPY"}):
        with pytest.raises(Conflict):
            store.run_sync(fund_agent, msgspec.structs.replace(fund, **change))
    book = book_of_agent(agent.id)
    held = store.read_sync(lambda read: balances(read, book, "agent", agent.id))
    assert held[("balance", "EUR")] == FUNDS_MICROS + 5_000_001
    platform = store.read_sync(lambda read: balances(read, book, "platform", 0))
    assert platform[("balance", "EUR")] == -FUNDS_MICROS - 5_000_001
    assert store.read_sync(verify_ledger, None).is_clean


def test_money_that_cannot_come(store: Store) -> None:
    agent = open_operator(store).agent
    for change, refusal in (
        ({"amount_micros": 0}, InvalidInput),
        ({"amount_micros": -1}, InvalidInput),
        ({"currency": "USD"}, CurrencyNotSupported),
        ({"agent_id": 99}, AgentNotFound),
    ):
        values = {"agent_id": agent.id, "currency": "EUR", "amount_micros": 1, **change}
        with pytest.raises(refusal):
            store.run_sync(fund_agent, FundAgent(**values))
    assert (
        store.run_sync(fund_agent, FundAgent(agent_id=agent.id, currency="EUR", amount_micros=1))
        == FUNDS_MICROS + 1
    )


def test_a_prefix_belongs_to_one_agent(store: Store) -> None:
    new = NewAgent(
        name="One",
        kind="transfer",
        base_currency="EUR",
        currencies={"EUR": "1"},
        allowed_ips="127.0.0.1",
        prefix="2sjcc",
    )
    assert store.run_sync(create_agent, new).prefix == "2sjcc"
    with pytest.raises(InvalidInput) as refused:
        store.run_sync(create_agent, new)
    assert refused.value.fields == {"prefix": "is taken"}


def test_two_keys_live_and_the_third_ends_the_oldest(store: Store) -> None:
    operator = open_operator(store)
    keys = [
        operator.key,
        *(store.run_sync(create_agent_key, operator.agent.id).secret for _ in "12"),
    ]
    found = [
        store.read_sync(agent_by_key_hash, ids.secret_hash(secret)) is not None for secret in keys
    ]
    assert found == [False, True, True]
    with pytest.raises(AgentNotFound):
        store.run_sync(create_agent_key, 99)


def test_what_an_agent_wants_is_kept_for_it_alone(store: Store) -> None:
    mine, other = open_operator(store), open_operator(store)
    vault = Vault(b"v" * 32)
    sealed = sealed_signing(vault, mine.agent.id, "lhs_secret")
    store.run_sync(set_agent_signing, SignAgent(mine.agent.id, sealed))
    store.run_sync(set_agent_habits, SetHabits(agent_id=mine.agent.id, has_statuses=True))
    found = mine.fresh()
    assert (found.has_aliases, found.has_statuses) == (False, True)
    assert signing_of(vault, found) == "lhs_secret"
    assert [each.id for each in store.read_sync(signing_agents)] == [mine.agent.id]
    assert signing_of(vault, other.fresh()) is None
    assert other.fresh().has_statuses is False
    with pytest.raises(Refused):
        sealed_signing(LOCKED, mine.agent.id, "lhs_secret")
    with pytest.raises(AgentNotFound):
        store.run_sync(set_agent_signing, SignAgent(10**6, None))
    with pytest.raises(AgentNotFound):
        store.run_sync(set_agent_habits, SetHabits(agent_id=10**6, has_aliases=True))


def test_a_key_s_last_use(store: Store) -> None:
    operator = open_operator(store)
    used = KeyUsed(ids.secret_hash(operator.key), clock.real_now())
    assert store.read_sync(key_used_at, used.key_hash) is None
    store.run_sync(note_key_used, used)
    assert store.read_sync(key_used_at, used.key_hash) == used.at
    [key] = store.read_sync(live_keys, operator.agent.id)
    assert key.last_used_at == used.at
    store.run_sync(note_key_used, KeyUsed("0" * 64, used.at))
