"""Filling a centre that is there: what stays, what is refused, and what a crash leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from lanhouse.aggregator.agents.demo import NAMES
from lanhouse.aggregator.agents.queries import agents_named
from lanhouse.auth.keys import end_key
from lanhouse.cafe.centers.commands import CurrencyChoice, choose_currency
from lanhouse.cafe.centers.queries import center_by_id, open_centers
from lanhouse.cafe.centers.queries.demo_hall import demo_since, is_half_made, steps_done
from lanhouse.cafe.groups.commands import GroupChange, PcGroupValues, create_pc_group
from lanhouse.cafe.members.demo import PEOPLE
from lanhouse.cafe.members.queries import member_by_account
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.pcs.commands import NewPcs, add_pcs
from lanhouse.cafe.pcs.queries import pc_rows
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.cafe.staff.queries import staff_of_center
from lanhouse.db.audit import audit_log
from lanhouse.db.store import Read, Store, Tx
from lanhouse.demo.build import HISTORY, STEPS_OF_HALL, fill
from lanhouse.demo.clearing import Clearing, clear_demo
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.ledger.tables import transfers
from lanhouse.ledger.verify import verify_ledger
from tests.builders.centers import open_hall
from tests.builders.floor import Floor
from tests.builders.secrets import VAULT
from tests.conftest import LOCKS
from tests.integration.demo.test_build import power_cut_after

NOW = datetime(2026, 5, 20, 18, 0, tzinfo=UTC)
CENTER = 31


@pytest.fixture(autouse=True)
def without_breath(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server is beside it here."""
    monkeypatch.setattr("lanhouse.demo.build._BREATH_SECONDS", 0)


def empty_center(store: Store, currency: str = "BRL") -> Floor:
    """A centre with its people, and nothing else."""
    hall = open_hall(store, CENTER, zone="America/Sao_Paulo", currency=currency)

    def without_key(tx: Tx, _: None) -> None:
        end_key(tx, CENTER)

    store.run_sync(without_key, None)
    return Floor(store, hall)


def count(read: Read, table: sa.Table) -> int:
    query = sa.select(sa.func.count()).select_from(table).where(table.c.center_id == CENTER)
    return read.scalar(query) or 0


def is_whole_hall(store: Store) -> None:
    assert len(store.read_sync(pc_rows, CENTER)) == 30
    for account, _, _ in PEOPLE:
        assert store.read_sync(member_by_account, CENTER, account) is not None
    assert store.read_sync(count, pc_sessions) == 144
    assert store.read_sync(demo_since, CENTER) == NOW
    assert store.read_sync(steps_done, CENTER) == STEPS_OF_HALL
    assert store.read_sync(verify_ledger, None).problem is None
    LOCKS.broken = []  # a week is one transaction


def test_the_centre_stays_and_its_history_is_past(store: Store) -> None:
    with clock.frozen(NOW):
        empty_center(store)
        before = store.read_sync(center_by_id, CENTER)
        people = {row.account for row in store.read_sync(staff_of_center, CENTER)}
        fill(store, CENTER, NOW)
        assert clock.now() == NOW
    is_whole_hall(store)
    after = store.read_sync(center_by_id, CENTER)
    assert before is not None
    assert after is not None
    for name in ("id", "name", "license_name", "zone_name", "currency"):
        assert getattr(after, name) == getattr(before, name)
    found = store.read_sync(staff_of_center, CENTER)
    assert {row.account for row in found} == people | {"manager", "staff"}
    assert [row.account for row in found if row.role == "admin"] == [f"admin{CENTER}"]
    for table, column in ((pc_sessions, "started_at"), (transfers, "at")):
        at = table.c[column]
        first, last = (
            store.read_sync(lambda read, f=f, at=at: read.scalar(sa.select(f(at))))
            for f in (sa.func.min, sa.func.max)
        )
        assert NOW - HISTORY <= first < last <= NOW
    # Operators are the server's, not the centre's; and nobody has done anything.
    assert store.read_sync(agents_named, NAMES) == []
    assert store.read_sync(count, audit_log) == 0


def test_it_is_cleared_like_any_demo_hall(store: Store) -> None:
    with clock.frozen(NOW):
        empty_center(store)
        fill(store, CENTER, NOW)
        LOCKS.broken = []
        new = store.run_sync(clear_demo, Clearing(CENTER, VAULT))
    assert [center.id for center in store.read_sync(open_centers)] == [new.id]
    assert (new.license_name, new.currency) == (f"hall{CENTER}", "BRL")
    assert len(store.read_sync(pc_rows, new.id)) == 30
    assert f"admin{CENTER}" in {row.account for row in store.read_sync(staff_of_center, new.id)}
    assert store.read_sync(verify_ledger, None).problem is None


@pytest.mark.parametrize("commands", [1, 6, 60, 300])
def test_what_was_cut_off_is_finished_to_the_time_of_then(
    store: Store, monkeypatch: pytest.MonkeyPatch, commands: int
) -> None:
    with clock.frozen(NOW):
        empty_center(store)
        with power_cut_after(monkeypatch, commands):
            fill(store, CENTER, NOW)
        is_begun = store.read_sync(steps_done, CENTER) > 0
        assert store.read_sync(is_half_made, CENTER) == is_begun == (commands > 1)
    LOCKS.broken = []
    later = NOW + timedelta(days=3) if is_begun else NOW
    with clock.frozen(later):
        fill(store, CENTER, later)
        fill(store, CENTER, later)  # nothing is left to do
    is_whole_hall(store)


def _add_pc(floor: Floor) -> None:
    floor.run(add_pcs, NewPcs(center=floor.center, names=["MY-PC"]))


def _add_group(floor: Floor) -> None:
    floor.run(create_pc_group, GroupChange(floor.center, None, PcGroupValues("Mine")))


def _yen(floor: Floor) -> None:
    floor.run(choose_currency, CurrencyChoice(CENTER, "JPY"))


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_add_pc, "There are rooms or PCs already."),
        (_add_group, "There are groups already."),
        (_yen, "The prices of the demo have cents, and JPY has none."),
    ],
)
def test_a_centre_with_anything_real_is_refused(
    store: Store, make: Callable[[Floor], None], reason: str
) -> None:
    floor = empty_center(store)
    make(floor)
    with pytest.raises(Refused, match=reason):
        fill(store, CENTER, clock.now())
    assert store.read_sync(steps_done, CENTER) == 0
    assert store.read_sync(count, members) == 0


def test_a_centre_with_an_api_key_is_refused(store: Store) -> None:
    open_hall(store, CENTER)
    with pytest.raises(Refused, match="There is an API key"):
        fill(store, CENTER, clock.now())
    assert store.read_sync(steps_done, CENTER) == 0
