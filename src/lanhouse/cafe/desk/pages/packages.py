"""What was bought of the packages, by offer and by member, and taking one back (decision 0111)."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.members.queries import member_by_account
from lanhouse.cafe.money.errors import NeedsShift
from lanhouse.cafe.offers.commands.refunding import PackageRefund, refund_package
from lanhouse.cafe.offers.plans import RefundPlan
from lanhouse.cafe.offers.queries import offer_by_id
from lanhouse.cafe.offers.queries.buyers import (
    Bought,
    PackageSearch,
    bought_package,
    bought_page,
)
from lanhouse.cafe.shifts.pages import FIELDS as SHIFT_FIELDS
from lanhouse.cafe.shifts.pages import offer_of, open_first
from lanhouse.cafe.shifts.queries.shift_first import ShiftFirst
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, NotFound
from lanhouse.kit.inputs import Line, id_in_path
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.pages import address
from lanhouse.kit.said import say
from lanhouse.web import i18n
from lanhouse.web.format import weekday_names
from lanhouse.web.i18n import N_
from lanhouse.web.pages.refusals import errors_in_form, translated
from lanhouse.web.replies import Reply

routes = PanelRoutes("Bought packages")
PATH = "/panel/packages/sold"
FOLDER = "cafe/desk/templates/packages"
_ROWS = 50
_NOBODY = -1
_GIVEN_BACK = N_("The package is given back.")


class SoldIn(msgspec.Struct):
    """What the address holds: an account, an offer, neither; and what was just done."""

    member: Annotated[str, Meta(max_length=80)] = ""
    offer: int | None = None
    page: Annotated[int, Meta(ge=1, le=100_000)] = 1
    done: str = ""


class BackForm(ShiftFirst, kw_only=True):
    """Take a package back: `sum` are the micros that the page showed."""

    sum: int = -1
    comment: Annotated[Line, Meta(max_length=COMMENT_CHARS_MAX)] = ""
    key: str = ""


class Done(msgspec.Struct, frozen=True):
    """Which package was taken back; stored under the form's key."""

    member_offer_id: int


@routes.get(PATH, right="offers.view", summary="The packages that were bought")
async def sold(call: CafeCall, data: SoldIn) -> Reply:
    """The newest first, fifty a page; of one member by account, of one offer by its number."""
    return await call.page(f"{FOLDER}/sold.html", _list_values, call, data)


@routes.get(f"{PATH}/{{package_id}}", right="offers.view", summary="A package that was bought")
async def bought(call: CafeCall, data: SoldIn) -> Reply:
    """What it is, what is left of it, and what would go back for it."""
    return await _package_page(call, await _package(call), done=data.done)


@routes.post(f"{PATH}/{{package_id}}/refund", right="offers.refund", summary="Take a package back")
async def refund(call: CafeCall, data: BackForm) -> Reply:
    """Once per form, for the sum that it showed; another one is shown anew."""
    found = await _package(call)
    cmd = PackageRefund(
        center=call.center,
        actor=call.actor,
        member_offer_id=found.package.member_offer_id,
        comment=data.comment,
        shown_micros=data.sum,
    )
    try:
        await open_first(call, data, data.key)
        await call.do(refund_package, cmd, _done, Done, key=data.key or None)
    except AppError as error:
        return await _package_page(call, await _package(call), form=data, error=error)
    to = address(f"{PATH}/{cmd.member_offer_id}", SoldIn(), done="back")
    return Reply().with_header("hx-redirect", to)


def _done(plan: RefundPlan) -> Done:
    return Done(plan.package.member_offer_id)


async def _package(call: CafeCall) -> Bought:
    missing = say("There is no page at this address.")
    package_id = id_in_path(call.path["package_id"], missing)
    found = await call.read(bought_package, call.center, package_id, clock.now())
    if found is None:
        raise NotFound(missing)
    return found


def _list_values(read: Read, call: CafeCall, data: SoldIn) -> dict[str, Any]:
    center_id, account = call.center.id, data.member.strip()
    member = member_by_account(read, center_id, account) if account else None
    search = PackageSearch(
        center_id=center_id,
        offer_id=data.offer,
        member_id=None if not account else _NOBODY if member is None else member.id,
    )
    at = clock.now()
    found = bought_page(read, call.center, search, data.page, _ROWS, at)
    offer = None if data.offer is None else offer_by_id(read, center_id, data.offer)
    name = offer.values.name if offer is not None else None
    if name is None and data.offer is not None and found.rows:
        name = found.rows[0].package.name  # the offer is gone, what was bought of it is not
    first = (data.page - 1) * _ROWS + 1
    return {
        "rows": found.rows,
        "total": found.total,
        "first": first,
        "last": first + len(found.rows) - 1,
        "offer_name": name,
        "at": at,
        "wanted": data,
        "address": lambda **changes: address(PATH, data, **changes),
    }


async def _package_page(
    call: CafeCall,
    found: Bought,
    *,
    form: BackForm | None = None,
    error: AppError | None = None,
    done: str = "",
) -> Reply:
    told = None if isinstance(error, NeedsShift) else error
    language = call.view.language
    errors, problem = errors_in_form(told, language, ("comment", *SHIFT_FIELDS))
    toast = i18n.translations(language).gettext(_GIVEN_BACK) if done == "back" else ""
    return call.html(
        f"{FOLDER}/bought.html",
        status=200 if error is None else error.status,
        row=found,
        package=found.package,
        why_not=translated(found.why_not, language),
        at=clock.now(),
        form=form or BackForm(),
        offer=await offer_of(call, error),
        day_names=weekday_names(language, "abbreviated"),
        errors=errors,
        problem=problem,
        toast=toast,
    )
