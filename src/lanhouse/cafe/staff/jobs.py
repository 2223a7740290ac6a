"""What the house is told without anybody asking: that its API key ends."""

from __future__ import annotations

from lanhouse.auth.keys import days_left, take_notices
from lanhouse.cafe.money.log import write_log
from lanhouse.cafe.money.schemas import Event, LogEntry
from lanhouse.db.store import Tx
from lanhouse.jobs.ticker import Task


def tell_of_ending_keys(tx: Tx, _: None = None) -> bool:
    """A line of the log 30 and 7 days before a key ends; answers whether there was one."""
    keys = take_notices(tx)
    for key in keys:
        entry = LogEntry(
            center_id=key.center_id,
            event=Event.KEYNOTIFY,
            details=f"The API key {key.prefix}… ends in {days_left(key) + 1} days",
        )
        write_log(tx, entry)
    return bool(keys)


TASKS = [Task("tell of API keys that end", 3600, tell_of_ending_keys)]
