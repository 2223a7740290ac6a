"""The way out: public addresses only, one look-up, no redirects, and an end of patience."""

from __future__ import annotations

import asyncio
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from lanhouse.jobs import outbound
from lanhouse.jobs.outbound import NotReached, Outbound, Outgoing, is_public
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import OUTBOUND_BYTES_MAX
from tests.builders.elsewhere import elsewhere


def refusal(way: Outbound, url: str) -> str:
    with pytest.raises(NotReached) as refused:
        asyncio.run(way.send(Outgoing(url=url)))
    return refused.value.message


@pytest.mark.parametrize(
    ("address", "is_of_the_world"),
    [
        ("93.184.216.34", True),
        ("2606:4700:4700::1111", True),
        *((each, False) for each in ("127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.9.9")),
        *((each, False) for each in ("169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1")),
        *((each, False) for each in ("::1", "fe80::1", "fc00::1", "ff02::1", "::")),
        # Those that carry another one.
        *((each, False) for each in ("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::")),
        ("not an address", False),
    ],
)
def test_what_is_public(address: str, is_of_the_world: bool) -> None:
    assert is_public(address) is is_of_the_world


def test_a_call_arrives_whole(tmp_path: Path) -> None:
    with elsewhere(tmp_path) as there:
        wanted = Outgoing(url=f"{there.url}/send?to=1%2B2", headers={"X-Own": "yes"}, body=b"text")
        answer = asyncio.run(there.outbound().send(wanted))
        assert (answer.status, answer.body) == (200, b"ok")
        [(method, target, headers, body)] = there.calls
        assert (method, target, body) == ("POST", "/send?to=1%2B2", b"text")
        assert headers["host"] == f"gateway.test:{there.port}"
        assert headers["x-own"] == "yes"


@pytest.mark.parametrize("private", ["", "10.0.0.0/8,127.0.0.2"])
def test_an_address_of_our_own_network_is_not_called(tmp_path: Path, private: str) -> None:
    with elsewhere(tmp_path) as there:
        told = refusal(there.outbound(private), there.url)
        assert "LANHOUSE_OUTBOUND_PRIVATE" in told
        assert there.calls == []


def test_a_name_is_looked_up_once_and_the_first_fitting_address_called(tmp_path: Path) -> None:
    with elsewhere(tmp_path) as there:
        asked: list[str] = []

        def resolve(host: str, _: int) -> list[str]:
            asked.append(host)
            return ["10.0.0.9", "127.0.0.1"] if len(asked) == 1 else ["10.0.0.9"]

        way = Outbound("127.0.0.0/8", tls=there.trust, resolve=resolve)
        assert asyncio.run(way.send(Outgoing(url=there.url))).status == 200
        assert asked == ["gateway.test"]


def test_the_certificate_is_that_of_the_name(tmp_path: Path) -> None:
    with elsewhere(tmp_path, name="other.test") as there:
        assert refusal(there.outbound(), there.url) == "The other server could not be reached."
        assert there.calls == []


def test_a_redirect_is_an_answer(tmp_path: Path) -> None:
    def redirect(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "https://gateway.test/inside")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with elsewhere(tmp_path, redirect) as there:
        assert asyncio.run(there.outbound().send(Outgoing(url=there.url))).status == 302
        assert len(there.calls) == 1


@pytest.mark.parametrize("more", [0, 1])
def test_an_answer_has_an_end(tmp_path: Path, more: int) -> None:
    def much(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"x" * (OUTBOUND_BYTES_MAX + more))

    with elsewhere(tmp_path, much) as there:
        if more:
            told = refusal(there.outbound(), there.url)
            assert told == "The other server's answer is too long."
        else:
            answer = asyncio.run(there.outbound().send(Outgoing(url=there.url)))
            assert len(answer.body) == OUTBOUND_BYTES_MAX


def test_half_an_answer_is_none(tmp_path: Path) -> None:
    def half(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"half")

    with elsewhere(tmp_path, half) as there:
        assert refusal(there.outbound(), there.url) == "The other server could not be reached."


def test_a_server_that_drips_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "OUTBOUND_SECONDS_MAX", 0.5)

    was_cut = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x")
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            was_cut.set()

    with elsewhere(tmp_path, drip) as there:
        assert refusal(there.outbound(), there.url) == "The other server took too long."
        # The thread that read has gone too: it would else sit there until the server tires.
        assert was_cut.wait(30)


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.com/", "ftp://example.com/", "https:///x", "https://a:b@example.com/"),
        *("https://example.com:99999/", "file:///etc/passwd", "gateway.test", ""),
    ],
)
def test_only_https_is_spoken(url: str) -> None:
    way = Outbound(resolve=lambda *_: pytest.fail("nobody looks this up"))
    assert refusal(way, url) == "Other servers are called by https:// only."


def test_a_name_that_leads_nowhere_and_networks_that_are_none() -> None:
    way = Outbound(resolve=lambda *_: [])
    assert refusal(way, "https://nowhere.test/") == "The other server's name leads nowhere."
    with pytest.raises(InvalidInput):
        Outbound("not a network")
