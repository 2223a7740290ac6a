"""Facts of a command and those who must follow it, before its answer and before its commit.

A noun that writes never calls the nouns above it: it tells a fact, and the half's one table of
followers says who reacts (architecture 1.2). Guards may forbid an act, claims are summed into a
figure. No event bus and nothing asynchronous: all of it runs in the command's own transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

ROUNDS_MAX = 8
"""Facts that followers tell are settled in further rounds; more than this is a circle."""


class Fact(msgspec.Struct, frozen=True):
    """Something that happened: ids only, so that equal facts are one."""


class Question(msgspec.Struct, frozen=True):
    """An act that guards may forbid, or a figure that claims add up to."""


Follower = Callable[[Any, list[Any]], None]
"""`follower(tx, facts)`: gets all facts of its kind at once, only books, never refuses."""
Guard = Callable[[Any, Any], None]
"""`guard(read, question)`: raises the refusal, or answers nothing."""
Claim = Callable[[Any, Any], int]
"""`claim(read, question)`: its share of the figure."""


class Wiring(msgspec.Struct, frozen=True):
    """Who follows which fact, guards which act, adds to which figure; in the order of running."""

    followers: Mapping[type[Fact], tuple[Follower, ...]]
    guards: Mapping[type[Question], tuple[Guard, ...]]
    claims: Mapping[type[Question], tuple[Claim, ...]]


_followers: dict[type[Fact], tuple[Follower, ...]] = {}
_guards: dict[type[Question], tuple[Guard, ...]] = {}
_claims: dict[type[Question], tuple[Claim, ...]] = {}


class NotWired(RuntimeError):
    """A fact or question that no half's table names: its followers module was not imported."""

    def __init__(self, kind: type) -> None:
        super().__init__(f"nobody has wired {kind.__name__}; import the half's followers module")


def wire(wiring: Wiring) -> None:
    """Make a half's table known to every store of this process. Each kind is wired once."""
    _add(_followers, wiring.followers)
    _add(_guards, wiring.guards)
    _add(_claims, wiring.claims)


def _add(known: dict[Any, Any], new: Mapping[Any, Any]) -> None:
    twice = known.keys() & new.keys()
    if twice:
        raise ValueError(f"wired twice: {', '.join(sorted(kind.__name__ for kind in twice))}")
    known |= new


def check_wired(kind: type[Fact]) -> None:
    """Raise NotWired for a fact that would reach nobody."""
    if kind not in _followers:
        raise NotWired(kind)


def guards_of(kind: type[Question]) -> tuple[Guard, ...]:
    """The guards of an act. Raises NotWired."""
    if kind not in _guards:
        raise NotWired(kind)
    return _guards[kind]


def claims_of(kind: type[Question]) -> tuple[Claim, ...]:
    """The claims on a figure. Raises NotWired."""
    if kind not in _claims:
        raise NotWired(kind)
    return _claims[kind]


def settle(tx: Any, told: dict[Fact, None]) -> None:
    """Let the followers of all told facts run, until nobody tells a new one.

    Within a round kinds run in the order of their table, so that the order can be read there.
    `told` is emptied; a follower may add to it meanwhile.
    """
    rounds = 0
    while told:
        rounds += 1
        assert rounds <= ROUNDS_MAX, f"facts go round in a circle: {list(told)}"
        taken = list(told)
        told.clear()
        for kind, followers in _followers.items():
            facts = [fact for fact in taken if type(fact) is kind]
            if not facts:
                continue
            for follower in followers:
                follower(tx, facts)
