"""Every component in every state on one page, for those who build pages; the tests look at it too.

It shows no data of the centre. It is no place of the rail: an Admin who knows the address sees it.
"""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.web.replies import Reply

routes = PanelRoutes("Gallery")


@routes.get("/panel/gallery", right="settings.edit", summary="Every component in every state")
async def gallery(call: CafeCall) -> Reply:
    """The page of specimens."""
    return call.html("cafe/desk/templates/gallery/gallery.html")
