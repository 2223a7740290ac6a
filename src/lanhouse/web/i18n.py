"""Languages of the pages: English is the source text, catalogues hold the others (gettext).

Each noun has its own, `<noun>/locale/<code>.po`; tools/catalogues keeps them.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages
from babel.localedata import locale_identifiers
from babel.messages.catalog import Catalog

from lanhouse.kit.texts import N_

__all__ = ["LANGUAGES", "N_", "choose_language", "translations"]

PACKAGE_DIR = Path(__file__).parents[1]
COMPILED_DIR = Path(__file__).parent / "locale"
DEFAULT_LANGUAGE = "en"
DOMAIN = "messages"

# Language -> its own name, in the order of the switch.
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "es": "Español",
    "pt": "Português (Brasil)",
    "ru": "Русский",
    "vi": "Tiếng Việt",
    "ar": "العربية",
}

# Language -> the locale that formats money, numbers and dates where nobody speaks it at home.
# English is the international one of the 24 h clock and "14 Nov", Arabic the one of the figures
# that the rest of the page has.
FORMAT_LOCALES = {
    "en": "en_GB",
    "de": "de_DE",
    "es": "es_ES",
    "pt": "pt_BR",
    "ru": "ru_RU",
    "vi": "vi_VN",
    "ar": "ar_AE",
}

_ACCEPT_ITEM = re.compile(r"([A-Za-z]{1,8})(?:-[\w-]*)?(?:\s*;\s*q=(\d(?:\.\d{0,3})?))?\Z")
_ACCEPT_ITEMS_MAX = 20
_PLACE = re.compile(r"%\(\w+\)[sd]")


@cache
def locale_for(language: str, zone: str) -> str:
    """The locale that formats for readers of a language in a centre of that time zone: as the
    language is written there, if it is an official one ("es", "America/Mexico_City" -> "es_MX"),
    else the common one ("es", "Europe/Berlin" -> "es_ES").
    """
    if language != "ar":  # Most lands of Arabic have figures of their own.
        territory = get_global("zone_territories").get(zone, "")
        spoken = get_official_languages(territory, regional=True, de_facto=True)
        if language in spoken and f"{language}_{territory}" in locale_identifiers():
            return f"{language}_{territory}"
    return FORMAT_LOCALES[language]


@cache
def is_right_to_left(language: str) -> bool:
    """Whether pages of a language run from right to left."""
    return Locale.parse(language).text_direction == "rtl"


def catalogue_of(language: str) -> Catalog:
    """An empty catalogue with the plural forms of the language."""
    return Catalog(locale=FORMAT_LOCALES[language])


def catalogue_files(language: str) -> list[Path]:
    """The catalogues of a language: one of each noun that has texts, and the common one."""
    return sorted(PACKAGE_DIR.rglob(f"locale/{language}.po"))


def compiled_file(language: str) -> Path:
    """What `lanhouse assets` makes of all catalogues of a language."""
    return COMPILED_DIR / language / "LC_MESSAGES" / f"{DOMAIN}.mo"


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; English and a missing catalogue hand the source text back."""
    if language == DEFAULT_LANGUAGE:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, COMPILED_DIR, [language], fallback=True)


def isolating(say: Callable[..., str]) -> Callable[..., str]:
    """Hand on what `say` answers with each %(value)s set apart from the words around it (Unicode's
    FSI and PDI): in a line from right to left "3 hours", "PC15" and "22:00 – 02:12" stay as they
    are written, whatever stands beside them.
    """

    def said(*asked: Any, **more: Any) -> str:
        return _PLACE.sub("\u2068\\g<0>\u2069", say(*asked, **more))

    return said


def choose_language(cookie: str, accept_language: str) -> str:
    """The language for a reader: his own choice, else the best of Accept-Language, else English."""
    if cookie in LANGUAGES:
        return cookie
    wishes: list[tuple[float, int, str]] = []
    for order, item in enumerate(accept_language.split(",")[:_ACCEPT_ITEMS_MAX]):
        match = _ACCEPT_ITEM.match(item.strip())
        if match and match[1].lower() in LANGUAGES:
            weight = float(match[2]) if match[2] else 1.0
            wishes.append((-weight, order, match[1].lower()))
    return min(wishes)[2] if wishes and min(wishes)[0] < 0 else DEFAULT_LANGUAGE
