"""From a demo hall to a centre of one's own: what goes over, what stays, and when it is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.auth.keys import NewKey, generate_key, key_by_hash
from lanhouse.auth.tokens import NewToken, find_token, issue_token
from lanhouse.cafe.centers.commands import SettingsChange, change_settings
from lanhouse.cafe.centers.demo import CAFE_ID, LICENSE_NAME
from lanhouse.cafe.centers.queries import all_centers, center_by_id, center_by_license, open_centers
from lanhouse.cafe.centers.schemas import GROUPS
from lanhouse.cafe.centers.schemas.keys import SEALED
from lanhouse.cafe.money.checks import check_all_logs
from lanhouse.cafe.orders.queries.checks import check_all_orders
from lanhouse.cafe.products.queries.checks import check_all_stocks
from lanhouse.cafe.reports.queries.checks import check_kept
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.cafe.settings.wire import opened_secret, stored_values
from lanhouse.cafe.shifts.demo import weeks
from lanhouse.cafe.shifts.queries.proof import check_all_shifts
from lanhouse.cafe.staff.commands.second_factor import NewFactor, begin_second_factor
from lanhouse.cafe.staff.queries import second_factor_of, staff_by_account
from lanhouse.cafe.staff.sign_in import FACTOR_PURPOSE, factor_context
from lanhouse.db.audit import Origin
from lanhouse.db.carried import carried_tables
from lanhouse.db.store import Read, Store, Tx
from lanhouse.demo import clearing
from lanhouse.demo.build import build
from lanhouse.demo.clearing import Clearing, check_may_clear, clear_demo
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.kit.ids import secret_hash
from lanhouse.kit.vault import LOCKED, Unreadable, Vault
from lanhouse.ledger.tables import accounts
from lanhouse.ledger.verify import verify_ledger
from lanhouse.tables import complete_metadata
from tests.builders.centers import open_hall
from tests.builders.secrets import VAULT
from tests.conftest import LOCKS

NOW = datetime(2026, 5, 20, 18, 0, tzinfo=UTC)
CHECKS = (check_all_logs, check_kept, check_all_shifts, check_all_stocks, check_all_orders)


@pytest.fixture
def demo(store: Store) -> Iterator[Store]:
    """A demo hall an hour after it was made."""
    with clock.frozen(NOW):
        build(store, VAULT)
    LOCKS.broken = []  # many commands in one transaction, which nobody else is beside
    with clock.frozen(NOW + timedelta(hours=1)):
        yield store


def proof_of(store: Store) -> list[str | None]:
    """What verify-ledger finds wrong."""
    return [store.read_sync(verify_ledger, None).problem, *map(store.read_sync, CHECKS)]


def numbers(store: Store, center_id: int) -> dict[str, int]:
    """Table -> how many rows are this centre's, where there are any."""

    def read_all(read: Read) -> dict[str, int]:
        found: dict[str, int] = {}
        for table in complete_metadata().sorted_tables:
            if "center_id" in table.c:
                count = sa.select(sa.func.count()).select_from(table)
                found[table.name] = read.scalar(count.where(table.c.center_id == center_id))
        return {name: number for name, number in found.items() if number}

    return store.read_sync(read_all)


MOVED = {
    *("files", "center_pictures", "floor_maps", "member_groups", "offers", "pc_groups", "prices"),
    *("printers", "rooms", "staff", "pcs", "product_pictures", "staff_pins"),
    *("staff_second_factors", "member_views", "promo_codes", "news"),
}
COPIED = {"product_groups", "products", "product_combo_items"}
MADE_ANEW = {"tills", "receipt_heads"}
STAYING = {
    *("api_keys", "audit_log", "auth_tokens", "billing_log_sums", "billing_logs", "ended_marks"),
    *("favorite_games", "sms_codes"),
    *("free_minutes", "login_failures", "queued_jobs", "receipt_issues", "report_names"),
    *("report_quarters", "report_seats", "report_tariffs", "session_bills", "session_bundles"),
    *("session_debts", "time_payments", "topups", "z_numbers", "admin_messages", "member_offers"),
    *("members", "orders", "pc_sessions", "session_bill_payers", "session_bill_sessions"),
    *("session_bundle_seats", "order_lines", "order_payments", "pc_session_segments", "shifts"),
    *("events", "event_players", "game_records", "rank_consents"),
    *("promo_uses", "rewards", "bonus_lots", "referral_codes", "referrals"),
    "bookings",
    *("member_imports", "member_import_parts", "staged_passwords"),
    *("stock_movements", "shift_counts", "shift_handovers", "shift_moves", "z_reports"),
    *("age_proofs", "minor_consents", "own_limits"),
    *("feedback", "member_consents", "member_messages", "member_notes", "member_photos"),
    *("payment_orders", "payment_notices"),
    "play_agents",
}
"""What is of guests, of money, of the time that passed, and ways in."""


