"""Client seeds, as a player's browser makes them."""

from __future__ import annotations

import itertools

from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.providers.house.commands import rotate_seed
from lanhouse.aggregator.providers.house.schemas import RotateCmd, Seeds
from lanhouse.db.store import Store
from lanhouse.kit.vault import Vault
from tests.builders.secrets import VAULT

_numbers = itertools.count(1)


def send_seed(
    store: Store, session: GameSession, vault: Vault = VAULT, client_seed: str = ""
) -> Seeds:
    """Send a client seed, a new one unless it is given; answers the seeds."""
    text = client_seed or f"browser-{next(_numbers)}"
    cmd = RotateCmd(session=session, vault=vault, client_seed=text)
    return store.run_sync(rotate_seed, cmd)
