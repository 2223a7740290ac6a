"""The lenient input layer: a request's fields become a Struct, with every wrong field named.

What it forgives (architecture section 5, cafe-wire 0): spaces around text, empty text for null,
on/yes/off/no for switches, numbers for text and text for numbers, one value for a list, a comma
text or JSON text for a list, `0000-00-00` for "no date". What it never does: guess an amount. All
wrong fields of a request are reported together; unknown parameters are ignored.

One pass by a plan that is built once per Struct; msgspec's own conversion is not used, because it
stops at the first error and speaks of Python types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any, NamedTuple, TypeVar, cast

import msgspec
from msgspec import Meta
from msgspec import inspect as types

from lanhouse.kit.convert import Convert, Wrong, converter_of, marks_of
from lanhouse.kit.errors import InvalidInput, NotFound
from lanhouse.kit.forms import merge_sources
from lanhouse.kit.said import say

__all__ = [
    "Amount",
    "Coins",
    "FineAmount",
    "Line",
    "Percentage",
    "Points",
    "Secret",
    "SignedAmount",
    "SignedCoins",
    "also",
    "amount",
    "check_money",
    "decode",
    "id_in_path",
    "known_part",
    "means",
    "merge_sources",
    "names_of",
]

S = TypeVar("S", bound=msgspec.Struct)


def amount(
    decimals: int = 2, *, signed: bool = False, rounded: bool = False, is_money: bool = True
) -> Meta:
    """Marks an int field as an amount: its text becomes micros by kit.money.

    `decimals` may be used at most; `signed` allows a minus; `rounded` takes up to 6 decimals and
    rounds half-up to 2 (coins, architecture section 3). What `is_money` is paid or held in the
    currency of the centre, and check_money() looks at it; percentages and points are read alike.
    """
    is_paid = is_money and decimals == 2 and not rounded
    rule = {"decimals": decimals, "signed": signed, "rounded": rounded, "is_paid": is_paid}
    return Meta(
        description="A plain decimal number, as text or as a JSON number.",
        examples=["10.00"],
        extra={"amount": rule},
    )


def also(*names: str) -> Meta:
    """Other names under which clients send a field (cafe-wire 0: `pc_name` and `pcs`)."""
    return Meta(extra={"also": names})


def means(*names: str) -> Meta:
    """What the business calls a field that the caller knows by another name.

    Refusals of commands and queries name `amount` where a call takes `pc_cost: Annotated[Amount,
    means("amount")]`; its caller reads `pc_cost: …` (decision 0089).
    """
    return Meta(extra={"means": names})


DayOrSecond = Annotated[date, Meta(extra={"with_time": True})]
"""A day; sent as `YYYY-MM-DD HH:MM:SS` it is that second, a datetime without a zone."""

Amount = Annotated[int, amount()]
"""Money of a centre in micros: 2 decimals, not negative."""

SignedAmount = Annotated[int, amount(signed=True)]
"""Money of a centre in micros: 2 decimals, a minus allowed (a refund is a negative top-up)."""

Percentage = Annotated[int, amount(is_money=False)]
"""Percent with 2 decimals, read like an amount: micros of one percent."""

Points = Annotated[int, amount(is_money=False)]
"""Points with 2 decimals, in micros."""

FineAmount = Annotated[int, amount(6)]
"""Product price or cost in micros: 6 decimals, not negative."""

Coins = Annotated[int, amount(rounded=True)]
"""Coins in micros: rounded half-up to 2 decimals, not negative."""

SignedCoins = Annotated[int, amount(signed=True, rounded=True)]
"""Coins in micros: rounded half-up to 2 decimals, a minus allowed."""

Line = Annotated[str, Meta(extra={"line": True})]
"""Text on one line, without line breaks and signs that turn the direction of writing."""

Secret = Annotated[str, Meta(extra={"secret": True})]
"""A password: the only text whose spaces count."""


_ID_CHARS_MAX = 18


def id_in_path(text: str, missing: str) -> int:
    """The id that stands in a path. What cannot be one does not exist: NotFound says `missing`."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _ID_CHARS_MAX:
        raise NotFound(missing)
    return int(text)


class _Field(NamedTuple):
    """How one field of a Struct is read."""

    wire: str
    other_names: tuple[str, ...]
    name: str
    meanings: tuple[str, ...]
    is_required: bool
    is_nullable: bool
    is_trimmed: bool
    convert: Convert
    is_paid: bool = False


def decode(struct_type: type[S], merged: Mapping[str, Any]) -> S:
    """The Struct for a request's fields (from merge_sources).

    Empty text counts as null; null gives None where the field allows it, else the default, else
    "is required". Raises InvalidInput with a reason for every wrong field.
    """
    return struct_type(**_values(_plan_of(struct_type), merged))


