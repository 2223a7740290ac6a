"""The registry of routes: every noun declares its calls here, the dispatcher serves them.

A route names its right (or says that it is public) where it is declared, so that authorisation is
visible at the line of the route; the house linter refuses a route without one.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from lanhouse.auth.rights import check_right

Handler = Callable[..., Awaitable[Any]]
H = TypeVar("H", bound=Handler)


class Route(msgspec.Struct, eq=False):
    """One call: where it is, who may call it, what goes in and what comes out."""

    surface: str
    method: str
    path: str
    section: str
    handler: Handler
    right: str
    public: bool
    summary: str
    source: str
    input_type: type[msgspec.Struct] | None
    output_type: Any

    @property
    def id(self) -> str:
        """`METHOD /path`, unique; the scope of idempotency keys."""
        return f"{self.method} {self.path}"


class Routes:
    """A noun's routes on one surface. `section` groups them in the reference."""

    surface = ""
    prefix = ""

    def __init__(self, section: str) -> None:
        self.section = section
        self.all: list[Route] = []

    def route(
        self,
        method: str,
        path: str,
        *,
        right: str = "",
        public: bool = False,
        summary: str = "",
        source: str = "",
    ) -> Callable[[H], H]:
        """Declare a call. Exactly one of `right` and `public=True` must be given."""
        if bool(right) == public:
            raise ValueError(f"{method} {path}: name a right, or say public=True")
        if right:
            check_right(right)

        def declare(handler: H) -> H:
            hints = typing.get_type_hints(handler)
            parameters = list(inspect.signature(handler).parameters)
            input_type = hints.get(parameters[1]) if len(parameters) > 1 else None
            self.all.append(
                Route(
                    surface=self.surface,
                    method=method,
                    path=f"{self.prefix}{path}",
                    section=self.section,
                    handler=handler,
                    right=right,
                    public=public,
                    summary=summary or inspect.getdoc(handler) or "",
                    source=source,
                    input_type=input_type,
                    output_type=hints.get("return"),
                )
            )
            return handler

        return declare

    def get(self, path: str, **options: Any) -> Callable[[H], H]:
        """Declare a GET call; options as for route()."""
        return self.route("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[H], H]:
        """Declare a POST call; options as for route()."""
        return self.route("POST", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[H], H]:
        """Declare a PUT call; options as for route()."""
        return self.route("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[H], H]:
        """Declare a DELETE call; options as for route()."""
        return self.route("DELETE", path, **options)


class CafeRoutes(Routes):
    """Café API v2: envelope {code, message, data}, API key, staff or member token."""

    surface = "cafe"
    prefix = "/api/v2/cafe/{cafe_id}"


class CafeAuthRoutes(Routes):
    """The café API's calls outside a café's path (`/api/v2/auth/…`), same envelope."""

    surface = "cafe"
    prefix = "/api/v2"


class ExternalRoutes(Routes):
    """External API of the aggregator: envelope {ok, result | error}, agent key."""

    surface = "external"
    prefix = "/external"


class NativeRoutes(Routes):
    """Our own plain REST with real HTTP statuses; API key or staff token."""

    surface = "native"
    prefix = "/api/native/v1"


class PanelRoutes(Routes):
    """Pages for staff, signed in by cookie; paths are whole (`/panel/…`)."""

    surface = "panel"


class PortalRoutes(Routes):
    """Pages for members, signed in by cookie; paths are whole (`/portal/{license_name}/…`)."""

    surface = "portal"


class PlainRoutes(Routes):
    """Pages and calls outside every surface (health, game pages); they answer for themselves."""

    surface = "plain"
