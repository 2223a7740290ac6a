"""The desk's dialog that takes several PCs out of order, or back."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.pages.batch import (
    BatchForm,
    Outcome,
    Token,
    batch_form,
    batch_result,
    on_each,
)
from lanhouse.cafe.desk.queries.batch import order_lines
from lanhouse.cafe.pcs.commands import OutOfOrder, set_out_of_order
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.web.replies import Reply

routes = PanelRoutes("Batch pages")


class OrderForm(BatchForm):
    """Take PCs out of order, or back."""

    act: Literal["break", "mend"] = "break"
    reason: Annotated[str, Meta(max_length=COMMENT_CHARS_MAX)] = ""


@routes.get(
    "/panel/computers/batch/order", right="pcs.out_of_order", summary="Dialog: PCs out of order"
)
async def order_dialog(call: CafeCall, data: OrderForm) -> Reply:
    """Which ones, and why."""
    return await _order_form(call, data)


@routes.post(
    "/panel/computers/batch/order", right="pcs.out_of_order", summary="PCs out of order, or back"
)
async def order(call: CafeCall, data: OrderForm) -> Reply:
    """Take each PC out of order, or back; one in use stays as it is."""

    async def act(name: str, _: Token, key: str) -> Outcome:
        cmd = OutOfOrder(
            center=call.center,
            names=[name],
            is_out_of_order=data.act == "break",
            reason=data.reason,
        )
        return await call.do(set_out_of_order, cmd, _ordered, Outcome, key=key)

    try:
        outcomes = await on_each(call, data, act)
    except AppError as error:
        return await _order_form(call, data, error)
    return batch_result(call, data, data.act, outcomes)


def _ordered(names: list[str]) -> Outcome:
    return Outcome(pc_name=names[0])


async def _order_form(call: CafeCall, data: OrderForm, error: AppError | None = None) -> Reply:
    breaks = data.act == "break"
    lines = await call.read(order_lines, call.center, data.pc, clock.now(), breaks=breaks)
    return await batch_form(call, "order", data, lines, error)
