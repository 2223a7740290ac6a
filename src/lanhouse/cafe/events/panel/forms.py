"""The form of an event: what was typed, and what it means."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.centers.schemas.loyalty.games import NAMES
from lanhouse.cafe.events import commands
from lanhouse.cafe.events.commands import (
    PLACES_MAX,
    EventChange,
    EventNotFound,
)
from lanhouse.cafe.events.queries import (
    event_by_id,
)
from lanhouse.cafe.events.schemas import GameEvent
from lanhouse.cafe.events.wire import instant_of
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.inputs import Line
from lanhouse.kit.local_time import local_text
from lanhouse.kit.money import format_plain, parse_micros
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Event pages")
PATH = "/panel/events"
_FOLDER = "cafe/events/templates"
_FIELDS = ("name", "description", "game_code", "starts_at", "ends_at", "places", "prizes")
_PRIZE_MOST_MICROS = 10**12
_Typed = Annotated[Line, Meta(max_length=100)]


class EventFormIn(msgspec.Struct):
    """Which event; 0 = a new one."""

    id: int = 0


class EventForm(msgspec.Struct):
    """An event as it was typed; `id` 0 makes a new one."""

    id: int = 0
    name: _Typed = ""
    description: Annotated[str, Meta(max_length=2_000)] = ""
    game_code: _Typed = ""
    starts_at_date: _Typed = ""
    starts_at_time: _Typed = ""
    ends_at_date: _Typed = ""
    ends_at_time: _Typed = ""
    places: _Typed = ""
    prizes: Annotated[Line, Meta(max_length=300)] = ""
    key: str = ""


class EventWritten(msgspec.Struct):
    """What was written; stored under the form's key."""

    id: int


@routes.get(f"{PATH}/one", right="events.edit", summary="Form: an event")
async def event_form(call: CafeCall, data: EventFormIn) -> Reply:
    """A new event, or one as it is. 404 when there is none."""
    if not data.id:
        return _form(call, EventForm())
    event = await call.point(event_by_id, call.center.id, data.id)
    if event is None:
        raise EventNotFound
    return _form(call, _typed(event, call))


@routes.post(f"{PATH}/one", right="events.edit", summary="Add or change an event")
async def save_event(call: CafeCall, data: EventForm) -> Reply:
    """Once per form, or the form again with the reasons."""
    try:
        change = EventChange(call.center, data.id or None, _values(call, data))
        command = commands.change_event if data.id else commands.create_event
        done = await call.do(command, change, written, EventWritten, key=data.key)
    except AppError as error:
        return _form(call, data, error)
    return to(f"{PATH}/{done.id}", "saved")


@routes.post(f"{PATH}/delete", right="events.edit", summary="Delete an event")
async def delete_event(call: CafeCall, data: EventForm) -> Reply:
    """It is shown nowhere any more."""
    change = EventChange(call.center, data.id)
    try:
        await call.do(
            commands.delete_event,
            change,
            lambda _: EventWritten(data.id),
            EventWritten,
            key=data.key,
        )
    except AppError as error:
        return _form(call, data, error)
    return to(PATH, "deleted")


def to(path: str, done: str) -> Reply:
    """Open a page that says what was done."""
    return Reply().with_header("hx-redirect", f"{path}?done={done}")


def written(made: Any) -> EventWritten:
    """What is stored of an event or a record that was made."""
    return EventWritten(made.id)


def _values(call: CafeCall, form: EventForm) -> dict[str, Any]:
    """For the commands. Raises InvalidInput, everything wrong named at once."""
    wrong: dict[str, str] = {}
    if not form.name:
        wrong["name"] = say("is required")
    code = form.game_code
    if not code or not all(sign.isalnum() or sign in "_.-" for sign in code) or len(code) > 40:
        wrong["game_code"] = say("must be a game's short name such as lol")
    places = form.places or "0"
    if not (places.isascii() and places.isdigit()) or len(places) > 4 or int(places) > PLACES_MAX:
        wrong["places"] = say("must be at most %(most)s", most=PLACES_MAX)
    moments: dict[str, datetime] = {}
    for field in ("starts_at", "ends_at"):
        day, at = getattr(form, f"{field}_date"), getattr(form, f"{field}_time")
        try:
            local = datetime.combine(date.fromisoformat(day), time.fromisoformat(at))
            moments[field] = instant_of(local.replace(tzinfo=None), call.center.zone)
        except ValueError:
            wrong[field] = say("must be a day and a time")
    prizes: list[int] = []
    for text in form.prizes.replace(";", " ").replace(",", " ").split():
        try:
            prizes.append(
                parse_micros(text, decimals=2, field="prizes", most_micros=_PRIZE_MOST_MICROS)
            )
        except InvalidInput as refused:
            wrong |= refused.fields
    if wrong:
        raise InvalidInput(wrong)
    return {
        "name": form.name,
        "description": form.description.strip(),
        "game_code": code,
        "places": int(places),
        "prizes": tuple(prizes),
        **moments,
    }


def _typed(event: GameEvent, call: CafeCall) -> EventForm:
    starts, ends = (local_text(at, call.center.zone) for at in (event.starts_at, event.ends_at))
    return EventForm(
        id=event.id,
        name=event.name,
        description=event.description,
        game_code=event.game_code,
        starts_at_date=starts[:10],
        starts_at_time=starts[11:16],
        ends_at_date=ends[:10],
        ends_at_time=ends[11:16],
        places=str(event.places),
        prizes=" ".join(format_plain(each) for each in event.prizes),
    )


def _form(call: CafeCall, data: EventForm, error: AppError | None = None) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    return call.html(
        f"{_FOLDER}/event_form.html",
        status=200 if error is None else error.status,
        form=data,
        games=NAMES,
        gives_prizes=call.center.settings.loyalty.reward_coin_from_events,
        errors=errors,
        problem=problem,
    )
