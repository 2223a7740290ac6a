"""Many orders of one desk in one transaction (architecture section 2).

All of them lock the till and the goods that sell well, so that on PostgreSQL they would wait for
each other's commit one by one.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.money.errors import NeedsShift
from lanhouse.cafe.money.locks import must_have_shift
from lanhouse.cafe.money.tenders import TENDERS
from lanhouse.cafe.orders.commands.carrying_out import PlaceOrder, Prepared, carry_out
from lanhouse.cafe.orders.commands.placing import check, prepare
from lanhouse.cafe.orders.queries import count_open, count_pending, customer_of, payments_of_groups
from lanhouse.cafe.orders.schemas import OPEN, Customer
from lanhouse.cafe.products.commands.shelf import Shelf, lock_shelf
from lanhouse.cafe.shifts.queries import open_shift_of
from lanhouse.cafe.topups.locks import accounts_of_many
from lanhouse.db.statements import among, static
from lanhouse.db.store import ALONE, Tx
from lanhouse.kit.errors import AppError
from lanhouse.kit.limits import MAX_ORDER

_LOCK = static(
    sa.select(members)
    .where(members.c.center_id == sa.bindparam("center"), among(members.c.id, "ids"))
    .order_by(members.c.id)
    .with_for_update(key_share=True)
)


class PlaceMany:
    """The batched form of place_order: goods for a tender that comes in at the desk."""

    def key_of(self, cmd: PlaceOrder) -> Hashable | None:
        """Orders of one centre and caller share a batch, because all that one batch moves is booked
        in one shift; those that need somebody's balance, a PC or a package do not."""
        if len(cmd.tendered) != 1 or cmd.tendered[0].tender not in TENDERS:
            return None
        if cmd.pc_name or cmd.packages:
            return None
        return cmd.center.id, cmd.actor.kind, cmd.actor.staff_id

    def run(self, tx: Tx, cmds: Sequence[PlaceOrder]) -> list[Any]:
        """Placed or the refusal of each; ALONE where the centre may have too many orders."""
        center, actor = cmds[0].center, cmds[0].actor
        outcomes: list[Any] = [_refusal(cmd) for cmd in cmds]
        if must_have_shift(center, actor) and open_shift_of(tx, center.id, actor.staff_id) is None:
            return [outcome or NeedsShift() for outcome in outcomes]
        if any(cmd.status in OPEN for cmd in cmds):
            room = MAX_ORDER - count_open(tx, center.id) - len(cmds)
            if room < 0:
                outcomes = [outcome or ALONE for outcome in outcomes]
        wanted = [cmd for cmd, outcome in zip(cmds, outcomes, strict=True) if outcome is None]
        if not wanted:
            return outcomes
        customers = _customers(tx, wanted)
        shelf = lock_shelf(tx, center.id, {each for cmd in wanted for each in cmd.wanted})
        payments = payments_of_groups(tx, center.id)
        prepared: list[Prepared] = []
        places: list[int] = []
        for place, cmd in enumerate(cmds):
            if outcomes[place] is not None:
                continue
            customer = customers.get(cmd.member_id)
            outcomes[place] = _not_here(cmd, customer, shelf)
            if customer is None or outcomes[place] is not None:
                continue
            try:
                prepared.append(prepare(tx, cmd, customer, None, shelf, payments))
            except AppError as refused:
                outcomes[place] = refused
            else:
                places.append(place)
        if prepared:
            known = accounts_of_many(tx, center, [])
            done = carry_out(tx, prepared, shelf, known)
            pending = count_pending(tx, center.id)
            for place, placed in zip(places, done, strict=True):
                outcomes[place] = replace(placed, pending=pending)
        return outcomes


def _refusal(cmd: PlaceOrder) -> AppError | None:
    try:
        check(cmd)
    except AppError as refused:
        return refused
    return None


def _not_here(cmd: PlaceOrder, customer: Customer | None, shelf: Shelf) -> Any:
    """ALONE for a combo with a package, whose owner is found and locked before the goods; the
    refusal where the customer is not there; or None."""
    if shelf.packaged.keys() & cmd.wanted.keys():
        return ALONE
    return MemberNotFound() if customer is None else None


def _customers(tx: Tx, cmds: Sequence[PlaceOrder]) -> dict[int, Customer]:
    """Who pays, by id, locked; 0 is somebody without an account."""
    found = {0: Customer()}
    ids = sorted({cmd.member_id for cmd in cmds if cmd.member_id})
    if ids:
        center = cmds[0].center
        for row in tx.all(_LOCK, center=center.id, ids=ids):
            if row.deleted_at is None:
                found[row.id] = customer_of(tx, center, row)
    return found
