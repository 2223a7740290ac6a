"""The members portal: sign-in and the Account page (seed: Members portal)."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.auth.programs import program_of
from lanhouse.auth.tokens import end_token
from lanhouse.cafe.bookings.commands.base import PLAIN_TIME
from lanhouse.cafe.centers.call import CafeCall, PortalRoutes
from lanhouse.cafe.centers.queries import center_by_license, open_centers
from lanhouse.cafe.centers.queries.pictures import TOPUP_QR, shown_key
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.logs.queries import LOG_LIST, LogFilter
from lanhouse.cafe.logs.rules import EVENT_NAMES
from lanhouse.cafe.members.queries import member_by_id
from lanhouse.cafe.members.rules import member_account
from lanhouse.cafe.members.sign_in import (
    PortalSignIn,
    must_not_be_over,
    sign_in_member,
    verified_member,
)
from lanhouse.cafe.payments.queries import active_gateway
from lanhouse.cafe.portal.queries import account_page, bills_of
from lanhouse.cafe.sessions.sign_in import CODE_ACCOUNT, WrongCode, guest_by_code
from lanhouse.db.statements import Row
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, NotFound, Unauthenticated
from lanhouse.kit.limits import WEB_SESSION_SECONDS
from lanhouse.kit.pages import CursorIn
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.pages.refusals import refusal_text
from lanhouse.web.replies import Reply, redirect, signed_out
from lanhouse.web.sign_in import PORTAL_COOKIE, attempt_of, with_browser

routes = PortalRoutes("Portal pages")
_FOLDER = "cafe/portal/templates"


class SignInForm(msgspec.Struct):
    """A member's account and password."""

    account: Annotated[str, msgspec.Meta(max_length=80)] = ""
    password: Annotated[str, msgspec.Meta(max_length=1024)] = ""
    code: Annotated[str, msgspec.Meta(max_length=40)] = ""
    """A guest's code, in place of both."""
    device: Annotated[str, msgspec.Meta(max_length=100)] = ""
    """The PC whose code was scanned before."""


class DoorIn(msgspec.Struct):
    """How one comes to the portal: by the QR code of a PC, or to register (cafe-domain 21)."""

    request_type: Annotated[str, msgspec.Meta(max_length=100)] = ""
    kind: Annotated[str, msgspec.Meta(max_length=100)] = msgspec.field(default="", name="dType")
    device: Annotated[str, msgspec.Meta(max_length=100)] = msgspec.field(default="", name="dName")
    changed: bool = False
    """Whether a forgotten password was just set anew."""

    @property
    def pc_name(self) -> str:
        """The PC whose code was scanned."""
        return self.device.strip() if self.kind == "openDevice" else ""


class CenterForm(msgspec.Struct):
    """A centre's licence name."""

    center: Annotated[str, msgspec.Meta(max_length=80)] = ""


@routes.get("/portal", public=True, summary="Find a centre's portal")
async def portal(call: Call, data: CenterForm) -> Reply:
    """Go to the named centre's portal, or to the only one there is; else ask which."""
    centers = await call.read(open_centers)
    named = [c for c in centers if c.license_name == data.center.strip()]
    if len(centers) == 1 or named:
        return redirect(home_of((named or centers)[0]))
    return call.html(f"{_FOLDER}/portal_centers.html", wanted=data.center)


@routes.get("/shop/{license_name}", public=True, summary="The portal by its other name")
async def shop_door(call: Call) -> Reply:
    """The same page with the same question (seed: Members portal)."""
    query = call.request.query.decode("latin-1")
    path = f"/portal/{quote(call.path['license_name'], safe='')}"
    return redirect(f"{path}?{query}" if query else path)


@routes.get("/portal/{license_name}", public=True, summary="Sign-in of members")
async def sign_in_page(call: Call, data: DoorIn) -> Reply:
    """The form; a browser that is signed in already goes on to the centre, or to the PC whose code
    was scanned."""
    center = await center_in_path(call)
    if call.actor.kind == "member" and call.actor.center_id == center.id:
        return redirect(f"{home_of(center)}/{_first_page(call.actor, data.pc_name)}")
    if data.request_type == "register":
        return redirect(f"{home_of(center)}/register")
    was_in = PORTAL_COOKIE in call.request.cookies
    page = CafeCall(call, call.actor, center)
    return page.html(
        f"{_FOLDER}/portal_sign_in.html",
        form=SignInForm(device=data.pc_name),
        problem="",
        was_in=was_in and not data.changed,
        changed=data.changed,
        **_doors(center),
    )


@routes.post("/portal/{license_name}", public=True, summary="Sign in with account and password")
async def sign_in(call: Call, data: SignInForm) -> Reply:
    """Set the session cookie and go to the centre, or show the form again with the reason.

    A guest whose session runs may sign in with the code of the ticket instead.
    """
    center = await center_in_path(call)
    try:
        if data.code:
            secret = await _sign_in_by_code(call, center, data.code)
        else:
            secret = await _sign_in(call, center, data)
    except AppError as error:
        page = CafeCall(call, call.actor, center)
        text = refusal_text(error, page.view.language)
        return page.html(
            f"{_FOLDER}/portal_sign_in.html",
            status=error.status,
            form=SignInForm(account=data.account, device=data.device),
            problem=text,
            was_in=False,
            changed=False,
            **_doors(center),
        )
    reply = signed_in(call, f"{home_of(center)}/{_after(data.device)}", secret)
    if data.code:
        return reply
    # Whose password must be changed is sent on from there.
    return with_browser(reply, call, center.id, member_account(data.account.strip()))


