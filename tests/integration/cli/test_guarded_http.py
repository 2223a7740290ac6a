"""What may arrive before anybody has looked at a key: bounded in bytes and in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from lanhouse.app import create_app
from lanhouse.cli import guarded_http
from lanhouse.cli.guarded_http import GuardedHttp
from lanhouse.kit.limits import BODY_BYTES_MAX, HEAD_BYTES_MAX
from lanhouse.settings import AppSettings
from tests.builders.centers import Hall

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
async def _connected(app: Any = _echo) -> AsyncIterator[Streams]:
    config = uvicorn.Config(app, log_config=None, lifespan="off", ws="wsproto")
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


PIECE = b"x" * 65_536


def _centre_app(hall: Hall, tmp_path: Path) -> Any:
    return create_app(AppSettings(data_dir=tmp_path), hall.store, with_ticker=False)


async def _sent_until_cut(streams: Streams, *, is_chunked: bool) -> int:
    """How many bytes the server took before it ended the connection (the answer is left unread)."""
    sent = 0
    piece = b"%x\r\n%b\r\n" % (len(PIECE), PIECE) if is_chunked else PIECE
    with suppress(ConnectionError):
        async with asyncio.timeout(20):
            while True:
                streams[1].write(piece)
                await streams[1].drain()
                sent += len(PIECE)
                await asyncio.sleep(0)
    return sent


@pytest.mark.parametrize("length", [b"Content-Length: 1000000000", b"Transfer-Encoding: chunked"])
@pytest.mark.parametrize("is_known", [True, False])
def test_a_body_that_is_too_large_is_cut(
    hall: Hall, tmp_path: Path, length: bytes, is_known: bool
) -> None:
    """Whether the key is known or not: the rest of a gigabyte is not read."""
    key = hall.api_key if is_known else "lhk_unknown"
    head = (
        b"POST /api/v2/cafe/7777/members HTTP/1.1\r\nHost: x\r\n"
        b"Authorization: Bearer %b\r\n%b\r\n\r\n" % (key.encode(), length)
    )
    app = _centre_app(hall, tmp_path)

    async def work() -> int:
        async with app.lifespan(), _connected(app) as streams:
            streams[1].write(head)
            return await _sent_until_cut(streams, is_chunked=length.startswith(b"T"))

    # What may be taken: the limit, as much again while leaving, and what the system's buffers hold.
    assert asyncio.run(work()) < 2 * BODY_BYTES_MAX + 16 * 2**20


def test_who_listens_only_after_sending_hears_the_reason(hall: Hall, tmp_path: Path) -> None:
    size = BODY_BYTES_MAX + 500_000
    head = (
        f"POST /api/v2/cafe/7777/members HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer"
        f" {hall.api_key}\r\nContent-Length: {size}\r\n\r\n"
    ).encode()
    app = _centre_app(hall, tmp_path)

    async def work() -> bytes:
        async with app.lifespan(), _connected(app) as streams:
            streams[1].write(head)
            for start in range(0, size, len(PIECE)):
                streams[1].write(PIECE[: size - start])
                await streams[1].drain()
            async with asyncio.timeout(10):
                return await streams[0].read()

    answer = asyncio.run(work())
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nconnection: close\r\n" in answer
    assert answer.endswith(b'{"code":400,"message":"body: must be at most 1048576 bytes"}')


def test_who_stays_after_the_answer_is_left_behind(
    hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that neither sends nor goes is not kept."""
    monkeypatch.setattr(guarded_http, "LINGER_SECONDS", 0.2)
    head = (
        f"POST /api/v2/cafe/7777/members HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer"
        f" {hall.api_key}\r\nContent-Length: {10 * BODY_BYTES_MAX}\r\n\r\n"
    ).encode()
    app = _centre_app(hall, tmp_path)

    async def work() -> bool:
        async with app.lifespan(), _connected(app) as streams:
            streams[1].write(head)
            async with asyncio.timeout(10):
                assert (await streams[0].read()).endswith(b'must be at most 1048576 bytes"}')
                with suppress(ConnectionError):
                    while True:
                        streams[1].write(b"x")
                        await streams[1].drain()
                        await asyncio.sleep(0.05)
            return True

    assert asyncio.run(work())
