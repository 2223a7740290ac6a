"""The server side of a game's page, played in the test: the real games on given numbers, a purse,
and answers that can be lost. It speaks the small JSON of docs/house-games.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from msgspec import structs
from playwright.sync_api import Page, Route

from lanhouse.aggregator.providers.house import files
from lanhouse.aggregator.providers.house.games import chips
from lanhouse.aggregator.providers.house.games.catalogue import GAMES
from lanhouse.aggregator.providers.house.games.step import Action, FieldBet, Step, shown
from lanhouse.aggregator.providers.house.play_page import GamePage, render_game
from lanhouse.kit.errors import AppError
from lanhouse.kit.money import MICROS, parse_micros
from lanhouse.web.render import View
from tests.builders.numbers import Given

ORIGIN = "http://house.test"
SECRET = "s3cret-of-the-session"
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


class FakeHouse:
    """A session of one game; `numbers` are what its rounds draw, in order."""

    def __init__(self, game_id: str, numbers: Iterable[int] = (), language: str = "en") -> None:
        self.game = GAMES[game_id]
        self.language = language
        self.numbers = Given(numbers)
        self.balance_micros = 100 * MICROS
        self.step: Step | None = None
        self.nonce = 0
        self.staked_micros = self.paid_micros = 0
        self.client_seed: str | None = None
        self.answers: dict[str, dict[str, Any]] = {}
        self.bodies: list[dict[str, Any]] = []
        self.lose_answers = 0
        self.check_minutes = self.played_minutes = 0
        self.free_rounds: dict[str, Any] | None = None
        self.revealed_seed: str | None = None
        self.is_paid = True
        self.refusal: tuple[str, int] = ("", 0)

    def serve(self, page: Page) -> None:
        page.route(f"{ORIGIN}/**", self._route)

    def state(self) -> dict[str, Any]:
        is_slot = self.game.category == "slot"
        limits = next(of for of in chips.limit_sets(self.game.category, "EUR") if of.is_default)
        steps = chips.slot_bets_micros("EUR") if is_slot else (chips.unit_micros("EUR"),)
        is_open = self.step is not None and not self.step.is_done
        return {
            "balance": shown(self.balance_micros),
            "actions": list(self.step.actions)
            if is_open and self.step
            else [self.game.first_action],
            "bets": {
                "min": shown(limits.min_micros),
                "max": shown(limits.max_micros),
                "steps": [shown(step) for step in steps],
            },
            "freeRounds": self.free_rounds,
            "round": None
            if self.step is None
            else {
                "id": f"round{self.nonce}",
                "done": self.step.is_done,
                "bet": shown(self.staked_micros),
                "win": shown(self.paid_micros),
                "paid": self.is_paid,
                "view": self.step.view,
            },
            "fair": {
                "commitment": "2f51" + "9c" * 30,
                "nextCommitment": "ab" * 32,
                "clientSeed": self.client_seed,
                "nonce": self.nonce,
                "revealedSeed": self.revealed_seed,
            },
        }

    def _route(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/play/house/"):
            file = files.files()[path.rsplit("/", 1)[1]]
            route.fulfill(body=file.body, content_type=file.content_type)
        elif path in ("/play/abc", "/play/launch/abc"):
            headers = {
                "content-security-policy": POLICY,
                "content-type": "text/html; charset=utf-8",
            }
            route.fulfill(body=self._page(is_launch="launch" in path), headers=headers)
        elif path == "/frame":
            body = '<iframe src="/play/launch/abc" width="900" height="800"></iframe>'
            route.fulfill(body=body, content_type="text/html")
        elif route.request.headers.get("authorization") != f"Bearer {SECRET}":
            self._refuse(route, "SESSION_EXPIRED", 401)
        elif path == "/play/abc/state":
            route.fulfill(json=self.state())
        elif path == "/play/abc/seed":
            self._seed(route, json.loads(route.request.post_data or "{}")["clientSeed"])
        else:
            self._act(route)

    def _page(self, *, is_launch: bool) -> str:
        millis = int(NOW.timestamp() * 1000)
        page = GamePage(
            session="abc",
            secret=SECRET if is_launch else "",
            currency="EUR",
            decimals=2,
            chips=tuple(shown(chip) for chip in chips.chips_micros("EUR")),
            started_at_millis=millis - self.played_minutes * 60_000,
            now_millis=millis,
            frame_origins=(ORIGIN,),
            lobby_url="https://lobby.example/?t=1" if is_launch else "",
            is_test=True,
            check_minutes=self.check_minutes,
        )
        view = View(language=self.language, now=NOW, center_name="House")
        return render_game(view, self.game, page)

    def _seed(self, route: Route, client_seed: str) -> None:
        if client_seed == self.client_seed:
            self._refuse(route, "INVALID_REQUEST", 400)
            return
        if self.nonce:
            self.nonce, self.revealed_seed = 0, "5e" * 32
        self.client_seed = client_seed
        route.fulfill(json=self.state()["fair"])

    def _act(self, route: Route) -> None:
        body = json.loads(route.request.post_data or "{}")
        self.bodies.append(body)
        if self.refusal[0]:
            self._refuse(route, *self.refusal)
            return
        try:
            if body["key"] not in self.answers:
                self.answers[body["key"]] = self._play(body)
        except AppError as refusal:
            self._refuse(route, refusal.symbol, refusal.status)
            return
        if self.lose_answers:
            self.lose_answers -= 1
            route.abort()
            return
        route.fulfill(json=self.answers[body["key"]])

    def _play(self, body: dict[str, Any]) -> dict[str, Any]:
        assert self.client_seed, "the browser must send its seed first"
        action = Action(
            name=body["action"],
            bet_micros=parse_micros(body["bet"]) if "bet" in body else None,
            bets=tuple(
                FieldBet(bet["on"], parse_micros(bet["amount"]), bet.get("number"))
                for bet in body.get("bets", ())
            ),
            hand=body.get("hand"),
        )
        state = self.step.state if self.step is not None and not self.step.is_done else None
        if state is None and self.free_rounds:
            free_micros = parse_micros(self.free_rounds["bet"])
            action = structs.replace(action, bet_micros=free_micros, free_micros=free_micros)
            self.free_rounds["remaining"] -= 1
        step = self.game.step(state, action, self.numbers)
        if state is None:
            self.nonce += 1
            self.staked_micros = self.paid_micros = 0
        self.staked_micros += sum(step.stakes)
        self.paid_micros += sum(step.wins)
        self.balance_micros += sum(step.wins) - sum(step.stakes)
        self.step = step
        return self.state()

    @staticmethod
    def _refuse(route: Route, code: str, status: int) -> None:
        error = {"code": code, "message": code, "field": None}
        route.fulfill(status=status, json={"error": error})