def check_money(data: msgspec.Struct, unit_micros: int) -> None:
    """Refuse sums that are no multiple of the smallest amount that is paid (decision 0118).

    Looks at the fields of a decoded Struct that are Amount or SignedAmount, those of Structs inside
    it too. Raises InvalidInput naming each as its caller does.
    """
    if unit_micros <= _CENT_MICROS:  # no more decimals were read
        return
    errors = {
        field: say("must have no decimals") for field, micros in _paid(data) if micros % unit_micros
    }
    if errors:
        raise InvalidInput(errors)


def _paid(data: msgspec.Struct) -> Iterator[tuple[str, int]]:
    """(name on the wire, micros) of every sum in a Struct."""
    for field in _plan_of(type(data)):
        value: Any = getattr(data, field.name, None)
        if isinstance(value, int) and field.is_paid:
            yield field.wire, value
        elif isinstance(value, msgspec.Struct):
            yield from ((f"{field.wire}.{name}", micros) for name, micros in _paid(value))
        elif isinstance(value, list | tuple):
            for number, one in enumerate(cast("Sequence[Any]", value)):
                if isinstance(one, msgspec.Struct):
                    where = f"{field.wire}.{number}"
                    yield from ((f"{where}.{name}", micros) for name, micros in _paid(one))


def known_part(struct_type: type[msgspec.Struct], merged: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a request that the Struct knows; what is ignored is left out."""
    known = _known.get(struct_type)
    if known is None:
        plan = _plan_of(struct_type)
        known = frozenset(name for field in plan for name in (field.wire, *field.other_names))
        _known[struct_type] = known
    return {name: value for name, value in merged.items() if name in known}


def names_of(struct_type: type[msgspec.Struct]) -> dict[str, str]:
    """Name in the business -> name on the wire, for the fields where these differ.

    Raises TypeError for a business name that two fields claim: a refusal could mean either.
    """
    plan = _plan_of(struct_type)
    names: dict[str, str] = {}
    taken = {field.wire for field in plan}
    for field in plan:
        for meaning in {field.name, *field.meanings} - {field.wire}:
            if meaning in names or meaning in taken:
                raise TypeError(f"{struct_type.__name__}: two fields mean {meaning}")
            names[meaning] = field.wire
    return names


def _plan_of(struct_type: type[msgspec.Struct]) -> list[_Field]:
    plan = _plans.get(struct_type)
    if plan is None:
        plan = _plans[struct_type] = _plan(types.type_info(struct_type))
    return plan


def _values(plan: list[_Field], merged: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in plan:
        wire, other_names, name, _, is_required, is_nullable, is_trimmed, convert, _ = field
        raw = merged.get(wire, _ABSENT)
        if other_names and (raw is _ABSENT or raw is None or raw == ""):
            raw = next((merged[other] for other in other_names if other in merged), raw)
        try:
            if raw is not None and raw is not _ABSENT:
                if type(raw) is str:
                    if is_trimmed:
                        raw = raw.strip()
                    raw = convert(raw) if raw else None
                else:
                    raw = convert(raw)
        except Wrong as wrong:
            errors.update(wrong.by_field(wire))
            continue
        except InvalidInput as inner:
            errors.update(inner.fields)
            continue
        if raw is not None and raw is not _ABSENT:
            values[name] = raw
        elif raw is None and is_nullable:
            values[name] = None
        elif is_required:
            errors[wire] = say("is required")
    if errors:
        raise InvalidInput(errors)
    return values


def _plan(struct: types.Type) -> list[_Field]:
    assert isinstance(struct, types.StructType)
    return [_field(field) for field in struct.fields]


def _field(field: types.Field) -> _Field:
    extra: dict[str, Any] = {}
    kind = field.type
    if isinstance(kind, types.Metadata):
        extra.update(marks_of(kind))
        kind = kind.type
    is_nullable = isinstance(kind, types.NoneType)
    if isinstance(kind, types.UnionType):
        is_nullable = any(isinstance(one, types.NoneType) for one in kind.types)
        rest = [one for one in kind.types if not isinstance(one, types.NoneType)]
        if len(rest) == 1 and isinstance(rest[0], types.Metadata):
            extra = {**marks_of(rest[0]), **extra}
            rest = [rest[0].type]
        kind = rest[0] if len(rest) == 1 else types.UnionType(tuple(rest))
    return _Field(
        wire=field.encode_name,
        other_names=tuple(extra.get("also", ())),
        name=field.name,
        meanings=tuple(extra.get("means", ())),
        is_required=field.required,
        is_nullable=is_nullable,
        is_trimmed=not extra.get("secret", False),
        convert=converter_of(kind, extra, field.encode_name, _nested),
        is_paid=extra.get("amount", {}).get("is_paid", False),
    )


def _nested(struct: types.StructType) -> Callable[[Mapping[str, Any]], Any]:
    """A reader for a Struct inside a Struct; its plan is made at first use (types may recurse)."""
    return partial(decode, struct.cls)


_CENT_MICROS = 10_000
_ABSENT: Any = object()
_plans: dict[type, list[_Field]] = {}
_known: dict[type, frozenset[str]] = {}
