"""Refusals in the reader's language.

Commands refuse in English; what they say often is listed here, so that catalogues hold it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lanhouse.kit.errors import AppError
from lanhouse.web import i18n
from lanhouse.web.i18n import N_

KNOWN = (
    N_("The account or the password is wrong."),
    N_("The member is not active."),
    N_("The member is expired."),
    N_("Too many wrong passwords. Try again in 5 minutes."),
    N_("You do not have the right for this."),
    N_("This form is no longer valid. Reload the page and try again."),
    N_("This form came from another site."),
    N_("There is no page at this address."),
    N_("The server is busy, nothing was done. Try again."),
    N_("There is no PC with this name."),
    N_("the PC is in use"),
    N_("the PC is not in use"),
    N_("the session has ended"),
    N_("is less than what is to be paid"),
    N_("the PC is out of order"),
    N_("the PC belongs to another PC group"),
    N_("a session cannot move between PC and console"),
    N_("there is no such PC"),
    N_("the member is not active"),
    N_("the member is expired"),
    N_("the balance is too low"),
    N_("prepaid sessions are switched off in the settings"),
    N_("postpaid sessions are switched off in the settings"),
    N_("no price: no price rule holds for this PC and customer at this time"),
    N_('no price: set the price of "Default"'),
    N_("the quoted cost does not belong to these sessions; ask for it again"),
    N_("the quoted cost is older than 5 minutes; ask for it again"),
    N_("the sum to pay has changed; ask for it again"),
    N_("the clocks are not apart any more by what was shown; look again"),
    N_("Member not found"),
    N_("Several members match. Pick one."),
    N_("No member matches this."),
    N_("Is this who is meant? Then press again."),
    N_("must not be 0"),
    N_("a postpaid guest has no balance that covers this"),
    N_("There is no receipt with this number."),
    N_("Session not found"),
    N_("This log-in is no longer kept. Set a new password for the guest."),
    N_("This session has no guest's log-in: a member plays here."),
    N_(
        "This secret cannot be read: the server's secret file is missing or is not the one it was"
        " stored with. See: lanhouse doctor"
    ),
    N_("is required"),
    N_("is required when money goes back another way than it came"),
    N_("must be more than 0"),
    N_("is too large"),
)

_NO_RIGHT = "You do not have the right for this"

# What the API says of an amount is for programmers; a form says what to write instead.
_FOR_PEOPLE = {
    "must be a plain decimal number": N_("This is not an amount. Write it like 12.50"),
    "must have at most 2 decimals": N_("At most two digits after the point"),
    "must have at most 3 decimals": N_("At most three digits after the point"),
    "must have no decimals": N_("This currency has no digits after the point"),
    "must not have a sign": N_("Write it without + or -"),
}


def refusal_text(error: AppError, language: str) -> str:
    """What an error says, translated as far as it is known: "PC 04: the PC is in use"."""
    return translated(error.message, language)


def errors_in_form(
    error: AppError | None, language: str, fields: Iterable[str], field_of: Mapping[str, str]
) -> tuple[dict[str, str], str]:
    """The reasons by field ("" for none), and what is to be shown above the form.

    `fields` are those that have a place for a reason; `field_of` gives the form's name of what a
    command names otherwise. A refusal that is not wholly about such fields stands above as well.
    """
    errors = dict.fromkeys(fields, "")
    if error is None:
        return errors, ""
    reasons = {field_of.get(name, name): reason for name, reason in error.fields.items()}
    errors |= {name: translated(reasons[name], language) for name in errors if name in reasons}
    is_told = bool(reasons) and reasons.keys() <= errors.keys()
    return errors, "" if is_told else refusal_text(error, language)


def translated(message: str, language: str) -> str:
    """A message in the reader's language; of "name: reason" the reason alone may be known."""
    gettext = i18n.translations(language).gettext
    message = _FOR_PEOPLE.get(message, message)
    if message.startswith(_NO_RIGHT):
        # The right's own name is for integrators; people read what they may do about it.
        return gettext("You do not have the right for this.")
    whole = gettext(message)
    head, colon, tail = message.partition(": ")
    if whole != message or not colon:
        return whole
    return f"{head}: {gettext(_FOR_PEOPLE.get(tail, tail))}"
