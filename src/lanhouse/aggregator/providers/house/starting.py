"""What House does when a server starts, before anybody plays."""

from __future__ import annotations

from lanhouse.aggregator.providers.house.commands.seeds import lose_seeds, seal_old_seeds
from lanhouse.aggregator.providers.house.commands.void import SLICE_MAX, void_lost_rounds
from lanhouse.db.store import Store
from lanhouse.kit.vault import Vault


def ready_house(store: Store, vault: Vault) -> str:
    """Seal seeds that an older version kept in the clear, note those that were sealed under another
    server secret as lost, and give their open rounds back. Answers what to tell, or ""."""
    while store.run_sync(seal_old_seeds, vault):
        pass
    lost = store.run_sync(lose_seeds, vault)
    voided = 0
    while True:
        found = store.run_sync(void_lost_rounds, None)
        voided += found
        if found < SLICE_MAX:
            break
    if not lost and not voided:
        return ""
    return (
        f"{lost} server seeds of House were sealed under another server secret and are lost; "
        f"{voided} open rounds were rolled back. See: lanhouse doctor"
    )
