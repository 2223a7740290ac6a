"""A request whose sender hangs up before its end: what has come so far is never acted on."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.members.tables import members
from lanhouse.cafe.topups.tables import topups
from tests.builders.centers import Hall
from tests.builders.client import Client


def test_a_body_that_breaks_off_moves_no_money(client: Client, hall: Hall) -> None:
    """`topup_value=1000` that breaks off after `topup_value=10` would top up 10."""
    secrets = {"member_account": "ann", "member_password": "secret-123"}
    client.ok("POST", "/members", json={**secrets, "member_group_id": 0})
    ann = hall.store.read_sync(lambda read, _: read.scalar(sa.select(members.c.id)), None)
    begun = f"topup_ids={ann}&topup_value=10".encode()
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": begun, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(_message: dict[str, Any]) -> None:
        """Nobody listens any more."""

    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/api/v2/cafe/{hall.center_id}/members/action/topup",
        "query_string": b"",
        "client": ("127.0.0.1", 50000),
        "headers": [
            (b"authorization", f"Bearer {client.key}".encode()),
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", str(len(begun) + 2).encode()),
        ],
    }
    client.run(client.app(scope, receive, send))
    assert hall.store.read_sync(lambda read, _: read.all(sa.select(topups.c.id)), None) == []
