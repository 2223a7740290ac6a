"""The printed strategy of blackjack: the best move for every hand against every card of the dealer.

H hit, S stand, D double or else hit, d double or else stand, P split, - play by the total. Columns
are the dealer's card: 2 to 10, then ace. Rows are the total, a soft total (`A7`), a pair (`88`).
`returns.blackjack.printed_strategy` computes the table, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence

from lanhouse.aggregator.providers.house.games.blackjack import moves_of, total_of

UPCARDS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 1)
"""The order of the columns; 1 is the ace."""

TABLE = {
    "5": "HHHHHHHHHH",
    "6": "HHHHHHHHHH",
    "7": "HHHHHHHHHH",
    "8": "HHHHHHHHHH",
    "9": "HDDDDHHHHH",
    "10": "DDDDDDDDHH",
    "11": "DDDDDDDDDH",
    "12": "HHSSSHHHHH",
    "13": "SSSSSHHHHH",
    "14": "SSSSSHHHHH",
    "15": "SSSSSHHHHH",
    "16": "SSSSSHHHHH",
    "17": "SSSSSSSSSS",
    "18": "SSSSSSSSSS",
    "19": "SSSSSSSSSS",
    "20": "SSSSSSSSSS",
    "A1": "HHHHHHHHHH",
    "A2": "HHHHDHHHHH",
    "A3": "HHHDDHHHHH",
    "A4": "HHHDDHHHHH",
    "A5": "HHDDDHHHHH",
    "A6": "HDDDDHHHHH",
    "A7": "SddddSSHHH",
    "A8": "SSSSSSSSSS",
    "A9": "SSSSSSSSSS",
    "22": "PPPPPP----",
    "33": "PPPPPP----",
    "44": "---PP-----",
    "55": "----------",
    "66": "PPPPP-----",
    "77": "PPPPPP----",
    "88": "PPPPPPPPPP",
    "99": "PPPPP-PP--",
    "1010": "----------",
    "AA": "PPPPPPPPPP",
}


def move_of(values: Sequence[int], upcard: int, *, is_split: bool) -> str:
    """The printed move of a hand of values below 21: hit, stand, double or split."""
    column = UPCARDS.index(upcard)
    possible = moves_of(values, is_split=is_split)
    if "split" in possible and TABLE[_pair(values[0])][column] == "P":
        return "split"
    letter = TABLE[row_of(*total_of(values))][column]
    if letter in "Dd":
        if "double" in possible:
            return "double"
        letter = "H" if letter == "D" else "S"
    return "hit" if letter == "H" else "stand"


def _pair(value: int) -> str:
    return "AA" if value == 1 else f"{value}{value}"


def row_of(total: int, is_soft: bool) -> str:
    """The row of a total below 21: a hard one below 5 plays as 5, soft 12 as A with 1."""
    if is_soft:
        return f"A{total - 11}"
    return f"{max(5, total)}"
