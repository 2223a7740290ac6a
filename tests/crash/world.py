"""The accounts that the load moves money on, and what an answer says has moved."""

from __future__ import annotations

import json
import random
import urllib.request
from decimal import Decimal
from typing import Any

from tests.crash.client import Answer, Request
from tests.crash.game import GameSession, open_game_session
from tests.crash.server import Server

MEMBERS = 12
PLAYERS = 4
# Players without a wallet, who get their first deposit under load.
NEWCOMERS = 60
OPENING = "1000000"
MICROS = 1_000_000


class World:
    """Members of the demo centre and players of its transfer agent, made for this run."""

    def __init__(self, server: Server) -> None:
        demo = server.demo()
        self._base = f"http://127.0.0.1:{server.port}"
        self._cafe = f"/api/v2/cafe/{demo['cafe']['cafe_id']}"
        self._cafe_key = demo["cafe"]["api_key"]
        agent = next(each for each in demo["agents"] if each["type"] == "transfer")
        self._agent_key, self._currency = agent["api_key"], agent["base_currency"]
        self._members = [self._make_member(number) for number in range(MEMBERS)]
        self._players = [f"crash{number:04d}" for number in range(PLAYERS)]
        self._games: dict[str, GameSession] = {}
        for player in self._players:
            self._make_player(player)
        newcomers = [f"crashnew{number:03d}" for number in range(NEWCOMERS)]
        for newcomer in newcomers:
            self._call_external("createPlayer", {"username": newcomer})
        self._depositors = self._players * (NEWCOMERS // PLAYERS) + newcomers
        self.opening_micros = {
            target: self.balance_micros(target)
            for target in (*self._members, *self._players, *newcomers)
        }
        self._sessions = self._sessions_in_use()

    def some_request(self, chance: random.Random, key: str) -> Request:
        """A top-up, a deposit or a spin, on an account that others hit at the same time."""
        kind = chance.choice(("topup", "deposit", "spin"))
        amount = chance.randrange(1, 10_000)
        value = f"{amount // 100}.{amount % 100:02d}"
        if kind == "topup":
            member = chance.choice(self._members)
            return Request(
                kind,
                f"{self._cafe}/members/action/topup",
                json.dumps({"topup_ids": member, "topup_value": value}),
                key,
                self._cafe_key,
                member,
                amount * MICROS // 100,
                (("Content-Type", "application/json"),),
            )
        if kind == "spin":
            player = chance.choice(self._players)
            return self._games[player].spin(player, key)
        player = chance.choice(self._depositors)
        return Request(
            kind,
            "/external/deposit",
            json.dumps({"username": player, "amount": value, "currency": self._currency}),
            key,
            self._agent_key,
            player,
            amount * MICROS // 100,
            (("Content-Type", "application/json"),),
        )

    def change_of(self, request: Request, answer: Answer) -> int:
        """How many micros the acknowledged answer put on the request's account.

        A spin's change is not in its answer; `rounds_of` tells it.
        """
        told = json.loads(answer.body)
        if request.kind == "topup":
            assert told["code"] == 200, told
            return request.amount_micros
        if request.kind == "deposit":
            assert told["ok"] is True, told
            player = told["result"]["player"]
            change = Decimal(player["afterBalance"]) - Decimal(player["beforeBalance"])
            assert change * MICROS == request.amount_micros, told
            return request.amount_micros
        return 0

    def rounds_of(self, player: str) -> dict[str, int]:
        """Every round of a player by the history, and what it changed in micros.

        A round that has no bet or no settlement, or two of them, is half done or done twice.
        """
        found: dict[str, dict[str, int]] = {}
        page, has_next = 1, True
        while has_next:
            told = self._call_external(
                "history", {"username": player, "paginate": {"page": page, "perPage": 1000}}
            )
            for group in told["currencyGroup"].values():
                for item in group["items"]:
                    records = found.setdefault(item["roundId"], {})
                    label = item["txType"]["label"]
                    assert label not in records, f"round {item['roundId']} has two {label}s"
                    records[label] = _micros(item["amount"]["amount"]["playerAmount"])
            page, has_next = page + 1, told["paginate"]["next"]
        for code, records in found.items():
            assert set(records) == {"Bet", "Settle"}, (code, records)
        return {code: sum(records.values()) for code, records in found.items()}

    @property
    def players(self) -> list[str]:
        """Usernames of the players who spin."""
        return self._players

    def balance_micros(self, target: str) -> int:
        """What the server says is on the account now."""
        if target in self._members:
            member = self._call_cafe("GET", f"/members/{target}")["member"]
            return _micros(member["member_balance"])
        body = {"username": target, "currency": self._currency}
        return _micros(self._call_external("getPlayerBalance", body)["balance"])

    def check_sessions_go_on(self) -> None:
        """The PCs that were in use at the start still are, by the same people."""
        now = self._sessions_in_use()
        gone = self._sessions.keys() - now.keys()
        assert not gone, f"sessions ended by the crash on {sorted(gone)}"
        assert {pc: now[pc] for pc in self._sessions} == self._sessions

    def _sessions_in_use(self) -> dict[str, Any]:
        """Open-ended sessions only: one whose time is over may end at any moment."""
        return {
            pc["pc_name"]: (pc["member_account"], pc["status_connect_time_local"])
            for pc in self._call_cafe("GET", "/pcList")
            if pc["member_account"] and pc["status_connect_time_left"] is None
        }

    def _make_member(self, number: int) -> str:
        made = self._call_cafe(
            "POST",
            "/members",
            {
                "member_account": f"crash{number}",
                "member_password": "a password for crashes",
                "member_confirm": "a password for crashes",
            },
        )
        return str(made["member_id"])

    def _make_player(self, player: str) -> None:
        self._call_external("createPlayer", {"username": player})
        body = {"username": player, "amount": OPENING, "currency": self._currency}
        self._call_external("deposit", body)
        launched = self._call_external(
            "launchGame",
            {
                "username": player,
                "isMobile": False,
                "gameId": "house_00001",
                "lang": "en",
                "playerIp": "127.0.0.1",
                "currency": self._currency,
            },
        )
        self._games[player] = open_game_session(launched["url"])

    def _call_cafe(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        told = self._call(method, f"{self._cafe}{path}", self._cafe_key, body)
        assert told["code"] == 200, (path, told)
        return told["data"]

    def _call_external(self, name: str, body: dict[str, Any]) -> Any:
        told = self._call("POST", f"/external/{name}", self._agent_key, body)
        assert told["ok"] is True, (name, told)
        return told["result"]

    def _call(self, method: str, path: str, token: str, body: dict[str, Any] | None) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


def _micros(text: str) -> int:
    micros = Decimal(text) * MICROS
    assert micros == int(micros), text
    return int(micros)
