"""Allow-lists and who really called."""

from __future__ import annotations

import pytest

from lanhouse.auth.addresses import (
    caller_address,
    caller_scheme,
    is_allowed,
    normal_address,
    outside_of,
    parse_allow_list,
)
from lanhouse.auth.rates import RateLimit
from lanhouse.auth.rights import MEMBER_RIGHTS, MUST_CHANGE, OWN_ACCOUNT, RIGHTS, rights_of
from lanhouse.kit.errors import InvalidInput


def test_lists_are_normalised_and_without_repeats() -> None:
    given = " 10.0.0.1, ::1,10.0.0.1 ,2001:DB8::/32,192.168.1.7/24, ::ffff:10.0.0.1"
    assert parse_allow_list(given, "ips") == "10.0.0.1,::1,2001:db8::/32,192.168.1.0/24"


@pytest.mark.parametrize(
    "text", ["", " , ", "10.0.0", "10.0.0.1;10.0.0.2", "example.org", "1.2.3.4/33"]
)
def test_a_wrong_entry_is_named(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_allow_list(text, "api_key_ips")
    assert list(refused.value.fields) == ["api_key_ips"]


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("10.0.0.1", True),
        ("10.0.0.2", False),
        ("2001:db8::5", True),
        ("2001:db9::5", False),
        ("192.168.1.200", True),
        ("not an address", False),
        ("", False),
    ],
)
def test_membership(address: str, allowed: bool) -> None:
    assert is_allowed(address, "10.0.0.1,2001:db8::/32,192.168.1.0/24") is allowed


def test_an_ipv4_address_inside_ipv6_is_the_ipv4_address() -> None:
    assert normal_address("::ffff:10.0.0.1") == "10.0.0.1"


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "caller"),
    [
        ("9.9.9.9", "1.1.1.1", "", "9.9.9.9"),
        ("9.9.9.9", "1.1.1.1", "10.0.0.0/8", "9.9.9.9"),
        ("10.0.0.5", "1.1.1.1", "10.0.0.0/8", "1.1.1.1"),
        ("10.0.0.5", "6.6.6.6, 1.1.1.1, 10.0.0.9", "10.0.0.0/8", "1.1.1.1"),
        ("10.0.0.5", "", "10.0.0.0/8", "10.0.0.5"),
    ],
)
def test_forwarded_addresses_count_only_from_trusted_proxies(
    peer: str, forwarded: str, trusted: str, caller: str
) -> None:
    assert caller_address(peer, forwarded, trusted) == caller


@pytest.mark.parametrize(
    ("peer", "told", "trusted", "spoken", "scheme"),
    [
        ("9.9.9.9", "", "", "http", "http"),
        ("9.9.9.9", "", "", "https", "https"),
        ("9.9.9.9", "http", "", "https", "https"),
        ("9.9.9.9", "http", "10.0.0.0/8", "https", "https"),
        ("10.0.0.5", "https", "10.0.0.0/8", "http", "https"),
        ("::ffff:10.0.0.5", "http", "10.0.0.0/8", "https", "http"),
        ("10.0.0.5", "HTTPS, http", "10.0.0.0/8", "http", "https"),
        ("10.0.0.5", "gopher", "10.0.0.0/8", "http", "http"),
        ("10.0.0.5", "", "10.0.0.0/8", "https", "https"),
    ],
)
def test_the_scheme_is_that_of_the_socket_or_of_a_trusted_proxy(
    peer: str, told: str, trusted: str, spoken: str, scheme: str
) -> None:
    assert caller_scheme(peer, told, trusted, spoken) == scheme


@pytest.mark.parametrize(
    ("asked", "wider", "outside"),
    [
        ("10.0.0.1", "10.0.0.1,::1", []),
        ("10.0.0.0/25", "10.0.0.0/24", []),
        ("10.0.0.0/23", "10.0.0.0/24", ["10.0.0.0/23"]),
        ("10.0.0.0/24", "10.0.0.0/25,10.0.0.128/25", []),
        ("10.0.0.1,1.2.3.4,::2", "10.0.0.0/8,::1", ["1.2.3.4", "::2"]),
        ("::/0", "0.0.0.0/0", ["::/0"]),
        ("2001:db8::5", "2001:db8::/32", []),
    ],
)
def test_entries_outside_of_a_list_are_named(asked: str, wider: str, outside: list[str]) -> None:
    assert outside_of(asked, wider) == outside


def test_the_rate_limit_counts_key_and_address_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    at = [100.0]
    monkeypatch.setattr("lanhouse.kit.clock.monotonic", lambda: at[0])
    limit = RateLimit(3)
    assert [limit.admits("k", "a") for _ in range(4)] == [True, True, True, False]
    assert limit.admits("k", "b")
    assert limit.admits("other", "a")
    at[0] += 59.9
    assert not limit.admits("k", "a")
    at[0] += 0.2
    assert limit.admits("k", "a")


def test_no_limit() -> None:
    limit = RateLimit(0)
    assert all(limit.admits("k", "a") for _ in range(1000))


def test_roles_grow_and_never_cross() -> None:
    assert rights_of("staff") < rights_of("manager") < rights_of("admin")
    assert rights_of("api") == rights_of("admin")
    assert rights_of("admin") == {OWN_ACCOUNT, *RIGHTS}
    own = {"member.self", "member.profile", "member.password"}
    assert rights_of("member") == own | MEMBER_RIGHTS
    assert {
        *("orders.submit", "feedback.give", "payments.begin"),
        *("news.show", "events.view", "events.join"),
    } == MEMBER_RIGHTS
    assert rights_of(MUST_CHANGE) == {"member.profile", "member.password"}
    assert rights_of("agent") == {"agent.call"}
    assert rights_of("") == frozenset()
    assert "api_keys.manage" not in rights_of("manager")
    assert "members.view" not in rights_of("member")


def test_an_ipv4_network_inside_ipv6_is_an_ipv4_network() -> None:
    """A server on :: sees such addresses, and callers are told apart by the plain ones."""
    allowed = parse_allow_list("::ffff:10.1.0.0/112, ::ffff:1.2.3.4, ::ffff:0:0/95", "ips")
    assert allowed == "10.1.0.0/16,1.2.3.4,::fffe:0:0/95"
    assert is_allowed("10.1.200.7", allowed)
    assert not is_allowed("10.2.0.1", allowed)


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("1.2.3.4:51000", "1.2.3.4"),
        ("[2001:db8::1]:51000", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("6.6.6.6, 1.2.3.4:80", "1.2.3.4"),
        ("1.2.3.4:x", "1.2.3.4:x"),
    ],
)
def test_a_port_that_a_proxy_adds_does_not_make_another_caller(
    forwarded: str, address: str
) -> None:
    assert caller_address("127.0.0.1", forwarded, "127.0.0.1") == address
