"""The ASGI application: finds the endpoint of a path and runs start-up and shut-down.

Its own router, because a path must answer in its own wire's envelope even when it is unknown,
and because 200 routes must cost nothing (decision 0010).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import structlog

from lanhouse.web.dispatch import Receive, Scope, Send
from lanhouse.web.paths import plain_path

Endpoint = Callable[[Scope, Receive, Send], Any]
log = structlog.get_logger("lanhouse.web")

_KEPT_PATHS_MAX = 4096
_KEPT_CHARS_MAX = 200


class Router:
    """Path templates (`/a/{b}/c`) to endpoints. A literal segment wins over a parameter."""

    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        self._literal: dict[str, Endpoint] = {}
        self._tree: dict[str, Any] = {}
        # The same few thousand paths make up nearly all calls, and walking takes longer than this.
        self._found: dict[str, tuple[Endpoint, Mapping[str, str]]] = {}
        for path, endpoint in endpoints.items():
            if "{" not in path:
                self._literal[path] = endpoint
            else:
                self._plant(path, endpoint)

    def _plant(self, path: str, endpoint: Endpoint) -> None:
        names: list[str] = []
        node = self._tree
        for segment in path.strip("/").split("/"):
            is_name = segment.startswith("{")
            if is_name:
                names.append(segment[1:-1])
            node = node.setdefault("{}" if is_name else segment, {})
        if "" in node:
            raise ValueError(f"two routes at {path}")
        node[""] = (endpoint, names)

    def find(self, path: str) -> tuple[Endpoint, Mapping[str, str]] | None:
        """The endpoint of a path (as plain_path() spells it) and its parameters, or None."""
        found = self._found.get(path)
        if found is None:
            found = self._look_up(path)
            if found is not None and len(path) <= _KEPT_CHARS_MAX:
                if len(self._found) >= _KEPT_PATHS_MAX:
                    self._found.clear()
                self._found[path] = found
        return found

    def _look_up(self, path: str) -> tuple[Endpoint, Mapping[str, str]] | None:
        endpoint = self._literal.get(path)
        if endpoint is not None:
            return endpoint, {}
        found = self._walk(self._tree, path.lstrip("/").split("/"), 0, [])
        if found is None:
            return None
        (endpoint, names), values = found
        return endpoint, dict(zip(names, values, strict=True))

    def _walk(
        self, node: dict[str, Any], segments: list[str], index: int, values: list[str]
    ) -> tuple[tuple[Endpoint, list[str]], list[str]] | None:
        if index == len(segments):
            return None if "" not in node else (node[""], values)
        segment = segments[index]
        child = node.get(segment) if segment else None
        if child is not None:
            found = self._walk(child, segments, index + 1, values)
            if found is not None:
                return found
        child = node.get("{}")
        if child is None or not segment:
            return None
        return self._walk(child, segments, index + 1, [*values, segment])


class Application:
    """ASGI 3: HTTP to the router, files under `mounts`, and the lifespan."""

    def __init__(
        self,
        router: Router,
        mounts: Mapping[str, Any],
        unknown_path: Endpoint,
        running: Callable[[], AbstractAsyncContextManager[None]],
        on_stop: Callable[[], None],
    ) -> None:
        """`on_stop` ends the answers that have no end of their own (`end_streams`)."""
        self._router = router
        self._mounts = mounts
        self._unknown_path = unknown_path
        self.lifespan = running
        self.end_streams = on_stop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4404, "reason": "nothing here"})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = plain_path(scope)
        if path is None:
            await self._unknown_path(scope, receive, send)
            return
        scope = {**scope, "path": path}
        found = self._router.find(path)
        if found is not None:
            scope["path_params"] = found[1]
            await found[0](scope, receive, send)
            return
        for prefix, app in self._mounts.items():
            if path.startswith(prefix + "/"):
                await app({**scope, "root_path": prefix}, receive, send)
                return
        await self._unknown_path(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            context = self.lifespan()
            await context.__aenter__()
        except Exception as error:
            log.exception("start-up failed")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await context.__aexit__(None, None, None)
        await send({"type": "lifespan.shutdown.complete"})
