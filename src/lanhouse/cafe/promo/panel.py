"""The panel's page of the promo codes: which there are, how often each was used, and their form."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.members.rules import expiry_text
from lanhouse.cafe.promo import commands
from lanhouse.cafe.promo.commands import PromoChange
from lanhouse.cafe.promo.queries import PROMOS_PER_PAGE, promo_by_id, promos_page
from lanhouse.cafe.promo.schemas import Gift, Promo, Purpose
from lanhouse.cafe.promo.wire import QUANTITY_MAX, moment_of
from lanhouse.db.store import Read
from lanhouse.kit.errors import AppError, InvalidInput, NotFound
from lanhouse.kit.inputs import Line
from lanhouse.kit.money import format_plain, parse_micros
from lanhouse.kit.pages import PageNumber, paging_info
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_
from lanhouse.web import i18n
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Settings pages")
_PATH = "/panel/settings/promos"
_FOLDER = "cafe/promo/templates"
_FIELDS = ("name", "quantity", "gift", "amount", "purpose", "expires_at")
_MOST_MICROS = 1_000_000_000_000
_DONE = {
    "saved": N_("The promo code is saved."),
    "deleted": N_("The promo code is deleted."),
}
_NOT_THERE = say("Promo not found")
_Typed = Annotated[Line, Meta(max_length=100)]


class PromosIn(msgspec.Struct):
    """Which page, and what a form has just done."""

    page: PageNumber = 1
    done: str = ""


class PromoForm(msgspec.Struct):
    """A code as it was typed; `id` 0 makes a new one."""

    id: int = 0
    name: _Typed = ""
    quantity: _Typed = ""
    gift: Literal["sum", "percent", "coin"] = "sum"
    amount: _Typed = ""
    purpose: Literal["topup", "register"] = "topup"
    expires_at: _Typed = ""
    """A day; empty: never."""
    key: str = ""


class PromoId(msgspec.Struct):
    """Which code; 0 = a new one."""

    id: int = 0


class SavedPromo(msgspec.Struct):
    """What was written; stored under the form's key."""

    id: int


@routes.get(_PATH, right="promos.view", summary="The promo codes")
async def promos_list(call: CafeCall, data: PromosIn) -> Reply:
    """The newest first, each with how often it was used."""
    return await call.page(f"{_FOLDER}/promos.html", _list, call, data)


@routes.get(f"{_PATH}/one", right="promos.edit", summary="Form: a promo code")
async def promo_form(call: CafeCall, data: PromoId) -> Reply:
    """A new code, or one as it is. 404 when there is none."""
    form = PromoForm()
    if data.id:
        promo = await call.point(promo_by_id, call.center.id, data.id)
        if promo is None:
            raise NotFound(_NOT_THERE)
        form = _typed(promo, call)
    return _form(call, form)


@routes.post(f"{_PATH}/one", right="promos.edit", summary="Add or change a promo code")
async def save_promo(call: CafeCall, data: PromoForm) -> Reply:
    """Once per form, or the form again with the reasons."""
    try:
        change = PromoChange(call.center, data.id or None, _values(call, data))
        command = commands.change_promo if data.id else commands.create_promo
        await call.do(command, change, lambda promo: SavedPromo(promo.id), SavedPromo, key=data.key)
    except AppError as error:
        return _form(call, data, error)
    return Reply().with_header("hx-redirect", f"{_PATH}?done=saved")


@routes.post(f"{_PATH}/delete", right="promos.edit", summary="Delete a promo code")
async def delete_promo(call: CafeCall, data: PromoForm) -> Reply:
    """Nobody can use it any more."""
    change = PromoChange(call.center, data.id)
    try:
        await call.do(
            commands.delete_promo, change, lambda _: SavedPromo(data.id), SavedPromo, key=data.key
        )
    except AppError as error:
        return _form(call, data, error)
    return Reply().with_header("hx-redirect", f"{_PATH}?done=deleted")


def _values(call: CafeCall, form: PromoForm) -> dict[str, Any]:
    """For the commands. Raises InvalidInput, everything wrong named at once."""
    wrong: dict[str, str] = {}
    if not form.name:
        wrong["name"] = say("is required")
    elif len(form.name) > 50:
        wrong["name"] = say("must be at most %(count)s characters", count=50)
    digits = form.quantity
    quantity = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0
    if not 1 <= quantity <= QUANTITY_MAX:
        wrong["quantity"] = say("must be from 1 to %(most)s", most=QUANTITY_MAX)
    text = form.amount.replace(",", ".").strip() or "0"
    amount, expires_at = 0, None
    try:
        amount = parse_micros(text, decimals=2, field="amount", most_micros=_MOST_MICROS)
    except InvalidInput as refused:
        wrong |= refused.fields
    try:
        expires_at = moment_of(form.expires_at, call.center.zone, "expires_at")
    except InvalidInput as refused:
        wrong |= refused.fields
    if wrong:
        raise InvalidInput(wrong)
    return {
        "name": form.name,
        "quantity": quantity,
        "gift": Gift(form.gift),
        "amount_micros": amount,
        "purpose": Purpose(form.purpose),
        "expires_at": expires_at,
    }


def _typed(promo: Promo, call: CafeCall) -> PromoForm:
    until = "" if promo.expires_at is None else expiry_text(promo.expires_at, call.center.zone)
    return PromoForm(
        id=promo.id,
        name=promo.name,
        quantity=str(promo.quantity),
        gift=promo.gift.value,
        amount=format_plain(promo.amount_micros),
        purpose=promo.purpose.value,
        expires_at=until,
    )


def _form(call: CafeCall, data: PromoForm, error: AppError | None = None) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    return call.html(
        f"{_FOLDER}/promo.html",
        status=200 if error is None else error.status,
        form=data,
        errors=errors,
        problem=problem,
    )


def _list(read: Read, call: CafeCall, data: PromosIn) -> dict[str, Any]:
    found = promos_page(read, call.center.id, data.page)
    gettext = i18n.translations(call.view.language).gettext
    return {
        "promos": found.rows,
        "last_days": {
            # The end is the midnight after it.
            promo.id: promo.expires_at - timedelta(seconds=1)
            for promo in found.rows
            if promo.expires_at is not None
        },
        "paging": paging_info(found.total, data.page, PROMOS_PER_PAGE, sent=False),
        "toast": gettext(_DONE[data.done]) if data.done in _DONE else "",
    }
