"""Coins for games by the default formulas (cafe-domain 8). Pure; factors are hundredths."""

from __future__ import annotations

import msgspec

from lanhouse.kit.money import MICROS

_HUNDREDTH = MICROS // 100


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """What a match came to; counts, none below 0. Without a win `is_lost` says that it was lost."""

    wins: int = 0
    kills: int = 0
    assists: int = 0
    deaths: int = 0
    last_hits: int = 0
    is_lost: bool = False
    is_tft: bool = False
    """League of Legends: a match of Teamfight Tactics."""


class Formula(msgspec.Struct, frozen=True, kw_only=True):
    """Hundredths of a coin for each win, kill and so on; `factor` is percent of the sum."""

    win: int
    kill: int
    assist: int = 0
    death: int = 0
    last_hit: int = 0
    lost: int = 0
    above_ten: int = 0
    """Once, for more than 10 kills, and once for more than 10 assists."""
    factor: int = 100
    factor_tft: int = 100


FORMULAS: dict[str, Formula] = {
    "lol": Formula(
        win=300, kill=200, assist=150, death=-50, above_ten=200, factor=150, factor_tft=125
    ),
    "dota2": Formula(
        win=300, kill=200, assist=150, death=-50, above_ten=1000, last_hit=1, lost=-200
    ),
    "cs": Formula(win=300, kill=50, assist=10, death=-20, lost=-200),
    "valorant": Formula(win=2000, kill=200, assist=50),
    "fortnite": Formula(win=900, kill=300),
    "pubg": Formula(win=900, kill=300),
    "apex": Formula(win=300, kill=50, assist=10),
}
"""By game; another game earns nothing."""


def coins_for_game(game: str, stats: Stats) -> int:
    """The coins of a match in micros, with 2 decimals; a negative sum gives 0, and so does a game
    without a formula."""
    formula = FORMULAS.get(game.casefold())
    if formula is None:
        return 0
    hundredths = (
        formula.win * stats.wins
        + formula.kill * stats.kills
        + formula.assist * stats.assists
        + formula.death * stats.deaths
        + formula.last_hit * stats.last_hits
        + (formula.lost if stats.is_lost and not stats.wins else 0)
        + formula.above_ten * ((stats.kills > 10) + (stats.assists > 10))
    )
    factor = formula.factor_tft if stats.is_tft else formula.factor
    # Half-up to hundredths of a coin.
    return max((hundredths * factor + 50) // 100, 0) * _HUNDREDTH


NAMES = {
    "lol": "League of Legends",
    "dota2": "Dota 2",
    "cs": "Counter-Strike",
    "valorant": "Valorant",
    "fortnite": "Fortnite",
    "pubg": "PUBG",
    "apex": "Apex Legends",
}
"""What the games with a formula are called."""


def earns_coins(supported_games: str, game: str) -> bool:
    """Whether the setting `supported_games` (a JSON list of names) lets a game earn coins; an empty
    list lets all that have a formula."""
    games: list[object] = msgspec.json.decode(supported_games or "[]", type=list)
    return not games or game.casefold() in {str(each).casefold() for each in games}
