"""What people read must be found by whoever translates."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.house_syntax import Module

# What these say is for developers and stands in the log.
_DEFECTS = {"AssertionError", "KeyError", "NotImplementedError", "RuntimeError", "TypeError"} | {
    "ValueError"
}


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
