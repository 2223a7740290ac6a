"""A test message from the page of the provider's settings."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.notify.commands import TextMessage, send_text
from lanhouse.kit.errors import AppError
from lanhouse.kit.inputs import Line
from lanhouse.kit.texts import N_
from lanhouse.web import i18n
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Settings pages")
_TEST = N_("This is a test message of %(center)s.")


class TryForm(msgspec.Struct):
    """Whose telephone is to ring."""

    phone: Annotated[Line, Meta(max_length=40)] = ""


@routes.post(
    "/panel/settings/sms_provider/test",
    right="settings.edit",
    summary="Send a test message by the provider",
)
async def send_test(call: CafeCall, data: TryForm) -> Reply:
    """Leads to the page of the jobs, where it is told how it went; or shows the form again."""
    gettext = i18n.translations(call.view.language).gettext
    message = TextMessage(
        center=call.center,
        actor=call.actor,
        phone=data.phone,
        text=gettext(_TEST) % {"center": call.center.name},
        key="test",
    )
    try:
        await call.run(send_text, message)
    except AppError as error:
        errors, problem = errors_in_form(error, call.view.language, ("phone",))
        return call.html(
            "cafe/settings/templates/sms_test.html",
            status=error.status,
            phone=data.phone,
            errors=errors,
            problem=problem,
        )
    return Reply().with_header("hx-redirect", "/panel/jobs")
