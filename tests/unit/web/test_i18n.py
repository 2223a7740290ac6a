"""The choice of language, and that German is complete."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from lanhouse.web.i18n import LANGUAGES, LOCALE_DIR, choose_language

PACKAGE = LOCALE_DIR.parent.parent
METHODS = [
    ("**.html", "jinja2"),
    ("**.py", "python"),
]


@pytest.mark.parametrize(
    ("cookie", "header", "language"),
    [
        ("", "", "en"),
        ("", "de-DE,de;q=0.9,en;q=0.8", "de"),
        ("", "fr-FR,fr;q=0.9,de;q=0.5,en;q=0.4", "de"),
        ("", "en-US,en;q=0.9,de;q=0.8", "en"),
        ("", "de;q=0,en", "en"),
        ("", "de;q=0", "en"),
        ("de", "en", "de"),
        ("xx", "de", "de"),
        ("", "de;q=abc,;;;,,", "en"),
    ],
)
def test_the_readers_own_choice_wins_then_the_browsers(
    cookie: str, header: str, language: str
) -> None:
    assert choose_language(cookie, header) == language


def source_texts() -> set[tuple[str | None, str]]:
    """Every text that the pages hand to gettext, with its context."""
    found: set[tuple[str | None, str]] = set()
    messages = extract_from_dir(
        PACKAGE,
        method_map=METHODS,
        options_map={"**.html": {"extensions": "jinja2.ext.do", "silent": "false"}},
        keywords={
            "_": None,
            "N_": None,
            "say": None,
            "gettext": None,
            "ngettext": (1, 2),
            "pgettext": ((1, "c"), 2),
        },
    )
    for _, _, message, _, context in messages:
        texts = message if isinstance(message, tuple) else (message,)
        found.update((context, text) for text in texts)
    return found


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_text_is_translated(language: str) -> None:
    po = LOCALE_DIR / language / "LC_MESSAGES" / "messages.po"
    catalogue = read_po(BytesIO(po.read_bytes()), locale=language)
    done: set[tuple[str | None, str]] = set()
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and all(forms) and not message.fuzzy:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            done.update((message.context, text) for text in ids)
    texts = source_texts()
    assert len(texts) > 50
    assert sorted(texts - done, key=str) == []


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_translations_keep_their_placeholders(language: str) -> None:
    po = LOCALE_DIR / language / "LC_MESSAGES" / "messages.po"
    catalogue = read_po(BytesIO(po.read_bytes()), locale=language)
    wrong = [error for message in catalogue if message.id for error in message.check(catalogue)]
    assert wrong == []


def test_the_package_folder_is_the_right_one() -> None:
    assert Path(PACKAGE / "web" / "templates" / "base.html").is_file()
