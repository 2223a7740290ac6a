"""What a member calls with his own token (cafe-wire, Member side)."""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.client import commands
from lanhouse.cafe.client.commands.seat import (
    AutoCheckout,
    Avatar,
    Favorite,
    TakePackages,
    auto_check_out,
    show_avatar,
    take_packages,
    toggle_favorite,
)
from lanhouse.cafe.client.sign_in import own_seat, standing_of
from lanhouse.cafe.client.wire import Name, SeatMemberOut, SeatStandingOut
from lanhouse.cafe.desk.pages.member_photo import picture_in
from lanhouse.cafe.members.commands.own_password import change_own_password
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.queries import member_by_account, member_by_id, member_detail
from lanhouse.cafe.members.sign_in import himself, own_password
from lanhouse.cafe.members.wire import MemberInfoOut, detail, member_info
from lanhouse.cafe.messages.queries import messages_of
from lanhouse.cafe.orders.queries import tab_of
from lanhouse.cafe.orders.wire import ShopOrderRow, order_row
from lanhouse.cafe.sessions.commands import StartMember
from lanhouse.cafe.sessions.queries import player_on_pc
from lanhouse.cafe.sessions.queries.quotes import real_time_balance
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.cafe.sessions.wire import times_of
from lanhouse.db.statements import Row
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import Secret, also
from lanhouse.kit.limits import LOGO_BYTES_MAX
from lanhouse.kit.local_time import local_text, whole_second
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say
from lanhouse.web.replies import Nothing, Written, nothing
from lanhouse.web.uploads import file_of

routes = CafeRoutes("Member side")
_SOURCE = "cafe-wire: Member side"
MESSAGES_SHOWN = 50


class ChangePasswordIn(Struct, kw_only=True):
    """The password as it was and as it is to be; whose it is may be left out with a member's own
    token."""

    member_account: Annotated[Name, also("account")] = ""
    member_id: int | None = None
    old_password: Annotated[Secret, Meta(max_length=1024)]
    new_password: Annotated[Secret, Meta(max_length=128)]


class SeatStartIn(Struct, kw_only=True):
    """Where to play; at a seat it is the one of the sign-in."""

    member_account: Name = ""
    pc_name: Name = ""


class SeatStartedOut(Struct, kw_only=True):
    """The session that runs; times are null where nothing ends it."""

    pc_name: str
    member_id: int
    start_session: int
    status_connect_time_local: str
    status_disconnect_time_local: str | None
    status_connect_time_duration: str
    status_connect_time_left: str | None


class OneselfIn(Struct, kw_only=True):
    """Who calls; another one is not found."""

    member_account: Name = ""


class CheckPcOut(Struct, kw_only=True):
    """The PC, and what was played there so far."""

    pc_name: str
    pc_cost: str
    status_connect_time_duration: str | None
    status_connect_time_left: str | None


class ChecklistOut(Struct, kw_only=True):
    """What is still to be paid before somebody goes."""

    orders: list[ShopOrderRow]
    member: SeatMemberOut
    pc: CheckPcOut


class MessageRow(Struct, kw_only=True):
    """What the house told a member, and who of it."""

    log_id: int
    log_details: str
    log_staff_name: str
    log_date_local: str


class MessagesOut(Struct):
    """The newest first."""

    log_list: list[MessageRow]


class AutoCheckoutIn(Struct, kw_only=True):
    """The PC whose time is over."""

    pc_name: Name = ""


class AutoCheckoutOut(Struct):
    """Whether a session was ended (0, 1), and on which PCs."""

    checked_out: int
    pcs: list[str]


class FavoriteIn(Struct, kw_only=True):
    """A game by its number in the library."""

    pkg_id: Annotated[int, also("game_id"), Meta(ge=1, le=2**53)]


class FavoriteOut(Struct):
    """Whether the member likes the game now."""

    pkg_id: int
    is_favorite: int


class AvatarIn(Struct, kw_only=True):
    """A picture: the file `avatar` of a form, or base64 here, as a data address too. `remove` takes
    it down; `agree`: the member agrees to a photo of him being kept."""

    avatar: Annotated[str, Meta(max_length=LOGO_BYTES_MAX)] = ""
    remove: bool = False
    agree: bool = False


@routes.get("/memberSelf", right="member.profile", summary="The member who calls", source=_SOURCE)
async def member_self(call: CafeCall) -> MemberInfoOut:
    """The member's fields, and the same under `member`; without what the house notes of him."""
    known = await call.point(member_detail, call.center, call.actor.member_id)
    if known is None:
        raise MemberNotFound
    found = member_info(known, detail(call.center, known))
    found.member_comments = found.member.member_comments = ""
    return found


@routes.post(
    "/memberChangePassword",
    right="members.edit",
    own=("member.password",),
    summary="Change a password to another one, by the old one",
    source=_SOURCE,
)
async def change_password(call: CafeCall, data: ChangePasswordIn) -> Written[Nothing]:
    """data {}. Everything that is signed in with the old one ends, but the sign-in that calls."""
    row = await _whose(call, data)
    cmd = await own_password(call, row, data.old_password, data.new_password)
    return await call.write(change_own_password, cmd, nothing)


async def _whose(call: CafeCall, data: ChangePasswordIn) -> Row:
    if call.actor.kind == "member":
        return await call.read(himself, call.actor, data.member_account, data.member_id)
    if data.member_account:
        row = await call.read(member_by_account, call.center.id, data.member_account)
    elif data.member_id is not None:
        row = await call.read(member_by_id, call.center.id, data.member_id)
    else:
        raise InvalidInput({"member_account": say("is required")})
    if row is None or data.member_id not in (None, row.id):
        raise MemberNotFound
    return row


