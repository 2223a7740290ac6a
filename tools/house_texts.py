"""What people read: found by whoever translates, and about fields that the refusing code has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tools.house_syntax import HALVES, Module

# What these say is for developers and stands in the log.
_DEFECTS = {"AssertionError", "KeyError", "NotImplementedError", "RuntimeError", "TypeError"} | {
    "ValueError"
}


_BUSINESS = {"rules", "plans", "commands", "queries", "locks", "errors"}
_UNITS = "_micros|_seconds|_minutes|_at"
_REFUSALS = {"InvalidInput", "BetNotAllowed"}


def unsaid_refusal(module: Module) -> Iterator[tuple[int, str]]:
    """A refusal of the café is said by say(), so that catalogues hold its template."""
    if module.top != "cafe":
        return
    for node in ast.walk(module.tree):
        parts: list[ast.expr] = []
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            if getattr(node.exc.func, "id", "") not in _DEFECTS:
                parts = node.exc.args
        elif isinstance(node, ast.Assign) and _is_errors(node.targets[0]):
            parts = [node.value]
        for text in _texts(parts):
            yield text.lineno, "what people read of a refusal is said by kit.said.say()"


def _is_errors(target: ast.expr) -> bool:
    return isinstance(target, ast.Subscript) and getattr(target.value, "id", "") == "errors"


def refused_field(module: Module) -> Iterator[tuple[int, str]]:
    """Commands, plans, rules and queries refuse fields that they have; each call tells its caller
    the name on its wire (kit.inputs.means).

    A field is had when the file uses its name: as an argument, an attribute, a line of a Struct or
    the key of a value; with its unit or without.
    """
    if module.top not in HALVES or not _BUSINESS & set(module.name.split(".")[2:]):
        return
    refused = list(_refused_fields(module.tree))
    known = " ".join(_used_names(module.tree, {id(key) for key in refused}))
    for key in refused:
        if not re.search(rf"\b{re.escape(str(key.value))}({_UNITS})?\b", known):
            yield key.lineno, f"{key.value} is no name of this file: the call maps it by means()"


def _refused_fields(tree: ast.AST) -> Iterator[ast.Constant]:
    """The literal keys of InvalidInput({…}) and of `errors[…] = …`."""
    for node in ast.walk(tree):
        keys: list[ast.expr | None] = []
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _REFUSALS:
            keys = node.args[0].keys if node.args and isinstance(node.args[0], ast.Dict) else []
        elif isinstance(node, ast.Assign):
            of = node.targets[0]
            if isinstance(of, ast.Subscript) and _name_of(of.value) in ("errors", "wrong"):
                keys = [of.slice]
        yield from (key for key in keys if isinstance(key, ast.Constant))


def _used_names(tree: ast.AST, but: set[int]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.AnnAssign | ast.Attribute):
            yield _name_of(node.target if isinstance(node, ast.AnnAssign) else node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in but:
            yield node.value if node.value.isidentifier() else ""


def _name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _texts(parts: list[ast.expr]) -> Iterator[ast.expr]:
    """Texts of several words among arguments, in the values of a dict, in both ways of a choice."""
    for part in parts:
        if isinstance(part, ast.Dict):
            yield from _texts(part.values)
        elif isinstance(part, ast.IfExp):
            yield from _texts([part.body, part.orelse])
        elif isinstance(part, ast.JoinedStr) or (
            isinstance(part, ast.Constant) and " " in str(part.value)
        ):
            yield part
