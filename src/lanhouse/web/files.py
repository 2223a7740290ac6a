"""Static files: ours and the vendored ones, served by this process and cached by browsers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles


class Assets(StaticFiles):
    """Files under /static; a versioned address (`?v=…`) may be cached for ever."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)

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
