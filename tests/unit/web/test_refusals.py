"""A refusal in a form: beside the field that it is about, or above them all."""

from __future__ import annotations

import pytest

from lanhouse.kit.errors import AppError, InvalidInput, Refused
from lanhouse.web.pages.refusals import errors_in_form

FIELDS = ("amount", "member")
NAMES = {"pc_cost": "amount"}


@pytest.mark.parametrize(
    ("error", "amount", "member", "problem"),
    [
        (None, "", "", ""),
        (InvalidInput({"pc_cost": "is required"}), "is required", "", ""),
        (InvalidInput({"pc_cost": "a", "member": "b"}), "a", "b", ""),
        (Refused("the PC is in use"), "", "", "the PC is in use"),
        (InvalidInput({"payment": "is required"}), "", "", "payment: is required"),
        # What has no place beside a field must not get lost because another reason has one.
        (InvalidInput({"pc_cost": "a", "payment": "b"}), "a", "", "pc_cost: a; payment: b"),
    ],
)
def test_each_reason_is_shown_once_or_above(
    error: AppError | None, amount: str, member: str, problem: str
) -> None:
    errors, above = errors_in_form(error, "en", FIELDS, NAMES)
    assert (errors, above) == ({"amount": amount, "member": member}, problem)


def test_reasons_are_told_in_the_readers_language() -> None:
    errors, _ = errors_in_form(InvalidInput({"pc_cost": "is required"}), "de", FIELDS, NAMES)
    assert errors["amount"] == "fehlt"
