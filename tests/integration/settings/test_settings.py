"""Two who change different settings at once: both changes stay."""

from __future__ import annotations

import asyncio

from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.db.store import Store
from tests.builders.floor import Floor, open_floor


def test_changes_at_once_do_not_undo_each_other(store: Store) -> None:
    floor: Floor = open_floor(store)
    given = [
        SettingsInput(center=floor.center, values={group: values})
        for group, values in (
            ("payment", {"free_time_minutes": 5}),
            ("loyalty", {"use_bonus_first": True}),
            ("payment", {"disable_postpaid": True}),
            ("payment", {"minimum_charge_micros": 1_000_000}),
        )
    ]

    async def all_at_once() -> None:
        store.start()
        await asyncio.gather(*(store.write(save_settings, one) for one in given))

    asyncio.run(all_at_once())
    settings = floor.center.settings
    assert settings.payment.free_time_minutes == 5
    assert settings.loyalty.use_bonus_first
    assert settings.payment.disable_postpaid
    assert settings.payment.minimum_charge_micros == 1_000_000
