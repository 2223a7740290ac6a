"""The page where members come in: from a file, tried first, or from another centre."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.imports.commands import begin_import
from lanhouse.cafe.imports.commands.others import take_over
from lanhouse.cafe.imports.errors import WrongRows
from lanhouse.cafe.imports.schemas import Begun, TurnedAway
from lanhouse.cafe.imports.wire import MembersImportOut, import_out
from lanhouse.cafe.imports.wire.intake import BODY_BYTES_MAX, ready_file, ready_other, template_file
from lanhouse.cafe.imports.wire.sheets import TEMPLATE_COLUMNS
from lanhouse.cafe.products.sign_in import known_center
from lanhouse.kit.errors import AppError, Refused
from lanhouse.kit.inputs import Line, Secret
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form, refusal_text, translated
from lanhouse.web.replies import Reply, Stream

routes = PanelRoutes("Members pages")
PATH = "/panel/members/import"
_FOLDER = "cafe/imports/templates"
_SHOWN_MAX = 100
"""Wrong cells and accounts left out that are listed; the others are counted."""
_FIELDS = ("license_name", "license_password")


class ImportFileForm(msgspec.Struct):
    """Whether accounts that are here already are left out; the file is a part of the form."""

    skip_existing: bool = False


class OtherCenterForm(msgspec.Struct):
    """The centre to take members from, and its licence password."""

    license_name: Annotated[Line, Meta(max_length=80)] = ""
    license_password: Annotated[Secret, Meta(max_length=1024)] = ""


@routes.get(PATH, right="members.import", summary="Form: members from a file or another centre")
async def import_page(call: CafeCall) -> Reply:
    """Both forms."""
    return _page(call, OtherCenterForm())


@routes.get(f"{PATH}/template.csv", right="members.import", summary="An empty list of members")
async def template(call: CafeCall) -> Stream:
    """The columns that an import reads."""
    return await template_file(call)


@routes.post(
    f"{PATH}/check",
    right="members.import",
    summary="Try a list of members",
    upload_bytes_max=BODY_BYTES_MAX,
)
async def check_file(call: CafeCall, data: ImportFileForm) -> Reply:
    """What the file would bring, or its wrong cells; nothing is changed."""
    return await _take(call, data, is_trial=True)


@routes.post(
    f"{PATH}/file",
    right="members.import",
    summary="Take in a list of members from a file",
    upload_bytes_max=BODY_BYTES_MAX,
)
async def take_file(call: CafeCall, data: ImportFileForm) -> Reply:
    """Begin it, or show its wrong cells; all of it or nothing."""
    return await _take(call, data, is_trial=False)


@routes.post(f"{PATH}/other", right="members.import", summary="Take another centre's members over")
async def take_other(call: CafeCall, data: OtherCenterForm) -> Reply:
    """The page with who comes, or with the reasons."""
    try:
        other = await known_center(call, data.license_name, data.license_password)
        if other.id == call.center.id:
            raise Refused(say("This is the centre itself."))
        ready = await ready_other(call, other)
        begun = await call.do(take_over, ready, import_out, MembersImportOut)
    except AppError as error:
        return _page(call, data, error=error)
    return _page(call, OtherCenterForm(), begun=begun, turned_away=ready.turned_away)


async def _take(call: CafeCall, data: ImportFileForm, *, is_trial: bool) -> Reply:
    """The part of the page below the file; told with 200, as outside a dialog a page takes nothing
    but successes."""
    begun: MembersImportOut | None = None
    wrong: list[tuple[int, str, str]] = []
    problem, count = "", 0
    language = call.view.language
    try:
        ready = await ready_file(call, is_trial=is_trial, skips_existing=data.skip_existing)
        if is_trial:
            begun = import_out(Begun(count=len(ready.lines), skipped=ready.skipped))
        else:
            begun = await call.do(begin_import, ready, import_out, MembersImportOut)
    except WrongRows as error:
        count = len(error.wrong)
        wrong = [
            (each.number, each.column, translated(each.reason, language))
            for each in error.wrong[:_SHOWN_MAX]
        ]
    except AppError as error:
        reasons = [translated(reason, language) for reason in error.fields.values()]
        problem = "; ".join(reasons) or refusal_text(error, language)
    return call.html(
        f"{_FOLDER}/import_result.html",
        begun=begun,
        turned_away=(),
        is_trial=is_trial,
        wrong=wrong,
        wrong_count=count,
        problem=problem,
        shown_max=_SHOWN_MAX,
    )


def _page(
    call: CafeCall,
    form: OtherCenterForm,
    *,
    error: AppError | None = None,
    begun: MembersImportOut | None = None,
    turned_away: Sequence[TurnedAway] = (),
) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    values: dict[str, Any] = {"errors": errors, "problem": problem, "form": form, "begun": begun}
    values["turned_away_count"] = len({each.account for each in turned_away})
    values["turned_away"] = [
        (each.account, each.field, translated(each.reason, call.view.language))
        for each in turned_away[:_SHOWN_MAX]
    ]
    return call.html(
        f"{_FOLDER}/import.html",
        status=200 if error is None else error.status,
        columns=TEMPLATE_COLUMNS,
        shown_max=_SHOWN_MAX,
        **values,
    )
