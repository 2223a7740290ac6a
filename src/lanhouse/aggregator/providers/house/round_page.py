"""The public page of a round: what fell, what was paid, and what proves it.

Whoever has the round's id may read it. Of an open round nothing is told that its player cannot see.
"""

from __future__ import annotations

from typing import Any

import msgspec

from lanhouse.aggregator.providers.house.files import file_url
from lanhouse.aggregator.providers.house.games.machines import LIT_WINDOWS, THREE_LAMPS
from lanhouse.aggregator.providers.house.listing import BY_ID
from lanhouse.aggregator.providers.house.play_texts import fields_shown, play_words
from lanhouse.aggregator.providers.house.provider import NIGHT_SHIFT_GAME
from lanhouse.aggregator.providers.house.queries import round_told, spin_of_round
from lanhouse.aggregator.providers.house.round_logs import Told, told_of
from lanhouse.aggregator.providers.house.schemas import SpinRecord
from lanhouse.aggregator.providers.house.slot import window_of
from lanhouse.aggregator.providers.house.texts import show_spin, symbol_names
from lanhouse.db.store import Read
from lanhouse.kit.errors import NotFound
from lanhouse.kit.money import parse_micros
from lanhouse.web.format import money
from lanhouse.web.render import View, render

_TEMPLATES = "aggregator/providers/house/templates"
_MACHINES = {"house_00002": LIT_WINDOWS.machine, "house_00003": THREE_LAMPS}


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a round in words: a hand, a field or a spin, and what became of it."""

    name: str
    text: str
    bet: str = ""
    win: str = ""
    window: tuple[tuple[str, ...], ...] = ()
    """Symbols by name, row by row."""


def found_round(read: Read, code: str) -> tuple[Told, SpinRecord | None]:
    """The round with this id; of Night Shift also its spin. Raises NotFound."""
    row = round_told(read, code=code) if code else None
    if row is None:
        raise NotFound("There is no round at this address.")
    told = told_of(row)
    is_spin = told.game.id == NIGHT_SHIFT_GAME.id and told.state == "done"
    return told, spin_of_round(read, row.round_id) if is_spin else None


def render_round(view: View, told: Told, spin: SpinRecord | None) -> str:
    """The page as HTML, in the reader's language."""
    row = told.row
    view = msgspec.structs.replace(view, currency=row.currency, center_name="House")
    shared: dict[str, Any] = {"round": row, "told": told, "file_url": file_url}
    if spin is not None:
        return render(
            f"{_TEMPLATES}/round.html",
            view,
            **shared,
            spin=spin,
            shown=show_spin(spin, row.currency, view.language),
            names=symbol_names(view.language),
            game=NIGHT_SHIFT_GAME,
        )
    return render(
        f"{_TEMPLATES}/round_of_game.html",
        view,
        **shared,
        game=BY_ID[told.game.id],
        result=result_text(told, view.language),
        parts=parts_of(told, view.language),
    )


def result_text(told: Told, language: str) -> str:
    """What fell, in words; empty while the round is open and where the parts say it."""
    view, words = told.view, play_words(language)
    if view is None:
        return ""
    if "pocket" in view:
        return words["pocket"] % {"number": view["pocket"], "color": words[view["color"]]}
    if "dice" in view:
        dice = " ".join(map(str, view["dice"]))
        return words["dice"] % {"dice": dice, "total": view["total"]}
    if "multiple" in view:
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
    amount = _Amounts(told.row.currency, language)
    if told.game.id in _MACHINES:
        return _spins(told, amount, language)
    words = play_words(language)
    parts: list[Part] = []
    if "banker" in view:
        parts += [Part(name=words[side], text=_cards(view[side])) for side in ("player", "banker")]
    if "dealer" in view:
        parts.append(Part(name=words["dealer"], text=_cards(view["dealer"])))
        for number, hand in enumerate(view["hands"], start=1):
            told_hand = f"{_cards(hand)}: {words[hand['result']]}"
            name = words["hand"] % {"number": number}
            parts.append(
                Part(name=name, text=told_hand, bet=amount(hand["bet"]), win=amount(hand["win"]))
            )
    labels = {
        (field["on"], field.get("number")): field["label"]
        for field in fields_shown(told.game.id, language)
    }
    for bet in view.get("bets", ()):
        name = labels[bet["on"], bet.get("number")]
        parts.append(Part(name=name, text="", bet=amount(bet["amount"]), win=amount(bet["win"])))
    return parts


class _Amounts:
    """Writes decimal text of a view as money."""

    def __init__(self, currency: str, language: str) -> None:
        self._currency, self._language = currency, language

    def __call__(self, text: str) -> str:
        return money(parse_micros(text, decimals=6), self._currency, self._language)


def _cards(hand: dict[str, Any]) -> str:
    return f"{' '.join(hand['cards'])} = {hand['total']}"


def _spins(told: Told, amount: _Amounts, language: str) -> list[Part]:
    view = told.view
    assert view is not None
    machine, names = _MACHINES[told.game.id], symbol_names(language)
    words = play_words(language)
    spins: list[dict[str, Any]] = view.get("spins") or [
        {"stops": view["stops"], "win": view["win"]}
    ]
    parts: list[Part] = []
    for number, spin in enumerate(spins):
        window = window_of(machine, spin["stops"])
        name = words["spin"]
        if number:
            name = words["freeSpin"] % {"number": number, "total": len(spins) - 1}
        parts.append(
            Part(
                name=name,
                text="",
                win=amount(spin["win"]),
                window=tuple(tuple(names[symbol] for symbol in row) for row in window),
            )
        )
    return parts
