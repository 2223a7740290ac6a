"""A request that is cut off: what has come so far is never acted on."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.members.tables import members
from lanhouse.cafe.topups.tables import topups
from tests.builders.centers import Hall
from tests.builders.client import Client


def _topup_scope(client: Client, hall: Hall) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "POST",
        "path": f"/api/v2/cafe/{hall.center_id}/members/action/topup",
        "query_string": b"",
        "client": ("127.0.0.1", 50000),
        "headers": [(b"authorization", f"Bearer {client.key}".encode())],
    }


def test_a_body_that_breaks_off_moves_no_money(client: Client, hall: Hall) -> None:
    """`topup_value=1000` that breaks off after `topup_value=10` would top up 10."""
    secrets = {"member_account": "ann", "member_password": "secret-123"}
    client.ok("POST", "/members", json={**secrets, "member_group_id": 0})
    ann = hall.store.read_sync(lambda read: read.scalar(sa.select(members.c.id)))
    begun = f"topup_ids={ann}&topup_value=10".encode()
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": begun, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(_message: dict[str, Any]) -> None:
        """Nobody listens any more."""

    scope = _topup_scope(client, hall)
    scope["headers"] += [
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"content-length", str(len(begun) + 2).encode()),
    ]
    client.run(client.app(scope, receive, send))
    assert hall.store.read_sync(lambda read: read.all(sa.select(topups.c.id))) == []


def test_a_request_that_a_stop_cuts_off_is_told_so(client: Client, hall: Hall) -> None:
    """Neither a broken server nor a success: it is not known how far it had come."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(3600)
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def stopped() -> None:
        serving = asyncio.ensure_future(client.app(_topup_scope(client, hall), receive, send))
        await asyncio.sleep(0.2)
        serving.cancel()
        await serving

    client.run(stopped())
    body = json.loads(sent[1]["body"])
    assert body["code"] == 503
    assert body["message"].startswith("The server was stopped meanwhile, and it is not known")
