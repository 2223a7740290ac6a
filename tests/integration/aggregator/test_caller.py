"""Calls over real sockets: where they may go, what counts as an answer, and what is kept open."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from lanhouse.aggregator.caller import Caller, Incoming, NotReached, TimedOut
from tests.builders.elsewhere import elsewhere

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Raw:
    """A server that answers with the bytes it was given, one for each question."""

    def __init__(self, *answers: bytes | None, closes: bool = False) -> None:
        self.answers, self.closes = list(answers), closes
        self.connections, self.asked = 0, []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while self.answers:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                self.asked.append(head + await reader.readexactly(length))
                answer = self.answers.pop(0)
                if answer is None:
                    await asyncio.sleep(5)
                else:
                    writer.write(answer)
                    await writer.drain()
                if self.closes:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def against(
    raw: Raw, do: Callable[[Caller, str], Awaitable[None]], private: str = "127.0.0.1"
) -> None:
    async def run() -> None:
        server = await asyncio.start_server(raw.serve, "127.0.0.1", 0)
        caller = Caller(private)
        try:
            await do(caller, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/cb")
        finally:
            await caller.close()
            server.close()

    asyncio.run(run())


async def post(caller: Caller, url: str, timeout_ms: int = 2000, **more: bool) -> Incoming:
    return await caller.post(url, b"{}", {"X-Own": "yes"}, timeout_ms=timeout_ms, **more)


def test_calls_in_a_row_share_a_connection() -> None:
    raw = Raw(OK, OK, OK)

    async def do(caller: Caller, url: str) -> None:
        for _ in range(3):
            assert await post(caller, url) == Incoming(200, b"ok")

    against(raw, do)
    assert (raw.connections, len(raw.asked)) == (1, 3)
    assert raw.asked[0].startswith(b"POST /cb HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"X-Own: yes\r\n" in raw.asked[0]


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (OK, 200, b"ok"),
        (CHUNKED, 200, b"ok"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, 200, b"ok"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n",
            302,
            b"",
        ),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end", 200, b"to the end"),
        (b"HTTP/1.0 503 Off\r\n\r\n", 503, b""),
    ],
)
def test_what_an_answer_is(answer: bytes, status: int, body: bytes) -> None:
    async def do(caller: Caller, url: str) -> None:
        assert await post(caller, url) == Incoming(status, body)

    raw = Raw(answer, closes=True)
    against(raw, do)
    assert len(raw.asked) == 1


LONG = b"x" * 65_537


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"no HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut",
        b"HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n" + LONG,
        b"HTTP/1.1 200 OK\r\n\r\n" + LONG,
        b"HTTP/1.1 200 OK\r\nX-Long: " + LONG + b"\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ncut",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ],
)
def test_what_no_answer_is(answer: bytes) -> None:
    async def do(caller: Caller, url: str) -> None:
        with pytest.raises(NotReached) as refused:
            await post(caller, url)
        assert not isinstance(refused.value, TimedOut)

    raw = Raw(answer, closes=True)
    against(raw, do)
    assert len(raw.asked) == 1, "nothing is sent twice"


def test_a_slow_answer_is_a_kind_of_its_own_and_its_connection_is_not_used_again() -> None:
    raw = Raw(None, OK)

    async def do(caller: Caller, url: str) -> None:
        with pytest.raises(TimedOut):
            await post(caller, url, timeout_ms=100)
        raw.answers[:] = [OK]
        assert (await post(caller, url)).body == b"ok"

    against(raw, do)
    assert raw.connections == 2


def test_a_connection_that_was_closed_meanwhile_is_not_used() -> None:
    raw = Raw(OK, OK, closes=True)

    async def do(caller: Caller, url: str) -> None:
        for _ in range(2):
            assert (await post(caller, url)).body == b"ok"
            await asyncio.sleep(0.05)

    against(raw, do)
    assert raw.connections == 2


def test_a_second_answer_to_one_question_answers_nothing() -> None:
    raw = Raw(OK + OK.replace(b"ok", b"no"), OK)

    async def do(caller: Caller, url: str) -> None:
        assert (await post(caller, url)).body == b"ok"
        await asyncio.sleep(0.05)
        assert (await post(caller, url)).body == b"ok"

    against(raw, do)
    assert raw.connections == 2


def test_plain_http_goes_to_private_addresses_that_are_named_or_of_a_demo() -> None:
    raw = Raw(OK)

    async def do(caller: Caller, url: str) -> None:
        with pytest.raises(NotReached, match="LANHOUSE_OUTBOUND_PRIVATE"):
            await post(caller, url)
        assert (await post(caller, url, is_demo=True)).status == 200

    against(raw, do, private="")
    assert len(raw.asked) == 1


@pytest.mark.parametrize("is_demo", [False, True])
@pytest.mark.parametrize("address", ["93.184.216.34", "224.0.0.1", "0.0.0.0"])
def test_plain_http_never_leaves_the_house(address: str, is_demo: bool) -> None:
    async def run() -> None:
        async def resolve(host: str, port: int) -> list[str]:
            return [address]

        caller = Caller(resolve=resolve)
        with pytest.raises(NotReached, match="public ones by https"):
            await post(caller, "http://operator.test/", is_demo=is_demo)

    asyncio.run(run())


@pytest.mark.parametrize(
    "url",
    [
        "ftp://operator.test/", "https://", "operator.test", "https://a:b@operator.test/",
        "https://operator.test:99999/", "https://operator.test/a b", "https://operator.test/\r\nX:",
    ],
)  # fmt: skip
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(NotReached):
        asyncio.run(post(Caller("0.0.0.0/0"), url))


def test_a_name_is_looked_up_once_a_connection_and_its_certificate_checked(tmp_path: Path) -> None:
    with elsewhere(tmp_path) as there:
        asked: list[str] = []

        async def run(trust: ssl.SSLContext) -> None:
            async def resolve(host: str, port: int) -> list[str]:
                asked.append(host)
                return ["10.0.0.9", "127.0.0.1"] if len(asked) == 1 else ["10.0.0.9"]

            caller = Caller("127.0.0.0/8", tls=trust, resolve=resolve)
            assert (await post(caller, f"{there.url}/x?y=1")).body == b"ok"
            await caller.close()

        asyncio.run(run(there.trust))
        assert asked == ["gateway.test"]
        assert there.calls[0][1] == "/x?y=1"
    with elsewhere(tmp_path, name="other.test") as there:

        async def refused() -> None:
            async def resolve(host: str, port: int) -> list[str]:
                return ["127.0.0.1"]

            caller = Caller("127.0.0.0/8", tls=there.trust, resolve=resolve)
            with pytest.raises(NotReached):
                await post(caller, there.url)

        asyncio.run(refused())
        assert there.calls == []
