"""The settings pages: every group's form is made from its keys (decision 0063)."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated, Any, cast

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.centers.schemas import GROUPS, Group
from lanhouse.cafe.centers.schemas.keys import Key
from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.cafe.settings.queries import Names, names_of_center, shown_center
from lanhouse.cafe.settings.rules import level_numbers
from lanhouse.cafe.settings.wire import given_values, input_of, native_values, stored_values
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.forms import read_json
from lanhouse.kit.inputs import check_money, decode
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_
from lanhouse.web import i18n
from lanhouse.web.format import weekday_names
from lanhouse.web.pages.navigation import settings_for
from lanhouse.web.pages.refusals import translated
from lanhouse.web.replies import Reply, redirect

routes = PanelRoutes("Settings pages")
_PAGE = "cafe/settings/templates/settings.html"
_SAVED = N_("Saved. It holds from now on.")
_EMPTY_TIERS = 2
"""Rows for new tiers below those that are there."""


class PageIn(msgspec.Struct):
    """`saved` tells that the form was just stored."""

    saved: bool = False


class FindIn(msgspec.Struct):
    """A text to look for in names and meanings."""

    find: Annotated[str, msgspec.Meta(max_length=80)] = ""


class FormIn(msgspec.Struct):
    """The form of a group. `shown` is what it showed, as JSON: what still stands there is not
    written, so that who changes one field undoes nobody's change of another.
    """

    shown: Annotated[str, msgspec.Meta(max_length=200_000)] = "{}"


@routes.get("/panel/settings", right="account.self", summary="The first page of the settings")
async def settings(call: CafeCall) -> Reply:
    """Send the reader on to the first page that he may open."""
    pages = settings_for(call.view.rights)
    return redirect(pages[0].path if pages else "/panel")


@routes.get("/panel/settings/find", right="settings.view", summary="Settings that match a text")
async def find(call: CafeCall, data: FindIn) -> Reply:
    """Links to the fields whose name or meaning holds every word, in the reader's language."""
    gettext = i18n.translations(call.view.language).gettext
    words = data.find.casefold().split()
    hits = [
        (group, key)
        for group in GROUPS.values()
        for key in group.keys
        if words and all(word in _text_of(key, gettext) for word in words)
    ]
    return call.html(_PAGE, groups=GROUPS, group=None, find=data.find, hits=hits)


def _text_of(key: Key, gettext: Any) -> str:
    texts = (gettext(key.mark.label), gettext(key.mark.meaning), key.wire)
    return " ".join(texts).casefold()


def _serve(group: Group) -> None:
    """Declare the page of a group."""
    path = f"/panel/settings/{group.name}"

    @routes.get(path, right="settings.view", summary=f"Settings: {group.label}")
    async def show(call: CafeCall, data: PageIn) -> Reply:
        """The form; who may not change settings reads it."""
        return await _page(call, group, saved=data.saved)

    @routes.post(path, right="settings.edit", summary=f"Change settings: {group.label}")
    async def save(call: CafeCall, data: FormIn) -> Reply:
        """Store what was changed, or show the form again with the reasons beside its fields."""
        posted = {key.wire: _posted(key, call.inputs) for key in group.keys}
        try:
            shown = _object(data.shown)
            names = await call.read(names_of_center, call.center.id)
            changed = {
                key.wire: _sent(key, posted[key.wire], names)
                for key in group.keys
                if shown.get(key.wire) != posted[key.wire]
            }
            read = decode(input_of(group), changed)
            check_money(read, call.unit_micros)
            values = given_values((group,), read, clears=True, inputs=changed)
            taken = {key.name: None for key in group.keys if _is_taken_away(key, call.inputs)}
            values = {group.name: values.get(group.name, {}) | taken}
            values = await stored_values((group,), values, call.center.id, call.vault)
            given = SettingsInput(center=call.center, values=values)
            await call.run(save_settings, given)
        except InvalidInput as wrong:
            return await _page(call, group, posted=posted, shown=data.shown, wrong=wrong)
        return redirect(f"{path}?saved=1")


for _group in GROUPS.values():
    _serve(_group)


async def _page(
    call: CafeCall,
    group: Group,
    *,
    saved: bool = False,
    posted: dict[str, Any] | None = None,
    shown: str = "",
    wrong: InvalidInput | None = None,
) -> Reply:
    center = await call.read(shown_center, call.center)
    stored = native_values(group, center)
    names = await call.read(names_of_center, call.center.id)
    values = {key.wire: _in_form(key, stored[key.wire], names) for key in group.keys}
    reasons: dict[str, str] = {}
    for name, reason in (wrong.fields if wrong else {}).items():
        reasons.setdefault(name.partition(".")[0], translated(reason, call.view.language))
    shapes = {key.wire: form_of(key) for key in group.keys}
    return call.html(
        _PAGE,
        status=200 if wrong is None else wrong.status,
        groups=GROUPS,
        group=group,
        parts=[(part, list(keys)) for part, keys in groupby(group.keys, lambda key: key.part)],
        shapes=shapes,
        values=values if posted is None else posted,
        shown=shown or msgspec.json.encode(values).decode(),
        errors=reasons,
        is_set={key.wire: stored.get(key.wire_set) for key in group.keys},
        toast=i18n.translations(call.view.language).gettext(_SAVED) if saved else "",
        names=names,
        more_tiers=_EMPTY_TIERS,
        weekdays=weekday_names(call.view.language),
        find="",
    )


