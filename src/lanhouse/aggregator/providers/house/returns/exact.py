"""Every game's exact figures, and the return that is stated to players."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from lanhouse.aggregator.providers.house.games.machines import LIT_WINDOWS, THREE_LAMPS
from lanhouse.aggregator.providers.house.returns import baccarat, blackjack, slots, tables
from lanhouse.aggregator.providers.house.returns.figures import Figures, percent
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, Machine


def _reels(machine: Machine) -> list[Figures]:
    return [slots.figures(machine)]


_FIGURES: dict[str, Callable[[], list[Figures]]] = {
    "house_00001": partial(_reels, NIGHT_SHIFT),
    "house_00002": lambda: [slots.free_spin_figures(LIT_WINDOWS)],
    "house_00003": partial(_reels, THREE_LAMPS),
    "house_00004": tables.roulette_figures,
    "house_00005": baccarat.figures,
    "house_00006": lambda: [blackjack.figures()],
    "house_00007": tables.sicbo_figures,
    "house_00008": tables.wheel_figures,
}


@cache
def figures_of(game_id: str) -> list[Figures]:
    """Every bet of a game; computed once, which takes up to some seconds."""
    return _FIGURES[game_id]()


def stated_rtp(game_id: str) -> str:
    """The return of the best bet in percent with 2 to 4 decimals, half-up."""
    return percent(max(figures.rtp for figures in figures_of(game_id)))