def test_every_table_of_a_centre_says_whether_it_goes_over() -> None:
    tables = [table for table in complete_metadata().sorted_tables if "center_id" in table.c]
    names = {table.name for table in tables}
    assert names == MOVED | COPIED | MADE_ANEW | STAYING
    assert {table.name for table, how in carried_tables() if not how.is_copied} == MOVED
    assert {table.name for table, how in carried_tables() if how.is_copied} == COPIED


def clear(store: Store) -> int:
    """Clear the demo; answers the number of the new centre."""
    return store.run_sync(clear_demo, Clearing(CAFE_ID, LOCKED)).id


def balances(store: Store, book_id: int) -> list[int]:
    """What stands on the accounts of a book."""
    query = sa.select(accounts.c.balance_micros).where(accounts.c.book_id == book_id)
    return sorted(row.balance_micros for row in store.read_sync(lambda read: read.all(query)))


def rows_of(store: Store, name: str, center_id: int, *without: str) -> list[tuple[Any, ...]]:
    """The rows of a table without the centre's number."""
    table = complete_metadata().tables[name]
    columns = [column for column in table.c if column.name not in ("center_id", *without)]
    query = sa.select(*columns).where(table.c.center_id == center_id).order_by(*columns[:2])
    return store.read_sync(lambda read: [tuple(row) for row in read.all(query)])


def test_settings_go_over_and_the_books_begin_anew(demo: Store) -> None:
    before, money = numbers(demo, CAFE_ID), balances(demo, CAFE_ID)
    old = demo.read_sync(center_by_id, CAFE_ID)
    settings = {name: rows_of(demo, name, CAFE_ID) for name in sorted(MOVED)}
    goods = rows_of(demo, "products", CAFE_ID, "quantity")
    assert old is not None
    assert proof_of(demo) == [None] * 6

    assert clear(demo) == 1

    # With their ids, so that what names a group, a room or a PC names the same one.
    assert {name: rows_of(demo, name, 1) for name in sorted(MOVED)} == settings
    assert rows_of(demo, "products", 1, "quantity") == goods
    assert {row[0] for row in demo.read_sync(_quantities)} == {0}
    after = numbers(demo, 1)
    assert after.pop("audit_log") == 4  # three tills and the centre
    kept = {name: number for name, number in before.items() if name in MOVED | COPIED}
    assert after == kept | {"tills": 3, "receipt_heads": 1}
    assert set(balances(demo, 1)) == {0}
    # The books and logs of the demo are what they were.
    stays = {name: number for name, number in before.items() if name not in MOVED}
    assert numbers(demo, CAFE_ID) == stays
    assert balances(demo, CAFE_ID) == money
    new = demo.read_sync(center_by_id, 1)
    assert new is not None
    assert (new.name, new.license_name) == (old.name, LICENSE_NAME)
    assert (new.zone_name, new.currency) == (old.zone_name, old.currency)
    assert new.settings.center.show_getting_ready
    assert (new.settings.payment, new.settings.loyalty) == (
        old.settings.payment,
        old.settings.loyalty,
    )
    assert proof_of(demo) == [None] * 6


def _quantities(read: Read) -> list[Any]:
    products = complete_metadata().tables["products"]
    return read.all(sa.select(products.c.quantity).where(products.c.center_id == 1))


def test_nobody_finds_the_closed_centre(demo: Store) -> None:
    clear(demo)
    assert [center.id for center in demo.read_sync(open_centers)] == [1]
    assert [center.id for center in demo.read_sync(all_centers)] == [1, CAFE_ID]
    assert demo.read_sync(center_by_license, f"closed-{CAFE_ID}") is None
    found = demo.read_sync(center_by_license, LICENSE_NAME)
    assert found is not None
    assert found.id == 1
    with pytest.raises(Refused, match="no demo hall"):
        clear(demo)


def test_guests_of_the_demo_end_in_its_closed_books(demo: Store) -> None:
    clear(demo)
    empty = balances(demo, 1)
    with clock.frozen(NOW + timedelta(days=2)):
        while demo.run_sync(end_due_sessions, None):
            pass
    assert balances(demo, 1) == empty
    assert "pc_sessions" not in numbers(demo, 1)
    assert proof_of(demo) == [None] * 6


