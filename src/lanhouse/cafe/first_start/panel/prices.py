"""Step 3: what an hour costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.first_start import commands
from lanhouse.cafe.first_start.commands import FirstPrices
from lanhouse.cafe.first_start.panel import FOLDER, PATH, RIGHT, go, page
from lanhouse.cafe.first_start.queries import Progress, progress_of
from lanhouse.cafe.first_start.rules import (
    first_packages,
    usual_prices,
)
from lanhouse.cafe.metering.plans import terms_by
from lanhouse.cafe.metering.rules import cost_of_seconds
from lanhouse.cafe.pricing.rules import PriceList, PriceRule, tariff_for
from lanhouse.kit import clock
from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.web.replies import Reply, redirect

routes = PanelRoutes("First start")
_SOME_SECONDS = 90 * 60


class PricesForm(msgspec.Struct):
    """Step 3: `price_<room>` stand beside it; `package` are the keys of packages to sell."""

    package: list[Annotated[str, Meta(max_length=20)]] = []


class Example(msgspec.Struct, frozen=True):
    """What an hour and a half costs in a room."""

    room: str
    micros: int
    ten_minutes_micros: int


@routes.get(f"{PATH}/prices", right=RIGHT, summary="First start: prices")
async def prices_step(call: CafeCall) -> Reply:
    """What an hour costs in each room."""
    return await _prices_form(call)


@routes.post(f"{PATH}/prices/preview", right=RIGHT, summary="First start: what time would cost")
async def prices_preview(call: CafeCall, data: PricesForm) -> Reply:
    """1 h 30 in each room under the typed prices, by the rules of the till."""
    progress = await call.read(progress_of, call.center)
    return call.html(f"{FOLDER}/examples.html", **_examples(call, progress, data.package))


@routes.post(f"{PATH}/prices", right=RIGHT, summary="First start: set the prices")
async def set_prices(call: CafeCall, data: PricesForm) -> Reply:
    """Save step 3 and go on."""
    progress = await call.read(progress_of, call.center)
    try:
        prices = _typed_prices(call.center, progress, call.inputs)
        first = prices.get(progress.rooms[0].id, 0) if progress.rooms else 0
        offered = first_packages(first) if first and not progress.offers_count else {}
        wanted = FirstPrices(
            center=call.center,
            by_room=prices,
            packages=[offered[key] for key in data.package if key in offered],
        )
        await call.run(commands.set_first_prices, wanted)
    except AppError as error:
        return await _prices_form(call, error, data.package)
    return go("people")


def _typed_prices(center: Center, progress: Progress, inputs: Mapping[str, Any]) -> dict[int, int]:
    """Micros an hour by room; raises InvalidInput by `price_<room>`."""
    found: dict[int, int] = {}
    errors: dict[str, str] = {}
    for room in progress.rooms:
        name = f"price_{room.id}"
        try:
            found[room.id] = read_amount(str(inputs.get(name) or ""), center.currency, field=name)
        except InvalidInput as wrong:
            errors |= wrong.fields
    if errors:
        raise InvalidInput(errors)
    return found


def _examples(call: CafeCall, progress: Progress, chosen: Sequence[str] = ()) -> dict[str, Any]:
    """What is shown below the prices, of those that can be read."""
    examples: list[Example] = []
    first: int | None = None
    for room in progress.rooms:
        name = f"price_{room.id}"
        try:
            typed = str(call.inputs.get(name) or "")
            micros = read_amount(typed, call.center.currency, field=name)
        except InvalidInput:
            continue  # said beside its field once the step is left
        first = micros if first is None and room is progress.rooms[0] else first
        examples.append(_example(call.center, room.name, micros, clock.now()))
    packages = first_packages(first) if first and not progress.offers_count else {}
    return {
        "examples": examples,
        "packages": packages,
        "hour_micros": first or 0,
        "chosen": chosen,
    }


def _example(center: Center, room: str, price_micros: int, at: datetime) -> Example:
    rule = PriceRule(0, "", price_micros)
    tariff = tariff_for(PriceList((), rule, True), 0, 0, zone=center.zone_name, discount=0)
    terms = terms_by(center.settings.payment, currency=center.currency)
    costs = [cost_of_seconds(tariff, at, seconds, terms) for seconds in (_SOME_SECONDS, 600)]
    return Example(room, *costs)


async def _prices_form(
    call: CafeCall, error: AppError | None = None, chosen: Sequence[str] = ()
) -> Reply:
    progress = await call.read(progress_of, call.center)
    if not progress.rooms:
        return redirect(f"{PATH}/rooms")
    names = [f"price_{room.id}" for room in progress.rooms]
    typed = {name: call.inputs.get(name) for name in names}
    stored = {f"price_{room.id}": room.price_micros for room in progress.rooms}
    return await page(
        call,
        "prices",
        error,
        names,
        typed=typed,
        stored=stored,
        usual=usual_prices(call.center.currency),
        is_first=not progress.has_price,
        **_examples(call, progress, chosen),
    )
