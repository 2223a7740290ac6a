"""Taking a package back: the undo of a wrong sale (cafe-domain 3; decision 0111)."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import PackagesChanged
from lanhouse.cafe.members.commands.account_log import log_change
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.money.movements import Movement, account_of, move
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.offers.plans import GIFT, RefundPlan, plan_refund
from lanhouse.cafe.offers.queries import package_by_id
from lanhouse.cafe.offers.tables import member_offers
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import NotFound
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say

_GIVE_BACK = static(
    sa.update(member_offers)
    .where(
        member_offers.c.center_id == sa.bindparam("center"),
        member_offers.c.id == sa.bindparam("package"),
        member_offers.c.refunded_at.is_(None),
    )
    .values(
        refunded_at=sa.bindparam("at", type_=member_offers.c.refunded_at.type),
        refund_micros=sa.bindparam("micros"),
        refund_transfer_id=sa.bindparam("transfer"),
        comment=sa.bindparam("new_comment"),
    )
)


class PackageRefund(msgspec.Struct, frozen=True, kw_only=True):
    """Take a package back. `shown_micros` is the sum that the person saw (None: any), so that the
    sum shown is the sum given (decision 0042)."""

    center: Center
    actor: Actor
    member_offer_id: int
    comment: str = ""
    shown_micros: int | None = None


def refund_package(tx: Tx, cmd: PackageRefund) -> RefundPlan:
    """Give back what plan_refund() says, by the tender it was paid by, and end the package's use.

    A session that uses it goes on without it from this second on. Raises NotFound for a package
    that the centre never sold, and what plan_refund() raises.
    """
    center_id = cmd.center.id
    found = package_by_id(tx, center_id, cmd.member_offer_id)
    if found is None:
        raise NotFound(say("There is no such package."))
    # Who plays on it, sells to its owner or gives it back at another desk waits for this lock.
    lock_member(tx, center_id, found.member_id)
    found = package_by_id(tx, center_id, cmd.member_offer_id, lock=True)
    assert found is not None, "bought packages are never removed"
    plan = plan_refund(tx, cmd.center, found, tx.now, shown_micros=cmd.shown_micros)
    given = plan.given_micros
    transfer_id = _book(tx, cmd, plan)
    tx.run(
        _GIVE_BACK,
        center=center_id,
        package=found.member_offer_id,
        at=whole_second(tx.now),
        micros=given,
        transfer=transfer_id,
        new_comment=cmd.comment,
    )
    tx.audit(
        "package",
        found.member_offer_id,
        given_back_micros=given,
        used_seconds=plan.package.used_seconds,
    )
    tx.tell(PackagesChanged(center_id, found.member_id))
    return plan


def _book(tx: Tx, cmd: PackageRefund, plan: RefundPlan) -> int | None:
    """Book what goes back and log it; the transfer's id. For a gift there is nothing to book."""
    found, center = plan.package, cmd.center
    if found.payment == GIFT:
        account, group_id = account_of(tx, center.id, found.member_id)
        details = f"Package taken back: {found.name}"
        log_change(tx, center, cmd.actor, found.member_id, account, group_id, details)
        return None
    moved = move(
        tx,
        Movement(
            center=center,
            actor=cmd.actor,
            event=Event.OFFER,
            member_id=found.member_id,
            kind="offer_refund",
            amounts=plan.amounts(center.id),
            reverses_id=found.transfer_id if plan.is_whole else None,
            # The name alone: reports add up sales and refunds of a package by it.
            details=found.name,
        ),
    )
    return moved.transfer_id