@routes.get("/portal/{license_name}/account", right="member.self", summary="The Account page")
async def account(call: CafeCall) -> Reply:
    """Balance, bonus, coins, the running session, packages and what happened before."""
    if call.path["license_name"] != call.center.license_name:
        return redirect(f"{home_of(call.center)}/account")
    page = await call.read(account_page, call.center, call.actor.member_id, clock.now())
    if page is None:
        raise Unauthenticated
    topup_qr = await call.read(shown_key, (call.center.id, TOPUP_QR))
    return call.html(
        f"{_FOLDER}/portal_account.html",
        page=page,
        topup_qr=topup_qr,
        is_topup_offered=await topup_offered(call),
    )


@routes.get("/portal/{license_name}/history", right="member.self", summary="All that happened")
async def history(call: CafeCall, data: CursorIn) -> Reply:
    """What moved the member's money, newest first, as the house's own log has it."""
    home = home_of(call.center)
    if call.path["license_name"] != call.center.license_name:
        return redirect(f"{home}/history")
    wanted = LogFilter(
        center_id=call.center.id, member_id=call.actor.member_id, is_balance_only=True
    )
    after = LOG_LIST.cursor_sent(wanted, data.cursor)
    part = await call.read(LOG_LIST.part, wanted, after, data.limit)
    older = LOG_LIST.cursor_text(wanted, part.after)
    return call.html(
        f"{_FOLDER}/portal_history.html",
        rows=part.rows,
        bills=await call.read(bills_of, call.center, call.actor.member_id, part.rows),
        plain_booking=PLAIN_TIME,
        event_names=EVENT_NAMES,
        older=f"{home}/history?cursor={older}" if older else "",
        is_first=after is None,
    )


@routes.post("/portal/{license_name}/sign-out", public=True, summary="End the session")
async def sign_out(call: Call) -> Reply:
    """The cookie's token counts no longer, also if somebody has copied it."""
    center = await center_in_path(call)
    if call.actor.kind == "member":
        await call.run(end_token, call.actor.token_hash)
    return signed_out(home_of(center), PORTAL_COOKIE, secure=call.settings.secure_cookies)


async def center_in_path(call: Call) -> Center:
    """The centre that the path names; raises NotFound."""
    center = await call.read(center_by_license, call.path["license_name"])
    if center is None:
        raise NotFound(say("There is no page at this address."))
    return center


def _first_page(actor: Actor, pc_name: str) -> str:
    return _after(pc_name) if actor.may("member.self") else "password"


def _after(pc_name: str) -> str:
    """Where one goes who is signed in: to the PC whose code was scanned, else to the centre."""
    return f"computer/start?pc={quote(pc_name)}" if pc_name else "center"


def _doors(center: Center) -> dict[str, bool]:
    """What else the page of the sign-in offers."""
    settings = center.settings
    return {
        "by_code": settings.client.access_code_login,
        "may_register": settings.member.allow_public_register,
    }


def signed_in(call: Call, to: str, secret: str) -> Reply:
    """Go on to a page with the sign-in of a member's browser."""
    return redirect(to).with_cookie(
        PORTAL_COOKIE, secret, seconds=WEB_SESSION_SECONDS, secure=call.settings.secure_cookies
    )


def home_of(center: Center) -> str:
    """Where the portal of a centre begins."""
    return f"/portal/{center.license_name}"


def own_call(call: Call) -> CafeCall:
    """The call of a member of the centre in the path, who may act; raises Unauthenticated.

    For posts: a form without a script carries no secret in a header. That it comes from our own
    page is seen by its origin, as at the sign-out.
    """
    if not isinstance(call, CafeCall) or not call.actor.may("member.self"):
        raise Unauthenticated
    if call.path["license_name"] != call.center.license_name:
        raise Unauthenticated
    return call


async def topup_offered(call: CafeCall) -> bool:
    """Whether members top up here: where nobody takes payments there is no button."""
    if not call.center.settings.payment.enable_topup:
        return False
    return bool(await call.read(active_gateway, call.center))


def led_home(call: CafeCall, page: str) -> Reply | None:
    """Where a member goes who asked for another centre's page: to his own's; else None."""
    if call.path["license_name"] == call.center.license_name:
        return None
    return redirect(f"{home_of(call.center)}/{page}")


async def _sign_in(call: Call, center: Center, data: SignInForm) -> str:
    """The secret of a new token; raises what verified_member does, or Expired."""
    attempt = attempt_of(call, center.id, member_account(data.account.strip()))
    member = await verified_member(call.services, attempt, data.account.strip(), data.password)
    must_not_be_over(member)
    return await call.run(sign_in_member, _came(call, center, member))


async def _sign_in_by_code(call: Call, center: Center, code: str) -> str:
    """The secret of a new token; raises what guest_by_code does, or Expired."""
    attempt = attempt_of(call, center.id, CODE_ACCOUNT)
    member_id = await guest_by_code(call.services, center, attempt, code)
    member = await call.read(member_by_id, center.id, member_id)
    if member is None or not member.is_active:
        raise WrongCode
    must_not_be_over(member)
    return await call.run(sign_in_member, _came(call, center, member))


def _came(call: Call, center: Center, member: Row) -> PortalSignIn:
    program = program_of(call.request.headers.get("user-agent", ""))
    came = (member.password_hash, call.address, program)
    return PortalSignIn(center.id, member.id, *came)
