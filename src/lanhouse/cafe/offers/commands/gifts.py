"""Packages that the house gives to new members (cafe-domain 3, new_member_offer; 0132)."""

from __future__ import annotations

from collections.abc import Sequence

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.facts import MemberOpened
from lanhouse.cafe.members.commands.account_log import log_change
from lanhouse.cafe.money.movements import account_of
from lanhouse.cafe.offers.commands import keep_package
from lanhouse.cafe.offers.plans import plan_gift
from lanhouse.db.store import Tx

_HOUSE = Actor(kind="system")
"""Who gives it: the rule, not who opened the account."""


def give_to_new_members(tx: Tx, facts: Sequence[MemberOpened]) -> None:
    """Give each new member the package of the setting new_member_offer; follows MemberOpened. Not
    to who made himself one: he could do that over and over.

    In the transaction that opened the account, so that no retry gives it twice.
    """
    for fact in facts:
        if fact.by_himself:
            continue
        center = center_by_id(tx, fact.center_id)
        assert center is not None
        plan = plan_gift(tx, center, tx.now)
        if plan is None:
            continue
        given = keep_package(tx, center.id, fact.member_id, plan, None)
        account, group_id = account_of(tx, center.id, fact.member_id)
        details = f"Package given: {plan.offer.values.name}"
        log_change(tx, center, _HOUSE, fact.member_id, account, group_id, details)
        tx.audit("package", given.package.member_offer_id, given_to=fact.member_id)
