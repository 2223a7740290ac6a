"""The games of House by id. Ids are for good; what decides a win has a version and a hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from lanhouse.aggregator.providers.house.games import (
    baccarat,
    blackjack,
    cards,
    roulette,
    sicbo,
    wheel,
)
from lanhouse.aggregator.providers.house.games.free_spins import FreeSpinReels
from lanhouse.aggregator.providers.house.games.machines import LIT_WINDOWS, THREE_LAMPS
from lanhouse.aggregator.providers.house.games.slots import Reels
from lanhouse.aggregator.providers.house.games.step import Action, Log, State, StepFunction
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT

SLOT = "slot"
TABLE = "table"


@dataclass(frozen=True)
class HouseGame:
    """A game of House: who it is, and its pure functions.

    `step` plays, `stakes` tells what an action would take (and refuses what `step` would refuse)
    before a number is drawn, `view` and `log` tell a kept state again. `first_action` begins a
    round, with `bet` or, when `has_fields`, with `bets`. `rtp_percent` is that of the best bet.
    """

    id: str
    name: str
    category: str
    version: str
    rules_text: str
    rtp_percent: str
    first_action: str
    step: StepFunction
    stakes: Callable[[State | None, Action], tuple[int, ...]]
    view: Callable[[State], dict[str, Any]]
    log: Callable[[State], Log]
    bound: Callable[[int], int]
    """The number of a round (from 0) -> below what it is drawn; a verifier asks the stream so."""
    has_fields: bool = False

    @property
    def rules_hash(self) -> str:
        """SHA-256 of `rules_text`, kept on every round."""
        return hashlib.sha256(self.rules_text.encode()).hexdigest()


def _rules(version: str, *data: object) -> str:
    return msgspec.json.encode([version, *data], order="sorted").decode()


def _below(bound: int) -> Callable[[int], int]:
    return lambda _place: bound


_NIGHT_SHIFT = Reels(NIGHT_SHIFT)
_LIT_WINDOWS = FreeSpinReels(LIT_WINDOWS)
_THREE_LAMPS = Reels(THREE_LAMPS)

_ALL = (
    HouseGame(
        id="house_00001",
        name="Night Shift",
        category=SLOT,
        version=NIGHT_SHIFT.version,
        rules_text=NIGHT_SHIFT.rules_text,
        rtp_percent=NIGHT_SHIFT.rtp_percent,
        first_action="spin",
        step=_NIGHT_SHIFT.step,
        stakes=_NIGHT_SHIFT.stakes,
        view=_NIGHT_SHIFT.view,
        log=_NIGHT_SHIFT.log,
        bound=_below(20),
    ),
    HouseGame(
        id="house_00002",
        name="Lit Windows",
        category=SLOT,
        version=LIT_WINDOWS.machine.version,
        rules_text=LIT_WINDOWS.rules_text,
        rtp_percent=LIT_WINDOWS.machine.rtp_percent,
        first_action="spin",
        step=_LIT_WINDOWS.step,
        stakes=_LIT_WINDOWS.stakes,
        view=_LIT_WINDOWS.view,
        log=_LIT_WINDOWS.log,
        bound=_below(24),
    ),
    HouseGame(
        id="house_00003",
        name="Three Lamps",
        category=SLOT,
        version=THREE_LAMPS.version,
        rules_text=THREE_LAMPS.rules_text,
        rtp_percent=THREE_LAMPS.rtp_percent,
        first_action="spin",
        step=_THREE_LAMPS.step,
        stakes=_THREE_LAMPS.stakes,
        view=_THREE_LAMPS.view,
        log=_THREE_LAMPS.log,
        bound=_below(24),
    ),
    HouseGame(
        id="house_00004",
        name="Roulette",
        category=TABLE,
        version="roulette-1",
        rules_text=_rules("roulette-1", roulette.POCKETS, sorted(roulette.RED), roulette.PAYS),
        rtp_percent="97.2973",
        first_action="spin",
        step=roulette.TABLE.step,
        stakes=roulette.TABLE.stakes,
        view=roulette.TABLE.view,
        log=roulette.log,
        bound=_below(roulette.POCKETS),
        has_fields=True,
    ),
    HouseGame(
        id="house_00005",
        name="Baccarat",
        category=TABLE,
        version="baccarat-1",
        rules_text=_rules(
            "baccarat-1",
            baccarat.DECKS,
            cards.RANKS,
            cards.SUITS,
            baccarat.PARTS_PAID,
            [
                [baccarat.banker_draws(total, third) for third in (None, *range(10))]
                for total in range(8)
            ],
        ),
        rtp_percent="98.9421",
        first_action="deal",
        step=baccarat.TABLE.step,
        stakes=baccarat.TABLE.stakes,
        view=baccarat.TABLE.view,
        log=baccarat.log,
        bound=lambda place: baccarat.SHOE - place,
        has_fields=True,
    ),
    HouseGame(
        id="house_00006",
        name="Blackjack",
        category=TABLE,
        version="blackjack-1",
        rules_text=_rules(
            "blackjack-1",
            cards.RANKS,
            cards.SUITS,
            blackjack.DEALER_STANDS,
            blackjack.PARTS_PAID,
            blackjack.RULES,
        ),
        rtp_percent="99.4296",
        first_action="deal",
        step=blackjack.step,
        stakes=blackjack.stakes,
        view=blackjack.view,
        log=blackjack.log,
        bound=_below(cards.DECK),
    ),
    HouseGame(
        id="house_00007",
        name="Sic Bo",
        category=TABLE,
        version="sicbo-1",
        rules_text=_rules(
            "sicbo-1",
            sorted(sicbo.TOTAL_PAYS.items()),
            sicbo.TRIPLE_PAYS,
            sicbo.ANY_TRIPLE_PAYS,
        ),
        rtp_percent="97.2222",
        first_action="roll",
        step=sicbo.TABLE.step,
        stakes=sicbo.TABLE.stakes,
        view=sicbo.TABLE.view,
        log=sicbo.log,
        bound=_below(sicbo.FACES),
        has_fields=True,
    ),
    HouseGame(
        id="house_00008",
        name="Harbour Light",
        category=TABLE,
        version="harbour-light-1",
        rules_text=_rules("harbour-light-1", wheel.HALVES),
        rtp_percent="96.00",
        first_action="spin",
        step=wheel.step,
        stakes=wheel.stakes,
        view=wheel.view,
        log=wheel.log,
        bound=_below(len(wheel.HALVES)),
    ),
)

GAMES: dict[str, HouseGame] = {game.id: game for game in _ALL}
"""Every game by id, in the order in which they are shown."""
