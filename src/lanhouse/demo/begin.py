"""Beginning with a demo hall: the job is asked for, and how far it is."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.queries.demo_hall import FILL, begun_at, demo_since, steps_done
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.first_start.commands import AboutCenter, name_center
from lanhouse.cafe.first_start.queries import check_may_be_demo
from lanhouse.db.store import Read, Tx
from lanhouse.demo.build import STEPS_OF_HALL
from lanhouse.jobs import queue
from lanhouse.jobs.queries import last_of_kind
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say

_SLOW = timedelta(seconds=60)


class Filling(msgspec.Struct, frozen=True, kw_only=True):
    """How far a centre is as a demo hall."""

    done: int
    """Steps, of `total`."""
    total: int = STEPS_OF_HALL
    is_begun: bool
    is_whole: bool
    is_open: bool
    """Whether a job works on it, or is to."""
    is_stuck: bool
    """Whether a try has failed, or the job has got nowhere for a minute."""
    error: str
    """Why the last try failed; empty: none has."""


class NewDemo(msgspec.Struct, frozen=True):
    """Name, currency and zone of the centre as step 1 asks for them, and who begins (staff id)."""

    about: AboutCenter
    staff_id: int


def filling_of(read: Read, center_id: int) -> Filling:
    """How far it is; a centre that nobody wants to fill has nothing done and no job."""
    job = last_of_kind(read, center_id, FILL)
    is_whole = demo_since(read, center_id) is not None
    is_open = job is not None and job.is_open
    began = None if job is None else job.started_at
    is_late = is_open and began is not None and clock.real_now() - began > _SLOW
    error = "" if job is None or is_whole else job.error
    is_begun = begun_at(read, center_id) is not None
    return Filling(
        done=steps_done(read, center_id),
        is_begun=is_begun,
        is_whole=is_whole,
        is_open=is_open,
        is_stuck=not is_whole and (bool(error) or is_late or (is_begun and not is_open)),
        error=error,
    )


def begin_demo(tx: Tx, wanted: NewDemo) -> None:
    """Name the centre and ask for the job; one that is on its way stays, and names nothing anew.

    Raises InvalidInput by the fields of step 1, and Refused with the reason when there is something
    in the centre.
    """
    center = wanted.about.center
    lock_center(tx, center.id)
    found = filling_of(tx, center.id)
    if found.is_whole or found.is_begun or found.is_open:
        tx.did_nothing()
        return
    name_center(tx, wanted.about)
    check_may_be_demo(tx, center.id)
    _ask(tx, center, wanted.staff_id)


def try_again(tx: Tx, wanted: NewDemo) -> None:
    """Go on at once with what is half made or has failed: a new job takes the place of the old one,
    whose process may still be there, because a step is done once whoever does it."""
    center = wanted.about.center
    lock_center(tx, center.id)
    if filling_of(tx, center.id).is_stuck:
        _end(tx, center)
        _ask(tx, center, wanted.staff_id)
    else:
        tx.did_nothing()


def give_up(tx: Tx, center: Center) -> None:
    """Begin with an empty hall after all. Raises Refused once something of the demo is there."""
    lock_center(tx, center.id)
    if begun_at(tx, center.id) is not None:
        raise Refused(say("The demo hall is half made: let it be finished, then clear it."))
    if not _end(tx, center):
        tx.did_nothing()


def _ask(tx: Tx, center: Center, staff_id: int) -> None:
    key = f"{FILL} of {center.id}"
    payload = {"until_micros": clock.to_micros(tx.now)}
    if queue.enqueue(tx, FILL, payload, key=key, center_id=center.id, started_by=staff_id):
        job = last_of_kind(tx, center.id, FILL)
        assert job is not None
        tx.audit("job", job.id)


def _end(tx: Tx, center: Center) -> bool:
    """Cancel the job; False when none is on its way."""
    job = last_of_kind(tx, center.id, FILL)
    if job is None or not job.is_open:
        return False
    queue.cancel(tx, job.id)
    tx.audit("job", job.id)
    return True
