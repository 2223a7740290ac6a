"""uvicorn's HTTP protocol with two bounds that it lacks: how long a request may take to arrive,
and how much may arrive that is not body.

Without them, whoever can connect can hold connections open for ever, or send one header until
the memory is full, before any key is looked at.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from lanhouse.kit.limits import HEAD_BYTES_MAX, REQUEST_SECONDS_MAX


class GuardedHttp(HttpToolsProtocol):
    """One connection: too slow requests are cut off, too long heads are refused."""

    _stretch_bytes = 0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """The first request is expected from now on."""
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is expected any more."""
        self._rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes until a head is complete or a piece of body was in it.

        Between two requests the time runs from the first byte: an empty line is none of a request,
        but ends uvicorn's own wait for one.
        """
        self._stretch_bytes += len(data)
        if self._deadline is None and self.cycle is not None and self.cycle.response_complete:
            self._expect()
        super().data_received(data)
        if self._stretch_bytes > HEAD_BYTES_MAX and not self.transport.is_closing():
            self.send_400_response(f"The head must be at most {HEAD_BYTES_MAX} bytes.")

    def on_message_begin(self) -> None:
        """A request must arrive whole in its time."""
        super().on_message_begin()
        self._expect()

    def on_headers_complete(self) -> None:
        """The head is done; what follows is body."""
        self._stretch_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Body has a limit of its own (web.dispatch.read_body)."""
        self._stretch_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The answer may take as long as it takes, the next request begins to count anew."""
        self._stretch_bytes = 0
        self._rest()
        super().on_message_complete()

    def _expect(self) -> None:
        self._rest()
        self._deadline = self.loop.call_later(REQUEST_SECONDS_MAX, self._cut_off)

    def _rest(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _cut_off(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
