"""The form of a product: what it shows, and what its texts mean."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.groups.queries import member_groups_of, pc_groups_of
from lanhouse.cafe.money.taxes import GOODS_TAXES, tax_of
from lanhouse.cafe.offers.queries import offers_of_center
from lanhouse.cafe.pricing.rules import WEEKDAYS, format_window, parse_window
from lanhouse.cafe.products.queries import active_products, groups_of_center
from lanhouse.cafe.products.rules import STOCK_MAX, changed
from lanhouse.cafe.products.schemas import (
    ComboItem,
    Product,
    ProductGroup,
    ProductValues,
    Source,
)
from lanhouse.cafe.products.wire import Barcode, Description, combo_part
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput, NotFound
from lanhouse.kit.inputs import Line
from lanhouse.kit.limits import AMOUNT_MICROS_MAX
from lanhouse.kit.money import (
    MICROS,
    format_fixed,
    format_plain,
    paid_decimals,
    parse_micros,
    parse_micros_rounded,
)
from lanhouse.kit.said import say
from lanhouse.web import i18n
from lanhouse.web.format import percent, weekday_names
from lanhouse.web.i18n import N_

_Text = Annotated[str, Meta(max_length=20)]
_SWITCHES = (
    *("is_active", "is_promoted", "allows_discount", "is_sold_at_seats", "is_adults_only"),
    "is_unlimited",
)
_PLAIN = ("name", "description", "group_id", "tax_id", "barcode", *_SWITCHES)
_KEPT = (
    *("name", "description", "group_id", "price", "cost", "coin_price", "tax_id", "barcode"),
    *("weekday", "from_time", "to_time", "pc_group", "member_group", "low_stock_at"),
    *(*_SWITCHES, "part", "pieces_of"),
)
"""Fields of the form that say what a product is."""
FIELDS = (
    *("name", "description", "group_id", "price", "cost", "coin_price", "tax_id", "barcode"),
    *("weekdays", "time", "pc_group_ids", "member_group_ids", "low_stock_at", "quantity"),
    "combo",
)
"""What has a place for a reason."""
_SYSTEM_GROUPS = {
    -1: N_("Guests with an account"),
    -2: N_("Prepaid guests"),
    -3: N_("Postpaid guests"),
    -4: N_("Guests on a package"),
    -5: N_("Free sessions"),
}


class ProductForm(msgspec.Struct, kw_only=True):
    """A product as people write it. `shown` is what the form showed, as JSON: what still stands
    there is not written, so that who changes one field undoes nobody's change of another."""

    name: Annotated[Line, Meta(max_length=100)] = ""
    description: Description = ""
    group_id: int = 1
    price: _Text = ""
    cost: _Text = ""
    coin_price: _Text = ""
    tax_id: int = 1
    barcode: Barcode = ""
    weekday: list[int] = []
    from_time: _Text = "00:00"
    to_time: _Text = "00:00"
    pc_group: list[int] = []
    member_group: list[int] = []
    is_active: bool = False
    is_promoted: bool = False
    allows_discount: bool = False
    is_sold_at_seats: bool = False
    is_adults_only: bool = False
    is_unlimited: bool = False
    low_stock_at: _Text = ""
    quantity: _Text = ""
    part: dict[str, _Text] = {}
    pieces_of: dict[str, _Text] = {}
    shown: Annotated[str, Meta(max_length=10_000)] = "{}"
    key: str = ""


class Choices(msgspec.Struct, frozen=True):
    """What the fields of a form offer: value and text, in the reader's language."""

    groups: list[ProductGroup]
    days: list[tuple[int, str]]
    taxes: list[tuple[int, str]]
    pc_groups: list[tuple[int, str]]
    member_groups: list[tuple[int, str]]
    parts: list[tuple[str, str]]
    """Products and packages that a combo can have in it."""


def choices_of(read: Read, call: CafeCall, product: Product | None) -> Choices:
    """For the form of a product, None: of a new one."""
    language = call.view.language
    gettext = i18n.translations(language).gettext
    center_id = call.center.id

    parts = [
        (f"p-{each.id}", each.values.name)
        for each in active_products(read, center_id)
        if not each.parts and (product is None or each.id != product.id)
    ]
    mine = {} if product is None else {part_text(one.item): one.name for one in product.parts}
    parts += [(f"o-{each.id}", each.values.name) for each in offers_of_center(read, center_id)]
    known = {value for value, _ in parts}
    return Choices(
        groups=groups_of_center(read, center_id),
        days=list(enumerate(weekday_names(language), 1)),
        taxes=list(tax_texts(call).items()),
        # Nothing can be for the default groups alone (decision 0096).
        pc_groups=[(each.id, each.name) for each in pc_groups_of(read, center_id) if each.id],
        member_groups=[
            *((each.id, each.name) for each in member_groups_of(read, center_id) if each.id),
            *((number, gettext(name)) for number, name in _SYSTEM_GROUPS.items()),
        ],
        parts=[*parts, *((value, name) for value, name in mine.items() if value not in known)],
    )


def tax_texts(call: CafeCall) -> dict[int, str]:
    """What people call each tax of goods, with its rate: "VAT 23 %"."""
    language = call.view.language
    gettext = i18n.translations(language).gettext
    texts = {0: gettext(N_("No tax"))}
    for number in GOODS_TAXES:
        tax = tax_of(call.center.settings.payment, number)
        name = tax.name or gettext(N_("Tax %(num)s")) % {"num": number}
        texts[number] = f"{name} {percent(Decimal(tax.rate_micros) / MICROS, language)}"
    return texts


def part_text(item: ComboItem) -> str:
    """A part of a combo as the form's choice names it: `p-1`, `o-1`."""
    return f"{'p' if item.source == Source.PRODUCT else 'o'}-{item.item_id}"


