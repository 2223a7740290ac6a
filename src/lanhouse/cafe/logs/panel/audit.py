"""The panel's page "Audit": who changed what, from where and by which call."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.centers.schemas import GROUPS
from lanhouse.cafe.logs.commands import note_audit_export
from lanhouse.cafe.logs.queries.audit import AUDIT_LIST, AuditFilter
from lanhouse.cafe.logs.wire import AUDIT_COLUMNS, audit_part
from lanhouse.db.statements import Row
from lanhouse.kit.limits import LOGS_PER_PAGE
from lanhouse.kit.pages import CursorIn, address
from lanhouse.kit.texts import N_
from lanhouse.web.exports import sheet_file
from lanhouse.web.replies import Reply, Stream

routes = PanelRoutes("Settings pages")
_TEMPLATE = "cafe/logs/templates/audit.html"
_PATH = "/panel/settings/audit"

Text = Annotated[str, msgspec.Meta(max_length=200)]

SUBJECTS = {
    "api_key": N_("API key"),
    "audit": N_("Audit"),
    "center": N_("Centre"),
    "clock": N_("Clock"),
    "job": N_("Job"),
    "member": N_("Member"),
    "member_group": N_("Member group"),
    "members": N_("Members"),
    "offer": N_("Package"),
    "pc": N_("PC"),
    "pc_group": N_("PC group"),
    "player": N_("Player"),
    "price": N_("Price"),
    "printer": N_("Printer"),
    "product": N_("Product"),
    "receipt": N_("Receipt"),
    "order": N_("Order"),
    "product_group": N_("Product group"),
    "products": N_("Products"),
    "room": N_("Room"),
    "map": N_("Map"),
    "session": N_("Session"),
    "settings": N_("Settings"),
    "staff": N_("Staff"),
    "till": N_("Till"),
}
"""What people call the things of the log; one that is not here stands there under its own name."""
_LABELS = {key.name: key.mark.label for group in GROUPS.values() for key in group.keys}
_MICROS = "_micros"
_HUNDREDTHS = frozenset({"product_discount", "offer_discount", "pc_time_discount"})


class Shown(msgspec.Struct, frozen=True):
    """A value of a row: what it is called (English source text, or its name), before and after."""

    label: str
    before: Any
    after: Any
    form: str
    """How it is shown: money, percent or plain."""


def shown_values(row: Row) -> list[Shown]:
    """The values of a row as people read them."""
    before, after = row.before or {}, row.after or {}
    return [
        Shown(
            _LABELS.get(name) or name.removesuffix(_MICROS).replace("_", " "),
            _plain(name, before.get(name)),
            _plain(name, after.get(name)),
            _form_of(name),
        )
        for name in (after or before)
    ]


def _form_of(name: str) -> str:
    if name.endswith(_MICROS):
        return "money"
    return "percent" if name in _HUNDREDTHS else "plain"


def _plain(name: str, value: Any) -> Any:
    """Lists and objects as text, percentages as such; the rest as it is."""
    if isinstance(value, list | dict):
        return msgspec.json.encode(value).decode()
    return Decimal(value) / 100 if name in _HUNDREDTHS and value is not None else value


class AuditForm(CursorIn, kw_only=True):
    """Filters of the page, and where it begins."""

    subject: Text = ""
    """A thing, or a thing and its id."""
    call: Text = ""
    staff: int | None = None


@routes.get("/panel/settings/audit", right="audit.view", summary="The audit log")
async def audit(call: CafeCall, data: AuditForm) -> Reply:
    """Newest first; a click on a person, a call or a thing shows its rows only."""
    wanted = _filter(call, data)
    after = AUDIT_LIST.cursor_sent(wanted, data.cursor)
    part = await call.read(AUDIT_LIST.part, wanted, after, LOGS_PER_PAGE)
    older = AUDIT_LIST.cursor_text(wanted, part.after)
    return call.html(
        _TEMPLATE,
        rows=part.rows,
        shown=[shown_values(row) for row in part.rows],
        subjects=SUBJECTS,
        wanted=data,
        older=address(_PATH, data, cursor=older) if older else "",
        files={form: address(f"{_PATH}.{form}", data, cursor="") for form in ("csv", "xlsx")},
    )


@routes.get("/panel/settings/audit.csv", right="audit.view", summary="The rows of the page as CSV")
@routes.get("/panel/settings/audit.xlsx", right="audit.view", summary="The same as XLSX")
async def audit_file(call: CafeCall, data: AuditForm) -> Stream:
    """All rows of the filters, newest first; taking them is written to the audit log."""
    wanted = _filter(call, data)
    await call.run(note_audit_export, None)
    name = f"audit-{call.center.id}"
    return await sheet_file(
        call, name, AUDIT_COLUMNS, lambda read, after: audit_part(read, wanted, after)
    )


def _filter(call: CafeCall, data: AuditForm) -> AuditFilter:
    subject, _, subject_id = data.subject.partition(" ")
    return AuditFilter(
        center_id=call.center.id,
        actor_kind="" if data.staff is None else "staff",
        actor_id=data.staff,
        call=data.call,
        subject=subject,
        subject_id=_number(subject_id),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
