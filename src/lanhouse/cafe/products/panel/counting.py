"""The panel's page of a stock-take: what is there by the books, and what was counted."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.products.commands.stock import Counted, StockTake, take_stock_count
from lanhouse.cafe.products.panel import FOLDER, PATH
from lanhouse.cafe.products.panel.forms import pieces_in
from lanhouse.cafe.products.queries import groups_of_center
from lanhouse.cafe.products.queries.listing import ProductSearch, products_part
from lanhouse.cafe.products.wire import combo_part
from lanhouse.cafe.products.wire.native import LevelOut, LevelsOut
from lanhouse.db.store import Read
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.inputs import Line
from lanhouse.kit.limits import MAX_PRODUCT
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Goods pages")
_Text = Annotated[str, Meta(max_length=20)]


class CountIn(msgspec.Struct):
    """The group that is counted; None: all."""

    group: int | None = None


class CountForm(msgspec.Struct):
    """By a product's `p-1`: what was counted (empty: not counted), and what the page showed."""

    counted: dict[str, _Text] = {}
    expected: dict[str, _Text] = {}
    reason: Annotated[Line, Meta(max_length=255)] = ""
    group: int | None = None
    key: str = ""


@routes.get(f"{PATH}/count", right="products.correct_stock", summary="Form: a stock-take")
async def count_page(call: CafeCall, data: CountIn) -> Reply:
    """Everything that is counted, by name, of a group or of all."""
    return await _form(call, CountForm(group=data.group))


@routes.post(f"{PATH}/count", right="products.correct_stock", summary="Enter a stock-take")
async def count(call: CafeCall, data: CountForm) -> Reply:
    """Enter what was filled in, once per form, or show it again with the reasons."""
    try:
        lines, errors = _lines(data)
        if errors:
            raise InvalidInput(errors)
        cmd = StockTake(center=call.center, actor=call.actor, lines=lines, reason=data.reason)
        await call.do(take_stock_count, cmd, _levels, LevelsOut, key=data.key or None)
    except AppError as error:
        return await _form(call, data, error)
    return Reply().with_header("hx-redirect", f"{PATH}?done=counted")


def _lines(data: CountForm) -> tuple[list[Counted], dict[str, str]]:
    lines: list[Counted] = []
    errors: dict[str, str] = {}
    for name, text in data.counted.items():
        if not text:
            continue
        field = f"counted[{name}]"
        try:
            _, product_id = combo_part(name, "product")
            counted = pieces_in(text, field)
            expected = pieces_in(data.expected.get(name) or "0", field)
        except InvalidInput as wrong:
            errors.update(wrong.fields)
        else:
            lines.append(Counted(product_id, counted, expected))
    return lines, errors


def _levels(levels: Any) -> LevelsOut:
    return LevelsOut([LevelOut(level.product_id, level.quantity) for level in levels])


async def _form(call: CafeCall, data: CountForm, error: AppError | None = None) -> Reply:
    def found(read: Read) -> dict[str, Any]:
        search = ProductSearch(
            center_id=call.center.id, group_id=data.group, is_counted=True, sort_name="name"
        )
        return {
            "products": products_part(read, search, None, MAX_PRODUCT).products,
            "groups": groups_of_center(read, call.center.id),
        }

    values = await call.read(found)
    fields = [f"counted[p-{each.id}]" for each in values["products"]]
    errors, problem = errors_in_form(error, call.view.language, [*fields, "lines", "reason"])
    return call.html(
        f"{FOLDER}/count.html",
        status=200 if error is None else error.status,
        form=data,
        errors=errors,
        problem=problem or errors["lines"],
        **values,
    )
