"""The documents of the APIs: what a route answers is shown, and nothing in place of another."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lanhouse.web.openapi import document
from lanhouse.web.replies import Written
from lanhouse.web.routes import Routes


class Native(Routes[Any]):
    surface = "native"


class One(msgspec.Struct):
    name: str


class Several(msgspec.Struct):
    names: list[str]


def shown(routes: Native, path: str) -> Any:
    whole = document("native", routes.all, "http://testserver")
    return whole["paths"][path]["post"]["responses"]["200"]["content"]["application/json"]["schema"]


def test_an_answer_of_one_of_two_shapes_is_shown_with_both() -> None:
    routes = Native("Test")

    @routes.post("/things", public=True, summary="Things")
    async def things(call: Any) -> Written[One | Several]:
        """Either."""
        raise NotImplementedError

    both = [{"$ref": f"#/components/schemas/{name}"} for name in ("One", "Several")]
    assert shown(routes, "/things") == {"anyOf": both}


def test_two_structs_of_one_name_are_refused() -> None:
    routes = Native("Test")

    @routes.post("/one", public=True, summary="One")
    async def one(call: Any) -> One:
        """One."""
        raise NotImplementedError

    other = msgspec.defstruct("One", [("number", int)], module="elsewhere")

    @routes.route("POST", "/other", right="account.self", summary="Another", output_type=other)
    async def another(call: Any) -> None:
        """Another."""

    with pytest.raises(ValueError, match="two Structs are called One"):
        shown(routes, "/one")


def test_a_type_without_a_schema_is_a_mistake() -> None:
    """It would be documented as any value, which nobody notices."""
    routes = Native("Test")
    either: Any = One | Several
    hidden = msgspec.defstruct("Hidden", [("either", either)])

    @routes.route("POST", "/things", right="account.self", summary="Things", output_type=hidden)
    async def things(call: Any) -> None:
        """One of two, inside of another."""

    with pytest.raises(TypeError, match="must be tagged"):
        shown(routes, "/things")
