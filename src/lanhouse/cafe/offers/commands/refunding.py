"""Taking a package back: the undo of a wrong sale (cafe-domain 3; decision 0111)."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import PackageGivenBack, PackagesChanged
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
    plan = locked_refund(tx, cmd.center, cmd.member_offer_id, shown_micros=cmd.shown_micros)
    keep_refund(tx, cmd.center, cmd.actor, plan, _book(tx, cmd, plan), cmd.comment)
    return plan


def _book(tx: Tx, cmd: PackageRefund, plan: RefundPlan) -> int | None:
    """Book what goes back and log it; the transfer's id. For a gift there is nothing to book."""
    found, center = plan.package, cmd.center
    if found.payment != GIFT:
        return move(tx, refund_movement(center, cmd.actor, plan)).transfer_id
    account, group_id = account_of(tx, center.id, found.member_id)
    details = f"Package taken back: {found.name}"
    log_change(tx, center, cmd.actor, found.member_id, account, group_id, details)
    return None


def locked_refund(
    tx: Tx, center: Center, member_offer_id: int, *, shown_micros: int | None = None
) -> RefundPlan:
    """What giving a package back comes to, its row locked; its owner is locked by the caller.

    Raises what plan_refund() raises.
    """
    found = package_by_id(tx, center.id, member_offer_id, lock=True)
    assert found is not None, "bought packages are never removed"
    return plan_refund(tx, center, found, tx.now, shown_micros=shown_micros)


def refund_movement(center: Center, actor: Actor, plan: RefundPlan) -> Movement:
    """What moves for a package that goes back, and its row of the log."""
    package = plan.package
    return Movement(
        center=center,
        actor=actor,
        event=Event.OFFER,
        member_id=package.member_id,
        kind="offer_refund",
        amounts=plan.amounts(center.id),
        reverses_id=package.transfer_id if plan.is_whole else None,
        # The name alone: reports add up sales and refunds of a package by it.
        details=package.name,
    )


def keep_refund(
    tx: Tx,
    center: Center,
    actor: Actor,
    plan: RefundPlan,
    transfer_id: int | None,
    comment: str,
) -> None:
    """Write that a package was given back by `transfer_id`, and tell who must follow."""
    package = plan.package
    tx.run(
        _GIVE_BACK,
        center=center.id,
        package=package.member_offer_id,
        at=whole_second(tx.now),
        micros=plan.given_micros,
        transfer=transfer_id,
        new_comment=comment,
    )
    tx.audit(
        "package",
        package.member_offer_id,
        given_back_micros=plan.given_micros,
        used_seconds=package.used_seconds,
    )
    tx.tell(PackageGivenBack(center.id, package.member_offer_id, actor.staff_id))
    tx.tell(PackagesChanged(center.id, package.member_id))
