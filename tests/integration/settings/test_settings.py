"""Two who change different settings at once: both changes stay."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.cafe.settings.rules import tier_of
from lanhouse.db.store import Store
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import Said
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


@pytest.mark.parametrize(
    ("group", "values"),
    [
        ("center", {"cafe_name": None}),
        ("center", {"timezone": "Nowhere/Land"}),
        ("center", {"currency": "JPY"}),
        ("center", {"staff_allow_ip": "here"}),
        ("member", {"default_member_group": 999}),
        ("loyalty", {"price_bonus": (tier_of(1, 1), tier_of(1, 2))}),
        ("loyalty", {"price_bonus": (tier_of(1, 1),), "bonus_unit": 1}),
        ("sms_provider", {"sms_provider_url": "https://{phone}.example.org/"}),
    ],
)
def test_every_refusal_can_be_translated(
    sqlite_store: Store, group: str, values: dict[str, Any]
) -> None:
    floor = open_floor(sqlite_store)
    with pytest.raises(InvalidInput) as refused:
        floor.run(save_settings, SettingsInput(center=floor.center, values={group: values}))
    (reason,) = refused.value.fields.values()
    assert isinstance(reason, Said)
