"""When the centre is open, where it is, and how its map is drawn."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.schemas.center.access import AccessKeys
from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.values import Address, Clock, Flag, JsonText, Rules, Text
from lanhouse.kit.inputs import Amount, Line
from lanhouse.kit.texts import N_

Language = Annotated[
    Line,
    Meta(
        pattern=r"^[a-z]{2,3}([-_][A-Za-z]{2,4})?$",
        extra={"reason": N_("must be a language code such as en or pt-BR")},
    ),
]
_LATITUDE = r"-?(90|[0-8]?\d(\.\d{1,10})?)"
_LONGITUDE = r"-?(180|(1[0-7]|\d)?\d(\.\d{1,10})?)"
LatLng = Annotated[
    Line,
    Meta(
        pattern=rf"^({_LATITUDE}, ?{_LONGITUDE})?$",
        extra={"reason": N_("must be latitude and longitude such as 38.7223,-9.1393")},
    ),
]
_TIME = r"([01]\d|2[0-3]):[0-5]\d"
Hours = Annotated[
    Line,
    Meta(
        pattern=rf"^({_TIME}-{_TIME})?$",
        extra={"reason": N_("must be two times such as 09:00-18:00")},
    ),
]


Lines = Annotated[str, Meta(max_length=500)]
Email = Annotated[
    Line,
    Meta(
        max_length=200,
        pattern=r"^([^@\s<>\"']+@[^@\s<>\"']+)?$",
        extra={"reason": N_("must be an address such as desk@example.com")},
    ),
]


class LayoutGrid(msgspec.Struct):
    """How many columns and rows a layout has."""

    cols: Annotated[int, Meta(ge=1, le=500)] = 30
    rows: Annotated[int, Meta(ge=1, le=500)] = 50


class AreaInfo(msgspec.Struct):
    """What holds for an area."""

    allow_pay_by_room: Flag = 0


class HouseKeys(AccessKeys, frozen=True, kw_only=True):
    """When the centre is open, where it is, and what it tells about itself."""

    part: ClassVar[str] = N_("House")

    open_time_start: Annotated[Clock, key(N_("Opens at"), N_("A time of the centre's clock."))] = (
        "00:00"
    )
    open_time_end: Annotated[
        Clock,
        key(
            N_("Closes at"),
            N_(
                "A time of the centre's clock; before the opening it is on the next day. From 00:00"
                " to 23:59, or as late as it opens: it never closes."
            ),
        ),
    ] = "23:59"
    show_getting_ready: Annotated[
        bool,
        key(
            N_("What is left to do"),
            N_("On: the page of the computers tells the Admin what a new centre still lacks."),
            is_ours=True,
        ),
    ] = False
    license_using_billing: Annotated[
        bool,
        key(
            N_("Billing service"),
            N_(
                "On: sessions are billed. Off: those that begin are free and have no end, and stay"
                " so when it is on again; no time is sold."
            ),
        ),
    ] = True
    license_lang: Annotated[
        Language,
        key(
            N_("Language of the seats"),
            N_("A code such as en or de, in which the program at the seat begins."),
            is_honoured=False,
        ),
    ] = "en"
    cafe_latlng: Annotated[
        LatLng,
        key(
            N_("Place on the map"),
            N_("Latitude and longitude, such as 38.7223,-9.1393."),
        ),
    ] = ""
    center_address: Annotated[
        Lines,
        key(
            N_("Address"),
            N_("Street and town, as members read it in the portal and guests on the wall screen."),
            form="long",
            is_ours=True,
        ),
    ] = ""
    center_phone: Annotated[
        Text, key(N_("Telephone"), N_("Of the desk, as members read it."), is_ours=True)
    ] = ""
    center_email: Annotated[
        Email, key(N_("E-mail"), N_("Where members write to."), is_ours=True)
    ] = ""
    map_link: Annotated[
        Address,
        key(
            N_("Map"),
            N_("The page of a map that shows the house. Empty = made from the place on the map."),
            is_ours=True,
        ),
    ] = ""
    wall_screen: Annotated[
        bool,
        key(
            N_("Wall screen"),
            N_(
                "On: /wall/ and the licence name is a page for a TV that anybody can open: free"
                " seats of each room, the next events, opening hours. It names nobody."
            ),
            is_ours=True,
        ),
    ] = False
    join_us: Annotated[
        Address,
        key(
            N_("Page for who wants to join"),
            N_("An address that guests are shown, on receipts that tell more about the centre."),
        ),
    ] = ""
    cafe_info_member_portal_name: Annotated[
        Text,
        key(
            N_("Name of the portal"),
            N_("What the members' portal calls itself. Empty = the name of the centre."),
        ),
    ] = ""
    club_rules: Annotated[
        Rules,
        key(
            N_("Rules of the house"),
            N_("What guests have to keep to."),
            form="long",
        ),
    ] = ""
    privacy_policy: Annotated[
        Rules,
        key(
            N_("Privacy policy"),
            N_("What the centre does with what it knows of its members."),
            form="long",
        ),
    ] = ""
    cafe_monthly_expense_micros: Annotated[
        Amount,
        key(
            N_("Costs of a month"),
            N_("Rent, wages and electricity, for the reports."),
            wire="cafe_monthly_expense",
        ),
    ] = 0
    staff_allow_ip: Annotated[
        Text,
        key(
            N_("Addresses of the staff"),
            N_(
                "Addresses or networks, separated by commas, from which the staff may sign"
                " in. Empty = from everywhere. Admins may always, so that nobody shuts the"
                " owner out; a single person has more limits of his own."
            ),
        ),
    ] = ""
    staff_access_range: Annotated[
        Hours,
        key(
            N_("Hours of the staff"),
            N_(
                "From and to, such as 09:00-18:00, between which the staff may sign in; who is"
                " signed in may finish. Empty = at any time. Admins may always."
            ),
        ),
    ] = ""
    period_report_to_google_drive: Annotated[
        Literal["none", "daily", "weekly", "monthly"],
        key(
            N_("Report to a drive in the cloud"),
            N_("How often a report is put there."),
            words={
                "none": N_("never"),
                "daily": N_("every day"),
                "weekly": N_("every week"),
                "monthly": N_("every month"),
            },
            is_honoured=False,
        ),
    ] = "daily"


class LayoutKeys(HouseKeys, frozen=True, kw_only=True):
    """How the map of the house is drawn."""

    part: ClassVar[str] = N_("Layout")

    pc_layout: Annotated[
        JsonText,
        key(
            N_("Layout of the seats"),
            N_("As the map of another program keeps it; the map here has places of its own."),
            json=dict[str, Any] | list[Any],
            is_honoured=False,
        ),
    ] = "{}"
    pc_layout_grid: Annotated[
        JsonText,
        key(
            N_("Grid of the layout"),
            N_("How many columns and rows the layout has."),
            json=LayoutGrid,
            is_honoured=False,
        ),
    ] = '{"cols":30,"rows":50}'
    pc_area_info_extend: Annotated[
        JsonText,
        key(
            N_("Rooms that are paid as a whole"),
            N_("The PCs of such a room are started together, on one bill."),
            json=dict[str, AreaInfo],
            form="rooms",
        ),
    ] = "{}"
