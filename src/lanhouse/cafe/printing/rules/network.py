"""Which addresses a printer may have: those of the hall's own network that the operator of the
server allows (`LANHOUSE_OUTBOUND_PRIVATE`), and no others. Pure."""

from __future__ import annotations

import ipaddress

from lanhouse.auth.addresses import is_allowed, normal_address
from lanhouse.kit.said import Said, say


def refusal_of(address: str, allowed: str) -> Said | None:
    """Why nothing is sent to an address; None when it may be. `allowed` is a normalised list.

    A printer is private by nature: a public address is refused whatever the list says, and so is
    one at which a machine finds services of its neighbours (link-local: 169.254.169.254).
    """
    try:
        parsed = ipaddress.ip_address(normal_address(address))
    except ValueError:
        return say("must be an IP address such as 192.168.1.50")
    is_private = parsed.is_private or parsed.is_loopback
    if not is_private or parsed.is_link_local or parsed.is_multicast or parsed.is_unspecified:
        return say("must be an address of the hall's own network")
    if not is_allowed(str(parsed), allowed):
        return say(
            "is not among the networks that this server may reach: whoever runs it names them in"
            " LANHOUSE_OUTBOUND_PRIVATE"
        )
    return None
