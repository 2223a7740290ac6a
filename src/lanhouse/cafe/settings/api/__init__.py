"""Settings on the café API (seed: Config) and the native one; every group is served alike."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.centers.schemas import GROUPS, Group
from lanhouse.cafe.settings.commands import saved, saved_whole
from lanhouse.cafe.settings.queries import shown_center, shown_settings
from lanhouse.cafe.settings.wire import (
    cafe_output,
    given_change,
    input_of,
    native_output_of,
    native_values,
    settings_wire,
)
from lanhouse.kit import clock
from lanhouse.web.replies import Answer

routes = CafeRoutes("Config")
native = NativeRoutes("Settings")
_ALL = tuple(GROUPS.values())


@routes.get(
    "/configs",
    right="settings.view",
    summary="All settings of the centre",
    source="seed: Config, Get config lists",
    output_type=cafe_output(),
)
async def configs(call: CafeCall) -> dict[str, Any]:
    """All settings that this release knows; switches are 0/1, lists are JSON text, pictures data
    URIs."""
    return settings_wire(await call.read(shown_settings, call.center), clock.now())


def _serve(group: Group) -> None:
    """Declare the calls of a group."""
    put = f"Change settings: {group.label}"

    @routes.put(
        f"/configs/{group.wire}",
        right="settings.edit",
        summary=put,
        source="seed: Config",
        input_type=input_of(*_ALL),
        output_type=cafe_output(),
    )
    async def put_cafe(call: CafeCall, data: Struct) -> Answer:
        """What is left out, empty or null stays; a key of another group is taken too. data: all
        settings as they are now.
        """
        at = clock.now()
        given = await given_change(call, _ALL, data, clears=False)
        return await call.write(saved_whole, given, lambda shown: settings_wire(shown, at))

    @native.get(
        f"/settings/{group.name}",
        right="settings.view",
        summary=f"Settings: {group.label}",
        output_type=native_output_of(group),
    )
    async def get_native(call: CafeCall) -> dict[str, Any]:
        """Every key of the group with the value that holds."""
        return native_values(group, await call.read(shown_center, call.center))

    @native.put(
        f"/settings/{group.name}",
        right="settings.edit",
        summary=put,
        input_type=input_of(group),
        output_type=native_output_of(group),
    )
    async def put_native(call: CafeCall, data: Struct) -> Answer:
        """What is left out stays, null clears a key to its default. Answers the group."""
        given = await given_change(call, (group,), data, clears=True)
        return await call.write(saved, given, lambda center: native_values(group, center))


for _group in GROUPS.values():
    _serve(_group)
