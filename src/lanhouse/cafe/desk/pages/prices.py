"""The page of the prices: a week to paint, its rules, and what time would cost.

What is painted is a draft that travels with the page, as strokes; nothing is stored before it is
put in force (decision 0099).
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.queries.prices import GUESTS, HOURS_MAX, Asked, Wanted, prices_page
from lanhouse.cafe.pricing.commands.painting import Draft, PricesMoved, Put, put_in_force
from lanhouse.cafe.pricing.rules import DEFAULT_NAME
from lanhouse.cafe.pricing.rules.painting import (
    CELLS,
    DAY_CELLS,
    Grid,
    Paint,
    Reprice,
    Stroke,
    Tint,
    format_cells,
)
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.inputs import Line
from lanhouse.kit.limits import PRICE_MICROS_MAX
from lanhouse.kit.money import format_plain
from lanhouse.kit.said import say
from lanhouse.web import format as formats
from lanhouse.web import i18n
from lanhouse.web.i18n import N_
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Prices pages")
_TEMPLATE = "cafe/desk/templates/prices/prices.html"
_STROKES_MAX = 60
_FIELDS = ("name", "price", "cells", "tariff", "tariff_name", "tariff_price", "from", "hours")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})", re.ASCII)
_Id = Annotated[str, Meta(max_length=19)]
_Name = Annotated[Line, Meta(max_length=100)]

GUEST_NAMES = {
    -1: N_("Guest accounts"),
    -2: N_("Guests who pay first"),
    -3: N_("Guests who pay at the end"),
    -4: N_("Guests with a package"),
}


def _every(weekdays: range, begin: int, end: int) -> tuple[int, ...]:
    """Cells of some days (0 = Monday) from `begin` to `end` o'clock; an end after 24 is the night
    that follows."""
    cells = range(begin * 2, end * 2)
    return tuple(sorted((day * DAY_CELLS + cell) % CELLS for day in weekdays for cell in cells))


PRESETS: dict[str, tuple[str, tuple[int, ...]]] = {
    "week": (N_("All week"), tuple(range(CELLS))),
    "workdays": (N_("Monday to Friday"), _every(range(5), 0, 24)),
    "evenings": (N_("Evenings from 17:00"), _every(range(7), 17, 24)),
    "weekend": (N_("Saturday and Sunday"), _every(range(5, 7), 0, 24)),
    "nights": (N_("Nights 22:00 to 8:00"), _every(range(7), 22, 32)),
}


class PricesIn(msgspec.Struct):
    """The page's fields as they stand. Ids are text; empty means all PCs, or everybody."""

    pcs: _Id = ""
    who: _Id = ""
    to_pcs: _Id | None = None
    to_who: _Id | None = None
    """Another week to show, from the buttons above it."""
    do: Annotated[str, Meta(max_length=20)] = ""
    """paint, reprice, undo, preset:<name>; anything else only shows."""
    cells: list[int] = []
    paint: Annotated[str, Meta(max_length=110)] = "new"
    """new, erase, or t: and the name of a price."""
    name: _Name = ""
    price: Annotated[str, Meta(max_length=40)] = ""
    tariff: _Name = ""
    tariff_name: _Name = ""
    tariff_price: Annotated[str, Meta(max_length=40)] = ""
    strokes: Annotated[str, Meta(max_length=200_000)] = ""
    seen: Annotated[str, Meta(max_length=40)] = ""
    sim_who: _Id = ""
    sim_pcs: _Id = ""
    sim_day: int = 5
    sim_from: Annotated[str, Meta(max_length=8)] = "21:00"
    sim_hours: Annotated[str, Meta(max_length=8)] = "3"
    done: int = 0
    key: str = ""


@routes.get("/panel/prices", right="prices.view", summary="The prices as a week to paint")
async def page(call: CafeCall, data: PricesIn) -> Reply:
    """The week of a PC group and a customer group, the rules behind it, and the simulator."""
    return await _page(call, data, ())


@routes.post("/panel/prices/draft", right="prices.view", summary="Draw on a draft of the prices")
async def draw(call: CafeCall, data: PricesIn) -> Reply:
    """The page with one stroke more or less, another week, or another question; stores nothing."""
    strokes: tuple[Stroke, ...] = ()
    try:
        strokes = _strokes(data)
        if data.do == "undo":
            strokes = strokes[:-1]
        elif data.do in ("paint", "reprice"):
            call.actor.require("prices.edit")
            if len(strokes) >= _STROKES_MAX:
                raise InvalidInput({"cells": say("put in force what you have painted so far")})
            stroke = _paint(call, data) if data.do == "paint" else _reprice(call, data)
            return await _page(call, _cleared(data, stroke), (*strokes, stroke))
    except AppError as error:
        return await _page(call, data, strokes, error)
    return await _page(call, data, strokes)


