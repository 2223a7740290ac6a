"""Members on the café API (cafe-wire 1, Members; seed: Members)."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET

from lanhouse.auth.passwords import make_hash
from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.queries import member_groups_of
from lanhouse.cafe.members.commands import changing
from lanhouse.cafe.members.commands.changing import RESET_PASSWORD, MemberChange, MembersNamed
from lanhouse.cafe.members.commands.exporting import note_export
from lanhouse.cafe.members.queries import MemberDetail, detail_of, member_by_account, member_detail
from lanhouse.cafe.members.queries.listing import (
    MEMBER_LIST,
    MemberSearch,
    members_page,
    members_part,
    suggested_members,
)
from lanhouse.cafe.members.rules import birthday_text, expiry_text
from lanhouse.cafe.members.schemas import (
    CursorListIn,
    FilterIn,
    ListIn,
    MemberChangeIn,
    MemberInfoIn,
    MembersIn,
    MultiChangeIn,
    OrderedIn,
    SuggestIn,
)
from lanhouse.cafe.members.sign_in import member_account, verified_member
from lanhouse.cafe.members.wire import (
    EXPORT_COLUMNS,
    SEARCH_FIELDS,
    SORT_NAMES,
    MemberIdsOut,
    MemberInfoOut,
    MemberInitOut,
    MemberOut,
    MemberPageOut,
    MemberRow,
    MemberRowsOut,
    MembersOut,
    SuggestedRow,
    check_confirmed,
    column_of,
    detail,
    expiry_of_new,
    expiry_sent,
    export_part,
    group_names,
    list_row,
    member_info,
    member_out,
    suggested_row,
)
from lanhouse.cafe.members.wire.settings import MemberSettingsOut, member_settings
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.limits import MEMBERS_PER_PAGE
from lanhouse.kit.pages import paging_info
from lanhouse.kit.said import say
from lanhouse.web.exports import sheet_file
from lanhouse.web.format import currency_sign
from lanhouse.web.replies import Stream, Written
from lanhouse.web.sign_in import attempt_of

routes = CafeRoutes("Members")
native = NativeRoutes("Members")


@routes.get(
    "/members",
    right="members.view",
    summary="Members, 50 a page",
    source="seed: Members, Get member lists",
)
async def list_members(call: CafeCall, data: ListIn) -> MembersOut:
    """data {license_using_billing, point_enable, members[], paging_info, member_remind_count}.

    Without search_field the text is looked for in account, names, phone, e-mail and card.
    """
    search = msgspec.structs.replace(_ordered(data, call.center), page=data.page or 1)
    page = await call.read(members_page, search)
    return MembersOut(
        license_using_billing=int(call.center.settings.center.license_using_billing),
        point_enable=int(call.center.settings.loyalty.point_enable),
        members=[list_row(call.center, row, search.at) for row in page.rows],
        paging_info=paging_info(
            page.total, search.page, MEMBERS_PER_PAGE, sent=data.page is not None
        ),
        member_remind_count=0,
    )


@native.get("/members", right="members.view", summary="Members by cursor")
async def native_members(call: CafeCall, data: CursorListIn) -> MemberRowsOut:
    """The rows of `members` with its filters and orders; without `sort_name` the newest first."""
    search = _ordered(data, call.center)
    after = MEMBER_LIST.cursor_sent(search, data.cursor)
    part = await call.read(members_part, search, after, data.limit)
    rows = [list_row(call.center, row, search.at) for row in part.rows]
    return MemberRowsOut(rows, MEMBER_LIST.cursor_text(search, part.after))


@native.get("/members.csv", right="members.export", summary="Members as CSV, newest first")
@native.get("/members.xlsx", right="members.export", summary="Members as XLSX, newest first")
async def export(call: CafeCall, data: FilterIn) -> Stream:
    """All rows of the filters of `members`, with those columns that say something of one member.

    A cell that a spreadsheet would take for a formula has a ' before it. A caller that goes away
    ends the export. Each export is written to the audit log.
    """
    search = _search(data, call.center)
    await call.run(note_export, search)
    name = f"members-{call.center.id}"
    return await sheet_file(
        call, name, EXPORT_COLUMNS, lambda read, after: export_part(read, search, after)
    )


def _ordered(data: OrderedIn, center: Center) -> MemberSearch:
    if data.sort_name and data.sort_name not in SORT_NAMES:
        wrong_sort = {"sort_name": f"must be one of {', '.join(SORT_NAMES)}"}
        raise InvalidInput(_wrong_field(data) | wrong_sort)
    return msgspec.structs.replace(
        _search(data, center),
        sort_name=column_of(data.sort_name),
        is_descending=data.sort == "desc",
    )


def _search(data: FilterIn, center: Center) -> MemberSearch:
    wrong = _wrong_field(data)
    if wrong:
        raise InvalidInput(wrong)
    return MemberSearch(
        center=center,
        at=clock.now(),
        search_text=data.search_text,
        search_field=column_of(data.search_field),
        is_guest=data.guest,
    )


def _wrong_field(data: FilterIn) -> dict[str, str]:
    if not data.search_field or data.search_field in SEARCH_FIELDS:
        return {}
    return {"search_field": f"must be one of {', '.join(SEARCH_FIELDS)}"}


@routes.get(
    "/members/{member_id}",
    right="members.view",
    summary="One member",
    source="seed: Members, Get member details",
)
async def get_member(call: CafeCall) -> MemberPageOut:
    """data {member, member_groups[], orders[], total_amount, currency}; orders: not paid yet."""
    member_id = id_in_path(call.path["member_id"], say("Member not found"))
    found = await call.point(member_detail, call.center, member_id)
    if found is None:
        raise NotFound(say("Member not found"))
    return MemberPageOut(
        member=detail(call.center, found),
        member_groups=group_names(found.groups),
        orders=[],
        total_amount=0,
        currency=currency_sign(call.center.currency, "en"),
    )


@routes.put(
    "/members/{member_id}",
    right="members.edit",
    summary="Change a member",
    source="seed: Members, Update member",
)
async def change_member(call: CafeCall, data: MemberChangeIn) -> Written[MemberOut]:
    """data {member}: the member as it is now. What is not sent stays."""
    member_id = id_in_path(call.path["member_id"], say("Member not found"))
    values = await _changed_values(call, data)
    change = MemberChange(
        center=call.center,
        actor=call.actor,
        member_ids=[member_id],
        values=values,
        version=data.member_version,
    )

    def change_and_show(tx: Any, change: MemberChange) -> MemberDetail:
        changing.change_members(tx, change)
        found = member_detail(tx, change.center, member_id)
        assert found is not None
        return found

    return await call.write(change_and_show, change, lambda found: member_out(call.center, found))


@routes.post(
    "/members/action/multiUpdate",
    right="members.edit",
    summary="Change several members",
    source="seed: Members, Multiple update members",
)
async def change_many(call: CafeCall, data: MultiChangeIn) -> Written[MemberIdsOut]:
    """data {member_ids}. All or none."""
    values: dict[str, Any] = _not_none(
        is_active=data.member_is_active, group_id=data.member_group_id
    )
    if data.member_expire_time_local:
        values["expires_at"] = expiry_sent(data.member_expire_time_local, call.center.zone)
    change = MemberChange(
        center=call.center, actor=call.actor, member_ids=data.member_ids, values=values
    )
    return await call.write(
        changing.change_members, change, lambda rows: MemberIdsOut([row.id for row in rows])
    )


@routes.post(
    "/members/action/multiDelete",
    right="members.delete",
    summary="Delete several members",
    source="seed: Members, Multiple delete members",
)
async def delete_many(call: CafeCall, data: MembersIn) -> Written[MemberIdsOut]:
    """data {member_ids}. All or none; a member who is playing is not deleted."""
    named = MembersNamed(center=call.center, actor=call.actor, member_ids=data.member_ids)
    return await call.write(changing.delete_members, named, MemberIdsOut)


@routes.post(
    "/members/action/resetPassword",
    right="members.edit",
    summary="Set the password of members to 123456",
    source="seed: Members, Reset member password",
)
async def reset_passwords(call: CafeCall, data: MembersIn) -> Written[MemberIdsOut]:
    """data {member_ids}. The members are signed out everywhere."""
    named = MembersNamed(
        center=call.center,
        actor=call.actor,
        member_ids=data.member_ids,
        password_hash=await make_hash(RESET_PASSWORD),
    )
    return await call.write(changing.reset_passwords, named, MemberIdsOut)


@routes.post(
    "/members/action/memberInfo",
    right="members.view",
    summary="A member by account; checks the password when one is sent",
    source="seed: Members, Verify member info",
)
async def verify_member(call: CafeCall, data: MemberInfoIn) -> MemberInfoOut:
    """data: the member's fields, and the same under `member`. Code 200 = the password is right.

    Shares the lock-out of the log-in. Without a password the account is only looked up.
    """
    if data.member_password is UNSET:
        row = await call.read(member_by_account, call.center.id, data.member_account)
    else:
        attempt = attempt_of(call, call.center.id, member_account(data.member_account))
        password = str(data.member_password or "")
        row = await verified_member(call.services, attempt, data.member_account, password)
    if row is None:
        raise NotFound(say("Member not found"))

    def details(read: Read, center: Any) -> MemberDetail:
        return detail_of(read, center, row)

    return member_info(call.center, await call.read(details, call.center))


@routes.get(
    "/members/action/suggestMembers",
    right="members.view",
    summary="Members for a typed text, at most 20",
    source="seed: Members, Search member",
)
async def suggest_members(call: CafeCall, data: SuggestIn) -> list[MemberRow] | list[SuggestedRow]:
    """Rows {member_id, member_account, …}; with has_detail=1 whole rows. Guests are found too."""
    if not data.search_text:
        return []
    at = clock.now()
    rows = await call.read(suggested_members, call.center, data.search_text, at)
    shown = [list_row(call.center, row, at) for row in rows]
    if data.has_detail:
        return shown
    return [suggested_row(row) for row in shown]


@routes.get(
    "/members/action/memberInitData",
    right="members.view",
    summary="What a form for a new member needs",
    source="seed: Members, Get member init data",
)
async def member_init_data(call: CafeCall) -> MemberInitOut:
    """data {member_groups[], default_member_group, member_expire_time_local, currency, …}."""
    groups = await call.read(member_groups_of, call.center.id)
    settings, told = call.center.settings, member_settings(call.center)
    return MemberInitOut(
        member_groups=group_names(groups),
        default_member_group=settings.member.default_member_group,
        member_expire_time_local=expiry_text(
            expiry_of_new("", call.center.zone, clock.now()), call.center.zone
        ),
        point_enable=int(settings.loyalty.point_enable),
        license_using_billing=int(call.center.settings.center.license_using_billing),
        currency=currency_sign(call.center.currency, "en"),
        member_settings=told.member_settings,
        id_number_rules=told.id_number_rules,
    )


@routes.get(
    "/members/action/memberSettings",
    right="members.view",
    summary="Which fields of a member are required, and what else forms of members obey",
    source="seed: Members, Get member settings",
)
async def get_member_settings(call: CafeCall) -> MemberSettingsOut:
    """data {member_settings {all eleven: 0/1}, id_number_rules {digital_only, limit_length}, …}."""
    return member_settings(call.center)


async def _changed_values(call: CafeCall, data: MemberChangeIn) -> dict[str, Any]:
    """The columns that a change sets."""
    values: dict[str, Any] = {}
    for name in ("first_name", "last_name", "email", "phone", "id_card", "address", "comments"):
        given = getattr(data, f"member_{name}")
        if given is not UNSET:
            values[name] = given or ""
    if data.member_birthday is not UNSET:
        values["birthday"] = birthday_text(data.member_birthday)  # type: ignore[arg-type]
    values |= _not_none(
        account=data.member_account,
        sex=data.member_sex,
        group_id=data.member_group_id,
        is_active=data.member_is_active,
    )
    if data.member_expire_time_local:
        values["expires_at"] = expiry_sent(data.member_expire_time_local, call.center.zone)
    if data.member_password is not None:
        check_confirmed(data.member_password, data.member_confirm)
        values["password_hash"] = await make_hash(data.member_password)
    return values


def _not_none(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
