"""The provider port: who is let in, and what bad input is told; nothing is ever changed by it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from lanhouse.aggregator.providers.commands import add_provider_key
from lanhouse.aggregator.providers.queries import KEY_PURPOSE
from lanhouse.aggregator.providers.schemas import SealedKey
from lanhouse.aggregator.providers.tables import provider_keys
from lanhouse.aggregator.rounds.tables import game_rounds, game_transactions
from lanhouse.aggregator.signing import sign
from lanhouse.db.store import Read
from tests.builders.agents import Operator
from tests.builders.secrets import VAULT
from tests.builders.studio import KEY, Port, Studio, enter_studio, move

BODY = b'{"token":"x"}'


def _rows(read: Read) -> tuple[int, int]:
    tables = (game_transactions, game_rounds)
    found = [len(read.all(table.select())) for table in tables]
    return found[0], found[1]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Provider": ""},
        {"X-Provider": "nobody"},
        {"X-Provider": "house"},
        {"X-Provider": "studio' OR 1=1"},
        {"X-Provider": "\u00b2"},
        {"X-Signature": "0" * 64},
        {"X-Signature": ""},
        {"X-Signature": "\u00e4"},
        {"X-Timestamp": ""},
        {"X-Timestamp": "now"},
        {"X-Timestamp": "-1"},
        {"X-Timestamp": "1" * 30},
        # Signed well, too early or too late.
        *(
            {"X-Timestamp": str(at), "X-Signature": sign(KEY, at, BODY)}
            for at in (int(time.time()) - 400, int(time.time()) + 3000)
        ),
        # By a key of somebody else.
        {"X-Timestamp": str(int(time.time())), "X-Signature": sign("other", 1, BODY)},
    ],
    ids=range(15),
)
def test_who_is_unknown_or_wrongly_signed_is_told_401(port: Port, headers: dict[str, str]) -> None:
    sent = {name: value.encode("utf-8") for name, value in headers.items()}
    for call in ("authenticate", "balance", "transaction"):
        answer = port.post(call, BODY, sent)  # type: ignore[arg-type]
        assert answer.status_code == 401, answer.text
        assert answer.json()["ok"] is False
        assert answer.json()["error"]["code"] == "UNAUTHENTICATED"


def test_a_signature_covers_every_byte(port: Port) -> None:
    at = int(time.time())
    signed = {"X-Timestamp": str(at), "X-Signature": sign(KEY, at, BODY)}
    assert port.post("authenticate", BODY, signed).status_code == 200
    assert port.post("authenticate", BODY + b" ", signed).status_code == 401
    later = {**signed, "X-Timestamp": f"0{at}"}
    assert port.post("authenticate", BODY, later).status_code == 401


def test_an_unknown_call_and_another_method(port: Port) -> None:
    assert port.post("nothing", BODY).status_code == 404
    assert port.http.get(f"{port.base}/provider/v1/balance").status_code == 405


@pytest.mark.parametrize(
    ("body", "kind", "field"),
    [
        (b"[]", "application/json", "body"),
        (b"3", "application/json", "body"),
        (b"{", "application/json", "body"),
        (b'{"token":"a","token":"b"}', "application/json", "token"),
        (b"token=x", "application/x-www-form-urlencoded", "body"),
        (b"", "application/json", "token"),
        (b"{}", "text/plain", "token"),
        (b"\xff\xfe", "application/json", "body"),
        (b'{"token":"\xff"}', "application/json", "body"),
        (b'{"token":"a\\u0000"}', "application/json", "token"),
        (b'{"token":5}', "application/json", "token"),
        (b'{"token":" x"}', "application/json", "token"),
        (b'{"token":null}', "application/json", "token"),
        (b'{"token":{"a":1}}', "application/json", "token"),
        (b'{"token":"' + b"9" * 5000 + b'"}', "application/json", "token"),
        (b'{"token":"' + b"9" * 2_000_000 + b'"}', "application/json", "body"),
        (b'{"token":' + b"[" * 5000 + b"]" * 5000 + b"}", "application/json", None),
    ],
    ids=range(17),
)
def test_a_body_that_is_no_json_object_of_ours(
    port: Port, body: bytes, kind: str, field: str | None
) -> None:
    answer = port.post("authenticate", body, {"Content-Type": kind})
    if len(body) > 1_048_576:  # it is not read, so it cannot be looked at
        assert answer.status_code in (200, 401, 413)
        return
    assert answer.status_code == 200, answer.text
    error = answer.json()["error"]
    assert error["code"] == "INVALID_REQUEST"
    assert field is None or error["field"] == field, error


def test_nothing_stands_in_the_address(port: Port) -> None:
    answer = port.post("balance?sessionId=x", b"{}")
    assert answer.json()["error"] == {
        "code": "INVALID_REQUEST",
        "message": "sessionId: nothing may stand in the address",
        "field": "sessionId",
    }


JUNK: list[Any] = [
    5, -1, 10**30, 0.5, True, [], {}, "", " x", "x ", "a\u0000", "x" * 101, "\u202e",
    "' OR 1=1 --", None,
]  # fmt: skip
ID_FIELDS = ("sessionId", "requestId")
MOVE_FIELDS = ("providerTxId", "roundId", "type", "reverseProviderTxId", "freeRoundCode")


def test_bad_values_in_every_field_change_nothing(
    port: Port, studio: Studio, operator: Operator
) -> None:
    port.player("anna")
    session = port.session(studio, "anna")
    before = operator.store.read_sync(_rows)
    codes: set[str] = set()
    for value in JUNK:
        for name in ID_FIELDS:
            body = {**move(session, "bet", "j", "-1"), name: value}
            if name == "requestId" and value in ("\u202e", "' OR 1=1 --"):
                continue  # a text like any other: nothing is made of it
            codes.add(port.refused("transaction", body))
            codes.add(port.refused("balance", {"sessionId": value}))
            codes.add(port.refused("authenticate", {"token": value}))
        for name in MOVE_FIELDS:
            if value is None and name in ("reverseProviderTxId", "freeRoundCode"):
                continue
            kind = "rollback" if name == "reverseProviderTxId" else "bet"
            amount = None if kind == "rollback" else "-100000"
            body = move(session, kind, "j", amount, **{name: value})
            if value in ("\u202e", "' OR 1=1 --", "") and name != "type":
                continue
            codes.add(port.refused("transaction", body))
        body = {**move(session, "bet", "j", "-1"), "transaction": value}
        codes.add(port.refused("transaction", body))
        if value not in (None, True):
            body = move(session, "bet", "j", "-1", closed=value)
            codes.add(port.refused("transaction", body))
    assert codes <= {"INVALID_REQUEST", "INVALID_AMOUNT", "SESSION_EXPIRED"}
    assert operator.store.read_sync(_rows) == before
    assert port.ok("balance", {"sessionId": session})["balance"] == "100"


@pytest.mark.parametrize(
    "amount",
    ["1", "0", "-0", "-0.0", "-0.001", "-1e3", "-1.0000001", " -1", "-", "-1,5", "+1", "--1",
     "-\u0661", "-" + "9" * 20, "-" + "9" * 400, "NaN", "-Infinity", "", -1, -1.5, True, [], {}],
    ids=range(23),
)  # fmt: skip
def test_a_bet_that_is_no_amount(port: Port, studio: Studio, amount: Any) -> None:
    port.player("anna")
    session = port.session(studio, "anna")
    told = port.raw("transaction", move(session, "bet", "t1", amount)).json()["error"]
    assert (told["code"], told["field"]) == ("INVALID_AMOUNT", "transaction.amount")
    missing = port.raw("transaction", move(session, "bet", "t1", None)).json()["error"]
    assert (missing["code"], missing["field"]) == ("INVALID_REQUEST", "transaction.amount")
    assert port.ok("balance", {"sessionId": session})["balance"] == "100"


def test_a_settlement_too_large_for_the_players_currency(port: Port, studio: Studio) -> None:
    port.player("juni", "JPY", "5000")
    session = port.session(studio, "juni", "JPY")
    port.ok("transaction", move(session, "bet", "t1", "-1"))
    huge = move(session, "settle", "t1", "900000000000")
    assert port.refused("transaction", huge) == "INVALID_AMOUNT"
    negative = move(session, "settle", "t1", "-1")
    assert port.refused("transaction", negative) == "INVALID_AMOUNT"
    ends = move(session, "bet", "t2", "-1", closed=True)
    told = port.raw("transaction", ends).json()["error"]
    assert (told["code"], told["field"]) == ("INVALID_REQUEST", "transaction.roundClosed")
    back = port.raw("transaction", move(session, "rollback", "t3", "1")).json()["error"]
    assert (back["code"], back["field"]) == ("INVALID_REQUEST", "transaction.reverseProviderTxId")


def test_a_key_is_replaced_without_a_gap(port: Port, operator: Operator) -> None:
    def add(secret: str) -> None:
        sealed = VAULT.seal(KEY_PURPOSE, "studio", secret.encode())
        assert sealed is not None
        row = SealedKey(provider_id="studio", sealed=sealed, fingerprint=VAULT.fingerprint)
        operator.store.run_sync(add_provider_key, row)
        time.sleep(1.1)  # keys are looked up once a second

    def counts(secret: str) -> bool:
        caller = Port(port.base, port.http, "", key=secret)
        return caller.post("balance", b'{"sessionId":"x"}').status_code == 200

    add("lhs_second")
    assert (counts(KEY), counts("lhs_second")) == (True, True)
    add("lhs_third")
    assert (counts(KEY), counts("lhs_second"), counts("lhs_third")) == (False, True, True)
    # Sealed for one provider it opens for no other.
    enter_studio(operator, "https://other.example", "other", "lhs_other")
    foreign = Port(port.base, port.http, "", "other", "lhs_second")
    assert foreign.post("balance", b"{}").status_code == 401
    rows = operator.store.read_sync(lambda read: read.all(_keys()))
    assert all(b"lhs_" not in bytes(row.sealed) for row in rows)


def _keys() -> Any:
    return provider_keys.select()


def test_winnings_beyond_all_bounds_are_refused_and_no_defect(port: Port, studio: Studio) -> None:
    port.player("anna")
    session = port.session(studio, "anna")
    port.ok("transaction", move(session, "bet", "t1", "-1"))
    most = "1000000000000"
    told = [
        port.raw("transaction", move(session, "settle", f"s{number}", most)).json()
        for number in range(12)
    ]
    done = [one for one in told if one["ok"]]
    codes = {one["error"]["code"] for one in told if not one["ok"]}
    assert codes <= {"INVALID_AMOUNT"}
    assert done
    held = port.ok("balance", {"sessionId": session})["balance"]
    assert held == str(99 + len(done) * int(most))
