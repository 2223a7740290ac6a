"""playerDailyReport and reconcile."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lanhouse.aggregator.agents.commands import set_terms
from lanhouse.aggregator.agents.schemas import SetTerms
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.reports import schemas
from lanhouse.aggregator.rounds.commands import begin
from lanhouse.aggregator.rounds.queries.reports import report_problem
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.kit import clock
from tests.builders.agents import External, Operator, open_operator
from tests.builders.rounds import an_ask
from tests.builders.small_json import open_game

BET, SETTLE, ROLLBACK = TxType.BET, TxType.SETTLE, TxType.ROLLBACK
START = datetime(2026, 3, 14, 22, 30, tzinfo=UTC)
AMOUNTS = (
    "playerWinLoss", "validTurnOver", "agentWinLoss", "agentCommission", "agentContribution",
    "playerFreeRound", "agentFreeRound",
)  # fmt: skip


class Table:
    """A table of some provider at which one player sits; asks at any time."""

    def __init__(self, external: External, operator: Operator, currency: str = "EUR") -> None:
        self.operator = operator
        external.ok("createPlayer", {"username": "player0001"})
        external.ok("deposit", {"username": "player0001", "amount": "100000", "currency": currency})
        with clock.frozen(START - timedelta(days=60)):
            open_game(external, "player0001", currency)
        self.session: Any = operator.store.read_sync(lambda r: r.one(game_sessions.select()))

    def ask(self, at: datetime, tx_type: TxType, tx_id: str, units: int = 0, **more: Any) -> Any:
        ask = an_ask(self.session, tx_type, tx_id, units, **more)
        with clock.frozen(at):
            return self.operator.store.run_sync(begin, ask)

    def round(self, at: datetime, code: str, stake: int, win: int, **more: Any) -> None:
        self.ask(at, BET, f"b{code}", stake, round_code=code, **more)
        self.ask(at, SETTLE, f"s{code}", win, round_code=code, closes_round=True, **more)


def report(external: External, **change: Any) -> list[dict[str, Any]]:
    return answer(external, **change)["items"]


def answer(external: External, **change: Any) -> dict[str, Any]:
    asked = {
        "username": "player0001",
        "from": "2026-03-01T00:00:00Z",
        "to": "2026-03-31T00:00:00Z",
        **change,
    }
    return external.ok("playerDailyReport", asked)


@pytest.fixture
def table(external: External, operator: Operator) -> Table:
    terms = {"share": "0.333333", "commission": "0.0125", "contribution": "0.005"}
    named = SetTerms(agent_id=operator.agent.id, provider_id="house", **terms)
    operator.store.run_sync(set_terms, named)
    return Table(external, operator)


class TestReport:
    def test_a_row_for_each_hour_with_play_newest_first(
        self, external: External, table: Table
    ) -> None:
        table.round(START, "1", 7, 0)
        table.round(START + timedelta(minutes=29), "2", 2, 1)
        table.round(START + timedelta(hours=3), "3", 0, 4, free_round_code="gift")
        assert report(external) == [
            {
                "playerWinLoss": "0",
                "validTurnOver": "0",
                "agentWinLoss": "0",
                "agentCommission": "0",
                "agentContribution": "0",
                "playerFreeRound": "4",
                "agentFreeRound": "-4",
                "freeRoundCount": 1,
                "timestamp": "2026-03-15T01:00:00Z",
            },
            {
                "playerWinLoss": "-8",
                "validTurnOver": "9",
                "agentWinLoss": "2.666664",
                "agentCommission": "0.1125",
                "agentContribution": "-0.045",
                "playerFreeRound": "0",
                "agentFreeRound": "0",
                "freeRoundCount": 0,
                "timestamp": "2026-03-14T22:00:00Z",
            },
        ]
        assert table.operator.store.read_sync(report_problem) is None

    def test_it_is_the_history_to_the_last_digit_in_the_base_currency(
        self, external: External, operator: Operator
    ) -> None:
        terms = {"share": "0.3333333333", "commission": "0.0000000007", "contribution": "1"}
        named = SetTerms(agent_id=operator.agent.id, provider_id="house", **terms)
        operator.store.run_sync(set_terms, named)
        table = Table(external, operator, "JPY")
        for number in range(12):
            at = START + timedelta(minutes=17 * number)
            free = {"free_round_code": "gift"} if number % 5 == 4 else {}
            stake = 0 if free else 3 + number
            table.round(at, str(number), stake, number % 4 * 7, **free)
        items = external.ok(
            "history",
            {"from": "2026-03-01T00:00:00Z", "to": "2026-03-31T00:00:00Z",
             "paginate": {"perPage": 1000}},
        )["currencyGroup"]["EUR"]["items"]  # fmt: skip
        settled = sum(Decimal(item["amount"]["amount"]["settleAmount"]) for item in items)
        free = sum(
            Decimal(item["amount"]["amount"]["settleAmount"])
            for item in items
            if item["txType"]["flag"]
        )
        stakes = -sum(
            Decimal(item["amount"]["amount"]["settleAmount"])
            for item in items
            if item["txType"]["id"] == 1
        )
        rows = report(external)
        sums = {name: sum(Decimal(row[name]) for row in rows) for name in AMOUNTS}
        assert sums["playerWinLoss"] + sums["playerFreeRound"] == settled
        assert sums["playerFreeRound"] == free == -sums["agentFreeRound"]
        assert sums["validTurnOver"] == stakes == -sums["agentContribution"]
        assert sum(row["freeRoundCount"] for row in rows) == 2
        for day in ("UTC", "Asia/Tokyo", "+05:30"):
            days = report(external, granularity="day", timezone=day)
            assert {name: sum(Decimal(row[name]) for row in days) for name in AMOUNTS} == sums

    def test_open_rounds_and_rolled_back_bets_count_nowhere(
        self, external: External, table: Table
    ) -> None:
        table.ask(START, BET, "b1", 5, round_code="open")
        assert report(external) == []
        table.ask(START, BET, "b2", 3, round_code="back")
        table.ask(START, ROLLBACK, "r2", round_code="back", reverses_tx_id="b2", closes_round=True)
        assert report(external) == []
        later = START + timedelta(hours=2)
        table.ask(later, SETTLE, "s1", 0, round_code="open", closes_round=True)
        [row] = report(external)
        assert (row["timestamp"], row["playerWinLoss"]) == ("2026-03-15T00:00:00Z", "-5")

    def test_from_is_cut_down_and_to_up_to_the_hour(self, external: External, table: Table) -> None:
        table.round(datetime(2026, 3, 14, 22, 5, tzinfo=UTC), "1", 1, 0)
        table.round(datetime(2026, 3, 14, 23, 59, tzinfo=UTC), "2", 2, 0)
        for begin_at, end, found in (
            ("2026-03-14T22:59:59Z", "2026-03-14T23:00:00Z", ["-1"]),
            ("2026-03-14T22:59:59Z", "2026-03-14T23:00:01Z", ["-2", "-1"]),
            ("2026-03-14T23:00:00Z", "2026-03-14T23:00:01Z", ["-2"]),
            ("2026-03-15T00:00:00Z", "2026-03-16T00:00:00Z", []),
            ("2026-03-14T21:00:00Z", "2026-03-14T22:00:00Z", []),
            ("2026-03-15T05:30:00+07:00", "2026-03-15T05:31:00+07:00", ["-1"]),
        ):
            rows = report(external, **{"from": begin_at, "to": end})
            assert [row["playerWinLoss"] for row in rows] == found, (begin_at, end)

    def test_days_of_a_zone(self, external: External, table: Table) -> None:
        table.round(datetime(2026, 3, 14, 14, 30, tzinfo=UTC), "1", 1, 0)
        table.round(datetime(2026, 3, 14, 15, 30, tzinfo=UTC), "2", 2, 0)
        table.round(datetime(2026, 3, 15, 1, 30, tzinfo=UTC), "3", 4, 0)

        def days(**asked: Any) -> list[tuple[str, str]]:
            rows = report(external, granularity="day", **asked)
            return [(row["timestamp"], row["playerWinLoss"]) for row in rows]

        assert days() == [("2026-03-15T00:00:00Z", "-4"), ("2026-03-14T00:00:00Z", "-3")]
        tokyo = [("2026-03-15T00:00:00+09:00", "-6"), ("2026-03-14T00:00:00+09:00", "-1")]
        assert days(timezone="Asia/Tokyo") == days(timezone="+09:00") == tokyo
        assert days(timezone="-12:00") == [("2026-03-14T00:00:00-12:00", "-7")]
        # The zone counts for days alone.
        hours = report(external, timezone="Asia/Tokyo")
        assert [row["timestamp"] for row in hours] == [
            "2026-03-15T01:00:00Z", "2026-03-14T15:00:00Z", "2026-03-14T14:00:00Z",
        ]  # fmt: skip

    def test_by_game_and_by_round(self, external: External, table: Table) -> None:
        table.round(START, "1", 7, 0)
        table.round(START, "2", 2, 1)
        table.ask(START, BET, "b3", 5, round_code="open")
        whole = report(external)
        assert report(external, gameId="house_00001") == whole
        assert report(external, gameId="", roundId="") == whole
        assert report(external, gameId="house_00002") == []
        [row] = report(external, roundId="2")
        assert (row["playerWinLoss"], row["validTurnOver"]) == ("-1", "2")
        assert report(external, roundId="2", gameId="house_00002") == []
        for code in ("open", "never"):
            assert report(external, roundId=code) == []
        for asked, found in (
            ({"from": "2026-03-14T23:00:00Z"}, 0),
            ({"to": "2026-03-14T22:30:00Z"}, 1),
        ):
            assert len(report(external, roundId="2", **asked)) == found

    def test_pages(self, external: External, table: Table) -> None:
        for hour in range(5):
            table.round(START + timedelta(hours=hour), str(hour), hour + 1, 0)
        whole = report(external)
        assert [row["playerWinLoss"] for row in whole] == ["-5", "-4", "-3", "-2", "-1"]
        for page, is_next in ((1, True), (2, True), (3, False)):
            told = answer(external, paginate={"page": page, "perPage": 2})
            assert told["items"] == whole[2 * page - 2 : 2 * page]
            assert told["paginate"] == {"page": page, "perPage": 2, "next": is_next}
        beyond = answer(external, paginate={"page": 9})
        assert beyond == {"items": [], "paginate": {"page": 9, "perPage": 30, "next": False}}
        assert answer(external, paginate={"perPage": 5})["paginate"]["next"] is False
        assert answer(external, paginate={"perPage": 9999})["paginate"]["perPage"] == 1000

    def test_refusals(self, external: External, operator: Operator, table: Table) -> None:
        whole = {
            "username": "player0001",
            "from": "2026-03-01T00:00:00Z",
            "to": "2026-03-31T00:00:00Z",
        }
        for change, code, field in (
            ({"from": None, "to": None}, "INVALID_REQUEST", "from"),
            ({"to": ""}, "INVALID_REQUEST", "to"),
            ({"from": "yesterday"}, "INVALID_REQUEST", "from"),
            ({"to": "2026-03-01T00:00:00Z"}, "INVALID_REQUEST", "to"),
            ({"to": "2026-04-01T00:00:00.000001Z"}, "DATE_RANGE_TOO_LARGE", None),
            ({"username": "nobody"}, "PLAYER_NOT_FOUND", None),
            ({"granularity": "week"}, "INVALID_REQUEST", "granularity"),
            ({"timezone": "Mars/Olympus"}, "INVALID_REQUEST", "timezone"),
            ({"timezone": "+99:00"}, "INVALID_REQUEST", "timezone"),
            ({"paginate": {"page": 0}}, "INVALID_REQUEST", "paginate.page"),
            ({"roundId": 5}, "INVALID_REQUEST", "roundId"),
        ):
            error = external.envelope("playerDailyReport", {**whole, **change})["error"]
            assert (error["code"], error.get("field")) == (code, field), change
        exactly = {**whole, "to": "2026-04-01T00:00:00Z"}
        assert external.ok("playerDailyReport", exactly)["items"] == []
        other = open_operator(operator.store)
        told = external.refused("playerDailyReport", whole, key=other.key)
        assert told == ("PLAYER_NOT_FOUND", "player not found")


WINDOW = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-31T00:00:00Z", "currency": "EUR"}


class TestReconcile:
    @pytest.fixture
    def ours(self, table: Table) -> dict[str, str]:
        """What an operator has: our id -> amount from the player's side."""
        kept = {
            table.ask(START, BET, "b1", 7).tx_id: "-7",
            table.ask(START, BET, "b2", 5).tx_id: "-5.00",
        }
        table.ask(START, BET, "b3", 3)
        table.ask(START, ROLLBACK, "r3", reverses_tx_id="b3")
        settled = table.ask(START, SETTLE, "s1", 20, closes_round=True)
        return {**kept, settled.tx_id: "20"}

    def listed(self, kept: dict[str, str]) -> list[dict[str, str]]:
        return [{"txId": tx_id, "amount": amount} for tx_id, amount in kept.items()]

    def test_sums_of_the_window(self, external: External, ours: dict[str, str]) -> None:
        told = external.ok("reconcile", WINDOW)
        assert told == {
            "count": 3,
            "sum": "8",
            "types": [
                {"type": "bet", "count": 2, "sum": "-12"},
                {"type": "settle", "count": 1, "sum": "20"},
            ],
            "missingHere": [],
            "missingThere": [],
            "differing": [],
            "more": False,
        }
        empty = {**WINDOW, "currency": "JPY"}
        assert external.ok("reconcile", empty)["count"] == 0
        now = clock.now()
        today = {
            "from": (now - timedelta(hours=1)).isoformat(),
            "to": (now + timedelta(hours=1)).isoformat(),
            "currency": "EUR",
        }
        assert external.ok("reconcile", today)["types"] == [
            {"type": "deposit", "count": 1, "sum": "100000"}
        ]
        external.ok("withdraw", {"username": "player0001", "amount": "0.01", "currency": "EUR"})
        told = external.ok("reconcile", today)
        assert told["types"][1] == {"type": "withdraw", "count": 1, "sum": "-0.01"}
        assert told["sum"] == "99999.99"

    def test_both_sides_agree(self, external: External, ours: dict[str, str]) -> None:
        told = external.ok("reconcile", {**WINDOW, "transactions": self.listed(ours)})
        assert (told["missingHere"], told["missingThere"], told["differing"]) == ([], [], [])

    def test_what_differs_is_named_id_by_id(
        self, external: External, table: Table, ours: dict[str, str]
    ) -> None:
        first, second, third = ours
        outside = table.ask(START + timedelta(days=30), BET, "b9", 9, round_code="z").tx_id
        back = external.ok("transaction", {"providerTxId": "b3", "providerId": "house"})
        sent = {
            first: "-7.01",
            second: "-5",
            "f" * 32: "1",
            outside: "-9",
            # Left out on both sides.
            back["txId"]: "-3",
            back["reversedByTxId"]: "3",
        }
        told = external.ok("reconcile", {**WINDOW, "transactions": self.listed(sent)})
        assert told["missingHere"] == ["f" * 32]
        assert told["missingThere"] == [third]
        assert told["differing"] == [{"txId": first, "here": "-7", "there": "-7.01"}]
        assert (told["count"], told["sum"], told["more"]) == (3, "8", False)
        sent[outside] = "9"
        told = external.ok("reconcile", {**WINDOW, "transactions": self.listed(sent)})
        assert {"txId": outside, "here": "-9", "there": "9"} in told["differing"]
        yen = {**WINDOW, "currency": "JPY", "transactions": self.listed({first: "-7"})}
        assert external.ok("reconcile", yen)["missingHere"] == [first]

    def test_ids_of_another_agent_are_missing(
        self, external: External, operator: Operator, ours: dict[str, str]
    ) -> None:
        other = open_operator(operator.store)
        asked = {**WINDOW, "transactions": self.listed(ours)}
        told = external.ok("reconcile", asked, key=other.key)
        assert sorted(told["missingHere"]) == sorted(ours)
        assert (told["count"], told["missingThere"]) == (0, [])

    def test_ten_thousand_and_no_more(
        self, external: External, ours: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        items = [{"txId": f"{n:032x}", "amount": "0.01"} for n in range(10_000)]
        told = external.ok("reconcile", {**WINDOW, "transactions": items})
        assert len(told["missingHere"]) == 10_000
        assert len(told["missingThere"]) == 3
        spacious = json.dumps({**WINDOW, "transactions": items}, indent=8).encode()
        assert len(spacious) > 1_048_576
        sent = {"content": spacious, "headers": {"Content-Type": "application/json"}}
        again = external.client.raw("POST", "/external/reconcile", key=external.key, **sent)
        assert again.json()["result"] == told
        items.append({"txId": "f" * 32, "amount": "1"})
        error = external.envelope("reconcile", {**WINDOW, "transactions": items})["error"]
        assert (error["code"], error["field"]) == ("INVALID_REQUEST", "transactions")
        monkeypatch.setattr("lanhouse.aggregator.reports.queries.COMPARED_MAX", 2)
        told = external.ok("reconcile", {**WINDOW, "transactions": []})
        assert told["missingThere"] == list(ours)[:2]
        assert told["more"] is True
        assert schemas.COMPARED_MAX == 10_000

    def test_refusals(self, external: External, ours: dict[str, str]) -> None:
        tx_id = next(iter(ours))
        for change, code, field in (
            ({"from": None}, "INVALID_REQUEST", "from"),
            ({"currency": None}, "INVALID_REQUEST", "currency"),
            ({"currency": "USD"}, "CURRENCY_NOT_SUPPORTED", None),
            ({"to": "2026-05-01T00:00:00Z"}, "DATE_RANGE_TOO_LARGE", None),
            ({"transactions": [{"txId": tx_id}]}, "INVALID_REQUEST", "transactions.0.amount"),
            ({"transactions": [{"txId": tx_id, "amount": 1}]}, "INVALID_AMOUNT",
             "transactions.0.amount"),
            ({"transactions": [{"txId": tx_id, "amount": "+1"}]}, "INVALID_AMOUNT",
             "transactions.0.amount"),
            ({"transactions": [{"txId": 7, "amount": "1"}]}, "INVALID_REQUEST",
             "transactions.0.txId"),
            ({"transactions": ["x"]}, "INVALID_REQUEST", "transactions.0"),
            ({"transactions": [{"txId": tx_id, "amount": "1"}] * 2}, "INVALID_REQUEST",
             "transactions.1.txId"),
        ):  # fmt: skip
            error = external.envelope("reconcile", {**WINDOW, **change})["error"]
            assert (error["code"], error.get("field")) == (code, field), change
