"""What the Content-Security-Policy forbids never stands in a template."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lanhouse.web.assets import STATIC_DIR
from lanhouse.web.render import environment

PACKAGE = STATIC_DIR.parent.parent
TEMPLATES = sorted(str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.html"))
OWN_SCRIPTS = sorted((STATIC_DIR / "js").glob("*.js"))


def test_there_are_templates() -> None:
    assert "web/templates/base.html" in TEMPLATES
    assert len(TEMPLATES) > 10


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_template_compiles(name: str, language: str) -> None:
    assert environment(language, language).get_template(name) is not None


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_inline_style_or_script(name: str) -> None:
    text = (PACKAGE / name).read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert "<style" not in text
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert "|safe" not in text.replace(" ", "")


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_is_loaded_from_elsewhere(name: str) -> None:
    text = (PACKAGE / name).read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", text)


@pytest.mark.parametrize("script", OWN_SCRIPTS, ids=lambda path: path.name)
def test_scripts_never_evaluate_text(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|new Function|setTimeout\(\s*[\"']|innerHTML\s*=\s*`", text)
