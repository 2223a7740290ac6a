"""Parts of the Computers page beside the map: several PCs together, what was, and the takings."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.queries.floor_parts import past_sessions, selection_of, takings_today
from lanhouse.cafe.pcs.wire import PcNames
from lanhouse.kit import clock
from lanhouse.web.replies import Reply

routes = PanelRoutes("Computers pages")
_FOLDER = "cafe/desk/templates/computers"


class SeveralIn(msgspec.Struct):
    """The names of the PCs that are selected."""

    pc: PcNames = []


@routes.get("/panel/computers/selection", right="pcs.view", summary="The side panel of several PCs")
async def selection_part(call: CafeCall, data: SeveralIn) -> Reply:
    """Counts, sums and what can be done with all of them; empty when none is left."""
    found = await call.read(selection_of, call.center, data.pc, clock.now())
    if not found.seats:
        return Reply(b"")
    return call.html(f"{_FOLDER}/selection.html", found=found)


@routes.get("/panel/computers/past", right="sessions.view", summary="What the timeline tells")
async def past_part(call: CafeCall) -> Reply:
    """The sessions that ended lately, as a JSON list of [PC, begin, end, state], ms since 1970."""
    rows = await call.read(past_sessions, call.center, clock.now())
    return Reply(msgspec.json.encode(rows), 200, "application/json")


@routes.get("/panel/computers/takings", right="reports.view", summary="The takings of the day")
async def takings_part(call: CafeCall) -> Reply:
    """What was taken since midnight, for the place beside the map."""
    found = await call.read(takings_today, call.center, clock.now())
    return call.html(f"{_FOLDER}/takings.html", takings=found)
