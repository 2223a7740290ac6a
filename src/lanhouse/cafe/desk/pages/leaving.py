"""The page of members who were not here for long: who is forgotten when, and who is kept."""

from __future__ import annotations

from typing import Any

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.members.queries.leaving import kept_for_money, leaving_members
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.web.replies import Reply

routes = PanelRoutes("Members pages")
_ROWS = 200


@routes.get("/panel/members/leaving", right="members.view", summary="Members who do not come")
async def leaving(call: CafeCall) -> Reply:
    """At most 200 of each; a visit takes a member off the list."""
    return await call.page("cafe/desk/templates/members/leaving.html", _values, call)


def _values(read: Read, call: CafeCall) -> dict[str, Any]:
    return {
        "months": call.center.settings.member.member_retention_months,
        "leaving": leaving_members(read, call.center.id, _ROWS),
        "kept": kept_for_money(read, call.center, clock.now(), _ROWS),
    }