def refused(store: Store, reason: str) -> None:
    """Clearing is refused with this reason, and not one row changes."""
    before = numbers(store, CAFE_ID)
    with pytest.raises(Refused, match=reason):
        store.read_sync(check_may_clear, CAFE_ID)
    with pytest.raises(Refused, match=reason):
        clear(store)
    assert numbers(store, CAFE_ID) == before
    assert [center.id for center in store.read_sync(all_centers)] == [CAFE_ID]


def test_a_shift_that_was_closed_since_is_real_business(demo: Store) -> None:
    assert demo.read_sync(check_may_clear, CAFE_ID).id == CAFE_ID  # 20 shifts are the demo's own
    _, (_, next_day) = islice(weeks(NOW, NOW + timedelta(days=2)), 2)
    demo.run_sync(lambda tx, _: next_day(tx), None)
    refused(demo, "A shift was closed since")


def test_a_key_that_somebody_made(demo: Store) -> None:
    def make(tx: Tx, kind: str) -> None:
        origin = Origin(
            center_id=CAFE_ID, actor_kind=kind, actor_id=1, address="", call="POST /panel/key"
        )
        tx.trail.follow(origin if kind else None)
        generate_key(tx, NewKey(CAFE_ID, "127.0.0.1"))

    demo.run_sync(make, "")  # the demo itself hands one out
    assert demo.read_sync(check_may_clear, CAFE_ID).id == CAFE_ID
    demo.run_sync(make, "staff")
    refused(demo, "Somebody made an API key")
    # It was replaced, and did count once.
    demo.run_sync(make, "")
    refused(demo, "Somebody made an API key")


def test_the_demos_key_and_sign_ins_end(demo: Store) -> None:
    key = demo.run_sync(generate_key, NewKey(CAFE_ID, "127.0.0.1")).secret
    token = demo.run_sync(issue_token, NewToken(CAFE_ID, "staff", "browser", 1, valid_seconds=99))
    assert demo.read_sync(find_token, token, "browser") is not None
    clear(demo)
    assert demo.read_sync(find_token, token, "browser") is None
    assert demo.read_sync(key_by_hash, secret_hash(key)) is None


def test_a_guest_who_came_since_is_checked_out_first(demo: Store) -> None:
    def come(tx: Tx, _: None) -> None:
        running = sa.select(pc_sessions.c.id).where(pc_sessions.c.ended_at.is_(None)).limit(1)
        one = tx.scalar(running)
        tx.run(sa.update(pc_sessions).where(pc_sessions.c.id == one).values(started_at=tx.now))

    demo.run_sync(come, None)
    refused(demo, "still runs: check it out first")


def test_a_centre_of_ones_own_is_no_demo(store: Store) -> None:
    open_hall(store)
    refused(store, "no demo hall")


def test_a_crash_leaves_the_demo_as_it_was(demo: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before = numbers(demo, CAFE_ID)

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(clearing, "reseal_second_factors", crash)
        with pytest.raises(RuntimeError):
            clear(demo)
    assert numbers(demo, CAFE_ID) == before
    assert [center.id for center in demo.read_sync(open_centers)] == [CAFE_ID]
    assert clear(demo) == 1


def test_second_factors_and_sealed_settings_open_at_the_new_place(demo: Store) -> None:
    vault = Vault(b"x" * 32)
    person = demo.read_sync(staff_by_account, CAFE_ID, "admin")
    assert person is not None

    group, name = next(
        (group.name, key.name)
        for group in GROUPS.values()
        for key in group.keys
        if key.mark.secret == SEALED
    )
    kept = asyncio.run(stored_values([GROUPS[group]], {group: {name: "letmein"}}, CAFE_ID, vault))
    secret = {group: {name: kept[group][name]}}

    def keep(tx: Tx, _: None) -> None:
        sealed = vault.seal(FACTOR_PURPOSE, factor_context(CAFE_ID, person.id), b"factor")
        assert sealed is not None
        begin_second_factor(tx, NewFactor(CAFE_ID, person.id, sealed))
        change_settings(tx, SettingsChange(CAFE_ID, secret))

    demo.run_sync(keep, None)
    with pytest.raises(Unreadable):
        demo.run_sync(clear_demo, Clearing(CAFE_ID, LOCKED))
    assert [center.id for center in demo.read_sync(open_centers)] == [CAFE_ID]
    demo.run_sync(clear_demo, Clearing(CAFE_ID, vault))
    row = demo.read_sync(second_factor_of, 1, person.id)
    assert row is not None
    assert vault.open(FACTOR_PURPOSE, factor_context(1, person.id), row.sealed) == b"factor"
    new = demo.read_sync(center_by_id, 1)
    assert new is not None
    assert opened_secret(new, group, name, vault) == "letmein"
