"""The demo's remote provider: entered once, its key stays, and its address follows the setting."""

from __future__ import annotations

import pytest

from lanhouse.aggregator.agents.demo import NAMES, opening
from lanhouse.aggregator.agents.queries import agents_named
from lanhouse.aggregator.providers.commands import add_provider
from lanhouse.aggregator.providers.queries import keys_of, providers_by_id
from lanhouse.aggregator.providers.schemas import AddProvider
from lanhouse.db.store import Store, Tx
from lanhouse.demo.keys import Keys
from lanhouse.demo.providers import hand_out_providers
from lanhouse.kit.errors import Refused
from lanhouse.kit.vault import LOCKED
from tests.builders.secrets import OTHER_VAULT, VAULT

URL = "http://127.0.0.1:8098"


def agents(store: Store) -> None:
    def make(tx: Tx, _: None) -> None:
        opening(tx)

    store.run_sync(make, None)


def test_it_is_entered_once_and_its_key_stays(store: Store) -> None:
    agents(store)
    keys = Keys(staff=[], members=[])
    hand_out_providers(store, VAULT, keys, "")
    assert keys.providers == []
    assert set(store.read_sync(providers_by_id)) == {"house"}
    hand_out_providers(store, VAULT, keys, URL)
    (first,) = keys.providers
    assert first.provider_id == "studio"
    assert store.read_sync(keys_of, "studio", VAULT) == [first.key]
    assert [agent.provider_ids for agent in store.read_sync(agents_named, NAMES)] == [
        ("house", "studio")
    ] * len(NAMES)
    hand_out_providers(store, VAULT, keys, URL + "/other/")
    assert keys.providers == [first]
    kept = store.read_sync(providers_by_id)["studio"]
    assert (kept.url, kept.is_demo) == (URL + "/other", True)
    # Without the setting it stays as it is.
    hand_out_providers(store, VAULT, keys, "")
    assert keys.providers == [first]
    # A directory without the keys of before gets a new one, and so does one that was lost.
    new = Keys(staff=[], members=[])
    hand_out_providers(store, VAULT, new, URL)
    assert new.providers != keys.providers
    assert store.read_sync(keys_of, "studio", VAULT) == [new.providers[0].key, first.key]
    hand_out_providers(store, OTHER_VAULT, new, URL)
    assert store.read_sync(keys_of, "studio", OTHER_VAULT) == [new.providers[0].key]


def test_what_is_not_the_demos_stays(store: Store) -> None:
    agents(store)
    keys = Keys(staff=[], members=[])
    with pytest.raises(Refused):
        hand_out_providers(store, LOCKED, keys, URL)
    theirs = AddProvider(provider_id="studio", name="Theirs", url="https://real.example")
    store.run_sync(add_provider, theirs)
    with pytest.raises(Refused):
        hand_out_providers(store, VAULT, keys, URL)
    assert store.read_sync(providers_by_id)["studio"].url == "https://real.example"
    assert store.read_sync(keys_of, "studio", VAULT) == []
