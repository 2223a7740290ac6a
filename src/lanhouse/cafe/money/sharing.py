"""One bill, several payers: who pays which part of it, to the micro. Pure (decision 0119)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say

LATER = "later"
"""Nobody pays it now: a member or the guests themselves owe it."""
MIXED = "mixed"
"""What a row tells whose parts came by several tenders."""
PAYERS_MAX = 50
CENT = 10_000


class Payer(msgspec.Struct, frozen=True):
    """A part of a bill above 0, in micros, and its tender: cash, card, qr or later."""

    tender: str
    amount_micros: int
    member_id: int = 0
    """Of what is paid later: the member who owes it; 0 = the guests themselves."""


def only_tender(payers: Sequence[Payer]) -> str:
    """The one tender by which all of them pay; "" where there are several, or nobody pays now."""
    tenders = {payer.tender for payer in payers}
    return "" if len(tenders) != 1 or LATER in tenders else tenders.pop()


class Part(NamedTuple):
    """What a payer pays of one sum of several."""

    tender: str
    micros: int
    member_id: int


def even_parts(total_micros: int, count: int, step_micros: int = CENT) -> list[int]:
    """`total_micros` in `count` parts as equal as coins of `step_micros` allow, the larger first.

    What is less than a coin stands in the first part, so that the parts are the whole.
    """
    coins, rest = divmod(total_micros, step_micros)
    each, more = divmod(coins, count)
    parts = [(each + (number < more)) * step_micros for number in range(count)]
    parts[0] += rest
    return parts


def check_payers(payers: Sequence[Payer], due_micros: int) -> None:
    """Raises InvalidInput of `payers` unless their parts, each above 0, are exactly what is due."""
    if len(payers) > PAYERS_MAX:
        raise InvalidInput({"payers": say("must be at most %(count)s payers", count=PAYERS_MAX)})
    if any(payer.amount_micros <= 0 for payer in payers):
        raise InvalidInput({"payers": say("every part must be more than 0")})
    given = sum(payer.amount_micros for payer in payers)
    if given != due_micros:
        text = say(
            "the parts are %(given)s together; %(due)s is to be paid",
            given=format_fixed(given),
            due=format_fixed(due_micros),
        )
        raise InvalidInput({"payers": text})


def spread(dues: Sequence[int], payers: Sequence[Payer]) -> list[list[Part]]:
    """For each sum of `dues` what every payer pays of it: the first payer fills the first sums.

    The payers pay the sums exactly (check_payers).
    """
    left = [payer.amount_micros for payer in payers]
    number = 0
    shared: list[list[Part]] = []
    for due in dues:
        parts: list[Part] = []
        missing = due
        while missing:
            micros = min(missing, left[number])
            if micros:
                payer = payers[number]
                parts.append(Part(payer.tender, micros, payer.member_id))
                left[number] -= micros
                missing -= micros
            else:
                number += 1
        shared.append(parts)
    return shared
