"""The floors of the café and what each kind of file may do (architecture 1 and 1.1)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lanhouse.cafe.floors import CAFE_FLOORS, CAFE_WINGS, WING_IMPORTS, WING_USERS
from tools.house_syntax import HALVES, Module, imported_modules, target_of

_PLACES = {
    noun: (floor, index)
    for floor, nouns in enumerate(CAFE_FLOORS)
    for index, noun in enumerate(nouns)
}

FILE_NAMES = frozenset(
    {"tables", "schemas", "rules", "plans", "commands", "queries", "locks", "errors"}
    | {"wire", "api", "panel", "pages", "sign_in", "jobs", "demo"}
)
"""The files of a noun's folder. One that grows becomes a folder of that name."""

MORE_FILES = {
    # One port, and what speaks to each service behind it.
    "payments": {"gateways"},
    "money": {"kinds", "tenders", "movements", "log", "purses", "checks", "sharing", "taxes"},
    # The typed call that the tenant's surface hands to every handler, and its routes.
    "centers": {"call"},
    "agents": {"call"},
    "launch": {"call"},
    # The ways to the operators' wallets, and what goes over them when.
    "operators": {"lines", "sending"},
}
"""What else the architecture names for a noun."""

_EDGE = ("api", "panel", "pages")
_INSIDE = ("rules", "plans", "commands", "queries", "tables", "schemas", "jobs")


def _noun_of(name: str) -> str | None:
    """The noun of a dotted path such as `cafe.pcs.api`; None outside the café."""
    parts = name.split(".")
    return parts[1] if parts[0] == "cafe" and len(parts) > 1 else None


def kind_of(module: Module) -> str:
    """Which of FILE_NAMES a file of a noun is, by its own name or that of its folder."""
    parts = module.name.split(".")
    return parts[2] if len(parts) > 2 else ""


def _may_import(own: str, other: str) -> bool:
    if other in CAFE_WINGS:
        return own in _PLACES and _PLACES[own][0] >= WING_USERS
    if own in CAFE_WINGS:
        return _PLACES[other][0] <= WING_IMPORTS
    return _PLACES[other] < _PLACES[own]


def cafe_floors(module: Module) -> Iterator[tuple[int, str]]:
    """A noun of the café imports lower floors and what stands left of it, inside functions too.

    `tables.py` is ground: everybody may read it.
    """
    own = _noun_of(module.name)
    if own is None:
        return
    if own not in _PLACES and own not in CAFE_WINGS:
        yield 1, f"{own} stands on no floor: give it a place in CAFE_FLOORS"
        return
    for line, name in imported_modules(module.tree):
        parts = name.split(".")
        other = _noun_of(".".join(parts[1:])) if parts[0] == "lanhouse" else None
        if other is None or other == own or (len(parts) > 3 and parts[3] == "tables"):
            continue
        if other not in _PLACES and other not in CAFE_WINGS:
            yield line, f"{other} stands on no floor: give it a place in CAFE_FLOORS"
        elif not _may_import(own, other):
            yield line, f"{own} must not import {other}: tell a fact, or move what both need down"


def table_writer(module: Module) -> Iterator[tuple[int, str]]:
    """Everybody may read a table, only its own noun writes it."""
    own = module.name.split(".")[:2]
    if own[0] not in HALVES:
        return
    foreign: dict[str, str] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".tables"):
            path = (node.module or "").split(".")
            if path[:2] in (["lanhouse", "cafe"], ["lanhouse", "aggregator"]) and path[1:3] != own:
                foreign |= {alias.asname or alias.name: path[2] for alias in node.names}
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        verb, name = target_of(node)
        if verb in ("insert", "update", "delete", "insert_ignore", "numbered") and name in foreign:
            yield node.lineno, f"{verb} of {name}: only {foreign[name]} writes its tables"


def file_names(module: Module) -> Iterator[tuple[int, str]]:
    """A noun's folder always uses the same file names."""
    parts = module.name.split(".")
    if parts[0] not in HALVES or len(parts) < 3 or parts[1] == "providers":
        return
    if parts[2] not in FILE_NAMES | MORE_FILES.get(parts[1], set()):
        yield 1, f"{parts[2]}.py: a noun's files are {', '.join(sorted(FILE_NAMES))}"


def sql_at_the_edge(module: Module) -> Iterator[tuple[int, str]]:
    """api, panel and wire ask queries and commands; they hold no statement."""
    if module.top not in HALVES or kind_of(module) not in (*_EDGE, "wire"):
        return
    for line, name in imported_modules(module.tree):
        if name.split(".")[0] == "sqlalchemy" or name == "lanhouse.db.statements.static":
            yield line, f"{kind_of(module)} holds no SQL: ask a query"


def edge_imported(module: Module) -> Iterator[tuple[int, str]]:
    """Nobody imports an api.py: what others need lies in a query or in wire.py."""
    if module.top not in HALVES:
        return
    for line, name in imported_modules(module.tree):
        parts = name.split(".")
        if parts[:1] == ["lanhouse"] and parts[1:2] and parts[1] in HALVES and "api" in parts[3:4]:
            yield line, f"{name}: nobody imports an api.py"


def web_inside(module: Module) -> Iterator[tuple[int, str]]:
    """Commands, plans, rules and queries know no web."""
    if module.top not in HALVES or kind_of(module) not in _INSIDE:
        return
    for line, name in imported_modules(module.tree):
        if name.startswith("lanhouse.web"):
            yield line, f"{kind_of(module)} must not import {name}"


def write_past_the_door(module: Module) -> Iterator[tuple[int, str]]:
    """What a handler writes goes through its call, which says who did it (db/audit)."""
    if module.top not in HALVES or kind_of(module) not in _EDGE:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            if node.func.attr == "write" and isinstance(of, ast.Attribute) and of.attr == "store":
                yield node.lineno, "write by call.write, call.do or call.run: those are audited"
