"""The panel's pages of the staff: who works here, and what each may do."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.staff.commands.rights import RightsChange, change_rights
from lanhouse.cafe.staff.queries import rights_of_everybody, rights_of_staff
from lanhouse.cafe.staff.schemas import PersonRights
from lanhouse.kit.errors import AppError, NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.i18n import N_
from lanhouse.web.pages.refusals import refusal_text
from lanhouse.web.replies import Reply

routes = PanelRoutes("Settings pages")
_FOLDER = "cafe/staff/templates"

SECTIONS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        N_("Floor"),
        (
            ("pcs.view", N_("See PCs and the map")),
            ("pcs.out_of_order", N_("Take a PC out of order, and back")),
            ("sessions.view", N_("See sessions and bills")),
            ("sessions.start", N_("Start sessions and sell time")),
            ("sessions.checkout", N_("Check out")),
            ("sessions.free", N_("Start free sessions")),
            ("sessions.guest_login", N_("Read a guest’s log-in")),
            ("sessions.refund_other_tender", N_("Give money back another way than it came")),
        ),
    ),
    (
        N_("Members"),
        (
            ("members.view", N_("See members")),
            ("members.edit", N_("Add and change members")),
            ("members.delete", N_("Delete members")),
            ("members.export", N_("Take all members away as a file")),
            ("members.topup", N_("Top up")),
            ("members.refund", N_("Give a balance back")),
            ("members.bonus", N_("Give bonus by hand")),
            ("members.coins", N_("Give coins")),
            ("members.loan", N_("Lend")),
            ("members.pay_out_loan", N_("Pay out lent money")),
        ),
    ),
    (
        N_("Prices and hall"),
        (
            ("prices.view", N_("See prices")),
            ("prices.edit", N_("Change prices")),
            ("offers.view", N_("See offers")),
            ("offers.edit", N_("Change offers")),
            ("groups.view", N_("See groups")),
            ("pc_groups.edit", N_("Change PC groups")),
            ("member_groups.edit", N_("Change member groups")),
            ("pcs.edit", N_("Add and change PCs")),
        ),
    ),
    (
        N_("House"),
        (
            ("till.expense", N_("Take cash out of the till for the house")),
            ("logs.view", N_("See the log")),
            ("reports.view", N_("See reports")),
            ("settings.view", N_("See settings")),
            ("settings.edit", N_("Change settings")),
            ("api_keys.manage", N_("Make API keys")),
            ("clock.accept", N_("Accept the server’s clock")),
            ("jobs.manage", N_("See and cancel everybody’s background work")),
            ("staff.view", N_("See staff")),
            ("staff.edit", N_("Change the rights of staff")),
            ("audit.view", N_("See the audit log")),
        ),
    ),
)
"""Every right once, as people read it."""


class RightsForm(msgspec.Struct):
    """The rights that are ticked."""

    right: list[str] = []


@routes.get("/panel/settings/staff", right="staff.view", summary="Staff and their rights")
async def people(call: CafeCall) -> Reply:
    """Everybody who works here."""
    found = await call.read(rights_of_everybody, call.center.id)
    return call.html(f"{_FOLDER}/people.html", people=found)


@routes.get("/panel/settings/staff/{staff_id}", right="staff.view", summary="A person's rights")
async def rights_page(call: CafeCall) -> Reply:
    """Check marks in sections; what differs from the role says so."""
    person = await _person(call)
    return _shown(call, person, person.rights)


@routes.post(
    "/panel/settings/staff/{staff_id}", right="staff.edit", summary="Set a person's rights"
)
async def save_rights(call: CafeCall, data: RightsForm) -> Reply:
    """The form again, with what holds now, or with the reason and what was ticked."""
    person = await _person(call)
    ticked = frozenset(data.right)
    change = RightsChange(
        center_id=call.center.id,
        staff_id=person.staff_id,
        actor=call.actor,
        granted=sorted(ticked - person.template),
        withheld=sorted(_SHOWN & person.template - ticked),
    )
    try:
        person = await call.run(change_rights, change)
    except AppError as error:
        reason = refusal_text(error, call.view.language)
        return _shown(call, person, ticked, reason, error.status)
    return _shown(call, person, person.rights, is_saved=True)


_SHOWN = frozenset(right for _, rights in SECTIONS for right, _ in rights)


async def _person(call: CafeCall) -> PersonRights:
    wanted = (call.center.id, id_in_path(call.path["staff_id"], say("Staff not found")))
    person = await call.read(rights_of_staff, wanted)
    if person is None:
        raise NotFound(say("There is no page at this address."))
    return person


def _shown(
    call: CafeCall,
    person: PersonRights,
    ticked: frozenset[str],
    problem: str = "",
    status: int = 200,
    *,
    is_saved: bool = False,
) -> Reply:
    is_own = call.actor.kind == "staff" and call.actor.staff_id == person.staff_id
    return call.html(
        f"{_FOLDER}/rights.html",
        status=status,
        person=person,
        sections=SECTIONS,
        ticked=ticked,
        may_edit=call.actor.may("staff.edit") and not is_own,
        own=call.actor.rights,
        problem=problem,
        is_saved=is_saved,
    )
