"""Who may book, and for how long."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.member.accounts import RegistrationKeys
from lanhouse.cafe.centers.schemas.values import JsonText, Minutes, Way
from lanhouse.kit.texts import N_


class BookingKeys(RegistrationKeys, frozen=True, kw_only=True):
    """Who may book, and for how long."""

    part: ClassVar[str] = N_("Booking")

    allow_booking: Annotated[
        bool, key(N_("Bookings"), N_("On: members book PCs."), is_honoured=False)
    ] = True
    allow_booking_when_pc_online: Annotated[
        bool,
        key(
            N_("Book a PC in use"),
            N_("On: a PC that somebody plays at may be booked for later."),
            is_honoured=False,
        ),
    ] = False
    allow_booking_in_queue: Annotated[
        bool,
        key(
            N_("Book in a queue"),
            N_("On: who finds no free PC may wait in a queue."),
            is_honoured=False,
        ),
    ] = False
    pc_booked_once_day: Annotated[
        bool,
        key(N_("One booking a day"), N_("On: a member books one PC a day."), is_honoured=False),
    ] = False
    min_hours_before_booking: Annotated[
        Annotated[int, Meta(ge=0, le=8784)],
        key(
            N_("Book at least so long before"),
            N_("In hours. 0 = up to the last moment."),
            unit=N_("h"),
            is_honoured=False,
        ),
    ] = 0
    min_booking_duration_minutes: Annotated[
        Minutes,
        key(
            N_("Shortest booking"),
            N_("0 = as short as one likes."),
            unit=N_("min"),
            is_honoured=False,
        ),
    ] = 0


class AccountKeys(BookingKeys, frozen=True, kw_only=True):
    """What members may do with their account."""

    part: ClassVar[str] = N_("Account")

    allow_password_login_always: Annotated[
        bool,
        key(
            N_("Password is always enough"),
            N_("On: a password is enough to sign in, whatever else is asked for."),
            is_honoured=False,
        ),
    ] = False
    sms_enable: Annotated[
        bool, key(N_("Text messages"), N_("On: codes are sent by text message."), is_honoured=False)
    ] = False
    reset_password_way: Annotated[
        Way,
        key(
            N_("Way back to a lost password"),
            N_("A number of the clients, for the desk."),
            is_honoured=False,
        ),
    ] = 0
    client_reset_password_way: Annotated[
        Way,
        key(
            N_("Way back at the seat"),
            N_("A number of the clients, for the program at the seat."),
            is_honoured=False,
        ),
    ] = 1
    portal_reset_password_way: Annotated[
        Way,
        key(
            N_("Way back on the portal"),
            N_("A number of the clients, for the members' portal."),
            is_honoured=False,
        ),
    ] = 1
    allow_member_upload_photo: Annotated[
        bool,
        key(
            N_("Pictures of members"),
            N_("On: a photo of a member is kept, of those who agreed to it."),
        ),
    ] = False
    allow_change_member_account: Annotated[
        bool,
        key(
            N_("Members change their account"),
            N_("On: members change the name of their account."),
            is_honoured=False,
        ),
    ] = False
    user_surveys: Annotated[
        JsonText,
        key(
            N_("Questions to members"),
            N_("What members are asked."),
            json=list[Any],
            is_honoured=False,
        ),
    ] = "[]"
    birthday_animation: Annotated[
        bool,
        key(N_("Birthday"), N_("On: the program at the seat congratulates."), is_honoured=False),
    ] = False
