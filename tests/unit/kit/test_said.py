"""What a refusal says: English for programs, and a template for pages in other languages."""

from __future__ import annotations

import msgspec
import pytest

from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.said import say, translated
from lanhouse.web.pages.refusals import errors_in_form, refusal_text

_WORDS = {
    "%(pc)s: %(reason)s": "%(pc)s – %(reason)s",
    "at most %(count)s of %(what)s": "von %(what)s höchstens %(count)s",
    "is in use": "ist belegt",
}


def _word(text: str) -> str:
    return _WORDS.get(text, text)


def test_a_template_without_values_is_its_own_text() -> None:
    assert say("100 % of it") == "100 % of it"


def test_values_stand_where_the_language_wants_them() -> None:
    said = say("at most %(count)s of %(what)s", count=5, what="PCs")
    assert said == "at most 5 of PCs"
    assert translated(said, _word) == "von PCs höchstens 5"


def test_what_was_said_inside_is_translated_too() -> None:
    said = say("%(pc)s: %(reason)s", pc="PC01", reason=say("is in use"))
    assert said == "PC01: is in use"
    assert translated(said, _word) == "PC01 – ist belegt"


def test_a_name_is_no_template() -> None:
    """A PC may be called like one of our texts, or hold a sign of ours."""
    said = say("%(pc)s: %(reason)s", pc="is in use %(x)s", reason=say("is in use"))
    assert translated(said, _word) == "is in use %(x)s – ist belegt"


def test_wires_get_plain_texts() -> None:
    refused = Refused(say("at most %(count)s of %(what)s", count=5, what="PCs"))
    assert type(refused.message) is str
    assert msgspec.json.encode(refused.message) == b'"at most 5 of PCs"'
    wrong = InvalidInput({"pc_name": say("is required"), "pin": say("must not be 0")})
    assert wrong.message == "pc_name: is required; pin: must not be 0"
    assert type(wrong.message) is str


def test_a_page_translates_each_reason() -> None:
    wrong = InvalidInput({"pc_name": say("is required"), "x": "something else"})
    assert refusal_text(wrong, "de") == "pc_name: fehlt; x: something else"
    errors, above = errors_in_form(wrong, "de", ["pc_name"])
    assert errors == {"pc_name": "fehlt"}
    assert above == refusal_text(wrong, "de")


@pytest.mark.parametrize("language", ["en", "de"])
def test_forms_say_what_to_write(language: str) -> None:
    wrong = InvalidInput({"amount": say("must be a plain decimal number")})
    errors, _ = errors_in_form(wrong, language, ["amount"])
    assert "12.50" in errors["amount"] or "12,50" in errors["amount"]
