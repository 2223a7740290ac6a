"""From a request to an import: the slow parts are done outside any transaction."""

from __future__ import annotations

import asyncio

from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.imports.commands import Ready, coming
from lanhouse.cafe.imports.commands.others import members_of_other
from lanhouse.cafe.imports.schemas import Coming, NewImport
from lanhouse.cafe.imports.wire.sheets import FILE_BYTES_MAX, TEMPLATE_COLUMNS, read_sheet
from lanhouse.cafe.members.commands.staged import sealed_password
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say
from lanhouse.kit.vault import Vault
from lanhouse.web.exports import Lines, sheet_file
from lanhouse.web.replies import Stream
from lanhouse.web.uploads import file_of

BODY_BYTES_MAX = FILE_BYTES_MAX + 10_000
"""A file and what a form wraps around it."""


async def template_file(call: CafeCall) -> Stream:
    """The empty list as a file."""

    def look(_read: Read, _after: None) -> Lines[None]:
        return Lines([], None)

    return await sheet_file(call, "members-template", TEMPLATE_COLUMNS, look, "csv")


async def ready_file(call: CafeCall, *, is_trial: bool, skips_existing: bool) -> Ready:
    """What the file of the form brings, checked as far as it can be before it is kept.

    Raises WrongRows and what coming() raises, and Unreadable when it brings passwords and the
    server has no secret to seal them with.
    """
    sent = file_of(call.request, "file")
    if not sent:
        raise InvalidInput({"file": say("is required")})
    candidates = await asyncio.to_thread(read_sheet, sent, call.center, clock.now())
    wanted = NewImport(
        center=call.center,
        actor=call.actor,
        candidates=candidates,
        skips_existing=skips_existing,
        is_trial=is_trial,
    )
    return await _ready(call, wanted)


async def ready_other(call: CafeCall, other: Center) -> Ready:
    """The members of another centre whose licence password the caller knows."""
    candidates = await call.read(members_of_other, other)
    wanted = NewImport(
        center=call.center,
        actor=call.actor,
        candidates=candidates,
        skips_existing=True,
        other=other,
    )
    return await _ready(call, wanted)


async def _ready(call: CafeCall, wanted: NewImport) -> Ready:
    found = await call.read(coming, wanted)
    return await asyncio.to_thread(_sealed, call.vault, wanted, found)


def _sealed(vault: Vault, wanted: NewImport, found: Coming) -> Ready:
    staged = [
        sealed_password(vault, each.line.member_id, each.password)
        for each in found.candidates
        if each.password and not wanted.is_trial
    ]
    lines = [each.line for each in found.candidates]
    return Ready(
        wanted=wanted,
        lines=lines,
        skipped=found.skipped,
        staged=staged,
        turned_away=found.turned_away,
    )
