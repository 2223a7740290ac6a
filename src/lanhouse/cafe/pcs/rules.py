"""Pure rules of PCs: what their hardware address looks like."""

from __future__ import annotations

import ipaddress
import re

CONSOLE_TYPES = (0, 1, 2, 3, 4, 5, 6, 7, 8)
"""0 PC, 1 other, 2 Xbox, 3 PS3, 4 PS4, 5 PS5, 6 Wii, 7 table, 8 assistant (cafe-domain 0)."""

_MAC = re.compile(r"[0-9A-F]{2}(?:-[0-9A-F]{2}){5}")


def mac_text(text: str) -> str | None:
    """A MAC address as the wire shows it, `04-D9-F5-00-12-AB`; None when it is none."""
    upper = text.upper().replace(":", "-")
    return upper if _MAC.fullmatch(upper) else None


def ip_text(text: str) -> str | None:
    """An IPv4 or IPv6 address in its usual spelling; None when it is none."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
