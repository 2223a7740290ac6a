"""Every setting is one whole line, and its name is unique on the wire."""

from __future__ import annotations

from typing import Annotated

import msgspec
import pytest

from lanhouse.cafe.centers.schemas import (
    GROUPS,
    Center,
    Group,
    PaymentSettings,
    Settings,
    settings_of,
)
from lanhouse.cafe.centers.schemas.keys import Key, key, keys_of
from lanhouse.cafe.settings.wire import given_values, input_of, native_value
from lanhouse.kit.inputs import decode, names_of

CENTER = Center(
    id=1,
    name="Hall",
    license_name="hall",
    zone_name="UTC",
    currency="EUR",
    quote_secret="",
    settings=Settings(),
)
KEYS = [(group, key) for group in GROUPS.values() for key in group.keys]


def test_no_two_keys_share_a_name() -> None:
    for names in ([one.wire for _, one in KEYS], [one.name for _, one in KEYS]):
        assert len(set(names)) == len(names) > 100
    assert names_of(input_of(*GROUPS.values()))["minimum_charge_micros"] == "minimum_charge"


def test_every_key_says_what_it_is_for() -> None:
    for group, one in KEYS:
        assert group.label
        assert group.about.endswith(".")
        assert one.mark.label
        assert not one.mark.label.endswith(".")
        assert one.mark.meaning.endswith("."), one.wire
        choices = {value for value, _ in one.mark.words}
        # The switches of an object, or the columns of a list of objects.
        rows = getattr(one.mark.json, "__args__", ())
        members = getattr(rows[0] if rows else one.mark.json, "__struct_fields__", ())
        # Names of gateways that we do not know are kept, so that the words are no closed list.
        is_open = one.mark.form == "gateway"
        assert choices == set(getattr(one.plain, "__args__", members)) or is_open or not choices


@pytest.mark.parametrize("one", [one for _, one in KEYS], ids=lambda one: one.wire)
def test_a_default_is_what_the_key_itself_would_take(one: Key) -> None:
    read = Group("one", "One", "One.", (one,))
    shown = native_value(one, one.default, CENTER)
    if shown in (None, ""):
        return
    data = decode(input_of(read), {one.wire: shown})
    values = given_values([read], data, clears=True, inputs={one.wire: shown})
    assert values["one"][one.name] == one.default


def test_a_line_without_words_or_default_is_refused() -> None:
    class Silent(msgspec.Struct, frozen=True, kw_only=True):
        speed: int = 0

    class Needed(msgspec.Struct, frozen=True, kw_only=True):
        speed: Annotated[int, key("Speed", "How fast.")]

    for struct in (Silent, Needed):
        with pytest.raises(TypeError, match="speed: a setting has a key"):
            keys_of(struct)


def test_what_is_not_stored_is_the_default_and_costs_nothing() -> None:
    settings = settings_of('{"payment":{"free_time_minutes":5,"unknown":1},"unknown":{}}')
    assert settings == Settings(payment=PaymentSettings(free_time_minutes=5))
    assert settings.loyalty is settings_of("{}").loyalty


@pytest.mark.parametrize(
    ("sent", "cafe", "native"),
    [
        ({}, {}, {}),
        ({"minimum_charge": None}, {}, {"minimum_charge_micros": None}),
        ({"minimum_charge": " "}, {}, {"minimum_charge_micros": None}),
        (
            {"minimum_charge": "2", "disable_prepaid": 0},
            {"minimum_charge_micros": 2_000_000, "disable_prepaid": False},
            {"minimum_charge_micros": 2_000_000, "disable_prepaid": False},
        ),
    ],
)
def test_null_leaves_a_value_on_the_cafe_wire_and_clears_it_on_the_native(
    sent: dict[str, object], cafe: dict[str, object], native: dict[str, object]
) -> None:
    group = GROUPS["payment"]
    data = decode(input_of(group), sent)
    assert given_values([group], data, clears=False, inputs=sent).get("payment", {}) == cafe
    assert given_values([group], data, clears=True, inputs=sent).get("payment", {}) == native
