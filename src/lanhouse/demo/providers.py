"""The remote provider of a demo: `studio`, at the address of LANHOUSE_DEMO_PROVIDER_URL."""

from __future__ import annotations

from lanhouse.aggregator.agents.commands import add_agent_provider
from lanhouse.aggregator.agents.demo import NAMES
from lanhouse.aggregator.agents.queries import agents_named
from lanhouse.aggregator.providers.commands import add_provider, add_provider_key, set_provider
from lanhouse.aggregator.providers.queries import KEY_PURPOSE, keys_of, providers_by_id
from lanhouse.aggregator.providers.schemas import AddProvider, SealedKey, SetProvider
from lanhouse.db.store import Read, Store, Tx
from lanhouse.demo.keys import Keys, ProviderKey
from lanhouse.kit import ids
from lanhouse.kit.errors import Refused
from lanhouse.kit.vault import Unreadable, Vault

STUDIO = "studio"


def hand_out_providers(store: Store, vault: Vault, keys: Keys, url: str) -> None:
    """Put the keys of remote providers into `keys`: those that still count stay, and where an
    address is named `studio` is entered at it, for all agents of the demo. Raises Refused when
    the server secret is not there, and for a `studio` that somebody has entered himself."""
    keys.providers = [one for one in keys.providers if store.read_sync(_counts, one, vault)]
    if not url:
        return
    secret = None if keys.providers else ids.new_secret("lhs")
    sealed = vault.seal(KEY_PURPOSE, STUDIO, (secret or "").encode())
    if sealed is None:
        raise Refused("Without the server secret the demo's provider gets no key.")

    def enter(tx: Tx, _: None) -> None:
        kept = providers_by_id(tx).get(STUDIO)
        if kept is None:
            add_provider(tx, AddProvider(provider_id=STUDIO, name="Studio", url=url, is_demo=True))
        elif not kept.is_demo:
            raise Refused(f"The provider {STUDIO!r} of this database is not the demo's.")
        elif kept.url != url.rstrip("/"):
            set_provider(tx, SetProvider(provider_id=STUDIO, url=url))
        if secret is not None:
            key = SealedKey(provider_id=STUDIO, sealed=sealed, fingerprint=vault.fingerprint)
            add_provider_key(tx, key)
        for agent in agents_named(tx, NAMES):
            add_agent_provider(tx, (agent.id, STUDIO))

    store.run_sync(enter, None)
    if secret is not None:
        keys.providers = [ProviderKey(STUDIO, secret)]


def _counts(read: Read, key: ProviderKey, vault: Vault) -> bool:
    try:
        return key.key in keys_of(read, key.provider_id, vault)
    except Unreadable:
        return False  # another server secret has sealed it
