"""The first start in the panel: four steps, each saved when it is left (design: First start)."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from babel import Locale
from babel.numbers import get_currency_name
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.centers.commands import is_currency
from lanhouse.cafe.centers.queries.demo_hall import is_being_filled
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.first_start import commands
from lanhouse.cafe.first_start.commands import AboutCenter
from lanhouse.cafe.first_start.queries import progress_of
from lanhouse.cafe.first_start.rules import countries, guess_from_country, guess_from_zone, zones
from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.inputs import Line
from lanhouse.kit.said import say
from lanhouse.web import i18n
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply, redirect

routes = PanelRoutes("First start")
PATH = "/panel/first-start"
FOLDER = "cafe/first_start/templates"
RIGHT = "settings.edit"
_FIELDS = ("name", "country", "currency", "zone")
_DEMO = "/panel/demo/begin"
_STEPS = ("center", "rooms", "prices", "people")


class GuessIn(msgspec.Struct):
    """What the browser tells of its clock, or the country that was chosen."""

    guess_zone: Annotated[str, Meta(max_length=60)] = ""
    country: Annotated[str, Meta(max_length=2)] = ""
    currency: Annotated[str, Meta(max_length=3)] = ""
    zone: Annotated[str, Meta(max_length=60)] = ""


class CenterForm(msgspec.Struct):
    """Step 1."""

    name: Annotated[Line, Meta(max_length=100)] = ""
    country: Annotated[str, Meta(max_length=2)] = ""
    currency: Annotated[str, Meta(max_length=3)] = ""
    zone: Annotated[str, Meta(max_length=60)] = ""


@routes.get(PATH, right=RIGHT, summary="First start: where it goes on")
async def first_start(call: CafeCall) -> Reply:
    """Lead to the first step that is not done yet, or to the demo hall that is being made."""
    if await call.read(is_being_filled, call.center.id):
        return redirect(_DEMO)
    progress = await call.read(progress_of, call.center)
    return redirect(f"{PATH}/{_STEPS[max(progress.step - 1, 0)]}")


@routes.get(f"{PATH}/center", right=RIGHT, summary="First start: the centre")
async def center_step(call: CafeCall) -> Reply:
    """Name, country, currency, time zone."""
    center = call.center
    guess = guess_from_zone(center.zone_name)
    form = CenterForm(
        name=center.name, country=guess.country, currency=center.currency, zone=center.zone_name
    )
    if await call.read(is_being_filled, center.id):
        return redirect(_DEMO)
    return await center_form(call, form)


@routes.get(f"{PATH}/guess", right=RIGHT, summary="First start: currency and zone of a country")
async def guess(call: CafeCall, data: GuessIn) -> Reply:
    """The fields for country, currency and zone as they follow from one of them."""
    found = guess_from_country(data.country)
    if data.guess_zone in dict(zones()):
        found = guess_from_zone(data.guess_zone)
    form = CenterForm(
        country=found.country,
        currency=found.currency if is_currency(found.currency) else data.currency,
        zone=found.zone or data.zone,
    )
    errors = dict.fromkeys(_FIELDS, "")
    return call.html(f"{FOLDER}/guessed.html", form=form, errors=errors, **_center_choices(call))


@routes.post(f"{PATH}/center", right=RIGHT, summary="First start: name the centre")
async def name_center(call: CafeCall, data: CenterForm) -> Reply:
    """Save step 1 and go on."""
    try:
        await call.run(commands.name_center, about_of(call.center, data))
    except AppError as error:
        return await center_form(call, data, error)
    return go("rooms")


@routes.post(f"{PATH}/hide", right=RIGHT, summary="Hide what is left to do")
async def hide(call: CafeCall) -> Reply:
    """The list goes from the page of the computers, until the settings show it again."""
    values = {"center": {"show_getting_ready": False}}
    await call.run(save_settings, SettingsInput(center=call.center, values=values))
    return Reply(b"")


def about_of(center: Center, form: CenterForm) -> AboutCenter:
    """What step 1 says of the centre. Raises InvalidInput without a name."""
    if not form.name:
        raise InvalidInput({"name": say("is required")})
    return AboutCenter(center=center, name=form.name, currency=form.currency, zone=form.zone)


async def center_form(call: CafeCall, form: CenterForm, error: AppError | None = None) -> Reply:
    """The page of step 1, as it was filled in."""
    return await page(
        call,
        "center",
        error,
        _FIELDS,
        form=form,
        is_untouched=call.center.zone_name == "UTC",
        **_center_choices(call),
    )


def _center_choices(call: CafeCall) -> dict[str, Any]:
    locale = Locale.parse(call.view.language, sep="-")
    found = {code: name for code, name in locale.currencies.items() if is_currency(code)}
    named = [(code, get_currency_name(code, locale=locale)) for code in found]
    return {
        "countries": countries(call.view.language),
        "currencies": sorted(named, key=lambda pair: pair[1].casefold()),
        "zones": zones(),
    }


def go(step: str) -> Reply:
    """Lead the browser to a step."""
    return Reply().with_header("hx-redirect", f"{PATH}/{step}")


async def page(
    call: CafeCall, step: str, error: AppError | None, fields: Any, **context: Any
) -> Reply:
    """The page of a step; `fields` are those that have a place for a reason."""
    errors, problem = errors_in_form(error, call.view.language, fields)
    return call.html(
        f"{FOLDER}/{step}.html",
        status=200 if error is None else error.status,
        step=_STEPS.index(step) + 1,
        progress=await call.read(progress_of, call.center),
        errors=errors,
        problem=problem,
        **context,
    )


def text_of(call: CafeCall, text: str) -> str:
    """A text in the reader's language."""
    return i18n.translations(call.view.language).gettext(text)
