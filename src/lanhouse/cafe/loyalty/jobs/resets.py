"""All members lose their coins, or their points (seed: Members, Reset member game coins).

A job, because it may be 50 000 of them: each has a transfer and a row of the log.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import sqlalchemy as sa

from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.facts import PointsChanged
from lanhouse.cafe.loyalty.commands import actor_of
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.money.kinds import COIN, POINT
from lanhouse.cafe.money.movements import Movement, move_many
from lanhouse.cafe.money.schemas import Event
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Tx
from lanhouse.jobs.schemas import Done, Job, Progress, Steps
from lanhouse.kit.money import format_fixed
from lanhouse.kit.texts import N_
from lanhouse.ledger import book_of_center
from lanhouse.ledger.tables import accounts

COINS_KIND, POINTS_KIND = "members.reset_coins", "members.reset_points"
TAKEN_AT_ONCE = 40
"""Members whose account one step empties."""


class _Reset(NamedTuple):
    """What is taken from everybody."""

    account: str
    currency: str
    against: str
    """The centre's account that it goes back to."""
    details: str


_COINS = _Reset("coin", COIN, "coin_issued", "Game coins reset")
_POINTS = _Reset("point", POINT, "point_issued", "Points reset")

_OF_KIND = (
    accounts.c.book_id == sa.bindparam("book"),
    accounts.c.owner_kind == "member",
    accounts.c.kind == sa.bindparam("the_kind"),
    accounts.c.currency == sa.bindparam("unit"),
    accounts.c.balance_micros > 0,
)
_NEXT = static(
    sa.select(accounts.c.id, accounts.c.owner_id)
    .join(
        members,
        (members.c.center_id == sa.bindparam("center")) & (members.c.id == accounts.c.owner_id),
    )
    # In the order of the ids, not of an index that would have to be read anew for each step.
    .where(*_OF_KIND, accounts.c.id > sa.bindparam("after_id"), members.c.deleted_at.is_(None))
    .order_by(accounts.c.id)
    .limit(sa.bindparam("most"))
)
_HELD = static(
    sa.select(accounts.c.id, accounts.c.owner_id, accounts.c.balance_micros)
    .where(*_OF_KIND, among(accounts.c.id, "ids"))
    .order_by(accounts.c.owner_id)
)
_COUNT = static(sa.select(sa.func.count()).select_from(accounts).where(*_OF_KIND))


def reset_step(reset: _Reset, tx: Tx, job: Job) -> Progress | Done:
    """Empty the next accounts. Ranks follow the points; sessions that run keep their tariff."""
    center = center_by_id(tx, job.center_id)
    assert center is not None
    of_kind = {
        "book": book_of_center(center.id),
        "the_kind": reset.account,
        "unit": reset.currency,
    }
    total = tx.scalar(_COUNT, **of_kind) if job.total is None else job.total
    found = tx.all(_NEXT, **of_kind, center=center.id, after_id=job.cursor or 0, most=TAKEN_AT_ONCE)
    alive: dict[int, Row] = {}
    for member_id in sorted(row.owner_id for row in found):
        row = lock_member(tx, center.id, member_id)
        if row is not None and row.deleted_at is None:
            alive[member_id] = row
    by = ("staff", job.started_by) if job.started_by else ("api_key", 0)
    actor = actor_of(tx, PointsChanged(center.id, 0, *by))
    held = tx.all(_HELD, **of_kind, ids=[row.id for row in found])
    known: dict[tuple[str, int, str], int] = {}
    movements: list[Movement] = []
    for account in held:
        if account.owner_id not in alive:
            continue
        member: Any = alive[account.owner_id]
        owner = ("member", member.id, reset.account)
        known[owner] = account.id
        amount = account.balance_micros
        movements.append(
            Movement(
                center=center,
                actor=actor,
                event=Event.MEMBER,
                member_id=member.id,
                holder=(member.account, member.group_id),
                kind="reset",
                amounts={owner: -amount, ("center", center.id, reset.against): amount},
                details=f"{reset.details}: {format_fixed(amount)}",
                keeps_tariff=True,
            )
        )
    if movements:
        move_many(tx, movements, known)
    done = job.done + len(movements)
    if len(found) < TAKEN_AT_ONCE:
        return Done({"members": done}, done)
    return Progress(found[-1].id, done, max(total, done))


JOBS = [
    Steps(COINS_KIND, partial(reset_step, _COINS), label=N_("Take all coins from all members")),
    Steps(POINTS_KIND, partial(reset_step, _POINTS), label=N_("Take all points from all members")),
]
