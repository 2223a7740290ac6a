"""/health tells what this process can do, also while its database says nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lanhouse.web import plain
from tests.builders.centers import Hall
from tests.builders.client import Client


def test_a_silent_database_is_told_and_not_waited_for(
    client: Client, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frozen server keeps its connections, so nothing but a time-out would end the wait."""
    assert client.raw("GET", "/health", key="").json()["status"] == "ok"

    async def silent(*_: Any) -> None:
        await asyncio.sleep(3600)

    monkeypatch.setattr(plain, "_LOOK_SECONDS_MAX", 0.05)
    monkeypatch.setattr(hall.store, "read", silent)
    answer = client.raw("GET", "/health", key="")
    assert answer.status_code == 503
    assert "out of reach" in answer.text
