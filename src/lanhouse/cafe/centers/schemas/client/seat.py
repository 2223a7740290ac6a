"""How the program at the seat begins and ends."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import HASHED, key
from lanhouse.cafe.centers.schemas.values import JsonText, Minutes, Moments
from lanhouse.kit.texts import N_


class IdleKeys(msgspec.Struct, frozen=True, kw_only=True):
    """When a seat is idle, and how sessions begin and end there."""

    part: ClassVar[str] = N_("Sessions at the seat")

    client_idle_mins: Annotated[
        Minutes,
        key(
            N_("A free seat waits"),
            N_("So long nobody plays before the seat does what follows. 0 = it waits for ever."),
            unit=N_("min"),
            is_honoured=False,
        ),
    ] = 5
    client_idle_action: Annotated[
        Literal[
            "run",
            "run_checkout",
            "shutdown",
            "shutdown_checkout",
            "reboot",
            "logoff",
            "close all apps",
        ],
        key(
            N_("Then it"),
            N_("What a seat does that has waited so long."),
            words={
                "run": N_("goes on"),
                "run_checkout": N_("goes on and checks out"),
                "shutdown": N_("shuts down"),
                "shutdown_checkout": N_("shuts down and checks out"),
                "reboot": N_("starts anew"),
                "logoff": N_("logs off"),
                "close all apps": N_("closes all programs"),
            },
            is_honoured=False,
        ),
    ] = "shutdown"
    client_mining_idle_mins: Annotated[
        Minutes,
        key(
            N_("Mining begins after"),
            N_("So long nobody plays before the seat mines. 0 = never."),
            unit=N_("min"),
            is_honoured=False,
        ),
    ] = 0
    start_session_after_login: Annotated[
        bool,
        key(
            N_("Session begins at sign-in"),
            N_("On: who signs in at the seat plays at once."),
        ),
    ] = True
    access_code_login: Annotated[
        bool,
        key(
            N_("Sign-in by access code"),
            N_(
                "On: a new guest gets a code of eight digits, and signs in to the portal with it"
                " while the session runs."
            ),
        ),
    ] = False
    allow_prepaid_checkout: Annotated[
        bool,
        key(
            N_("Prepaid guests check out"),
            N_("On: a prepaid guest checks himself out at the seat."),
            is_honoured=False,
        ),
    ] = False
    auto_checkout_when_shutdown: Annotated[
        bool,
        key(
            N_("Check out at shutdown"),
            N_("On: a seat that shuts down is checked out."),
        ),
    ] = False
    full_screen_shutdown_and_reboot: Annotated[
        bool,
        key(
            N_("Shut down from the full screen"),
            N_("On: the full screen has buttons to shut down and to start anew."),
            is_honoured=False,
        ),
    ] = False
    topup_login_at_client: Annotated[
        bool,
        key(
            N_("Top up before signing in"),
            N_("On: members top up at the seat before they sign in."),
        ),
    ] = False
    allow_topup_at_client: Annotated[
        bool,
        key(
            N_("Top up at the seat"),
            N_("On: who plays at a PC can top up there by QR code (setting payment gateway)."),
        ),
    ] = False
    allow_client_print: Annotated[
        bool, key(N_("Print at the seat"), N_("On: guests print."), is_honoured=False)
    ] = False
    alert_client_before_end: Annotated[
        JsonText,
        key(
            N_("Notices before the end"),
            N_("So many minutes before the end of a session, one number a line."),
            json=Moments,
            form="lines",
            is_honoured=False,
        ),
    ] = '["1","2"]'
    alert_for_last_offer: Annotated[
        bool,
        key(
            N_("Notice on the last package"),
            N_("On: who plays on his last package is told so."),
            is_honoured=False,
        ),
    ] = False
    admin_password: Annotated[
        Annotated[
            str,
            Meta(
                max_length=200,
                pattern=r"^(.{4,})?$",
                extra={"reason": N_("must have at least 4 characters")},
            ),
        ],
        key(
            N_("Password of the seat program"),
            N_("Opens what only the staff may do at a seat. Kept as a hash and never shown."),
            secret=HASHED,
            is_honoured=False,
        ),
    ] = ""
