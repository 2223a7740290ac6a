"""OpenAPI 3.1 documents of the four APIs, generated from the route registry."""

from __future__ import annotations

import re
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec

from lanhouse import __version__
from lanhouse.web.replies import Answer, Bare, Reply, Stream, Written
from lanhouse.web.routes import Route

TITLES = {
    "cafe": "Café API v2",
    "external": "External API of the game aggregator",
    "provider": "Provider port of the game aggregator",
    "native": "Native API",
}
_ABOUT = {
    "cafe": "Every answer is HTTP 200 with {code, message, data}; refusals have no data."
    " Parameters may stand in JSON, a form or the query. Writes may carry an Idempotency-Key.",
    "external": "POST with JSON. Answers are {ok, result} or {ok, error}."
    " Money calls take clientTxId or Idempotency-Key.",
    "provider": "POST with JSON, signed (docs/provider-port.md). Answers are {ok, result} or"
    " {ok, error}.",
    "native": "Plain REST with real HTTP statuses; errors are {error: {code, message, fields}}.",
}
# All of them at once: who calls, when, and the signature over it.
_SECURITY = {"provider": ("X-Provider", "X-Timestamp", "X-Signature")}
_REF = "#/components/schemas/{name}"


def document(surface: str, routes: list[Route], base_url: str) -> dict[str, Any]:
    """The OpenAPI document of one surface (cafe, external, provider, native)."""
    mine = [route for route in routes if route.surface == surface]
    types = [t for route in mine for t in (route.input_type, _output(route)) if t is not None]
    schemas, components = _schemas(types)
    paths: dict[str, Any] = {}
    for route in mine:
        operation = _operation(surface, route, schemas)
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Lanhouse: {TITLES[surface]}",
            "version": __version__,
            "description": _ABOUT[surface],
        },
        "servers": [{"url": base_url}],
        "security": [{name: [] for name in _SECURITY.get(surface, ("bearer",))}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                name: {"type": "apiKey", "in": "header", "name": name}
                for name in _SECURITY.get(surface, ())
            }
            or {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _output(route: Route) -> Any:
    """The type of the value that a route shows, or None where nothing is known of it."""
    kind = route.output_type
    if get_origin(kind) in (Written, Bare):
        (kind,) = get_args(kind)
    return None if kind in (None, Any, Answer, Reply, Stream, type(None)) else kind


def _schemas(types: list[Any]) -> tuple[dict[Any, Any], dict[str, Any]]:
    """Schemas by type.

    Raises TypeError for a type that has none, ValueError when two different Structs have one name.
    """
    known: dict[Any, Any] = {}
    components: dict[str, Any] = {}
    for kind in types:
        if str(kind) in known:
            continue
        found, more = msgspec.json.schema_components(
            _alternatives(kind), ref_template=_REF, schema_hook=_plain_schema
        )
        known[str(kind)] = found[0] if len(found) == 1 else {"anyOf": list(found)}
        for name, part in more.items():
            # One would be shown in place of the other.
            if components.setdefault(name, part) != part:
                raise ValueError(f"two Structs are called {name}")
    return known, components


def _alternatives(kind: Any) -> list[Any]:
    # Of several Structs msgspec wants to know which to read; here none is read.
    return list(get_args(kind)) if get_origin(kind) in (Union, UnionType) else [kind]


def _plain_schema(kind: Any) -> dict[str, Any]:
    return {"description": getattr(kind, "__name__", str(kind))}


def _operation(surface: str, route: Route, schemas: dict[Any, Any]) -> dict[str, Any]:
    names = re.findall(r"{(\w+)}", route.path)
    operation: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", route.id).strip("_"),
        "tags": [route.section],
        "summary": route.summary.split("\n")[0],
        "description": _description(route),
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in names
        ],
        "responses": {"200": _response(surface, route, schemas)},
    }
    if route.public:
        operation["security"] = []
    if route.input_type is not None:
        schema = schemas[str(route.input_type)]
        if route.method == "GET":
            operation["parameters"] += _query_parameters(route.input_type, names)
        else:
            operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    return operation


def _query_parameters(kind: type[msgspec.Struct], path_names: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "name": field.encode_name,
            "in": "query",
            "required": field.required,
            "schema": {"type": "string"},
        }
        for field in msgspec.structs.fields(kind)
        if field.encode_name not in path_names
    ]


def _description(route: Route) -> str:
    parts = [(route.handler.__doc__ or "").strip()]
    rights = " or ".join(f"`{right}`" for right in (route.right, *route.own))
    parts.append(f"Right: {rights}." if route.right else "Public.")
    if route.source:
        parts.append(f"Source: {route.source}.")
    return "\n\n".join(part for part in parts if part)


def _response(surface: str, route: Route, schemas: dict[Any, Any]) -> dict[str, Any]:
    kind = _output(route)
    data = schemas[str(kind)] if kind is not None else {}
    if get_origin(route.output_type) is Bare:
        schema: dict[str, Any] = data
    elif surface == "cafe":
        schema = {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "integer"},
                "message": {"type": "string"},
                "data": data,
            },
        }
    elif surface in ("external", "provider"):
        schema = {
            "type": "object",
            "required": ["ok"],
            "properties": {"ok": {"type": "boolean"}, "result": data},
        }
    else:
        schema = data
    return {
        "description": "The answer; refusals use the same envelope.",
        "content": {"application/json": {"schema": schema}},
    }
