"""Who may book, and for how long."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.member.accounts import RegistrationKeys
from lanhouse.cafe.centers.schemas.values import JsonText, Minutes, Way
from lanhouse.kit.texts import N_

BookingTypes = Annotated[
    str,
    Meta(
        pattern=r"^(hold|time|offer)(\|(hold|time|offer)){0,2}$",
        extra={"reason": N_("must be hold, time, offer or several of them with | between")},
    ),
]


class BookingKeys(RegistrationKeys, frozen=True, kw_only=True):
    """Who may book, and for how long."""

    part: ClassVar[str] = N_("Booking")

    allow_booking: Annotated[
        bool, key(N_("Bookings"), N_("On: members book PCs. Staff may always."))
    ] = True
    allow_booking_when_pc_online: Annotated[
        bool,
        key(
            N_("Book a PC in use"),
            N_("On: staff may book a PC that somebody plays at. Members: see the hours below."),
        ),
    ] = False
    allow_booking_in_queue: Annotated[
        bool,
        key(
            N_("Book in a queue"),
            N_("On: a second booking may wait behind one; it takes over if that is not used."),
        ),
    ] = False
    pc_booked_once_day: Annotated[
        bool,
        key(N_("One booking a day"), N_("On: a member books one PC a day.")),
    ] = False
    min_hours_before_booking: Annotated[
        Annotated[int, Meta(ge=0, le=8784)],
        key(
            N_("Book at least so long before"),
            N_("In hours. 0 = up to the last moment."),
            unit=N_("h"),
        ),
    ] = 0
    min_booking_duration_minutes: Annotated[
        Minutes,
        key(
            N_("Shortest booking"),
            N_("0 = as short as one likes."),
            unit=N_("min"),
        ),
    ] = 0
    booking_type: Annotated[
        BookingTypes,
        key(
            N_("What is booked"),
            N_(
                "hold: staff keep a seat, nothing is paid. time: so many minutes, paid in advance."
                " offer: a package, paid in advance. Several with | between them."
            ),
            is_ours=True,
        ),
    ] = "time"
    booking_offers: Annotated[
        JsonText,
        key(
            N_("Packages for bookings"),
            N_("Ids of the offers that may be booked; none: all that are active."),
            json=list[int],
            is_ours=True,
        ),
    ] = "[]"
    booking_grace_minutes: Annotated[
        Annotated[int, Meta(ge=1, le=1440)],
        key(
            N_("Kept for a late guest"),
            N_("So long after its begin the seat of a booking is kept."),
            unit=N_("min"),
            is_ours=True,
        ),
    ] = 15
    booking_cancel_minutes: Annotated[
        Annotated[int, Meta(ge=0, le=10_080)],
        key(
            N_("Members cancel until"),
            N_(
                "So long before its begin a member may cancel a booking. Staff may until it begins."
            ),
            unit=N_("min"),
            is_ours=True,
        ),
    ] = 60
    booking_queue_hold_minutes: Annotated[
        Annotated[int, Meta(ge=1, le=1440)],
        key(
            N_("Kept for who waited"),
            N_("So long a seat is kept for a booking that takes over from one that was not used."),
            unit=N_("min"),
            is_ours=True,
        ),
    ] = 10
    booking_busy_pc_hours: Annotated[
        Annotated[int, Meta(ge=0, le=8784)],
        key(
            N_("A PC in use, so long before"),
            N_("So long ahead a PC may be booked that somebody plays at now."),
            unit=N_("h"),
            is_ours=True,
        ),
    ] = 12


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
        bool, key(N_("Text messages"), N_("On: codes are sent by text message."))
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
