"""The billing log's rows and their agreement with the ledger, on both databases."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.money.checks import check_all_logs, check_logs_against_ledger
from lanhouse.cafe.money.log import write_log
from lanhouse.cafe.money.schemas import Event, LogEntry, Subject, columns_of
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.db.store import Store, Tx
from lanhouse.kit import clock
from lanhouse.ledger import Posting, Transfer, book_of_center, open_account, post
from tests.builders.centers import open_hall

MEMBER = 10_000_000_001
EURO = 1_000_000


def _move(
    tx: Tx, amounts: dict[tuple[str, int, str], int], *, logged: dict[str, int] | None = None
) -> None:
    """Post a transfer of centre 7777 and log it: truly, or with the amounts of `logged`."""
    book = book_of_center(7777)
    postings = [
        Posting(
            open_account(
                tx,
                book,
                owner_kind,
                owner_id,
                kind,
                "EUR",
                may_go_negative=owner_kind == "center" or kind == "loan",
            ),
            amount,
        )
        for (owner_kind, owner_id, kind), amount in amounts.items()
    ]
    posted = post(tx, Transfer(book_id=book, kind="test", postings=postings))
    columns = columns_of(amounts) if logged is None else logged
    entry = LogEntry(
        center_id=7777,
        event=Event.TOPUP,
        subject=Subject.MEMBER,
        member_id=MEMBER,
        member_account="ada",
        transfer_id=posted.transfer_id,
        **columns,
    )
    write_log(tx, entry)


def _top_up(tx: Tx, logged: dict[str, int] | None) -> None:
    amounts = {("center", 7777, "cash"): -5 * EURO, ("member", MEMBER, "balance"): 5 * EURO}
    _move(tx, amounts, logged=logged)


def test_a_row_keeps_what_it_was_given(store: Store, freeze: clock.frozen) -> None:
    open_hall(store)
    entry = LogEntry(
        center_id=7777,
        event=Event.SESSION,
        subject=Subject.PREPAID,
        member_id=MEMBER,
        member_account="G_AB12CD",
        member_group_id=-2,
        pc_id=4,
        pc_name="PC04",
        pc_group_id=0,
        used_seconds=61,
        staff_id=3,
        staff_name="eve",
        details="moved from PC03",
    )
    store.run_sync(write_log, entry)
    (row,) = store.read_sync(lambda read: read.all(sa.select(billing_logs)))
    kept = row._asdict()
    assert kept.pop("id") == 1
    assert kept.pop("at") == clock.now()
    # Nobody called: a command of the house's own.
    assert (kept.pop("address"), kept.pop("call")) == (None, None)
    assert kept == {name: getattr(entry, name) for name in kept}
    assert (row.event, row.subject) == ("SESSION", "prepaid")


def test_a_log_made_from_the_transfer_agrees_with_the_ledger(store: Store) -> None:
    open_hall(store)
    store.run_sync(_top_up, None)
    check_out = {
        ("member", MEMBER, "balance"): -4 * EURO,
        ("center", 7777, "revenue_time"): 3 * EURO,
        ("center", 7777, "cash"): 1 * EURO,
    }
    store.run_sync(lambda tx, _: _move(tx, check_out), None)
    assert store.read_sync(check_logs_against_ledger, 7777) is None
    row = store.read_sync(
        lambda read: read.all(sa.select(billing_logs).order_by(billing_logs.c.id))[-1]
    )
    assert (row.spend_micros, row.cash_micros, row.cost_micros) == (3 * EURO, -EURO, 3 * EURO)


def test_an_amount_that_differs_is_named(store: Store) -> None:
    open_hall(store)
    store.run_sync(_top_up, {"cash_micros": 5 * EURO, "balance_micros": 4_999_999})
    assert store.read_sync(check_logs_against_ledger, 7777) == (
        "transfer 1: balance_micros is 4999999 in the log, 5000000 in the ledger"
    )


def test_all_centres_are_checked(store: Store) -> None:
    open_hall(store)
    open_hall(store, 7778)
    assert store.read_sync(check_all_logs) is None
    store.run_sync(write_log, LogEntry(center_id=7778, event=Event.TOPUP, cash_micros=1))
    assert store.read_sync(check_all_logs) == ("centre 7778, log 1: has amounts but no transfer")


def test_a_row_without_a_transfer_moves_nothing(store: Store) -> None:
    open_hall(store)
    store.run_sync(write_log, LogEntry(center_id=7777, event=Event.TOPUP, coin_micros=1))
    assert store.read_sync(check_logs_against_ledger, 7777) == (
        "log 1: has amounts but no transfer"
    )


def test_a_transfer_without_a_row_is_named(store: Store) -> None:
    open_hall(store)

    def post_only(tx: Tx, _: None) -> None:
        book = book_of_center(7777)
        cash = open_account(tx, book, "center", 7777, "cash", "EUR")
        balance = open_account(tx, book, "member", MEMBER, "balance", "EUR")
        postings = [Posting(cash, -EURO), Posting(balance, EURO)]
        post(tx, Transfer(book_id=book, kind="topup", postings=postings))

    store.run_sync(post_only, None)
    assert store.read_sync(check_logs_against_ledger, 7777) == (
        "transfer 1: stands in the ledger but not in the log"
    )
