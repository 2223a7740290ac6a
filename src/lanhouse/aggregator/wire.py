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
        elif isinstance(value, list):
            wrong.update(_inexact_list(sent, cast("list[Any]", value), inside + wire))
        elif type(value) is str:
            wrong.update(_inexact_text(sent, value, inside + wire))
    return wrong


def _inexact_text(sent: Any, value: str, name: str) -> dict[str, str]:
    if type(sent) is not str:
        return {name: "must be text"}
    return {} if sent == value else {name: "must not begin or end with spaces"}


def _inexact_list(sent: Any, values: list[Any], name: str) -> dict[str, str]:
    """The same of each entry; the lenient layer would also take one value or a text with commas."""
    if not isinstance(sent, list):
        return {name: "must be a list"}
    entries = cast("list[Any]", sent)
    if len(entries) != len(values):
        return {name: "must hold no empty entries"}
    wrong: dict[str, str] = {}
    for place, (entry, value) in enumerate(zip(entries, values, strict=True)):
        inside = f"{name}.{place}"
        if isinstance(value, msgspec.Struct):
            if isinstance(entry, Mapping):
                found = _inexact(cast("Mapping[str, Any]", entry), value, f"{inside}.")
                wrong.update(found)
            else:
                wrong[inside] = "must be an object"
        elif isinstance(value, str):
            wrong.update(_inexact_text(entry, value, inside))
    return wrong
