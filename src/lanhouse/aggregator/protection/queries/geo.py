"""From which country an address comes: a file that the operator supplies (LANHOUSE_GEO_FILE).

CSV with lines `network,country` (ISO 3166, a subdivision such as UA-43 too), or an MMDB. It is read
once, when the server starts; the more exact of two networks counts.
"""

from __future__ import annotations

import csv
import ipaddress
from collections import defaultdict
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Protocol, cast

import maxminddb

from lanhouse.aggregator.agents.rules import COUNTRY
from lanhouse.aggregator.protection.schemas import NOWHERE, Place
from lanhouse.kit.errors import InvalidInput

SOURCE = "file"
SETTING = "LANHOUSE_GEO_FILE"

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Geo(Protocol):
    """Knows countries of addresses."""

    def place_of(self, address: str) -> Place:
        """Where an address is; NOWHERE when that is not known."""
        ...


def _address_of(text: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


@cache
def _place(code: str) -> Place:
    # One for each country: a file has hundreds of thousands of networks.
    country, has_subdivision, _ = code.partition("-")
    return Place(country=country, subdivision=code if has_subdivision else "", source=SOURCE)


class _Nothing:
    """No file: nothing is known."""

    def place_of(self, address: str) -> Place:
        return NOWHERE


class _Networks:
    """The networks of a CSV by how long their prefix is."""

    def __init__(self, path: Path) -> None:
        self._by_prefix: dict[int, dict[int, dict[int, Place]]] = {
            4: defaultdict(dict),
            6: defaultdict(dict),
        }
        with path.open(newline="", encoding="utf-8-sig") as lines:
            for number, line in enumerate(csv.reader(lines), start=1):
                if line and (number > 1 or line[0].strip().lower() != "network"):
                    self._add(number, line)
        self._prefixes = {
            version: sorted(found, reverse=True) for version, found in self._by_prefix.items()
        }

    def _add(self, number: int, line: list[str]) -> None:
        try:
            network = ipaddress.ip_network(line[0].strip())
        except ValueError:
            reason = f"line {number}: {line[0][:50]!r} is no network"
            raise InvalidInput({SETTING: reason}) from None
        code = line[1].strip().upper() if len(line) > 1 else ""
        if COUNTRY.fullmatch(code) is None:
            raise InvalidInput({SETTING: f"line {number}: {code[:20]!r} is no ISO 3166 code"})
        size = network.prefixlen
        first = int(network.network_address) >> (network.max_prefixlen - size)
        self._by_prefix[network.version][size][first] = _place(code)

    def place_of(self, address: str) -> Place:
        found = _address_of(address)
        if found is None:
            return NOWHERE
        by_prefix, number = self._by_prefix[found.version], int(found)
        for size in self._prefixes[found.version]:
            place = by_prefix[size].get(number >> (found.max_prefixlen - size))
            if place is not None:
                return place
        return NOWHERE


class _Mmdb:
    """A MaxMind DB file, of any vendor that names countries by ISO code."""

    def __init__(self, path: Path) -> None:
        self._reader = maxminddb.open_database(str(path), maxminddb.MODE_MEMORY)

    def place_of(self, address: str) -> Place:
        found = _address_of(address)
        if found is None:
            return NOWHERE
        try:
            record = self._reader.get(found)
        except ValueError:  # an IPv6 address in a file of IPv4 alone
            return NOWHERE
        code = _code_of(record)
        return NOWHERE if code is None else _place(code)


def _code_of(record: Any) -> str | None:
    """Country or subdivision of a record: {"country": {"iso_code": "UA"}, "subdivisions":
    [{"iso_code": "43"}]}, or flat: {"country": "UA"}, {"country_code": "UA"}."""
    if not isinstance(record, dict):
        return None
    fields = cast("dict[str, Any]", record)
    country = fields.get("country") or fields.get("country_code")
    if isinstance(country, dict):
        country = cast("dict[str, Any]", country).get("iso_code")
    parts: Any = fields.get("subdivisions") or [{}]
    part: Any = parts[0].get("iso_code") if isinstance(parts[0], dict) else None
    for code in (f"{country}-{part}", str(country)):
        if COUNTRY.fullmatch(code):
            return code
    return None


@lru_cache(maxsize=4)
def geo_of(path: str) -> Geo:
    """What is in the file of this path; of no path, nothing. Raises InvalidInput naming the setting
    for a file that cannot be read."""
    if not path:
        return _Nothing()
    file = Path(path)
    try:
        return _Mmdb(file) if file.suffix.lower() == ".mmdb" else _Networks(file)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput({SETTING: f"cannot be read: {error}"}) from None
    except maxminddb.InvalidDatabaseError:
        raise InvalidInput({SETTING: "is no MMDB file"}) from None
