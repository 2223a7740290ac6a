"""A new password for a member, made at random and shown once (decision 0158)."""

from __future__ import annotations

import secrets

from lanhouse.auth.passwords import make_hash
from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.members.commands.changing import MembersNamed, reset_passwords
from lanhouse.cafe.members.commands.guest_secret import GUEST_WORD_CHARS, GUEST_WORD_LENGTH
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.queries import member_by_id
from lanhouse.cafe.members.rules import MADE_FOR_ONE
from lanhouse.kit import clock
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.replies import Reply

routes = PanelRoutes("Members pages")
_PATH = "/panel/members/{member_id}/password"
_FOLDER = "cafe/members/templates"


@routes.get(_PATH, right="members.edit", summary="Dialog: a new password for a member")
async def ask(call: CafeCall) -> Reply:
    """What it does, before it is done."""
    return await _dialog(call, _member_id(call))


@routes.post(_PATH, right="members.edit", summary="Make a new password for a member")
async def reset(call: CafeCall) -> Reply:
    """The password, this once. The member is signed out everywhere."""
    member_id = _member_id(call)
    password = "".join(secrets.choice(GUEST_WORD_CHARS) for _ in range(GUEST_WORD_LENGTH))
    named = MembersNamed(
        center=call.center,
        actor=call.actor,
        member_ids=[member_id],
        password_hash=await make_hash(password),
        password_until=clock.real_now() + MADE_FOR_ONE,
    )
    await call.run(reset_passwords, named)
    return await _dialog(call, member_id, password)


def _member_id(call: CafeCall) -> int:
    return id_in_path(call.path["member_id"], say("Member not found"))


async def _dialog(call: CafeCall, member_id: int, password: str = "") -> Reply:
    row = await call.read(member_by_id, call.center.id, member_id)
    if row is None:
        raise MemberNotFound
    return call.html(
        f"{_FOLDER}/new_password.html",
        account=row.account,
        member_id=member_id,
        password=password,
        days=MADE_FOR_ONE.days,
    )
