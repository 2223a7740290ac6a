"""Every class that a template or a script names is drawn by one of our stylesheets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lanhouse.web.assets import STATIC_DIR

PACKAGE = STATIC_DIR.parent.parent
# The games bring a stylesheet of their own, which is not loaded with these.
TEMPLATES = [path for path in PACKAGE.rglob("*.html") if "aggregator" not in path.parts]
SCRIPTS = list((STATIC_DIR / "js").glob("*.js"))
STYLES = "\n".join(path.read_text() for path in (STATIC_DIR / "css").glob("*.css"))
# Names that a script or a test looks for and that have no look of their own.
HOOKS: set[str] = set()
_JINJA = re.compile(r"\{[{%].*?[%}]\}", re.S)


def drawn() -> set[str]:
    """The classes of our stylesheets' selectors."""
    plain = re.sub(r"/\*.*?\*/", "", STYLES, flags=re.S)
    return set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", re.sub(r"\{[^{}]*\}", "{}", plain)))


def named_in(path: Path) -> set[str]:
    """The classes that a template writes, those inside an expression too, or a script adds."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".js":
        added = re.findall(r"classList\.\w+\(([^)]*)\)|className\s*=\s*([^;]*)", text)
        words = " ".join(" ".join(pair) for pair in added)
        return set(re.findall(r"[\"'`]([\w-]+)[\"'`]", words))
    found: set[str] = set()
    for value in re.findall(r'class="((?:\{\{.*?\}\}|\{%.*?%\}|[^"{]|\{(?![{%]))*)"', text, re.S):
        found.update(_JINJA.sub(" ", value).split())
        for expression in _JINJA.findall(value):
            # Of a choice the outcomes are classes; what it compares with is not.
            outcomes = re.sub(r"[=!]=\s*[\"'][^\"']*[\"']|\bin\s*[(\[][^)\]]*[)\]]", "", expression)
            for words in re.findall(r"[\"']([^\"']*)[\"']", outcomes):
                found.update(words.split())
    return found


@pytest.mark.parametrize("path", [*TEMPLATES, *SCRIPTS], ids=lambda path: path.name)
def test_every_class_that_is_named_is_drawn(path: Path) -> None:
    assert named_in(path) - drawn() - HOOKS == set()


def test_names_inside_expressions_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        """<b class="a {{ 'b c' if x == "d" else 'e' }} {% if x == 'f' %}g{% endif %}">"""
    )
    assert named_in(page) == {"a", "b", "c", "e", "g"}


def test_no_style_is_of_a_class_that_nothing_names() -> None:
    """Small sheets stay small: a rule goes with the last place that used it."""
    named = set[str]().union(*(named_in(path) for path in [*TEMPLATES, *SCRIPTS]))
    scripts = "\n".join(path.read_text() for path in SCRIPTS)
    python = "\n".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    unused = {name for name in drawn() - named if name not in scripts and name not in python}
    assert unused == set()


def test_every_property_that_a_style_uses_is_set() -> None:
    """A border in a colour that nobody set is no border at all, and no browser says so."""
    texts = [STYLES, *(path.read_text() for path in [*TEMPLATES, *SCRIPTS])]
    given = set[str]().union(*(re.findall(r"(--[\w-]+)[\"']?\s*[:,]", text) for text in texts))
    assert set(re.findall(r"var\((--[\w-]+)\)", STYLES)) - given == set()
