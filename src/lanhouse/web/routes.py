"""The registry of routes: every noun declares its calls here, the dispatcher serves them.

A route names its right (or says that it is public) where it is declared, so that authorisation is
visible at the line of the route; the house linter refuses a route without one.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Awaitable, Callable
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    Literal,
    ParamSpec,
    Protocol,
    TypeVar,
    overload,
)

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import check_right
from lanhouse.kit.limits import BODY_BYTES_MAX

if TYPE_CHECKING:
    from lanhouse.web.call import Call

Handler = Callable[..., Awaitable[Any]]
Known = TypeVar("Known", bound="Call")
Seen = TypeVar("Seen", bound="Call")
P = ParamSpec("P")
R = TypeVar("R")


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
    body_bytes_max: int = BODY_BYTES_MAX
    own: tuple[str, ...] = ()
    """Rights that belong to one kind of caller, each of which opens the call for what is his own;
    its handler asks whose it is."""

    def let_in(self, actor: Actor) -> None:
        """Raise Forbidden, naming the right, for a caller who has none that opens this call."""
        if not any(actor.may(right) for right in self.own):
            actor.require(self.right)

    @property
    def id(self) -> str:
        """`METHOD /path`, unique; the scope of idempotency keys."""
        return f"{self.method} {self.path}"


class Declare(Protocol[Seen]):
    """Takes a handler whose first parameter is the call that its surface makes."""

    def __call__(
        self, handler: Callable[Concatenate[Seen, P], Awaitable[R]], /
    ) -> Callable[Concatenate[Seen, P], Awaitable[R]]:
        """Note the handler's route; answers the handler as it is."""
        ...


class Routes(Generic[Known]):
    """A noun's routes on one surface, and the type of the calls that this surface recognises.

    `section` groups the routes in the reference. A public handler gets a plain Call, because
    nobody may be signed in; every other one gets what the surface knows of its caller.
    """

    surface = ""
    prefix = ""

    def __init__(self, section: str) -> None:
        self.section = section
        self.all: list[Route] = []
        self.get = Verb(self, "GET")
        self.post = Verb(self, "POST")
        self.put = Verb(self, "PUT")
        self.delete = Verb(self, "DELETE")

    @overload
    def route(
        self, method: str, path: str, *, public: Literal[True], summary: str = "", source: str = ""
    ) -> Declare[Call]: ...

    @overload
    def route(
        self,
        method: str,
        path: str,
        *,
        right: str,
        own: tuple[str, ...] = (),
        summary: str = "",
        source: str = "",
        upload_bytes_max: int = 0,
        input_type: type[msgspec.Struct] | None = None,
        output_type: Any = None,
    ) -> Declare[Known]: ...

    def route(
        self,
        method: str,
        path: str,
        *,
        right: str = "",
        own: tuple[str, ...] = (),
        public: bool = False,
        summary: str = "",
        source: str = "",
        upload_bytes_max: int = 0,
        input_type: type[msgspec.Struct] | None = None,
        output_type: Any = None,
    ) -> Any:
        """Declare a call. Exactly one of `right` and `public=True` must be given; `own` names what
        else opens it (Route.own).

        Types of input and answer stand at the handler; those that are made at start are given. A
        call that takes a file (web/uploads) says how large its body may be; nobody sends one
        without a right.
        """
        if bool(right) == public:
            raise ValueError(f"{method} {path}: name a right, or say public=True")
        for name in (right, *own) if right else own:
            check_right(name)

        def declare(handler: Handler) -> Handler:
            hints = typing.get_type_hints(handler)
            parameters = list(inspect.signature(handler).parameters)
            hinted = hints.get(parameters[1]) if len(parameters) > 1 else None
            self.all.append(
                Route(
                    surface=self.surface,
                    method=method,
                    path=f"{self.prefix}{path}",
                    section=self.section,
                    handler=handler,
                    right=right,
                    own=own,
                    public=public,
                    summary=summary or inspect.getdoc(handler) or "",
                    source=source,
                    input_type=input_type or hinted,
                    output_type=output_type or hints.get("return"),
                    body_bytes_max=upload_bytes_max or BODY_BYTES_MAX,
                )
            )
            return handler

        return declare


class Verb(Generic[Known]):
    """Declares calls of one method: `routes.get("/pcs", right="pcs.view")`."""

    def __init__(self, routes: Routes[Known], method: str) -> None:
        self._routes = routes
        self._method = method

    @overload
    def __call__(
        self, path: str, *, public: Literal[True], summary: str = "", source: str = ""
    ) -> Declare[Call]: ...

    @overload
    def __call__(
        self,
        path: str,
        *,
        right: str,
        own: tuple[str, ...] = (),
        summary: str = "",
        source: str = "",
        upload_bytes_max: int = 0,
        input_type: type[msgspec.Struct] | None = None,
        output_type: Any = None,
    ) -> Declare[Known]: ...

    def __call__(self, path: str, **options: Any) -> Any:
        """Declare a call of this method; options as for Routes.route()."""
        return self._routes.route(self._method, path, **options)


class PlainRoutes(Routes["Call"]):
    """Pages and calls outside every surface (health, game pages); they answer for themselves."""

    surface = "plain"
