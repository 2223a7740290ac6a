"""Keeps the translations where their texts are: `python -m tools.catalogues` (make texts).

A text that one noun alone uses stands in `<noun>/locale/<code>.po`, every other in
`web/locale/<code>.po`. The tool moves what stands elsewhere, drops what nobody uses any more, and
adds what is new with an empty translation; `--check` only says what it would do.
"""

from __future__ import annotations

import io
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from lanhouse.web.i18n import (
    DEFAULT_LANGUAGE,
    FORMAT_LOCALES,
    LANGUAGES,
    PACKAGE_DIR,
    catalogue_files,
    catalogue_of,
)

Key = tuple[str | None, str | tuple[str, ...]]
"""Context and text of a message, or its texts for one and for many."""

_METHODS = [("**.html", "jinja2"), ("**.py", "python")]
_OPTIONS = {"**.html": {"extensions": "jinja2.ext.do", "silent": "false"}}
_KEYWORDS = {
    **dict.fromkeys(("_", "N_", "say", "gettext")),
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
_HALVES = ("cafe", "aggregator")


def folder_of(file: str) -> str:
    """The folder whose catalogue has a file's texts (path below the package)."""
    parts = Path(file).parts
    return "/".join(parts[:2]) if parts[0] in _HALVES and len(parts) > 2 else "web"


@cache
def texts() -> dict[Key, str]:
    """Every text that is handed to gettext, and the folder of its catalogue."""
    users: dict[Key, set[str]] = defaultdict(set)
    found = extract_from_dir(
        PACKAGE_DIR, method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS
    )
    for file, _, text, _, context in found:
        users[context, text].add(folder_of(file))
    return {key: folders.pop() if len(folders) == 1 else "web" for key, folders in users.items()}


def read(language: str, file: Path) -> list[Message]:
    """The messages of a catalogue."""
    catalogue = read_po(io.BytesIO(file.read_bytes()), locale=FORMAT_LOCALES[language])
    return [message for message in catalogue if message.id]


def known(language: str) -> dict[Key, Message]:
    """The messages of all catalogues of a language. Raises ValueError for one that is twice."""
    found: dict[Key, Message] = {}
    for file in catalogue_files(language):
        for message in read(language, file):
            assert not isinstance(message.id, list), "a message has one text, or a pair"
            key = (message.context, message.id)
            if key in found:
                raise ValueError(f"{file}: {message.id!r} stands in another catalogue too")
            found[key] = message
    return found


def wanted(language: str) -> dict[Path, bytes]:
    """What the catalogues of a language should hold, by file."""
    there = known(language)
    by_folder: dict[str, Catalog] = defaultdict(lambda: catalogue_of(language))
    for (context, text), folder in texts().items():
        message = there.get((context, text))
        catalogue = by_folder[folder]
        none = ("",) * catalogue.num_plurals if isinstance(text, tuple) else ""
        catalogue.add(text, message.string if message else none, context=context)
    made: dict[Path, bytes] = {}
    for folder, catalogue in by_folder.items():
        out = io.BytesIO()
        write_po(out, catalogue, width=100, omit_header=True, sort_output=True)
        made[PACKAGE_DIR / folder / "locale" / f"{language}.po"] = out.getvalue()
    return made


def untranslated(language: str) -> list[str]:
    """Texts without a translation."""
    there, found = known(language), list[str]()
    for key in texts():
        message = there.get(key)
        forms = () if message is None else message.string
        if not forms or not all([forms] if isinstance(forms, str) else forms):
            found.append(str(key[1]))
    return sorted(found)


def main() -> int:
    """Sort the catalogues of all languages, or say which are not; 1 when something is missing."""
    is_check, changed, missing = "--check" in sys.argv[1:], 0, 0
    for language in LANGUAGES:
        if language == DEFAULT_LANGUAGE:
            continue
        made = wanted(language)
        for file in {*made, *catalogue_files(language)}:
            content = made.get(file)
            if content == (file.read_bytes() if file.is_file() else None):
                continue
            changed += 1
            print(f"{file}: {'is not sorted (make texts)' if is_check else 'written'}")
            if is_check:
                continue
            if content is None:
                file.unlink()
            else:
                file.parent.mkdir(exist_ok=True)
                file.write_bytes(content)
        for text in untranslated(language):
            missing += 1
            print(f"{language}: not translated: {text}")
    return 1 if missing or (is_check and changed) else 0


if __name__ == "__main__":
    sys.exit(main())
