"""One message to the PCs that are selected; it waits for each PC's program (adminMessage)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.messages.commands import LeaveMessage, leave_message
from lanhouse.cafe.pcs.wire import PcNames
from lanhouse.kit.errors import AppError
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Messages to PCs")
_FOLDER = "cafe/desk/templates/messages"


class MessageForm(msgspec.Struct):
    """The PCs by name, and what their guests are told."""

    pc: PcNames = msgspec.field(default_factory=list)
    text: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    key: str = ""


class Sent(msgspec.Struct, frozen=True):
    """For how many PCs a message was left."""

    count: int


@routes.get("/panel/computers/message", right="pcs.command", summary="Dialog: message to PCs")
async def message_dialog(call: CafeCall, data: MessageForm) -> Reply:
    """To which PCs, and what."""
    return _dialog(call, data)


@routes.post("/panel/computers/message", right="pcs.command", summary="Send a message to PCs")
async def message(call: CafeCall, data: MessageForm) -> Reply:
    """Leave the message for all of them, or for none and say why."""
    cmd = LeaveMessage(center=call.center, actor=call.actor, pc_names=data.pc, text=data.text)
    try:
        sent = await call.do(leave_message, cmd, Sent, Sent, key=data.key)
    except AppError as error:
        return _dialog(call, data, error)
    return call.html(f"{_FOLDER}/sent.html", sent=sent)


def _dialog(call: CafeCall, data: MessageForm, error: AppError | None = None) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, ("text",))
    return call.html(
        f"{_FOLDER}/message.html",
        status=200 if error is None else error.status,
        form=data,
        errors=errors,
        problem=problem,
        most=COMMENT_CHARS_MAX,
    )
