"""From a demo hall to a centre of one's own: the settings go over, the books begin anew (0124).

Ledger rows are never deleted. So the settings move to a new centre with a book of its own, and the
demo's centre is closed: its books stay provable, and nobody signs in to it any more.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec
import sqlalchemy as sa

from lanhouse.auth.tokens import move_staff_tokens
from lanhouse.cafe import followers as _followers  # noqa: F401 - wires the café
from lanhouse.cafe.centers.commands import NewCenter, SettingsChange, change_settings, create_center
from lanhouse.cafe.centers.commands.closing import close_center, closed_name
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.queries import all_centers, center_by_id
from lanhouse.cafe.centers.queries.demo_hall import demo_since
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.printing.commands import follow_tills
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.cafe.settings.wire import resealed_secrets
from lanhouse.cafe.shifts.commands.tills import NewTill, TillChange, add_till, change_till
from lanhouse.cafe.shifts.queries import tills_of
from lanhouse.cafe.shifts.tables import shifts
from lanhouse.cafe.staff.commands.carrying import reseal_second_factors
from lanhouse.db.audit import Origin, audit_log
from lanhouse.db.carried import carry
from lanhouse.db.statements import static
from lanhouse.db.store import Read, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say
from lanhouse.kit.vault import Vault
from lanhouse.tables import complete_metadata

_BY_COMMAND = Origin(
    center_id=0, actor_kind="system", actor_id=0, address="", call="lanhouse clear-demo"
)
_NUMBER_MAX = 9999

_IN_CENTER = sa.bindparam("center")
_CLOSED_SHIFT = static(
    sa.select(shifts.c.id)
    .where(
        shifts.c.center_id == _IN_CENTER,
        shifts.c.closed_at > sa.bindparam("since", type_=shifts.c.closed_at.type),
    )
    .limit(1)
)
# What the demo itself does is done by nobody, and leaves nothing in the audit log.
_MADE_KEY = static(
    sa.select(audit_log.c.id)
    .where(audit_log.c.center_id == _IN_CENTER, audit_log.c.subject == "api_key")
    .limit(1)
)
# The demo's own guests go with it; their sessions end by the clock, in the closed books.
_RUNNING = static(
    sa.select(sa.func.count())
    .select_from(pc_sessions)
    .where(
        pc_sessions.c.center_id == _IN_CENTER,
        pc_sessions.c.ended_at.is_(None),
        pc_sessions.c.started_at > sa.bindparam("since", type_=pc_sessions.c.started_at.type),
    )
)


class Clearing(msgspec.Struct, frozen=True):
    """The demo hall to clear, and what opens its sealed secrets; `origin` is who does it (for the
    audit log of the new centre; its people keep their numbers)."""

    center_id: int
    vault: Vault
    origin: Origin = _BY_COMMAND


def backup_file(data_dir: Path) -> Path:
    """Where the backup goes that is made first."""
    stamp = clock.real_now().strftime("%Y%m%d-%H%M%S")
    return data_dir / f"before-clearing-{stamp}.backup"


def check_may_clear(read: Read, center_id: int) -> Center:
    """The demo hall; raises Refused with the reason when it must stay as it is."""
    center = center_by_id(read, center_id)
    since = None if center is None else demo_since(read, center_id)
    if center is None or since is None or center.license_name == closed_name(center_id):
        raise Refused(say("Café %(id)s is no demo hall: nothing was changed.", id=center_id))
    reason = _why_not(read, center_id, since)
    if reason:
        raise Refused(say("%(reason)s Nothing was changed.", reason=reason))
    return center


def _why_not(read: Read, center_id: int, since: datetime) -> str:
    if read.scalar(_CLOSED_SHIFT, center=center_id, since=since) is not None:
        return say(
            "A shift was closed since the demo was made: there is real business in its books."
        )
    if read.scalar(_MADE_KEY, center=center_id) is not None:
        return say("Somebody made an API key: a program may rely on what is there.")
    if read.scalar(_RUNNING, center=center_id, since=since):
        return say(
            "A session that was started since the demo was made still runs: check it out first."
        )
    return ""


def clear_demo(tx: Tx, clearing: Clearing) -> Center:
    """Give the settings of a demo hall to a new centre, and close the demo; answers the new one.

    Raises Refused with the reason, and Unreadable when a sealed secret cannot be opened.
    """
    complete_metadata()  # every table that says how it goes over is known
    lock_center(tx, clearing.center_id)
    old = check_may_clear(tx, clearing.center_id)
    tx.trail.follow(None)  # it is told in the log of the new centre, which begins below
    new_id = _free_number(tx)
    move_staff_tokens(tx, old.id, new_id)
    close_center(tx, old.id)
    create_center(tx, _successor(old, new_id))
    tx.settle()  # its accounts, and the defaults that the settings replace
    tx.trail.follow(msgspec.structs.replace(clearing.origin, center_id=new_id))
    carry(tx, old.id, new_id)
    new = center_by_id(tx, new_id)
    assert new is not None
    follow_tills(tx, new_id, _same_tills(tx, old, new))
    secrets = resealed_secrets(old, new_id, clearing.vault)
    if secrets:
        change_settings(tx, SettingsChange(new_id, secrets))
    reseal_second_factors(tx, clearing.vault, old=old.id, new=new_id)
    tx.audit("center", new_id, before={"center_id": old.id}, after={"center_id": new_id})
    found = center_by_id(tx, new_id)
    assert found is not None
    return found


def _free_number(read: Read) -> int:
    """The lowest café id that no centre has or had."""
    taken = {center.id for center in all_centers(read)}
    free = next((number for number in range(1, _NUMBER_MAX + 1) if number not in taken), None)
    if free is None:
        raise Refused(say("There is no free café id."))
    return free


def _successor(old: Center, new_id: int) -> NewCenter:
    of_center = msgspec.structs.replace(old.settings.center, show_getting_ready=True)
    return NewCenter(
        id=new_id,
        name=old.name,
        license_name=old.license_name,
        zone_name=old.zone_name,
        currency=old.currency,
        settings=msgspec.structs.replace(old.settings, center=of_center),
    )


def _same_tills(tx: Tx, old: Center, new: Center) -> dict[int, int]:
    """Put up tills of the same names, empty, because shifts refer to the old ones; old id -> new
    id."""
    ids: dict[int, int] = {}
    for till in tills_of(tx, old.id):
        ids[till.id] = till_id = add_till(tx, NewTill(new, till.name))
        if not till.is_used:
            change_till(tx, TillChange(new, till_id, till.name, is_used=False))
    return ids
