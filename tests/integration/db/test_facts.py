"""Facts and followers: what was told is followed once, before the answer and before the commit."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.db import facts
from lanhouse.db.store import Read, Store, Tx
from lanhouse.jobs.queue import enqueue
from lanhouse.jobs.tables import queue
from lanhouse.kit.errors import AppError, Refused
from lanhouse.ledger.answers import Keyed, run_once


class Told(facts.Fact, frozen=True):
    """Something about one row."""

    number: int


class Followed(facts.Fact, frozen=True):
    """A follower has written its row."""

    number: int


class Endless(facts.Fact, frozen=True):
    """Told again by its own follower."""

    number: int


class Unwired(facts.Fact, frozen=True):
    """Nobody said who follows."""


class Act(facts.Question, frozen=True):
    """Something that may be forbidden."""

    number: int


class Figure(facts.Question, frozen=True):
    """Something that is added up."""

    number: int


_seen: list[tuple[str, list[Any]]] = []


def _write(tx: Tx, told: list[Told]) -> None:
    _seen.append(("write", told))
    for fact in told:
        enqueue(tx, "followed", {}, key=f"followed {fact.number}")
        tx.tell(Followed(fact.number))


def _after(_tx: Tx, told: list[Any]) -> None:
    _seen.append(("after", told))


def _again(tx: Tx, told: list[Endless]) -> None:
    tx.tell(Endless(told[0].number + 1))


def _no_threes(_read: Read, act: Act) -> None:
    if act.number == 3:
        raise Refused("three is taken")


facts.wire(
    facts.Wiring(
        followers={Told: (_write, _after), Followed: (_after,), Endless: (_again,)},
        guards={Act: (_no_threes,)},
        claims={
            Figure: (lambda _read, figure: figure.number, lambda _read, figure: 10 * figure.number)
        },
    )
)


@pytest.fixture(autouse=True)
def _forget() -> None:
    _seen.clear()


def _names(store: Store) -> list[str]:
    return store.read_sync(lambda read: [r.key for r in read.all(sa.select(queue.c.key))])


def _tell(tx: Tx, numbers: list[int]) -> str:
    for number in numbers:
        tx.tell(Told(number))
    return f"answered after {len(_seen)}"


def test_equal_facts_are_one_and_each_follower_gets_all_of_its_kind(store: Store) -> None:
    store.run_sync(_tell, [1, 2, 1])
    both = [Told(1), Told(2)]
    assert _seen == [
        ("write", both),
        ("after", both),
        ("after", [Followed(1), Followed(2)]),
    ]
    assert sorted(_names(store)) == ["followed 1", "followed 2"]


def test_followers_run_before_the_answer_is_encoded(store: Store) -> None:
    keyed = Keyed(1, "key", "ab" * 32, _tell, [4], lambda _: str(len(_seen)).encode())
    assert store.run_sync(run_once, keyed) == b"3"
    assert store.run_sync(run_once, keyed) == b"3"
    assert _names(store) == ["followed 4"]


def test_a_refused_command_is_followed_by_nobody(store: Store) -> None:
    def refuse(tx: Tx, number: int) -> None:
        tx.tell(Told(number))
        raise Refused("no")

    async def both() -> list[Any]:
        store.start()
        try:
            return await asyncio.gather(
                store.write(refuse, 5), store.write(_tell, [6]), return_exceptions=True
            )
        finally:
            await store.stop()

    refused, done = asyncio.run(both())
    assert isinstance(refused, AppError)
    assert done == "answered after 0"
    assert _names(store) == ["followed 6"]
    assert [told for name, told in _seen if name == "write"] == [[Told(6)]]


class _Many:
    def key_of(self, _arg: list[int]) -> int:
        return 1

    def run(self, tx: Tx, args: list[list[int]]) -> list[str]:
        return [_tell(tx, numbers) for numbers in args]


def _tell_batched(tx: Tx, numbers: list[int]) -> str:
    return _tell(tx, numbers)


_tell_batched.batch = _Many()  # type: ignore[attr-defined]


def test_a_batch_settles_once(store: Store) -> None:
    async def many() -> None:
        store.start()
        try:
            await asyncio.gather(*[store.write(_tell_batched, [n]) for n in range(8)])
        finally:
            await store.stop()

    asyncio.run(many())
    written = [told for name, told in _seen if name == "write"]
    assert sorted(fact.number for told in written for fact in told) == list(range(8))
    # PostgreSQL takes the first call by itself, as nobody waits with it yet.
    assert len(written) <= 2
    assert len(_names(store)) == 8


def test_a_circle_is_a_defect_that_leaves_nothing(store: Store) -> None:
    def circle(tx: Tx, number: int) -> None:
        enqueue(tx, "circle", {}, key="circle")
        tx.tell(Endless(number))

    with pytest.raises(AssertionError, match="tells Endless, which stands above"):
        store.run_sync(circle, 1)
    assert _names(store) == []


def test_what_nobody_wired_is_refused_at_once(store: Store) -> None:
    with pytest.raises(facts.NotWired, match="Unwired"):
        store.run_sync(lambda tx, _: tx.tell(Unwired()), None)
    with pytest.raises(ValueError, match="Told"):
        facts.wire(facts.Wiring({Told: ()}, {}, {}))


def test_guards_forbid_and_claims_add_up(store: Store) -> None:
    with pytest.raises(Refused, match="three is taken"):
        store.run_sync(lambda tx, _: tx.ask(Act(3)), None)
    store.run_sync(lambda tx, _: tx.ask(Act(4)), None)
    assert store.read_sync(lambda read: read.claimed(Figure(2))) == 22
