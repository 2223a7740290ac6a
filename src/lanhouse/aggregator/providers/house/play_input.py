"""Reading what the small JSON asks, exactly: amounts are text, nothing is guessed or trimmed.

All wrong fields are found together. An amount that is there but none is INVALID_AMOUNT, everything
else INVALID_REQUEST; with both kinds wrong the latter names them all (issue order of fields).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from lanhouse.aggregator.providers.house import fair
from lanhouse.aggregator.providers.house.games.fields import FIELDS_MAX
from lanhouse.aggregator.providers.house.games.step import Action, AmountNotAllowed, FieldBet
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.forms import read_json
from lanhouse.kit.money import parse_micros

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
_TEXT_CHARS_MAX = 100
_INTEGER_MAX = 1_000_000
_Object = Mapping[str, Any]


class _Wrong:
    """The reasons found so far by field, in the order of the document."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}
        self.is_only_amounts = True

    def note(self, field: str, reason: str, *, is_amount: bool = False) -> None:
        self.reasons[field] = reason
        self.is_only_amounts &= is_amount

    def check(self) -> None:
        if self.reasons:
            raise (AmountNotAllowed if self.is_only_amounts else InvalidInput)(self.reasons)


def read_act(body: bytes) -> tuple[str, Action]:
    """The key and the action that a body asks, amounts in micros: which of them can be staked in
    the session's game and currency, bets.check_steps() says.

    Raises InvalidInput and AmountNotAllowed.
    """
    sent, wrong = _object(body), _Wrong()
    key = sent.get("key")
    if key is None:
        wrong.note("key", "is required")
    elif not isinstance(key, str) or _KEY.fullmatch(key) is None:
        wrong.note("key", "must be 8 to 64 of A-Z a-z 0-9 _ -")
    name = _text(sent, "action", "action", wrong)
    bet = None
    if sent.get("bet") is not None:
        bet = _amount(sent["bet"], "bet", wrong)
    bets = _bets(sent.get("bets"), wrong)
    hand = _integer(sent, "hand", "hand", wrong)
    wrong.check()
    return str(key), Action(name=name, bet_micros=bet, bets=bets, hand=hand)


def read_client_seed(body: bytes) -> str:
    """The client seed that a body brings. Raises InvalidInput."""
    seed = _object(body).get("clientSeed")
    if seed is None:
        raise InvalidInput({"clientSeed": "is required"})
    if not isinstance(seed, str) or not fair.is_client_seed(seed):
        raise InvalidInput(
            {"clientSeed": "must be 1 to 64 letters, digits, spaces, dots, underscores or dashes"}
        )
    return seed


def _object(body: bytes) -> _Object:
    value = read_json(body, "body") if body.strip() else {}
    if not isinstance(value, dict):
        raise InvalidInput({"body": "must be a JSON object"})
    return cast("_Object", value)


def _bets(value: Any, wrong: _Wrong) -> tuple[FieldBet, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        wrong.note("bets", "must be a list")
        return ()
    found = cast("list[Any]", value)
    if not found:
        wrong.note("bets", "must not be empty")
    elif len(found) > FIELDS_MAX:
        wrong.note("bets", f"must be at most {FIELDS_MAX}")
        return ()
    return tuple(_bet(one, f"bets[{place}]", wrong) for place, one in enumerate(found))


def _bet(value: Any, field: str, wrong: _Wrong) -> FieldBet:
    if not isinstance(value, dict):
        wrong.note(field, "must be an object")
        return FieldBet("", 0)
    sent = cast("_Object", value)
    on = _text(sent, "on", f"{field}.on", wrong)
    micros = 0
    if sent.get("amount") is None:
        wrong.note(f"{field}.amount", "is required")
    else:
        micros = _amount(sent["amount"], f"{field}.amount", wrong)
    return FieldBet(on, micros, _integer(sent, "number", f"{field}.number", wrong))


def _text(sent: _Object, name: str, field: str, wrong: _Wrong) -> str:
    value = sent.get(name)
    if value is None:
        wrong.note(field, "is required")
    elif not isinstance(value, str) or not 0 < len(value) <= _TEXT_CHARS_MAX:
        wrong.note(field, f"must be text of 1 to {_TEXT_CHARS_MAX} characters")
    else:
        return value
    return ""


def _amount(value: Any, field: str, wrong: _Wrong) -> int:
    if not isinstance(value, str):
        wrong.note(field, "must be decimal text", is_amount=True)
        return 0
    try:
        micros = parse_micros(value, decimals=6, field=field)
    except InvalidInput as refused:
        wrong.note(field, str(refused.fields[field]), is_amount=True)
        return 0
    if micros == 0:
        wrong.note(field, "must be more than 0", is_amount=True)
    return micros


def _integer(sent: _Object, name: str, field: str, wrong: _Wrong) -> int | None:
    value = sent.get(name)
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= _INTEGER_MAX:
        wrong.note(field, "must be a whole number")
        return None
    return value