@routes.post(
    "/clientStartSession",
    right="member.self",
    summary="Begin to play",
    source=_SOURCE,
)
async def start_session(call: CafeCall, data: SeatStartIn) -> Written[SeatStartedOut]:
    """The session as it runs now, also one that runs there already; 402 when the balance is too
    low."""
    row = await call.point(himself, call.actor, data.member_account)
    pc_name = data.pc_name.strip()
    if call.actor.pc_id:
        pc_name = (await own_seat(call, pc_name)).pc_name
    if not pc_name:
        raise InvalidInput({"pc_name": say("is required")})
    cmd = StartMember(center=call.center, actor=call.actor, pc_name=pc_name, member_id=row.id)

    def shape(session: Session) -> SeatStartedOut:
        times = times_of(session, call.center.zone, whole_second(clock.now()))
        return SeatStartedOut(
            pc_name=session.pc_name, member_id=session.member_id, start_session=1, **times
        )

    return await call.write(commands.begin, cmd, shape)


@routes.get(
    "/memberChecklist",
    right="member.self",
    own=("device.self",),
    summary="What is to be paid before somebody goes",
    source=_SOURCE,
)
async def checklist(call: CafeCall) -> ChecklistOut:
    """Of the member who calls; with the token of a PC of who plays there."""
    center, at = call.center, clock.now()
    member_id, pc_id = call.actor.member_id, call.actor.pc_id
    if call.actor.kind == "device":
        member_id = await call.read(player_on_pc, center.id, pc_id) or 0
        if not member_id:
            raise commands.NoSession
    standing = await standing_of(call, member_id, pc_id)
    member = standing.member
    orders = await call.read(tab_of, center.id, member_id)
    money = await call.read(real_time_balance, center, member.member_account, "", at)
    return ChecklistOut(
        orders=[order_row(each, center) for each in orders],
        member=member,
        pc=CheckPcOut(
            pc_name=member.pc_name,
            pc_cost=format_fixed(0 if money is None else money.cost_micros),
            status_connect_time_duration=member.status_connect_time_duration,
            status_connect_time_left=member.status_connect_time_left,
        ),
    )


@routes.get(
    "/memberMessage",
    right="member.self",
    summary="What the house told the member who calls",
    source=_SOURCE,
)
async def messages(call: CafeCall, data: OneselfIn) -> MessagesOut:
    """The newest 50, the newest first."""
    row = await call.point(himself, call.actor, data.member_account)
    found = await call.read(messages_of, call.center.id, row.id, MESSAGES_SHOWN)
    return MessagesOut(
        [
            MessageRow(
                log_id=each.id,
                log_details=each.text,
                log_staff_name=each.staff_name,
                log_date_local=local_text(each.sent_at, call.center.zone),
            )
            for each in found
        ]
    )


@routes.post(
    "/switchToAvailableOffer",
    right="member.self",
    summary="Go on with a package that can be used now",
    source=_SOURCE,
)
async def switch_offer(call: CafeCall) -> SeatStandingOut:
    """Sells nothing: packages that the member owns pay before his balance."""
    row = await call.point(himself, call.actor)
    await call.run(take_packages, TakePackages(call.center, row.id))
    return await standing_of(call, row.id, call.actor.pc_id)


@routes.post(
    "/autoCheckout",
    right="member.self",
    own=("device.self",),
    summary="The time at the seat is over",
    source=_SOURCE,
)
async def auto_checkout(call: CafeCall, data: AutoCheckoutIn) -> Written[AutoCheckoutOut]:
    """Ends what is over; what goes on only where the centre checks out seats that shut down."""
    if call.actor.pc_id:
        await own_seat(call, data.pc_name)
    cmd = AutoCheckout(
        center=call.center,
        actor=call.actor,
        pc_id=call.actor.pc_id,
        member_id=call.actor.member_id,
    )
    return await call.write(
        auto_check_out, cmd, lambda ended: AutoCheckoutOut(int(bool(ended)), list(ended))
    )


@routes.post(
    "/toggleFavoriteGame",
    right="member.self",
    summary="Like a game, or not any more",
    source=_SOURCE,
)
async def favorite(call: CafeCall, data: FavoriteIn) -> Written[FavoriteOut]:
    """data {pkg_id, is_favorite}: as it is now."""
    cmd = Favorite(call.center, call.actor.member_id, data.pkg_id)
    return await call.write(
        toggle_favorite, cmd, lambda liked: FavoriteOut(data.pkg_id, int(liked))
    )


@routes.post(
    "/updateAvatar",
    right="member.self",
    summary="Show another picture of oneself",
    source=_SOURCE,
    upload_bytes_max=LOGO_BYTES_MAX,
)
async def avatar(call: CafeCall, data: AvatarIn) -> SeatStandingOut:
    """Kept where the centre keeps photos and the member has agreed to it, or agrees here."""
    picture = None
    if not data.remove:
        picture = await picture_in(await asyncio.to_thread(_sent, call, data), "avatar")
    cmd = Avatar(
        center=call.center,
        actor=call.actor,
        member_id=call.actor.member_id,
        picture=picture,
        agrees=data.agree,
    )
    await call.run(show_avatar, cmd)
    return await standing_of(call, call.actor.member_id, call.actor.pc_id)


def _sent(call: CafeCall, data: AvatarIn) -> bytes:
    if not data.avatar:
        sent = file_of(call.request, "avatar")
        if not sent:
            raise InvalidInput({"avatar": say("is required")})
        return sent
    text = data.avatar.partition("base64,")[2] if data.avatar.startswith("data:") else data.avatar
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput({"avatar": say("must be a picture in base64")}) from None
