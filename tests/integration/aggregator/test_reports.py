"""Reports, reconciliation and records, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lanhouse.aggregator.agents.commands import create_agent
from lanhouse.aggregator.agents.queries import agent_under
from lanhouse.aggregator.agents.schemas import NewAgent
from lanhouse.aggregator.errors import AgentNotUnder
from lanhouse.aggregator.reports.queries import reconciled, report_hours_of
from lanhouse.aggregator.reports.rules import by_day, counted_of, hours_of, sums_from, zone_of
from lanhouse.aggregator.reports.schemas import ReconcileQuery, ReportQuery, TypeSum
from lanhouse.aggregator.rounds.commands import begin
from lanhouse.aggregator.rounds.commands.conclude import Concluded, conclude
from lanhouse.aggregator.rounds.commands.operators import Answer
from lanhouse.aggregator.rounds.queries.reports import verify_reports
from lanhouse.aggregator.rounds.rules.sums import Sums
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.rounds.tables import game_transactions, report_hours
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from tests.builders.agents import Operator, open_operator
from tests.builders.rounds import EURO, NAME, an_ask, sit_down

BET, SETTLE, ROLLBACK = TxType.BET, TxType.SETTLE, TxType.ROLLBACK
NOON = datetime(2026, 3, 14, 12, 0, 30, tzinfo=UTC)


class Table:
    """A player with 1000 EUR at a table, and his asks at any time."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.operator: Operator = open_operator(store)
        with clock.frozen(NOON - timedelta(days=50)):
            self.session = sit_down(self.operator)
            move = Move(
                agent=self.operator.agent, kind=DEPOSIT, username=NAME, currency="EUR",
                amount_micros=1000 * EURO,
            )  # fmt: skip
            store.run_sync(move_money, move)

    def ask(self, at: datetime, tx_type: TxType, tx_id: str, euros: int = 0, **more: Any) -> Any:
        with clock.frozen(at):
            ask = an_ask(self.session, tx_type, tx_id, euros, **more)
            return self.store.run_sync(begin, ask)

    def play(self, at: datetime, code: str, stake: int, win: int) -> tuple[str, str]:
        bet = self.ask(at, BET, f"b{code}", stake, round_code=code)
        paid = self.ask(at, SETTLE, f"s{code}", win, round_code=code, closes_round=True)
        return bet.tx_id, paid.tx_id

    def report(self, **change: Any) -> list[tuple[int, Sums]]:
        first, last = hours_of(NOON - timedelta(days=2), NOON + timedelta(days=2))
        asked: dict[str, Any] = {
            "agent_id": self.operator.agent.id, "username": NAME, "game_id": None,
            "round_code": None, "first_hour": first, "last_hour": last, **change,
        }  # fmt: skip
        hours = self.store.read_sync(report_hours_of, ReportQuery(**asked))
        return [(hour, sums_from(counted)) for hour, counted in hours]

    def compare(self, there: dict[str, int] | None) -> Any:
        asked = ReconcileQuery(
            agent=self.operator.agent, currency="EUR", from_at=NOON - timedelta(days=2),
            to_at=NOON + timedelta(days=2), there=there,
        )  # fmt: skip
        return self.store.read_sync(reconciled, asked)


@pytest.fixture
def table(store: Store) -> Table:
    return Table(store)


def test_hours_of_all_games_of_one_and_of_a_round_are_alike(table: Table) -> None:
    table.play(NOON, "1", 7, 0)
    table.play(NOON + timedelta(minutes=30), "2", 3, 5)
    table.play(NOON + timedelta(hours=2), "3", 1, 0)
    table.ask(NOON, BET, "open", 9, round_code="open")
    whole = table.report()
    assert [(sums.win_loss, sums.turnover, sums.rounds) for _, sums in whole] == [
        (Decimal(-1), Decimal(1), 1),
        (Decimal(-5), Decimal(10), 2),
    ]
    assert table.report(game_id="house_00001") == whole
    assert table.report(game_id="other") == []
    rounds = [dict(table.report(round_code=code)) for code in ("1", "2")]
    [[hour, first], [_, second]] = [next(iter(found.items())) for found in rounds]
    assert (hour, first.plus(second)) == whole[1]
    assert table.report(round_code="open") == []
    checked = table.store.read_sync(verify_reports)
    assert (checked.problem, checked.rounds) == (None, 3)


