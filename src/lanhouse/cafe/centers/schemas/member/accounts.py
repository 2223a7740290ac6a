"""How people become members."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

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
            N_("Fields of a member"),
            N_("Which fields are asked for and needed."),
            json=dict[str, Any],
            is_honoured=False,
        ),
    ] = "{}"
    id_number_rules: Annotated[
        JsonText,
        key(
            N_("Identity numbers"),
            N_("What an identity number has to look like."),
            json=IdNumberRules,
            is_honoured=False,
        ),
    ] = '{"digital_only":0,"limit_length":0}'


class RegistrationKeys(GroupKeys, frozen=True, kw_only=True):
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
