"""Playing weeks of business time inside one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from lanhouse.db.store import Tx
from lanhouse.kit import clock


class Timeline:
    """Holds business time still and moves it forward; afterwards the clock goes on as before."""

    def __init__(self, tx: Tx, end: datetime, *, days: int) -> None:
        self._tx = tx
        self.end = end
        self.start = end - timedelta(days=days)
        self._frozen = clock.frozen(self.start)

    def __enter__(self) -> Timeline:
        self._frozen.__enter__()
        self.go_to(self.start)
        return self

    def __exit__(self, *error: object) -> None:
        self._frozen.__exit__(*error)

    def go_to(self, at: datetime) -> None:
        """Put business time at `at`; the next command sees it as its own time."""
        self._frozen.set(at)
        self._tx.settle()
        self._tx.begin_command()
