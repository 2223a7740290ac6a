"""The tills of the demo centre, a shift for each day, and one that is open at each till."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of_person
from lanhouse.cafe.centers.demo import CAFE_ID, CENT, Moment, cafe_id, demo_center
from lanhouse.cafe.shifts.commands import (
    CountDrawer,
    MoveCash,
    OpenShift,
    count_drawer,
    move_cash,
    open_shift,
)
from lanhouse.cafe.shifts.commands.closing import CloseShift, close_shift
from lanhouse.cafe.shifts.commands.tills import NewTill, add_till
from lanhouse.cafe.shifts.queries import adds_up, open_shift_of, tills_of
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.db.store import Read, Tx
from lanhouse.kit.money import MICROS

_TILLS = {"manager": "Till 1", "staff": "Till 2", "admin": "Office"}
"""Who works at which till; the manager takes the money of the demo's weeks."""
_FLOAT_MICROS = 100 * MICROS
_SMALL_DIFFERENCES = (0, 0, 0, 0, -50 * CENT, 0, 0, 20 * CENT, 0, -2 * MICROS)


def opening(tx: Tx) -> None:
    """Put the tills up that are not there."""
    there = {row.name for row in tills_of(tx, cafe_id())}
    for name in _TILLS.values():
        if name not in there:
            add_till(tx, NewTill(demo_center(tx), name))


def weeks(begin: datetime, end: datetime) -> Iterator[Moment]:
    """The manager has a shift from the first day on, and closes it every night; the others have
    opened theirs this morning."""
    # The same demo everywhere; nothing here is secret.
    chance = random.Random(CAFE_ID)  # noqa: S311
    yield begin, partial(_open, account="manager", float_micros=_FLOAT_MICROS)
    for number in range(1, (end - begin).days):
        off_micros = chance.choice(_SMALL_DIFFERENCES)
        at = begin + timedelta(days=number)
        if number % 7 == 3:
            yield at - timedelta(hours=2), _change_money
        yield at, partial(_next_day, off_micros=off_micros)
    for account in ("staff", "admin"):
        yield end - timedelta(hours=4), partial(_open, account=account, float_micros=_FLOAT_MICROS)


def _open(tx: Tx, *, account: str, float_micros: int) -> None:
    actor = _person(tx, account)
    if actor is None:
        return
    till_id = next(row.id for row in tills_of(tx, cafe_id()) if row.name == _TILLS[account])
    open_shift(
        tx,
        OpenShift(
            center=demo_center(tx),
            actor=actor,
            till_id=till_id,
            float_micros=float_micros,
            address="",
        ),
    )


def _change_money(tx: Tx) -> None:
    """Coins from the safe."""
    actor = _person(tx, "manager")
    shift = None if actor is None else open_shift_of(tx, cafe_id(), actor.staff_id)
    if actor is None or shift is None:
        return
    move_cash(
        tx,
        MoveCash(
            center=demo_center(tx),
            actor=actor,
            shift_id=shift.id,
            kind="in",
            amount_micros=50 * MICROS,
            comment="Coins from the safe",
        ),
    )


def _next_day(tx: Tx, *, off_micros: int) -> None:
    """Count, close, and begin again with what stays."""
    actor = _person(tx, "manager")
    shift = None if actor is None else open_shift_of(tx, cafe_id(), actor.staff_id)
    if actor is None or shift is None:
        return
    center = demo_center(tx)
    expected = adds_up(tx, shift, tx.now).figures.expected_micros
    counted = max(expected + off_micros, 0)
    count_drawer(
        tx,
        CountDrawer(center=center, actor=actor, shift_id=shift.id, counted_micros=counted),
    )
    left = min(_FLOAT_MICROS, counted)
    close_shift(
        tx,
        CloseShift(
            center=center,
            actor=actor,
            shift_id=shift.id,
            comment="" if counted == expected else "Change given wrong",
            left_micros=left,
        ),
    )
    _open(tx, account="manager", float_micros=left)


def _person(read: Read, account: str) -> Actor | None:
    """A person of the demo, or None when somebody has removed the account."""
    person = staff_by_account(read, cafe_id(), account)
    if person is None:
        return None
    return Actor(
        kind="staff",
        center_id=cafe_id(),
        staff_id=person.id,
        staff_name=person.account,
        role=person.role,
        rights=rights_of_person(person.role, person.granted, person.withheld),
    )
