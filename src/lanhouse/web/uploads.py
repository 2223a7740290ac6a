"""Files in a form. A route that takes one says how large its whole body may be."""

from __future__ import annotations

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.forms import file_part
from lanhouse.kit.said import say
from lanhouse.web.request import Request


def file_of(request: Request, name: str) -> bytes:
    """The content of the file that a multipart form sends under this name; empty when none is.

    Raises InvalidInput for a body that is no such form.
    """
    kind = request.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() != "multipart/form-data":
        raise InvalidInput({name: say("must be sent as a file in a form")})
    return file_part(kind, request.body, name)
