"""The page on which a member limits himself: play time a day, no play late, top-ups, a break."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PortalRoutes
from lanhouse.cafe.own_limits.commands import Break, SetLimit, set_limit, take_break
from lanhouse.cafe.own_limits.queries import used_of
from lanhouse.cafe.own_limits.rules import BREAK_DAYS, clock_of, minutes_of
from lanhouse.cafe.own_limits.schemas import Kind
from lanhouse.cafe.portal.pages import home_of, led_home, own_call
from lanhouse.kit import clock
from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.inputs import Line
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply, redirect

routes = PortalRoutes("Portal pages")
_PATH = "/portal/{license_name}/limits"
_PAGE = "cafe/portal/templates/portal_limits.html"
_KINDS = ("play", "topup", "late", "days")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_DURATION = re.compile(r"(\d{1,2})(?::([0-5]\d))?", re.ASCII)


class LimitForm(msgspec.Struct):
    """What is limited, and to what: hours as `4` or `1:30`, an amount, a time of the clock; empty =
    no limit."""

    kind: Annotated[Line, msgspec.Meta(max_length=10)] = ""
    play: Annotated[Line, msgspec.Meta(max_length=10)] = ""
    topup: Annotated[Line, msgspec.Meta(max_length=30)] = ""
    late: Annotated[Line, msgspec.Meta(max_length=10)] = ""


class BreakForm(msgspec.Struct):
    """For how many days nothing is played, and that this is meant."""

    days: Annotated[Line, msgspec.Meta(max_length=4)] = ""
    sure: bool = False


@routes.get(_PATH, right="member.self", summary="My limits")
async def limits_page(call: CafeCall) -> Reply:
    """What holds, what of it is used, and what is waited for."""
    return led_home(call, "limits") or await _page(call, None)


@routes.post(_PATH, public=True, summary="Change a limit of mine")
async def change(call: Call, data: LimitForm) -> Reply:
    """Back to the page, or the form again with the reason."""
    mine = own_call(call)
    try:
        kind, value = _read(mine, data)
        cmd = SetLimit(center=mine.center, actor=mine.actor, kind=kind, value=value)
        try:
            await mine.run(set_limit, cmd)
        except InvalidInput as wrong:
            raise InvalidInput({data.kind: wrong.fields["value"]}) from None
    except AppError as error:
        return await _page(mine, data, error)
    return redirect(f"{home_of(mine.center)}/limits")


@routes.post(f"{_PATH}/break", public=True, summary="Take a break")
async def begin_break(call: Call, data: BreakForm) -> Reply:
    """Begin it, or show the page again with the reason."""
    mine = own_call(call)
    try:
        if not data.sure:
            raise InvalidInput(
                {"days": say("tick that you mean it: a break cannot be ended early")}
            )
        days = int(data.days) if data.days.isascii() and data.days.isdigit() else 0
        await mine.run(take_break, Break(center=mine.center, actor=mine.actor, days=days))
    except AppError as error:
        return await _page(mine, LimitForm(), error)
    return redirect(f"{home_of(mine.center)}/limits")


def _read(call: CafeCall, data: LimitForm) -> tuple[Kind, int | None]:
    if data.kind == Kind.PLAY:
        return Kind.PLAY, _seconds(data.play.strip())
    if data.kind == Kind.TOPUP:
        text = data.topup.strip()
        if not text:
            return Kind.TOPUP, None
        return Kind.TOPUP, read_amount(text, call.center.currency, field="topup")
    if data.kind != Kind.LATE:
        raise InvalidInput({"kind": say("is not one of the limits")})
    text = data.late.strip()
    found = _CLOCK.fullmatch(text)
    if text and found is None:
        raise InvalidInput({"late": say("must be a time such as 00:30")})
    if found is None:
        return Kind.LATE, None
    return Kind.LATE, minutes_of(time(int(found[1]), int(found[2])))


def _seconds(text: str) -> int | None:
    found = _DURATION.fullmatch(text)
    if text and found is None:
        raise InvalidInput({"play": say("must be hours such as 2 or 1:30")})
    return None if found is None else int(found[1]) * 3600 + int(found[2] or 0) * 60


async def _page(call: CafeCall, form: LimitForm | None, error: AppError | None = None) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, _KINDS)
    now = clock.now()
    used = await call.read(used_of, call.center, call.actor.member_id, now)
    return call.html(
        _PAGE,
        status=200 if error is None else error.status,
        used=used,
        form=form,
        errors=errors,
        problem=problem,
        clock_of=clock_of,
        break_days=BREAK_DAYS,
    )
