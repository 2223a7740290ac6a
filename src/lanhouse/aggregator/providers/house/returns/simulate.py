"""Rounds played by the million, on the very numbers that players would get.

A round costs microseconds here because nothing is kept of it: the stream's first block is made
from prepared hash states, and wins are read from tables made by the games' own functions. Tests
play the same rounds by `step` and require the same sums. Work is split over processes by nonce.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial

from lanhouse.aggregator.providers.house import fair
from lanhouse.aggregator.providers.house.games import baccarat, roulette, sicbo, wheel
from lanhouse.aggregator.providers.house.games.fields import Table
from lanhouse.aggregator.providers.house.games.machines import LIT_WINDOWS, THREE_LAMPS
from lanhouse.aggregator.providers.house.games.step import PARTS
from lanhouse.aggregator.providers.house.returns.fast_cards import BlackjackPlay, baccarat_winner
from lanhouse.aggregator.providers.house.returns.fast_reels import FastReels
from lanhouse.aggregator.providers.house.returns.figures import Figures
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, Machine

CLIENT_SEED = "returns"
CHUNK = 250_000
_BLOCK_BYTES = 64

Sums = Counter[str]
"""Bet -> what it was paid over all rounds, in `PARTS` of one stake."""


@dataclass(frozen=True)
class Rounds:
    """Which rounds to play: a server seed and a range of nonces."""

    server_seed: str
    first: int
    end: int


def blocks(rounds: Rounds) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Each nonce with the eight words of its first block; the same as FairStream reads."""
    key = rounds.server_seed.encode("ascii")
    assert len(key) == _BLOCK_BYTES, "a seed is exactly one block of the hash"
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key))
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))
    unpack = struct.Struct(">8I").unpack
    inner_copy, outer_copy = inner.copy, outer.copy
    for nonce in range(rounds.first, rounds.end):
        message = inner_copy()
        message.update(f"{CLIENT_SEED}:{nonce}:0".encode("ascii"))
        digest = outer_copy()
        digest.update(message.digest())
        yield nonce, unpack(digest.digest())


def stream_of(rounds: Rounds, nonce: int, position: int = 0) -> fair.FairStream:
    """The whole stream of one round."""
    return fair.FairStream(rounds.server_seed, CLIENT_SEED, nonce, position)


def draws(rounds: Rounds, bound: int, count: int) -> Iterator[tuple[int, list[int]]]:
    """Each nonce with its first `count` (at most 8) numbers below `bound`."""
    limit = fair.WORDS - fair.WORDS % bound
    for nonce, words in blocks(rounds):
        first = words[:count]
        if max(first) < limit:
            yield nonce, [word % bound for word in first]
        else:
            stream = stream_of(rounds, nonce)
            yield nonce, [stream.below(bound) for _ in range(count)]


def _table_sums(
    table: Table, outcomes: Counter[tuple[int, ...]], fields: tuple[tuple[str, int | None], ...]
) -> Sums:
    sums: Sums = Counter()
    for on, number in fields:
        name = on if number is None else f"{on} {number}"
        sums[name] = sum(table.parts(on, number, fell) * n for fell, n in outcomes.items())
    return sums


def _roulette(rounds: Rounds) -> Sums:
    fell = Counter(numbers[0] for _, numbers in draws(rounds, roulette.POCKETS, 1))
    outcomes = Counter({(pocket,): times for pocket, times in fell.items()})
    fields = (("red", None), ("dozen", 1), ("column", 1), ("straight", 17))
    return _table_sums(roulette.TABLE, outcomes, fields)


def _sicbo(rounds: Rounds) -> Sums:
    fell = Counter((a + 1, b + 1, c + 1) for _, (a, b, c) in draws(rounds, sicbo.FACES, 3))
    outcomes: Counter[tuple[int, ...]] = Counter()
    outcomes.update(fell)
    fields = (("big", None), ("small", None), ("total", 4), ("triple", None), ("triple", 1))
    return _table_sums(sicbo.TABLE, outcomes, fields)


