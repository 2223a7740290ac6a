"""The file in which a member gets what the house knows of him: JSON and CSV in a ZIP."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Sequence
from typing import Any

import msgspec

from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.files.schemas import StoredFile
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.own_data.commands import note_export
from lanhouse.cafe.own_data.queries import LISTS, Cells, Person, person_of, photo_of, rows_of
from lanhouse.kit.sheets import BOM, csv_text
from lanhouse.web.replies import Reply

_ZIP = "application/zip"


async def own_file(call: CafeCall, member_id: int) -> Reply:
    """The file about a member of the centre. Raises MemberNotFound. Each one is written to the
    audit log."""
    person = await call.read(person_of, call.center, member_id)
    if person is None:
        raise MemberNotFound
    lists: dict[str, list[Cells]] = {}
    for kept in LISTS:
        lists[kept.name] = found = []
        after: int | None = 0
        while after is not None:
            part, after = await call.read(rows_of, call.center, member_id, kept, after)
            found.extend(part)
    photo = await call.read(photo_of, call.center.id, member_id)
    await call.run(note_export, member_id)
    data = await asyncio.to_thread(_packed, person, lists, photo)
    reply = Reply(data, content_type=_ZIP)
    name = f"member-{member_id}.zip"
    return reply.with_header("content-disposition", f'attachment; filename="{name}"')


def _packed(person: Person, lists: dict[str, list[Cells]], photo: StoredFile | None) -> bytes:
    whole: dict[str, Any] = {**msgspec.structs.asdict(person), **lists}
    tables = {
        "profile": [person.profile],
        "money": [person.money],
        "sign_ins": person.sign_ins,
        **lists,
    }
    columns = {kept.name: [_plain(name) for name in kept.columns] for kept in LISTS}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("member.json", msgspec.json.format(msgspec.json.encode(whole)))
        for name, rows in tables.items():
            heading = columns.get(name) or list(rows[0] if rows else ())
            packed.writestr(f"{name}.csv", _csv(heading, rows))
        if photo is not None:
            packed.writestr(f"photo.{photo.content_type.partition('/')[2]}", photo.data)
    return out.getvalue()


def _csv(heading: Sequence[str], rows: Sequence[Cells]) -> bytes:
    lines = [["" if row[name] is None else str(row[name]) for name in heading] for row in rows]
    return (BOM + csv_text([heading, *lines])).encode()


def _plain(name: str) -> str:
    return name.removesuffix("_micros")
