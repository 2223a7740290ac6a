"""The public page of a round, of any game: what fell, what was paid, and everything that proves it.

Once the server seed is revealed the page recomputes the round in the reader's own browser, with
games written apart from ours (static/verify_games.js); `verify_round.py` does the same without one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import msgspec

from lanhouse.aggregator.providers.house.commands.acts import state_of
from lanhouse.aggregator.providers.house.files import file_url
from lanhouse.aggregator.providers.house.games.catalogue import GAMES, HouseGame
from lanhouse.aggregator.providers.house.games.step import shown
from lanhouse.aggregator.providers.house.play_page import drawn_of
from lanhouse.aggregator.providers.house.play_texts import fields_shown
from lanhouse.aggregator.providers.house.queries import acts_of_round, round_to_verify
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.errors import NotFound
from lanhouse.kit.money import currency_decimals
from lanhouse.web.render import View, render

_TEMPLATE = "aggregator/providers/house/templates/round.html"


class RoundShown(msgspec.Struct, frozen=True, kw_only=True):
    """A round as its page tells it. `state` is open, done or void. `numbers` are empty while it is
    open: they would tell what lies face down. `moves` are those of blackjack, `hit:1` in the second
    hand. `server_seed` is empty until it is revealed.
    """

    row: Row
    view: dict[str, Any]
    numbers: tuple[int, ...]
    moves: tuple[str, ...]
    server_seed: str
    said: str

    @property
    def state(self) -> str:
        """Whether it is open, done, or void: given back, its number used up."""
        return self.row.state


def round_shown(read: Read, code: str) -> RoundShown:
    """The round with this id, which is the secret that opens its page. Raises NotFound."""
    row = round_to_verify(read, code)
    if row is None:
        raise NotFound("There is no round at this address.")
    game = GAMES[row.game_id]
    view = game.view(state_of(row))
    is_done = row.state == "done"
    acts = acts_of_round(read, row.round_id)
    return RoundShown(
        row=row,
        view=view,
        numbers=tuple(row.numbers) if is_done else (),
        moves=moves_of([(act.action, act.game_state) for act in acts]) if "hands" in view else (),
        server_seed=row.server_seed if is_done and row.seed_state == "revealed" else "",
        said=last_line(game, view, row.bet_micros, row.win_micros or 0),
    )


def moves_of(acts: Sequence[tuple[str, dict[str, Any]]]) -> tuple[str, ...]:
    """The moves of a round of blackjack from its acts (name and state after it), first to last:
    as the verifiers take them, with the hand where it is not the first."""
    moves: list[str] = []
    for (_, before), (name, after) in pairwise(acts):
        place = 0
        if name != "split":
            pairs = zip(before["hands"], after["hands"], strict=True)
            place = next(at for at, (old, new) in enumerate(pairs) if old != new)
        moves.append(f"{name}:{place}" if place else name)
    return tuple(moves)


def last_line(game: HouseGame, view: dict[str, Any], bet_micros: int, win_micros: int) -> str:
    """What the verifiers must say last of a finished round, from what it showed and paid."""
    if "window" in view:
        lines = 5 if len(view["window"][0]) == 3 else 20
        return f"pays {Fraction(win_micros * lines, bet_micros)}/{lines} of the bet"
    if "pocket" in view:
        return f"{view['pocket']} {view['color']}"
    if "banker" in view:
        sides = [
            f"{side} {' '.join(view[side]['cards'])} = {view[side]['total']}"
            for side in ("player", "banker")
        ]
        return f"{', '.join(sides)}: {view['winner']}"
    if "hands" in view:
        hand = view["hands"][-1]
        return f"hand {' '.join(hand['cards'])} = {hand['total']}"
    if "dice" in view:
        return f"{' '.join(map(str, view['dice']))}, total {view['total']}"
    assert game.id == "house_00008", "every game is told"
    return f"field {view['field']} pays {Fraction(view['multiple']) * 2}/2 of the bet"


def render_round(view: View, told: RoundShown) -> str:
    """The page of a round as HTML, in the reader's language."""
    row = told.row
    game = GAMES[row.game_id]
    start = {
        **drawn_of(game, view.language),
        "view": told.view,
        "currency": row.currency,
        "locale": view.locale.replace("_", "-"),
        "decimals": currency_decimals(row.currency),
    }
    labels = {
        (field["on"], field.get("number")): field["label"]
        for field in fields_shown(game.id, view.language)
    }
    return render(
        _TEMPLATE,
        view,
        game=game,
        told=told,
        row=row,
        start=start,
        bets=[
            (labels[bet["on"], bet.get("number")], bet["amount"], bet["win"])
            for bet in told.view.get("bets", ())
        ],
        bet=shown(row.bet_micros),
        win=shown(row.win_micros or 0),
        file_url=file_url,
    )
