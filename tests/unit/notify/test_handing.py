"""How a text message becomes a call: every value written as its place needs it, filled in once."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from lanhouse.cafe.centers.schemas.sms import SmsProviderSettings
from lanhouse.cafe.notify.rules import checked_phone, handing
from lanhouse.kit.errors import InvalidInput, Refused

TEXT = 'Your "code" & {secret} = 1+1\n€5'


def provider(**given: Any) -> SmsProviderSettings:
    values = {
        "sms_provider": "http",
        "sms_provider_url": "https://sms.test/send?to={phone}&key={secret}",
        "sms_provider_sender": "Harbour Arena",
        **given,
    }
    return SmsProviderSettings(**values)


def test_values_in_the_address_are_escaped() -> None:
    call = handing(provider(sms_provider_method="GET"), "+351912345678", TEXT, "a&b=c")
    assert call.url == "https://sms.test/send?to=%2B351912345678&key=a%26b%3Dc"
    assert (call.method, call.content_type, call.body) == ("GET", "", b"")


def test_a_body_of_json_stays_json() -> None:
    body = '{"to": "{phone}", "text": "{text}", "from": "{sender}", "other": "{unknown}"}'
    call = handing(provider(sms_provider_body=body), "+351912345678", TEXT, "s3cret")
    assert call.content_type == "application/json"
    assert json.loads(call.body) == {
        "to": "+351912345678",
        "text": TEXT,
        "from": "Harbour Arena",
        "other": "{unknown}",
    }
    assert b"s3cret" not in call.body


def test_any_other_body_is_a_form() -> None:
    body = "to={phone}&text={text}&from={sender}&key={secret}"
    call = handing(provider(sms_provider_body=body), "+351912345678", TEXT, "a&b")
    assert call.content_type == "application/x-www-form-urlencoded"
    assert parse_qs(call.body.decode()) == {
        "to": ["+351912345678"],
        "text": [TEXT],
        "from": ["Harbour Arena"],
        "key": ["a&b"],
    }


@pytest.mark.parametrize(
    "given",
    [
        {"sms_provider": "none"},
        {"sms_provider_url": ""},
        {"sms_provider_url": "https://{phone}/send"},
        {"sms_provider_url": "https://sms.test@{phone}/"},
    ],
)
def test_without_a_provider_nothing_is_handed_in(given: dict[str, str]) -> None:
    with pytest.raises(Refused):
        handing(provider(**given), "+351912345678", TEXT, "")


@pytest.mark.parametrize("typed", ["", "112", "+", "12345x", "1" * 16, "١٢٣٤٥٦", "+351\n912345"])
def test_what_is_no_number(typed: str) -> None:
    with pytest.raises(InvalidInput):
        checked_phone(typed)


def test_a_number_as_people_write_it() -> None:
    assert checked_phone("+351 (912) 345-678") == "+351912345678"