@routes.post("/panel/prices", right="prices.edit", summary="Put painted prices in force")
async def put(call: CafeCall, data: PricesIn) -> Reply:
    """All strokes in one act, once per form; or the page again with the reason."""
    strokes: tuple[Stroke, ...] = ()
    try:
        strokes = _strokes(data)
        draft = Draft(call.center, strokes, data.seen)
        await call.do(put_in_force, draft, lambda made: made, Put, key=data.key)
    except AppError as error:
        return await _page(call, data, strokes, error)
    address = f"/panel/prices?pcs={_plain(data.pcs)}&who={_plain(data.who)}&done=1"
    return Reply().with_header("hx-redirect", address)


def _strokes(data: PricesIn) -> tuple[Stroke, ...]:
    """The draft so far. Raises InvalidInput when it is none of ours."""
    if not data.strokes:
        return ()
    try:
        strokes = msgspec.json.decode(data.strokes, type=tuple[Stroke, ...])
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise InvalidInput({"strokes": say("cannot be read; begin anew")}) from None
    for stroke in strokes:
        tint = stroke.tint
        if isinstance(stroke, Paint) and not set(stroke.cells) <= set(range(CELLS)):
            raise InvalidInput({"strokes": say("cannot be read; begin anew")})
        if tint is not None:
            _check(tint, "strokes", "strokes")
    if len(strokes) > _STROKES_MAX:
        raise InvalidInput({"strokes": say("put in force what you have painted so far")})
    return strokes


def _check(tint: Tint, name_field: str, price_field: str) -> Tint:
    if not tint.name or tint.name != tint.name.strip() or len(tint.name) > 100:
        raise InvalidInput({name_field: say("must be 1 to %(count)s characters", count=100)})
    if not 0 <= tint.price_per_hour_micros <= PRICE_MICROS_MAX:
        most = format_plain(PRICE_MICROS_MAX)
        raise InvalidInput({price_field: say("must be at most %(most)s", most=most)})
    return tint


def _tint(call: CafeCall, name: str, price: str, name_field: str, price_field: str) -> Tint:
    """A price as it was typed, everything wrong with it named at once."""
    wrong: dict[str, str] = {}
    micros = 0
    try:
        micros = read_amount(price, call.center.currency, field=price_field)
    except InvalidInput as refused:
        wrong |= refused.fields
    if not name:
        wrong[name_field] = say("is required")
    if wrong:
        raise InvalidInput(wrong)
    return _check(Tint(name, micros), name_field, price_field)


def _paint(call: CafeCall, data: PricesIn) -> Paint:
    cells = tuple(sorted({cell for cell in data.cells if 0 <= cell < CELLS}))
    if not cells:
        raise InvalidInput({"cells": say("choose the hours first")})
    grid = Grid(_group(data.pcs), _group(data.who))
    if data.paint == "erase":
        return Paint(grid, cells)
    if data.paint.startswith("t:"):
        name, _, micros = data.paint.removeprefix("t:").rpartition(":")
        if name and micros.isascii() and micros.isdigit() and len(micros) < 16:
            return Paint(grid, cells, _check(Tint(name, int(micros)), "paint", "paint"))
        raise InvalidInput({"cells": say("choose a price first")})
    return Paint(grid, cells, _tint(call, data.name, data.price, "name", "price"))


def _reprice(call: CafeCall, data: PricesIn) -> Reprice:
    name = DEFAULT_NAME if data.tariff == DEFAULT_NAME else data.tariff_name or data.tariff
    tint = _tint(call, name, data.tariff_price, "tariff_name", "tariff_price")
    if name == DEFAULT_NAME and data.tariff != DEFAULT_NAME:
        raise InvalidInput({"tariff_name": say("is in use already")})
    return Reprice(data.tariff, tint)