def _is_taken_away(key: Key, inputs: dict[str, Any]) -> bool:
    """Whether the form asks to have no secret any more; an empty field leaves it as it is."""
    return bool(key.mark.secret) and inputs.get(f"{key.wire}_clear") not in (None, "", "0")


def form_of(key: Key) -> str:
    """Which form a key has; what its line names goes before its type."""
    if key.mark.secret:
        return "secret"
    if key.mark.form:
        return key.mark.form
    if key.is_amount:
        return "amount"
    if key.plain is bool:
        return "switch"
    if key.mark.words:
        return "choice"
    if key.mark.json:
        return "json"
    if getattr(key.plain, "__origin__", None) is tuple:
        return "lines"
    return "number" if key.plain is int else "text"


def _in_form(key: Key, value: Any, names: Names) -> Any:
    """A stored value as its form sends it back when nobody touches it."""
    shape = form_of(key)
    if shape == "member_groups":
        known = ["0", *(number for number, _ in names.member_groups)]
        return [number for number in known if number in value["member_groups"]]
    if shape == "pc_groups":
        levels = level_numbers(value)
        known = ["0", *(number for number, _ in names.pc_groups)]
        return {f"pc_group_id_{number}": str(levels.get(int(number), "")) for number in known}
    if shape == "rooms":
        whole = {name.casefold() for name, info in value.items() if info["allow_pay_by_room"]}
        return [number for number, name in names.rooms if name.casefold() in whole]
    if shape == "json":
        return msgspec.json.encode(value).decode()
    if shape in ("rows", "bands"):
        rows = cast("list[dict[str, Any]]", value)
        return [{name: str(row.get(name, "")) for name, _ in key.mark.words} for row in rows]
    if shape == "flags":
        return {name: str(value.get(name, 0)) for name, _ in key.mark.words}
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return [item if isinstance(item, str) else _item(item) for item in items]
    return "" if value is None else str(value)


def _item(item: Any) -> Any:
    return str(item) if isinstance(item, int) else msgspec.to_builtins(item)


def _posted(key: Key, inputs: dict[str, Any]) -> Any:
    """What the form sent for a key; an unchecked box and an empty row send nothing."""
    raw = inputs.get(key.wire)
    shape = form_of(key)
    if shape == "switch":
        return "1" if raw not in (None, "", "0") else "0"
    if shape == "lines":
        return [line.strip() for line in str(raw or "").splitlines() if line.strip()]
    if shape in ("member_groups", "rooms"):
        ticked = cast("list[Any]", raw) if isinstance(raw, list) else [raw]
        return [str(one) for one in ticked if one not in (None, "")]
    if shape == "pc_groups":
        typed = cast("dict[str, Any]", raw) if isinstance(raw, dict) else {}
        return {name: str(level).strip() for name, level in typed.items()}
    if shape == "flags":
        on = cast("dict[str, Any]", raw) if isinstance(raw, dict) else {}
        return {name: "1" if name in on else "0" for name, _ in key.mark.words}
    if shape == "long":
        # A browser ends lines with both signs, what was shown with one.
        return str(raw or "").replace("\r\n", "\n").strip()
    if shape in ("tiers", "weekdays", "rows", "bands"):
        rows = _rows(raw)
        return [row for row in rows if not isinstance(row, dict) or any(row.values())]
    return "" if raw is None else str(raw).strip()


def _sent(key: Key, posted: Any, names: Names) -> Any:
    """What a form of names says, as the APIs write it; every other form says it so itself."""
    shape = form_of(key)
    if shape == "member_groups":
        return {"member_groups": posted}
    if shape == "pc_groups":
        levels = {name: level for name, level in posted.items() if level}
        return {name: f"level_{one}" if one.isdigit() else one for name, one in levels.items()}
    if shape == "rooms":
        return {name: {"allow_pay_by_room": 1} for number, name in names.rooms if number in posted}
    return posted


def _rows(raw: Any) -> list[Any]:
    """The rows of `name[0]=…`, in their order."""
    if isinstance(raw, dict):
        numbered = cast("dict[str, Any]", raw)
        return [numbered[number] for number in sorted(numbered, key=lambda text: (len(text), text))]
    return cast("list[Any]", raw) if isinstance(raw, list) else []


def _object(text: str) -> dict[str, Any]:
    value = read_json(text, "shown")
    if not isinstance(value, dict):
        raise InvalidInput({"shown": say("must be an object")})
    return cast("dict[str, Any]", value)
