"""Amounts of studios."""

from __future__ import annotations

import re
from decimal import ROUND_FLOOR, Decimal, localcontext
from typing import Any

from lanhouse.aggregator.errors import InvalidAmount
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import parse_micros

_SIGNED = re.compile(r"-?\d{1,20}(\.\d{1,30})?", re.ASCII)
_FIELD = "transaction.amount"


def amount_micros(raw: Any, tx_type: TxType, *, is_free: bool) -> int:
    """The micros of a studio's unit that a transaction moves, without the sign, which must be that
    of the player's side. A rollback may leave the amount out: 0.

    Raises InvalidInput when it is missing, InvalidAmount for what is no plain decimal as text.
    """
    if raw is None:
        if tx_type == TxType.ROLLBACK:
            return 0
        raise InvalidInput({_FIELD: "is required"})
    if not isinstance(raw, str) or _SIGNED.fullmatch(raw) is None:
        raise InvalidAmount("must be a plain decimal number as text", _FIELD)
    try:
        micros = parse_micros(raw, decimals=6, field=_FIELD, signed=True)
    except InvalidInput as wrong:
        raise InvalidAmount(wrong.fields[_FIELD], _FIELD) from None
    if tx_type == TxType.BET:
        if micros > 0 or (micros == 0 and not is_free):
            raise InvalidAmount("must be less than 0", _FIELD)
        if micros and is_free:
            raise InvalidAmount("must be 0 for a free round", _FIELD)
    elif micros < 0:
        raise InvalidAmount("must not be less than 0", _FIELD)
    return abs(micros)


def in_unit(player_micros: int, scale: str) -> int:
    """An amount of the player's currency (micros) in the studio's unit (micros). What is no whole
    number of them is rounded down, so that no more is told than there is."""
    if scale == "1":
        return player_micros
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(player_micros) / Decimal(scale)
        return int(exact.to_integral_value(ROUND_FLOOR))
