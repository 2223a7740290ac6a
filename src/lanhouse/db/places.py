"""Where parameters stand in the text of a statement: by their order, on both databases.

The driver of PostgreSQL would look for names at each call (and parse a long statement anew each
time); here they are found once, when the statement is compiled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"%(?:%|\((\w+)\)s)")
_PLAIN = re.compile(r"\w*")


def written(compiled: Any, constants: Mapping[str, Any]) -> tuple[str, list[str]]:
    """A compiled statement's text and the names of its parameters in their order.

    On PostgreSQL they are `$1`, `$2` …, and numbers and words of the statement itself stand in its
    text: for a parameter it would plan as for any value, and take a LIMIT for a tenth of all rows.
    """
    if compiled.positional:
        return str(compiled), list(compiled.positiontup)
    names: list[str] = []

    def place(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            return "%"
        literal = _literal(constants.get(name))
        if literal is not None:
            return literal
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _PLACE.sub(place, str(compiled)), names


def _literal(value: Any) -> str | None:
    if type(value) is int:
        return f"({value})" if value < 0 else str(value)
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return f"'{str.__str__(value)}'"
    return None
