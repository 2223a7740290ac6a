"""A synchronous HTTP client on the real application, with its own event loop in a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

import httpx

T = TypeVar("T")


class Client:
    """Runs the application's start-up and shut-down and sends requests from 127.0.0.1.

    Paths that start with "/" and belong to the café are relative to `base`; use `raw` for others.
    """

    def __init__(self, app: Any, *, key: str = "", base: str = "", address: str = "127.0.0.1"):
        self.app = app
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._base = base
        self.key = key
        # Further keys by name, for tests that act for several callers.
        self.keys: dict[str, str] = {}
        self.address = address

    def __enter__(self) -> Client:
        self._thread.start()
        self.run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the application's loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)

    async def _start(self) -> None:
        self._end = asyncio.Event()
        ready = asyncio.Event()
        # One task enters and leaves: start-up and shut-down must not change tasks in between.
        self._life = asyncio.create_task(self._live(ready))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({waiting, self._life}, return_when=asyncio.FIRST_COMPLETED)
        if self._life.done():
            self._life.result()

    async def _live(self, ready: asyncio.Event) -> None:
        async with self.app.lifespan():
            ready.set()
            await self._end.wait()

    async def _stop(self) -> None:
        self._end.set()
        await self._life

    async def send(self, method: str, url: str, **options: Any) -> httpx.Response:
        """One request, from a coroutine."""
        headers = dict(options.pop("headers", None) or {})
        key = options.pop("key", self.key)
        address = options.pop("address", self.address)
        if key:
            headers.setdefault("Authorization", f"Bearer {key}")
        transport = httpx.ASGITransport(self.app, client=(address, 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
            return await http.request(method, url, headers=headers, **options)

    def raw(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Any request; options as for httpx, plus `key` (bearer) and `address` (the peer)."""
        return self.run(self.send(method, url, **options))

    def call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """A café call; answers the decoded envelope, which must be JSON with HTTP 200."""
        response = self.raw(method, f"{self._base}{path}", **options)
        assert response.status_code == 200, response.text
        return response.json()

    def ok(self, method: str, path: str, **options: Any) -> Any:
        """A café call that must succeed; answers `data`."""
        envelope = self.call(method, path, **options)
        assert envelope["code"] == 200, envelope
        return envelope.get("data")

    def refused(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        """A café call that must be refused; answers (code, message). `data` must be absent."""
        envelope = self.call(method, path, **options)
        assert envelope["code"] != 200, envelope
        assert "data" not in envelope, envelope
        return envelope["code"], envelope["message"]
