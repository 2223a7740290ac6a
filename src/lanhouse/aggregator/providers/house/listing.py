"""House's games as the platform's catalogue lists them."""

from __future__ import annotations

from lanhouse.aggregator.providers.house.games import catalogue
from lanhouse.aggregator.providers.house.games.chips import (
    chips_micros,
    slot_bets_micros,
)
from lanhouse.aggregator.providers.house.games.machines import LIT_WINDOWS, THREE_LAMPS
from lanhouse.aggregator.providers.house.games.step import PARTS
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT
from lanhouse.aggregator.providers.port import Category, Game
from lanhouse.kit.money import minor_unit_micros

SLOT = Category(catalogue.SLOT, "Slot")
TABLE = Category(catalogue.TABLE, "Table")
_CATEGORIES = {category.id: category for category in (SLOT, TABLE)}
_LINES_MOST = max(len(machine.lines) for machine in (NIGHT_SHIFT, LIT_WINDOWS.machine, THREE_LAMPS))

# Logo, how much results swing on the best bet, the most that a round pays in bets, features.
_TOLD: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "house_00001": ("night-shift", "medium", "338.75", ("wild", "scatter")),
    "house_00002": ("lit-windows", "high", "25219.35", ("wild", "scatter", "free-spins")),
    "house_00003": ("three-lamps", "high", "96", ("wild",)),
    "house_00004": ("roulette", "low", "36", ("single-zero",)),
    "house_00005": ("baccarat", "low", "9", ("eight-decks", "third-card")),
    "house_00006": ("blackjack", "low", "2.5", ("double", "split")),
    "house_00007": ("sic-bo", "low", "181", ("three-dice",)),
    "house_00008": ("harbour-light", "medium", "10", ("fifty-fields",)),
}


def _game(game: catalogue.HouseGame) -> Game:
    logo, volatility, most, features = _TOLD[game.id]
    return Game(
        id=game.id,
        name=game.name,
        category=_CATEGORIES[game.category],
        logo_path=f"/play/house/{logo}.svg",
        rtp_percent=game.rtp_percent,
        volatility=volatility,
        max_multiplier=most,
        features=(*features, "provably-fair"),
        has_free_round=game.category == catalogue.SLOT,
        has_free_chip=game.category == catalogue.TABLE,
    )


LISTED = tuple(_game(game) for game in catalogue.GAMES.values())
"""Every game of House, in the order in which they are shown."""
BY_ID = {game.id: game for game in LISTED}


def can_count(game_id: str, currency: str) -> bool:
    """Whether a game's bets and all that they may pay exist in a currency: a half and a twentieth
    of every chip, each line's share of a slot's bet.
    """
    unit = minor_unit_micros(currency)
    if BY_ID[game_id].category == SLOT:
        return all(bet % (unit * _LINES_MOST) == 0 for bet in slot_bets_micros(currency))
    return all(chip % (unit * PARTS) == 0 for chip in chips_micros(currency))
