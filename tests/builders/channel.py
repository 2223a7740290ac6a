"""A browser's channel of news, read message by message while the application goes on."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.builders.client import Client


class Channel:
    """An open answer of GET /panel/news; messages are (kind, data, id)."""

    def __init__(self, client: Client, cookie: str, last_event_id: str = "") -> None:
        self._client = client
        self._got: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._gone = asyncio.Event()
        headers = [
            (b"cookie", cookie.encode()),
            (b"last-event-id", last_event_id.encode()),
            (b"accept-encoding", b"gzip, deflate, br"),
        ]
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/panel/news",
            "raw_path": b"/panel/news",
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 50000),
            "scheme": "http",
        }
        self._running = client.run(self._start(scope))
        start = self._next()
        self.status: int = start["status"]
        self.headers: dict[bytes, bytes] = dict(start["headers"])
        self._text = ""

    async def _start(self, scope: dict[str, Any]) -> asyncio.Task[None]:
        return asyncio.create_task(self._client.app(scope, self._receive, self._got.put))

    async def _receive(self) -> dict[str, Any]:
        if not self._gone.is_set():
            self._gone.set()
            return {"type": "http.request", "body": b"", "more_body": False}
        self._left = asyncio.Event()
        await self._left.wait()
        return {"type": "http.disconnect"}

    def _next(self) -> dict[str, Any]:
        return self._client.run(asyncio.wait_for(self._got.get(), 30))

    def waits_for(self, seconds: float) -> bool:
        """Whether something comes within so long."""

        async def has_come() -> bool:
            ends_at = asyncio.get_running_loop().time() + seconds
            while self._got.empty() and asyncio.get_running_loop().time() < ends_at:
                await asyncio.sleep(0.05)
            return not self._got.empty()

        return "\n\n" in self._text or self._client.run(has_come())

    def message(self, *, with_beats: bool = False) -> tuple[str, str, str] | None:
        """The next message, beats left out; None at the end of the channel."""
        while True:
            while "\n\n" not in self._text:
                part = self._next()
                if not part.get("more_body"):
                    return None
                self._text += part["body"].decode()
            text, _, self._text = self._text.partition("\n\n")
            fields = dict(line.split(": ", 1) for line in text.splitlines())
            kind = fields.get("event", "")
            if kind and (with_beats or kind != "beat"):
                return kind, fields["data"], fields.get("id", "")

    def leave(self) -> None:
        """Close the browser's tab; returns when the application has noticed."""

        async def go() -> None:
            self._left.set()
            await self._running

        self._client.run(go())
