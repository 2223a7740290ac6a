"""The settings page of the rules for minors: what holds, and hours of countries to begin with."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.minors.queries import band_of, rules_of
from lanhouse.cafe.minors.rules.presets import BY_CODE, PRESETS
from lanhouse.cafe.minors.wire import band_words
from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import Line
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_
from lanhouse.web import i18n
from lanhouse.web.format import weekday_names
from lanhouse.web.replies import Reply, redirect

routes = PanelRoutes("Settings pages")
_PATH = "/panel/settings/minors"
_PAGE = "cafe/minors/templates/minors.html"
_DONE = {
    "taken": N_("These hours hold from now on. Check them against the law of your place."),
    "off": N_("No hours hold any more."),
}


class PageIn(msgspec.Struct):
    """What a form has just done."""

    done: str = ""


class PresetIn(msgspec.Struct):
    """The code of a country whose hours are to hold; "off": none."""

    preset: Annotated[Line, Meta(max_length=20)] = ""


@routes.get(_PATH, right="settings.view", summary="The rules for minors")
async def minors(call: CafeCall, data: PageIn) -> Reply:
    """What holds now, in words, and the hours of countries; who may not change settings reads."""
    gettext = i18n.translations(call.view.language).gettext
    rules = rules_of(call.center)
    days = weekday_names(call.view.language)
    return call.html(
        _PAGE,
        settings=call.center.settings.member,
        bands=[] if rules is None else [band_words(band, days) for band in rules.bands],
        presets=PRESETS,
        preset_words={
            each.code: [band_words(band_of(value), days) for value in each.bands]
            for each in PRESETS
        },
        toast=gettext(_DONE[data.done]) if data.done in _DONE else "",
    )


@routes.post(_PATH, right="settings.edit", summary="Take the hours of a country")
async def take(call: CafeCall, data: PresetIn) -> Reply:
    """They take the place of those that are there, and what runs follows."""
    if data.preset != "off" and data.preset not in BY_CODE:
        names = ", ".join(["off", *BY_CODE])
        raise InvalidInput({"preset": say("must be one of %(names)s", names=names)})
    text = "[]" if data.preset == "off" else BY_CODE[data.preset].text
    values = {"member": {"minors_bands": text}}
    await call.run(save_settings, SettingsInput(center=call.center, values=values))
    return redirect(f"{_PATH}?done={'off' if data.preset == 'off' else 'taken'}")
