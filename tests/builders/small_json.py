"""A player of a House game over the small JSON, without a browser."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.builders.agents import External
from tests.builders.play import launch

_numbers = itertools.count(1)
CLIENT_SEED = "blue-otter-12"


@dataclass
class JsonPlayer:
    """A session that was begun with JSON; `state` is the newest that was told."""

    external: External
    session: str
    secret: str
    game: str
    state: dict[str, Any] = field(default_factory=dict)

    def call(
        self, method: str, path: str, body: Any = None, *, secret: str | None = None, **more: Any
    ) -> httpx.Response:
        """A call of the session, as a script sends it."""
        headers = {"Accept": "application/json", **more.pop("headers", {})}
        bearer = self.secret if secret is None else secret
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        if body is not None:
            more["json"] = body
        path = f"/play/{self.session}{path}"
        return self.external.client.raw(method, path, headers=headers, key="", **more)

    def now(self) -> dict[str, Any]:
        """The state."""
        answer = self.call("GET", "/state")
        assert answer.status_code == 200, answer.text
        self.state = answer.json()
        return self.state

    def seed(self, client_seed: str = CLIENT_SEED) -> dict[str, Any]:
        """Send a client seed that must be taken."""
        answer = self.call("POST", "/seed", {"clientSeed": client_seed})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def act(self, action: str, key: str = "", **more: Any) -> dict[str, Any]:
        """Do something that must succeed."""
        body = {"key": key or new_key(), "action": action, **more}
        answer = self.call("POST", "/act", body)
        assert answer.status_code == 200, answer.text
        self.state = answer.json()
        return self.state

    def refused(self, action: str, key: str = "", **more: Any) -> tuple[int, str, str | None]:
        """Do something that must be refused; answers status, code and field."""
        return refusal(
            self.call("POST", "/act", {"key": key or new_key(), "action": action, **more})
        )


_FIRST_FIELD = {"house_00004": "red", "house_00005": "banker", "house_00007": "big"}


def first_bet(game_id: str, amount: str = "1") -> dict[str, Any]:
    """What the first act of a round stakes in a game: its best bet."""
    on = _FIRST_FIELD.get(game_id)
    return {"bet": amount} if on is None else {"bets": [{"on": on, "amount": amount}]}


def new_key() -> str:
    return f"key-{next(_numbers):08d}"


def refusal(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and field of a refusal, whose envelope is looked at."""
    assert answer.status_code >= 400, answer.text
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "field"}
    assert body["error"]["message"]
    return answer.status_code, body["error"]["code"], body["error"]["field"]


def begin(
    external: External, username: str, game_id: str, currency: str = "EUR", **more: Any
) -> JsonPlayer:
    """Launch a game and begin its session with JSON."""
    path = launch(external, username, currency, gameId=game_id, **more)
    answer = external.client.raw("GET", path, headers={"Accept": "application/json"}, key="")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert set(body) == {"session", "secret", "game", "state"}
    return JsonPlayer(external, body["session"], body["secret"], body["game"], body["state"])
