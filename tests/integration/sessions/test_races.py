"""Two at once: cashiers, check-outs, top-ups. No state with wrong money (both databases)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.pricing.commands import PriceChange, PriceValues, change_price
from lanhouse.cafe.sessions import commands as sessions
from lanhouse.cafe.sessions.commands import GuestSecret, PcRefused
from lanhouse.cafe.sessions.commands.bundles import (
    AddToBundle,
    StartBundle,
    add_to_bundle,
    start_bundle,
)
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.queries.bundles import bundle_by_id, open_bundles
from lanhouse.cafe.sessions.schemas import POSTPAID, PREPAID
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db import postgres
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, BalanceTooLow
from lanhouse.ledger.tables import accounts
from tests.builders.floor import DESK, EURO, Floor, open_floor

Work = tuple[Callable[..., Any], Any]


def at_once(store: Store, work: Sequence[Work]) -> list[Any]:
    """Send all commands together; answers results and refusals in their order."""

    async def run() -> list[Any]:
        store.start()
        done = await asyncio.gather(
            *(store.write(command, arg) for command, arg in work), return_exceptions=True
        )
        await store.stop()
        return done

    done = asyncio.run(run())
    defects = [one for one in done if isinstance(one, Exception) and not isinstance(one, AppError)]
    assert defects == []
    return done


def refusals(done: Sequence[Any]) -> list[AppError]:
    return [one for one in done if isinstance(one, AppError)]


def prepaid(floor: Floor, *names: str) -> Work:
    cmd = sessions.StartGuests(
        center=floor.center,
        actor=DESK,
        kind=PREPAID,
        pc_names=list(names),
        secrets=[GuestSecret("secret", "hash")] * len(names),
        paid_micros=EURO,
    )
    return sessions.start_guests, cmd


def member(floor: Floor, member_id: int, name: str) -> Work:
    cmd = sessions.StartMember(center=floor.center, actor=DESK, pc_name=name, member_id=member_id)
    return sessions.start_member, cmd


def check_out(floor: Floor, *names: str) -> Work:
    cmd = sessions.Checkout(center=floor.center, actor=DESK, pc_names=list(names))
    return sessions.check_out, cmd


def test_two_cashiers_start_the_same_pc(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    done = at_once(store, [prepaid(floor, "PC01") for _ in range(8)])
    refused = refusals(done)
    assert len(refused) == 7
    assert {one.message for one in refused} == {"PC01: the PC is in use"}
    assert floor.till() == EURO
    assert len(floor.session_ids()) == 1
    floor.verify()


def test_several_pcs_in_crossed_orders_start_all_or_none(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    work = [prepaid(floor, "PC01", "PC02", "PC03"), prepaid(floor, "PC03", "PC02", "PC01")] * 3
    done = at_once(store, work)
    assert len(refusals(done)) == 5
    assert floor.till() == 3 * EURO
    assert len(floor.session_ids()) == 3
    floor.verify()


def test_one_member_starts_on_two_pcs(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=EURO)
    done = at_once(store, [member(floor, ada, name) for name in ("PC01", "PC02", "PC03")])
    refused = refusals(done)
    assert len(refused) == 2
    assert all("the member has a session on PC0" in one.message for one in refused)
    assert len(floor.session_ids()) == 1


def test_one_member_starts_on_two_pcs_where_he_may(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.set(allow_additional_session=True)
    ada = floor.add_member("ada", balance=3 * EURO)
    done = at_once(store, [member(floor, ada, name) for name in ("PC01", "PC02", "PC03")])
    assert refusals(done) == []
    found = [floor.session(session_id) for session_id in floor.session_ids()]
    assert [each.is_further for each in found] == [False, True, True]
    half_an_hour = found[0].started_at + timedelta(minutes=30)
    assert {each.expires_at for each in found} == {half_an_hour}
    freeze.advance(1200)
    work = [check_out(floor, "PC01"), check_out(floor, "PC02"), check_out(floor, "PC03", "PC02")]
    at_once(store, work)
    freeze.advance(7200)
    store.run_sync(end_due_sessions, None)
    assert floor.money(ada)[0] >= 0
    assert floor.owes(ada) == 0
    floor.verify()


def test_a_double_check_out_is_paid_once(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=5 * EURO)
    floor.member(ada)
    floor.guest(POSTPAID, "PC02")
    freeze.advance(3600)
    work = [check_out(floor, "PC01"), check_out(floor, "PC02"), check_out(floor, "PC02", "PC01")]
    done = at_once(store, work * 3)
    assert {one.message[4:] for one in refusals(done)} == {": the PC is not in use"}
    assert all(isinstance(one, PcRefused) for one in refusals(done))
    assert floor.house("revenue_time") == 4 * EURO
    assert floor.money(ada) == (3 * EURO, 0)
    assert len(floor.logs("CHECKOUT")) == 2
    floor.verify()


def test_the_clock_and_the_desk_end_the_same_session(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=EURO)
    floor.member(ada)
    freeze.advance(1800)
    work: list[Work] = [(end_due_sessions, None), check_out(floor, "PC01")] * 3
    at_once(store, work)
    assert floor.money(ada) == (0, 0)
    assert floor.house("revenue_time") == EURO
    assert len(floor.logs("CHECKOUT")) == 1
    floor.verify()


@pytest.mark.parametrize("value", [3 * EURO, -2 * EURO])
def test_money_moves_during_check_out(store: Store, freeze: clock.frozen, value: int) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada")
    paid = TopUp(center=floor.center, actor=DESK, member_ids=[ada], value_micros=4 * EURO)
    floor.run(top_up, paid)
    floor.member(ada)
    freeze.advance(3600)
    moves = TopUp(
        center=floor.center, actor=DESK, member_ids=[ada], value_micros=value, comment="x"
    )
    done = at_once(store, [(top_up, moves), check_out(floor, "PC01"), (top_up, moves)])
    # 4.00 paid, 2.00 played: of two refunds of 2.00 only one can be, whatever comes first.
    refused = refusals(done)
    assert len(refused) == (1 if value < 0 else 0)
    assert all(isinstance(one, BalanceTooLow) for one in refused)
    assert floor.money(ada) == (2 * EURO + (2 * value if value > 0 else value), 0)
    assert floor.house("revenue_time") == 2 * EURO
    floor.verify()


def test_a_top_up_during_the_start_is_counted_in_the_end(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=EURO)
    paid = TopUp(center=floor.center, actor=DESK, member_ids=[ada], value_micros=EURO)
    work: list[Work] = [(top_up, paid), member(floor, ada, "PC01"), (top_up, paid)]
    assert refusals(at_once(store, work)) == []
    (session_id,) = floor.session_ids()
    session = floor.session(session_id)
    assert session.expires_at is not None
    assert (session.expires_at - session.started_at).total_seconds() == 3 * 1800
    floor.verify()


def test_a_move_and_a_start_want_the_same_pc(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=EURO)
    floor.member(ada)
    cmd = sessions.Move(center=floor.center, actor=DESK, pc_name="PC01", target_name="PC02")
    done = at_once(store, [(sessions.move_session, cmd), prepaid(floor, "PC02")] * 2)
    assert floor.is_busy("PC02")
    assert len(refusals(done)) in (2, 3)
    assert len(floor.session_ids()) == 1 + (floor.till() // EURO - 1)
    floor.verify()


def test_a_price_edited_during_the_start_holds_for_the_session(
    store: Store, freeze: clock.frozen
) -> None:
    """Whoever comes first: the session runs under the rules that are there in the end."""
    floor = open_floor(store, pcs_count=6, price_cents=0)
    rule = floor.set_price(200)
    values = PriceValues(name="Default", price_per_hour_micros=4 * EURO)
    edit = (change_price, PriceChange(floor.center, rule.price_id, values))
    work: list[Work] = [prepaid(floor, name) for name in floor.pc_ids]
    work.insert(2, edit)
    assert refusals(at_once(store, work)) == []
    for session_id in floor.session_ids():
        session = floor.session(session_id)
        assert session.segments[-1].tariff.rules[0].price_per_hour_micros == 4 * EURO
        assert session.expires_at == session.started_at + timedelta(minutes=15)
    floor.verify()


def test_two_desks_check_out_several_with_crossed_tenders(
    postgres_store: Store, freeze: clock.frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command locks the accounts that it moves in one pass, in one order: no deadlock.

    Both are made to wait for the revenue, which whoever posts one check-out after the other locks
    with the first till in hand, before the second.
    """
    floor = open_floor(postgres_store, pcs_count=4)
    for name, payment in zip(floor.pc_ids, ("cash", "card", "card", "cash"), strict=True):
        floor.guest(PREPAID, name, paid_micros=5 * EURO, payment=payment)
    freeze.advance(3600)
    work = [check_out(floor, "PC01", "PC02"), check_out(floor, "PC03", "PC04")]
    assert refusals(at_once_behind(floor, "revenue_time", work, monkeypatch)) == []
    assert (floor.till(), floor.till("card")) == (4 * EURO, 4 * EURO)
    assert floor.house("revenue_time") == 8 * EURO
    floor.verify()


