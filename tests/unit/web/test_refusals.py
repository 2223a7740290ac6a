"""A refusal in a form: beside the field that it is about, or above them all."""

from __future__ import annotations

import pytest

from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import AppError, InvalidInput, Refused
from lanhouse.kit.money import paid_decimals, parse_micros
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form

FIELDS = ("amount", "member")


@pytest.mark.parametrize(
    ("error", "amount", "member", "problem"),
    [
        (None, "", "", ""),
        (InvalidInput({"amount": say("is required")}), "is required", "", ""),
        (InvalidInput({"amount": "a", "member": "b"}), "a", "b", ""),
        (Refused("the PC is in use"), "", "", "the PC is in use"),
        (InvalidInput({"payment": "is required"}), "", "", "payment: is required"),
        # What has no place beside a field must not get lost because another reason has one.
        (InvalidInput({"amount": "a", "payment": "b"}), "a", "", "amount: a; payment: b"),
    ],
)
def test_each_reason_is_shown_once_or_above(
    error: AppError | None, amount: str, member: str, problem: str
) -> None:
    errors, above = errors_in_form(error, "en", FIELDS)
    assert (errors, above) == ({"amount": amount, "member": member}, problem)


def test_reasons_are_told_in_the_readers_language() -> None:
    errors, _ = errors_in_form(InvalidInput({"amount": say("is required")}), "de", FIELDS)
    assert errors["amount"] == "fehlt"


@pytest.mark.parametrize(
    ("typed", "currency", "english", "german"),
    [
        ("5 Euro", "EUR", "This is not an amount. Write it like 12.50", "Das ist kein Betrag"),
        ("1.234", "EUR", "At most 2 digits after the point", "Höchstens 2 Stellen"),
        ("1.005", "KWD", "At most 2 digits after the point", "Höchstens 2 Stellen"),
        ("1.5", "JPY", "This currency has no digits after the point", "Diese Währung hat keine"),
        ("-1", "EUR", "Write it without + or -", "Bitte ohne + oder -"),
    ],
)
def test_a_form_speaks_of_amounts_as_people_do(
    typed: str, currency: str, english: str, german: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_amount(typed, currency, field="amount")
    for language, words in (("en", english), ("de", german)):
        errors, above = errors_in_form(caught.value, language, FIELDS)
        assert errors["amount"].startswith(words)
        assert above == ""
    with pytest.raises(InvalidInput, match=r"must (be|have|not)"):
        parse_micros(typed.replace(" Euro", "x"), decimals=paid_decimals(currency))
