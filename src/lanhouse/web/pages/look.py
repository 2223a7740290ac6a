"""The reader's own choices: look and language, kept in cookies and honoured by the server."""

from __future__ import annotations

import msgspec

from lanhouse.web import i18n
from lanhouse.web.call import Call
from lanhouse.web.render import LANGUAGE_COOKIE, THEME_COOKIE, THEMES
from lanhouse.web.replies import Reply, redirect
from lanhouse.web.routes import PlainRoutes

routes = PlainRoutes("Pages")
_YEAR_SECONDS = 365 * 24 * 3600


class LookIn(msgspec.Struct):
    """What to change, and the page to come back to."""

    theme: str = ""
    language: str = ""
    back: str = "/"


@routes.get("/", public=True, summary="The first page: on to the panel")
async def start(_call: Call) -> Reply:
    """Send a browser that only knows the server's name to the panel.

    Members come by the address of their portal, programs by that of their API.
    """
    return redirect("/panel")


@routes.post("/look", public=True, summary="Choose the look and the language of the pages")
async def look(call: Call, data: LookIn) -> Reply:
    """Set the cookies and go back; unknown values change nothing."""
    reply = redirect(local_path(data.back))
    secure = call.settings.secure_cookies
    if data.theme in THEMES:
        reply = reply.with_cookie(THEME_COOKIE, data.theme, seconds=_YEAR_SECONDS, secure=secure)
    if data.language in i18n.LANGUAGES:
        reply = reply.with_cookie(
            LANGUAGE_COOKIE, data.language, seconds=_YEAR_SECONDS, secure=secure
        )
    return reply


def local_path(path: str) -> str:
    """A path on this server as given; anything that could lead elsewhere becomes "/"."""
    is_local = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_local and path.isprintable() and path.isascii() else "/"
