"""The house is told 30 and 7 days before its API key ends, once each."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from lanhouse.auth.keys import NewKey, generate_key
from lanhouse.auth.tables import api_keys
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.staff.jobs import tell_of_ending_keys
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.centers import Hall, open_hall


def told(hall: Hall) -> list[str]:
    rows = hall.store.read_sync(
        lambda read: read.all(
            sa.select(billing_logs.c.details)
            .where(billing_logs.c.event == "KEYNOTIFY", billing_logs.c.center_id == hall.center_id)
            .order_by(billing_logs.c.id)
        )
    )
    return [row.details.partition(" ends in ")[2] for row in rows]


@pytest.fixture
def hall(store: Store) -> Hall:
    return open_hall(store)


def test_two_notices_once_each(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    store = hall.store
    ends_at = store.read_sync(lambda read: read.scalar(sa.select(api_keys.c.expires_at)))

    def on_day(days_before: float) -> list[str]:
        now = ends_at - timedelta(days=days_before)
        monkeypatch.setattr(clock, "real_now", lambda: now)
        for _ in range(2):
            store.run_sync(tell_of_ending_keys, None)
        return told(hall)

    assert on_day(31) == []
    assert on_day(29.5) == ["30 days"]
    assert on_day(8) == ["30 days"]
    assert on_day(6.5) == ["30 days", "7 days"]
    assert on_day(1) == ["30 days", "7 days"]
    assert on_day(-1) == ["30 days", "7 days"]
    # A new key is told of anew.
    store.run_sync(generate_key, NewKey(hall.center_id, "127.0.0.1"))
    monkeypatch.setattr(clock, "real_now", lambda: ends_at + timedelta(days=360))
    store.run_sync(tell_of_ending_keys, None)
    assert told(hall)[2:] == ["7 days"]


def test_who_was_never_told_gets_the_last_notice_only(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends_at = hall.store.read_sync(lambda read: read.scalar(sa.select(api_keys.c.expires_at)))
    monkeypatch.setattr(clock, "real_now", lambda: ends_at - timedelta(days=2, hours=1))
    for _ in range(3):
        hall.store.run_sync(tell_of_ending_keys, None)
    assert told(hall) == ["3 days"]
