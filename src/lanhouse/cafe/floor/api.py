"""PCs with who plays on them, on the café API (cafe-wire 1, PCs; seed: PCs)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.floor.queries import Floor, floor_at, offers_on_pcs, pcs_in_use
from lanhouse.cafe.floor.wire import (
    BaseOut,
    CommonOut,
    ConsoleOut,
    FloorRows,
    InitOfferOut,
    LivePcRow,
    LivePcsOut,
    OnlinePcRow,
    PcNameRow,
    console_row,
    live_row,
    live_rows,
)
from lanhouse.cafe.offers.wire import PackageRow, offer_row, package_row
from lanhouse.cafe.pcs import commands
from lanhouse.cafe.pcs.commands import NewPcs, PcChange
from lanhouse.cafe.pcs.queries import rooms_of
from lanhouse.cafe.pcs.wire import (
    ConsoleType,
    PcName,
    PcNames,
    PcsIn,
    PlainPcRow,
    plain_row,
    room_rows,
)
from lanhouse.cafe.sessions.queries import packages_owned
from lanhouse.cafe.sessions.wire.inputs import PcNamesIn as SessionPcsIn
from lanhouse.db.store import Read, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import NotFound
from lanhouse.kit.inputs import Line, also, means
from lanhouse.kit.said import say
from lanhouse.web.replies import Written

Out = TypeVar("Out")
routes = CafeRoutes("PCs")
members = CafeRoutes("Members")
sessions = CafeRoutes("PC sessions")


async def _rows_named(call: CafeCall, names: list[str]) -> list[LivePcRow]:
    floor = await call.read(floor_at, call.center, clock.now())
    return _named(call.center, floor, names)


def _named(center: Center, floor: Floor, names: list[str]) -> list[LivePcRow]:
    keys = {name.casefold() for name in names}
    return [live_row(center, floor, row) for row in floor.rows if row.name_key in keys]


@routes.get("/pcList", right="pcs.view", summary="All PCs and who plays", source="cafe-wire, PCs")
async def pc_list(call: CafeCall) -> Written[list[LivePcRow]]:
    """All PCs; what belongs to a session is null on an idle one."""
    return await _kept(call, _pc_list)


async def _kept(call: CafeCall, shown: Callable[[Read, Center, datetime], Out]) -> Written[Out]:
    """The answer `shown`, made and encoded in the reader thread, kept within a second."""
    center, encode = call.center, call.encode
    # Besides its id only the zone is shown of a centre, and it may have just been changed.
    place = (shown, center.id, center.zone_name)
    body = await call.services.kept.answer(
        call.store, place, lambda read, at: encode(shown(read, center, at))
    )
    return Written(body)


def _pc_list(read: Read, center: Center, at: datetime) -> list[LivePcRow]:
    return live_rows(center, floor_at(read, center, at))


def _base(read: Read, center: Center, at: datetime) -> BaseOut:
    rooms = room_rows(rooms_of(read, center.id), center.id)
    return BaseOut(FloorRows(_pc_list(read, center, at), rooms))


@routes.get(
    "/onlinePcList",
    right="pcs.view",
    summary="Which PCs have their client connected",
    source="cafe-wire, PCs",
)
async def online_pc_list(call: CafeCall) -> list[OnlinePcRow]:
    """Rows {pc_name, is_connected 0|1}. No client program can connect in this release."""
    rows, _ = await call.read(pcs_in_use, call.center.id)
    return [OnlinePcRow(row.name, 0) for row in rows]


@routes.get("/base/query", right="pcs.view", summary="PCs and rooms", source="cafe-wire, PCs")
async def base_query(call: CafeCall) -> Written[BaseOut]:
    """`pcs_init {pc_list[], room_list[]}`; PC rows as in pcList."""
    return await _kept(call, _base)


@routes.get("/pcs", right="pcs.view", summary="All PCs", source="seed: PCs, PCs lists")
async def list_pcs(call: CafeCall) -> list[PlainPcRow]:
    """All PCs with `pc_in_using` 0 or 1."""
    rows, used = await call.read(pcs_in_use, call.center.id)
    return [plain_row(row, call.center.id, is_used=row.id in used) for row in rows]


@routes.get(
    "/pcs/action/member_pcs", right="pcs.view", summary="All PCs", source="seed: PCs, PCs lists"
)
async def member_pcs(call: CafeCall) -> list[PlainPcRow]:
    """The same rows as GET /pcs."""
    return await list_pcs(call)


class PcFilterIn(Struct):
    """Which PCs; without either all of them."""

    pc_name: Annotated[list[Annotated[Line, Meta(max_length=50)]], also("pcs")] = []
    """The PC's name holds one of these texts."""
    pc_console_type: int | None = None
    """Only filters: of a kind that there is not there are no PCs."""


@routes.get(
    "/pcs/action/getPcsList",
    right="pcs.view",
    summary="PCs by name and kind",
    source="seed: PCs, Get PC lists",
)
async def get_pcs_list(call: CafeCall, data: PcFilterIn) -> list[PlainPcRow]:
    """Rows as in GET /pcs."""
    rows, used = await call.read(pcs_in_use, call.center.id)
    texts = [name.casefold() for name in data.pc_name]
    return [
        plain_row(row, call.center.id, is_used=row.id in used)
        for row in rows
        if (not texts or any(text in row.name_key for text in texts))
        and data.pc_console_type in (None, row.console_type)
    ]


class NewPcIn(Struct):
    """PCs to add; several names may be given."""

    pc_name: Annotated[PcNames, also("pcs"), means("names")]
    pc_console_type: ConsoleType = 0
    pc_group_id: int = 0
    pc_comment: Annotated[str, Meta(max_length=200)] = ""


