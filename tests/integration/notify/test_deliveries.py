"""Text messages on their way: handed in once, tried again when refused, and never told in full."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.notify.commands import TextMessage, send_text
from lanhouse.cafe.notify.jobs import forget_texts, jobs_of
from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.db.statements import Row
from lanhouse.db.store import Store
from lanhouse.jobs.outbound import Means
from lanhouse.jobs.runner import Runner
from lanhouse.jobs.tables import queue
from lanhouse.settings import AppSettings
from tests.builders.centers import Hall, open_hall
from tests.builders.elsewhere import Elsewhere, elsewhere
from tests.builders.secrets import VAULT

BODY = '{"to": "{phone}", "text": "{text}", "key": "{secret}"}'


@pytest.fixture
def hall(store: Store) -> Hall:
    return open_hall(store)


def ask(hall: Hall, there: Elsewhere) -> None:
    """Set the provider up and ask for a message."""
    center = hall.store.read_sync(center_by_id, hall.center_id)
    assert center is not None
    context = f"{center.id}|sms_provider.sms_provider_secret"
    sealed = VAULT.seal("setting", context, b"s3cret word")
    assert sealed is not None
    values = {
        "sms_provider": "http",
        "sms_provider_url": f"{there.url}/send",
        "sms_provider_body": BODY,
        "sms_provider_secret": b64encode(sealed).decode(),
    }
    given = SettingsInput(center=center, values={"sms_provider": values})
    center = hall.store.run_sync(save_settings, given)
    message = TextMessage(
        center=center,
        actor=Actor(kind="staff", center_id=center.id, staff_id=1),
        phone="+351912345678",
        text='A "test"',
        key="test",
    )
    hall.store.run_sync(send_text, message)


def job(hall: Hall) -> Row:
    row = hall.store.read_sync(lambda read: read.one(sa.select(queue)))
    assert row is not None
    return row


def send(hall: Hall, there: Elsewhere, until: Callable[[Any], bool], private: str) -> Row:
    async def work() -> None:
        hall.store.start()
        means = Means(
            store=hall.store, vault=VAULT, outbound=there.outbound(private), settings=AppSettings()
        )
        runner = Runner(hall.store, jobs_of(means), lambda: True)
        runner.start()
        async with asyncio.timeout(30):
            while not until(await hall.store.read(lambda read: read.one(sa.select(queue)))):
                await asyncio.sleep(0.02)
        await runner.stop()
        await hall.store.stop()

    asyncio.run(work())
    return job(hall)


def test_a_message_is_handed_in_with_the_secret_opened(hall: Hall, tmp_path: Path) -> None:
    with elsewhere(tmp_path) as there:
        ask(hall, there)
        done = send(hall, there, lambda row: row.finished_at is not None, "127.0.0.1")
        assert (done.status, done.result) == ("done", {"status": 200})
        [(method, target, headers, body)] = there.calls
        assert (method, target) == ("POST", "/send")
        assert headers["content-type"] == "application/json"
        assert json.loads(body) == {
            "to": "+351912345678",
            "text": 'A "test"',
            "key": "s3cret word",
        }


def test_a_message_is_forgotten_once_it_was_sent(hall: Hall, tmp_path: Path) -> None:
    with elsewhere(tmp_path) as there:
        ask(hall, there)
        assert hall.store.run_sync(forget_texts, None) is False
        assert job(hall).payload["phone"] == "+351912345678"
        send(hall, there, lambda row: row.finished_at is not None, "127.0.0.1")
        assert hall.store.run_sync(forget_texts, None) is False
        done = job(hall)
        assert (done.status, done.payload) == ("done", {})
        assert hall.store.run_sync(forget_texts, None) is False


def test_a_refusal_is_tried_again_and_tells_no_secret(hall: Hall, tmp_path: Path) -> None:
    def refuse(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(403)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with elsewhere(tmp_path, refuse) as there:
        ask(hall, there)
        tried = send(hall, there, lambda row: row.attempts == 1 and row.error, "127.0.0.1")
        assert (tried.status, tried.finished_at, tried.attempts) == ("running", None, 1)
        assert "the provider answered 403" in tried.error
        assert "s3cret" not in tried.error
        assert len(there.calls) == 1


def test_a_provider_in_our_own_network_is_called_only_where_the_host_allows_it(
    hall: Hall, tmp_path: Path
) -> None:
    with elsewhere(tmp_path) as there:
        ask(hall, there)
        tried = send(hall, there, lambda row: row.attempts == 1 and row.error, "")
        assert "LANHOUSE_OUTBOUND_PRIVATE" in tried.error
        assert there.calls == []
