"""How the External API writes times and checks what several calls share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, NamedTuple, TypeVar, cast

import msgspec
from msgspec import Meta
from msgspec import inspect as types

from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.errors import CurrencyNotSupported, InvalidAmount
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import decode
from lanhouse.kit.money import parse_micros
from lanhouse.web.call import Call, checked_key

S = TypeVar("S", bound=msgspec.Struct)
MICRO_DECIMALS = 6
"""No currency has more decimals than micros hold."""


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


class OfAgent(msgspec.Struct, kw_only=True, rename="camel"):
    """What every call that names a player or an id takes beside its own fields.

    `agentId`: for whom the call is, the caller or an agent below it (row 29; default: the caller).
    """

    agent_id: int | None = None


AMOUNT = "plain_amount"
SIGNED = "signed"

AmountText = Annotated[
    str,
    Meta(
        description="Required. A plain decimal number as text.",
        examples=["100", "110.01"],
        extra={AMOUNT: "positive"},
    ),
]
"""An amount of money more than 0, read by decode_exactly()."""

SignedAmountText = Annotated[
    str,
    Meta(
        description="A plain decimal number as text, a minus allowed.",
        examples=["-1.6", "0"],
        extra={AMOUNT: SIGNED},
    ),
]

_PLAIN = re.compile(r"\d{1,20}(\.\d{1,30})?", re.ASCII)
_WRONG_ITEMS_MAX = 10


def decode_exactly(kind: type[S], inputs: Mapping[str, Any]) -> S:
    """A body as the Struct of its call; every wrong field is named, in the order of the document.

    Raises InvalidAmount when only amounts are wrong that are there, InvalidInput for everything
    else, then with the amounts too.
    """
    wrong: dict[str, str] = {}
    try:
        data = decode(kind, inputs)
    except InvalidInput as refused:
        data = None
        wrong.update(refused.fields)
    amounts: dict[str, str] = {}
    texts: dict[str, str] = {}
    _look(kind, inputs, "", texts, amounts)
    for name in (*texts, *amounts):
        # Of one field the exact reason counts, of a list what is wrong in it.
        wrong.pop(name, None)
        wrong.pop(name.partition(".")[0], None)
    wrong |= texts
    if data is not None and not wrong and not amounts:
        return data
    places = {field.wire: place for place, field in enumerate(_fields_of(kind))}
    named = sorted(
        {**wrong, **amounts}.items(),
        key=lambda item: places.get(item[0].partition(".")[0], len(places)),
    )
    raise InvalidInput(dict(named)) if wrong else InvalidAmount.of(dict(named))


def check_texts(call: Call, data: msgspec.Struct) -> None:
    """Raise InvalidInput for every text, also inside objects, that was not sent as exactly this.

    The lenient input layer takes numbers for text and trims spaces, which the café needs; here a
    name or an id must be the one the caller wrote down, or he looks for another player than the
    one he made (aggregator-domain 1.2 row 32). decode_exactly() has looked already.
    """
    texts: dict[str, str] = {}
    _look(type(data), call.inputs, "", texts, {})
    if texts:
        raise InvalidInput(texts)


class _Field(NamedTuple):
    """What must be exact about one field of a Struct."""

    wire: str
    is_text: bool
    amount: str
    inside: type[msgspec.Struct] | None
    is_list: bool


_fields: dict[type, list[_Field]] = {}


def _fields_of(kind: type[msgspec.Struct]) -> list[_Field]:
    found = _fields.get(kind)
    if found is None:
        info = types.type_info(kind)
        assert isinstance(info, types.StructType)
        found = _fields[kind] = [_field(one) for one in info.fields]
    return found


def _field(field: types.Field) -> _Field:
    kind, amount, is_list = field.type, "", False
    while True:
        if isinstance(kind, types.Metadata):
            amount = (kind.extra or {}).get(AMOUNT, amount)
            kind = kind.type
        elif isinstance(kind, types.UnionType):
            kind = next(one for one in kind.types if not isinstance(one, types.NoneType))
        elif isinstance(kind, types.ListType):
            kind, is_list = kind.item_type, True
        else:
            break
    is_text = isinstance(kind, types.StrType | types.LiteralType)
    inside = kind.cls if isinstance(kind, types.StructType) else None
    return _Field(field.encode_name, is_text, amount, inside, is_list)


def _look(
    kind: type[msgspec.Struct],
    inputs: Mapping[str, Any],
    where: str,
    texts: dict[str, str],
    amounts: dict[str, str],
) -> None:
    """Note what is not exactly text, and what is no amount; `where` stands before the names."""
    for field in _fields_of(kind):
        sent = inputs.get(field.wire)
        if sent is None:
            continue
        name = where + field.wire
        if field.amount:
            reason = _no_amount(sent, is_signed=field.amount == SIGNED)
            if reason:
                amounts[name] = reason
        elif field.is_list:
            _look_at_items(field, sent, name, texts, amounts)
        elif field.inside is not None:
            if isinstance(sent, Mapping):
                _look(field.inside, cast("Mapping[str, Any]", sent), f"{name}.", texts, amounts)
            elif isinstance(sent, str):
                texts[name] = "must be an object"
        elif field.is_text:
            reason = _no_text(sent)
            if reason:
                texts[name] = reason


def _look_at_items(
    field: _Field, sent: Any, name: str, texts: dict[str, str], amounts: dict[str, str]
) -> None:
    if not isinstance(sent, list):
        texts[name] = "must be a list"
        return
    for place, item in enumerate(cast("list[Any]", sent)):
        if len(texts) + len(amounts) >= _WRONG_ITEMS_MAX:
            return
        if field.inside is not None:
            if isinstance(item, Mapping):
                inside = cast("Mapping[str, Any]", item)
                _look(field.inside, inside, f"{name}.{place}.", texts, amounts)
            else:
                texts[f"{name}.{place}"] = "must be an object"
        elif field.is_text:
            reason = _no_text(item)
            if reason:
                texts[f"{name}.{place}"] = reason


def _no_text(sent: Any) -> str:
    """Why this is not exactly a text; empty when it is one."""
    if type(sent) is not str:
        return "must be text"
    return "must not begin or end with spaces" if sent != sent.strip() else ""


def _no_amount(sent: Any, *, is_signed: bool) -> str:
    """Why this is no amount in any currency; empty when it may be one (row 31)."""
    if not isinstance(sent, str):
        return "must be a decimal number as text"
    digits = sent.removeprefix("-") if is_signed else sent
    if _PLAIN.fullmatch(digits) is None:
        return "must be a plain decimal number"
    try:
        micros = parse_micros(digits, decimals=MICRO_DECIMALS)
    except InvalidInput as wrong:
        return next(iter(wrong.fields.values()))
    return "" if micros or is_signed else "must be more than 0"
