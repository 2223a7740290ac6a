"""Pure: how a text message becomes a call to the provider."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlsplit

import msgspec

from lanhouse.cafe.centers.schemas.sms import SmsProviderSettings
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.said import say

TEXT_CHARS_MAX = 640
"""Four parts of a long message."""
_PHONE = re.compile(r"\+?[0-9]{5,15}", re.ASCII)
_BETWEEN = re.compile(r"[ ()./-]")
_WORD = re.compile(r"\{(phone|text|sender|secret)\}")


class Handing(msgspec.Struct, frozen=True):
    """A call that hands a message in; `content_type` "" = no body."""

    url: str
    method: str
    content_type: str
    body: bytes


def checked_phone(typed: str) -> str:
    """A telephone number as providers take it: digits, with a + in front or not.

    Raises InvalidInput by `phone`.
    """
    phone = _BETWEEN.sub("", typed)
    if not _PHONE.fullmatch(phone):
        raise InvalidInput({"phone": say("must be a telephone number such as +351912345678")})
    return phone


def check_text(text: str) -> None:
    """Raise InvalidInput by `text` for an empty or too long message."""
    if not 0 < len(text) <= TEXT_CHARS_MAX:
        raise InvalidInput(
            {"text": say("must have 1 to %(count)s characters", count=TEXT_CHARS_MAX)}
        )


def must_have_provider(settings: SmsProviderSettings) -> None:
    """Raise Refused where nobody sends text messages."""
    if settings.sms_provider != "http" or not settings.sms_provider_url:
        raise Refused(say("No service for text messages is set up (Settings, Text messages)."))


def handing(settings: SmsProviderSettings, phone: str, text: str, secret: str) -> Handing:
    """The call by the centre's template. What stands in braces is filled in once: braces in a
    message stay what they are. Raises Refused for a template whose server is one of the values."""
    must_have_provider(settings)
    values = {
        "phone": phone,
        "text": text,
        "sender": settings.sms_provider_sender,
        "secret": secret,
    }
    template = settings.sms_provider_url
    if "{" in urlsplit(template).netloc:
        raise Refused(say("The name of the provider's server must not have braces."))
    url = _filled(template, values, _in_address)
    if settings.sms_provider_method == "GET":
        return Handing(url, "GET", "", b"")
    body = settings.sms_provider_body
    if body.lstrip().startswith(("{", "[")) and not _WORD.match(body.lstrip()):
        filled, kind = _filled(body, values, _in_json), "application/json"
    else:
        filled, kind = _filled(body, values, _in_address), "application/x-www-form-urlencoded"
    return Handing(url, "POST", kind, filled.encode())


def _filled(template: str, values: Mapping[str, str], written: Callable[[str], str]) -> str:
    return _WORD.sub(lambda found: written(values[found[1]]), template)


def _in_address(value: str) -> str:
    return quote(value, safe="")


def _in_json(value: str) -> str:
    return json.dumps(value)[1:-1]
