"""The Computers page: rooms with seats, live, and the selected PC beside them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec.structs import replace

from lanhouse.auth.keys import NOTICE_DAYS, days_left, key_of_center
from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.centers.queries.demo_hall import demo_since
from lanhouse.cafe.desk.queries.computers import Selected, computers, selected_pc
from lanhouse.cafe.desk.queries.panel_sale import PanelSale, panel_sale
from lanhouse.cafe.desk.rules import MapMemory
from lanhouse.cafe.first_start.queries import progress_of
from lanhouse.cafe.sessions.commands import Looked, take_mark
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.web.format import amount_text
from lanhouse.web.packing import packer_for
from lanhouse.web.render import render
from lanhouse.web.replies import Reply

routes = PanelRoutes("Computers pages")
_FOLDER = "cafe/desk/templates/computers"
_memory = MapMemory()


class PcIn(msgspec.Struct):
    """The name of a PC, as it stands on the map."""

    pc: Annotated[str, msgspec.Meta(max_length=80)] = ""
    held: Annotated[str, msgspec.Meta(max_length=80)] = ""
    """The name of the sale that stands in the panel already (queries.panel_sale)."""


class SeenIn(msgspec.Struct):
    """The name of the map that the browser shows."""

    seen: Annotated[str, msgspec.Meta(max_length=40)] = ""


@routes.get("/panel/computers", right="pcs.view", summary="The Computers page")
async def computers_page(call: CafeCall, data: PcIn) -> Reply:
    """The whole page; `pc` selects a PC."""
    tells_rest = call.actor.may("settings.edit") and call.center.settings.center.show_getting_ready
    tells_key = call.actor.may("api_keys.manage")
    page = f"{_FOLDER}/computers.html"
    return await call.page(page, _page, call, data.pc, tells_rest, tells_key)


def _page(
    read: Read, call: CafeCall, pc_name: str, tells_rest: bool, tells_key: bool
) -> dict[str, Any]:
    at, center = clock.now(), call.center
    shown = computers(read, center, at)
    panel = selected_pc(read, center, pc_name, at) if pc_name else None
    return {
        "map": shown,
        "map_name": _memory.remember(center.id, shown),
        "changed": None,
        "ready": progress_of(read, center) if tells_rest else None,
        "is_demo": demo_since(read, center.id) is not None,
        "key_days": _key_days(read, center.id) if tells_key else None,
        "panel": panel,
        "sale": panel_sale(read, center, call.actor, panel, at, write=_write(call)),
        "selected": pc_name if panel else "",
    }


def _key_days(read: Read, center_id: int) -> int | None:
    """In how many days the API key ends, once that is to be told; 0 or less: it has ended."""
    key = key_of_center(read, center_id)
    left = None if key is None else days_left(key) + 1
    return None if left is None or left > max(NOTICE_DAYS) else left


@routes.get("/panel/computers/map", right="pcs.view", summary="The live part of the map")
async def map_part(call: CafeCall, data: SeenIn) -> Reply:
    """Counters and rooms with the seats that have changed since the map that was seen.

    Every desk asks at every change: those of one language that have seen the same get the same
    bytes. Those may be a second old, so the moment goes beside them.
    """
    center, seen = call.center, data.seen
    pack = packer_for(call.request)
    # The note of the clock, names and phone numbers, and times to sell: nothing else depends on the
    # reader.
    view = call.view.shared("clock.accept", "members.view", "sessions.start")

    def made(read: Read, at: datetime) -> Reply:
        shown = computers(read, center, at)
        changed = _memory.changed_since(center.id, seen, shown)
        name = _memory.remember(center.id, shown)
        page = {"map": shown, "map_name": name, "changed": changed}
        return pack(Reply(render(f"{_FOLDER}/map.html", replace(view, now=at), **page).encode()))

    place = (map_part, center.id, seen, view, pack)
    reply = await call.services.kept.answer(call.store, place, made)
    return reply.with_header("lh-now", str(clock.to_micros(clock.now()) // 1000))


@routes.get("/panel/computers/panel", right="pcs.view", summary="The side panel of a PC")
async def panel_part(call: CafeCall, data: PcIn) -> Reply:
    """Session, bill so far and actions of one PC; empty when the PC is gone."""
    panel, sale = await call.read(_panel, call, data)
    if panel is None:
        return Reply(b"")
    return call.html(f"{_FOLDER}/side_panel.html", panel=panel, sale=sale)


def _panel(read: Read, call: CafeCall, data: PcIn) -> tuple[Selected | None, PanelSale | None]:
    at, center = clock.now(), call.center
    panel = selected_pc(read, center, data.pc, at)
    sale = panel_sale(read, center, call.actor, panel, at, write=_write(call), held=data.held)
    return panel, sale


def _write(call: CafeCall) -> Callable[[int], str]:
    """How the reader types an amount of micros."""
    language, currency = call.view.language, call.center.currency
    return lambda micros: amount_text(micros, currency, language)


class LookedForm(msgspec.Struct):
    """A PC and the session that ended there by itself, by their numbers."""

    pc: int
    session: int


@routes.post("/panel/computers/looked", right="pcs.view", summary="Take an ended session's mark")
async def looked(call: CafeCall, data: LookedForm) -> Reply:
    """The side panel tells that it is open, so that every desk's map loses the mark."""
    await call.run(take_mark, Looked(call.center.id, data.pc, data.session))
    return Reply(status=204)