def _wheel(rounds: Rounds) -> Sums:
    fell = Counter(numbers[0] for _, numbers in draws(rounds, len(wheel.HALVES), 1))
    paid = sum(wheel.HALVES[field] * times for field, times in fell.items())
    return Counter({"bet": paid * PARTS // 2})


def _reels(machine: Machine, rounds: Rounds) -> Sums:
    fast = FastReels(machine)
    size = machine.stops_per_reel[0]
    won = fast.won
    total = sum(won(stops) for _, stops in draws(rounds, size, len(machine.strips)))
    return Counter({"bet": total * PARTS // len(machine.lines)})


def _lit_windows(rounds: Rounds) -> Sums:
    rules = LIT_WINDOWS
    machine = rules.machine
    fast = FastReels(machine)
    size, reels = machine.stops_per_reel[0], len(machine.strips)
    total = 0
    for nonce, stops in draws(rounds, size, reels):
        total += fast.won(stops)
        granted = rules.granted_after(0, fast.scatters(stops))
        if granted:
            stream = stream_of(rounds, nonce)
            for _ in range(reels):
                stream.below(size)
            played = 0
            while played < granted:
                turned = [stream.below(size) for _ in range(reels)]
                total += rules.factor * fast.won(turned)
                granted = rules.granted_after(granted, fast.scatters(turned))
                played += 1
    return Counter({"bet": total * PARTS // len(machine.lines)})


def _baccarat(rounds: Rounds) -> Sums:
    winners = Counter(
        baccarat_winner(words, lambda nonce=nonce: stream_of(rounds, nonce))
        for nonce, words in blocks(rounds)
    )
    pushed = winners["tie"] * PARTS
    return Counter(
        {
            on: winners[on] * baccarat.PARTS_PAID[on] + (0 if on == "tie" else pushed)
            for on in baccarat.WINNERS
        }
    )


def _blackjack(rounds: Rounds) -> Sums:
    play = BlackjackPlay()
    halves = sum(
        play.net_halves(words, lambda nonce=nonce: stream_of(rounds, nonce, fair.BLOCK_WORDS))
        for nonce, words in blocks(rounds)
    )
    count = rounds.end - rounds.first
    return Counter({"printed strategy": count * PARTS + halves * PARTS // 2})


_PLAYERS: dict[str, Callable[[Rounds], Sums]] = {
    "house_00001": partial(_reels, NIGHT_SHIFT),
    "house_00002": _lit_windows,
    "house_00003": partial(_reels, THREE_LAMPS),
    "house_00004": _roulette,
    "house_00005": _baccarat,
    "house_00006": _blackjack,
    "house_00007": _sicbo,
    "house_00008": _wheel,
}


def sums_of(game_id: str, rounds: Rounds) -> Sums:
    """What each watched bet of a game was paid over these rounds, in `PARTS` of a stake."""
    return _PLAYERS[game_id](rounds)


@dataclass(frozen=True)
class Compared:
    """A bet's played return beside the exact one; `distance` counts standard errors."""

    bet: str
    rounds: int
    rtp: Fraction
    standard_error: Decimal
    distance: Decimal


def compare(sums: Sums, rounds: int, exact: list[Figures]) -> list[Compared]:
    """How far each watched bet is from its exact return."""
    found: list[Compared] = []
    for figures in exact:
        if figures.bet not in sums:
            continue
        rtp = Fraction(sums[figures.bet], rounds * PARTS)
        error = decimal(figures.variance / rounds).sqrt()
        found.append(
            Compared(figures.bet, rounds, rtp, error, decimal(abs(rtp - figures.rtp)) / error)
        )
    assert len(found) == len(sums), "a bet that was played has no exact figures"
    return found


def decimal(value: Fraction) -> Decimal:
    """A rational number to print or to take the root of."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def play(game_id: str, server_seed: str, rounds: int, processes: int | None = None) -> Sums:
    """Play so many rounds of a game, spread over processes (default: one for each core)."""
    parts = [
        Rounds(server_seed, first, min(first + CHUNK, rounds)) for first in range(0, rounds, CHUNK)
    ]
    sums: Sums = Counter()
    count = processes or os.cpu_count() or 1
    if count == 1 or len(parts) == 1:
        for part in parts:
            sums.update(sums_of(game_id, part))
        return sums
    with ProcessPoolExecutor(count) as pool:
        for part_sums in pool.map(partial(sums_of, game_id), parts):
            sums.update(part_sums)
    return sums
