"""Step 2: which rooms, and how many PCs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.first_start import commands
from lanhouse.cafe.first_start.commands import Furnishing
from lanhouse.cafe.first_start.panel import FOLDER, PATH, RIGHT, go, page, text_of
from lanhouse.cafe.first_start.rules import ROOM_NAME_CHARS_MAX, RoomWish, check_rooms, furnish
from lanhouse.cafe.pcs.rules import KINDS
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.inputs import Line
from lanhouse.web.i18n import N_
from lanhouse.web.replies import Reply

routes = PanelRoutes("First start")
_ROWS, _ROWS_MAX = 3, 12
_ROW_FIELDS = ("name", "count", "prefix", "kind")


class RoomRow(msgspec.Struct):
    """A row of step 2; one without a name and a number is left out."""

    name: Annotated[Line, Meta(max_length=ROOM_NAME_CHARS_MAX)] = ""
    count: Annotated[str, Meta(max_length=6)] = ""
    prefix: Annotated[Line, Meta(max_length=20)] = ""
    kind: int = 0


class RoomsForm(msgspec.Struct):
    """Step 2; `more` asks for another row."""

    rooms: Annotated[list[RoomRow], Meta(max_length=_ROWS_MAX)] = []
    more: bool = False


@routes.get(f"{PATH}/rooms", right=RIGHT, summary="First start: rooms and PCs")
async def rooms_step(call: CafeCall) -> Reply:
    """Rows for rooms; once they are made, what there is."""
    return await _rooms_form(call, [])


@routes.post(f"{PATH}/rooms/preview", right=RIGHT, summary="First start: the hall as typed")
async def rooms_preview(call: CafeCall, data: RoomsForm) -> Reply:
    """The names of the PCs and how they will stand, while the rows are being typed."""
    rooms: list[RoomWish] = []
    for row in _said(data.rooms):
        try:
            room = _wish(row)
            check_rooms([*rooms, room])
        except InvalidInput:
            continue  # said beside its field once the step is left
        rooms.append(room)
    return call.html(f"{FOLDER}/hall.html", rooms=rooms, hall=furnish(rooms))


@routes.post(f"{PATH}/rooms", right=RIGHT, summary="First start: make the rooms and PCs")
async def make_rooms(call: CafeCall, data: RoomsForm) -> Reply:
    """Save step 2 and go on, or show the form with a row more."""
    rows = _said(data.rooms)
    if data.more:
        return await _rooms_form(call, rows, rows_count=len(data.rooms) + 1)
    try:
        wishes = [_wish(row) for row in rows]
        await call.run(commands.make_rooms, Furnishing(call.center, wishes))
    except AppError as error:
        return await _rooms_form(call, rows, error)
    return go("prices")


def _said(rows: Sequence[RoomRow]) -> list[RoomRow]:
    """The rows that say something."""
    return [row for row in rows if row.name or row.count]


def _wish(row: RoomRow) -> RoomWish:
    count = int(row.count) if row.count.isascii() and row.count.isdigit() else 0
    return RoomWish(name=row.name, count=count, prefix=row.prefix, console_type=row.kind)


async def _rooms_form(
    call: CafeCall, rows: list[RoomRow], error: AppError | None = None, rows_count: int = _ROWS
) -> Reply:
    fields = [
        f"{name}_{row}" for name in ("name", "count", "prefix", "kind") for row in range(_ROWS_MAX)
    ]
    shown = rows or [RoomRow(text_of(call, N_("Main hall")), "", "PC")]
    shown += [RoomRow()] * (min(max(rows_count, _ROWS), _ROWS_MAX) - len(shown))
    kinds = [(number, text_of(call, name)) for number, name in enumerate(KINDS)]
    may_add = len(shown) < _ROWS_MAX
    focus = f"name_{len(rows)}" if rows and error is None else "count_0"
    return await page(
        call, "rooms", error, fields, rows=shown, may_add=may_add, kinds=kinds, focus=focus
    )
