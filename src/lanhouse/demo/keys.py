"""The secrets of a demo centre and who holds them."""

from __future__ import annotations

import secrets

import msgspec

CAFE_ID = 7777
LICENSE_NAME = "lanhouse-demo"
TIMEZONE = "Europe/Lisbon"
CURRENCY = "EUR"
LOOPBACK = "127.0.0.1, ::1"
"""Every demo key works from this machine only."""


class StaffKey(msgspec.Struct):
    """A person's log-in; `role` is Admin, Manager or Staff (cafe-domain 12)."""

    role: str
    account: str
    password: str


class MemberKey(msgspec.Struct):
    """A member's log-in."""

    member_id: int
    member_account: str
    member_password: str


class PcKey(msgspec.Struct):
    """A PC and the token of the program on it."""

    pc_name: str
    agent_token: str


class AgentKey(msgspec.Struct):
    """An operator of the External API; `currencies[0]` is the base currency."""

    agent_id: int
    type: str
    api_key: str
    base_currency: str
    currencies: list[str]


class Keys(msgspec.Struct, kw_only=True):
    """Everything secret about the demo centre, as the handout shows it."""

    api_key: str = ""
    timezone: str = TIMEZONE
    currency: str = CURRENCY
    staff: list[StaffKey]
    members: list[MemberKey]
    pcs: list[PcKey] = []
    agents: list[AgentKey] = []


STAFF_ROLES = {"admin": "Admin", "manager": "Manager", "staff": "Staff"}
"""Account -> role."""

MEMBER_ACCOUNTS = ("alice", "bruno", "carla", "duarte", "elisa", "filipe")
"""Members whose passwords are handed out; the others of the demo cannot sign in."""


def new_keys() -> Keys:
    """New passwords; what the database makes (ids, API keys) is filled in by the builder."""
    return Keys(
        staff=[StaffKey(role, account, _password()) for account, role in STAFF_ROLES.items()],
        members=[MemberKey(0, account, _password()) for account in MEMBER_ACCOUNTS],
    )


def _password() -> str:
    return secrets.token_urlsafe(9)
