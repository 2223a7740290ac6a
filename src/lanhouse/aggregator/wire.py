"""How the External API writes times and checks what several calls share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import msgspec

from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.errors import CurrencyNotSupported
from lanhouse.kit.errors import InvalidInput
from lanhouse.web.call import Call, checked_key


def wire_time(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds: "2026-03-04T12:00:00.000000Z"."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def whole_address(base_url: str, url: str) -> str:
    """The address that is told: one of ours is kept as a path."""
    return base_url + url if url.startswith("/") else url


def check_currency(agent: Agent, currency: str) -> None:
    """Raise CurrencyNotSupported when the currency is not configured for the agent."""
    if currency not in agent.currencies:
        raise CurrencyNotSupported


def client_tx_id(call: Call, from_body: str | None) -> str | None:
    """The caller's own transaction id: `clientTxId` in the body or the Idempotency-Key header.

    Raises InvalidInput when both are given and differ (aggregator-domain 1.2 row 35), and for an
    empty one: taken for none, its retry would move the money again. The id is taken out of the
    hashed input, so that a retry may name it in the other place.
    """
    from_header = call.idempotency_key
    sent = call.inputs.pop("clientTxId", None)
    if from_body is None and sent is None:
        return from_header
    key = checked_key(from_body or "", "clientTxId")
    if from_header is not None and from_header != key:
        raise InvalidInput({"clientTxId": "differs from the Idempotency-Key header"})
    return key


def check_texts(call: Call, data: msgspec.Struct) -> None:
    """Raise InvalidInput for every text, also inside objects, that was not sent as exactly this.

    The lenient input layer takes numbers for text and trims spaces, which the café needs; here a
    name or an id must be the one the caller wrote down, or he looks for another player than the
    one he made (aggregator-domain 1.2 row 32).
    """
    wrong = _inexact(call.inputs, data, "")
    if wrong:
        raise InvalidInput(wrong)


def _inexact(inputs: Mapping[str, Any], data: msgspec.Struct, inside: str) -> dict[str, str]:
    """The reasons by field; `inside` is what stands before the names of this object's fields."""
    wrong: dict[str, str] = {}
    for name, wire in zip(data.__struct_fields__, data.__struct_encode_fields__, strict=True):
        value = getattr(data, name)
        sent = inputs.get(wire, value)
        if isinstance(value, msgspec.Struct):
            if isinstance(sent, Mapping):
                wrong.update(_inexact(cast("Mapping[str, Any]", sent), value, f"{inside}{wire}."))
            elif isinstance(sent, str):
                wrong[inside + wire] = "must be an object"
        elif type(value) is not str:
            continue
        elif type(sent) is not str:
            wrong[inside + wire] = "must be text"
        elif sent != value:
            wrong[inside + wire] = "must not begin or end with spaces"
    return wrong
