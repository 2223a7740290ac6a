"""Registering on the portal (seed: Members portal, Register), and the rules that one agrees to."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.auth.lockout import Attempt, LockedOut
from lanhouse.auth.passwords import make_hash
from lanhouse.cafe.centers.call import CafeCall, PortalRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.commands.own_password import check_own
from lanhouse.cafe.members.rules import ACCOUNT_CHARS_MAX, member_account, required_columns
from lanhouse.cafe.members.schemas import Card, Comments, Email, Name, Phone
from lanhouse.cafe.members.sign_in import PortalSignIn, verified_member
from lanhouse.cafe.members.wire import expiry_of_new
from lanhouse.cafe.portal.commands import sign_in_registered
from lanhouse.cafe.portal.pages import center_in_path, home_of, signed_in
from lanhouse.cafe.registration.commands import NewMember, Opened, Personal, create_member
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, InvalidInput, NotFound, TooMany
from lanhouse.kit.inputs import Line, Secret
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply
from lanhouse.web.sign_in import attempt_of, with_browser

routes = PortalRoutes("Portal pages")
_FOLDER = "cafe/portal/templates"
_ASKED = (
    *("account", "password", "again", "first_name", "last_name", "birthday", "phone", "email"),
    *("id_card", "comments", "promo_code", "referral_code", "agrees"),
)
_ALWAYS = frozenset({"account", "password_hash"})
_DEPOSIT, _END = "balance", "expires_at"


class RegisterForm(msgspec.Struct, kw_only=True):
    """Who registers; what the centre does not ask for is not shown and stays empty."""

    account: Annotated[Line, msgspec.Meta(max_length=ACCOUNT_CHARS_MAX)] = ""
    password: Annotated[Secret, msgspec.Meta(max_length=128)] = ""
    again: Annotated[Secret, msgspec.Meta(max_length=128)] = ""
    first_name: Name = ""
    last_name: Name = ""
    birthday: date | None = None
    phone: Phone = ""
    email: Email | None = None
    id_card: Card = ""
    comments: Comments = ""
    promo_code: Name = ""
    referral_code: Name = ""
    agrees: bool = False
    key: Annotated[str, msgspec.Meta(max_length=100)] = ""


class RegisteredAs(msgspec.Struct):
    """What registering answers."""

    member_id: int


class TooManyRegistrations(TooMany):
    """Too many tries to register from one address within a minute."""

    def __init__(self) -> None:
        super().__init__(say("Too many tries from here. Try again in a minute."))


@routes.get("/portal/{license_name}/register", public=True, summary="Form: become a member")
async def register_page(call: Call) -> Reply:
    """The fields that the centre asks for; or that it takes nobody here."""
    center = await center_in_path(call)
    return _page(call, center, RegisterForm())


@routes.post("/portal/{license_name}/register", public=True, summary="Become a member")
async def register(call: Call, data: RegisterForm) -> Reply:
    """Open the account, sign in and go to the centre; or show the form with the reasons.

    The same form sent twice opens one account. Who registers himself is never given the package of
    new members.
    """
    center = await center_in_path(call)
    actor = Actor(kind="nobody", center_id=center.id)
    try:
        _must_be_open(center)
        _count(call, center)
        _check(data)
        new = await _new_member(center, actor, data)
        page = CafeCall(call, actor, center)
        await page.do(create_member, new, _opened, RegisteredAs, key=data.key or None)
        attempt = attempt_of(call, center.id, member_account(data.account))
        row = await verified_member(call.services, attempt, data.account, data.password)
        secret = await page.run(
            sign_in_registered, PortalSignIn(center.id, row.id, row.password_hash)
        )
    except AppError as error:
        return _page(call, center, data, error)
    reply = signed_in(call, f"{home_of(center)}/center", secret)
    return with_browser(reply, call, center.id, member_account(data.account))


@routes.get("/portal/{license_name}/rules", public=True, summary="The rules of the house")
async def rules_page(call: Call) -> Reply:
    """What guests keep to, and what the house does with what it knows of them."""
    center = await center_in_path(call)
    page = CafeCall(call, call.actor, center)
    house = center.settings.center
    if not house.club_rules and not house.privacy_policy:
        raise NotFound(say("There is no page at this address."))
    return page.html(
        f"{_FOLDER}/portal_rules.html", rules=house.club_rules, privacy=house.privacy_policy
    )


def _opened(opened: Opened) -> RegisteredAs:
    return RegisteredAs(opened.member_id)


def _must_be_open(center: Center) -> None:
    if not _is_open(center):
        raise NotFound(say("The house makes accounts at the desk."))


def _is_open(center: Center) -> bool:
    """Whether people register here: where a first deposit is asked for, nobody could pay it."""
    is_allowed = center.settings.member.allow_public_register
    return is_allowed and _DEPOSIT not in required_columns(center)


def _count(call: Call, center: Center) -> None:
    """Count a try; each costs a hashed password, and tells whether an account is taken."""
    try:
        call.services.budgets.count(Attempt(center.id, f"register:{call.address}", call.address))
    except LockedOut:
        raise TooManyRegistrations from None


def _check(data: RegisterForm) -> None:
    check_own("", data.password, "password")
    if data.again != data.password:
        raise InvalidInput({"again": say("is not the same password")})


async def _new_member(center: Center, actor: Actor, data: RegisterForm) -> NewMember:
    return NewMember(
        center=center,
        actor=actor,
        account=data.account,
        password_hash=await make_hash(data.password),
        personal=Personal(
            first_name=data.first_name,
            last_name=data.last_name,
            birthday=data.birthday,
            email=data.email or "",
            phone=data.phone,
            id_card=data.id_card,
            comments=data.comments,
        ),
        expires_at=expiry_of_new("", center.zone, clock.now()),
        promo_code=data.promo_code,
        referral_code=data.referral_code,
        is_by_himself=True,
        agrees=data.agrees,
    )


def _page(call: Call, center: Center, form: RegisterForm, error: AppError | None = None) -> Reply:
    page = CafeCall(call, call.actor, center)
    errors, problem = errors_in_form(error, page.view.language, _ASKED)
    house = center.settings.center
    return page.html(
        f"{_FOLDER}/portal_register.html",
        status=200 if error is None else error.status,
        form=form,
        required=required_columns(center) - _ALWAYS - {_END},
        is_open=_is_open(center),
        must_agree=center.settings.member.register_agreement_enable,
        has_rules=bool(house.club_rules or house.privacy_policy),
        errors=errors,
        problem=problem,
    )