def test_a_start_where_a_session_has_just_ended_and_a_check_out_at_another_desk(
    postgres_store: Store, freeze: clock.frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The start first takes the revenue of what was over, then the cash of the next guest."""
    floor = open_floor(postgres_store)
    floor.guest(PREPAID, "PC02", paid_micros=5 * EURO)
    ada = floor.add_member("ada", balance=EURO)
    floor.member(ada)
    freeze.advance(3600)
    work = [prepaid(floor, "PC01"), check_out(floor, "PC02")]
    assert refusals(at_once_behind(floor, "revenue_time", work, monkeypatch)) == []
    assert floor.money(ada) == (0, 0)
    assert (floor.house("revenue_time"), floor.till()) == (3 * EURO, 4 * EURO)
    floor.verify()


def at_once_behind(
    floor: Floor, kind: str, work: Sequence[Work], monkeypatch: pytest.MonkeyPatch
) -> list[Any]:
    """As at_once() on PostgreSQL, but an account of the centre is held until each, one after the
    other, has come to where it waits; fails when one of them had to be run again."""
    retried: list[BaseException] = []

    def never(error: BaseException) -> bool:
        retried.append(error)
        return False

    monkeypatch.setattr(postgres, "_may_retry", never)
    store = floor.store
    hold = sa.select(accounts).where(accounts.c.owner_kind == "center", accounts.c.kind == kind)

    async def run(holder: sa.Connection) -> list[Any]:
        store.start()
        tasks = []
        for number, (command, arg) in enumerate(work, 1):
            tasks.append(asyncio.create_task(store.write(command, arg)))
            await asyncio.to_thread(until_waiting, store, number)
        holder.exec_driver_sql("COMMIT")
        done = await asyncio.gather(*tasks, return_exceptions=True)
        await store.stop()
        return done

    with store.engine.connect() as holder:
        holder.exec_driver_sql("BEGIN")  # the store's connections are in autocommit
        holder.execute(hold.with_for_update())
        answers = asyncio.run(run(holder))
    assert retried == []
    return answers


def until_waiting(store: Store, number: int) -> None:
    """Wait until so many transactions of the database wait for a lock."""
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with store.engine.connect() as watcher:
        while watcher.scalar(waiting) < number:
            pass


# --- bundles -----------------------------------------------------------------------------------


def together(floor: Floor, *names: str) -> Work:
    cmd = StartBundle(
        center=floor.center,
        actor=DESK,
        kind=POSTPAID,
        pc_names=list(names),
        secrets=[GuestSecret("secret", "hash")] * len(names),
    )
    return start_bundle, cmd


def settle(floor: Floor, *names: str, **more: Any) -> Work:
    of = {"center": floor.center, "actor": DESK, "pc_names": list(names), "is_one_bill": True}
    return sessions.check_out, sessions.Checkout(**of, **more)


def test_two_cashiers_start_bundles_over_the_same_pcs(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    work = [together(floor, "PC01", "PC02", "PC03"), together(floor, "PC03", "PC02")] * 3
    done = at_once(store, work)
    assert len(refusals(done)) == 5
    assert len(store.read_sync(open_bundles, 7777)) == 1
    floor.verify()


def test_two_cashiers_end_two_pcs_of_one_bundle_at_once(store: Store, freeze: clock.frozen) -> None:
    """What was left open is paid once, with whichever ends last, and by nobody twice."""
    floor = open_floor(store)
    begun = floor.together(POSTPAID, "PC01", "PC02", "PC03")
    freeze.advance(3600)
    floor.check_out("PC01", payment="later")
    work = [settle(floor, "PC02"), settle(floor, "PC03", payment="card")]
    done = at_once(store, work * 2)
    assert {one.message[4:] for one in refusals(done)} == {": the PC is not in use"}
    assert len(refusals(done)) == 2
    assert floor.till() + floor.till("card") == 6 * EURO
    assert sorted([floor.till(), floor.till("card")]) == [2 * EURO, 4 * EURO]
    assert floor.debts() == []
    assert floor.house("revenue_time") == 6 * EURO
    assert store.read_sync(bundle_by_id, 7777, begun.bundle.id).running == []
    floor.verify()


def test_a_pc_joins_while_the_bundle_is_settled(store: Store, freeze: clock.frozen) -> None:
    """Either it is on the bill or it runs on: none ends unpaid."""
    floor = open_floor(store)
    begun = floor.together(POSTPAID, "PC01", "PC02")
    freeze.advance(3600)
    join = AddToBundle(
        center=floor.center,
        actor=DESK,
        bundle_id=begun.bundle.id,
        pc_names=["PC03"],
        secrets=[GuestSecret("secret", "hash")],
    )
    whole = sessions.Checkout(
        center=floor.center, actor=DESK, bundle_id=begun.bundle.id, is_one_bill=True
    )
    at_once(store, [(sessions.check_out, whole), (add_to_bundle, join)])
    running = [name for name in ("PC01", "PC02", "PC03") if floor.is_busy(name)]
    assert running in ([], ["PC03"], ["PC01", "PC02", "PC03"])
    assert floor.till() == (0 if "PC01" in running else 4 * EURO)
    floor.verify()
