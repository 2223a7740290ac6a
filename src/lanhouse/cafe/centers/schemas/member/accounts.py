"""How people become members."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.values import Flag, JsonText, Text, Way
from lanhouse.kit.texts import N_


class SocialLogins(msgspec.Struct):
    """Whose accounts count when members sign in."""

    google: Flag = 0
    facebook: Flag = 0
    telegram: Flag = 0


class MemberFields(msgspec.Struct):
    """Which fields of a member must be filled in: 1 = required (cafe-domain 4)."""

    member_account: Flag = 0
    member_password: Flag = 0
    member_first_name: Flag = 0
    member_last_name: Flag = 0
    member_birthday: Flag = 0
    member_id_card: Flag = 0
    member_phone: Flag = 0
    member_email: Flag = 0
    member_expire_time_local: Flag = 0
    member_balance: Flag = 0
    member_comments: Flag = 0


class IdNumberRules(msgspec.Struct):
    """What an identity number has to look like (cafe-domain 4)."""

    digital_only: Flag = 0
    limit_length: Annotated[int, Meta(ge=0, le=50)] = 0
    """How many characters it has; 0 = any number of them."""


class EmailRegistration(msgspec.Struct):
    """Who may register by e-mail, and what is asked for."""

    domains: Annotated[list[Text], Meta(max_length=100)] = []
    fields: Annotated[list[Text], Meta(max_length=100)] = []


class GroupKeys(msgspec.Struct, frozen=True, kw_only=True):
    """What a new member begins with."""

    part: ClassVar[str] = N_("New members")

    default_member_group: Annotated[
        int,
        key(
            N_("Group of a new member"),
            N_("The group of a new member for whom none is named."),
            form="member_group",
        ),
    ] = 0
    new_member_offer: Annotated[
        Annotated[int, Meta(ge=0)],
        key(
            N_("Package for a new member"),
            N_("The package that each new member is given. 0 = none."),
            form="offer",
        ),
    ] = 0
    member_settings: Annotated[
        JsonText,
        key(
            N_("Fields that a member must fill in"),
            N_("Without them no account is opened; the account and its password always count."),
            json=MemberFields,
            form="flags",
            words={
                "member_account": N_("Account"),
                "member_password": N_("Password"),
                "member_first_name": N_("First name"),
                "member_last_name": N_("Last name"),
                "member_birthday": N_("Birthday"),
                "member_id_card": N_("Identity number"),
                "member_phone": N_("Phone"),
                "member_email": N_("E-mail"),
                "member_expire_time_local": N_("End of the account"),
                "member_balance": N_("First deposit"),
                "member_comments": N_("Comments"),
            },
        ),
    ] = "{}"
    id_number_rules: Annotated[
        JsonText,
        key(
            N_("Identity numbers"),
            N_("What an identity number has to look like."),
            json=IdNumberRules,
        ),
    ] = '{"digital_only":0,"limit_length":0}'


class CareKeys(GroupKeys, frozen=True, kw_only=True):
    """What becomes of accounts that nobody uses."""

    part: ClassVar[str] = N_("Old accounts")

    member_retention_months: Annotated[
        Annotated[int, Meta(ge=0, le=240)],
        key(
            N_("Forget members who do not come"),
            N_(
                "After so many months without a visit an account is announced on the page of"
                " members, and 30 days later everything personal is taken out of it. Who has money,"
                " packages or a loan is kept and listed. 0 = everybody is kept."
            ),
            unit=N_("months"),
            is_ours=True,
        ),
    ] = 0


class RegistrationKeys(CareKeys, frozen=True, kw_only=True):
    """How people register themselves."""

    part: ClassVar[str] = N_("Registration")

    allow_public_register: Annotated[
        bool,
        key(
            N_("Register on the portal"),
            N_("On: anybody may become a member on the portal."),
            is_honoured=False,
        ),
    ] = False
    register_member_at_client: Annotated[
        bool,
        key(
            N_("Register at the seat"),
            N_("On: guests become members at the seat."),
            is_honoured=False,
        ),
    ] = False
    client_register_member_way: Annotated[
        Way, key(N_("How the seat registers"), N_("A number of the clients."), is_honoured=False)
    ] = 0
    license_convert_to_member_enable: Annotated[
        bool,
        key(
            N_("Guests become members"),
            N_("On: a guest account can be made a member’s, with all that is on it."),
        ),
    ] = True
    register_agreement_enable: Annotated[
        bool,
        key(
            N_("Agree when registering"),
            N_("On: who registers agrees to the rules of the house."),
            is_honoured=False,
        ),
    ] = False
    social_login: Annotated[
        bool,
        key(
            N_("Sign-in by other services"),
            N_("On: members sign in by an account elsewhere."),
            is_honoured=False,
        ),
    ] = False
    social_login_accounts: Annotated[
        JsonText,
        key(
            N_("Services for sign-in"),
            N_("Whose accounts count."),
            json=SocialLogins,
            form="flags",
            words={"google": N_("Google"), "facebook": N_("Facebook"), "telegram": N_("Telegram")},
            is_honoured=False,
        ),
    ] = '{"google":0,"facebook":0,"telegram":0}'
    allow_register_email_settings: Annotated[
        JsonText,
        key(
            N_("Registration by e-mail"),
            N_("Which domains may register, and which fields are asked for."),
            json=EmailRegistration,
            is_honoured=False,
        ),
    ] = '{"domains":[],"fields":[]}'
