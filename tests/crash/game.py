"""The slot as a browser plays it: launch link, cookie, state of the page, spins."""

from __future__ import annotations

import json
import re
from html import unescape
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlsplit
from urllib.request import HTTPCookieProcessor, build_opener
from urllib.request import Request as UrlRequest

import msgspec

from tests.crash.client import Request


class GameSession(msgspec.Struct, frozen=True):
    """A player in the slot."""

    path: str
    cookie: str
    csrf: str
    bet_micros: int

    def spin(self, player: str, key: str) -> Request:
        """A press of Spin with the smallest bet; the key makes it one round, however often sent."""
        return Request(
            "spin",
            f"{self.path}/spin",
            json.dumps({"key": key, "betMicros": self.bet_micros}),
            key,
            "",
            player,
            headers=(
                ("Content-Type", "application/json"),
                ("Cookie", self.cookie),
                ("X-CSRF-Token", self.csrf),
            ),
        )


def open_game_session(url: str) -> GameSession:
    """Follow a launch link to the game's page and read what its script starts from."""
    jar = CookieJar()
    with build_opener(HTTPCookieProcessor(jar)).open(url, timeout=30) as answer:
        page, path = answer.read().decode(), urlsplit(answer.url).path
    state = page_state(page)
    opener = build_opener(HTTPCookieProcessor(jar))
    if 'id="client-seed"></code>' in page:
        _send_seed(opener, url, path, state["csrf"])
    cookie = "; ".join(f"{each.name}={each.value}" for each in jar)
    return GameSession(path, cookie, state["csrf"], state["bets"][0]["micros"])


def _send_seed(opener: Any, url: str, path: str, csrf: str) -> None:
    """The client seed of the player's browser, before his first spin."""
    address = urlsplit(url)._replace(path=f"{path}/client-seed", query="").geturl()
    headers = {"Content-Type": "application/json", "X-CSRF-Token": csrf}
    body = json.dumps({"clientSeed": "crash-test"}).encode()
    with opener.open(UrlRequest(address, body, headers), timeout=30) as answer:
        answer.read()


def page_state(page: str) -> dict[str, Any]:
    """The JSON that the page carries for its script."""
    found = re.search(r"data-state='([^']*)'", page)
    assert found is not None, page[:2000]
    return json.loads(unescape(found[1]))
