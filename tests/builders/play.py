"""A browser in a game, without the browser."""

from __future__ import annotations

import html
import itertools
import json
import re
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.builders.agents import External
from tests.builders.client import Client

_numbers = itertools.count(1)


def launch_body(username: str, currency: str = "EUR", **more: Any) -> dict[str, Any]:
    """The documented body of launchGame."""
    return {
        "username": username,
        "isMobile": False,
        "gameId": "house_00001",
        "lang": "en",
        "playerIp": "203.0.113.7",
        "currency": currency,
        **more,
    }


@dataclass
class Player:
    """A signed-in game session."""

    client: Client
    path: str
    cookie: str
    csrf: str = ""
    state: dict[str, Any] = field(default_factory=dict)

    def get(self, path: str = "", accept: str = "text/html") -> httpx.Response:
        """The page, or something below it."""
        headers = {"Cookie": self.cookie, "Accept": accept}
        return self.client.raw("GET", self.path + path, headers=headers)

    def load(self) -> str:
        """Load the page and keep its state; before the first spin its script sends a seed."""
        page = self.get()
        assert page.status_code == 200, page.text
        found = re.search(r"data-state='([^']*)'", page.text)
        assert found is not None
        self.state = json.loads(html.unescape(found[1]))
        self.csrf = self.state["csrf"]
        if re.search(r'id="client-seed"></code>', page.text):
            answer = self.post("/client-seed", {"clientSeed": f"browser-{next(_numbers)}"})
            assert answer.status_code == 200, answer.text
            page = self.get()
        return page.text

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        """A post as the page's script sends it."""
        sent = {"Cookie": self.cookie, "X-CSRF-Token": self.csrf, **headers}
        return self.client.raw("POST", self.path + path, json=body, headers=sent)

    def spin(self, bet_micros: int = 1_000_000, key: str = "") -> dict[str, Any]:
        """Play one round that must succeed."""
        key = key or f"key-{next(_numbers):08d}"
        answer = self.post("/spin", {"key": key, "betMicros": bet_micros})
        assert answer.status_code == 200, answer.text
        return answer.json()


def launch(external: External, username: str, currency: str = "EUR", **more: Any) -> str:
    """Launch the slot; answers the path of the one-time address."""
    url = external.ok("launchGame", launch_body(username, currency, **more))["url"]
    assert url.startswith("http://testserver/play/launch/")
    return url.removeprefix("http://testserver")


def open_game(external: External, username: str, currency: str = "EUR", **more: Any) -> Player:
    """Launch the slot and begin its session, as a browser does."""
    answer = external.client.raw("GET", launch(external, username, currency, **more), key="")
    assert answer.status_code == 303, answer.text
    cookie = answer.headers["set-cookie"].partition(";")[0]
    player = Player(external.client, answer.headers["location"], cookie)
    player.load()
    return player
