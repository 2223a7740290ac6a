"""Purge a stylesheet down to the rules that a set of templates can use.

A small reader of CSS blocks, made for the machine-written stylesheet of Tabler: it knows strings,
comments and nested at-rules, and keeps what it does not understand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CLASS_ATTRIBUTE = re.compile(r'class="([^"]*)"')
_JINJA = re.compile(r"\{[{%].*?[%}]\}", re.S)
_TAG = re.compile(r"<([a-z][a-z0-9]*)")
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_ELEMENT = re.compile(r"(?:^|[\s>+~])([a-z][a-z0-9]*)")
_GROUP = re.compile(r":(?:not|is|where|has)\([^()]*(?:\([^()]*\)[^()]*)*\)")
_ESCAPED = re.compile(r"\\.")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_USE = re.compile(r"var\((--[\w-]+)")
_ALWAYS_ELEMENTS = {"html", "body"}
_NESTING = ("@media", "@supports", "@layer", "@container")


def used_names(templates: list[str]) -> tuple[set[str], set[str]]:
    """The classes and the element names that occur in the templates' HTML."""
    classes: set[str] = set()
    elements = set(_ALWAYS_ELEMENTS)
    for text in templates:
        elements.update(_TAG.findall(text))
        for value in _CLASS_ATTRIBUTE.findall(text):
            classes.update(_JINJA.sub(" ", value).split())
    return classes, elements


def purge(css: str, templates: list[str], also_used_by: str = "") -> str:
    """Keep the rules of `css` whose selectors can match in `templates`.

    Custom properties that neither the kept rules nor `also_used_by` (other CSS that is loaded
    with the result) read are dropped too.
    """
    classes, elements = used_names(templates)
    kept = _keep_rules(_COMMENT.sub("", css), classes, elements)
    return _drop_unused_properties(kept, also_used_by)


def _blocks(css: str) -> Iterator[tuple[str, str | None]]:
    """Split CSS into (prelude, body) pairs; body is None for statements such as @charset."""
    start = position = 0
    while position < len(css):
        sign = css[position]
        if sign in "\"'":
            position = _after_string(css, position)
        elif sign == ";":
            yield css[start : position + 1].strip(), None
            start = position = position + 1
        elif sign == "{":
            end = _after_block(css, position)
            yield css[start:position].strip(), css[position + 1 : end - 1]
            start = position = end
        else:
            position += 1


def _after_string(css: str, position: int) -> int:
    quote = css[position]
    position += 1
    while css[position] != quote:
        position += 2 if css[position] == "\\" else 1
    return position + 1


def _after_block(css: str, position: int) -> int:
    depth = 0
    while True:
        sign = css[position]
        if sign in "\"'":
            position = _after_string(css, position)
            continue
        depth += (sign == "{") - (sign == "}")
        position += 1
        if depth == 0:
            return position


def _keep_rules(css: str, classes: set[str], elements: set[str]) -> str:
    parts: list[str] = []
    for prelude, body in _blocks(css):
        if body is None or prelude.startswith("@font-face"):
            continue
        if prelude.startswith(_NESTING):
            inner = _keep_rules(body, classes, elements)
            parts.append(f"{prelude}{{{inner}}}" if inner else "")
        elif prelude.startswith("@"):
            parts.append(f"{prelude}{{{body}}}")
        else:
            chosen = [s for s in _selectors(prelude) if _can_match(s, classes, elements)]
            parts.append(f"{','.join(chosen)}{{{body}}}" if chosen else "")
    return _drop_unused_keyframes("".join(parts))


def _selectors(prelude: str) -> list[str]:
    """Split a selector list at its outer commas."""
    parts, depth, start = [], 0, 0
    for position, sign in enumerate(prelude):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            parts.append(prelude[start:position].strip())
            start = position + 1
    return [*parts, prelude[start:].strip()]


def _can_match(selector: str, classes: set[str], elements: set[str]) -> bool:
    plain = _GROUP.sub("", _ESCAPED.sub("_", selector))
    if any(name not in classes for name in _CLASS.findall(plain)):
        return False
    return all(name in elements for name in _ELEMENT.findall(re.sub(r"\[[^\]]*\]", "", plain)))


def _drop_unused_keyframes(css: str) -> str:
    kept = []
    for prelude, body in _blocks(css):
        name = prelude.split()[-1] if prelude.startswith("@keyframes") else ""
        if name and not re.search(rf"animation[\w-]*:[^;}}]*{re.escape(name)}", css):
            continue
        kept.append(f"{prelude}{{{body}}}")
    return "".join(kept)


def _drop_unused_properties(css: str, also_used_by: str) -> str:
    """Remove custom properties nobody reads, until nothing more falls away."""
    definition = re.compile(
        r"(?<=[{;])(--[\w-]+):(?:\"[^\"]*\"|'[^']*'|\([^)]*\)|[^;}\"'])*(?:;|(?=\}))"
    )
    while True:
        read = set(_USE.findall(css)) | set(_USE.findall(also_used_by))
        smaller = definition.sub(lambda m, read=read: m[0] if m[1] in read else "", css)
        if smaller == css:
            return re.sub(r"[^{}]+\{\}", "", css)
        css = smaller
