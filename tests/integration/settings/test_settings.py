"""Two who change different settings at once: both changes stay."""

from __future__ import annotations

import asyncio

from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.db.store import Store
from tests.builders.floor import Floor, open_floor


def test_changes_at_once_do_not_undo_each_other(store: Store) -> None:
    floor: Floor = open_floor(store)
    given = [
        SettingsInput(center=floor.center, values=values)
        for values in (
            {"free_time_minutes": 5},
            {"use_bonus_first": True},
            {"disable_postpaid": True},
            {"minimum_charge_micros": 1_000_000},
        )
    ]

    async def all_at_once() -> None:
        store.start()
        await asyncio.gather(*(store.write(save_settings, one) for one in given))

    asyncio.run(all_at_once())
    settings = floor.center.settings
    assert settings.free_time_minutes == 5
    assert settings.use_bonus_first
    assert settings.disable_postpaid
    assert settings.minimum_charge_micros == 1_000_000
