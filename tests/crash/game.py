"""The slot as a script plays it: launch link, the session's secret, spins."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request as UrlRequest
from urllib.request import urlopen

import msgspec

from tests.crash.client import Request


class GameSession(msgspec.Struct, frozen=True):
    """A player in the slot; `bet` is the smallest one as decimal text."""

    path: str
    secret: str
    bet: str

    def spin(self, player: str, key: str) -> Request:
        """A press of Spin with the smallest bet; the key makes it one round, however often sent."""
        return Request(
            "spin",
            f"{self.path}/act",
            json.dumps({"key": key, "action": "spin", "bet": self.bet}),
            key,
            "",
            player,
            headers=(
                ("Content-Type", "application/json"),
                ("Authorization", f"Bearer {self.secret}"),
            ),
        )


def open_game_session(url: str) -> GameSession:
    """Begin the session of a launch link with JSON, and send a client seed."""
    begun = _ask(url, None, {"Accept": "application/json"})
    path = f"/play/{begun['session']}"
    session = GameSession(path, begun["secret"], begun["state"]["bets"]["min"])
    if begun["state"]["fair"]["clientSeed"] is None:
        address = urlsplit(url)._replace(path=f"{path}/seed", query="").geturl()
        headers = {"Authorization": f"Bearer {session.secret}", "Content-Type": "application/json"}
        _ask(address, json.dumps({"clientSeed": "crash-test"}).encode(), headers)
    return session


def _ask(url: str, body: bytes | None, headers: dict[str, str]) -> Any:
    with urlopen(UrlRequest(url, body, headers), timeout=30) as answer:
        return json.loads(answer.read())
