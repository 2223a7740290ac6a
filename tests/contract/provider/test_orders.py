"""Every order of bets, settlements, rollbacks and repetitions up to length 3 (4 with --long) over
the port, on both kinds of wallets, against a model of what each must be answered."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.builders.effort import effort
from tests.builders.studio import Port, Studio, move
from tests.contract.provider.test_elsewhere import There, far, session

__all__ = ["far", "session"]

LENGTH = effort(3, 4)
Raw = Callable[[dict[str, Any]], bytes]


@dataclass
class Model:
    """One round as it must be: amounts in euros. `bet` is none, taken or gone."""

    session: str
    name: str
    bet: str = "none"
    is_settled: bool = False
    is_closed: bool = False
    moved: int = 0
    told: dict[str, bytes] = field(default_factory=dict)

    def body(self, step: str) -> dict[str, Any]:
        bet = f"{self.name}-b"
        made: dict[str, dict[str, Any]] = {
            "B": {"kind": "bet", "tx_id": bet, "amount": "-10"},
            "L": {"kind": "bet", "tx_id": bet, "amount": "-10"},
            "S": {"kind": "settle", "tx_id": f"{self.name}-s", "amount": "5"},
            "C": {"kind": "settle", "tx_id": bet, "amount": "0", "closed": True},
            "R": {"kind": "rollback", "tx_id": f"{self.name}-k", "amount": "10", "reverse": bet},
        }
        return move(self.session, **made[step], round_id=self.name)

    def expected(self, step: str) -> str:
        """The code of the refusal, or "ok"; what then holds is noted."""
        kind = "B" if step == "L" else step
        if kind == "B" and self.bet == "gone":
            return "TRANSACTION_ROLLED_BACK"
        if kind in self.told:
            return "ok"
        if kind == "B":
            return self._bet(step)
        if kind == "R":
            return self._rollback()
        if self.is_closed:
            return "ROUND_CLOSED"
        if self.bet != "taken":
            return "TRANSACTION_NOT_FOUND"
        self.is_settled = True
        self.is_closed = kind == "C"
        self.moved += 5 if kind == "S" else 0
        return "ok"

    def _bet(self, step: str) -> str:
        if self.is_closed:
            return "ROUND_CLOSED"
        if step == "L":
            self.bet = "gone"
            return "OPERATOR_TIMEOUT"
        self.bet = "taken"
        self.moved -= 10
        return "ok"

    def _rollback(self) -> str:
        if self.bet == "taken" and self.is_settled:
            return "ROUND_CLOSED"
        if self.bet == "taken":
            self.moved += 10
        self.bet = "gone"
        return "ok"


def play_all(alphabet: str, session_id: str, raw: Raw, lose: Callable[[], None]) -> int:
    """Play every order; answers what all of it moved, in euros."""
    moved = 0
    for length in range(1, LENGTH + 1):
        for order in itertools.product(alphabet, repeat=length):
            name = "".join(order)
            model = Model(session_id, name)
            for step in order:
                was_new = "B" not in model.told and model.bet == "none"
                expected = model.expected(step)
                if step == "L" and was_new and expected == "OPERATOR_TIMEOUT":
                    lose()
                answer = raw(model.body(step))
                told = json.loads(answer)
                code = "ok" if told["ok"] else told["error"]["code"]
                assert code == expected, (order, step, told)
                kind = "B" if step == "L" else step
                if code == "ok":
                    # A repetition is answered byte for byte.
                    assert model.told.setdefault(kind, answer) == answer, (order, step)
            moved += model.moved
    return moved


def test_every_order_of_a_wallet_that_is_here(port: Port, studio: Studio) -> None:
    port.player("anna", "EUR", "100000")
    here = port.session(studio, "anna")

    def raw(body: dict[str, Any]) -> bytes:
        return port.raw("transaction", body).content

    moved = play_all("BSCR", here, raw, lambda: None)
    assert port.ok("balance", {"sessionId": here})["balance"] == str(100_000 + moved)


def test_every_order_of_a_wallet_elsewhere(far: There, session: str) -> None:
    def raw(body: dict[str, Any]) -> bytes:
        return far.raw("transaction", body)

    moved = play_all("BLSCR", session, raw, lambda: far.there.fail("cut", "bet"))
    far.there.send_due()
    far.there.agree()
    held = far.ok("balance", {"sessionId": session})["balance"]
    assert held == str(1000 + moved)
