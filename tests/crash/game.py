"""The slot as a browser plays it: launch link, cookie, state of the page, spins."""

from __future__ import annotations

import json
import re
from html import unescape
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

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
    cookie = "; ".join(f"{each.name}={each.value}" for each in jar)
    return GameSession(path, cookie, state["csrf"], state["bets"][0]["micros"])


def page_state(page: str) -> dict[str, Any]:
    """The JSON that the page carries for its script."""
    found = re.search(r"data-state='([^']*)'", page)
    assert found is not None, page[:2000]
    return json.loads(unescape(found[1]))
