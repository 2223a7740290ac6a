"""The secrets of a demo centre and who holds them."""

from __future__ import annotations

import secrets

import msgspec

from lanhouse.auth.passwords import begin_hashes
from lanhouse.cafe.centers.demo import CURRENCY, TIMEZONE
from lanhouse.cafe.members.demo import HANDED_OUT
from lanhouse.cafe.staff.demo import ACCOUNTS


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
    """An operator of the External API; `currencies[0]` is the base currency. A seamless one has
    what its wallet is called by: the key that identifies us and the secret that signs."""

    agent_id: int
    type: str
    api_key: str
    base_currency: str
    currencies: list[str]
    callback_key: str | None = None
    callback_secret: str | None = None


class Keys(msgspec.Struct, kw_only=True):
    """Everything secret about the demo centre, as the handout shows it."""

    api_key: str = ""
    timezone: str = TIMEZONE
    currency: str = CURRENCY
    staff: list[StaffKey]
    members: list[MemberKey]
    pcs: list[PcKey] = []
    agents: list[AgentKey] = []


class NewKeys:
    """New passwords, and their hashes on the way: each takes a tenth of a second of processor
    time, beside which the demo is built. What the database makes (ids, API keys) is filled in when
    the demo is handed out."""

    def __init__(self) -> None:
        self._staff = [StaffKey(account.title(), account, _password()) for account in ACCOUNTS]
        self._members = [MemberKey(0, account, _password()) for account in HANDED_OUT]
        passwords = [key.password for key in self._staff]
        passwords += [key.member_password for key in self._members]
        self._hashes = begin_hashes(passwords)

    def keys(self) -> Keys:
        """The passwords, as a copy of its own."""
        return Keys(staff=[*self._staff], members=[*self._members])

    def hashes(self) -> dict[str, str]:
        """Password -> hash, once all are there."""
        return self._hashes.result()


def _password() -> str:
    return secrets.token_urlsafe(9)
