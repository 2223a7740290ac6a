"""Seamless operators over real sockets: what we send, how answers are read, and that both sides
agree to the cent after every fault."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lanhouse.aggregator.errors import TransactionRolledBack
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.operators.commands import set_callback
from lanhouse.aggregator.operators.lines import CALLS_MAX, REPEATS_MAX
from lanhouse.aggregator.operators.schemas import SetCallback
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.signing import check_signed
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.rounds import EURO, NAME, an_ask, sit_down
from tests.builders.seamless import Seamless, checks, open_rounds, seamless
from tests.builders.secrets import VAULT

BET, SETTLE, ROLLBACK = TxType.BET, TxType.SETTLE, TxType.ROLLBACK
DAY = 24 * 3600


@pytest.fixture
def there(store: Store, tmp_path: Path) -> Iterator[Seamless]:
    with seamless(store, tmp_path) as opened:
        yield opened


@pytest.fixture
def session(there: Seamless) -> GameSession:
    return sit_down(there.operator)


def test_a_round_as_the_operator_hears_it(there: Seamless, session: GameSession) -> None:
    taken = there.ask(an_ask(session, BET, "b1", 10))
    assert (taken.state, taken.balance_micros) == ("committed", 990 * EURO)
    paid = there.ask(an_ask(session, SETTLE, "s1", 15, closes_round=True))
    assert (paid.state, paid.balance_micros) == ("committed", 1005 * EURO)
    there.agree()
    [bet], [settle] = there.heard("bet"), there.heard("settle")
    assert set(bet) == {"key", "username", "currency", "requestId", "transaction"}
    assert (bet["key"], bet["username"], bet["currency"]) == (there.shown.key, NAME, "EUR")
    sent = bet["transaction"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", sent.pop("createdAt"))
    assert sent == {
        "txId": taken.tx_id, "type": "bet", "amount": "-10", "reverseTxId": None,
        "providerTxId": "b1", "providerId": "house", "gameId": "house_00001", "roundId": "r",
        "roundClosed": False, "sessionId": session.code, "freeRoundCode": None,
    }  # fmt: skip
    assert settle["transaction"]["amount"] == "15"
    assert settle["transaction"]["roundClosed"] is True
    assert settle["requestId"] != bet["requestId"]
    items = there.external.ok("history", {"username": NAME})["currencyGroup"]["EUR"]["items"]
    newest, oldest = items
    assert (oldest["walletBeforeBalance"], oldest["walletAfterBalance"]) == ("1000", "990")
    assert (newest["walletBeforeBalance"], newest["walletAfterBalance"]) == ("990", "1005")
    own = {tx_id for tx_id, *_ in there.mock.wallet.moves()}
    assert {item["walletTxId"][:3] for item in items} == {"op-"}
    assert own == {taken.tx_id, paid.tx_id}


def test_messages_are_signed_and_the_secret_is_never_sent(
    there: Seamless, session: GameSession
) -> None:
    seen: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"content-length: (\d+)", head, re.IGNORECASE)[1])  # type: ignore[index]
        seen.extend((head, await reader.readexactly(length)))
        writer.close()

    async def serve() -> asyncio.Server:
        return await asyncio.start_server(listen, "127.0.0.1", 0)

    server = there.client.run(serve())
    port = server.sockets[0].getsockname()[1]
    change(there, url=f"http://127.0.0.1:{port}/cb/")
    assert there.ask(an_ask(session, BET, "b1", 10)).refusal == "OPERATOR_ERROR"
    there.client.run(_closed(server))
    head, body = seen
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /cb/transaction HTTP/1.1"
    headers = {line.split(": ")[0].lower(): line.split(": ")[1] for line in lines[1:] if line}
    check_signed([there.shown.secret], headers, body, clock.real_now().timestamp())
    assert there.shown.secret.encode() not in head + body
    assert json.loads(body)["key"] == there.shown.key


async def _closed(server: asyncio.Server) -> None:
    server.close()
    await server.wait_closed()


def change(there: Seamless, **values: object) -> str:
    cmd = SetCallback(agent_id=there.operator.agent.id, vault=VAULT, may_be_plain=True, **values)  # type: ignore[arg-type]
    secret = there.store.run_sync(set_callback, cmd).secret
    there.operators.lines.of(there.operator.agent.id).forget()
    return secret


@pytest.mark.parametrize(
    "code",
    [
        "INSUFFICIENT_CREDIT", "PLAYER_NOT_FOUND", "PLAYER_INACTIVE", "PLAYER_SELF_EXCLUDED",
        "PLAYER_LIMIT_REACHED", "COUNTRY_PROHIBITED",
    ],
)  # fmt: skip
def test_a_bet_is_refused_for_good(
    there: Seamless, session: GameSession, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    no = {"ok": False, "error": {"code": code, "message": "no"}}
    monkeypatch.setattr(there.mock, "_answer", lambda *_: no)
    bet = an_ask(session, BET, "b1", 10)
    refused = there.ask(bet)
    assert (refused.state, refused.refusal) == ("rejected", code)
    again = there.ask(bet)
    assert (again.state, again.refusal) == ("rejected", code)
    assert len(there.heard("bet")) == 1, "a bet is never sent twice"
    there.send_due()
    assert there.heard("rollback") == []
    there.agree()


UNCERTAIN = {
    "late": "OPERATOR_TIMEOUT",
    "never": "OPERATOR_TIMEOUT",
    "5xx": "OPERATOR_ERROR",
    "cut": "OPERATOR_ERROR",
    "currency": "OPERATOR_ERROR",
    "garbage": "OPERATOR_ERROR",
    "huge": "OPERATOR_ERROR",
    "down": "OPERATOR_ERROR",
}


@pytest.mark.parametrize("fault", UNCERTAIN)
def test_an_uncertain_bet_was_not_played_and_goes_back(
    there: Seamless, session: GameSession, fault: str
) -> None:
    bet = an_ask(session, BET, "b1", 10)
    there.fail(fault, "bet")
    uncertain = there.ask(bet)
    assert (uncertain.state, uncertain.refusal) == ("pending", UNCERTAIN[fault])
    with pytest.raises(TransactionRolledBack):
        there.ask(bet)
    there.send_due()
    assert there.states() == [(1, "rolled_back"), (3, "committed")]
    assert len(there.heard("bet")) == 1
    [sent] = there.heard("rollback")
    assert sent["transaction"]["amount"] == "10"
    assert sent["transaction"]["reverseTxId"] == there.heard("bet")[0]["transaction"]["txId"]
    there.agree()
    assert there.theirs() == 1000 * EURO
    assert there.external.ok("history", {"username": NAME})["currencyGroup"] == {}
    # What the operator did not know is asked about a minute later.
    assert len(checks(there.store)) == (1 if fault == "down" else 0)


@pytest.mark.parametrize("fault", UNCERTAIN)
@pytest.mark.parametrize("kind", ["settle", "rollback"])
def test_a_settle_and_a_rollback_are_sent_until_they_are_acknowledged(
    there: Seamless, session: GameSession, fault: str, kind: str
) -> None:
    there.ask(an_ask(session, BET, "b1", 10))
    there.fail(fault, kind, count=2)
    if kind == "settle":
        ask = an_ask(session, SETTLE, "s1", 15, closes_round=True)
    else:
        ask = an_ask(session, ROLLBACK, "r1", 0, reverses_tx_id="b1", closes_round=True)
    with clock.frozen(clock.now()) as time:
        first = there.ask(ask)
        assert first.state == "pending"
        assert there.ask(ask).state == "pending", "a repetition is answered, not sent"
        there.send_due()
        assert len(there.heard(kind)) == 1, "one second has not passed"
        time.advance(1)
        there.send_due()
        there.send_due()
        assert len(there.heard(kind)) == 2
        time.advance(2)
        there.send_due()
    sent = there.heard(kind)
    assert len(sent) == 3
    assert len({each["requestId"] for each in sent}) == 3
    assert {each["transaction"]["txId"] for each in sent} == {first.tx_id}
    there.agree()
    assert there.theirs() == (1005 if kind == "settle" else 1000) * EURO
    [round_row] = open_rounds(there.store)
    assert round_row.closed_at is not None


def test_two_answers_to_one_question_move_the_money_once(
    there: Seamless, session: GameSession
) -> None:
    there.fail("twice", "any", count=2)
    assert there.ask(an_ask(session, BET, "b1", 10)).state == "committed"
    assert there.ask(an_ask(session, SETTLE, "s1", 15, closes_round=True)).state == "committed"
    there.agree()
    assert there.theirs() == 1005 * EURO


def test_a_settle_is_not_acknowledged_by_a_code(there: Seamless, session: GameSession) -> None:
    there.ask(an_ask(session, BET, "b1", 10))
    there.fail("refuse", "settle")
    with clock.frozen(clock.now()) as time:
        assert there.ask(an_ask(session, SETTLE, "s1", 15, closes_round=True)).state == "pending"
        time.advance(1)
        there.send_due()
    assert there.states() == [(1, "committed"), (2, "committed")]
    there.agree()


def test_it_is_tried_for_a_day_and_then_parked(there: Seamless, session: GameSession) -> None:
    there.ask(an_ask(session, BET, "b1", 10))
    there.fail("down", "any", count=10_000)
    waited: list[int] = []
    with clock.frozen(clock.now()) as time:
        there.ask(an_ask(session, SETTLE, "s1", 15, closes_round=True))
        begin = clock.now()
        while (row := there.rows()[-1]).parked_at is None:
            assert row.next_attempt_at is not None
            waited.append(int((row.next_attempt_at - clock.now()).total_seconds()))
            time.set(row.next_attempt_at)
            there.send_due()
        assert waited[:10] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]
        assert set(waited[9:]) == {300}
        assert timedelta(days=1) <= row.parked_at - begin < timedelta(days=1, minutes=6)
        time.advance(DAY)
        there.send_due()
        assert len(there.heard("settle")) == len(waited) + 1, "a parked one waits for a person"


def test_the_order_of_a_round_is_kept(there: Seamless, session: GameSession) -> None:
    there.ask(an_ask(session, BET, "b1", 10))
    there.fail("down", "settle", count=1)
    with clock.frozen(clock.now()) as time:
        there.ask(an_ask(session, SETTLE, "s1", 1))
        there.ask(an_ask(session, SETTLE, "s2", 2, closes_round=True))
        assert [each["transaction"]["amount"] for each in there.heard("settle")] == ["1"]
        time.advance(1)
        there.send_due()
    assert [each["transaction"]["amount"] for each in there.heard("settle")] == ["1", "1", "2"]
    there.agree()


class TestBetAfterItsRollback:
    """An operator that takes a bet although its rollback came first."""

    @pytest.fixture
    def there(self, store: Store, tmp_path: Path) -> Iterator[Seamless]:
        with seamless(store, tmp_path, forgets_rollbacks=True) as opened:
            yield opened

    def test_it_is_asked_a_minute_later_and_gives_the_bet_back(
        self, there: Seamless, session: GameSession
    ) -> None:
        there.fail("down", "bet")
        with clock.frozen(clock.now()) as time:
            there.ask(an_ask(session, BET, "b1", 10))
            there.send_due()
            assert there.states() == [(1, "rolled_back"), (3, "committed")]
            late = there.heard("bet")[0]
            there.mock.wallet.transact(NAME, "EUR", late["transaction"])
            assert there.theirs() == 990 * EURO, "the bet came late, and was taken"
            time.advance(59)
            there.send_due()
            assert there.heard("status") == []
            time.advance(1)
            there.send_due()
            there.send_due()
        [asked] = there.heard("status")
        assert asked == {"key": there.shown.key, "txId": late["transaction"]["txId"]}
        rollbacks = there.heard("rollback")
        assert len(rollbacks) == 2
        assert len({each["transaction"]["txId"] for each in rollbacks}) == 1
        assert there.theirs() == 1000 * EURO
        assert checks(there.store) == []
        there.agree()

    def test_an_unknown_bet_ends_it(self, there: Seamless, session: GameSession) -> None:
        there.fail("down", "bet")
        with clock.frozen(clock.now()) as time:
            there.ask(an_ask(session, BET, "b1", 10))
            there.send_due()
            there.fail("down", "status")
            time.advance(60)
            there.send_due()
            assert len(checks(there.store)) == 1, "no answer is no status"
            time.advance(2)
            there.send_due()
        assert checks(there.store) == []
        assert len(there.heard("rollback")) == 1
        there.agree()


class TestPatience:
    """Slots and silence."""

    def test_after_five_time_outs_bets_are_refused_unsent(
        self, there: Seamless, session: GameSession
    ) -> None:
        change(there, timeout_ms=60)
        there.fail("never", "any", count=10_000)
        for number in range(5):
            there.ask(an_ask(session, BET, f"b{number}", 1, round_code=f"r{number}"))
        refused = [
            there.ask(an_ask(session, BET, f"c{number}", 1, round_code=f"c{number}"))
            for number in range(3)
        ]
        assert {(each.state, each.refusal) for each in refused} == {
            ("rejected", "OPERATOR_TIMEOUT")
        }
        assert len(there.heard("bet")) == 5
        # A second later one bet is the probe; it succeeds, and the next are sent again.
        there.mock.faults.clear()
        there.client.run(asyncio.sleep(1.05))
        for number in range(3):
            taken = there.ask(an_ask(session, BET, f"d{number}", 1, round_code=f"d{number}"))
            assert taken.state == "committed"
        there.send_due()
        there.agree(1000 * EURO)

    def test_a_bet_without_a_slot_is_refused_unsent(
        self, there: Seamless, session: GameSession
    ) -> None:
        change(there, timeout_ms=5000)
        there.fail("late", "bet", count=CALLS_MAX, delay_ms=1500)

        async def all_at_once() -> list[str]:
            asks = [
                there.operators.sender.ask(an_ask(session, BET, f"b{n}", 1, round_code=f"r{n}"))
                for n in range(CALLS_MAX + 1)
            ]
            return [f"{each.state} {each.refusal}" for each in await asyncio.gather(*asks)]

        found = there.client.run(all_at_once())
        assert sorted(set(found)) == ["committed None", "rejected OPERATOR_TIMEOUT"]
        assert found.count("rejected OPERATOR_TIMEOUT") == 1
        assert len(there.heard("bet")) == CALLS_MAX
        there.send_due()
        assert there.heard("rollback") == [], "there is nothing to roll back"
        there.agree()

    def test_repeats_leave_room_for_bets_and_a_slow_operator_delays_no_other(
        self, there: Seamless, session: GameSession, tmp_path: Path
    ) -> None:
        change(there, timeout_ms=5000)
        with clock.frozen(clock.now()) as time:
            there.fail("down", "settle", count=20)
            for number in range(20):
                there.ask(an_ask(session, BET, f"b{number}", 1, round_code=f"r{number}"))
                settle = an_ask(
                    session, SETTLE, f"s{number}", 1, round_code=f"r{number}", closes_round=True
                )
                assert there.ask(settle).state == "pending"
            before = len(there.heard("settle"))
            there.fail("late", "settle", count=20, delay_ms=400)
            time.advance(2)

            async def look() -> tuple[int, str]:
                await there.dispatcher.look()
                await asyncio.sleep(0.25)
                under_way = len(there.heard("settle")) - before
                bet = an_ask(session, BET, "live", 1, round_code="live")
                taken = await asyncio.wait_for(there.operators.sender.ask(bet), 0.3)
                await asyncio.gather(*there.dispatcher._drains.values())
                return under_way, str(taken.state)

            assert there.client.run(look()) == (REPEATS_MAX, "committed")
        assert len(there.heard("settle")) == before + 20
        there.agree()


def test_a_new_secret_is_shown_first_and_used_later(there: Seamless, session: GameSession) -> None:
    first = there.shown.secret
    second = change(there, makes_secret=True)
    assert second not in (first, "")
    assert there.ask(an_ask(session, BET, "b1", 1)).state == "committed"
    there.mock._secrets.append(second)
    assert change(there, uses_secret=True) == ""
    there.mock._secrets.remove(first)
    assert there.ask(an_ask(session, BET, "b2", 1)).state == "committed"


def test_without_the_server_secret_nothing_is_sent(there: Seamless, session: GameSession) -> None:
    from lanhouse.aggregator.caller import Caller
    from lanhouse.aggregator.operators.sending import Operators
    from lanhouse.kit.vault import LOCKED

    locked = Operators(there.store, LOCKED, Caller())
    refused = there.client.run(locked.sender.ask(an_ask(session, BET, "b1", 1)))
    assert (refused.state, refused.refusal) == ("rejected", "OPERATOR_ERROR")
    assert there.mock.calls == []
    there.agree()
