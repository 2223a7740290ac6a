"""The choice of language, and that every other one is complete."""

from __future__ import annotations

import pytest
from babel.messages.catalog import Catalog

from lanhouse.web.i18n import LANGUAGES, catalogue_files, choose_language, translations
from tools import catalogues


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


OTHERS = [code for code in LANGUAGES if code != "en"]


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language: str) -> None:
    assert len(catalogues.texts()) > 500
    assert catalogues.untranslated(language) == []


@pytest.mark.parametrize("language", OTHERS)
def test_each_text_stands_in_the_catalogue_of_who_uses_it(language: str) -> None:
    """And nowhere else: `make texts` puts it there."""
    for file, content in catalogues.wanted(language).items():
        assert file.read_bytes() == content, file
    assert {*catalogues.wanted(language)} == {*catalogue_files(language)}


@pytest.mark.parametrize(
    ("file", "folder"),
    [
        ("cafe/members/templates/a.html", "cafe/members"),
        ("cafe/members/api.py", "cafe/members"),
        ("aggregator/providers/house/slot.py", "aggregator/providers"),
        ("cafe/surfaces.py", "web"),
        ("kit/errors.py", "web"),
    ],
)
def test_a_noun_has_its_own_catalogue(file: str, folder: str) -> None:
    assert catalogues.folder_of(file) == folder


@pytest.mark.parametrize("language", OTHERS)
def test_translations_keep_their_placeholders(language: str) -> None:
    whole = Catalog(locale=language)
    wrong = [
        error for message in catalogues.known(language).values() for error in message.check(whole)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_compiled_holds_the_texts_of_every_noun(language: str) -> None:
    told = translations(language)
    for (context, text), message in catalogues.known(language).items():
        if isinstance(text, str):
            shown = told.pgettext(context, text) if context else told.gettext(text)
            assert shown == message.string
