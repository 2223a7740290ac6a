"""The public page of a round, of any game: what fell, what was paid, and everything that proves it.

Whoever has the round's id may read it; of an open round nothing is told that its player cannot see.
Once the server seed is revealed the page recomputes the round in the reader's own browser, with
games written apart from ours (static/verify_games.js); `verify_round.py` does the same without one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import msgspec

from lanhouse.aggregator.providers.house.files import file_url
from lanhouse.aggregator.providers.house.listing import BY_ID
from lanhouse.aggregator.providers.house.play_page import MACHINES, drawn_of
from lanhouse.aggregator.providers.house.play_texts import fields_shown, play_words
from lanhouse.aggregator.providers.house.queries import acts_of_round, round_told
from lanhouse.aggregator.providers.house.round_logs import Told, told_of
from lanhouse.aggregator.providers.house.slot import window_of
from lanhouse.aggregator.providers.house.texts import symbol_names
from lanhouse.db.store import Read
from lanhouse.kit.errors import NotFound
from lanhouse.kit.money import currency_decimals, parse_micros
from lanhouse.web.format import money
from lanhouse.web.render import View, render

_TEMPLATE = "aggregator/providers/house/templates/round.html"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a round in words: a hand, a field or a spin, and what became of it."""

    name: str
    text: str = ""
    bet: str = ""
    win: str = ""
    window: tuple[tuple[str, ...], ...] = ()
    """Symbols by name, row by row."""


def found_round(read: Read, code: str) -> tuple[Told, tuple[str, ...]]:
    """The round with this id, and the moves in it as the verifiers take them. Raises NotFound."""
    row = round_told(read, code=code) if code else None
    if row is None:
        raise NotFound("There is no round at this address.")
    told = told_of(row)
    if told.view is None or "hands" not in told.view:
        return told, ()
    acts = acts_of_round(read, row.round_id)
    return told, moves_of([(act.action, act.game_state) for act in acts])


def moves_of(acts: Sequence[tuple[str, dict[str, Any]]]) -> tuple[str, ...]:
    """The moves of a round of blackjack from its acts (name and state after it), first to last:
    `hit`, or `hit:1` in the second hand."""
    moves: list[str] = []
    for (_, before), (name, after) in pairwise(acts):
        place = 0
        if name != "split":
            pairs = zip(before["hands"], after["hands"], strict=True)
            place = next(at for at, (old, new) in enumerate(pairs) if old != new)
        moves.append(f"{name}:{place}" if place else name)
    return tuple(moves)


def last_line(game_id: str, view: dict[str, Any], bet_micros: int, win_micros: int) -> str:
    """What the verifiers must say last of a finished round, from what it showed and paid."""
    if "window" in view:
        lines = len(MACHINES[game_id].lines)
        return f"pays {Fraction(win_micros * lines, bet_micros)}/{lines} of the bet"
    if "pocket" in view:
        return f"{view['pocket']} {view['color']}"
    if "banker" in view:
        sides = [f"{side} {_cards(view[side])}" for side in ("player", "banker")]
        return f"{', '.join(sides)}: {view['winner']}"
    if "hands" in view:
        return f"hand {_cards(view['hands'][-1])}"
    if "dice" in view:
        return f"{' '.join(map(str, view['dice']))}, total {view['total']}"
    return f"field {view['field']} pays {Fraction(view['multiple']) * 2}/2 of the bet"


def render_round(view: View, told: Told, moves: Sequence[str]) -> str:
    """The page as HTML, in the reader's language."""
    row, game = told.row, told.game
    view = msgspec.structs.replace(view, currency=row.currency, center_name="House")
    start = {
        **drawn_of(game, view.language),
        "view": told.view,
        "currency": row.currency,
        "locale": view.locale.replace("_", "-"),
        "decimals": currency_decimals(row.currency),
    }
    return render(
        _TEMPLATE,
        view,
        game=BY_ID[game.id],
        round=row,
        told=told,
        moves=moves,
        start=start,
        result=result_text(told, view.language),
        parts=parts_of(told, view.language),
        said=_said(told),
        file_url=file_url,
    )


def _said(told: Told) -> str:
    if told.view is None:
        return ""
    staked = told.view.get("bet", "0")
    bet_micros = told.row.bet_micros or parse_micros(staked, decimals=6)
    return last_line(told.game.id, told.view, bet_micros, told.row.win_micros or 0)


def result_text(told: Told, language: str) -> str:
    """What fell, in words; empty while the round is open and where the parts say it."""
    view, words = told.view, play_words(language)
    if view is None:
        return ""
    if "pocket" in view:
        return words["pocket"] % {"number": view["pocket"], "color": words[view["color"]]}
    if "dice" in view:
        dice = ", ".join(map(str, view["dice"]))
        return words["dice"] % {"dice": dice, "total": view["total"]}
    if "multiple" in view:
        if view["multiple"] == "0":
            return words["nothing"]
        return words["field"] % {"multiple": view["multiple"]}
    if "winner" in view:
        text = words["tieResult" if view["winner"] == "tie" else "winner"]
        return text % {"player": view["player"]["total"], "banker": view["banker"]["total"]}
    return ""


def parts_of(told: Told, language: str) -> list[Part]:
    """Spins of a slot, hands of cards, fields with money on them."""
    view = told.view
    if view is None:
        return []
    if told.game.id in MACHINES:
        return _spins(told, language)
    words = play_words(language)
    parts: list[Part] = []
    if "banker" in view:
        parts += [Part(name=words[side], text=_cards(view[side])) for side in ("player", "banker")]
    if "dealer" in view:
        parts.append(Part(name=words["dealer"], text=_cards(view["dealer"])))
        for number, hand in enumerate(view["hands"], start=1):
            text = f"{_cards(hand)}: {words[hand['result']]}"
            name = words["hand"] % {"number": number}
            parts.append(_paid(told, language, name, hand["bet"], hand["win"], text))
    labels = {
        (field["on"], field.get("number")): field["label"]
        for field in fields_shown(told.game.id, language)
    }
    parts += [
        _paid(told, language, labels[bet["on"], bet.get("number")], bet["amount"], bet["win"])
        for bet in view.get("bets", ())
    ]
    return parts


def _paid(told: Told, language: str, name: str, bet: str, win: str, text: str = "") -> Part:
    """A part with its amounts (decimal text of a view) as money."""
    shown = [
        money(parse_micros(amount, decimals=6), told.row.currency, language)
        for amount in (bet, win)
    ]
    return Part(name=name, text=text, bet=shown[0], win=shown[1])


def _cards(hand: dict[str, Any]) -> str:
    return f"{' '.join(hand['cards'])} = {hand['total']}"


def _spins(told: Told, language: str) -> list[Part]:
    view = told.view
    assert view is not None, "a round that is over shows its reels"
    machine, names = MACHINES[told.game.id], symbol_names(language)
    words = play_words(language)
    spins = view.get("spins") or [{"stops": view["stops"], "win": view["win"]}]
    parts: list[Part] = []
    for number, spin in enumerate(spins):
        window = window_of(machine, spin["stops"])
        name = words["freeSpin"] % {"number": number, "total": len(spins) - 1}
        paid = parse_micros(spin["win"], decimals=6)
        parts.append(
            Part(
                name=name if number else words["spin"],
                win=money(paid, told.row.currency, language),
                window=tuple(tuple(names[symbol] for symbol in row) for row in window),
            )
        )
    return parts
