"""The choice of language, and that every other one is complete."""

from __future__ import annotations

import pytest

from lanhouse.web.i18n import (
    LANGUAGES,
    catalogue_files,
    catalogue_of,
    choose_language,
    is_right_to_left,
    locale_for,
    translations,
)
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


@pytest.mark.parametrize(
    ("language", "zone", "locale"),
    [
        ("en", "Europe/Lisbon", "en_GB"),
        ("en", "America/New_York", "en_US"),
        ("de", "Europe/Vienna", "de_AT"),
        ("de", "Europe/Lisbon", "de_DE"),
        ("es", "America/Mexico_City", "es_MX"),
        ("es", "Europe/Berlin", "es_ES"),
        ("pt", "Europe/Lisbon", "pt_PT"),
        ("pt", "UTC", "pt_BR"),
        ("ru", "Asia/Almaty", "ru_KZ"),
        ("vi", "Asia/Ho_Chi_Minh", "vi_VN"),
        ("ar", "Africa/Cairo", "ar_AE"),
    ],
)
def test_money_and_dates_are_written_as_where_the_centre_is(
    language: str, zone: str, locale: str
) -> None:
    assert locale_for(language, zone) == locale


def test_one_language_runs_from_right_to_left() -> None:
    assert [code for code in LANGUAGES if is_right_to_left(code)] == ["ar"]


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
    whole = catalogue_of(language)
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
