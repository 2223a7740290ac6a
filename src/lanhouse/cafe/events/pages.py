"""The ranking of a centre as a page for everybody who has its signed address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PortalRoutes
from lanhouse.cafe.centers.queries import center_by_license
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.centers.schemas.loyalty.games import NAMES
from lanhouse.cafe.events.queries import RankWanted, games_played, ranking
from lanhouse.cafe.events.rules import is_signed, rank_path
from lanhouse.cafe.events.wire import RankRow, rank_row
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import NotFound
from lanhouse.kit.inputs import Line
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.replies import Reply

routes = PortalRoutes("Portal pages")


class RanksPageIn(msgspec.Struct):
    """Which game; empty: all together."""

    game: Annotated[Line, Meta(max_length=40)] = ""


class RankPage(msgspec.Struct, frozen=True):
    """What the page shows: the games of the last days, and the best of one or of all."""

    games: list[str]
    rows: list[RankRow]


@routes.get("/rank/{license_name}/{sign}", public=True, summary="The ranking of a centre")
async def ranks_page(call: Call, data: RanksPageIn) -> Reply:
    """The best of the last days. It names only members who have agreed, and shows the beginning of
    the other accounts; 404 for an address that the centre has not given."""
    center = await call.read(center_by_license, call.path["license_name"])
    if center is None or not is_signed(call.vault, center, call.path["sign"]):
        raise NotFound(say("There is no such page."))
    game = data.game.casefold()
    if not game or game in NAMES:
        place = ("ranks", center.id, game)
        found = await call.services.kept.for_a_while(call.store, place, _made(center, game))
    else:
        found = await call.read(_made(center, game), clock.now())
    page = CafeCall(call, call.actor, center)
    return page.html(
        "cafe/events/templates/ranks.html",
        path=rank_path(call.vault, center),
        game=game,
        days=center.settings.loyalty.rank_last_days,
        names=NAMES,
        games=found.games,
        rows=found.rows,
    )


def _made(center: Center, game: str) -> Callable[[Read, datetime], RankPage]:
    def made(read: Read, at: datetime) -> RankPage:
        wanted = RankWanted(center.id, game.casefold(), center.settings.loyalty.rank_last_days, at)
        rows = [rank_row(each, knows=False) for each in ranking(read, wanted)]
        return RankPage(games_played(read, wanted), rows)

    return made
