"""Proves, in every test that calls the application, that an answer is what OpenAPI says of it.

Installed for the whole run. The body of each answer is checked against the document's own schema
of its route; an answer that is not so, or has a key that the document does not know, becomes an
internal error and fails the test that made the call. Refusals and what is no JSON are let through.
"""

from __future__ import annotations

import copy
from functools import cache
from typing import Any, get_origin

import jsonschema_rs
import msgspec

from lanhouse.app import all_routes
from lanhouse.web.dispatch import Endpoint, Receive
from lanhouse.web.openapi import TITLES, document
from lanhouse.web.replies import Bare, Reply, Stream
from lanhouse.web.request import Request
from lanhouse.web.routes import Route


class NotAsDocumented(AssertionError):
    """A call has answered something else than its documentation says."""


def answer_schema(route: Route) -> dict[str, Any]:
    """What the document of its surface says of a route's value, inside the envelope."""
    operation = _document(route.surface)["paths"][route.path][route.method.lower()]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    if get_origin(route.output_type) is Bare:
        return schema
    inside = {"cafe": "data", "external": "result", "provider": "result"}.get(route.surface)
    return schema if inside is None else schema["properties"][inside]


def is_told(schema: dict[str, Any]) -> bool:
    """Whether a schema says which keys and values there are: not of an object that may be any."""
    if "anyOf" in schema:
        return all(is_told(part) for part in schema["anyOf"])
    if schema.get("type") == "array":
        return is_told(schema.get("items", {}))
    if schema.get("type") == "object" and "properties" not in schema:
        return bool(schema.get("additionalProperties"))
    return bool(schema)


def check(route: Route, body: bytes) -> None:
    """Raise NotAsDocumented for an answer in its envelope that is not what the document says."""
    try:
        _validator(route.surface, route.path, route.method).validate(msgspec.json.decode(body))
    except jsonschema_rs.ValidationError as error:
        raise NotAsDocumented(f"{route.id}: {error}") from error


def install() -> None:
    """Watch every application of this process from now on."""
    run = Endpoint._run

    async def watched(
        self: Endpoint, route: Route, request: Request, receive: Receive
    ) -> Reply | Stream:
        reply = await run(self, route, request, receive)
        if route.surface in TITLES and isinstance(reply, Reply) and _shows_a_value(reply):
            check(route, reply.body)
        return reply

    Endpoint._run = watched


def _shows_a_value(reply: Reply) -> bool:
    return reply.status == 200 and reply.content_type == "application/json" and bool(reply.body)


@cache
def _document(surface: str) -> dict[str, Any]:
    return document(surface, all_routes(), "http://testserver")


@cache
def _components(surface: str) -> dict[str, Any]:
    """The document's components, with no key allowed that is not named."""
    found = copy.deepcopy(_document(surface)["components"])
    for schema in found["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return found


@cache
def _validator(surface: str, path: str, method: str) -> jsonschema_rs.Validator:
    operation = _document(surface)["paths"][path][method.lower()]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return jsonschema_rs.validator_for({**schema, "components": _components(surface)})
