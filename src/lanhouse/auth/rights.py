"""Rights: a role is a template (cafe-domain 12: Admin, Manager, Staff), a person has a set.

A caller's set is made once, at entry. An API key acts with the Admin's rights, because only the
Admin can create one; a member's own token has the member rights only, an agent's key the agent
right only.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

ROLES = ("staff", "manager", "admin")
_RANK = {"staff": 1, "manager": 2, "admin": 3, "api": 3}

RIGHTS: dict[str, str] = {
    "pcs.view": "staff",
    "pcs.edit": "manager",
    "pcs.out_of_order": "staff",
    "pcs.command": "staff",
    "pc_groups.edit": "admin",
    "member_groups.edit": "admin",
    "groups.view": "staff",
    "promos.view": "manager",
    "promos.edit": "manager",
    "news.show": "staff",
    "news.view": "staff",
    "news.edit": "manager",
    "events.view": "staff",
    "events.join": "staff",
    "events.edit": "manager",
    "events.record": "manager",
    "prices.view": "staff",
    "prices.edit": "admin",
    "offers.view": "staff",
    "offers.edit": "manager",
    "offers.refund": "staff",
    "products.view": "staff",
    "products.edit": "manager",
    "products.restock": "staff",
    "products.correct_stock": "manager",
    "orders.view": "staff",
    "orders.sell": "staff",
    "orders.submit": "staff",
    "orders.discount": "manager",
    "orders.refund": "staff",
    "members.view": "staff",
    "members.edit": "staff",
    "members.delete": "manager",
    "members.export": "manager",
    "members.import": "admin",
    "members.reset": "admin",
    "members.topup": "staff",
    "members.refund": "staff",
    "members.bonus": "manager",
    "members.coins": "manager",
    "members.loan": "staff",
    "members.points": "admin",
    "members.pay_out_loan": "manager",
    "members.identity": "staff",
    "members.message": "staff",
    "feedback.view": "staff",
    "feedback.give": "staff",
    "sessions.view": "staff",
    "sessions.start": "staff",
    "sessions.checkout": "staff",
    "sessions.free": "manager",
    "sessions.refund_other_tender": "manager",
    "sessions.guest_login": "staff",
    "sessions.pause": "admin",
    "sessions.pay_later": "manager",
    "payments.begin": "staff",
    "payments.confirm": "staff",
    "payments.reconcile": "manager",
    "sessions.write_off": "manager",
    "bookings.view": "staff",
    "bookings.edit": "staff",
    "till.expense": "manager",
    "till.drawer": "staff",
    "receipts.print": "staff",
    "shifts.work": "staff",
    "shifts.view": "manager",
    "shifts.see_expected": "manager",
    "shifts.close_others": "manager",
    "tills.edit": "manager",
    "logs.view": "staff",
    "reports.view": "manager",
    "settings.view": "staff",
    "settings.edit": "admin",
    "api_keys.manage": "admin",
    "clock.accept": "manager",
    "jobs.manage": "manager",
    "staff.view": "manager",
    "staff.edit": "admin",
    "audit.view": "admin",
}
"""Right -> lowest staff role whose template has it."""

OWN_ACCOUNT = "account.self"
"""What everybody has who signs in to the staff's side; nobody can take it."""

SELF_RIGHTS = {
    "device.self": "device",
    "member.self": "member",
    "member.profile": "member",
    "member.password": "member",
    "agent.call": "agent",
    "provider.call": "provider",
}
"""Rights that belong to one kind of caller only."""
MUST_CHANGE = "member_must_change"
"""The role of a member whose password somebody else has set (decision 0158): sees who he is, and
chooses another one."""
_MUST_CHANGE_RIGHTS = frozenset({"member.profile", "member.password"})
DEVICE_RIGHTS = frozenset(
    {
        *("device.self", "orders.submit", "feedback.give", "payments.begin"),
        *("news.show", "events.view"),
    }
)
"""What the program on a PC may do with the token of its PC, for whoever plays there."""
MEMBER_RIGHTS = frozenset(
    {
        *("orders.submit", "feedback.give", "payments.begin"),
        *("news.show", "events.view", "events.join"),
    }
)
"""What a member may do with his own token beside what is his alone."""


@cache
def rights_of(role: str) -> frozenset[str]:
    """The template of a role: staff, manager, admin, api, device, member, MUST_CHANGE, agent,
    provider or player."""
    if role == "device":
        return DEVICE_RIGHTS
    if role == MUST_CHANGE:
        return _MUST_CHANGE_RIGHTS
    rank = _RANK.get(role)
    if rank is None:
        own = frozenset(right for right, kind in SELF_RIGHTS.items() if kind == role)
        return own | MEMBER_RIGHTS if role == "member" else own
    has = {right for right, lowest in RIGHTS.items() if rank >= _RANK[lowest]}
    return frozenset({OWN_ACCOUNT, *has})


def rights_of_person(role: str, granted: Iterable[str], withheld: Iterable[str]) -> frozenset[str]:
    """What a person may do: the template, with what is granted, without what is withheld.

    A right that this version does not know counts for nothing.
    """
    return (rights_of(role) | RIGHTS.keys() & set(granted)) - (RIGHTS.keys() & set(withheld))


def check_right(right: str) -> None:
    """Raise KeyError for a right that does not exist (a typing error in a route)."""
    if right not in RIGHTS and right not in SELF_RIGHTS and right != OWN_ACCOUNT:
        raise KeyError(f"unknown right {right!r}")
