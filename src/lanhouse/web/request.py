"""The raw request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import msgspec


class Request(msgspec.Struct, kw_only=True, eq=False):
    """The raw request: what came over the socket, before anybody has looked at it."""

    method: str
    path: str
    path_params: Mapping[str, str]
    query: bytes
    headers: Mapping[str, str]
    body: bytes
    address: str
    scheme: str = "http"
    """What the caller spoke: http, or https to this server or to the proxy in front of it."""
    habits: Any = None
    """How this caller wants its answers, on a wire that lets callers choose; set by the surface."""

    @property
    def address_of_page(self) -> str:
        """Path and query as the browser shows them."""
        return f"{self.path}?{self.query.decode('latin-1')}" if self.query else self.path

    @property
    def cookies(self) -> dict[str, str]:
        """Cookies by name."""
        pairs = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return {name: unquote(value) for name, equals, value in pairs if equals}

    def bearer(self) -> str:
        """The token of `Authorization: Bearer …`, or an empty text."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""
