"""The page of a game: everything but the round is written here, the script shows the rest.

The round, the balance and what may be staked come as the small JSON for all games
(docs/house-games.md), which the page's script asks for.
"""

from __future__ import annotations

from typing import Any

import msgspec

from lanhouse.aggregator.providers.house.files import file_url
from lanhouse.aggregator.providers.house.games import wheel
from lanhouse.aggregator.providers.house.games.catalogue import SLOT, HouseGame
from lanhouse.aggregator.providers.house.games.machines import LIT_WINDOWS, THREE_LAMPS
from lanhouse.aggregator.providers.house.games.strategy import TABLE
from lanhouse.aggregator.providers.house.play_texts import fields_shown, play_words, rules_of
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, Machine
from lanhouse.aggregator.providers.house.texts import symbol_names
from lanhouse.web.render import View, render

_TEMPLATE = "aggregator/providers/house/templates/play.html"
MACHINES: dict[str, Machine] = {
    "house_00001": NIGHT_SHIFT,
    "house_00002": LIT_WINDOWS.machine,
    "house_00003": THREE_LAMPS,
}


class GamePage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the script of a game starts from.

    `secret` and the addresses of lobby and cashier are empty when the page was only reloaded: the
    script has them in its sessionStorage. `chips` are decimal text. `frame_origins` may frame the
    page and hear what happens. `is_test`: no real money is played for. `check_minutes`: how often
    the player is told how long he has played and how he stands; 0: never.
    """

    session: str
    secret: str
    currency: str
    decimals: int
    chips: tuple[str, ...]
    started_at_millis: int
    now_millis: int
    lobby_url: str = ""
    cashier_url: str = ""
    frame_origins: tuple[str, ...] = ()
    is_test: bool = False
    check_minutes: int = 0


def drawn_of(game: HouseGame, language: str) -> dict[str, Any]:
    """What the script that draws a game's table must know besides the round."""
    machine = MACHINES.get(game.id)
    return {
        "game": game.id,
        "words": play_words(language),
        "names": symbol_names(language) if machine else {},
        "lines": machine.lines if machine else (),
        "window": _window(machine) if machine else (),
        "wheel": [wheel.multiple_text(field) for field in range(len(wheel.HALVES))],
        "fields": fields_shown(game.id, language),
    }


def render_game(view: View, game: HouseGame, page: GamePage) -> str:
    """The page of a game as HTML."""
    machine = MACHINES.get(game.id)
    start = {
        **msgspec.to_builtins(page),
        **drawn_of(game, view.language),
        "locale": view.locale.replace("_", "-"),
        "isSlot": game.category == SLOT,
        "isCards": game.id in ("house_00005", "house_00006"),
        "first": game.first_action,
    }
    return render(
        _TEMPLATE,
        view,
        game=game,
        page=page,
        start=start,
        machine=machine,
        counts=sorted({count for pays in machine.pays.values() for count in pays})
        if machine
        else (),
        names=symbol_names(view.language),
        rules=rules_of(game.id, view.language),
        strategy=TABLE if game.id == "house_00006" else {},
        bets=_told(bet_returns(game.id), start["fields"]),
        file_url=file_url,
    )


def _window(machine: Machine) -> list[list[str]]:
    """What the reels show before the first round: the first stop of each."""
    return [[strip[row] for strip in machine.strips] for row in range(3)]


def _told(bets: tuple[tuple[str, str], ...], fields: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Returns with the fields' names in the player's language."""
    labels = {
        f"{field['on']} {field['number']}" if "number" in field else field["on"]: field["label"]
        for field in fields
    }
    return [(labels[bet], share) for bet, share in bets]


_RETURNS: dict[str, tuple[tuple[str, str], ...]] = {
    "house_00005": (("player", "98.7649"), ("banker", "98.9421"), ("tie", "85.6404")),
    "house_00007": (
        ("small", "97.2222"),
        ("big", "97.2222"),
        ("total 4", "84.7222"),
        ("total 5", "86.1111"),
        ("total 6", "87.963"),
        ("total 7", "90.2778"),
        ("total 8", "87.50"),
        ("total 9", "81.0185"),
        ("total 10", "87.50"),
        ("triple", "86.1111"),
        ("triple 1", "83.7963"),
    ),
}
"""Percent paid back by bet where bets differ; a test holds them to the exact figures."""


def bet_returns(game_id: str) -> tuple[tuple[str, str], ...]:
    """(bet, percent paid back) of a game whose bets differ; totals above 10 mirror those below."""
    return _RETURNS.get(game_id, ())
