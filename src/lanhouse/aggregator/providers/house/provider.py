"""House as the platform sees it: its catalogue, its limits, and what it tells of a round."""

from __future__ import annotations

from lanhouse.aggregator.providers.house.games.chips import limit_sets
from lanhouse.aggregator.providers.house.listing import BY_ID, LISTED, can_count
from lanhouse.aggregator.providers.house.round_logs import round_log
from lanhouse.aggregator.providers.port import BetLimit, RoundLog
from lanhouse.db.store import Read

NIGHT_SHIFT_GAME = BY_ID["house_00001"]


class House:
    """The built-in provider."""

    id = "house"
    name = "House"
    logo_path = "/play/house/house.svg"
    games = LISTED

    def bet_limits(self, category_id: str, currency: str) -> list[BetLimit]:
        """The one range that every player has in games of a category."""
        if category_id not in {game.category.id for game in self.games}:
            return []
        standard = next(of for of in limit_sets(category_id, currency) if of.is_default)
        return [
            BetLimit(
                id="1",
                label=standard.label,
                min_micros=standard.min_micros,
                max_micros=standard.max_micros,
                is_default=True,
            )
        ]

    def takes_currency(self, game_id: str, currency: str, scale: str) -> bool:
        """Whether a game can count in a currency: House knows no other unit than the currency
        itself, and every bet and every win of the game must exist in it.
        """
        return scale == "1" and can_count(game_id, currency)

    def round_log(self, read: Read, round_id: int) -> RoundLog | None:
        """The round with everything that proves it; the server seed once it is revealed."""
        return round_log(read, round_id)


HOUSE = House()
