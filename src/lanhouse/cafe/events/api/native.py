"""Events, native: made, changed, closed, and wrong records taken back."""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeCall, NativeRoutes
from lanhouse.cafe.events import commands
from lanhouse.cafe.events.commands import Closing, EventChange, EventNotFound
from lanhouse.cafe.events.commands.records import RecordGone, void_record
from lanhouse.cafe.events.queries import event_by_id, events_page, records_of_event, standings
from lanhouse.cafe.events.schemas import GameEvent, Standing
from lanhouse.cafe.events.wire import (
    ClosingIn,
    EventDetailOut,
    EventRow,
    EventsIn,
    NativeEventIn,
    RankRow,
    RecordOut,
    event_detail,
    event_row,
    native_values,
    places_of,
    rank_row,
    record_out,
)
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.replies import Nothing, Written, nothing

native = NativeRoutes("Events")


@native.get("/events", right="events.view", summary="Events")
async def list_events(call: CafeCall, data: EventsIn) -> list[EventRow]:
    """A page of 50, the latest first."""
    found = await call.read(events_page, call.center.id, data.page or 1)
    return [_row(call, event) for event in found.rows]


@native.get("/events/{event_id}", right="events.view", summary="One event")
async def get_event(call: CafeCall) -> EventDetailOut:
    """With those who take part, in the order of what they played. 404 when there is none."""

    def found(read: Read) -> EventDetailOut:
        event = event_by_id(read, call.center.id, _id(call))
        if event is None:
            raise EventNotFound
        knows = call.actor.may("members.view")
        rows = [rank_row(each, knows=knows) for each in standings(read, call.center.id, event.id)]
        return event_detail(event, call.center.id, call.center.zone, clock.now(), rows)

    return await call.read(found)


@native.post("/events", right="events.edit", summary="Add an event")
async def post_event(call: CafeCall, data: NativeEventIn) -> Written[EventRow]:
    """At most 100 that are not closed."""
    change = EventChange(call.center, None, native_values(data, call.center.zone))
    return await call.write(commands.create_event, change, lambda event: _row(call, event))


@native.put("/events/{event_id}", right="events.edit", summary="Change an event")
async def put_event(call: CafeCall, data: NativeEventIn) -> Written[EventRow]:
    """Replace all values of one that is not closed."""
    change = EventChange(call.center, _id(call), native_values(data, call.center.zone))
    return await call.write(commands.change_event, change, lambda event: _row(call, event))


@native.delete("/events/{event_id}", right="events.edit", summary="Delete an event")
async def drop_event(call: CafeCall) -> Written[Nothing]:
    """It is shown nowhere any more; what was played goes on counting."""
    change = EventChange(call.center, _id(call))
    return await call.write(commands.delete_event, change, nothing)


@native.post("/events/{event_id}/close", right="events.edit", summary="Close an event")
async def post_close(call: CafeCall, data: ClosingIn) -> Written[list[RankRow]]:
    """Who had which place, by member id; gives the prizes. Answers the final standings."""
    closing = Closing(
        center=call.center, actor=call.actor, event_id=_id(call), places=places_of(data.places)
    )

    def shown(final: list[Standing]) -> list[RankRow]:
        return [rank_row(each, knows=call.actor.may("members.view")) for each in final]

    return await call.write(commands.close_event, closing, shown)


@native.get("/events/{event_id}/records", right="events.view", summary="Matches of an event")
async def get_records(call: CafeCall) -> list[RecordOut]:
    """The newest 100. Only for who may see members."""
    call.actor.require("members.view")
    found = await call.read(records_of_event, call.center.id, _id(call))
    return [record_out(record, call.center.zone) for record in found]


@native.delete(
    "/events/{event_id}/records/{record_id}", right="events.record", summary="Take a match back"
)
async def drop_record(call: CafeCall) -> Written[RecordOut]:
    """With its coins; refused when those are spent. Once more changes nothing."""
    gone = RecordGone(
        center=call.center,
        actor=call.actor,
        event_id=_id(call),
        record_id=id_in_path(call.path["record_id"], say("Record not found")),
    )
    return await call.write(void_record, gone, lambda record: record_out(record, call.center.zone))


def _id(call: CafeCall) -> int:
    return id_in_path(call.path["event_id"], EventNotFound().message)


def _row(call: CafeCall, event: GameEvent) -> EventRow:
    return event_row(event, call.center.id, call.center.zone, clock.now())
