"""Rights and the lowest role that has each (cafe-domain 12: Admin, Manager, Staff).

An API key acts with the Admin's rights, because only the Admin can create one; a member's own
token has the member rights only, an agent's key the agent right only.
"""

from __future__ import annotations

from functools import cache

ROLES = ("staff", "manager", "admin")
_RANK = {"staff": 1, "manager": 2, "admin": 3, "api": 3}

RIGHTS: dict[str, str] = {
    "pcs.view": "staff",
    "pcs.edit": "manager",
    "pcs.out_of_order": "staff",
    "pc_groups.edit": "admin",
    "member_groups.edit": "admin",
    "groups.view": "staff",
    "prices.view": "staff",
    "prices.edit": "admin",
    "offers.view": "staff",
    "offers.edit": "manager",
    "members.view": "staff",
    "members.edit": "staff",
    "members.delete": "manager",
    "members.topup": "staff",
    "members.refund": "staff",
    "members.bonus": "manager",
    "members.coins": "manager",
    "members.loan": "staff",
    "members.pay_out_loan": "manager",
    "sessions.view": "staff",
    "sessions.start": "staff",
    "sessions.checkout": "staff",
    "sessions.free": "manager",
    "sessions.refund_other_tender": "manager",
    "sessions.guest_login": "staff",
    "logs.view": "staff",
    "reports.view": "manager",
    "settings.view": "staff",
    "settings.edit": "admin",
    "api_keys.manage": "admin",
    "clock.accept": "manager",
    "jobs.manage": "manager",
    "staff.view": "manager",
    "staff.edit": "admin",
}
"""Right -> lowest staff role that has it."""

SELF_RIGHTS = {"member.self": "member", "agent.call": "agent", "player.play": "player"}
"""Rights that belong to one kind of caller only."""


def role_has(role: str, right: str) -> bool:
    """True when the role (staff, manager, admin, api, member, agent, player) has the right."""
    if right in SELF_RIGHTS:
        return SELF_RIGHTS[right] == role
    if right == "account.self":
        return role in _RANK
    return _RANK.get(role, 0) >= _RANK[RIGHTS[right]]


@cache
def rights_of(role: str) -> frozenset[str]:
    """Every right that the role has."""
    return frozenset(right for right in (*RIGHTS, *SELF_RIGHTS) if role_has(role, right))


def check_right(right: str) -> None:
    """Raise KeyError for a right that does not exist (a typing error in a route)."""
    if right not in RIGHTS and right not in SELF_RIGHTS and right != "account.self":
        raise KeyError(f"unknown right {right!r}")
