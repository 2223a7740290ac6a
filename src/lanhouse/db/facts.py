"""Facts of a command and those who must follow it, before its answer and before its commit.

A noun that writes never calls the nouns above it: it tells a fact, and the half's one table of
followers says who reacts (architecture 1.2). Guards may forbid an act, claims are summed into a
figure. No event bus and nothing asynchronous: all of it runs in the command's own transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

DEPTH_MAX = 4
"""A fact that a follower tells is one deeper than its own; what must follow stays easy to read."""


class Fact(msgspec.Struct, frozen=True):
    """Something that happened: ids only, so that equal facts are one."""


class Question(msgspec.Struct, frozen=True):
    """An act that guards may forbid, or a figure that claims add up to."""


class AfterFollowers(msgspec.Struct, frozen=True):
    """A command's result that is read when its followers have run: `read(tx)` makes it."""

    read: Callable[[Any], Any]


Follower = Callable[[Any, list[Any]], None]
"""`follower(tx, facts)`: gets all facts of its kind at once, only books, never refuses."""
Guard = Callable[[Any, Any], None]
"""`guard(read, question)`: raises the refusal, or answers nothing."""
Claim = Callable[[Any, Any], Any]
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


def claimed_each(read: Any, question: Question) -> dict[int, int]:
    """What higher nouns claim of figures of many things (as Read.claimed of one): sums by id."""
    sums: dict[int, int] = {}
    for claim in claims_of(type(question)):
        for thing_id, figure in claim(read, question).items():
            sums[thing_id] = sums.get(thing_id, 0) + figure
    return sums


class Told:
    """The facts of one command that wait for their followers."""

    __slots__ = ("_depth", "_following", "_waiting")

    def __init__(self) -> None:
        # By kind in the order of telling; a value of the inner table is the fact's depth.
        self._waiting: dict[type[Fact], dict[Fact, int]] = {}
        self._following: type[Fact] | None = None
        self._depth = 0

    def add(self, fact: Fact) -> None:
        """Note a fact; told twice it counts once. Raises NotWired when it would reach nobody."""
        kind = type(fact)
        if kind not in _followers:
            raise NotWired(kind)
        if self._following is not None:
            self._check_order(kind)
        self._waiting.setdefault(kind, {}).setdefault(fact, self._depth)

    def clear(self) -> None:
        """Forget what was told: the command was rolled back."""
        self._waiting.clear()
        self._following, self._depth = None, 0

    def settle(self, tx: Any) -> None:
        """Run the followers, kind by kind in the order of their table.

        What a follower tells stands further down in it, so that one pass reaches everybody and
        no circle can come about. Whoever reads the outbox gets the same facts as events.
        """
        if not self._waiting:
            return
        for kind, followers in _followers.items():
            facts = self._waiting.pop(kind, None)
            if not facts:
                continue
            self._following, self._depth = kind, max(facts.values()) + 1
            for follower in followers:
                follower(tx, list(facts))
            for fact in facts:
                tx.emit(kind.__name__, msgspec.to_builtins(fact))
        self._following, self._depth = None, 0

    def _check_order(self, kind: type[Fact]) -> None:
        order = list(_followers)
        own = self._following
        assert own is not None
        assert order.index(kind) > order.index(own), (
            f"a follower of {own.__name__} tells {kind.__name__}, which stands above it"
        )
        assert self._depth <= DEPTH_MAX, f"{kind.__name__} follows too many facts in a row"
