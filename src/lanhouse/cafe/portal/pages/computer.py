"""The portal's Computer pages: choose a PC, start, see what it costs, check out (seed: portal).

Each step is a page of its own, so that a phone without a script can do them all.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PortalRoutes
from lanhouse.cafe.portal.pages import home_of, led_home, own_call, topup_offered
from lanhouse.cafe.portal.queries import account_page, is_running
from lanhouse.cafe.portal.queries.computer import (
    SessionNotFound,
    chosen_pc,
    ended_session,
    ending_now,
)
from lanhouse.cafe.portal.queries.places import places_now
from lanhouse.cafe.sessions.commands.bills import Checkout
from lanhouse.cafe.sessions.commands.ending import check_out
from lanhouse.cafe.sessions.commands.starting import Started, StartMember, start_member
from lanhouse.cafe.sessions.errors import QuoteRefused
from lanhouse.cafe.sessions.plans.ending import Settlement
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, Refused, Unauthenticated
from lanhouse.kit.inputs import Line, id_in_path
from lanhouse.kit.money import MICROS
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.pages.refusals import refusal_text, translated
from lanhouse.web.replies import Reply, redirect

routes = PortalRoutes("Portal pages")
_FOLDER = "cafe/portal/templates"
_PATH = "/portal/{license_name}/computer"
SHOWN_SECONDS_MAX = 60
"""So long the shown cost of a check-out holds. At the desk it is five minutes; here who leaves
looks at it himself, and must not play on for a sum of before."""
_Name = Annotated[Line, msgspec.Meta(max_length=100)]
_Key = Annotated[str, msgspec.Meta(max_length=100)]


class PlacesIn(msgspec.Struct):
    """The room that is looked at, or a text that PCs are called; and the PC that is chosen."""

    room: int | None = None
    q: _Name = ""
    pc: _Name = ""


class StartForm(msgspec.Struct):
    """The PC to start at."""

    pc: _Name = ""
    key: _Key = ""


class PcIn(msgspec.Struct):
    """The PC to leave; empty: the only one."""

    pc: _Name = ""


class CheckOutForm(msgspec.Struct):
    """The PC to leave, and the sum that was shown of it."""

    pc: _Name = ""
    quote_time: int = 0
    quote_sign: Annotated[str, msgspec.Meta(max_length=200)] = ""
    key: _Key = ""


class StartedAt(msgspec.Struct):
    """What a start answers."""

    pc_name: str


class EndedAs(msgspec.Struct):
    """What a check-out answers."""

    session_id: int


@routes.get(_PATH, right="member.self", summary="Choose a PC, or the one that is played at")
async def computer(call: CafeCall, data: PlacesIn) -> Reply:
    """The running session; with none, the PCs by room or by a piece of their name."""
    tail = f"?pc={quote(data.pc)}" if data.pc else ""
    return led_home(call, f"computer{tail}") or await _page(call, data)


@routes.get(f"{_PATH}/{{session_id}}/state", right="member.self", summary="Whether it still runs")
async def state(call: CafeCall) -> Reply:
    """For the script of a page that shows a session: `pending` while it runs; JSON."""
    number = id_in_path(call.path["session_id"], say("There is no such session."))
    runs = await call.read(is_running, call.center, call.actor.member_id, number)
    told = msgspec.json.encode({"status": "pending" if runs else "over"})
    reply = Reply(told, content_type="application/json")
    return reply.with_header("cache-control", "no-store")


@routes.get(f"{_PATH}/start", right="member.self", summary="Whether a session shall start")
async def ask_start(call: CafeCall, data: StartForm) -> Reply:
    """What an hour costs there and how long the money lasts, and the question."""
    home = led_home(call, "computer")
    if home is not None:
        return home
    return await _ask_start(call, data.pc)


@routes.post(f"{_PATH}/start", public=True, summary="Start a session")
async def start(call: Call, data: StartForm) -> Reply:
    """Go to the running session, or show the question again with the reason."""
    mine = own_call(call)
    try:
        await _must_be_member(mine)
        cmd = StartMember(
            center=mine.center,
            actor=mine.actor,
            pc_name=data.pc,
            member_id=mine.actor.member_id,
        )
        await mine.do(start_member, cmd, _started, StartedAt, key=data.key or None)
    except AppError as error:
        return await _ask_start(mine, data.pc, error)
    return redirect(f"{home_of(mine.center)}/computer")


@routes.get(f"{_PATH}/checkout", right="member.self", summary="What a check-out comes to")
async def ask_check_out(call: CafeCall, data: PcIn) -> Reply:
    """The cost, and what was, goes and stays of the account."""
    home = led_home(call, "computer")
    if home is not None:
        return home
    return await _ask_check_out(call, data.pc)


@routes.post(f"{_PATH}/checkout", public=True, summary="Check out")
async def leave(call: Call, data: CheckOutForm) -> Reply:
    """End the session for the sum that was shown, or show the new one with the reason.

    The signature of the sum names the session, so that nobody else's can be ended.
    """
    mine = own_call(call)
    try:
        shown_for = clock.to_micros(clock.now()) // MICROS - data.quote_time
        if shown_for > SHOWN_SECONDS_MAX * max(clock.scale(), 1):
            raise QuoteRefused(say("the sum to pay has changed; ask for it again"))
        cmd = Checkout(
            center=mine.center,
            actor=mine.actor,
            pc_names=[data.pc],
            quote_time=data.quote_time,
            quote_sign=data.quote_sign,
        )
        ended = await mine.do(check_out, cmd, _ended, EndedAs, key=data.key or None)
    except SessionNotFound:
        return redirect(f"{home_of(mine.center)}/computer")
    except AppError as error:
        return await _ask_check_out(mine, data.pc, error)
    return redirect(f"{home_of(mine.center)}/computer/ended/{ended.session_id}")


@routes.get(f"{_PATH}/ended/{{session_id}}", right="member.self", summary="An ended session")
async def ended_page(call: CafeCall) -> Reply:
    """Its bill, what paid it, and what the account holds now."""
    home = led_home(call, "computer")
    if home is not None:
        return home
    number = id_in_path(call.path["session_id"], say("There is no such session."))
    whose = (call.center, call.actor.member_id)
    ended = await call.read(ended_session, *whose, number)
    page = await call.read(account_page, *whose, clock.now())
    if page is None:
        raise Unauthenticated
    return call.html(f"{_FOLDER}/portal_ended.html", ended=ended, page=page)


@routes.get(
    f"{_PATH}/ended/{{session_id}}/bill", right="member.self", summary="The bill of a session"
)
async def bill_part(call: CafeCall) -> Reply:
    """For the script of a page that lists sessions: a piece of HTML."""
    number = id_in_path(call.path["session_id"], say("There is no such session."))
    ended = await call.read(ended_session, call.center, call.actor.member_id, number)
    return call.html(f"{_FOLDER}/portal_bill.html", ended=ended)


def _started(done: Started) -> StartedAt:
    return StartedAt(done.session.pc_name)


def _ended(ends: list[Settlement]) -> EndedAs:
    return EndedAs(ends[0].session.id)


async def _must_be_member(call: CafeCall) -> None:
    """Guests are seated at the desk: their accounts live as long as their session."""
    page = await call.read(account_page, call.center, call.actor.member_id, clock.now())
    if page is None:
        raise Unauthenticated
    if not page.member.is_member:
        raise Refused(say("Guests start at the desk."))


async def _page(call: CafeCall, data: PlacesIn) -> Reply:
    whose = (call.center, call.actor.member_id)
    page = await call.read(account_page, *whose, clock.now())
    if page is None:
        raise Unauthenticated
    may_start = page.running is None or call.center.settings.payment.allow_additional_session
    places = room_id = None
    seats = []
    if may_start and page.member.is_member:
        places = await call.read(places_now, *whose, clock.now())
        if data.pc:
            named = [seat for seat in places.seats if seat.name.casefold() == data.pc.casefold()]
            room_id = named[0].room_id if named else data.room
        room_id, seats = places.shown(data.room if room_id is None else room_id, data.q)
    return call.html(
        f"{_FOLDER}/portal_computer.html",
        page=page,
        places=places,
        seats=seats,
        room_id=room_id,
        chosen=data.pc,
        q=data.q,
        is_topup_offered=await topup_offered(call),
    )


async def _ask_start(call: CafeCall, pc_name: str, error: AppError | None = None) -> Reply:
    language = call.view.language
    problem = "" if error is None else refusal_text(error, language)
    chosen = None
    try:
        whose = (call.center, call.actor.member_id)
        chosen = await call.read(chosen_pc, *whose, pc_name, clock.now())
        problem = problem or translated(chosen.refused, language)
    except AppError as refused:
        problem = problem or refusal_text(refused, language)
        error = error or refused
    return call.html(
        f"{_FOLDER}/portal_start.html",
        status=200 if error is None else error.status,
        chosen=chosen,
        problem=problem,
        is_topup_offered=await topup_offered(call),
    )


async def _ask_check_out(call: CafeCall, pc_name: str, error: AppError | None = None) -> Reply:
    whose = (call.center, call.actor.member_id)
    try:
        ending = await call.read(ending_now, *whose, pc_name, clock.now())
    except SessionNotFound:
        return redirect(f"{home_of(call.center)}/computer")
    return call.html(
        f"{_FOLDER}/portal_checkout.html",
        status=200 if error is None else error.status,
        ending=ending,
        problem="" if error is None else refusal_text(error, call.view.language),
    )
