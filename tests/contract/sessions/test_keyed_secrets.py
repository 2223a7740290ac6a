"""A keyed call whose answer holds a password: repeated byte for byte, unreadable in the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.builders.client import Client
from tests.builders.floor import Floor

KEYED = {"Idempotency-Key": "desk-1"}
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "prepaid": ("/pcSessions/addTimeMoney", {"pc_name": "PC01", "pc_cost": "5"}),
    "package": ("/pcSessions/addOffer", {"pc_name": "PC01", "offer_payment_method": 0}),
    "guest": ("/members/action/addGuest", {"member_expire_time_local": "2099-01-01"}),
}


def files_hold(folder: Path, secret: str) -> list[str]:
    """The names of the database's files that hold the secret in the clear."""
    return [
        path.name for path in folder.glob("lanhouse.db*") if secret.encode() in path.read_bytes()
    ]


@pytest.mark.parametrize("what", CALLS)
def test_a_repeated_call_tells_the_password_again_and_the_database_does_not(
    client: Client, floor: Floor, tmp_path: Path, what: str
) -> None:
    path, body = CALLS[what]
    if what == "package":
        body = {**body, "offer_id": floor.add_offer("Hour", 300, minutes=60)}
    first = client.call("POST", path, json=body, headers=KEYED)
    password = first["data"]["member_password"]
    assert len(password) == 8
    assert client.call("POST", path, json=body, headers=KEYED) == first
    check = {"member_account": first["data"]["member_account"], "member_password": password}
    client.ok("POST", "/members/action/memberInfo", json=check)
    assert (tmp_path / "lanhouse.db").is_file()
    assert files_hold(tmp_path, password) == []
    # The look finds what is there: the account stands in the clear.
    assert files_hold(tmp_path, first["data"]["member_account"]) != []
    floor.verify()
