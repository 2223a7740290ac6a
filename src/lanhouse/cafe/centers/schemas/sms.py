"""Who sends text messages (smsProviderSettings)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import SEALED, key
from lanhouse.kit.inputs import Line
from lanhouse.kit.texts import N_

SecureAddress = Annotated[
    Line,
    Meta(
        max_length=500,
        pattern=r"^(https://[^/\s]+\S*)?$",
        extra={"reason": N_("must be an address that begins with https://")},
    ),
]


class SmsProviderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who sends text messages."""

    label: ClassVar[str] = N_("Text messages")
    about: ClassVar[str] = N_("The service that sends codes and notices to telephones.")

    sms_provider: Annotated[
        Literal["none", "http"],
        key(
            N_("Provider"),
            N_("Who sends text messages."),
            is_ours=True,
            words={"none": N_("nobody"), "http": N_("a web service")},
        ),
    ] = "none"
    sms_provider_url: Annotated[
        SecureAddress,
        key(
            N_("Address of the provider"),
            N_(
                "Where a message is handed in; {phone}, {text}, {sender} and {secret} stand"
                " for their values."
            ),
            is_ours=True,
        ),
    ] = ""
    sms_provider_method: Annotated[
        Literal["GET", "POST"],
        key(
            N_("Method"),
            N_("How it is handed in."),
            is_ours=True,
            words={"GET": N_("GET"), "POST": N_("POST")},
        ),
    ] = "POST"
    sms_provider_body: Annotated[
        Annotated[str, Meta(max_length=2000)],
        key(
            N_("Body"),
            N_("What is sent along, with the same words in braces."),
            is_ours=True,
            form="long",
        ),
    ] = ""
    sms_provider_sender: Annotated[
        Annotated[Line, Meta(max_length=50)],
        key(N_("Sender"), N_("Who a message says it is from."), is_ours=True),
    ] = ""
    sms_provider_secret: Annotated[
        Annotated[str, Meta(max_length=500)],
        key(
            N_("Key of the provider"),
            N_("Sent along where {secret} stands. Kept sealed and never shown."),
            is_ours=True,
            secret=SEALED,
        ),
    ] = ""
