"""verify-ledger from a remembered point: what came after it, and that the chain still begins so."""

from __future__ import annotations

import pytest

from lanhouse.db.store import Store
from lanhouse.ledger import verify
from lanhouse.ledger.sealing import seal_new_entries
from lanhouse.ledger.verify import Report, verify_ledger
from tests.builders.databases import by_hand
from tests.ledger.test_posting import _move, _open

OTHER_STEP = (
    "UPDATE ledger_entries SET before_micros = 1, amount_micros = after_micros - 1 WHERE id = 8"
)
OTHER_SEAL = "UPDATE ledger_seals SET hash = (SELECT hash FROM ledger_seal_head) WHERE sequence = 6"


@pytest.fixture(autouse=True)
def _no_late_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "LATE_IDS", 0)


def _three_before_and_two_after(store: Store) -> Report:
    cash, ada, _ = store.run_sync(_open, None)
    for number in range(5):
        if number == 3:
            store.run_sync(seal_new_entries, None)
            first = store.read_sync(verify_ledger, None)
            assert first.is_clean
        _move(store, (cash, -1_000_000), (ada, 1_000_000))
    store.run_sync(seal_new_entries, None)
    return first


def test_only_what_came_after_the_point_is_walked(store: Store) -> None:
    first = _three_before_and_two_after(store)
    since = store.read_sync(verify_ledger, first.point)
    assert since.problem is None
    assert (first.entries, first.sealed, first.transfers) == (6, 6, 3)
    assert (since.entries, since.sealed, since.transfers) == (4, 4, 2)
    whole = store.read_sync(verify_ledger, None)
    assert (since.point, whole.sealed) == (whole.point, 10)
    assert store.read_sync(verify_ledger, since.point).sealed == 0


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            OTHER_STEP,
            "entry 8:",
        ),
        ("UPDATE ledger_transfers SET kind = 'gift' WHERE id = 4", "entry 7:"),
        ("UPDATE ledger_accounts SET balance_micros = 1 WHERE kind = 'balance'", "account 2:"),
        ("DELETE FROM ledger_seals WHERE sequence = 10", "seal 10:"),
        ("DELETE FROM ledger_seals WHERE sequence = 6", "seal 6:"),
        (
            OTHER_SEAL,
            "seal 6: is not the one",
        ),
    ],
)
def test_what_was_changed_after_the_point_is_named(store: Store, change: str, named: str) -> None:
    first = _three_before_and_two_after(store)
    by_hand(store, change)
    problem = store.read_sync(verify_ledger, first.point).problem
    assert problem is not None
    assert problem.startswith(named), problem