def test_sums_that_would_leave_64_bits_do_not(table: Table) -> None:
    """The kept rests and units of many games are added by the database."""
    table.play(NOON, "1", 7, 0)
    [row] = table.store.read_sync(lambda read: read.all(report_hours.select()))
    many = 40

    def more(tx: Any, _: None) -> None:
        for number in range(many):
            values = {**row._asdict(), "game_id": f"g{number}"}
            values |= {"turnover_units": 2 * 10**17, "turnover_rest": 9_999_999_999}
            tx.run(report_hours.insert().values(values))

    table.store.run_sync(more, None)
    [(_, sums)] = table.report()
    assert sums.turnover == 7 + many * (2 * 10**17 + Decimal("0.9999999999"))


def test_the_database_adds_and_only_differences_are_told(table: Table) -> None:
    first, second = table.play(NOON, "1", 7, 0)
    third, fourth = table.play(NOON + timedelta(days=9), "2", 3, 5)  # outside the window
    lost = table.ask(NOON, BET, "b3", 2, round_code="3").tx_id
    back = table.ask(NOON, ROLLBACK, "r3", round_code="3", reverses_tx_id="b3").tx_id
    told = table.compare(None)
    assert told.types == [TypeSum("bet", 1, -7 * EURO), TypeSum("settle", 1, 0)]
    assert (told.missing_here, told.missing_there, told.differing) == ([], [], [])
    told = table.compare({third: -3 * EURO, fourth: 4 * EURO, lost: 1, back: 2, "f" * 32: 3})
    assert told.missing_here == ["f" * 32]
    assert told.missing_there == [first, second]
    assert told.differing == [(fourth, 5 * EURO)]
    assert told.is_cut is False


def test_a_bet_that_may_be_given_back_is_not_ours_yet(store: Store) -> None:
    """Of a seamless player: pending is not committed; a refused one never was."""
    operator = open_operator(store, kind="seamless")
    session = sit_down(operator)
    bet = store.run_sync(begin, an_ask(session, BET, "b1", 7))
    asked = ReconcileQuery(
        agent=operator.agent, currency="EUR", from_at=clock.now() - timedelta(hours=1),
        to_at=clock.now() + timedelta(hours=1), there={bet.tx_id: -7 * EURO},
    )  # fmt: skip
    assert store.read_sync(reconciled, asked).missing_here == [bet.tx_id]
    said = Answer(is_ok=True, balance_micros=93 * EURO, wallet_tx_id="theirs")
    store.run_sync(conclude, Concluded(bet.id, said))
    told = store.read_sync(reconciled, asked)
    assert (told.missing_here, told.missing_there, told.differing) == ([], [], [])
    assert told.types == [TypeSum("bet", 1, -7 * EURO)]


def test_a_record_of_a_seamless_player_tells_what_the_operator_said(store: Store) -> None:
    operator = open_operator(store, kind="seamless")
    session = sit_down(operator)
    asked_at = clock.now()
    with clock.frozen(asked_at):
        bet = store.run_sync(begin, an_ask(session, BET, "b1", 7))
    committed_at = asked_at + timedelta(seconds=2)
    with clock.frozen(committed_at):
        said = Answer(is_ok=True, balance_micros=93 * EURO, wallet_tx_id="theirs-1")
        store.run_sync(conclude, Concluded(bet.id, said))
        lost = store.run_sync(begin, an_ask(session, SETTLE, "s1", 0, closes_round=True))
        # Something else happened at the operator's meanwhile: what it says counts.
        said = Answer(is_ok=True, balance_micros=60 * EURO, wallet_tx_id="theirs-2")
        store.run_sync(conclude, Concluded(lost.id, said))
    rows = store.read_sync(
        lambda read: read.all(game_transactions.select().order_by(game_transactions.c.id))
    )
    told = [
        (row.tx_type, row.player_amount_micros, row.before_micros, row.after_micros,
         row.wallet_tx_id, row.received_at)
        for row in rows
    ]  # fmt: skip
    assert told == [
        (BET, -7 * EURO, 100 * EURO, 93 * EURO, "theirs-1", committed_at),
        (SETTLE, 0, 60 * EURO, 60 * EURO, "theirs-2", committed_at),
    ]


