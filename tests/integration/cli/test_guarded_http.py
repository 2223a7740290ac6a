"""What may arrive before anybody has looked at a key: bounded in bytes and in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from lanhouse.cli import guarded_http
from lanhouse.cli.guarded_http import GuardedHttp
from lanhouse.kit.limits import HEAD_BYTES_MAX

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers how many bytes of body came, after a while; a socket gets its first text back."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": (await receive())["text"]})
        return
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length, more = length + len(message["body"]), message["more_body"]
    await asyncio.sleep(0.3)
    body = str(length).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def _connected() -> AsyncIterator[Streams]:
    config = uvicorn.Config(_echo, log_config=None, lifespan="off", ws="wsproto")
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: GuardedHttp(config, state, {}), "127.0.0.1", 0)
    streams = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        yield streams
    finally:
        streams[1].close()
        server.close()


async def _answer(streams: Streams) -> bytes:
    async with asyncio.timeout(5):
        return await streams[0].read(4096)


HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


def test_a_head_without_an_end_is_refused() -> None:
    async def work() -> bytes:
        async with _connected() as streams:
            streams[1].write(HEAD + b"X: ")
            for _ in range(5):
                streams[1].write(b"a" * (HEAD_BYTES_MAX // 4))
                await asyncio.sleep(0.01)
            return await _answer(streams)

    answer = asyncio.run(work())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.endswith(b"The head must be at most 65536 bytes.")


def test_a_trailer_without_an_end_is_refused() -> None:
    async def work() -> bytes:
        async with _connected() as streams:
            streams[1].write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: ")
            for _ in range(5):
                await asyncio.sleep(0.01)
                streams[1].write(b"a" * (HEAD_BYTES_MAX // 4))
            return await _answer(streams)

    assert asyncio.run(work()).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("sent", [b"", HEAD, HEAD + b"Content-Length: 5\r\n\r\nabc"])
def test_a_request_that_does_not_come_to_its_end_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(guarded_http, "REQUEST_SECONDS_MAX", 0.2)

    async def work() -> bytes:
        async with _connected() as streams:
            streams[1].write(sent)
            return await _answer(streams)

    assert asyncio.run(work()) == b""


def test_large_bodies_slow_answers_and_further_requests_are_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The answer takes longer than the request may."""
    monkeypatch.setattr(guarded_http, "REQUEST_SECONDS_MAX", 0.2)
    size = 3 * HEAD_BYTES_MAX

    async def work() -> list[bytes]:
        async with _connected() as streams:
            answers: list[bytes] = []
            for _ in range(2):
                streams[1].write(HEAD + f"Content-Length: {size}\r\n\r\n".encode() + b"x" * size)
                answers.append(await _answer(streams))
            return answers

    for answer in asyncio.run(work()):
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert answer.endswith(str(size).encode())


def test_empty_lines_between_two_requests_hold_no_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They end uvicorn's wait for the next request, and begin none."""
    monkeypatch.setattr(guarded_http, "REQUEST_SECONDS_MAX", 0.2)

    async def work() -> tuple[bytes, bytes]:
        async with _connected() as streams:
            streams[1].write(HEAD + b"Content-Length: 0\r\n\r\n")
            first = await _answer(streams)
            streams[1].write(b"\r\n")
            return first, await _answer(streams)

    first, rest = asyncio.run(work())
    assert first.startswith(b"HTTP/1.1 200 ")
    assert rest == b""


def test_a_socket_is_not_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays open for longer than a request may take to arrive."""
    monkeypatch.setattr(guarded_http, "REQUEST_SECONDS_MAX", 0.1)
    upgrade = (
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OTAxMjM0NQ==\r\n\r\n"
    )

    async def work() -> tuple[bytes, bytes]:
        async with _connected() as streams:
            streams[1].write(upgrade)
            accepted = await _answer(streams)
            await asyncio.sleep(0.3)
            streams[1].write(b"\x81\x82\0\0\0\0hi")
            return accepted, await _answer(streams)

    accepted, echoed = asyncio.run(work())
    assert accepted.startswith(b"HTTP/1.1 101 ")
    assert echoed.startswith(b"\x81\x02hi")
