"""What the program at a seat calls with the token of its PC (cafe-wire, Member side)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

from lanhouse.auth.passwords import make_hash
from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.client.commands.seat import SeatEvent, note_event
from lanhouse.cafe.client.sign_in import own_seat
from lanhouse.cafe.client.wire import Name
from lanhouse.cafe.members.commands.guest_secret import new_guest_secret
from lanhouse.cafe.members.rules import expiry_text
from lanhouse.cafe.members.schemas import Address, Card, Email, Phone, Sex
from lanhouse.cafe.members.schemas import Name as PersonName
from lanhouse.cafe.members.wire import check_confirmed, expiry_of_new
from lanhouse.cafe.members.wire.settings import member_settings
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.payments.errors import NotOffered
from lanhouse.cafe.payments.gateways.beginning import begun, shown
from lanhouse.cafe.payments.queries import active_gateway
from lanhouse.cafe.payments.schemas import Begin
from lanhouse.cafe.payments.wire import PaymentOut, payment_out
from lanhouse.cafe.registration import commands
from lanhouse.cafe.registration.commands import NewGuestAccount, NewMember, Opened, Personal
from lanhouse.cafe.registration.wire import AccountOut, GuestOut
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.inputs import Amount, Secret, means
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say
from lanhouse.kit.vault import LOCKED
from lanhouse.web.replies import Nothing, Written, nothing

routes = CafeRoutes("Member side")
_SOURCE = "cafe-wire: Member side"
GUEST_LASTS = timedelta(days=1)
"""So long a guest has who tops up at the seat before anybody knows him."""


class AddGuestIn(Struct, kw_only=True):
    """How much a guest at this PC wants to pay for."""

    topup_amount: Annotated[Amount, means("amount")]
    pc_name: Name = ""


class GuestAddedOut(GuestOut, kw_only=True):
    """A new guest without money, and how the money is paid."""

    payment: PaymentOut


class RegisterIn(Struct, kw_only=True):
    """A member to be; with `pc_name` alone the settings of the form are answered."""

    pc_name: Name = ""
    member_account: Annotated[Name, means("account")] = ""
    member_password: Annotated[Secret, Meta(max_length=128)] = ""
    member_confirm: Annotated[Secret, Meta(max_length=128)] | None = None
    member_first_name: Annotated[PersonName, means("first_name")] = ""
    member_last_name: Annotated[PersonName, means("last_name")] = ""
    member_birthday: Annotated[date | None, means("birthday")] = None
    member_email: Annotated[Email | None, means("email")] = None
    member_phone: Annotated[Phone, means("phone")] = ""
    member_id_card: Annotated[Card, means("id_card")] = ""
    member_address: Address = ""
    member_sex: Sex = 0
    promo_code: PersonName = ""
    referral_code: PersonName = ""
    agree: Annotated[bool, means("agrees")] = False
    """1: the rules of the house are agreed to, where they must be."""


class RegisterFormOut(Struct, kw_only=True):
    """What the form at a seat obeys."""

    register_member_at_client: int
    register_agreement_enable: int
    member_settings: dict[str, int]
    id_number_rules: dict[str, int]


class SyslogIn(Struct, kw_only=True):
    """What the program at the seat reports."""

    event: Literal["ADMINEXIT"]
    pc_name: Name = ""


@routes.post(
    "/memberAddGuest",
    right="device.self",
    summary="Make a guest who tops up at the seat by QR code",
    source=_SOURCE,
)
async def add_guest(call: CafeCall, data: AddGuestIn) -> GuestAddedOut:
    """Sells nothing: a guest account without money, and a payment for it by QR code, which counts
    once it is confirmed. Only where guests may top up before they sign in."""
    seat = await own_seat(call, data.pc_name)
    gateway = await _gateway(call, data.topup_amount)
    new = NewGuestAccount(
        center=call.center,
        actor=call.actor,
        secret=await new_guest_secret(LOCKED),
        expires_at=clock.now() + GUEST_LASTS,
    )

    def shape(opened: Opened) -> GuestOut:
        return GuestOut(
            member_id=opened.member_id,
            member_account=opened.account,
            member_password=opened.password,
            member_expire_time_local=expiry_text(new.expires_at, call.center.zone),
        )

    guest = await call.do(commands.add_guest, new, shape, GuestOut, hide=commands.without_password)
    cmd = Begin(
        center=call.center,
        actor=call.actor,
        gateway=gateway,
        amount_micros=data.topup_amount,
        member_id=guest.member_id,
        pc_name=seat.pc_name,
    )
    payment = await begun(call, cmd, key=f"guest {guest.member_id}")
    shown_payment = payment_out(payment, await shown(call.store, call.center, payment))
    return GuestAddedOut(
        member_id=guest.member_id,
        member_account=guest.member_account,
        member_password=guest.member_password,
        member_expire_time_local=guest.member_expire_time_local,
        payment=shown_payment,
    )


async def _gateway(call: CafeCall, amount_micros: int) -> str:
    """Who takes the money. Raises Refused and InvalidInput before anything is made."""
    settings = call.center.settings
    if not settings.client.topup_login_at_client:
        raise Refused(say("Nobody tops up at the seat before signing in here."))
    gateway = await call.read(active_gateway, call.center)
    if not gateway or not settings.payment.enable_topup:
        raise NotOffered
    least = max(settings.payment.mini_qr_payment_micros, 1)
    if amount_micros < least:
        reason = say("must be at least %(amount)s", amount=format_fixed(least))
        raise InvalidInput({"topup_amount": reason})
    return gateway


@routes.post(
    "/clientMemberRegister",
    right="device.self",
    summary="Become a member at the seat",
    source=_SOURCE,
)
async def register(call: CafeCall, data: RegisterIn) -> AccountOut | RegisterFormOut:
    """data {member_id, member_account}; with pc_name alone what the form obeys. Where the centre
    lets people register at the seat; nobody is given a package for it (new_member_offer)."""
    await own_seat(call, data.pc_name)
    if not data.member_account and not data.member_password:
        return _form(call.center)
    settings = call.center.settings.member
    if not settings.register_member_at_client:
        raise Refused(say("Nobody registers at the seat here. Ask at the desk."))
    if not data.member_account:
        raise InvalidInput({"member_account": say("is required")})
    if not data.member_password:
        raise InvalidInput({"member_password": say("is required")})
    check_confirmed(data.member_password, data.member_confirm)
    new = NewMember(
        center=call.center,
        actor=call.actor,
        account=data.member_account,
        password_hash=await make_hash(data.member_password),
        personal=Personal(
            first_name=data.member_first_name,
            last_name=data.member_last_name,
            birthday=data.member_birthday,
            email=data.member_email or "",
            phone=data.member_phone,
            id_card=data.member_id_card,
            address=data.member_address,
            sex=data.member_sex,
        ),
        expires_at=expiry_of_new("", call.center.zone, clock.now()),
        promo_code=data.promo_code,
        referral_code=data.referral_code,
        is_by_himself=True,
        agrees=data.agree,
    )
    return await call.do(
        commands.create_member,
        new,
        lambda opened: AccountOut(member_id=opened.member_id, member_account=opened.account),
        AccountOut,
    )


def _form(center: Center) -> RegisterFormOut:
    told, settings = member_settings(center), center.settings.member
    return RegisterFormOut(
        register_member_at_client=int(settings.register_member_at_client),
        register_agreement_enable=told.register_agreement_enable,
        member_settings=told.member_settings,
        id_number_rules=told.id_number_rules,
    )


@routes.post(
    "/syslog", right="device.self", summary="What the program at the seat reports", source=_SOURCE
)
async def syslog(call: CafeCall, data: SyslogIn) -> Written[Nothing]:
    """ADMINEXIT: the program was left with the password of the staff. A row of the billing log."""
    seat = await own_seat(call, data.pc_name)
    cmd = SeatEvent(call.center, call.actor, seat.pc_name, Event(data.event))
    return await call.write(note_event, cmd, nothing)
