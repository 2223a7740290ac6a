"""/docs: the three APIs to read and to try, with assets served by this process."""

from __future__ import annotations

import msgspec

from lanhouse.kit.errors import NotFound
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.openapi import TITLES, document
from lanhouse.web.replies import Reply
from lanhouse.web.routes import PlainRoutes

routes = PlainRoutes("Documentation")

# Swagger UI sets styles from its scripts; this page holds no data and no sign-in.
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@routes.get("/docs", public=True, summary="The three APIs, with a form to try each call")
async def docs(call: Call) -> Reply:
    """Swagger UI over /openapi/{api}.json."""
    page = call.html("web/templates/docs.html", apis=list(TITLES.items()))
    return page.with_header("content-security-policy", _POLICY)


@routes.get("/openapi/{name}", public=True, summary="OpenAPI 3.1 of one API")
async def openapi(call: Call) -> Reply:
    """`cafe.json`, `external.json` or `native.json`."""
    surface = call.path["name"].removesuffix(".json")
    if surface not in TITLES:
        raise NotFound(say("there is no such API"))
    found = [route for endpoint in call.services.endpoints for route in endpoint.routes]
    body = msgspec.json.encode(document(surface, found, call.settings.base_url))
    return Reply(body, 200, "application/json")
