"""Filling the demo step by step, so that a crash costs one step (decision 0080).

A step is one transaction and leaves its mark with it: the stored answer to its idempotency key, in
the centre's book. Whoever starts again does what has no mark yet. Until the last mark stands, the
demo is not whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import msgspec
import sqlalchemy as sa

from lanhouse.aggregator.agents.demo import NAMES
from lanhouse.aggregator.agents.queries import agents_named
from lanhouse.cafe.centers.demo import CAFE_ID
from lanhouse.cafe.centers.queries.demo_hall import WHOLE, mark_of
from lanhouse.cafe.centers.tables import centers
from lanhouse.db.migrate import analyze
from lanhouse.db.statements import static
from lanhouse.db.store import Read, Store, Tx
from lanhouse.demo.parts import Moment, moments, openings
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.ledger import book_of_center
from lanhouse.ledger.answers import Keyed, hash_input, run_once, was_answered

HISTORY = timedelta(days=21)
STEP = timedelta(days=7)
_FIRST = "cafe.centers"
_OPENED_AT = static(sa.select(centers.c.created_at).where(centers.c.id == CAFE_ID))


class _Step(msgspec.Struct, frozen=True):
    """What is done in one transaction, in order."""

    name: str
    moments: Sequence[Moment]


def build(store: Store) -> None:
    """Do the steps that are left: all of them on a database without a demo.

    The centre opens weeks ago, and business time is moved by hand from there to now, so that logs
    and reports have something to show. A demo that was begun earlier goes up to the time of then.
    Raises Refused when agents of the demo's names are somebody else's; nothing was changed then.
    """
    if not store.read_sync(_has_mark, _FIRST) and store.read_sync(agents_named, NAMES):
        raise Refused(
            f"There are agents named {' or '.join(NAMES)} and no demo: nothing was changed."
        )
    with clock.frozen(clock.now() - HISTORY) as frozen:
        for name, opening in openings().items():
            begin = store.read_sync(_opened_at) or clock.now()
            _do(store, frozen, _Step(name, [(begin, opening)]))
        begin = store.read_sync(_opened_at)
        assert begin is not None
        for step in _weeks(begin):
            _do(store, frozen, step)
    analyze(store)


def _weeks(begin: datetime) -> Iterator[_Step]:
    """The time up to now in weeks, and last the step that does nothing but leave its mark."""

    def week(moment: Moment) -> int:
        # What happens at the very end belongs to the last week.
        return min((moment[0] - begin) // STEP, HISTORY // STEP - 1)

    for number, own in groupby(moments(begin, begin + HISTORY), key=week):
        yield _Step(f"week {number + 1}", list(own))
    yield _Step(WHOLE, [])


def is_half_built(read: Read) -> bool:
    """Whether a demo was begun and not finished. One that an older program made has no marks, and
    is whole."""
    return _has_mark(read, _FIRST) and not _has_mark(read, WHOLE)


def _opened_at(read: Read) -> datetime | None:
    return read.scalar(_OPENED_AT)


def _has_mark(read: Read, name: str) -> bool:
    return was_answered(read, book_of_center(CAFE_ID), mark_of(name))


def _do(store: Store, frozen: clock.frozen, step: _Step) -> None:
    """Do a step, unless it has its mark already."""

    def command(tx: Tx, own: Sequence[Moment]) -> None:
        for at, act in own:
            # Settled at the time of the last one; the next command has its own.
            tx.settle()
            frozen.set(at)
            tx.begin_command()
            act(tx)

    keyed = Keyed(
        book_id=book_of_center(CAFE_ID),
        key=mark_of(step.name),
        input_hash=hash_input(step.name),
        command=command,
        arg=step.moments,
        encode=lambda _: b"",
    )
    store.run_sync(run_once, keyed)
