"""House as the platform sees it: its catalogue, its limits, and what it tells of a round."""

from __future__ import annotations

from lanhouse.aggregator.providers.house.bets import free_amounts_micros, house_limits
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
        """Three sets of each category: Low, Standard, which counts unless another is chosen for the
        player, and High."""
        if category_id not in {game.category.id for game in self.games}:
            return []
        return house_limits(category_id, currency)

    def free_amounts_micros(self, game_id: str, currency: str) -> tuple[int, ...] | None:
        """The bets of a slot, the chips of a table."""
        return free_amounts_micros(BY_ID[game_id].category.id, currency)

    def takes_currency(self, game_id: str, currency: str, scale: str) -> bool:
        """Whether a game can count in a currency: House knows no other unit than the currency
        itself, and every bet and every win of the game must exist in it.
        """
        return scale == "1" and can_count(game_id, currency)

    def round_log(self, read: Read, round_id: int) -> RoundLog | None:
        """The round with everything that proves it; the server seed once it is revealed."""
        return round_log(read, round_id)


HOUSE = House()
