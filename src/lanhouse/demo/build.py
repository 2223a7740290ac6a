"""Filling the demo step by step, so that a crash costs one step (decision 0080).

A step is one transaction and leaves its mark with it: the stored answer to its idempotency key, in
the centre's book. Whoever starts again does what has no mark yet. Until the last mark stands, the
demo is not whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from types import ModuleType

import msgspec

from lanhouse.aggregator.agents.demo import NAMES
from lanhouse.aggregator.agents.queries import agents_named
from lanhouse.aggregator.providers.house.demo import sealing
from lanhouse.cafe.centers.demo import CAFE_ID, filling
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.queries.demo_hall import (
    FIRST,
    WHOLE,
    begun_at,
    is_half_made,
    mark_of,
)
from lanhouse.cafe.first_start.queries import check_may_be_demo
from lanhouse.db.migrate import analyze
from lanhouse.db.store import Read, Retry, Store, Tx
from lanhouse.demo.parts import CAFE_ONLY, WHOLE_HOUSE, Moment, moments, openings
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.kit.vault import Vault
from lanhouse.ledger import book_of_center
from lanhouse.ledger.answers import Keyed, hash_input, run_once, was_answered

HISTORY = timedelta(days=21)
STEP = timedelta(days=7)
STEPS_OF_HALL = len(openings(CAFE_ONLY)) + HISTORY // STEP + 1
"""How many marks a centre has that was filled by `fill`."""
_BREATH_SECONDS = 0.1
# Between two steps the database belongs to the server that runs on it.


class _Step(msgspec.Struct, frozen=True):
    """What is done in one transaction, in order."""

    name: str
    moments: Sequence[Moment]


def build(store: Store, vault: Vault) -> None:
    """Do the steps that are left: all of them on a database without a demo. `vault` seals the seeds
    of the players' games.

    The centre opens weeks ago, and business time is moved by hand from there to now, so that logs
    and reports have something to show. A demo that was begun earlier goes up to the time of then.
    Raises Refused when agents of the demo's names are somebody else's; nothing was changed then.
    """
    begin = store.read_sync(begun_at, CAFE_ID)
    if begin is None and store.read_sync(agents_named, NAMES):
        raise Refused(
            f"There are agents named {' or '.join(NAMES)} and no demo: nothing was changed."
        )
    begin = begin or clock.now() - HISTORY
    with sealing(vault), clock.frozen(begin) as frozen:
        for step in _steps(begin, WHOLE_HOUSE):
            _do(store, frozen, CAFE_ID, step)
    analyze(store)


def fill(store: Store, center_id: int, until: datetime) -> None:
    """Make a demo hall of a centre that is there and empty, while a server runs on the database.

    The invented history ends at `until`, the server's business time; one that was begun earlier
    ends where it was to end then. Two that fill at once do each step once. Raises Refused when
    there is something in the centre already; nothing was changed then.
    """

    def check(tx: Tx) -> None:
        check_may_be_demo(tx, center_id)

    begin = store.read_sync(begun_at, center_id) or until - HISTORY
    with filling(center_id), clock.frozen(begin) as frozen:
        for step in _steps(begin, CAFE_ONLY, check):
            if _do(store, frozen, center_id, step):
                time.sleep(_BREATH_SECONDS)
    analyze(store)


def _steps(
    begin: datetime,
    halves: tuple[ModuleType, ...],
    check: Callable[[Tx], None] | None = None,
) -> Iterator[_Step]:
    """A step for each noun's first day, the weeks, and last the one that leaves the mark of the
    whole; `check` is asked in the transaction of the first one."""
    for name, opening in openings(halves).items():
        before = [(begin, check)] if check is not None and name == FIRST else []
        yield _Step(name, [*before, (begin, opening)])
    end = begin + HISTORY

    def week(moment: Moment) -> int:
        # What happens at the very end belongs to the last week.
        return min((moment[0] - begin) // STEP, HISTORY // STEP - 1)

    for number, own in groupby(moments(begin, end, halves), key=week):
        yield _Step(f"week {number + 1}", list(own))
    # "Since" is the time of this mark, whenever somebody came back to finish.
    yield _Step(WHOLE, [(end, lambda _: None)])


def is_half_built(read: Read) -> bool:
    """Whether a demo was begun and not finished. One that an older program made has no marks, and
    is whole."""
    return is_half_made(read, CAFE_ID)


def _do(store: Store, frozen: clock.frozen, center_id: int, step: _Step) -> bool:
    """Do a step, unless it has its mark already; answers whether it was to be done."""
    key, book_id = mark_of(step.name), book_of_center(center_id)
    if store.read_sync(was_answered, book_id, key):
        return False

    def command(tx: Tx, own: Sequence[Moment]) -> None:
        lock_center(tx, center_id)
        if was_answered(tx, book_id, key):
            # Another process did it while this one waited for the lock.
            raise Retry
        for at, act in own:
            # Settled at the time of the last one; the next command has its own.
            tx.settle()
            frozen.set(at)
            tx.begin_command()
            act(tx)

    keyed = Keyed(
        book_id=book_id,
        key=key,
        input_hash=hash_input(step.name),
        command=command,
        arg=step.moments,
        encode=lambda _: b"",
    )
    store.run_sync(run_once, keyed)
    return True
