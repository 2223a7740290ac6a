"""Lists of members in and out on the café API (seed: Members, Export, Import)."""

from __future__ import annotations

from hashlib import sha256

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.imports.commands import begin_import
from lanhouse.cafe.imports.commands.others import only_looked, take_over
from lanhouse.cafe.imports.schemas import Begun
from lanhouse.cafe.imports.wire import MembersFileIn, MembersImportOut, OtherMembersIn, import_out
from lanhouse.cafe.imports.wire.intake import BODY_BYTES_MAX, ready_file, ready_other, template_file
from lanhouse.cafe.members.commands.exporting import note_export
from lanhouse.cafe.members.queries.listing import MemberSearch
from lanhouse.cafe.members.schemas import FilterIn
from lanhouse.cafe.members.wire import EXPORT_COLUMNS, export_part
from lanhouse.cafe.members.wire.sent import search_sent
from lanhouse.cafe.members.wire.veil import is_veiled
from lanhouse.cafe.products.sign_in import known_center
from lanhouse.db.cursors import Cursor
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say
from lanhouse.web.exports import Lines, sheet_file
from lanhouse.web.replies import Stream, Written
from lanhouse.web.uploads import file_of

routes = CafeRoutes("Members")
native = NativeRoutes("Members")


@routes.get(
    "/members/action/export",
    right="members.export",
    summary="Members as CSV",
    source="seed: Members, Export member to csv",
)
async def export_members(call: CafeCall, data: FilterIn) -> Stream:
    """A CSV file instead of the envelope, newest first, with the filters of `members`. A cell that
    a spreadsheet would take for a formula has a ' before it. Written to the audit log."""
    search: MemberSearch = search_sent(data, call.center, clock.now())
    await call.run(note_export, search)

    hides = is_veiled(call.actor)

    def look(read: Read, after: Cursor | None) -> Lines[Cursor]:
        return export_part(read, search, after, hides)

    return await sheet_file(call, f"members-{call.center.id}", EXPORT_COLUMNS, look, "csv")


@routes.get(
    "/members/action/exportTemplate",
    right="members.view",
    summary="An empty list of members as CSV",
    source="seed: Members, Export csv template",
)
async def export_template(call: CafeCall) -> Stream:
    """A CSV file instead of the envelope: the columns that an import reads."""
    return await template_file(call)


@routes.post(
    "/members/action/import",
    right="members.import",
    summary="Take in a list of members",
    source="seed: Members, Import member from csv",
    upload_bytes_max=BODY_BYTES_MAX,
)
@native.post(
    "/members/import",
    right="members.import",
    summary="Take in a list of members",
    upload_bytes_max=BODY_BYTES_MAX,
)
async def import_file(call: CafeCall, data: MembersFileIn) -> Written[MembersImportOut]:
    """data {import_id, job_id, imported, left_out[]}. A CSV file as the form's part `file`, with
    the columns of the template; those of the export are read too. All of it or nothing: what is
    wrong is told by `row 12, member_email`. Balances are booked as carried over, at no till.
    Passwords are hashed afterwards; whoever signs in before can do so already."""
    ready = await ready_file(call, is_trial=data.dry_run, skips_existing=data.skip_existing)
    if data.dry_run:
        begun = Begun(count=len(ready.lines), skipped=ready.skipped)
        return await call.write(only_looked, begun, import_out)
    key = call.idempotency_key
    if key is not None:
        # The file is part of what was asked for, and no field of the form.
        key = f"{key}:{sha256(file_of(call.request, 'file')).hexdigest()[:32]}"
    return await call.write(begin_import, ready, import_out, key=key)


@routes.post(
    "/members/action/importMembers",
    right="members.import",
    summary="Take the members of another centre over",
    source="seed: Members, Import member by license name",
)
async def import_members(call: CafeCall, data: OtherMembersIn) -> Written[MembersImportOut]:
    """data {import_id, job_id, imported, left_out[]}. Without their money, packages and history;
    accounts that are here already are left out, and so is, with the reason, who does not tell what
    this centre asks of every member (turned_away). Both centres' logs tell it. Wrong passwords
    count like those of a sign-in."""
    other = await known_center(call, data.license_name, data.license_password)
    if other.id == call.center.id:
        raise Refused(say("This is the centre itself."))
    return await call.write(take_over, await ready_other(call, other), import_out)
