"""`serve` speaks plain HTTP to this machine only."""

from __future__ import annotations

import pytest

from lanhouse.cli.serve import check_exposure, is_loopback, secure
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.settings import AppSettings


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
def test_loopback_needs_nothing(host: str) -> None:
    assert is_loopback(host)
    check_exposure(AppSettings(host=host), behind_proxy=False, has_tls=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "10.0.0.1", "play.example.org"])
def test_a_network_needs_tls_or_a_proxy(host: str) -> None:
    settings = AppSettings(host=host)
    with pytest.raises(Refused) as refused:
        check_exposure(settings, behind_proxy=False, has_tls=False)
    assert refused.value.message.startswith(f"{host} can be reached from the network")
    check_exposure(settings, behind_proxy=True, has_tls=False)
    check_exposure(settings, behind_proxy=False, has_tls=True)


def test_cookies_are_secure_only_where_tls_is_in_the_way() -> None:
    settings = AppSettings(host="0.0.0.0", port=8443)

    plain = secure(settings, behind_proxy=False, has_tls=False)
    proxied = secure(settings, behind_proxy=True, has_tls=False)
    direct = secure(settings, behind_proxy=False, has_tls=True)

    assert (plain.secure_cookies, plain.base_url) == (False, "http://0.0.0.0:8443")
    assert proxied.secure_cookies
    assert (direct.secure_cookies, direct.base_url) == (True, "https://0.0.0.0:8443")


def test_a_public_address_that_is_set_stays() -> None:
    settings = AppSettings(host="0.0.0.0", public_url="https://play.example.org")
    assert secure(settings, behind_proxy=False, has_tls=True).base_url == "https://play.example.org"


def test_trusted_proxies_are_addresses_however_they_are_spaced() -> None:
    spaced = AppSettings(trusted_proxies=" 127.0.0.1, 10.0.0.0/8 ,::1")
    checked = secure(spaced, behind_proxy=False, has_tls=False)
    assert checked.trusted_proxies == "127.0.0.1,10.0.0.0/8,::1"

    networks = AppSettings(metrics_networks=" 10.9.0.0/16 ,::1")
    checked = secure(networks, behind_proxy=False, has_tls=False)
    assert checked.metrics_networks == "10.9.0.0/16,::1"

    with pytest.raises(InvalidInput) as wrong:
        secure(AppSettings(trusted_proxies="the proxy"), behind_proxy=True, has_tls=False)
    assert wrong.value.message == (
        "LANHOUSE_TRUSTED_PROXIES: 'the proxy' is not an IP address or network"
    )
