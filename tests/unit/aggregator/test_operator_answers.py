"""How an operator's answer is read: yes, a code, or nothing that counts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lanhouse.aggregator.caller import Incoming
from lanhouse.aggregator.operators.lines import PROBE_SECONDS, TIMEOUTS_MAX, Patience
from lanhouse.aggregator.operators.rules import (
    check_url,
    read_answer,
    read_balance,
    read_status,
)
from lanhouse.aggregator.rounds.commands.operators import (
    BET_REFUSALS,
    NO_ANSWER,
    NOT_SENT,
    TOO_LATE,
    Answer,
    is_acknowledged,
    is_refused,
)
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.kit.errors import InvalidInput

YES = {"ok": True, "result": {"balance": "99.8", "currency": "EUR", "txId": "theirs"}}


def said(body: Any, status: int = 200) -> Incoming:
    return Incoming(status, body if isinstance(body, bytes) else json.dumps(body).encode())


def with_result(**values: Any) -> dict[str, Any]:
    return {"ok": True, "result": {**YES["result"], **values}}


def test_a_yes() -> None:
    assert read_answer(said(YES), "EUR") == Answer(
        is_ok=True, balance_micros=99_800_000, wallet_tx_id="theirs"
    )
    more = with_result(balance="-0.000001", extra=[1])
    assert read_answer(said(more), "EUR").balance_micros == -1


def test_a_code() -> None:
    no = {"ok": False, "error": {"code": "PLAYER_INACTIVE", "message": "no"}}
    assert read_answer(said(no), "EUR") == Answer(is_ok=False, code="PLAYER_INACTIVE")


@pytest.mark.parametrize(
    "incoming",
    [
        said(YES, 201), said(YES, 500), said(YES, 302), said(b""), said(b"ok"), said([YES]),
        said({}), said({"ok": True}), said({"ok": "true", "result": YES["result"]}),
        said({"ok": 1, "result": YES["result"]}), said({"ok": False}),
        said({"ok": False, "error": "INSUFFICIENT_CREDIT"}),
        said({"ok": False, "error": {"code": 5}}),
        said({"ok": False, "error": {"code": "INSUFFICIENT_CREDIT"}}, 402),
        said(with_result(currency="USD")), said(with_result(currency=None)),
        said(with_result(balance=99.8)), said(with_result(balance="1e3")),
        said(with_result(balance="1.0000001")), said(with_result(balance="")),
        said(with_result(balance="+1")), said(with_result(balance=None)),
        said(with_result(txId=None)), said(with_result(txId="")), said(with_result(txId="x" * 201)),
        said(with_result(txId=7)), said(b"[" * 60_000), said(b'{"ok": true, "result": "\xff"}'),
    ],
)  # fmt: skip
def test_nothing_that_counts(incoming: Incoming) -> None:
    assert read_answer(incoming, "EUR") == NO_ANSWER


def test_a_balance_is_one_in_the_currency_that_was_asked() -> None:
    assert read_balance(said(with_result(txId=None)), "EUR") == 99_800_000
    assert read_balance(said(YES), "USD") is None
    assert read_balance(said(YES, 500), "EUR") is None


@pytest.mark.parametrize("state", ["committed", "rolled_back", "unknown"])
def test_a_status(state: str) -> None:
    assert read_status(said({"ok": True, "result": {"state": state, "txId": "x"}})) == state
    assert read_status(said({"ok": True, "result": {"state": state.upper()}})) is None
    assert read_status(said({"ok": True, "result": {"state": [state]}})) is None


@pytest.mark.parametrize("code", sorted(BET_REFUSALS))
def test_only_a_bet_is_refused_for_good(code: str) -> None:
    answer = Answer(is_ok=False, code=code)
    assert is_refused(TxType.BET, answer)
    assert not is_refused(TxType.SETTLE, answer)
    assert not is_acknowledged(TxType.SETTLE, answer)
    assert not is_acknowledged(TxType.ROLLBACK, answer)


def test_what_was_not_sent_refuses_a_bet_and_nothing_else() -> None:
    assert is_refused(TxType.BET, NOT_SENT)
    assert not is_refused(TxType.ROLLBACK, NOT_SENT)
    assert not is_refused(TxType.BET, TOO_LATE)
    assert not is_refused(TxType.BET, Answer(is_ok=False, code="TRANSACTION_NOT_FOUND"))
    assert is_acknowledged(TxType.ROLLBACK, Answer(is_ok=False, code="TRANSACTION_NOT_FOUND"))


class TestPatience:
    def test_it_ends_after_time_outs_in_a_row(self) -> None:
        now = [100.0]
        patience = Patience(lambda: now[0])
        for _ in range(TIMEOUTS_MAX - 1):
            patience.was_late()
        assert patience.may_ask()
        patience.failed()  # not in a row any more
        for _ in range(TIMEOUTS_MAX):
            assert patience.may_ask()
            patience.was_late()
        assert not patience.may_ask()
        now[0] += PROBE_SECONDS
        assert [patience.may_ask() for _ in range(3)] == [True, False, False]
        patience.failed()
        assert not patience.may_ask(), "an answer that is none is no success"
        now[0] += PROBE_SECONDS
        assert patience.may_ask()
        patience.succeeded()
        assert all(patience.may_ask() for _ in range(3))


@pytest.mark.parametrize(
    "url", ["https://", "https:///x", "ftp://a.test", "https://a.test:0/", "https://a.test/#x",
            "https://a.test/é", "https://a.test/a b", "https://a.test/?x", "https://" + "a" * 1000],
)  # fmt: skip
def test_what_is_no_callback_address(url: str) -> None:
    with pytest.raises(InvalidInput):
        check_url(url, may_be_plain=True)
