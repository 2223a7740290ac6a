"""From which country an address comes, and what the rules say of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanhouse.aggregator.errors import CountryProhibited, CountryRestricted
from lanhouse.aggregator.protection.queries.geo import geo_of
from lanhouse.aggregator.protection.rules import country_rule
from lanhouse.aggregator.protection.schemas import NOWHERE, Place
from lanhouse.kit.errors import InvalidInput
from tests.builders.mmdb import write_mmdb

CSV = """network,country
203.0.113.0/24,DE
203.0.113.64/26,AT
203.0.113.7/32,UA-43
0.0.0.0/1,us
2001:db8::/32,FR
2001:db8:1::/48,CH
"""


def place(code: str) -> Place:
    country, _, part = code.partition("-")
    return Place(country=country, subdivision=code if part else "", source="file")


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("203.0.113.1", "DE"),
        ("203.0.113.63", "DE"),
        ("203.0.113.64", "AT"),
        ("203.0.113.127", "AT"),
        ("203.0.113.7", "UA-43"),
        ("127.255.255.255", "US"),
        ("::ffff:203.0.113.64", "AT"),
        ("2001:db8:2::1", "FR"),
        ("2001:db8:1::1", "CH"),
    ],
)
def test_the_more_exact_network_counts(tmp_path: Path, address: str, code: str) -> None:
    file = tmp_path / "geo.csv"
    file.write_text(CSV)
    assert geo_of(str(file)).place_of(address) == place(code)


@pytest.mark.parametrize("address", ["198.51.100.1", "2001:db9::1", "", "nowhere"])
def test_what_no_network_holds_is_not_known(tmp_path: Path, address: str) -> None:
    file = tmp_path / "geo.csv"
    file.write_text(CSV)
    assert geo_of(str(file)).place_of(address) == NOWHERE
    assert geo_of("").place_of(address) == NOWHERE


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("network,country\n203.0.113.0/24,Germany\n", "line 2"),
        ("203.0.113.0/24\n", "line 1"),
        ("203.0.113.1/24,DE\n", "line 1"),
        ("here,DE\n", "line 1"),
        ("203.0.113.0/24,\n", "line 1"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "geo.csv"
    file.write_text(text)
    with pytest.raises(InvalidInput, match=f"LANHOUSE_GEO_FILE.*{says}"):
        geo_of(str(file))


def test_a_file_that_is_not_there_or_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="LANHOUSE_GEO_FILE"):
        geo_of(str(tmp_path / "none.csv"))
    file = tmp_path / "text.mmdb"
    file.write_text(CSV)
    with pytest.raises(InvalidInput, match="LANHOUSE_GEO_FILE"):
        geo_of(str(file))
    other = tmp_path / "bytes.csv"
    other.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="LANHOUSE_GEO_FILE"):
        geo_of(str(other))


def test_an_mmdb_of_any_vendor_is_read(tmp_path: Path) -> None:
    file = tmp_path / "geo.mmdb"
    write_mmdb(
        file,
        {
            "203.0.113.0/25": {"country": {"iso_code": "DE"}},
            "203.0.113.128/25": {
                "country": {"iso_code": "UA"},
                "subdivisions": [{"iso_code": "43"}],
            },
            "198.51.100.0/24": {"country": "FR"},
            "192.0.2.0/24": {"country_code": "CH"},
            "2001:db8::/32": {"country": {"iso_code": "AT"}},
            "100.64.0.0/10": {"continent": {"code": "EU"}},
        },
    )
    geo = geo_of(str(file))
    found = {
        address: geo.place_of(address).code
        for address in (
            "203.0.113.1", "203.0.113.200", "198.51.100.1", "192.0.2.1", "2001:db8::1",
            "100.64.0.1", "8.8.8.8",
        )
    }  # fmt: skip
    assert list(found.values()) == ["DE", "UA-43", "FR", "CH", "AT", "", ""]


def test_an_ipv6_address_in_an_mmdb_of_ipv4_is_not_known(tmp_path: Path) -> None:
    file = tmp_path / "geo.mmdb"
    write_mmdb(file, {"203.0.113.0/24": {"country": "DE"}}, ip_version=4)
    assert geo_of(str(file)).place_of("203.0.113.1").code == "DE"
    assert geo_of(str(file)).place_of("2001:db8::1") == NOWHERE


OPEN: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("code", "licensed", "restricted", "prohibited", "expected"),
    [
        ("DE", OPEN, OPEN, OPEN, "open"),
        ("DE", ("DE",), OPEN, OPEN, "licensed"),
        ("DE", ("AT",), OPEN, OPEN, CountryRestricted),
        ("DE", OPEN, ("DE",), OPEN, CountryRestricted),
        ("DE", ("DE",), ("DE",), OPEN, "licensed"),
        ("DE", ("DE",), OPEN, ("DE",), CountryProhibited),
        ("DE", ("DE",), ("DE",), ("DE",), CountryProhibited),
        ("UA-43", ("UA",), OPEN, ("UA-43",), CountryProhibited),
        ("UA", ("UA",), OPEN, ("UA-43",), "licensed"),
        ("UA-43", ("UA",), OPEN, ("UA",), CountryProhibited),
        ("UA-43", ("UA",), ("UA-43",), OPEN, CountryRestricted),
        ("UA-43", ("UA-43",), ("UA",), OPEN, "licensed"),
        ("UA-43", ("UA",), ("UA",), OPEN, "licensed"),
        ("UA-30", ("UA-43",), OPEN, OPEN, CountryRestricted),
    ],
)
def test_prohibited_wins_and_restricted_needs_the_licence(
    code: str,
    licensed: tuple[str, ...],
    restricted: tuple[str, ...],
    prohibited: tuple[str, ...],
    expected: str | type[Exception],
) -> None:
    def rule() -> str:
        return country_rule(place(code), licensed, restricted, prohibited, allows_unknown=False)

    if isinstance(expected, str):
        assert rule() == expected
    else:
        with pytest.raises(expected):
            rule()


def test_an_unknown_country_is_let_in_and_marked_or_not() -> None:
    everywhere = ("DE",)
    assert country_rule(NOWHERE, everywhere, OPEN, everywhere, allows_unknown=True) == "unknown"
    with pytest.raises(CountryRestricted):
        country_rule(NOWHERE, everywhere, OPEN, OPEN, allows_unknown=False)
