"""What `lanhouse doctor` looks at of everything that the aggregator keeps sealed."""

from __future__ import annotations

from lanhouse.auth.server_secret import read_secret
from lanhouse.cli.findings import BAD, GOOD, NAMED_MAX, WARNING, Finding
from lanhouse.db.store import Store
from lanhouse.kit.vault import LOCKED, Vault
from lanhouse.settings import AppSettings


def _fingerprint(settings: AppSettings) -> str:
    """The server secret's, "" where there is none yet."""
    path = settings.secret_path
    return Vault(read_secret(path)).fingerprint if path.exists() else ""


def check_house_seeds(settings: AppSettings, store: Store) -> Finding:
    """The seeds of House that are still secret open with the server secret."""
    from lanhouse.aggregator.providers.house.queries import lost_seeds, sealed_otherwise

    path, fingerprint = settings.secret_path, _fingerprint(settings)
    closed = store.read_sync(sealed_otherwise, fingerprint)
    if closed:
        text = (
            f"{closed} server seeds do not open with {path}: put the right file back, or they are "
            "lost at the next start and open rounds are rolled back"
        )
        return Finding(BAD, "house seeds", text)
    lost = store.read_sync(lost_seeds)
    if lost:
        named = ", ".join(each[:16] for each in lost[:NAMED_MAX])
        text = f"{len(lost)} are lost with an earlier server secret; commitments: {named}"
        more = " ..." if len(lost) > NAMED_MAX else ""
        return Finding(WARNING, "house seeds", text + more)
    return Finding(GOOD, "house seeds", "all open with the server secret")


def check_provider_keys(settings: AppSettings, store: Store) -> Finding:
    """The keys of providers elsewhere open with the server secret."""
    from lanhouse.aggregator.providers.queries import keys_sealed_otherwise

    path, fingerprint = settings.secret_path, _fingerprint(settings)
    closed = store.read_sync(keys_sealed_otherwise, fingerprint)
    if not closed:
        return Finding(GOOD, "provider keys", "all open with the server secret")
    text = (
        f"those of {', '.join(closed[:NAMED_MAX])} do not open with {path}: put the right file "
        "back, or make new ones: lanhouse set-provider ID --new-key"
    )
    return Finding(BAD, "provider keys", text)


def check_callbacks(settings: AppSettings, store: Store) -> Finding:
    """The secrets that sign our messages to operators open with the server secret."""
    from lanhouse.aggregator.operators.queries import unreadable_callbacks

    path, fingerprint = settings.secret_path, _fingerprint(settings)
    closed = store.read_sync(unreadable_callbacks, fingerprint)
    if closed:
        named = ", ".join(map(str, closed[:NAMED_MAX]))
        text = (
            f"the signing secrets of agents {named} do not open with {path}: put the right file"
            " back, or replace them: set-agent --callback-new-secret --callback-use-secret"
        )
        return Finding(BAD, "callbacks", text)
    return Finding(GOOD, "callbacks", "all open with the server secret")


def check_signatures(settings: AppSettings, store: Store) -> Finding:
    """The secrets that agents sign their calls with open with the server secret."""
    from lanhouse.aggregator.agents.queries import signing_agents
    from lanhouse.aggregator.agents.rules import does_signing_open

    path = settings.secret_path
    vault = Vault(read_secret(path)) if path.exists() else LOCKED
    agents = store.read_sync(signing_agents)
    closed = [str(one.id) for one in agents if not does_signing_open(vault, one)]
    if closed:
        text = (
            f"those of the agents {', '.join(closed[:NAMED_MAX])} do not open with {path}, so that"
            " their calls are refused: put the right file back, or set-agent --signing anew"
        )
        return Finding(BAD, "signatures", text)
    return Finding(GOOD, "signatures", f"{len(agents)} agents sign their calls")
