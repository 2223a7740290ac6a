"""What falls in each game, round by round by `step`, for the tests of chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from lanhouse.aggregator.providers.house.fair import FairStream
from lanhouse.aggregator.providers.house.games import baccarat, blackjack, wheel
from lanhouse.aggregator.providers.house.games.cards import DECK, RANKS
from lanhouse.aggregator.providers.house.games.catalogue import GAMES, HouseGame
from lanhouse.aggregator.providers.house.games.machines import LIT_WINDOWS, THREE_LAMPS
from lanhouse.aggregator.providers.house.games.step import Action, FieldBet, State, Step
from lanhouse.aggregator.providers.house.games.strategy import move_of
from lanhouse.aggregator.providers.house.returns.baccarat import ORDERS, counted
from lanhouse.aggregator.providers.house.returns.blackjack import walked
from lanhouse.aggregator.providers.house.returns.exact import figures_of
from lanhouse.aggregator.providers.house.returns.tables import throws_of_total
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, Machine
from lanhouse.kit.money import MICROS

CLIENT_SEED = "chance"
STAKE_MICROS = 20 * MICROS
"""A stake that every game takes: whole micros for 20 lines, and twentieths of it."""
_FIELDS = {"house_00004": "red", "house_00005": "banker", "house_00007": "big"}


@dataclass(frozen=True)
class Outcomes:
    """A sequence of outcomes 0 ... k-1 of one kind, and their exact probabilities."""

    name: str
    values: Sequence[int]
    chances: Sequence[float]


def first_action(game: HouseGame) -> Action:
    """One stake on the game's usual bet."""
    if game.has_fields:
        bet = FieldBet(_FIELDS[game.id], STAKE_MICROS)
        return Action(name=game.first_action, bets=(bet,))
    return Action(name=game.first_action, bet_micros=STAKE_MICROS)


def next_action(game: HouseGame, state: State) -> Action:
    """How a round goes on: the printed strategy in blackjack, the next free spin in slots."""
    if game.id != "house_00006":
        return Action(name="spin")
    hands = state["hands"]
    place = next(number for number, hand in enumerate(hands) if not hand["is_over"])
    values = [blackjack.value_of(card) for card in hands[place]["cards"]]
    upcard = blackjack.value_of(state["dealer"][0])
    return Action(name=move_of(values, upcard, is_split=len(hands) > 1), hand=place)


def played(game: HouseGame, server_seed: str, nonce: int, client_seed: str) -> list[Step]:
    """Every step of a round."""
    stream = FairStream(server_seed, client_seed, nonce)
    steps = [game.step(None, first_action(game), stream)]
    while not steps[-1].is_done:
        state = steps[-1].state
        stream = FairStream(server_seed, client_seed, nonce, state["position"])
        steps.append(game.step(state, next_action(game, state), stream))
    return steps


def _rounds(game_id: str, server_seed: str, rounds: int) -> Iterator[list[Step]]:
    game = GAMES[game_id]
    for nonce in range(rounds):
        yield played(game, server_seed, nonce, CLIENT_SEED)


def _even(kinds: int) -> list[float]:
    return [1 / kinds] * kinds


def _slot(machine: Machine, game_id: str, server_seed: str, rounds: int) -> list[Outcomes]:
    """Stops by reel, and rounds that pay nothing, at most the bet, more than it."""
    reels = len(machine.strips)
    stops: list[list[int]] = [[] for _ in range(reels)]
    classes: list[int] = []
    for steps in _rounds(game_id, server_seed, rounds):
        paid = sum(steps[-1].wins)
        classes.append((paid > 0) + (paid > STAKE_MICROS))
        for place, number in enumerate(steps[-1].state["numbers"]):
            stops[place % reels].append(number)
    figures = figures_of(game_id)[0]
    hits, gains = float(figures.hit_rate), float(figures.gain_rate)
    found = [
        Outcomes(f"reel {reel + 1}", stops[reel], _even(size))
        for reel, size in enumerate(machine.stops_per_reel)
    ]
    return [*found, Outcomes("payment", classes, [1 - hits, hits - gains, gains])]


def _roulette(server_seed: str, rounds: int) -> list[Outcomes]:
    fell = [steps[0].view["pocket"] for steps in _rounds("house_00004", server_seed, rounds)]
    return [Outcomes("pocket", fell, _even(37))]


def _baccarat(server_seed: str, rounds: int) -> list[Outcomes]:
    winners, cards = list[int](), list[int]()
    for (step,) in _rounds("house_00005", server_seed, rounds):
        winners.append(baccarat.WINNERS.index(step.view["winner"]))
        cards.append(step.state["numbers"][0] % DECK)
    chances = [counted()[winner] / ORDERS for winner in baccarat.WINNERS]
    return [Outcomes("winner", winners, chances), Outcomes("first card", cards, _even(DECK))]


def _blackjack(server_seed: str, rounds: int) -> list[Outcomes]:
    nets, ranks = list[int](), list[int]()
    kinds = sorted(walked().nets)
    places = {net: place for place, net in enumerate(kinds)}
    for steps in _rounds("house_00006", server_seed, rounds):
        net = sum(steps[-1].wins) - sum(sum(step.stakes) for step in steps)
        nets.append(places[Fraction(net, STAKE_MICROS)])
        ranks.extend(card % len(RANKS) for card in steps[-1].state["numbers"])
    chances = [float(walked().nets[net]) for net in kinds]
    return [Outcomes("net result", nets, chances), Outcomes("rank", ranks, _even(len(RANKS)))]


def _sicbo(server_seed: str, rounds: int) -> list[Outcomes]:
    totals, faces = list[int](), list[int]()
    for (step,) in _rounds("house_00007", server_seed, rounds):
        totals.append(step.view["total"] - 3)
        faces.extend(face - 1 for face in step.view["dice"])
    chances = [throws_of_total(total) / 216 for total in range(3, 19)]
    return [Outcomes("total", totals, chances), Outcomes("face", faces, _even(6))]


def _wheel(server_seed: str, rounds: int) -> list[Outcomes]:
    fell = [steps[0].view["field"] for steps in _rounds("house_00008", server_seed, rounds)]
    return [Outcomes("field", fell, _even(len(wheel.HALVES)))]


_OUTCOMES: dict[str, Callable[[str, int], list[Outcomes]]] = {
    "house_00001": partial(_slot, NIGHT_SHIFT, "house_00001"),
    "house_00002": partial(_slot, LIT_WINDOWS.machine, "house_00002"),
    "house_00003": partial(_slot, THREE_LAMPS, "house_00003"),
    "house_00004": _roulette,
    "house_00005": _baccarat,
    "house_00006": _blackjack,
    "house_00007": _sicbo,
    "house_00008": _wheel,
}


def outcomes_of(game_id: str, server_seed: str, rounds: int) -> list[Outcomes]:
    """Every kind of outcome of a game over so many rounds."""
    return _OUTCOMES[game_id](server_seed, rounds)
