"""What people read of a refusal: a template and its values, said in English until a page translates
it (decision 0083).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


class Said(str):
    """A text in English that knows from which template and values it was made; made by say()."""

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, values: Mapping[str, Any]) -> Said:
        """The text; a template without values stands for itself."""
        made = super().__new__(cls, template % values if values else template)
        made.template = template
        made.values = values
        return made


def say(template: str, /, **values: Any) -> Said:
    """`say("must be at most %(count)s PCs", count=5)`: catalogues get the template.

    A value may be said itself: `say("%(pc)s: %(reason)s", pc="PC01", reason=say("is in use"))`.
    """
    return Said(template, values)


def translated(text: str, gettext: Callable[[str], str]) -> str:
    """A text in the language of `gettext`, with whatever was said inside it; others stay."""
    if not isinstance(text, Said):
        return text
    template = gettext(text.template)
    if not text.values:
        return template
    values = {
        name: translated(value, gettext) if isinstance(value, str) else value
        for name, value in text.values.items()
    }
    return template % values
