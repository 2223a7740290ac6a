"""What an agent's own data must look like."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import SplitResult, urlsplit

from lanhouse.aggregator.agents.schemas import SEAMLESS, TRANSFER, Agent, NewAgent
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.vault import Unreadable, Vault

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_PREFIX = re.compile(r"[a-z0-9]{5}", re.ASCII)
_RATE = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)
_TERM = re.compile(r"(0(\.\d{1,10})?|1(\.0{1,10})?)", re.ASCII)
_HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)
COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", re.ASCII)
"""ISO 3166: a country, or one of its subdivisions."""
NAME_CHARS_MAX = 100
FRAME_ORIGINS_MAX = 20
LICENCE_CHARS_MAX = 100
AGES = (18, 99)
"""The least and the greatest minimum age that a licence can name."""
PLAY_CURRENCY = "PLAY"


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
    if new.licence_number or new.countries or new.minimum_age:
        wrong |= wrong_licence(new.licence_number, new.countries, new.minimum_age)
    wrong |= _wrong_currencies(new)
    if Decimal(new.currencies.get(new.base_currency, "1") if not wrong else "1") != 1:
        wrong["currencies"] = "the rate of the base currency is 1"
    if wrong:
        raise InvalidInput(wrong)


def _wrong_currencies(new: NewAgent) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if new.is_play and (new.kind != TRANSFER or set(new.currencies) != {PLAY_CURRENCY}):
        wrong["currencies"] = f"an agent of play tokens holds {PLAY_CURRENCY} alone"
    for code, rate in new.currencies.items():
        if _CURRENCY.fullmatch(code) is None and not (new.is_play and code == PLAY_CURRENCY):
            wrong["currencies"] = f"{code[:20]!r} is not an ISO 4217 code"
        elif _RATE.fullmatch(rate) is None or not Decimal(rate):
            wrong["currencies"] = f"the rate of {code} must be a positive plain decimal number"
    return wrong


def wrong_licence(
    licence_number: str, countries: Sequence[str], minimum_age: int
) -> dict[str, str]:
    """What is wrong with a licence, by field: real money needs all three."""
    wrong: dict[str, str] = {}
    if not 0 < len(licence_number.strip()) <= LICENCE_CHARS_MAX:
        wrong["licence_number"] = f"must have 1 to {LICENCE_CHARS_MAX} characters"
    if not countries:
        wrong["countries"] = "name the countries that the licence is for"
    for code in countries:
        if COUNTRY.fullmatch(code) is None:
            wrong["countries"] = f"{code[:20]!r} is not an ISO 3166 code"
    if not AGES[0] <= minimum_age <= AGES[1]:
        wrong["minimum_age"] = f"must be from {AGES[0]} to {AGES[1]}"
    return wrong


def check_term(field: str, text: str) -> str:
    """A term (share, commission, contribution) without trailing zeros. Raises InvalidInput."""
    if _TERM.fullmatch(text) is None:
        raise InvalidInput({field: "must be a plain decimal number from 0 to 1"})
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse_frame_origins(frame_origins: str) -> str:
    """Comma-separated origins that may frame games, as browsers spell them and without repeats.

    https only, and http for this machine itself. Raises InvalidInput with the entry that is none.
    """
    origins: list[str] = []
    for part in frame_origins.split(","):
        entry = part.strip()
        if not entry:
            continue
        origin = _origin(entry)
        if origin is None:
            told = f"{entry[:80]!r} is not an origin such as https://casino.example"
            raise InvalidInput({"frame_origins": told})
        if origin not in origins:
            origins.append(origin)
    if len(origins) > FRAME_ORIGINS_MAX:
        raise InvalidInput({"frame_origins": f"names more than {FRAME_ORIGINS_MAX} origins"})
    return ",".join(origins)


def _origin(entry: str) -> str | None:
    """The origin as a browser tells it (lower case, no default port); None for what is none."""
    try:
        parts = urlsplit(entry.lower())
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    is_secure = parts.scheme == "https"
    if not is_secure and not (parts.scheme == "http" and _is_loopback(host)):
        return None
    if entry.lower() != f"{parts.scheme}://{parts.netloc}" or not _is_host(parts):
        return None
    is_default = port is None or port == (443 if is_secure else 80)
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + ("" if is_default else f":{port}")


def _is_host(parts: SplitResult) -> bool:
    """Whether an address names a host and perhaps a port, and nobody who signs in there."""
    host = parts.hostname or ""
    if "@" in parts.netloc or parts.netloc.endswith(":"):
        return False
    if parts.netloc.startswith("["):
        return _is_address(host)
    return _HOST.fullmatch(host) is not None


def _is_address(host: str) -> bool:
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        return False
    return "%" not in host


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


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
