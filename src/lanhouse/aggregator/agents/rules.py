"""What an agent's own data must look like."""

from __future__ import annotations

import re
from decimal import Decimal

from lanhouse.aggregator.agents.schemas import SEAMLESS, TRANSFER, Agent, NewAgent
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.vault import Unreadable, Vault

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_PREFIX = re.compile(r"[a-z0-9]{5}", re.ASCII)
_RATE = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)
_TERM = re.compile(r"(0(\.\d{1,10})?|1(\.0{1,10})?)", re.ASCII)
NAME_CHARS_MAX = 100


def check_new_agent(new: NewAgent) -> None:
    """Raise InvalidInput with every field of a new agent that is wrong."""
    wrong: dict[str, str] = {}
    if not 0 < len(new.name.strip()) <= NAME_CHARS_MAX:
        wrong["name"] = f"must have 1 to {NAME_CHARS_MAX} characters"
    if new.kind not in (TRANSFER, SEAMLESS):
        wrong["kind"] = "must be transfer or seamless"
    if new.prefix and _PREFIX.fullmatch(new.prefix) is None:
        wrong["prefix"] = "must be 5 lower-case letters or digits"
    if new.base_currency not in new.currencies:
        wrong["base_currency"] = "must be one of the currencies"
    for code, rate in new.currencies.items():
        if _CURRENCY.fullmatch(code) is None:
            wrong["currencies"] = f"{code[:20]!r} is not an ISO 4217 code"
        elif _RATE.fullmatch(rate) is None or not Decimal(rate):
            wrong["currencies"] = f"the rate of {code} must be a positive plain decimal number"
    if Decimal(new.currencies.get(new.base_currency, "1") if not wrong else "1") != 1:
        wrong["currencies"] = "the rate of the base currency is 1"
    if wrong:
        raise InvalidInput(wrong)


def check_term(field: str, text: str) -> str:
    """A term (share, commission, contribution) without trailing zeros. Raises InvalidInput."""
    if _TERM.fullmatch(text) is None:
        raise InvalidInput({field: "must be a plain decimal number from 0 to 1"})
    return text.rstrip("0").rstrip(".") if "." in text else text


_SIGNING = "agent signing"
"""What the vault keeps it for; it opens for its own agent only."""


def sealed_signing(vault: Vault, agent_id: int, secret: str) -> bytes:
    """The secret that an agent signs with, to be kept. Raises Refused where nothing can be sealed
    (no server secret)."""
    sealed = vault.seal(_SIGNING, str(agent_id), secret.encode())
    if sealed is None:
        raise Refused("The server's secret file is missing: nothing can be kept under it.")
    return sealed


def signing_of(vault: Vault, agent: Agent) -> str | None:
    """The secret that an agent's calls are signed with, None where they need not be.

    Raises Unreadable when it does not open: then nobody can tell who calls.
    """
    if agent.signing_sealed is None:
        return None
    return vault.open(_SIGNING, str(agent.id), agent.signing_sealed).decode()


def does_signing_open(vault: Vault, agent: Agent) -> bool:
    """Whether an agent's calls can be checked: it signs none, or its secret opens."""
    try:
        signing_of(vault, agent)
    except Unreadable:
        return False
    return True
