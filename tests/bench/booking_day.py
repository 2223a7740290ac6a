"""The day of 200 PCs full of bookings: `python -m tests.bench.booking_day [each] [rounds]`.

`each` bookings of every PC. On SQLite, and on PostgreSQL when LANHOUSE_TEST_POSTGRES_URL is set.
Wall times of the server's whole answer, made in this process, and its processor time. The aim is
60 ms; figures are printed, never asserted.
LANHOUSE_BENCH_ONLY=sqlite or =postgresql leaves one of the two.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from lanhouse.app import create_app
from lanhouse.cafe.bookings.tables import bookings
from lanhouse.db.migrate import analyze, migrate
from lanhouse.db.store import Store, Tx
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from tests.bench.reports import signed_in, stores
from tests.bench.timed import print_times, settle
from tests.builders.client import Client
from tests.builders.floor import Floor, open_floor

_PCS = 200
_MEMBERS = 100
_NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
_DAY = _NOON - timedelta(hours=12)
_PATHS = ("/panel/bookings", "/panel/bookings?only=1", "/panel/bookings?day=2026-03-05")


def _fill(floor: Floor, each: int) -> None:
    """So many bookings of every PC, without a gap, in parties of three; the early ones begun."""
    people = [floor.add_member(f"m{number}") for number in range(_MEMBERS)]
    length = timedelta(days=1) / each

    def insert(tx: Tx, _: None) -> None:
        rows = [
            (name, pc_id, number) for name, pc_id in floor.pc_ids.items() for number in range(each)
        ]
        for count, (name, pc_id, number) in enumerate(rows, 1):
            begins = _DAY + length * number
            who = people[count % _MEMBERS]
            tx.run(
                sa.insert(bookings),
                center_id=floor.hall.center_id,
                pc_id=pc_id,
                pc_name=name,
                party_id=count - count % 3,
                kind="time",
                state="waiting" if begins > _NOON else "begun",
                starts_at=begins,
                ends_at=begins + length,
                held_until_at=begins + timedelta(minutes=15),
                member_id=who,
                player_id=who,
                offer_id=0,
                offer_name="",
                password_hash="",
                comment="near the window",
                payment="balance",
                cost_micros=0,
                from_bonus_micros=0,
                tax_micros=0,
                made_at=_DAY,
                source="desk",
                staff_id=1,
                staff_name="s",
                refund_micros=0,
            )

    floor.store.run_sync(insert, None)


def _measure(name: str, store: Store, each: int, rounds: int, folder: Path) -> None:
    migrate(store)
    settings = AppSettings(data_dir=folder, api_rate_per_minute=0)
    with clock.frozen(_NOON):
        floor = open_floor(store, pcs_count=_PCS)
        _fill(floor, each)
        with Client(create_app(settings, store, with_ticker=False)) as client:
            analyze(store)
            headers = signed_in(client)
            settle()
            for path in _PATHS:
                print_times(f"{name} {each}", client, path, headers, rounds)


def main(each: int, rounds: int) -> None:
    """Fill both databases and print what the day costs."""
    with tempfile.TemporaryDirectory() as folder, stores(Path(folder)) as made:
        for name, store in made:
            _measure(name, store, each, rounds, Path(folder))


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    each, rounds = given + [8, 50][len(given) :]
    main(each, rounds)
