"""Files that anybody may fetch: for the pages of panel and portal."""

from __future__ import annotations

from lanhouse.cafe.files.queries import public_file
from lanhouse.cafe.files.wire import FOR_EVER, file_reply, is_known, unchanged
from lanhouse.kit.errors import NotFound
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.replies import Reply
from lanhouse.web.routes import PlainRoutes

routes = PlainRoutes("Files")


@routes.get("/files/{key}", public=True, summary="A public file by its content")
async def public(call: Call) -> Reply:
    """The file; its address never shows anything else, so browsers keep it for ever."""
    key = call.path["key"]
    file = await call.read(public_file, key)
    if file is None:
        raise NotFound(say("There is no such file."))
    return unchanged(key, FOR_EVER) if is_known(call, key) else file_reply(file, FOR_EVER)
