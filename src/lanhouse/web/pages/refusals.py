"""Refusals in the reader's language, and in the words of people instead of programmers."""

from __future__ import annotations

from collections.abc import Iterable

from lanhouse.kit import said
from lanhouse.kit.errors import AppError
from lanhouse.web import i18n
from lanhouse.web.i18n import N_

# What the API says of an amount is for programmers; a form says what to write instead. The right's
# own name is for integrators; people read what they may do about it.
_FOR_PEOPLE = {
    "must be a plain decimal number": N_("This is not an amount. Write it like 12.50"),
    "must have at most %(count)s decimals": N_("At most %(count)s digits after the point"),
    "There are other booking": N_("This PC is already booked at that time"),
    "Booking is occupied": N_("This PC is booked, and the time would reach into the booking"),
    "must have no decimals": N_("This currency has no digits after the point"),
    "must not have a sign": N_("Write it without + or -"),
    "You do not have the right for this (%(right)s).": N_("You do not have the right for this."),
}


def refusal_text(error: AppError, language: str) -> str:
    """What an error says, in the reader's language: "PC 04: the PC is in use"."""
    return translated(error.said, language)


def errors_in_form(
    error: AppError | None, language: str, fields: Iterable[str]
) -> tuple[dict[str, str], str]:
    """The reasons by field ("" for none), and what is to be shown above the form.

    `fields` are those that have a place for a reason. A refusal that is not wholly about such
    fields stands above as well.
    """
    errors = dict.fromkeys(fields, "")
    if error is None:
        return errors, ""
    reasons = error.fields
    errors |= {name: translated(reasons[name], language) for name in errors if name in reasons}
    is_told = bool(reasons) and reasons.keys() <= errors.keys()
    return errors, "" if is_told else refusal_text(error, language)


def translated(text: str, language: str) -> str:
    """A text that was said (kit.said) in the reader's language; any other stays as it is."""
    gettext = i18n.translations(language).gettext
    return said.translated(text, lambda template: gettext(_FOR_PEOPLE.get(template, template)))
