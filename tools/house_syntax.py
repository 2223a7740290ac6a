"""A parsed source file, and what the rules of the house ask of its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

HALVES = ("cafe", "aggregator")


@dataclass
class Module:
    """A parsed source file. `name` is the dotted path below `lanhouse`, e.g. `cafe.members.api`."""

    path: str
    name: str
    text: str
    tree: ast.Module = field(init=False)

    def __post_init__(self) -> None:
        self.tree = ast.parse(self.text, self.path)

    @property
    def top(self) -> str:
        """The first part of the dotted path: the layer."""
        return self.name.split(".", maxsplit=1)[0]

    @property
    def leaf(self) -> str:
        """The last part of the dotted path: the kind of file."""
        return self.name.rsplit(".", maxsplit=1)[-1]


Rule = Callable[[Module], Iterator[tuple[int, str]]]


def imported_modules(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every imported dotted name with its line; `from a import b` counts as `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.lineno, f"{node.module or ''}.{alias.name}"


def target_of(call: ast.Call) -> tuple[str, str]:
    """(verb, first name) of `insert(table)`, `sa.update(table)` or `table.insert()`."""
    func = call.func
    verb = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    first = call.args[0] if call.args else getattr(func, "value", None)
    while isinstance(first, ast.Attribute):
        if isinstance(first.value, ast.Name):
            return verb, first.value.id
        first = first.value
    return verb, first.id if isinstance(first, ast.Name) else ""
