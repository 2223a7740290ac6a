"""What the program at the seat looks like."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from lanhouse.cafe.centers.schemas.client.seat import IdleKeys
from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.values import Seconds, Text
from lanhouse.kit.texts import N_


class LookKeys(IdleKeys, frozen=True, kw_only=True):
    """What the program at the seat looks like."""

    part: ClassVar[str] = N_("Look")

    license_show_client_mode: Annotated[
        Literal["full screen", "maximized", "minimized"],
        key(
            N_("The program begins"),
            N_("How large its window is."),
            words={
                "full screen": N_("on the full screen"),
                "maximized": N_("as a large window"),
                "minimized": N_("in the task bar"),
            },
            is_honoured=False,
        ),
    ] = "full screen"
    client_theme: Annotated[
        Text, key(N_("Theme"), N_("A name of the seat program."), is_honoured=False)
    ] = ""
    client_login_format: Annotated[
        Text,
        key(
            N_("Background of the sign-in"),
            N_("What is shown: a picture or a video, by the names of the seat program."),
            is_honoured=False,
        ),
    ] = ""
    client_login_video: Annotated[
        Text, key(N_("Video of the sign-in"), N_("Its path or address."), is_honoured=False)
    ] = ""
    client_bg_format: Annotated[
        Text,
        key(
            N_("Background of the desktop"),
            N_("What the desktop shows: a picture or a video, by the names of the seat program."),
            is_honoured=False,
        ),
    ] = ""
    client_bg_video: Annotated[
        Text,
        key(N_("Video of the desktop"), N_("The path or address of the video."), is_honoured=False),
    ] = ""
    show_client_hourly_rate: Annotated[
        bool,
        key(
            N_("Show the price of an hour"),
            N_("On: the seat shows what an hour costs."),
            is_honoured=False,
        ),
    ] = False
    client_checklist_enable: Annotated[
        bool,
        key(
            N_("Checklist"),
            N_("On: the seat asks through a checklist before it is used."),
            is_honoured=False,
        ),
    ] = False
    name_show_client: Annotated[
        bool,
        key(
            N_("Show the name of the seat"),
            N_("On: the seat shows its own name."),
            is_honoured=False,
        ),
    ] = False
    client_pc_name_size: Annotated[
        Annotated[int, Meta(ge=0, le=500)],
        key(N_("Size of that name"), N_("0 = as the program has it."), is_honoured=False),
    ] = 0
    client_favorite_name: Annotated[
        Text,
        key(
            N_("Heading of favourites"), N_("Empty = as the program calls them."), is_honoured=False
        ),
    ] = ""
    client_club_games_name: Annotated[
        Text,
        key(
            N_("Heading of the games of the house"),
            N_("Empty = as the program calls the games."),
            is_honoured=False,
        ),
    ] = ""
    main_htm: Annotated[
        Text, key(N_("First page"), N_("A page that the program opens."), is_honoured=False)
    ] = ""
    run_icafemenu_on_diskless: Annotated[
        bool,
        key(
            N_("Menu on diskless PCs"),
            N_("On: PCs without a disk run the menu."),
            is_honoured=False,
        ),
    ] = False
    run_icafemenu_before_desktop: Annotated[
        bool,
        key(
            N_("Menu before the desktop"),
            N_("On: the menu starts before the desktop does."),
            is_honoured=False,
        ),
    ] = False


class ChannelKeys(LookKeys, frozen=True, kw_only=True):
    """How seats keep in touch."""

    part: ClassVar[str] = N_("Connection")

    wss_connect_interval: Annotated[
        Seconds,
        key(
            N_("Connect again after"),
            N_("How long a seat waits that has lost the server."),
            unit=N_("s"),
            is_honoured=False,
        ),
    ] = 30
    wss_ping_interval: Annotated[
        Seconds,
        key(
            N_("A sign of life every"),
            N_("How often a seat says that it is there."),
            unit=N_("s"),
            is_honoured=False,
        ),
    ] = 30
    wss_ping_timeout: Annotated[
        Seconds,
        key(
            N_("Lost after"),
            N_("Without a sign of life for so long a seat is lost."),
            unit=N_("s"),
            is_honoured=False,
        ),
    ] = 120
    wss_lock_timeout: Annotated[
        Seconds,
        key(
            N_("Locks itself after"),
            N_("A seat that has lost the server for so long locks itself."),
            unit=N_("s"),
            is_honoured=False,
        ),
    ] = 800