def test_what_never_committed_leaves_no_record(store: Store) -> None:
    operator = open_operator(store, kind="seamless")
    session = sit_down(operator)
    for number, answer in enumerate(
        (Answer(is_ok=False, code="INSUFFICIENT_CREDIT"), Answer(is_ok=False, code="GARBAGE"))
    ):
        bet = store.run_sync(begin, an_ask(session, BET, f"b{number}", 7, round_code=f"{number}"))
        store.run_sync(conclude, Concluded(bet.id, answer))
    store.run_sync(begin, an_ask(session, ROLLBACK, "r9", reverses_tx_id="never seen"))
    rows = store.read_sync(lambda read: read.all(game_transactions.select()))
    assert len(rows) == 5
    assert [row.received_at for row in rows] == [None] * 5


def test_the_tree_is_walked_upwards(store: Store) -> None:
    top = open_operator(store).agent
    chain = [top.id]
    for _ in range(5):
        new = NewAgent(
            name="below", kind="transfer", base_currency="EUR", currencies={"EUR": "1"},
            allowed_ips="127.0.0.1", parent_id=chain[-1],
        )  # fmt: skip
        chain.append(store.run_sync(create_agent, new).id)
    other = open_operator(store).agent.id
    for caller, named, is_under in (
        (chain[0], chain[5], True),
        (chain[2], chain[3], True),
        (chain[3], chain[3], True),
        (chain[3], chain[2], False),
        (other, chain[5], False),
        (chain[0], other, False),
        (chain[0], 10**12, False),
    ):
        if is_under:
            assert store.read_sync(agent_under, caller, named).id == named
            continue
        with pytest.raises(AgentNotUnder):
            store.read_sync(agent_under, caller, named)


def test_sums_survive_their_columns() -> None:
    for amount in ("0", "-0.0000000001", "0.9999999999", "-123456789.5", "7"):
        sums = Sums(rounds=3, free_rounds=1, win_loss=Decimal(amount), free_win=Decimal("0.1"))
        assert sums_from(counted_of(sums)) == sums


def test_days_of_zones() -> None:
    one = counted_of(Sums(rounds=1, win_loss=Decimal("-0.5")))
    hours = [(hour, one) for hour in range(493_000 + 72, 493_000, -1)]
    for name in ("UTC", "Asia/Kolkata", "America/New_York", "+14:00", "-12:00", "Europe/Berlin"):
        days = [(day, sums_from(counted)) for day, counted in by_day(hours, zone_of(name))]
        assert sum(sums.rounds for _, sums in days) == 72
        assert sum(sums.win_loss for _, sums in days) == -36
        assert [day for day, _ in days] == sorted((day for day, _ in days), reverse=True)
    # The clocks of Berlin go forward on 29 March 2026: that day has 23 hours.
    begin_of_day = (datetime(2026, 3, 28, 23, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // (
        timedelta(hours=1)
    )
    days = by_day([(begin_of_day + n, one) for n in range(24)], zone_of("Europe/Berlin"))
    assert [(day, counted[0]) for day, counted in days] == [
        ("2026-03-29T00:00:00+01:00", 23),
        ("2026-03-30T00:00:00+02:00", 1),
    ]
    for wrong in ("", "Mars", "+15:00", "+1:00", "+01:60", "01:00"):
        with pytest.raises(InvalidInput):
            zone_of(wrong)
