"""House on seamless wallets, over real sockets: bet, wait, draw; whatever fails, a round is either
given back or drawn and settled, and nothing is shown that is not kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.providers.house.commands.seamless import (
    Finish,
    begin_act,
    finish_act,
    void_waiting,
)
from lanhouse.aggregator.providers.house.games.step import Action
from lanhouse.aggregator.providers.house.schemas import ActCmd
from lanhouse.aggregator.providers.house.tables import house_rounds, house_seeds, house_waiting
from lanhouse.aggregator.rounds.queries.reports import report_problem
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.play import launch
from tests.builders.rounds import EURO, NAME
from tests.builders.seamless import Seamless, open_rounds, seamless
from tests.builders.secrets import VAULT
from tests.builders.small_json import CLIENT_SEED, JsonPlayer, begin, new_key

SLOT, BLACKJACK = "house_00001", "house_00006"


@pytest.fixture
def there(store: Store, tmp_path: Path) -> Iterator[Seamless]:
    with seamless(store, tmp_path) as opened:
        yield opened


def sit(there: Seamless, game: str = SLOT) -> JsonPlayer:
    there.external.ok("createPlayer", {"username": NAME})
    player = begin(there.external, NAME, game)
    player.seed(CLIENT_SEED)
    return player


@pytest.fixture
def player(there: Seamless) -> JsonPlayer:
    return sit(there)


def rounds(there: Seamless) -> list[Any]:
    return there.store.read_sync(
        lambda read: read.all(house_rounds.select().order_by(house_rounds.c.round_id))
    )


def waiting(there: Seamless) -> list[Any]:
    return there.store.read_sync(lambda read: read.all(house_waiting.select()))


def post(player: JsonPlayer, **body: Any) -> httpx.Response:
    return player.call("POST", "/act", {"key": new_key(), "action": "spin", "bet": "1", **body})


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def euros(text: str) -> int:
    return round(float(text) * EURO)


def test_a_round_is_bet_drawn_and_settled(there: Seamless, player: JsonPlayer) -> None:
    assert player.state["balance"] == "1000"
    state = player.act("spin", bet="1")
    assert (state["round"]["done"], state["round"]["paid"]) == (True, True)
    assert euros(state["balance"]) == there.theirs()
    assert there.theirs() == 999 * EURO + euros(state["round"]["win"])
    [bet], [settle] = there.heard("bet"), there.heard("settle")
    assert bet["transaction"]["amount"] == "-1"
    assert settle["transaction"]["amount"] == state["round"]["win"]
    assert settle["transaction"]["roundClosed"] is True
    assert bet["transaction"]["roundId"] == state["round"]["id"]
    there.agree()
    assert player.now()["balance"] == state["balance"]
    assert waiting(there) == []
    assert there.store.read_sync(report_problem) is None


def test_the_same_key_gets_the_same_answer_and_bets_once(
    there: Seamless, player: JsonPlayer
) -> None:
    key = new_key()
    first = player.act("spin", key, bet="1")
    assert player.act("spin", key, bet="1") == first
    assert player.refused("spin", key, bet="2")[1] == "IDEMPOTENCY_CONFLICT"
    assert len(there.heard("bet")) == 1


def test_two_presses_at_once_bet_once(there: Seamless, player: JsonPlayer) -> None:
    there.fail("late", "bet", delay_ms=200)
    there.fail("late", "settle", delay_ms=100)
    key = new_key()
    sent = {"key": key, "action": "spin", "bet": "1"}

    async def both() -> list[httpx.Response]:
        transport = httpx.ASGITransport(there.client.app, client=("127.0.0.1", 1))
        headers = {"Authorization": f"Bearer {player.secret}", "Accept": "application/json"}
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
            path = f"/play/{player.session}/act"
            calls = [http.post(path, json=sent, headers=headers) for _ in range(3)]
            return list(await asyncio.gather(*calls))

    answers = there.client.run(both())
    assert [each.status_code for each in answers] == [200] * 3
    assert len({each.json()["round"]["id"] for each in answers}) == 1
    assert len(there.heard("bet")) == 1
    there.agree()


def test_a_round_of_several_acts(there: Seamless) -> None:
    player = sit(there, BLACKJACK)
    played = 0
    while played < 6:
        state = player.act("deal", bet="10")
        while state["actions"] != ["deal"]:
            wanted = "double" if "double" in state["actions"] else "stand"
            state = player.act(wanted)
        assert state["round"]["paid"] is True
        assert euros(state["balance"]) == there.theirs()
        played += 1
    there.agree()
    assert all(row.closed_at is not None for row in open_rounds(there.store))
    assert there.store.read_sync(report_problem) is None


def test_a_refused_bet_uses_its_nonce_up(there: Seamless, player: JsonPlayer) -> None:
    # All but half a unit is elsewhere.
    there.mock.wallet.transact(
        NAME, "EUR", {"txId": "elsewhere", "type": "bet", "amount": "-999.5"}
    )
    key = new_key()
    assert code_of(post(player, key=key)) == (402, "INSUFFICIENT_CREDIT")
    [void] = rounds(there)
    assert (void.state, void.nonce, void.numbers, void.win_micros) == ("void", 1, [], None)
    assert waiting(there) == []
    there.mock.wallet.transact(NAME, "EUR", {"txId": "back", "type": "settle", "amount": "999.5"})
    state = player.act("spin", key, bet="1")
    assert state["fair"]["nonce"] == 2
    assert state["round"]["id"] != void.code
    there.agree()
    logs = there.external.ok("gameLogs", {"username": NAME, "gameId": SLOT, "roundId": void.code})
    assert {"key": "nonce", "value": "1"} in logs["rows"]


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("never", 504, "OPERATOR_TIMEOUT"),
        ("late", 504, "OPERATOR_TIMEOUT"),
        ("5xx", 502, "OPERATOR_ERROR"),
        ("cut", 502, "OPERATOR_ERROR"),
        ("currency", 502, "OPERATOR_ERROR"),
        ("down", 502, "OPERATOR_ERROR"),
        ("refuse", 403, "PLAYER_INACTIVE"),
    ],
)
def test_a_bet_that_is_not_taken_is_void(
    there: Seamless, player: JsonPlayer, fault: str, status: int, code: str
) -> None:
    there.fail(fault, "bet")
    assert code_of(post(player)) == (status, code)
    assert [(row.state, row.nonce) for row in rounds(there)] == [("void", 1)]
    assert player.now()["round"] is None, "nothing was played"
    there.send_due()
    there.agree()
    assert there.theirs() == 1000 * EURO
    assert player.act("spin", bet="1")["fair"]["nonce"] == 2
    there.agree()


def test_an_unacknowledged_settle_is_told_and_sent_again(
    there: Seamless, player: JsonPlayer
) -> None:
    with clock.frozen(clock.now()) as time:
        there.fail("down", "settle")
        state = player.act("spin", bet="1")
        assert (state["round"]["done"], state["round"]["paid"]) == (True, False)
        assert state["balance"] == "999"
        assert player.now()["round"]["paid"] is False
        time.advance(1)
        there.send_due()
        assert player.now()["round"]["paid"] is True
    there.agree()


def test_a_double_that_is_not_taken_leaves_the_round_as_it_was(there: Seamless) -> None:
    player = sit(there, BLACKJACK)
    state = player.act("deal", bet="10")
    while "double" not in state["actions"]:
        state = player.act("deal" if state["actions"] == ["deal"] else "stand", **(
            {"bet": "10"} if state["actions"] == ["deal"] else {}
        ))  # fmt: skip
    before = player.now()["round"]
    there.fail("5xx", "bet")
    assert player.refused("double")[:2] == (502, "OPERATOR_ERROR")
    there.send_due()
    assert player.now()["round"] == before
    state = player.act("stand")
    assert state["round"]["done"] is True
    there.send_due()
    there.agree()


def test_a_silent_operator_is_told(there: Seamless, player: JsonPlayer) -> None:
    there.fail("never", "balance")
    assert code_of(player.call("GET", "/state")) == (504, "OPERATOR_TIMEOUT")
    there.fail("garbage", "balance")
    assert code_of(player.call("GET", "/state")) == (502, "OPERATOR_ERROR")
    assert player.now()["balance"] == "1000"


def test_a_launch_whose_balance_is_not_told_can_be_begun_again(there: Seamless) -> None:
    there.external.ok("createPlayer", {"username": NAME})
    path = launch(there.external, NAME, gameId=SLOT)
    there.fail("down", "balance")
    headers = {"Accept": "application/json"}
    first = there.client.raw("GET", path, headers=headers, key="")
    assert code_of(first) == (502, "OPERATOR_ERROR")
    assert there.client.raw("GET", path, headers=headers, key="").json()["state"]["balance"] == (
        "1000"
    )


class TestCrashes:
    """A process that ends between any two steps."""

    @pytest.fixture
    def cmd(self, there: Seamless, player: JsonPlayer) -> ActCmd:
        return ActCmd(
            session=session_of(there, player),
            vault=VAULT,
            client_key=new_key(),
            action=Action(name="spin", bet_micros=EURO),
        )

    def recovers(self, there: Seamless, seconds: int = 31) -> None:
        """Another process takes over: time passes, what is due is sent, House tidies up."""
        with clock.frozen(clock.now()) as time:
            time.advance(seconds)
            there.send_due()
            there.store.run_sync(void_waiting, None)
            there.send_due()
        there.agree()
        assert waiting(there) == []

    def test_after_the_bet_was_begun(self, there: Seamless, cmd: ActCmd) -> None:
        there.store.run_sync(begin_act, cmd)
        assert len(waiting(there)) == 1
        self.recovers(there)
        assert there.theirs() == 1000 * EURO
        assert [row.state for row in rounds(there)] == ["void"]

    def test_after_the_operator_took_it(
        self, there: Seamless, cmd: ActCmd, player: JsonPlayer
    ) -> None:
        begun = there.store.run_sync(begin_act, cmd)
        assert begun.bet is not None
        assert there.client.run(there.operators.sender.send(begun.bet)).is_ok
        refused = player.call("POST", "/seed", {"clientSeed": "another"})
        assert code_of(refused) == (409, "ROUND_OPEN")
        self.recovers(there)
        assert there.theirs() == 1000 * EURO
        assert [row.state for row in rounds(there)] == ["void"]
        assert player.act("spin", bet="1")["fair"]["nonce"] == 2

    def test_after_it_was_drawn(self, there: Seamless, cmd: ActCmd, player: JsonPlayer) -> None:
        begun = there.store.run_sync(begin_act, cmd)
        assert begun.bet is not None
        answer = there.client.run(there.operators.sender.send(begun.bet))
        done = there.store.run_sync(finish_act, Finish(cmd, begun.bet.row_id, answer))
        assert done.acted is not None
        assert player.now()["round"]["paid"] is False
        self.recovers(there)
        assert there.theirs() == 999 * EURO + done.acted.win_micros
        assert player.now()["round"]["paid"] is True

    def test_after_the_operator_paid_it(self, there: Seamless, cmd: ActCmd) -> None:
        begun = there.store.run_sync(begin_act, cmd)
        assert begun.bet is not None
        answer = there.client.run(there.operators.sender.send(begun.bet))
        done = there.store.run_sync(finish_act, Finish(cmd, begun.bet.row_id, answer))
        assert done.settle is not None
        assert there.client.run(there.operators.sender.send(done.settle)).is_ok
        self.recovers(there)
        assert done.acted is not None
        assert there.theirs() == 999 * EURO + done.acted.win_micros

    def test_when_it_cannot_be_drawn(
        self, there: Seamless, player: JsonPlayer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object) -> None:
            raise RuntimeError("the game is broken")

        monkeypatch.setattr("lanhouse.aggregator.providers.house.commands.seamless.drawn", broken)
        assert post(player).status_code == 500
        monkeypatch.undo()
        there.send_due()
        there.agree()
        assert there.theirs() == 1000 * EURO
        assert [row.state for row in rounds(there)] == ["void"]
        assert waiting(there) == []


def session_of(there: Seamless, player: JsonPlayer) -> GameSession:
    from lanhouse.aggregator.launch.queries import session_by_secret
    from lanhouse.kit import ids

    secret = ids.secret_hash(player.secret)
    return there.store.read_sync(session_by_secret, player.session, secret)


def test_no_nonce_is_used_twice(there: Seamless, player: JsonPlayer) -> None:
    for number in range(4):
        if number % 2:
            there.fail("down", "bet")
        post(player)
    assert [row.nonce for row in rounds(there)] == [1, 2, 3, 4]
    [active] = there.store.read_sync(
        lambda read: read.all(house_seeds.select().where(house_seeds.c.state == "active"))
    )
    assert active.last_nonce == 4
