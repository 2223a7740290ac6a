"""Static files: ours and the vendored ones, served by this process and cached by browsers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles


class Assets(StaticFiles):
    """Files under /static; a versioned address (`?v=…`) may be cached for ever."""

    def __init__(self, folder: Path, unknown_path: Any) -> None:
        """`unknown_path` is the endpoint that answers for what is no file of ours."""
        super().__init__(directory=folder, check_dir=False)
        self._unknown_path = unknown_path

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send the file, or what an unknown path gets; it is read only (GET, HEAD)."""
        try:
            await super().__call__(scope, receive, send)
        except HTTPException:  # not there, or not read only
            await self._unknown_path(scope, receive, send)

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """The file with cache headers and the house's security headers."""
        response = super().file_response(*args, **kwargs)
        scope = kwargs.get("scope") or args[2]
        versioned = scope.get("query_string", b"").startswith(b"v=")
        response.headers["cache-control"] = (
            "public, max-age=31536000, immutable" if versioned else "no-cache"
        )
        response.headers["x-content-type-options"] = "nosniff"
        return response
