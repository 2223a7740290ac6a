"""Calls of the café API that show or change settings under names of their own (seed: Config)."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from msgspec import Struct

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.centers.schemas import GROUPS, Group
from lanhouse.cafe.settings.commands import SettingsInput, saved
from lanhouse.cafe.settings.wire import cafe_output_of, cafe_values, given_change, input_of
from lanhouse.web.replies import Answer

routes = CafeRoutes("Config")


def _some(group: Group, start: str) -> Group:
    """A group with only those keys whose names begin so."""
    keys = tuple(key for key in group.keys if key.wire.startswith(start))
    return msgspec.structs.replace(group, keys=keys)


_GAME = GROUPS["game"]
_BUTTONS = _some(_GAME, "show_")
_TAXES = _some(GROUPS["payment"], "tax")
_GAME_OUT = cafe_output_of("GameSettingsShown", _GAME.keys)
_BUTTONS_OUT = cafe_output_of("GamesButtonsOut", _BUTTONS.keys)


class GamesButtonsIn(Struct):
    """0 hides; any other whole number shows. What is left out stays."""

    show_enable_games: int | None = None
    show_disabled_games: int | None = None
    show_games_icon_view: int | None = None


class CodeOut(Struct):
    """The code of a server for remote views; "" where there is none."""

    code: str


@routes.post(
    "/configs/action/gamesSettingsSet",
    right="settings.edit",
    summary="Change settings: Games",
    source="seed: Config, Games settings",
    input_type=input_of(_GAME),
    output_type=_GAME_OUT,
)
async def set_games(call: CafeCall, data: Struct) -> Answer:
    """As gameSettings. data: the settings of games as they are now."""
    given = await given_change(call, (_GAME,), data, clears=False)
    return await call.write(saved, given, partial(cafe_values, _GAME))


@routes.post(
    "/configs/action/gamesButtonStatusSet",
    right="settings.edit",
    summary="Change what the list of games shows",
    source="seed: Config, Set games button status",
    output_type=_BUTTONS_OUT,
)
async def set_buttons(call: CafeCall, data: GamesButtonsIn) -> Answer:
    """data: the three as they are now."""
    values = {
        name: bool(value)
        for name, value in msgspec.structs.asdict(data).items()
        if value is not None
    }
    given = SettingsInput(center=call.center, values={"game": values})
    return await call.write(saved, given, partial(cafe_values, _BUTTONS))


def _serve(name: str, shown: Group, output_type: type[Struct], summary: str, title: str) -> None:
    """Declare a call that shows some keys."""

    @routes.get(
        f"/configs/action/{name}",
        right="settings.view",
        summary=summary,
        source=f"seed: Config, {title}",
        output_type=output_type,
    )
    async def show(call: CafeCall) -> dict[str, Any]:
        """The keys, with the values that hold."""
        return cafe_values(shown, call.center)


_serve("gamesSettingsGet", _GAME, _GAME_OUT, "Settings: Games", "Get games settings")
_serve(
    *("gamesButtonStatusGet", _BUTTONS, _BUTTONS_OUT),
    *("What the list of games shows", "Get games button status"),
)
_serve(
    *("taxInfo", _TAXES, cafe_output_of("TaxInfoOut", _TAXES.keys)),
    *("Taxes of the centre", "Tax info"),
)


@routes.get(
    "/configs/action/vncServerCode",
    right="settings.view",
    summary="Code of the server for remote views",
    source="seed: Config, Vnc server code",
)
async def vnc_server_code(_: CafeCall) -> CodeOut:
    """data {code: ""}: there are no remote views yet."""
    return CodeOut("")
