"""A key of the settings: one line of a group's Struct says all that there is to say about it.

    free_minutes: Annotated[int, Meta(ge=0), key("Free minutes", "The first ...")] = 0

From that line come the café API's PUT and GET, the native API, the form of the panel and the page
of the reference (decision 0063).
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

HASHED = "hashed"
"""Of a secret that is only compared: a slow hash is kept."""
SEALED = "sealed"
"""Of a secret that somebody must be told again: it is kept sealed under the server secret."""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What a line says beside type and default; the arguments of key()."""

    label: str
    meaning: str
    wire: str
    is_honoured: bool
    is_ours: bool
    is_json_text: bool
    json: Any
    unit: str
    form: str
    secret: str
    words: tuple[tuple[Any, str], ...]


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """One setting: `name` is its field, `wire` what every API and form calls it.

    `kind` is its type with all its bounds and without the None of an optional one (unset, it
    follows something else), `plain` the same without bounds; `mark` is what key() was given, `part`
    the heading of the lines it stands among.
    """

    name: str
    wire: str
    kind: Any
    plain: Any
    default: Any
    mark: Mark
    part: str
    is_amount: bool
    is_optional: bool

    @property
    def wire_set(self) -> str:
        """Under this name every answer says whether a secret is there; "" for what is none."""
        return f"{self.wire}_set" if self.mark.secret else ""


def key(
    label: str,
    meaning: str,
    *,
    wire: str = "",
    is_honoured: bool = True,
    is_ours: bool = False,
    is_json_text: bool = True,
    json: Any = None,
    unit: str = "",
    form: str = "",
    secret: str = "",
    words: Mapping[Any, str] | None = None,
) -> Meta:
    """Marks a field of a group as a key.

    `label` and `meaning` are English source texts for the owner, the meaning whole sentences.
    `wire` is the name outside where it is not the field's (which carries a unit). Not honoured: it
    is stored and returned, and nothing obeys it yet. Ours: no key of the café API v2. A list is
    JSON text on the café wire unless `is_json_text` is false. A text with `json` is kept and sent
    as JSON of that type, and read by nobody who does not use the key. `unit` stands behind the
    field of the form, `form` names a form that the type does not tell, `words` the label of each
    value of a choice, or of each member of an object that holds switches. A `secret` (HASHED,
    SEALED) is a text that is kept in that form and never shown: every answer has "" in its place,
    and `<key>_set` says whether there is one.
    """
    mark = Mark(
        label=label,
        meaning=meaning,
        wire=wire,
        is_honoured=is_honoured,
        is_ours=is_ours,
        is_json_text=is_json_text,
        json=json,
        unit=unit,
        form=form,
        secret=secret,
        words=tuple((words or {}).items()),
    )
    return Meta(title=label, description=meaning, extra={"key": mark})


def keys_of(struct: type[msgspec.Struct]) -> tuple[Key, ...]:
    """The keys of a group, in the order of its lines. Raises TypeError for a line without key()."""
    hints = typing.get_type_hints(struct, include_extras=True)
    parts = {
        name: getattr(each, "part", "")
        for each in reversed(struct.__mro__)
        for name in inspect.get_annotations(each)
    }
    return tuple(
        _key(field, hints[field.name], parts[field.name])
        for field in msgspec.structs.fields(struct)
    )


def _key(field: msgspec.structs.FieldInfo, hint: Any, part: str) -> Key:
    metas: tuple[Any, ...] = getattr(hint, "__metadata__", ())
    inner = getattr(hint, "__origin__", hint)
    is_optional = type(None) in typing.get_args(inner)
    if is_optional:
        (inner,) = (part for part in typing.get_args(inner) if part is not type(None))
    annotated: Any = Annotated
    kind = annotated[(inner, *metas)] if metas else inner
    marks: dict[str, Any] = {}
    for meta in getattr(kind, "__metadata__", ()):
        marks |= meta.extra or {}
    mark = marks.get("key")
    if mark is None or field.default is msgspec.NODEFAULT:
        raise TypeError(f"{field.name}: a setting has a key() and a default")
    return Key(
        name=field.name,
        wire=mark.wire or field.name,
        kind=kind,
        plain=kind.__origin__,
        default=field.default,
        mark=mark,
        part=part,
        is_amount="amount" in marks,
        is_optional=is_optional,
    )
