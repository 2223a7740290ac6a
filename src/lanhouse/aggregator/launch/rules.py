"""What a launch must name: an address of the player, web addresses to go back to."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from lanhouse.aggregator.launch.schemas import LaunchIn
from lanhouse.kit.errors import InvalidInput

TOKEN_SECONDS = 60
SESSION_SECONDS = 12 * 3600
ACTIVE_SECONDS = 300
"""A player counts as active in a game when seen within this time."""


def check_launch(data: LaunchIn) -> None:
    """Raise InvalidInput for an address that is none."""
    wrong: dict[str, str] = {}
    try:
        ipaddress.ip_address(data.player_ip)
    except ValueError:
        wrong["player_ip"] = "must be an IPv4 or IPv6 address"
    for name, url in (("lobby_url", data.lobby_url), ("cashier_url", data.cashier_url)):
        if url is not None and not _is_web_address(url):
            wrong[name] = "must be an http or https address"
    if wrong:
        raise InvalidInput(wrong)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not url.split()[1:]


def language_of(lang: str, known: tuple[str, ...]) -> str:
    """The language for `lang` ("de", "de-AT", "pt_BR"); English when we do not speak it."""
    short = lang.replace("_", "-").partition("-")[0].lower()
    return short if short in known else "en"
