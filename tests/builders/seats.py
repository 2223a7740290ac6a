"""What the program at a seat sends."""

from __future__ import annotations

from typing import Any

from lanhouse.auth.tokens import NewToken, issue_token
from tests.builders.centers import PASSWORD
from tests.builders.client import Client
from tests.builders.floor import Floor

AUTH = "/api/v2/auth"


def device(floor: Floor, pc: str = "PC01") -> str:
    """The token of a PC."""
    return floor.run(issue_token, NewToken(floor.hall.center_id, "pc", "device", floor.pc_ids[pc]))


def ask(client: Client, call: str, key: str = "", **body: Any) -> Any:
    """The whole answer of a call outside a café's path."""
    answer = client.raw("POST", f"{AUTH}/{call}", key=key, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def login(client: Client, seat: str = "", **more: Any) -> Any:
    """The whole answer of memberLogin: at a seat by its token, else in a program of his own."""
    body: dict[str, Any] = {
        "member_account": "ada",
        "member_password": PASSWORD,
        "license_name": "hall7777",
    }
    if seat:
        body |= {"is_client": 1, "status_pc_token": seat}
    return ask(client, "memberLogin", **(body | more))


def token_of(client: Client, seat: str = "", **more: Any) -> str:
    """The token of a sign-in that must succeed."""
    answer = login(client, seat, **more)
    assert answer["code"] == 200, answer
    return answer["data"]["token"]
