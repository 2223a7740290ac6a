"""The game in the browser."""

from __future__ import annotations

from lanhouse.web.routes import Routes


class GameRoutes(Routes):
    """Game pages and what their script asks for; paths are whole (`/play/…`)."""

    surface = "game"


routes = GameRoutes("Game pages")
