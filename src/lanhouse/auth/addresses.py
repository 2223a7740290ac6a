"""Caller addresses: allow-lists and who really called behind a trusted proxy."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say

_ENTRIES_MAX = 50
_MAPPED_BITS = 96
_IPV6_NETWORK_BITS = 64
# Some proxies add the caller's port: another one for each connection.
_WITH_PORT = re.compile(r"(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d+)?", re.ASCII)
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@lru_cache(maxsize=4096)
def normal_address(address: str) -> str:
    """One spelling per address; an IPv4 address inside IPv6 becomes IPv4. Unknown text stays."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped or parsed)


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """What a (normal) address counts as where somebody is held back: the /64 of an IPv6 address,
    which is the least that one connection gets; IPv4 addresses and other texts as they are."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, _IPV6_NETWORK_BITS), strict=False))


def parse_allow_list(text: str, field: str) -> str:
    """Comma-separated addresses or networks (IPv4, IPv6), normalised and without repeats.

    Raises InvalidInput naming the field and the entry that is not an address.
    """
    entries: list[str] = []
    for part in text.replace("\n", ",").split(","):
        entry = part.strip()
        if not entry:
            continue
        try:
            network = ipaddress.ip_network(entry, strict=False)
        except ValueError:
            raise InvalidInput(
                {field: say("%(entry)s is not an IP address or network", entry=repr(entry[:60]))}
            ) from None
        network = _without_mapping(network)
        single = network.prefixlen == network.max_prefixlen
        shown = normal_address(str(network.network_address)) if single else str(network)
        if shown not in entries:
            entries.append(shown)
    if not entries:
        raise InvalidInput({field: say("must name at least one IP address")})
    if len(entries) > _ENTRIES_MAX:
        raise InvalidInput(
            {field: say("must name at most %(count)s addresses", count=_ENTRIES_MAX)}
        )
    return ",".join(entries)


def _without_mapping(network: Network) -> Network:
    """The IPv4 network for one that is written inside IPv6 (::ffff:10.0.0.0/104)."""
    start = getattr(network.network_address, "ipv4_mapped", None)
    if start is None or network.prefixlen < _MAPPED_BITS:
        return network
    return ipaddress.IPv4Network((start, network.prefixlen - _MAPPED_BITS))


@lru_cache(maxsize=1024)
def _networks(allow_list: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(entry) for entry in allow_list.split(",") if entry)


@lru_cache(maxsize=8192)
def is_allowed(address: str, allow_list: str) -> bool:
    """True when the (normal) address is in the normalised list."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed.version == net.version and parsed in net for net in _networks(allow_list))


def outside_of(allow_list: str, wider: str) -> list[str]:
    """The entries of one normalised list that another one does not cover, in their order."""
    covered: list[Network] = [
        *ipaddress.collapse_addresses(n for n in _networks(wider) if n.version == 4),
        *ipaddress.collapse_addresses(n for n in _networks(wider) if n.version == 6),
    ]
    return [
        entry
        for entry, network in zip(allow_list.split(","), _networks(allow_list), strict=True)
        if not any(_is_within(network, cover) for cover in covered)
    ]


def _is_within(network: Network, cover: Network) -> bool:
    return (
        network.version == cover.version
        and network.network_address in cover
        and network.broadcast_address in cover
    )


def caller_scheme(peer: str, forwarded_proto: str, trusted_proxies: str, spoken: str) -> str:
    """http or https, as the caller speaks it: what this server's socket speaks, or what a trusted
    proxy says it was asked by. Of several words the first, which the outermost proxy wrote.
    """
    told = forwarded_proto.partition(",")[0].strip().lower()
    if told in ("http", "https") and trusted_proxies:
        return told if is_allowed(normal_address(peer), trusted_proxies) else spoken
    return spoken


@lru_cache(maxsize=1024)
def is_loopback(address: str) -> bool:
    """True for a (normal) address that only this machine has."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def caller_address(peer: str, forwarded_for: str, trusted_proxies: str) -> str:
    """The caller's address: the socket's peer, or, from a trusted proxy, the last address in
    X-Forwarded-For that is not itself a trusted proxy."""
    address = normal_address(peer)
    if not trusted_proxies or not forwarded_for or not is_allowed(address, trusted_proxies):
        return address
    for part in reversed(forwarded_for.split(",")):
        named = part.strip()
        match = _WITH_PORT.fullmatch(named)
        address = normal_address((match[1] or match[2]) if match else named)
        if not is_allowed(address, trusted_proxies):
            return address
    return address
