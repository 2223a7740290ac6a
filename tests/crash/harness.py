"""Rounds of load, kill -9, restart and replay, with a journal of what was acknowledged."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.crash.client import Answer, Connection, Request
from tests.crash.server import Server
from tests.crash.world import World

# So many that calls of one kind meet in the store and run in their batched forms.
CLIENTS = 24
REPLAYED_PER_ROUND = 40
# The shortest kills hit the first commits, the longest ones the sealing and the check-points.
LOAD_SECONDS = (0.02, 0.9)

Unknown = (OSError, asyncio.IncompleteReadError)


@dataclass
class Journal:
    """What the outside world knows: answers that arrived whole, and requests without one."""

    answers: dict[str, tuple[Request, Answer]] = field(default_factory=dict)
    in_doubt: list[Request] = field(default_factory=list)

    def acknowledge(self, request: Request, answer: Answer) -> None:
        """Keep an answer; a second one for the same key must be the same bytes."""
        assert answer.status == 200, f"{request.kind}: HTTP {answer.status} {answer.body[:300]!r}"
        known = self.answers.setdefault(request.key, (request, answer))
        assert same_part(request, known[1]) == same_part(request, answer), (
            f"{request.kind} {request.key} was answered differently:\n"
            f"{known[1].body!r}\n{answer.body!r}"
        )


def same_part(request: Request, answer: Answer) -> object:
    """What a replay must repeat: every byte; of a spin the round, beside which stands what may be
    staked now."""
    return json.loads(answer.body)["round"] if request.kind == "spin" else answer.body


@dataclass
class Summary:
    """What a run did."""

    rounds: int = 0
    acknowledged: Counter[str] = field(default_factory=Counter)
    replayed: int = 0
    in_doubt: int = 0
    start_seconds: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}s" for kind, count in sorted(self.acknowledged.items()))
        return (
            f"{self.rounds} rounds: {kinds} acknowledged, {self.in_doubt} in doubt at a kill, "
            f"{self.replayed} replayed; slowest start {max(self.start_seconds, default=0):.2f} s"
        )


class Harness:
    """Drives one server through rounds of crashes."""

    def __init__(self, server: Server, seed: int, *, is_gentle: bool = False) -> None:
        """`is_gentle` ends each round by SIGTERM instead of kill -9."""
        self.server = server
        self._end = server.stop if is_gentle else server.kill
        self.chance = random.Random(seed)
        self.journal = Journal()
        self.summary = Summary()
        self.world: World | None = None

    def run(self, rounds: int, say: Callable[[str], None] = lambda _: None) -> Summary:
        """Run all rounds, then check every account. Raises AssertionError at the first wrong."""
        self._start()
        self.world = World(self.server)
        for number in range(1, rounds + 1):
            asyncio.run(self._round())
            self.summary.rounds = number
            say(f"round {number}: {len(self.journal.in_doubt)} in doubt")
            self._start()
            self.world.check_sessions_go_on()
            asyncio.run(self._replay())
        self.check_money()
        self.server.stop()
        self.server.verify_ledger()
        self.summary.acknowledged = Counter(
            request.kind for request, _ in self.journal.answers.values()
        )
        return self.summary

    def check_money(self) -> None:
        """Every account holds what the acknowledged answers say, to the last micro."""
        assert self.world is not None
        assert not self.journal.in_doubt
        changes: dict[str, int] = defaultdict(int)
        for request, answer in self.journal.answers.values():
            changes[request.target] += self.world.change_of(request, answer)
        for player in self.world.players:
            rounds = self.world.rounds_of(player)
            assert set(rounds) == self._acknowledged_rounds(player)
            changes[player] += sum(rounds.values())
        for target, opening_micros in self.world.opening_micros.items():
            held = self.world.balance_micros(target)
            assert held == opening_micros + changes[target], (
                f"{target} holds {held}, opened with {opening_micros}, "
                f"acknowledged {changes[target]}"
            )

    def _acknowledged_rounds(self, player: str) -> set[str]:
        """Round codes that the player was told of; every key must have a round of its own."""
        told = [
            json.loads(answer.body)["round"]["id"]
            for request, answer in self.journal.answers.values()
            if request.kind == "spin" and request.target == player
        ]
        assert len(told) == len(set(told)), f"{player}: one round answers two keys"
        return set(told)

    def _start(self) -> None:
        self.summary.start_seconds.append(self.server.start())

    async def _round(self) -> None:
        """Load until the end, which comes from a thread, at a moment nobody prepares for."""
        seconds = self.chance.uniform(*LOAD_SECONDS)
        clients = [asyncio.create_task(self._client()) for _ in range(CLIENTS)]
        await asyncio.to_thread(self._end_after, seconds)
        await asyncio.gather(*clients)
        self.summary.in_doubt += len(self.journal.in_doubt)

    def _end_after(self, seconds: float) -> None:
        time.sleep(seconds)
        self._end()

    async def _client(self) -> None:
        """One client: new requests, one after another, until the server is gone."""
        assert self.world is not None
        connection = Connection(self.server.port)
        try:
            while True:
                request = self.world.some_request(self.chance, secrets.token_hex(12))
                try:
                    answer = await connection.send(request)
                except Unknown:
                    self.journal.in_doubt.append(request)
                    return
                self.journal.acknowledge(request, answer)
        finally:
            connection.close()

    async def _replay(self) -> None:
        """Send what is in doubt again until it is answered, and some of what was answered."""
        connection = Connection(self.server.port)
        for request in self.journal.in_doubt:
            self.journal.acknowledge(request, await connection.send(request))
        self.journal.in_doubt.clear()
        known = list(self.journal.answers.values())
        # The newest ones: what was acknowledged just before the kill is what could be lost.
        chosen = known[-REPLAYED_PER_ROUND // 2 :]
        chosen += self.chance.sample(known, min(REPLAYED_PER_ROUND // 2, len(known)))
        for request, _ in chosen:
            self.journal.acknowledge(request, await connection.send(request))
        self.summary.replayed += len(chosen)
        connection.close()
