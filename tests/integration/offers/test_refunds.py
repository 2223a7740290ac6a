"""Taking a package back: by the tender it was paid by, once, and out of the session at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from lanhouse.cafe.offers.plans import OtherSum
from lanhouse.cafe.offers.queries.buyers import PackageSearch, bought_page
from lanhouse.cafe.offers.tables import member_offers
from lanhouse.cafe.reports.queries import offers_sold, summary_of
from lanhouse.cafe.reports.schemas import ReportFilter
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.schemas import OFFER
from lanhouse.db.migrate import config_for, migrate
from lanhouse.db.store import Read, Store
from lanhouse.kit import clock
from lanhouse.kit.errors import NotFound, Refused
from lanhouse.ledger.tables import transfers
from tests.builders.floor import EURO, Floor, later, open_floor

HOUR = 3600


def reported(floor: Floor) -> tuple[Any, list[Any]]:
    wanted = ReportFilter(center_id=7777, start_at=later(-86_400), end_at=later(86_400))
    return floor.store.read_sync(lambda read: (summary_of(read, wanted), offers_sold(read, wanted)))


@pytest.mark.parametrize(
    ("payment", "till", "money"),
    [
        ("cash", {"cash": 0}, (0, 0)),
        ("card", {"card": 0}, (0, 0)),
        # QR money cannot be sent back without a gateway that refunds.
        ("qr", {"qr": 3 * EURO, "cash": -3 * EURO}, (0, 0)),
    ],
)
def test_money_goes_back_by_the_tender_it_came_by(
    store: Store, freeze: clock.frozen, payment: str, till: dict[str, int], money: tuple[int, int]
) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada")
    package = floor.sell(floor.add_offer("pass", 300), ada, payment)
    plan = floor.take_back(package, comment="wrong one")
    assert (plan.money_micros, plan.is_whole) == (3 * EURO, True)
    assert {kind: floor.till(kind) for kind in till} == till
    assert floor.money(ada) == money
    assert floor.house("revenue_offer") == 0
    (owned,) = floor.packages(ada)
    assert (owned.refunded_at, owned.refund_micros) == (clock.now(), 3 * EURO)
    with pytest.raises(Refused, match="given back already"):
        floor.take_back(package)
    _, back = floor.logs("OFFER")
    assert (back.cost_micros, back.details, back.staff_name) == (-3 * EURO, "pass", "Kim")
    row = store.read_sync(
        lambda read: read.one(
            sa.select(transfers.c.kind, transfers.c.reverses_id).where(
                transfers.c.id == back.transfer_id
            )
        )
    )
    assert row is not None
    assert (row.kind, row.reverses_id) == ("offer_refund", owned.transfer_id)
    floor.verify()


def test_balance_bonus_and_coins_come_back_as_they_went(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.set(bonus_buy_offer=True, use_bonus_first=True, max_bonus_percentage=50)
    ada = floor.add_member("ada", balance=2 * EURO, bonus=9 * EURO)
    floor.give(ada, 40 * EURO, "coin", "coin_issued")
    mixed = floor.sell(floor.add_offer("pass", 300), ada, "balance")
    gift = floor.sell(floor.add_offer("gift", 0, coin_price_micros=40 * EURO), ada, "coin")
    assert floor.money(ada) == (500_000, 7_500_000)
    plan = floor.take_back(mixed)
    assert (plan.to_balance_micros, plan.to_bonus_micros) == (1_500_000, 1_500_000)
    assert floor.take_back(gift).coin_micros == 40 * EURO
    assert floor.money(ada) == (2 * EURO, 9 * EURO)
    summary, sold = reported(floor)
    assert summary.refund_sale["offer"].micros == 3 * EURO
    assert {row.name: (row.number, row.micros, row.refunded_micros) for row in sold} == {
        "gift": (1, 0, 0),
        "pass": (1, 3 * EURO, 3 * EURO),
    }
    floor.verify()


def test_what_was_used_is_not_given_back_without_a_limit(
    store: Store, freeze: clock.frozen
) -> None:
    """1 of 3 hours is played: two thirds of 4.00 go back, rounded down."""
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=EURO)
    package = floor.sell(floor.add_offer("pass", 400), ada)
    session = floor.member(ada)
    freeze.advance(HOUR)
    plan = floor.take_back(package, shown_micros=2_660_000)
    assert (plan.money_micros, plan.is_whole) == (2_660_000, False)
    assert floor.till() == EURO + 1_340_000
    # The session goes on without it, and its owner's balance pays from that second on.
    assert floor.session(session.id).expires_at == clock.now() + timedelta(minutes=30)
    freeze.advance(1800)
    floor.run(end_due_sessions, None)
    assert floor.money(ada) == (0, 0)
    assert floor.packages(ada)[0].used_seconds == HOUR
    floor.verify()


def test_the_sum_that_was_shown_is_the_sum_that_is_given(
    store: Store, freeze: clock.frozen
) -> None:
    """Who looks, asks and presses gets what was seen, for five minutes; a cent is 16 seconds."""
    floor = open_floor(store)
    ada, bob = floor.add_member("ada"), floor.add_member("bob")
    offer = floor.add_offer("pass", 400)
    first, second = floor.sell(offer, ada), floor.sell(offer, bob)
    floor.member(ada)
    floor.member(bob, "PC02")
    freeze.advance(301)
    for wrong in (4 * EURO, 3_870_000, 0):  # of before; less than is left now, 3.88
        with pytest.raises(OtherSum):
            floor.take_back(first, shown_micros=wrong)
    assert [p.refunded_at for p in (*floor.packages(ada), *floor.packages(bob))] == [None, None]
    plan = floor.take_back(first, shown_micros=3_990_000)
    assert (plan.money_micros, plan.is_whole) == (3_990_000, False)
    # All of it, as it was seen a second before the play began.
    freeze.advance(-2)
    assert floor.take_back(second, shown_micros=4 * EURO).is_whole
    assert floor.till() == 10_000
    floor.verify()


def test_the_whole_price_shown_just_before_the_limit_is_given(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    floor.set(refund_within_minutes=10)
    ada = floor.add_member("ada")
    package = floor.sell(floor.add_offer("pass", 400), ada)
    floor.member(ada)
    freeze.advance(610)
    with pytest.raises(OtherSum):
        floor.take_back(package, shown_micros=2 * EURO)
    assert floor.take_back(package, shown_micros=4 * EURO).money_micros == 4 * EURO
    assert floor.till() == 0


def test_a_limit_gives_all_back_before_it_and_nothing_after(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    floor.set(refund_within_minutes=10)
    ada, bob = floor.add_member("ada"), floor.add_member("bob")
    offer = floor.add_offer("pass", 400)
    first, second = floor.sell(offer, ada), floor.sell(offer, bob)
    session = floor.member(ada)
    floor.member(bob, "PC02")
    freeze.advance(600)
    assert floor.take_back(first).money_micros == 4 * EURO
    assert floor.session(session.id).expires_at == clock.now()
    freeze.advance(1)
    with pytest.raises(Refused, match="used for more than 10 minutes"):
        floor.take_back(second)
    floor.run(end_due_sessions, None)
    assert not floor.is_busy("PC01")
    assert floor.is_busy("PC02")
    assert floor.till() == 4 * EURO
    floor.verify()


def test_a_guests_wrong_package_is_undone_while_he_plays(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    session = floor.guest(OFFER, offer_id=floor.add_offer("pass", 400), payment="card")
    (owned,) = floor.packages(session.member_id)
    floor.take_back(owned.member_offer_id)
    assert floor.till("card") == 0
    floor.run(end_due_sessions, None)
    assert not floor.is_busy("PC01")
    floor.verify()


def test_what_is_not_taken_back(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada")
    short = floor.sell(floor.add_offer("short", 300, expires_after_hours=1), ada)
    old = floor.sell(floor.add_offer("old", 300), ada)
    forget_payment(floor, old, price_micros=4 * EURO)
    with pytest.raises(NotFound):
        floor.take_back(999)
    with pytest.raises(Refused, match="how this package was paid is not known"):
        floor.take_back(old)
    freeze.advance(HOUR)
    with pytest.raises(Refused, match="has expired"):
        floor.take_back(short)
    assert floor.till() == 6 * EURO
    floor.verify()


def forget_payment(floor: Floor, *packages: int, **more: Any) -> None:
    """Make packages look as if they were sold before it was kept how they were paid."""
    values = {"payment": "", "from_bonus_micros": 0, "coin_micros": 0, "transfer_id": None}
    statement = member_offers.update().where(member_offers.c.id.in_(packages))
    floor.run(lambda tx, _: tx.run(statement.values(**values, **more)), None)


@pytest.mark.parametrize("payment", ["cash", "card", "qr", "balance", "coin"])
def test_the_log_tells_how_a_package_of_before_was_paid(
    store: Store, freeze: clock.frozen, payment: str
) -> None:
    """As a package that tells it itself; its sale in the ledger is reversed."""
    floor = open_floor(store)
    floor.set(bonus_buy_offer=True, use_bonus_first=True, max_bonus_percentage=50)
    ada = floor.add_member("ada", balance=2 * EURO, bonus=9 * EURO)
    floor.give(ada, 40 * EURO, "coin", "coin_issued")
    offer_id = floor.add_offer("pass", 300, coin_price_micros=40 * EURO)
    freeze.advance(60)
    had = [floor.money(ada), floor.till(), floor.till("card")]
    package = floor.sell(offer_id, ada, payment)
    sold = floor.logs("OFFER")[-1].transfer_id
    forget_payment(floor, package)
    (shown,) = store.read_sync(
        lambda read: bought_page(
            read, floor.center, PackageSearch(center_id=7777), 1, 10, clock.now()
        )
    ).rows
    assert (shown.package.payment, shown.package.transfer_id) == (payment, sold)
    floor.take_back(package)
    back = [floor.money(ada), floor.till(), floor.till("card")]
    if payment == "qr":
        back[1] += 3 * EURO
    assert back == had
    assert floor.house("revenue_offer") == 0
    newest = store.read_sync(
        lambda read: read.one(sa.select(transfers.c.reverses_id).order_by(transfers.c.id.desc()))
    )
    assert newest is not None
    assert newest.reverses_id == sold
    floor.verify()


def test_two_packages_of_one_second_are_told_apart(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada")
    offer_id = floor.add_offer("pass", 300)
    first, second = floor.sell(offer_id, ada), floor.sell(offer_id, ada, "card")
    forget_payment(floor, first, second)
    assert floor.take_back(second).handed_out == {"card": 3 * EURO}
    # The refund lies in the same second and is no sale.
    assert floor.take_back(first).handed_out == {"cash": 3 * EURO}
    floor.verify()


def test_what_the_log_does_not_tell_for_sure_is_not_given_back(
    store: Store, freeze: clock.frozen
) -> None:
    """A sale of the same name in the same second that has no package any more."""
    floor = open_floor(store)
    ada = floor.add_member("ada")
    offer_id = floor.add_offer("pass", 300)
    first, second = floor.sell(offer_id, ada), floor.sell(offer_id, ada, "card")
    forget_payment(floor, first, second)
    forget_payment(floor, first, name="another")
    with pytest.raises(Refused, match="how this package was paid is not known"):
        floor.take_back(second)


def test_packages_of_a_release_that_kept_no_payment_go_back(
    store: Store, freeze: clock.frozen
) -> None:
    """They are sold, the columns are gone, and come back empty with the release that has them."""
    floor = open_floor(store)
    ada = floor.add_member("ada")
    package = floor.sell(floor.add_offer("pass", 300), ada, "card")
    with store.engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "0037")
    migrate(store)
    assert floor.take_back(package).handed_out == {"card": 3 * EURO}
    assert (floor.till("card"), floor.house("revenue_offer")) == (0, 0)


def test_a_package_given_back_is_used_by_no_session(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=EURO)
    floor.take_back(floor.sell(floor.add_offer("pass", 300), ada))
    assert floor.member(ada).segments[0].packages == ()


def test_a_page_of_packages_takes_as_many_statements_as_one_row(
    store: Store, freeze: clock.frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many of the buyers play on them at the moment."""
    floor = open_floor(store, pcs_count=4)
    night = floor.add_offer("night", 300, minutes=60)
    for number, pc in enumerate(("PC01", "PC02", "PC03"), 1):
        member = floor.add_member(f"m{number}")
        floor.sell(night, member)
        floor.sell(night, member)
        floor.member(member, pc)
    freeze.advance(60 * 20)
    executed: list[Any] = []
    execute = Read._execute

    def counted(read: Read, statement: Any, params: dict[str, Any]) -> Any:
        executed.append(statement)
        return execute(read, statement, params)

    monkeypatch.setattr(Read, "_execute", counted)

    def asked(rows_max: int) -> tuple[int, list[Any]]:
        executed.clear()
        search = PackageSearch(center_id=7777)
        page = store.read_sync(bought_page, floor.center, search, 1, rows_max, clock.now())
        return len(executed), [(each.package.seconds_left, each.plan) for each in page.rows]

    one, _ = asked(1)
    all_, rows = asked(50)
    assert one == all_ <= 5
    # The older of two is the one that is in use; the plan knows of it too.
    assert [left for left, _ in rows] == [3600, 2400] * 3
    assert [plan.money_micros for _, plan in rows] == [3 * EURO, 2 * EURO] * 3
