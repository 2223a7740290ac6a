"""Making accounts on the café API (seed: Members, Add member and Add guest account)."""

from __future__ import annotations

from msgspec.structs import replace

from lanhouse.auth.passwords import make_hash
from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.members.commands.guest_secret import new_guest_secret
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.queries import member_by_account
from lanhouse.cafe.members.rules import expiry_text
from lanhouse.cafe.members.schemas import ConvertIn, DepositIn, GuestIn, NewMemberIn, NewPersonIn
from lanhouse.cafe.members.sign_in import himself
from lanhouse.cafe.members.wire import check_confirmed, expiry_of_new, expiry_sent
from lanhouse.cafe.registration import commands
from lanhouse.cafe.registration.commands import (
    ConvertGuest,
    Deposit,
    NewGuestAccount,
    NewMember,
    Opened,
    Personal,
)
from lanhouse.cafe.registration.wire import AccountOut, GuestOut
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say
from lanhouse.kit.vault import LOCKED
from lanhouse.web.replies import Written

routes = CafeRoutes("Members")


@routes.post(
    "/members", right="members.edit", summary="Make a member", source="seed: Members, Add member"
)
async def add_member(call: CafeCall, data: NewMemberIn) -> Written[AccountOut]:
    """data {member_id, member_account}. A balance is booked as a top-up with the account."""
    check_confirmed(data.member_password, data.member_confirm)
    new = NewMember(
        center=call.center,
        actor=call.actor,
        account=data.member_account,
        password_hash=await make_hash(data.member_password),
        personal=personal_of(data),
        group_id=data.member_group_id,
        is_active=data.member_is_active,
        expires_at=expiry_of_new(data.member_expire_time_local, call.center.zone, clock.now()),
        deposit=_deposit(data),
        promo_code=data.promo_code,
        referral_code=data.referral_code,
    )
    return await call.write(commands.create_member, new, _opened)


@routes.post(
    "/members/action/addGuest",
    right="members.edit",
    summary="Make a guest account",
    source="seed: Members, Add guest account",
)
async def add_guest(call: CafeCall, data: GuestIn) -> Written[GuestOut]:
    """data {member_id, member_account G_…, member_password (shown this once), expiry}."""
    expires_at = expiry_sent(data.member_expire_time_local, call.center.zone)
    if expires_at is None:
        raise InvalidInput({"member_expire_time_local": say("is required: a guest must expire")})
    new = NewGuestAccount(
        center=call.center,
        actor=call.actor,
        secret=await new_guest_secret(LOCKED),
        expires_at=expires_at,
        deposit=_deposit(data),
    )

    def shape(opened: Opened) -> GuestOut:
        return GuestOut(
            member_id=opened.member_id,
            member_account=opened.account,
            member_password=opened.password,
            member_expire_time_local=expiry_text(expires_at, call.center.zone),
        )

    return await call.write(commands.add_guest, new, shape, hide=commands.without_password)


@routes.post(
    "/convertToMember",
    right="members.edit",
    own=("member.self",),
    summary="Make a guest account a member's",
    source="cafe-wire: Member side",
)
async def convert(call: CafeCall, data: ConvertIn) -> Written[AccountOut]:
    """data {member_id, member_account}. The guest is named by `guest_account` (or `member_id`);
    id, money and packages stay, and a session goes on under the new group's prices. With a guest's
    own token himself, into the group of new members; he signs in anew afterwards."""
    check_confirmed(data.member_password, data.member_confirm)
    is_himself = call.actor.kind == "member"
    personal = personal_of(data)
    if is_himself:
        personal = replace(personal, comments="")
    cmd = ConvertGuest(
        center=call.center,
        actor=call.actor,
        guest_id=await _guest(call, data),
        account=data.member_account,
        password_hash=await make_hash(data.member_password),
        personal=personal,
        group_id=None if is_himself else data.member_group_id,
        expires_at=expiry_of_new(
            "" if is_himself else data.member_expire_time_local, call.center.zone, clock.now()
        ),
        agrees=data.agree,
    )
    return await call.write(commands.convert_to_member, cmd, _opened)


async def _guest(call: CafeCall, data: ConvertIn) -> int:
    if call.actor.kind == "member":
        return (await call.read(himself, call.actor, data.guest_account, data.member_id)).id
    if data.member_id is not None:
        return data.member_id
    if not data.guest_account:
        raise InvalidInput({"guest_account": say("is required")})
    row = await call.read(member_by_account, call.center.id, data.guest_account)
    if row is None:
        raise MemberNotFound
    return row.id


def personal_of(data: NewPersonIn) -> Personal:
    """What a form tells of the person."""
    return Personal(
        first_name=data.member_first_name,
        last_name=data.member_last_name,
        birthday=data.member_birthday,
        email=data.member_email or "",
        phone=data.member_phone,
        id_card=data.member_id_card,
        address=data.member_address,
        sex=data.member_sex,
        comments=data.member_comments,
    )


def _deposit(data: DepositIn) -> Deposit:
    payment = "card" if data.payment_method_credit_card else "cash"
    if data.payment_method_qr:
        payment = "qr"
    return Deposit(data.member_balance, data.member_balance_bonus, payment)


def _opened(opened: Opened) -> AccountOut:
    return AccountOut(member_id=opened.member_id, member_account=opened.account)
