"""What a handler may answer besides a plain value."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Generic, TypeVar

import msgspec
from msgspec.structs import replace

Headers = list[tuple[bytes, bytes]]
Out = TypeVar("Out")


class Answer(msgspec.Struct, frozen=True):
    """The whole JSON body, already encoded: of a write as stored under its idempotency key."""

    body: bytes


class Written(Answer, Generic[Out], frozen=True):
    """An Answer that shows a value of type `Out`, which OpenAPI tells (decision 0082)."""


class Nothing(msgspec.Struct):
    """The value `{}`: it is done, and there is nothing to tell."""


def nothing(_: object) -> Nothing:
    """The shape of a write that tells nothing."""
    return Nothing()


class Stream(msgspec.Struct):
    """An answer that comes in parts, and ends when they do or when the caller has gone."""

    parts: AsyncGenerator[bytes, None]
    content_type: str
    headers: Headers = []


class Reply(msgspec.Struct, frozen=True):
    """A complete HTTP answer: pages, redirects, files, plain texts. Many may be sent the same."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: Headers = []

    def with_header(self, name: str, value: str) -> Reply:
        """The same answer with one header more."""
        header = (name.lower().encode(), value.encode("latin-1"))
        return replace(self, headers=[*self.headers, header])

    def has(self, name: bytes) -> bool:
        """Whether it has a header of this name (lower case)."""
        return any(name == own for own, _ in self.headers)

    @property
    def is_page(self) -> bool:
        """Whether it is HTML: a page or a part of one."""
        return self.content_type.startswith("text/html")

    def with_cookie(
        self, name: str, value: str, *, seconds: int, secure: bool, path: str = "/"
    ) -> Reply:
        """Set a cookie that scripts cannot read, for a path (seconds 0 deletes it)."""
        cookie = f"{name}={value}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={seconds}"
        return self.with_header("set-cookie", cookie + ("; Secure" if secure else ""))


class Bare(Reply, Generic[Out], frozen=True):
    """An answer of an API without its envelope, which shows a value of type `Out` (cafe-wire 0)."""


def bare(value: Out) -> Bare[Out]:
    """The value as JSON, and nothing around it."""
    return Bare(msgspec.json.encode(value), content_type="application/json")


def signed_out(url: str, cookie: str, *, secure: bool) -> Reply:
    """Take the cookie of a sign-in away, have the browser drop what it kept, and go to a page."""
    reply = redirect(url).with_cookie(cookie, "", seconds=0, secure=secure)
    return reply.with_header("clear-site-data", '"cache"')


def redirect(url: str, status: int = 303) -> Reply:
    """Send the browser to another page."""
    return Reply(b"", status).with_header("location", url)