@routes.post("/pcs", right="pcs.edit", summary="Add PCs", source="seed: PCs, Add PC")
async def add_pcs(call: CafeCall, data: NewPcIn) -> Written[LivePcsOut]:
    """data {pcs: the new ones, as in pcList}."""
    new = NewPcs(
        center=call.center,
        names=data.pc_name,
        console_type=data.pc_console_type,
        pc_group_id=data.pc_group_id,
        comment=data.pc_comment,
    )
    return await call.write(add_and_show, new)


def add_and_show(tx: Tx, new: NewPcs) -> LivePcsOut:
    """Add the PCs and answer their rows."""
    return _shown(tx, new.center, commands.add_pcs(tx, new))


def change_and_show(tx: Tx, change: PcChange) -> LivePcsOut:
    """Change the PCs and answer their rows."""
    return _shown(tx, change.center, commands.change_pcs(tx, change))


def _shown(tx: Tx, center: Center, names: list[str]) -> LivePcsOut:
    return LivePcsOut(_named(center, floor_at(tx, center, tx.now), names))


class PcChangeIn(Struct):
    """What to change on the named PCs; what is left out stays."""

    pcs: Annotated[PcNames, also("pc_name"), means("names")]
    edit_pc_name: Annotated[PcName | None, means("new_name")] = None
    edit_pc_group_id: Annotated[int | None, means("pc_group_id")] = None
    edit_pc_console_type: ConsoleType | None = None
    edit_pc_comment: Annotated[str, Meta(max_length=200)] | UnsetType | None = UNSET
    """Empty text or null removes it; so for the next two."""
    edit_pc_ip: Annotated[Line, Meta(max_length=45), means("ip")] | UnsetType | None = UNSET
    edit_pc_mac: Annotated[Line, Meta(max_length=17), means("mac")] | UnsetType | None = UNSET


@routes.put("/pcs", right="pcs.edit", summary="Change PCs", source="seed: PCs, Update PCs")
async def change_pcs(call: CafeCall, data: PcChangeIn) -> Written[LivePcsOut]:
    """data {pcs: the changed ones, as in pcList}. All or none; a PC in use keeps its name."""
    change = PcChange(
        center=call.center,
        names=data.pcs,
        new_name=data.edit_pc_name,
        pc_group_id=data.edit_pc_group_id,
        console_type=data.edit_pc_console_type,
        comment=_given(data.edit_pc_comment),
        ip=_given(data.edit_pc_ip),
        mac=_given(data.edit_pc_mac),
    )
    return await call.write(change_and_show, change)


def _given(value: str | UnsetType | None) -> str | None:
    """For the command: None = leave it, empty = remove it."""
    return None if value is UNSET else value or ""


@routes.post(
    "/pcs/action/multiPcInfo",
    right="pcs.view",
    summary="What several PCs have in common, for changing them together",
    source="seed: PCs, For multi-PC editing",
)
async def multi_pc_info(call: CafeCall, data: PcsIn) -> CommonOut:
    """data {pcs[] as in GET /pcs, pc_group_id, pc_console_type, pc_comment}; null = they differ."""
    rows, used = await call.read(pcs_in_use, call.center.id)
    found = {row.name_key: row for row in rows}
    unknown = [name for name in data.pcs if name.casefold() not in found]
    if unknown:
        raise NotFound(say("PC not found: %(names)s", names=", ".join(unknown[:10])))
    named = [found[key] for key in dict.fromkeys(name.casefold() for name in data.pcs)]
    return CommonOut(
        pcs=[plain_row(row, call.center.id, is_used=row.id in used) for row in named],
        pc_group_id=_common([row.pc_group_id for row in named]),
        pc_console_type=_common([row.console_type for row in named]),
        pc_comment=_common([row.comment for row in named]),
    )


def _common(values: list[Any]) -> Any:
    return values[0] if values and all(value == values[0] for value in values) else None


class PcIn(Struct):
    """One PC by name."""

    pc_name: Annotated[PcName, also("pcs")]


@routes.get(
    "/pcs/action/consoleDetail",
    right="pcs.view",
    summary="One PC or console and who plays",
    source="seed: PCs, Console details",
)
async def console_detail(call: CafeCall, data: PcIn) -> ConsoleOut:
    """data.pc: the row of pcList and `left_time` (HH:MM:SS, null when nothing ends it)."""
    rows = await _rows_named(call, [data.pc_name])
    if not rows:
        raise NotFound(say("PC not found"))
    return ConsoleOut(console_row(rows[0]))


class MemberIn(Struct):
    """A member's number."""

    member_id: int


@members.get(
    "/members/{member_id}/offers",
    right="members.view",
    summary="The packages that a member bought",
    source="seed: Members, Get member offer list",
)
async def member_offers(call: CafeCall, data: MemberIn) -> list[PackageRow]:
    """Rows {member_offer_id, product_name, product_seconds, member_offer_left_seconds, …}.

    They are the newest 200, and every older one that can still be used.

    Refused with "Member not found" for an unknown number.
    """
    at = clock.now()
    found = await call.read(packages_owned, call.center.id, data.member_id, at)
    return [package_row(package, call.center, at) for package in found]


@sessions.post(
    "/pcSessions/initOffer",
    right="sessions.start",
    summary="The offers that can be sold on PCs now",
    source="seed: PC sessions, Init offer",
)
async def init_offer(call: CafeCall, data: SessionPcsIn) -> InitOfferOut:
    """data {pcs[] {pc_name}, offers[]}: offers that are sold now on all of these PCs, to who plays
    there or to a guest who begins with it at once."""
    rows, found = await call.read(offers_on_pcs, call.center, data.pc_name, clock.now())
    return InitOfferOut(
        pcs=[PcNameRow(row.name) for row in rows],
        offers=[offer_row(offer, call.center.zone) for offer in found],
    )
