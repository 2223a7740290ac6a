"""An agent as every other noun sees it, and what makes one."""

from __future__ import annotations

from datetime import datetime

import msgspec

TRANSFER = "transfer"
SEAMLESS = "seamless"


class AgentCurrency(msgspec.Struct, frozen=True):
    """A currency of an agent: its wallet in the ledger and its rate to the base currency."""

    account_id: int
    settle_rate: str


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """The operator behind a key. `is_active` is its own switch, `is_live` that and those of all
    agents above it. `signing_sealed`: what its calls are signed with, None where they need not be;
    `has_aliases` and `has_statuses`: how it wants its answers. Licence number, countries and
    minimum age are its promise; `is_play`: its money is play tokens.
    """

    id: int
    parent_id: int | None
    name: str
    kind: str
    prefix: str
    base_currency: str
    is_active: bool
    is_live: bool
    allowed_ips: str
    frame_origins: tuple[str, ...]
    provider_ids: tuple[str, ...]
    currencies: dict[str, AgentCurrency]
    signing_sealed: bytes | None = None
    has_aliases: bool = False
    has_statuses: bool = False
    licence_number: str = ""
    countries: tuple[str, ...] = ()
    minimum_age: int = 0
    is_play: bool = False

    @property
    def holds_wallets(self) -> bool:
        """True when the players' money is with us (transfer)."""
        return self.kind == TRANSFER

    @property
    def is_test(self) -> bool:
        """True without a licence: no real money is played for."""
        return not self.licence_number


class NewAgent(msgspec.Struct, frozen=True, kw_only=True):
    """An agent to set up.

    `currencies` maps each currency to its rate: units of the base currency for one unit, as
    decimal text ("1" for the base currency itself). An empty `prefix` is drawn at random.
    Without licence number, countries (ISO 3166) and minimum age it is a test agent for life;
    `is_play`: of play tokens.
    """

    name: str
    kind: str
    base_currency: str
    currencies: dict[str, str]
    allowed_ips: str
    prefix: str = ""
    provider_ids: tuple[str, ...] = ("house",)
    parent_id: int | None = None
    licence_number: str = ""
    countries: tuple[str, ...] = ()
    minimum_age: int = 0
    is_play: bool = False


class FundAgent(msgspec.Struct, frozen=True, kw_only=True):
    """Money (micros, positive) from the platform to an agent's wallet; `key` makes it once only."""

    agent_id: int
    currency: str
    amount_micros: int
    key: str | None = None


class KeyShown(msgspec.Struct, frozen=True):
    """A new key, for this one time."""

    agent_id: int
    secret: str


class ActivateAgent(msgspec.Struct, frozen=True):
    """Switch an agent on or off."""

    agent_id: int
    is_active: bool


class AllowAgent(msgspec.Struct, frozen=True):
    """Name anew from where an agent may call: addresses or networks by comma."""

    agent_id: int
    allowed_ips: str


class FrameAgent(msgspec.Struct, frozen=True):
    """Name anew which pages may frame an agent's games: origins by comma, "" for none."""

    agent_id: int
    frame_origins: str


class SetLicence(msgspec.Struct, frozen=True, kw_only=True):
    """A licensed agent's promise anew (None: as it is); launches obey from the next one on."""

    agent_id: int
    licence_number: str | None = None
    countries: tuple[str, ...] | None = None
    minimum_age: int | None = None


class SetTerms(msgspec.Struct, frozen=True, kw_only=True):
    """An agent's terms with a provider: decimals from 0 to 1 as text, None = as they are. They
    hold for bets from now on."""

    agent_id: int
    provider_id: str
    share: str | None = None
    commission: str | None = None
    contribution: str | None = None


class AgentTerms(msgspec.Struct, frozen=True):
    """An agent's terms with one provider, as they stand."""

    provider_id: str
    share: str
    commission: str
    contribution: str


class SignAgent(msgspec.Struct, frozen=True):
    """From now on an agent's calls are signed with this secret, sealed; None: they need not be."""

    agent_id: int
    sealed: bytes | None


class SetHabits(msgspec.Struct, frozen=True, kw_only=True):
    """How an agent wants its answers; None = as it is."""

    agent_id: int
    has_aliases: bool | None = None
    has_statuses: bool | None = None


class KeyUsed(msgspec.Struct, frozen=True):
    """A key that was just used, by its hash; `at` in real time."""

    key_hash: str
    at: datetime


class AgentWalletOut(msgspec.Struct, rename="camel"):
    """The agent's wallet of a currency; `settleRate`: units of its base currency for one unit."""

    currency: str
    balance: str
    settle_rate: str


class AgentTermsOut(msgspec.Struct, rename="camel"):
    """The agent's terms with a provider, decimals from 0 to 1."""

    provider_id: str
    share: str
    commission: str
    contribution: str


class AgentKeyOut(msgspec.Struct, rename="camel"):
    """A live key by its first characters; `lastUsedAt` is null before its first use."""

    prefix: str
    created_at: str
    last_used_at: str | None


class AgentOut(msgspec.Struct, rename="camel"):
    """Result of agent; `parentAgentId` is null for one that stands by itself."""

    agent_id: int
    parent_agent_id: int | None
    type: str
    active: bool
    wallets: list[AgentWalletOut]
    terms: list[AgentTermsOut]
    allowed_ips: list[str]
    keys: list[AgentKeyOut]
