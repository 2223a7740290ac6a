"""uvicorn's HTTP protocol with two bounds that it lacks: how long a request may take to arrive,
and how much may arrive that is not body.

Without them, whoever can connect can hold connections open for ever, or send one header until
the memory is full, before any key is looked at.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from lanhouse.kit.limits import BODY_BYTES_MAX, HEAD_BYTES_MAX, LINGER_SECONDS, REQUEST_SECONDS_MAX


class _Leaving:
    """What an answer is written to: a connection whose end waits for a caller that still sends."""

    def __init__(self, protocol: GuardedHttp) -> None:
        self._protocol = protocol
        self.write = protocol.transport.write
        self.is_closing = protocol.transport.is_closing

    def close(self) -> None:
        """Hang up after the answer."""
        self._protocol.hang_up()


class GuardedHttp(HttpToolsProtocol):
    """One connection: too slow requests and too long bodies are cut off, too long heads refused."""

    _stretch_bytes = 0
    _body_bytes = 0
    _is_sending = False
    _is_leaving = False
    _left_bytes = 0
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
        if self._is_leaving:
            self._left_bytes += len(data)
            if self._left_bytes > BODY_BYTES_MAX:
                self._cut_off()
            return
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
        self._stretch_bytes = self._body_bytes = 0
        self._is_sending = True
        super().on_headers_complete()
        if self.cycle is not None:
            self.cycle.transport = cast("Any", _Leaving(self))

    def on_body(self, body: bytes) -> None:
        """Body has a limit of its own (web.dispatch.read_body); what comes over it after an answer
        that did not wait for it (a refused key) ends the connection.
        """
        self._stretch_bytes = 0
        self._body_bytes += len(body)
        is_answered = self.cycle is not None and self.cycle.response_complete
        if self._body_bytes > BODY_BYTES_MAX and is_answered:
            self.hang_up()
            return
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The answer may take as long as it takes, the next request begins to count anew."""
        self._stretch_bytes = 0
        self._is_sending = False
        self._rest()
        super().on_message_complete()

    def hang_up(self) -> None:
        """End the connection: at once, or a moment later for a caller that is still sending."""
        if self._is_leaving or self.transport.is_closing():
            return
        if not self._is_sending:
            self.transport.close()
            return
        self._is_leaving = True
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.flow.resume_reading()
        self._rest()
        self._deadline = self.loop.call_later(LINGER_SECONDS, self._cut_off)

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
