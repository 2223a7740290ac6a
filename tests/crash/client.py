"""A small HTTP client on raw streams, which knows whether an answer arrived whole."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

SILENT_SECONDS_MAX = 120
"""So long a server may be silent on the busiest machine; beyond it the run fails and tells."""


@dataclass(frozen=True)
class Request:
    """One call with its idempotency key; sending it again sends the same bytes."""

    kind: str
    path: str
    body: str
    key: str
    token: str
    target: str
    amount_micros: int = 0
    headers: tuple[tuple[str, str], ...] = field(default=())

    def encoded(self) -> bytes:
        """The request as it goes over the wire."""
        lines = [
            f"POST {self.path} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Content-Length: {len(self.body)}",
            f"Idempotency-Key: {self.key}",
            *([f"Authorization: Bearer {self.token}"] if self.token else []),
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n" + self.body).encode()


@dataclass(frozen=True)
class Answer:
    """A complete answer: status and body."""

    status: int
    body: bytes


class Connection:
    """One kept-alive connection to the server on a port."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, request: Request) -> Answer:
        """Send and wait for the whole answer.

        Raises OSError or asyncio.IncompleteReadError when it did not come: then nobody knows
        whether the request was carried out. AssertionError when the server neither answers nor
        ends.
        """
        try:
            return await asyncio.wait_for(self._sent(request), SILENT_SECONDS_MAX)
        except TimeoutError:
            raise AssertionError(
                f"{request.kind} {request.key}: no answer in {SILENT_SECONDS_MAX} s"
            ) from None

    async def _sent(self, request: Request) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(request.encoded())
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        at = head.lower().index(b"content-length:") + len(b"content-length:")
        length = int(head[at:].split(b"\r\n", 1)[0])
        return Answer(status, await reader.readexactly(length))

    def close(self) -> None:
        """Let the connection go."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
