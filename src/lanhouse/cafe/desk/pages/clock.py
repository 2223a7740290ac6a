"""The button that accepts a step of the server's clock."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.sessions.commands import AcceptStep, accept_step
from lanhouse.web.pages.look import local_path
from lanhouse.web.replies import Reply

routes = PanelRoutes("Clock")


class AcceptForm(msgspec.Struct):
    """The step in seconds that the page showed, and the page to come back to."""

    step: int
    back: str = "/panel/computers"


@routes.post("/panel/clock/accept", right="clock.accept", summary="Accept the server's clock")
async def accept(call: CafeCall, data: AcceptForm) -> Reply:
    """Step business time and running sessions to the server's clock, for every centre of it.

    A second press finds the clocks in agreement and changes nothing. The page is loaded anew: all
    that it shows has moved.
    """
    await call.run(accept_step, AcceptStep(call.actor, data.step))
    return Reply().with_header("hx-redirect", local_path(data.back))