def empty_form() -> ProductForm:
    """The form of a new product: sold at any time, at the seats too, with discounts."""
    return ProductForm(
        weekday=[*WEEKDAYS], is_active=True, allows_discount=True, is_sold_at_seats=True
    )


def form_of(product: Product, currency: str) -> ProductForm:
    """The form that says what a product is, with as many decimals as are paid in the currency."""
    values, window = product.values, product.values.window
    begin, end = format_window(window.from_minute, window.to_minute).split("-")
    return ProductForm(
        name=values.name,
        description=values.description,
        group_id=values.group_id,
        price=_amount(values.price_micros, currency),
        cost=_amount(values.cost_micros, currency),
        coin_price=format_plain(values.coin_price_micros) if values.coin_price_micros else "",
        tax_id=values.tax_id,
        barcode=values.barcode,
        weekday=list(window.weekdays),
        from_time=begin,
        to_time="00:00" if end == "24:00" else end,
        pc_group=list(values.pc_group_ids),
        member_group=list(values.member_group_ids),
        low_stock_at=str(values.low_stock_at or ""),
        part={f"n{at:02}": part_text(item) for at, item in enumerate(values.combo)},
        pieces_of={f"n{at:02}": str(item.quantity) for at, item in enumerate(values.combo)},
        **{name: getattr(values, name) for name in _SWITCHES},
    )


def shown_of(form: ProductForm) -> str:
    """What a form shows, for its field `shown`."""
    return msgspec.json.encode(_kept(form)).decode()


def changes_in(form: ProductForm) -> dict[str, Any]:
    """What the form changed, for the command. Raises InvalidInput by field."""
    try:
        shown = msgspec.json.decode(form.shown, type=dict[str, Any])
    except msgspec.DecodeError:
        shown = {}
    return _read(form, {name for name, value in _kept(form).items() if shown.get(name) != value})


def values_in(form: ProductForm) -> ProductValues:
    """A new product. Raises InvalidInput by field."""
    return changed(ProductValues(name=form.name), _read(form, set(_KEPT)))


def pieces_in(text: str, field: str) -> int:
    """A number of pieces as people write it, never below 0. Raises InvalidInput for the field."""
    if not (text.isascii() and text.isdigit()) or int(text) > STOCK_MAX:
        raise InvalidInput({field: say("must be between 0 and %(most)s", most=STOCK_MAX)})
    return int(text)


def _kept(form: ProductForm) -> dict[str, Any]:
    found = {name: getattr(form, name) for name in _KEPT}
    for name in ("weekday", "pc_group", "member_group"):
        found[name] = sorted(set(found[name]))
    pieces = form.pieces_of
    parts = [(part, pieces.get(n) or "1") for n, part in sorted(form.part.items()) if part]
    found["part"] = sorted(parts)
    found.pop("pieces_of")
    return msgspec.to_builtins(found)


def _read(form: ProductForm, names: set[str]) -> dict[str, Any]:
    """The named fields by the names of ProductValues and of Window."""
    errors: dict[str, str] = {}
    found: dict[str, Any] = {name: getattr(form, name) for name in _PLAIN if name in names}
    found |= {
        f"{name}_ids": tuple(sorted(set(getattr(form, name))))
        for name in ("pc_group", "member_group")
        if name in names
    }
    if "name" in names and not form.name:
        errors["name"] = say("is required")
    _read_numbers(form, names, errors, found)
    if "weekday" in names:
        found["weekdays"] = tuple(sorted({day for day in form.weekday if day in WEEKDAYS}))
        if not found["weekdays"]:
            errors["weekdays"] = say("is required")
    if names & {"from_time", "to_time"}:
        _read_times(form, errors, found)
    if "part" in names:
        _read_parts(form, errors, found)
    if errors:
        raise InvalidInput(errors)
    return found


def _read_numbers(
    form: ProductForm, names: set[str], errors: dict[str, str], found: dict[str, Any]
) -> None:
    for name, meaning, parse in (
        ("price", "price_micros", _fine),
        ("cost", "cost_micros", _fine),
        ("coin_price", "coin_price_micros", parse_micros_rounded),
        ("low_stock_at", "low_stock_at", pieces_in),
    ):
        if name in names:
            try:
                found[meaning] = parse(getattr(form, name) or "0", field=name)
            except InvalidInput as wrong:
                errors.update(wrong.fields)


def _fine(text: str, *, field: str) -> int:
    return parse_micros(text, decimals=6, field=field, most_micros=AMOUNT_MICROS_MAX)


def _read_times(form: ProductForm, errors: dict[str, str], found: dict[str, Any]) -> None:
    try:
        times = parse_window(f"{form.from_time}-{form.to_time}", "time")
    except InvalidInput as wrong:
        errors.update(wrong.fields)
    else:
        found["from_minute"], found["to_minute"] = times


def _read_parts(form: ProductForm, errors: dict[str, str], found: dict[str, Any]) -> None:
    parts: list[ComboItem] = []
    try:
        for number, part in sorted(form.part.items()):
            if part:
                pieces = pieces_in(form.pieces_of.get(number) or "1", "combo")
                parts.append(ComboItem(*combo_part(part), pieces))
    except InvalidInput as wrong:
        errors.update(wrong.fields)
    except NotFound as wrong:
        errors["combo"] = wrong.said
    found["combo"] = tuple(parts)


def _amount(micros: int, currency: str) -> str:
    """An amount as it is typed, with the digits after the point that are paid, or those it has."""
    if not micros:
        return ""
    fixed = format_fixed(micros, paid_decimals(currency))
    return fixed if parse_micros(fixed) == micros else format_plain(micros)
