"""The caller of a request, as every layer below sees it."""

from __future__ import annotations

import msgspec

from lanhouse.kit.errors import Forbidden
from lanhouse.kit.said import say

API_STAFF_NAME = "API"
"""The name under which the log books what an API key does."""


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who is calling.

    `kind` is api_key, staff, member, device, agent, provider, player or nobody; ids that do not
    apply are 0.
    `rights` is everything that this caller may do, made once at entry (auth/rights); `role` is only
    shown. `staff_name` is what logs show (API_STAFF_NAME for a key). `csrf` is the secret that
    forms of this signed-in browser carry; empty for bearer callers.
    """

    kind: str
    center_id: int = 0
    agent_id: int = 0
    staff_id: int = 0
    staff_name: str = ""
    member_id: int = 0
    pc_id: int = 0
    """The PC on which the program runs that calls (device), or at which a member signed in."""
    role: str = ""
    rights: frozenset[str] = frozenset()
    csrf: str = ""
    token_hash: str = ""

    @property
    def subject_id(self) -> int:
        """The id that belongs to `kind`, for the ledger's actor columns."""
        ids = {
            "staff": self.staff_id,
            "member": self.member_id,
            "agent": self.agent_id,
            "device": self.pc_id,
        }
        return ids.get(self.kind, 0)

    def may(self, right: str) -> bool:
        """True when this caller has the right."""
        return right in self.rights

    def require(self, right: str) -> None:
        """Raise Forbidden, naming the right, when this caller does not have it."""
        if not self.may(right):
            raise Forbidden(say("You do not have the right for this (%(right)s).", right=right))


NOBODY = Actor(kind="nobody")