def _cleared(data: PricesIn, stroke: Stroke) -> PricesIn:
    """The form after a stroke: nothing chosen, and what was painted with taken up for the next."""
    paint = data.paint
    if isinstance(stroke, Paint) and stroke.tint is not None:
        paint = f"t:{stroke.tint.name}:{stroke.tint.price_per_hour_micros}"
    return PricesIn(
        pcs=data.pcs,
        who=data.who,
        paint=paint,
        sim_who=data.sim_who,
        sim_pcs=data.sim_pcs,
        sim_day=data.sim_day,
        sim_from=data.sim_from,
        sim_hours=data.sim_hours,
    )


def _group(text: str) -> int | None:
    """A group as the page names it; what is no number is no group that there is."""
    if not text:
        return None
    plain = text.removeprefix("-")
    return int(text) if plain.isascii() and plain.isdigit() else -999


def _plain(text: str) -> str:
    group = _group(text)
    return "" if group is None else str(group)


def _asked(data: PricesIn) -> tuple[Asked, AppError | None]:
    """The simulator's question; what cannot be read is named, and asked as it is by default."""
    wrong: dict[str, str] = {}
    at = _CLOCK.fullmatch(data.sim_from.strip())
    minute = int(at[1]) * 60 + int(at[2]) if at and int(at[2]) < 60 else 24 * 60
    if minute >= 24 * 60:
        wrong["from"] = say("must be a time like 21:00")
        minute = 0
    try:
        minutes = int(Decimal(data.sim_hours.strip().replace(",", ".")) * 60)
    except (InvalidOperation, ValueError, OverflowError):
        minutes = 0
    if not 0 < minutes <= HOURS_MAX * 60:
        wrong["hours"] = say("must be more than 0 and at most %(most)s", most=HOURS_MAX)
        minutes = 60
    who = _group(data.sim_who or data.who)
    weekday = data.sim_day if 1 <= data.sim_day <= 7 else 1
    asked = Asked(
        _group(data.sim_pcs or data.pcs) or 0,
        GUESTS[0] if who is None else who,
        weekday,
        minute,
        minutes,
    )
    return asked, InvalidInput(wrong) if wrong else None


async def _page(
    call: CafeCall, data: PricesIn, strokes: tuple[Stroke, ...], error: AppError | None = None
) -> Reply:
    if data.to_pcs is not None or data.to_who is not None:
        data = msgspec.structs.replace(
            data,
            pcs=data.pcs if data.to_pcs is None else data.to_pcs.removeprefix("all"),
            who=data.who if data.to_who is None else data.to_who.removeprefix("all"),
            cells=[],
            do="",
            sim_pcs=data.sim_pcs if data.to_pcs is None else "",
            sim_who=data.sim_who if data.to_who is None else "",
        )
    if data.do.startswith("preset:") and data.do[7:] in PRESETS:
        data = msgspec.structs.replace(data, cells=list(PRESETS[data.do[7:]][1]))
    try:
        reply = await call.page(_TEMPLATE, _values, call, data, strokes, error)
    except InvalidInput as refused:
        # The last stroke does not fit, or a group is gone: without them, and with the reason.
        if strokes and set(refused.fields) & {"name", "tariff"}:
            strokes = strokes[:-1]
        else:
            data, strokes = PricesIn(), ()
        reply = await call.page(_TEMPLATE, _values, call, data, strokes, refused)
        error = refused
    return reply if error is None else msgspec.structs.replace(reply, status=error.status)


def _values(
    read: Read, call: CafeCall, data: PricesIn, strokes: tuple[Stroke, ...], error: AppError | None
) -> dict[str, Any]:
    language = call.view.language
    asked, unreadable = _asked(data)
    grid = Grid(_group(data.pcs), _group(data.who))
    shown = prices_page(read, Wanted(call.center, clock.now(), grid, strokes, asked))
    errors, problem = errors_in_form(error, language, _FIELDS)
    if unreadable is not None:
        more, _ = errors_in_form(unreadable, language, ("from", "hours"))
        errors |= more
    gettext = i18n.translations(language).gettext
    return {
        "shown": shown,
        "form": data,
        "asked": asked,
        "strokes": msgspec.json.encode(strokes).decode() if strokes else "",
        "strokes_count": len(strokes),
        "errors": errors,
        "problem": problem,
        "is_moved": isinstance(error, PricesMoved),
        "presets": PRESETS,
        "guests": {group: gettext(name) for group, name in GUEST_NAMES.items()},
        "days": formats.weekday_names(language, "abbreviated"),
        "long_days": formats.weekday_names(language),
        "chosen": set(data.cells),
        "chosen_text": format_cells(data.cells),
        "toast": gettext("The new prices are in force.") if data.done else "",
    }
