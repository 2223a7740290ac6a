"""A call from a game page: the player's session is known."""

from __future__ import annotations

from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.auth.actors import Actor
from lanhouse.ledger import book_of_agent
from lanhouse.web.call import Call
from lanhouse.web.routes import Routes


class GameCall(Call):
    """A call whose game session is recognised (aggregator/surfaces.py makes it)."""

    __slots__ = ("session",)

    def __init__(self, call: Call, session: GameSession) -> None:
        super().__init__(call.services, call.route, call.request, call.encode)
        self.actor = Actor(kind="player", agent_id=session.agent_id, role="player")
        self.session = session
        self.book_id = book_of_agent(session.agent_id)


class GameRoutes(Routes[GameCall]):
    """Game pages and what their script asks for; paths are whole (`/play/…`)."""

    surface = "game"
