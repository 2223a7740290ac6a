"""The panel's pages of the packages: their list, adding one, changing one and deleting it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.groups.queries import member_groups_of, pc_groups_of
from lanhouse.cafe.offers import commands
from lanhouse.cafe.offers.commands import OfferChange
from lanhouse.cafe.offers.panel.forms import (
    FIELDS,
    OfferForm,
    change_in,
    choices_of,
    empty_form,
    form_of,
    new_in,
    shown_of,
)
from lanhouse.cafe.offers.queries import offer_by_id, offers_of_center
from lanhouse.cafe.offers.schemas import Offer
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.pages import address
from lanhouse.kit.said import say
from lanhouse.web import i18n
from lanhouse.web.format import weekday_names
from lanhouse.web.i18n import N_
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Package pages")
PATH = "/panel/packages"
FOLDER = "cafe/offers/templates"
_ROWS = 50
_DONE = {
    "added": N_("Package added."),
    "saved": N_("Saved."),
    "deleted": N_("Package deleted."),
}


class ListIn(msgspec.Struct):
    """What the address of the list holds, so that back and share work; and what was just done."""

    search: Annotated[str, Meta(max_length=80)] = ""
    sold: Literal["", "yes", "no"] = ""
    page: Annotated[int, Meta(ge=1, le=100_000)] = 1
    done: str = ""


class PageIn(msgspec.Struct):
    """What a form has just done."""

    done: str = ""


class Made(msgspec.Struct, frozen=True):
    """The package that a form made."""

    offer_id: int


@routes.get(PATH, right="offers.view", summary="The list of packages")
async def packages(call: CafeCall, data: ListIn) -> Reply:
    """Packages with price and hours, fifty a page; chips choose what is sold."""
    return await call.page(f"{FOLDER}/packages.html", _list_values, call, data)


@routes.get(f"{PATH}/add", right="offers.edit", summary="Form: add a package")
async def add_page(call: CafeCall) -> Reply:
    """The empty form."""
    return await _add_form(call, empty_form())


@routes.post(f"{PATH}/add", right="offers.edit", summary="Add a package")
async def add(call: CafeCall, data: OfferForm) -> Reply:
    """Add it once per form, or show the form again with the reasons."""
    try:
        await call.do(commands.create_offer, new_in(call, data), _made, Made, key=data.key or None)
    except AppError as error:
        return await _add_form(call, data, error)
    return _to(PATH, done="added", search=data.name)


@routes.get(f"{PATH}/{{offer_id}}", right="offers.view", summary="A package")
async def package_page(call: CafeCall, data: PageIn) -> Reply:
    """What it is, when and for whom."""
    return await _package_page(call, await _offer(call), data)


@routes.post(f"{PATH}/{{offer_id}}/edit", right="offers.edit", summary="Change a package")
async def edit(call: CafeCall, data: OfferForm) -> Reply:
    """Write what the form changed, and nothing that somebody else changed meanwhile."""
    offer = await _offer(call)
    try:
        await call.run(commands.change_offer, change_in(call, data, offer.id))
    except AppError as error:
        return await _package_page(call, offer, PageIn(), form=data, error=error)
    return _to(f"{PATH}/{offer.id}", done="saved")


@routes.post(f"{PATH}/{{offer_id}}/delete", right="offers.edit", summary="Delete a package")
async def delete(call: CafeCall) -> Reply:
    """It is not sold any more; those that were bought stay usable."""
    offer = await _offer(call)
    await call.run(commands.delete_offer, OfferChange(call.center, offer.id, None))
    return _to(PATH, done="deleted")


def _to(path: str, **choices: Any) -> Reply:
    kind = ListIn if path == PATH else PageIn
    return Reply().with_header("hx-redirect", address(path, kind(), **choices))


def _made(offer: Offer) -> Made:
    return Made(offer.id)


async def _offer(call: CafeCall) -> Offer:
    missing = say("There is no page at this address.")
    found = await call.read(offer_by_id, call.center.id, id_in_path(call.path["offer_id"], missing))
    if found is None:
        raise NotFound(missing)
    return found


def _list_values(read: Read, call: CafeCall, data: ListIn) -> dict[str, Any]:
    text, at, zone = data.search.strip().casefold(), clock.now(), call.center.zone
    found = [
        offer
        for offer in offers_of_center(read, call.center.id)
        if (not data.sold or offer.values.is_active is (data.sold == "yes"))
        and (text in offer.values.name.casefold() or text == offer.values.barcode)
    ]
    found.sort(key=lambda offer: offer.values.name.casefold())
    data.done, done = "", data.done
    first = (data.page - 1) * _ROWS
    shown = found[first : first + _ROWS]
    return {
        "offers": shown,
        "total": len(found),
        "first": first + 1,
        "last": first + len(shown),
        "pc_groups": {each.id: each.name for each in pc_groups_of(read, call.center.id)},
        "day_names": weekday_names(call.view.language, "abbreviated"),
        "is_sold_now": lambda values: values.show_window.holds(at, zone),
        "is_over": lambda values: values.available_to is not None and values.available_to <= at,
        "wanted": data,
        "address": lambda **changes: address(PATH, data, **changes),
        "toast": toast_of(call, done),
    }


def toast_of(call: CafeCall, done: str) -> str:
    """What a form has just done, in the reader's language; empty for anything else."""
    return i18n.translations(call.view.language).gettext(_DONE[done]) if done in _DONE else ""


async def _add_form(call: CafeCall, data: OfferForm, error: AppError | None = None) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, FIELDS)
    return call.html(
        f"{FOLDER}/add.html",
        status=200 if error is None else error.status,
        form=data,
        choices=await call.read(choices_of, call),
        errors=errors,
        problem=problem,
    )


async def _package_page(
    call: CafeCall,
    offer: Offer,
    data: PageIn,
    *,
    form: OfferForm | None = None,
    error: AppError | None = None,
) -> Reply:
    """The page of a package; a form that was refused comes back as it was sent."""
    errors, problem = errors_in_form(error, call.view.language, FIELDS)
    at, plain = clock.now(), form_of(offer.values, call.center.zone)

    def names(read: Read) -> tuple[dict[int, str], dict[int, str]]:
        center_id = call.center.id
        return (
            {each.id: each.name for each in pc_groups_of(read, center_id)},
            {each.id: each.name for each in member_groups_of(read, center_id)},
        )

    pc_groups, member_groups = await call.read(names)
    return call.html(
        f"{FOLDER}/package.html",
        status=200 if error is None else error.status,
        offer=offer,
        form=form or plain,
        shown=form.shown if form else shown_of(plain),
        choices=await call.read(choices_of, call),
        pc_groups=pc_groups,
        member_groups=member_groups,
        day_names=weekday_names(call.view.language, "abbreviated"),
        is_sold_now=offer.values.show_window.holds(at, call.center.zone),
        errors=errors,
        problem=problem,
        toast=toast_of(call, data.done),
    )
