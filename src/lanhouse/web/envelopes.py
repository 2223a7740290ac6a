"""How each wire wraps a result and an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from lanhouse.kit.errors import (
    AppError,
    Busy,
    CommitUnknown,
    InvalidInput,
    TooMany,
    Unauthenticated,
)
from lanhouse.web.replies import Reply
from lanhouse.web.request import Request

_JSON = "application/json"
_encoder = msgspec.json.Encoder()
_NO_REASONS: Mapping[str, str] = {}
_NO_CACHE = [(b"cache-control", b"no-cache, private")]


class Wire:
    """Encodes results and errors of one surface."""

    cache_control = b"no-cache, private"
    """What browsers may do with an answer that does not say it itself."""

    def encode(self, value: Any) -> bytes:
        """The body of a successful answer."""
        raise NotImplementedError

    def failure(self, error: AppError, request: Request) -> Reply:
        """The answer to a refusal."""
        raise NotImplementedError

    def broken(self, reference: str, request: Request) -> Reply:
        """The answer when we are at fault: no details, only a reference into the log."""
        raise NotImplementedError

    def unknown_path(self, request: Request) -> Reply:
        """The answer to a path that does not exist."""
        raise NotImplementedError

    def wrong_method(self, request: Request) -> Reply:
        """The answer to a path that exists, by a method that it does not have."""
        return self.unknown_path(request)


class CafeWire(Wire):
    """{"code", "message", "data"}; refusals are HTTP 200 without `data` (cafe-wire 0)."""

    def encode(self, value: Any) -> bytes:
        return _encoder.encode({"code": 200, "message": "success", "data": value})

    def failure(self, error: AppError, request: Request) -> Reply:
        if isinstance(error, TooMany) and error.cafe_code == 507:
            return self._error(507, f"Too Many Attempts: {request.address}")
        return self._error(error.cafe_code, error.message)

    def broken(self, reference: str, request: Request) -> Reply:
        reply = self._error(500, f"Internal error, reference {reference}")
        return replace(reply, status=500)

    def unknown_path(self, request: Request) -> Reply:
        return self._error(404, "Url not match")

    def _error(self, code: int, message: str) -> Reply:
        body = _encoder.encode({"code": code, "message": message})
        return Reply(body, 200, _JSON, list(_NO_CACHE))


class NativeWire(Wire):
    """The plain value; refusals as {"error": {"code", "message", "fields"}} with their status."""

    def encode(self, value: Any) -> bytes:
        return _encoder.encode(value)

    def failure(self, error: AppError, request: Request) -> Reply:
        reasons = {name: str(reason) for name, reason in error.fields.items()}
        return self._error(error.status, error.symbol, error.message, reasons)

    def broken(self, reference: str, request: Request) -> Reply:
        return self._error(500, "INTERNAL_ERROR", f"Internal error, reference {reference}", {})

    def unknown_path(self, request: Request) -> Reply:
        return self._error(404, "NOT_FOUND", "There is nothing at this address.", {})

    def _error(self, status: int, code: str, message: str, fields: dict[str, str]) -> Reply:
        error: dict[str, Any] = {"code": code, "message": message}
        if fields:
            error["fields"] = fields
        return Reply(_encoder.encode({"error": error}), status, _JSON, list(_NO_CACHE))


class Habits(msgspec.Struct, frozen=True):
    """How a caller of the External API wants its answers (aggregator-domain 1.2, rows 1 and 2).

    `has_aliases`: also `message` and `data` at top level, as the document's table says;
    `has_statuses`: refusals by an HTTP status of their own.
    """

    has_aliases: bool = False
    has_statuses: bool = False


_USUAL = Habits()


class MalformedCall(InvalidInput):
    """The call is wrong before anybody looks at what it asks for; `http_status` is the External
    API's answer to it."""

    def __init__(self, fields: Mapping[str, str], http_status: int) -> None:
        super().__init__(fields)
        self.http_status = http_status


class ExternalWire(Wire):
    """{"ok": true, "result"} or {"ok": false, "error": {"code", "message"}}.

    Business outcomes are HTTP 200; 401, 404 and 5xx say that the call itself went wrong
    (aggregator-domain 1.2, rows 1 and 2).
    """

    def encode(self, value: Any) -> bytes:
        return _encoder.encode({"ok": True, "result": {} if value is None else value})

    def encode_with_aliases(self, value: Any) -> bytes:
        """The body of a successful answer to a caller who reads the document's table."""
        result = {} if value is None else value
        return _encoder.encode({"ok": True, "result": result, "message": "", "data": result})

    def failure(self, error: AppError, request: Request) -> Reply:
        habits: Habits = request.habits or _USUAL
        status = error.status if habits.has_statuses else 200
        if isinstance(error, Unauthenticated):
            status = 401
        elif isinstance(error, TooMany | Busy | CommitUnknown):
            status = error.status
        elif isinstance(error, MalformedCall):
            status = error.http_status
        body = error.fields.get("body", "")
        if body.startswith("is not valid"):
            status = 400
        elif body.startswith("must be at most"):
            status = 413
        field = next(iter(error.fields), None)
        return self._error(status, error.symbol, error.message, field, habits)

    def broken(self, reference: str, request: Request) -> Reply:
        return self._error(500, "INTERNAL_ERROR", f"internal error, reference {reference}", None)

    def unknown_path(self, request: Request) -> Reply:
        return self._error(404, "NOT_FOUND", "there is no such call", None)

    def wrong_method(self, request: Request) -> Reply:
        return self._error(405, "METHOD_NOT_ALLOWED", "every call is a POST", None)

    def _error(
        self, status: int, code: str, message: str, field: str | None, habits: Habits = _USUAL
    ) -> Reply:
        error = {"code": code, "message": message}
        if field is not None:
            error["field"] = field
        whole: dict[str, Any] = {"ok": False, "error": error}
        if habits.has_aliases:
            whole |= {"message": message, "data": None}
        return Reply(_encoder.encode(whole), status, _JSON, list(_NO_CACHE))


class PageWire(Wire):
    """HTML for people: a signed-out caller is sent to `sign_in`, a refusal is a short page."""

    # On a PC that many share, "Back" must not show what the last person saw.
    cache_control = b"no-store"

    def __init__(self, sign_in: Callable[[Request], str], render_error: Callable[..., str]) -> None:
        self._sign_in = sign_in
        self._render_error = render_error

    def encode(self, value: Any) -> bytes:
        return _encoder.encode(value)

    def failure(self, error: AppError, request: Request) -> Reply:
        if isinstance(error, Unauthenticated) and error.status == 401:
            # htmx follows its own header and ignores the status; a browser follows the redirect.
            status = 200 if "hx-request" in request.headers else 303
            place = self._sign_in(request)
            reply = Reply(b"", status).with_header("hx-redirect", place)
            return reply if status == 200 else reply.with_header("location", place)
        return self._page(request, error.status, error.said, error.fields)

    def broken(self, reference: str, request: Request) -> Reply:
        return self._page(request, 500, f"Something went wrong here. Reference {reference}.")

    def unknown_path(self, request: Request) -> Reply:
        return self._page(request, 404, "There is no page at this address.")

    def _page(
        self, request: Request, status: int, message: str, reasons: Mapping[str, str] = _NO_REASONS
    ) -> Reply:
        return Reply(self._render_error(request, status, message, reasons).encode(), status)
