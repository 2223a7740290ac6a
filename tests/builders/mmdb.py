"""A small file in the MaxMind DB format, written for tests (the reader is the library's)."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

_MARKER = b"\xab\xcd\xefMaxMind.com"
_GAP = 16
_TEXT, _MAP, _UINT32, _ARRAY = 2, 7, 6, 11


def write_mmdb(path: Path, records: dict[str, dict[str, Any]], *, ip_version: int = 6) -> None:
    """Write records by network; IPv4 networks lie at ::/96 of an IPv6 tree."""
    nodes: list[list[Any]] = [[None, None]]
    for text, record in records.items():
        network = ipaddress.ip_network(text)
        bits = format(int(network.network_address), f"0{network.max_prefixlen}b")
        bits = bits[: network.prefixlen]
        if ip_version == 6 and network.version == 4:
            bits = "0" * 96 + bits
        node = 0
        for bit in map(int, bits[:-1]):
            if not isinstance(nodes[node][bit], int):
                nodes.append([None, None])
                nodes[node][bit] = len(nodes) - 1
            node = nodes[node][bit]
        nodes[node][int(bits[-1])] = record
    data, tree = bytearray(), bytearray()
    for node in nodes:
        for child in node:
            number = len(nodes) if child is None else child
            if isinstance(child, dict):
                number = len(nodes) + _GAP + len(data)
                data += _encoded(child)
            tree += number.to_bytes(4, "big")
    about = {
        "node_count": len(nodes), "record_size": 32, "ip_version": ip_version,
        "database_type": "Test-Country", "languages": [], "binary_format_major_version": 2,
        "binary_format_minor_version": 0, "build_epoch": 1, "description": {},
    }  # fmt: skip
    path.write_bytes(bytes(tree) + bytes(_GAP) + bytes(data) + _MARKER + _encoded(about))


def _encoded(value: Any) -> bytes:
    if isinstance(value, str):
        body = value.encode()
        return _head(_TEXT, len(body)) + body
    if isinstance(value, int):
        body = value.to_bytes(4, "big").lstrip(b"\0")
        return _head(_UINT32, len(body)) + body
    if isinstance(value, list):
        items: list[Any] = value
        return _head(_ARRAY, len(items)) + b"".join(map(_encoded, items))
    fields: dict[str, Any] = value
    inside = b"".join(_encoded(name) + _encoded(field) for name, field in fields.items())
    return _head(_MAP, len(fields)) + inside


def _head(kind: int, size: int) -> bytes:
    assert size < 29, "longer sizes are written otherwise"
    if kind < 8:
        return bytes([kind << 5 | size])
    return bytes([size, kind - 7])
