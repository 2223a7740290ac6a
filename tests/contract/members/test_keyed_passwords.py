"""A keyed call with a password: idempotent, and nothing stored helps to guess the password."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.kit.ids import slow_hash
from lanhouse.ledger.answers import hash_input
from lanhouse.ledger.tables import answers
from tests.builders.centers import Hall
from tests.builders.client import Client

BODY = {"member_account": "ada", "member_password": "hunter2"}
HEADERS = {"Idempotency-Key": "desk-1"}


def test_a_keyed_member_is_made_once_and_the_hash_is_slow(client: Client, hall: Hall) -> None:
    first = client.call("POST", "/members", json=BODY, headers=HEADERS)
    assert first["code"] == 200
    assert client.call("POST", "/members", json=BODY, headers=HEADERS) == first
    other = {**BODY, "member_password": "hunter3"}
    code, message = client.refused("POST", "/members", json=other, headers=HEADERS)
    assert (code, "other input" in message) == (400, True)
    row = hall.store.read_sync(lambda read: read.one(sa.select(answers)))
    assert row.input_hash == hash_of(slow_hash("hunter2", "desk-1"))
    # The same with the password as it is would be a guess a microsecond for whoever has the file.
    assert row.input_hash != hash_of("hunter2")
    assert b"hunter2" not in row.answer


def hash_of(password: str) -> str:
    """The hash of what is stored about the call, had the member's password been sent like this."""
    path = [("cafe_id", "7777")]
    return hash_input(
        "POST /api/v2/cafe/{cafe_id}/members", path, BODY | {"member_password": password}
    )
