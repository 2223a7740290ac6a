"""The page where goods come in: from a file, tried first, or from another centre of this server."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.products.commands.importing import Imported, ProductsImport, import_products
from lanhouse.cafe.products.commands.sheets import Brought, OnlyTried, SheetImport, bring_in
from lanhouse.cafe.products.panel import FOLDER, PATH
from lanhouse.cafe.products.sign_in import known_center
from lanhouse.cafe.products.wire.native import PRODUCT_COLUMNS
from lanhouse.cafe.products.wire.sheets import FILE_BYTES_MAX, read_sheet
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.inputs import Line, Secret
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form, refusal_text, translated
from lanhouse.web.replies import Reply
from lanhouse.web.uploads import file_of

routes = PanelRoutes("Goods pages")
_PATH = f"{PATH}/import"
_BODY_BYTES_MAX = FILE_BYTES_MAX + 10_000
"""A file and what a form wraps around it."""
_SHOWN_MAX = 100
"""Wrong lines that are listed; the others are counted."""
_FIELDS = ("license_name", "license_password")


class OtherForm(msgspec.Struct):
    """The centre to take goods from, and its licence password."""

    license_name: Annotated[Line, Meta(max_length=80)] = ""
    license_password: Annotated[Secret, Meta(max_length=1024)] = ""


class CameIn(msgspec.Struct, frozen=True):
    """How many products came from another centre, and the names of those that did not."""

    count: int
    left_out: list[str]


@routes.get(_PATH, right="products.edit", summary="Form: goods from a file or another centre")
async def import_page(call: CafeCall) -> Reply:
    """Both forms, and the file to begin with."""
    return await _page(call, OtherForm())


@routes.post(
    f"{_PATH}/check",
    right="products.edit",
    summary="Try a file of goods",
    upload_bytes_max=_BODY_BYTES_MAX,
)
async def check_file(call: CafeCall) -> Reply:
    """What the file would do, or its wrong lines; nothing is changed."""
    return await _take(call, is_trial=True)


@routes.post(
    f"{_PATH}/file",
    right="products.edit",
    summary="Bring a file of goods in",
    upload_bytes_max=_BODY_BYTES_MAX,
)
async def take_file(call: CafeCall) -> Reply:
    """What the file did, or its wrong lines; all of it or nothing."""
    return await _take(call, is_trial=False)


@routes.post(f"{_PATH}/other", right="products.edit", summary="Take another centre's goods over")
async def take_other(call: CafeCall, data: OtherForm) -> Reply:
    """The page with what came, or with the reasons."""
    try:
        other = await known_center(call, data.license_name, data.license_password)
        cmd = ProductsImport(center=call.center, actor=call.actor, other=other)
        came: Imported = await call.run(import_products, cmd)
    except AppError as error:
        return await _page(call, data, error=error)
    return await _page(call, OtherForm(), came=CameIn(came.count, came.left_out))


async def _take(call: CafeCall, *, is_trial: bool) -> Reply:
    try:
        sent = file_of(call.request, "file")
        if not sent:
            raise InvalidInput({"file": say("is required")})
        lines = read_sheet(sent)
        sheet = SheetImport(center=call.center, actor=call.actor, lines=lines, is_trial=is_trial)
        return _result(call, await call.run(bring_in, sheet))
    except OnlyTried as tried:
        return _result(call, tried.brought, is_trial=True)
    except AppError as error:
        return _result(call, None, error=error)


def _result(
    call: CafeCall,
    brought: Brought | None,
    *,
    is_trial: bool = False,
    error: AppError | None = None,
) -> Reply:
    """The part of the page below the file; told with 200, as outside a dialog a page takes nothing
    but successes."""
    language = call.view.language
    wrong = [
        (name.partition(" ")[2], translated(reason, language))
        for name, reason in (error.fields if error else {}).items()
        if name.startswith("line ")
    ]
    problem = ""
    if error is not None and not wrong:
        reasons = [translated(reason, language) for reason in error.fields.values()]
        problem = "; ".join(reasons) or refusal_text(error, language)
    return call.html(
        f"{FOLDER}/import_result.html",
        brought=brought,
        is_trial=is_trial,
        wrong=wrong[:_SHOWN_MAX],
        more=max(len(wrong) - _SHOWN_MAX, 0),
        problem=problem,
    )


async def _page(
    call: CafeCall,
    form: OtherForm,
    *,
    error: AppError | None = None,
    came: CameIn | None = None,
) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    values: dict[str, Any] = {"errors": errors, "problem": problem, "form": form, "came": came}
    return call.html(
        f"{FOLDER}/import.html",
        status=200 if error is None else error.status,
        columns=PRODUCT_COLUMNS,
        **values,
    )
