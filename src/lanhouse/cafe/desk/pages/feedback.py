"""The page of what customers wrote: read it, put it back, answer it as a message."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.commands import Answer, answer_feedback
from lanhouse.cafe.feedback.commands import FeedbackNamed, mark_feedback
from lanhouse.cafe.feedback.queries import feedback_page, unread_feedback
from lanhouse.cafe.feedback.schemas import FeedbackWanted
from lanhouse.db.store import Read
from lanhouse.kit.errors import AppError, NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.limits import COMMENT_CHARS_MAX, LOGS_PER_PAGE
from lanhouse.kit.pages import address
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import refusal_text
from lanhouse.web.replies import Reply

routes = PanelRoutes("Feedback")
PATH = "/panel/feedback"
_TEMPLATE = "cafe/desk/templates/members/feedback.html"


class PageIn(msgspec.Struct):
    """Which of it: 1 read, 0 not read, -1 both."""

    read: Literal[-1, 0, 1] = -1
    page: Annotated[int, Meta(ge=1, le=100_000)] = 1


class MarkForm(msgspec.Struct):
    """Whether it was read; and where the reader was."""

    is_read: bool = False
    read: Literal[-1, 0, 1] = -1
    page: Annotated[int, Meta(ge=1, le=100_000)] = 1


class AnswerForm(msgspec.Struct):
    """An answer, and where the reader was."""

    text: Annotated[str, Meta(max_length=4000)] = ""
    read: Literal[-1, 0, 1] = -1
    page: Annotated[int, Meta(ge=1, le=100_000)] = 1
    key: str = ""


class Answered(msgspec.Struct, frozen=True):
    """What was answered, by id."""

    id: int


@routes.get(PATH, right="feedback.view", summary="What customers wrote")
async def feedback(call: CafeCall, data: PageIn) -> Reply:
    """Thirty a page, newest first."""
    return await call.page(_TEMPLATE, _values, call, data)


@routes.post(f"{PATH}/{{feedback_id}}/mark", right="feedback.view", summary="Mark it as read")
async def mark(call: CafeCall, data: MarkForm) -> Reply:
    """Read, or not read after all."""
    await call.run(mark_feedback, _named(call, is_read=data.is_read))
    return _back(data.read, data.page)


@routes.post(f"{PATH}/{{feedback_id}}/answer", right="members.message", summary="Answer a customer")
async def answer(call: CafeCall, data: AnswerForm) -> Reply:
    """The member reads it when he signs in next."""
    named = _named(call)
    try:
        await call.do(
            answer_feedback,
            Answer(named=named, text=data.text),
            lambda _: Answered(named.feedback_id),
            Answered,
            key=data.key or None,
        )
    except NotFound:
        raise
    except AppError as error:
        where = PageIn(data.read, data.page)
        refused = (named.feedback_id, data.text, refusal_text(error, call.view.language))
        values = await call.read(_values, call, where, refused)
        return call.html(_TEMPLATE, status=error.status, **values)
    return _back(data.read, data.page)


def _named(call: CafeCall, *, is_read: bool = True) -> FeedbackNamed:
    feedback_id = id_in_path(call.path["feedback_id"], say("Feedback not found"))
    return FeedbackNamed(
        center=call.center, actor=call.actor, feedback_id=feedback_id, is_read=is_read
    )


def _back(read: Literal[-1, 0, 1], page: int) -> Reply:
    return Reply().with_header("hx-redirect", address(PATH, PageIn(read, page)))


def _values(
    read: Read, call: CafeCall, data: PageIn, refused: tuple[int, str, str] = (0, "", "")
) -> dict[str, Any]:
    is_read = None if data.read < 0 else bool(data.read)
    wanted = FeedbackWanted(center_id=call.center.id, is_read=is_read)
    found = feedback_page(read, wanted, data.page)
    first = (data.page - 1) * LOGS_PER_PAGE + 1
    return {
        "rows": found.rows,
        "total": found.total,
        "unread": unread_feedback(read, call.center.id),
        "wanted": data,
        "first": first,
        "last": first + len(found.rows) - 1,
        "address": lambda **changes: address(PATH, data, **changes),
        "refused_id": refused[0],
        "refused_text": refused[1],
        "problem": refused[2],
        "most": COMMENT_CHARS_MAX,
    }
