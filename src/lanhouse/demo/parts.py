"""What each noun puts into the demo: its `demo.py`, found by that name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from datetime import datetime
from types import ModuleType

from lanhouse import aggregator, cafe
from lanhouse.cafe import followers as _followers  # noqa: F401 - wires the café
from lanhouse.cafe.floors import CAFE_FLOORS, CAFE_WINGS, WING_IMPORTS
from lanhouse.db.store import Tx

Moment = tuple[datetime, Callable[[Tx], None]]
"""When something happens, and the command that does it."""

_AGGREGATOR = ("agents", "players", "wallet", "catalog", "launch", "rounds", "providers")
"""The game platform's nouns, lower ones first; one that is not named here comes last."""


WHOLE_HOUSE: tuple[ModuleType, ...] = (cafe, aggregator)
CAFE_ONLY: tuple[ModuleType, ...] = (cafe,)


def openings(halves: tuple[ModuleType, ...] = WHOLE_HOUSE) -> dict[str, Callable[[Tx], None]]:
    """Name of a noun -> what it does on the first day (its function `opening`), in floor order."""
    parts = _parts(halves)
    return {name: module.opening for name, module in parts.items() if hasattr(module, "opening")}


def moments(
    begin: datetime, end: datetime, halves: tuple[ModuleType, ...] = WHOLE_HOUSE
) -> list[Moment]:
    """What happens over the weeks (the nouns' `weeks`), in order; at one time in floor order.

    The same begin, end and halves give the same list, whatever the database holds.
    """
    found: list[Moment] = []
    for module in _parts(halves).values():
        weeks: Callable[[datetime, datetime], Iterable[Moment]] = getattr(
            module, "weeks", lambda _begin, _end: ()
        )
        found.extend(weeks(begin, end))
    return sorted(found, key=lambda moment: moment[0])


def _parts(halves: tuple[ModuleType, ...]) -> dict[str, ModuleType]:
    """`cafe.pcs` and so on -> its demo.py, lower floors first."""
    names = [
        found.name
        for half in halves
        for found in pkgutil.walk_packages(half.__path__, f"{half.__name__}.")
        if found.name.endswith(".demo")
    ]
    modules = (importlib.import_module(name) for name in sorted(names, key=_place))
    return {module.__name__.split(".", 1)[1].removesuffix(".demo"): module for module in modules}


def _place(name: str) -> tuple[int, int, int, str]:
    """Half, floor and place on it; wings stand above the floors that they import."""
    _, half, noun, *_ = name.split(".")
    if half == "aggregator":
        index = _AGGREGATOR.index(noun) if noun in _AGGREGATOR else len(_AGGREGATOR)
        return 1, 0, index, name
    if noun in CAFE_WINGS:
        return 0, WING_IMPORTS, len(CAFE_FLOORS[WING_IMPORTS]) + CAFE_WINGS.index(noun), name
    floor = next(place for place, nouns in enumerate(CAFE_FLOORS) if noun in nouns)
    return 0, floor, CAFE_FLOORS[floor].index(noun), name
