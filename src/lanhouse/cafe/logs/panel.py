"""The panel's page "Audit": who changed what, from where and by which call."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.logs.queries.audit import AuditFilter, audit_page
from lanhouse.cafe.logs.wire import cursor_of, cursor_sent
from lanhouse.kit.limits import LOGS_PER_PAGE
from lanhouse.web.replies import Reply

routes = PanelRoutes("Settings pages")
_TEMPLATE = "cafe/logs/templates/audit.html"

Text = Annotated[str, msgspec.Meta(max_length=200)]


class AuditForm(msgspec.Struct):
    """Filters of the page; `older` is where the page before it ended."""

    subject: Text = ""
    call: Text = ""
    staff: int | None = None
    older: Text = ""


@routes.get("/panel/settings/audit", right="audit.view", summary="The audit log")
async def audit(call: CafeCall, data: AuditForm) -> Reply:
    """Newest first; a click on a person, a call or a thing shows its rows only."""
    wanted = AuditFilter(
        center_id=call.center.id,
        actor_kind="" if data.staff is None else "staff",
        actor_id=data.staff,
        call=data.call,
        subject=data.subject.partition(" ")[0],
        subject_id=_number(data.subject.partition(" ")[2]),
        older_than=cursor_sent(data.older),
        rows_max=LOGS_PER_PAGE,
    )
    page = await call.read(audit_page, wanted)
    older = cursor_of(page.rows[-1]) if page.has_more else ""
    return call.html(_TEMPLATE, rows=page.rows, wanted=data, older=older)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
