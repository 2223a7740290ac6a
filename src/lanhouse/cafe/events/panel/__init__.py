"""The panel's pages of events: the list, the form, and one event with its matches and places."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.centers.schemas.loyalty.games import NAMES, earns_coins
from lanhouse.cafe.events import commands
from lanhouse.cafe.events.commands import (
    Closing,
    EventNotFound,
    Joining,
    join_event,
)
from lanhouse.cafe.events.commands.records import NewRecord, RecordGone, record_match, void_record
from lanhouse.cafe.events.panel.forms import PATH, EventWritten, to, written
from lanhouse.cafe.events.queries import (
    EVENTS_PER_PAGE,
    event_by_id,
    events_page,
    records_of_event,
    standings,
)
from lanhouse.cafe.events.schemas import EventStatus, GameEvent
from lanhouse.cafe.events.wire import Number, Wins, places_of
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.queries import member_by_account
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.inputs import Line, id_in_path, means
from lanhouse.kit.pages import PageNumber, paging_info
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_
from lanhouse.web import i18n
from lanhouse.web.pages.refusals import refusal_text
from lanhouse.web.replies import Reply

routes = PanelRoutes("Event pages")
_FOLDER = "cafe/events/templates"
_DONE = {
    "saved": N_("The event is saved."),
    "deleted": N_("The event is deleted."),
    "joined": N_("Entered."),
    "recorded": N_("The match is recorded."),
    "voided": N_("The match is taken back."),
    "closed": N_("The event is closed."),
}
STATUSES = {
    EventStatus.UPCOMING: N_("to come"),
    EventStatus.ACTIVE: N_("on"),
    EventStatus.ENDED: N_("closed"),
}


class EventsPageIn(msgspec.Struct):
    """Which page, and what a form has just done."""

    page: PageNumber = 1
    done: str = ""


class EventPageIn(msgspec.Struct):
    """What a form has just done."""

    done: str = ""


class JoinForm(msgspec.Struct):
    """Who takes part."""

    account: Annotated[Line, Meta(max_length=80)] = ""
    shows_account: bool = False
    key: str = ""


class RecordForm(msgspec.Struct):
    """What somebody played."""

    account: Annotated[Line, Meta(max_length=80)] = ""
    wins: Wins = 0
    kills: Number = 0
    assists: Number = 0
    deaths: Number = 0
    key: str = ""


class VoidForm(msgspec.Struct):
    """A wrong record."""

    record_id: int = 0
    key: str = ""


class CloseForm(msgspec.Struct):
    """Places by member id, as they were typed."""

    place: Annotated[dict[str, str], means("places")] = msgspec.field(default_factory=dict)
    key: str = ""


@routes.get(PATH, right="events.view", summary="Events")
async def events_list(call: CafeCall, data: EventsPageIn) -> Reply:
    """The latest first, with who takes part and where each stands."""
    return await call.page(f"{_FOLDER}/events.html", _list, call, data)


@routes.get(f"{PATH}/{{event_id}}", right="events.view", summary="One event")
async def one_event(call: CafeCall, data: EventPageIn) -> Reply:
    """Who takes part, what was played, and what can be done with it."""
    return await _page(call, done=data.done)


@routes.post(f"{PATH}/{{event_id}}/join", right="events.join", summary="Enter a member")
async def enter(call: CafeCall, data: JoinForm) -> Reply:
    """Once per form, or the page again with the reason."""
    try:
        joining = Joining(
            center=call.center,
            actor=call.actor,
            event_id=_id(call),
            member_id=await _member(call, data.account),
            shows_account=True if data.shows_account else None,
        )
        await call.do(
            join_event,
            joining,
            lambda done: EventWritten(done.event.id),
            EventWritten,
            key=data.key,
        )
    except AppError as error:
        return await _page(call, problem=error, form="join", account=data.account)
    return to(f"{PATH}/{_id(call)}", "joined")


@routes.post(f"{PATH}/{{event_id}}/record", right="events.record", summary="Record a match")
async def record(call: CafeCall, data: RecordForm) -> Reply:
    """Once per form, or the page again with the reason."""
    try:
        new = NewRecord(
            center=call.center,
            actor=call.actor,
            event_id=_id(call),
            member_id=await _member(call, data.account),
            wins=data.wins,
            kills=data.kills,
            assists=data.assists,
            deaths=data.deaths,
        )
        await call.do(record_match, new, written, EventWritten, key=data.key)
    except AppError as error:
        return await _page(call, problem=error, form="record", account=data.account)
    return to(f"{PATH}/{_id(call)}", "recorded")


@routes.post(f"{PATH}/{{event_id}}/void", right="events.record", summary="Take a match back")
async def void(call: CafeCall, data: VoidForm) -> Reply:
    """With its coins, or the page again with the reason."""
    gone = RecordGone(
        center=call.center, actor=call.actor, event_id=_id(call), record_id=data.record_id
    )
    try:
        await call.do(void_record, gone, written, EventWritten, key=data.key)
    except AppError as error:
        return await _page(call, problem=error)
    return to(f"{PATH}/{_id(call)}", "voided")


@routes.post(f"{PATH}/{{event_id}}/close", right="events.edit", summary="Close an event")
async def close(call: CafeCall, data: CloseForm) -> Reply:
    """Give the places their prizes, or the page again with the reason."""
    event_id = _id(call)
    try:
        closing = Closing(
            center=call.center,
            actor=call.actor,
            event_id=event_id,
            places=places_of(data.place),
        )
        await call.do(
            commands.close_event,
            closing,
            lambda _: EventWritten(event_id),
            EventWritten,
            key=data.key,
        )
    except AppError as error:
        return await _page(call, problem=error, form="close", places=data.place)
    return to(f"{PATH}/{event_id}", "closed")


def _id(call: CafeCall) -> int:
    return id_in_path(call.path["event_id"], EventNotFound().message)


async def _member(call: CafeCall, account: str) -> int:
    if not account:
        raise InvalidInput({"account": say("is required")})
    member = await call.point(member_by_account, call.center.id, account)
    if member is None:
        raise MemberNotFound
    return member.id


def _list(read: Read, call: CafeCall, data: EventsPageIn) -> dict[str, Any]:
    found = events_page(read, call.center.id, data.page)
    at = clock.now()
    return {
        "events": found.rows,
        "games": NAMES,
        "statuses": {event.id: _status(call, event, at) for event in found.rows},
        "paging": paging_info(found.total, data.page, EVENTS_PER_PAGE, sent=False),
        "toast": _toast(call, data.done),
    }


async def _page(
    call: CafeCall,
    *,
    done: str = "",
    problem: AppError | None = None,
    form: str = "",
    account: str = "",
    places: dict[str, str] | None = None,
) -> Reply:
    """The page of an event; told in the page itself, and so with 200 (decision 0112)."""
    event_id, loyalty = _id(call), call.center.settings.loyalty

    def values(read: Read) -> dict[str, Any]:
        event = event_by_id(read, call.center.id, event_id)
        if event is None:
            raise EventNotFound
        players = standings(read, call.center.id, event_id)
        proposed = {str(each.member_id): str(each.rank) for each in players if each.tally.matches}
        return {
            "event": event,
            "game": NAMES.get(event.game_code, event.game_code),
            "status": event.status(clock.now()).value,
            "status_words": _status(call, event, clock.now()),
            "players": players,
            "places": proposed if places is None else places,
            "records": records_of_event(read, call.center.id, event_id),
            "knows": call.actor.may("members.view"),
            "earns": loyalty.reward_coin_from_games
            and event.game_code in NAMES
            and earns_coins(loyalty.supported_games, event.game_code),
            "gives_prizes": loyalty.reward_coin_from_events,
            "problem": "" if problem is None else refusal_text(problem, call.view.language),
            "form": form,
            "account": account,
            "toast": _toast(call, done),
        }

    return await call.page(f"{_FOLDER}/event.html", values)


def _status(call: CafeCall, event: GameEvent, at: datetime) -> str:
    return i18n.translations(call.view.language).gettext(STATUSES[event.status(at)])


def _toast(call: CafeCall, done: str) -> str:
    return i18n.translations(call.view.language).gettext(_DONE[done]) if done in _DONE else ""
