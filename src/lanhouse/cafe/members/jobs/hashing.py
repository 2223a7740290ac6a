"""Hashing the passwords that came in with a list, a few a second (decision 0159).

The hashes are made in a thread while the store belongs to everybody else; a step only takes what
is ready and asks for more.
"""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial

import sqlalchemy as sa

from lanhouse.auth.passwords import hash_in_background
from lanhouse.cafe.members.commands.staged import (
    HASH_KIND,
    HashMade,
    Staged,
    ask_for_hashes,
    drop_staged,
    keep_hash,
    opened_password,
)
from lanhouse.cafe.members.tables import members, staged_passwords
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.jobs.outbound import Means
from lanhouse.jobs.schemas import Done, Job, Kind, Progress, Steps
from lanhouse.jobs.ticker import Task
from lanhouse.kit.texts import N_
from lanhouse.kit.vault import Unreadable, Vault

AHEAD = 24
"""Passwords that are hashed ahead of the step that stores them."""
WAIT_SECONDS = 0.5
_IS_HERE = (members.c.id == staged_passwords.c.member_id) & members.c.pending_import_id.is_(None)
_OF_CENTER = staged_passwords.c.center_id == sa.bindparam("center")
_NEXT = static(
    sa.select(staged_passwords.c.member_id, staged_passwords.c.sealed)
    .join(members, _IS_HERE)
    .where(_OF_CENTER)
    .order_by(staged_passwords.c.import_id, staged_passwords.c.member_id)
    .limit(AHEAD)
)
_COUNT = static(sa.select(sa.func.count()).select_from(staged_passwords).where(_OF_CENTER))
_CENTERS = static(
    sa.select(staged_passwords.c.center_id).join(members, _IS_HERE).distinct().limit(100)
)

Made = dict[int, "Future[str]"]
"""Hashes that are made or on their way, by the member's id."""


def hash_step(vault: Vault, made: Made, tx: Tx, job: Job) -> Progress | Done:
    """Store what is ready. What the server's secret does not open any more is given up: its member
    needs another password."""
    rows = tx.all(_NEXT, center=job.center_id)
    total = tx.scalar(_COUNT, center=job.center_id) if job.total is None else job.total
    stored, lost = 0, int(job.cursor or 0)
    if vault.is_locked and rows:
        raise Unreadable
    for row in rows:
        if row.member_id not in made:
            try:
                password = opened_password(vault, Staged(row.member_id, bytes(row.sealed)))
            except Unreadable:
                drop_staged(tx, job.center_id, row.member_id)
                lost += 1
                continue
            made[row.member_id] = hash_in_background(password)
    for row in rows:
        ready = made.get(row.member_id)
        if ready is not None and ready.done():
            keep_hash(tx, HashMade(job.center_id, row.member_id, ready.result()))
            stored += 1
    waiting = {row.member_id for row in rows}
    for member_id in [each for each in made if each not in waiting]:
        del made[member_id]
    done = job.done + stored
    if not rows:
        return Done({"hashed": done, "lost": lost}, done)
    return Progress(lost, done, max(total, done), 0 if stored else WAIT_SECONDS)


def hash_what_waits(tx: Tx, _: None = None) -> bool:
    """Ask for the job of centres in which passwords wait, whatever became of the last one."""
    for row in tx.all(_CENTERS):
        ask_for_hashes(tx, row.center_id)
    return False


def jobs_of(means: Means) -> list[Kind]:
    """The one kind, which needs the vault."""
    made: Made = {}
    label = N_("Hash imported passwords")
    return [Steps(HASH_KIND, partial(hash_step, means.vault, made), label=label)]


TASKS = [Task("hash imported passwords", 600, hash_what_waits)]
