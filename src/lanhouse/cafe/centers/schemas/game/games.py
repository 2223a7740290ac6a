"""Games and where they lie."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.values import JsonText, Level
from lanhouse.kit.inputs import Line
from lanhouse.kit.texts import N_

Drive = Annotated[
    Line,
    Meta(
        pattern=r"^([A-Za-z]:)?$",
        extra={"reason": N_("must be a drive such as D:")},
    ),
]


class LaunchDelay(msgspec.Struct):
    """How long the start of a kind of games waits."""

    game_type: Annotated[str, Meta(max_length=100)]
    delay: Annotated[int, Meta(ge=0, le=3600)]


class GameKeys(msgspec.Struct, frozen=True, kw_only=True):
    """Games and where they lie."""

    part: ClassVar[str] = N_("Games")

    game_drive: Annotated[
        Drive, key(N_("Drive of the games"), N_("Where seats find the games."), is_honoured=False)
    ] = "D:"
    save_drive: Annotated[
        Drive, key(N_("Drive of saved games"), N_("Where saved games lie."), is_honoured=False)
    ] = "M:"
    license_save_enable: Annotated[
        bool,
        key(N_("Keep saved games"), N_("On: saved games of members are kept."), is_honoured=False),
    ] = False
    allow_share_license_pool: Annotated[
        bool,
        key(
            N_("Share game accounts"),
            N_("On: centres share the accounts of their pools."),
            is_honoured=False,
        ),
    ] = False
    allow_auto_check_game_process: Annotated[
        bool,
        key(N_("Watch running games"), N_("On: the seat sees which game runs."), is_honoured=False),
    ] = False
    allow_idc_game_update: Annotated[
        bool,
        key(
            N_("Updates from the data centre"),
            N_("On: games are updated from the data centre."),
            is_honoured=False,
        ),
    ] = False
    enable_quick_update: Annotated[
        Annotated[Line, Meta(max_length=20)],
        key(
            N_("Quick updates"),
            N_("A number of the clients; -1 = as they have it."),
            is_honoured=False,
        ),
    ] = "-1"
    game_detail_view_launch: Annotated[
        bool,
        key(
            N_("Page of a game first"),
            N_("On: a game shows its page before it starts."),
            is_honoured=False,
        ),
    ] = False
    deliver_password_for_games: Annotated[
        bool,
        key(
            N_("Fill passwords in"),
            N_("On: the seat fills in the password of a game account."),
            is_honoured=False,
        ),
    ] = False
    game_auto_launch_delay: Annotated[
        JsonText,
        key(
            N_("Delays of a start"),
            N_("By kind of game: how many seconds its start waits."),
            json=list[LaunchDelay],
            is_honoured=False,
        ),
    ] = "[]"
    show_enable_games: Annotated[
        bool,
        key(
            N_("Show enabled games"),
            N_("On: the list of games shows those that are enabled."),
            is_honoured=False,
        ),
    ] = False
    show_disabled_games: Annotated[
        bool,
        key(
            N_("Show disabled games"),
            N_("On: the list of games shows those that are disabled."),
            is_honoured=False,
        ),
    ] = False
    show_games_icon_view: Annotated[
        bool,
        key(
            N_("Games as pictures"), N_("On: the list of games shows pictures."), is_honoured=False
        ),
    ] = False
    task_groups: Annotated[
        JsonText,
        key(
            N_("Groups of tasks"),
            N_("What seats do when they start."),
            json=list[Any],
            is_honoured=False,
        ),
    ] = "[]"
    pc_group_levels: Annotated[
        JsonText,
        key(
            N_("Levels of PC groups"),
            N_(
                "Which PC group stands above which: the higher number stands higher. Groups"
                " without a number stand nowhere."
            ),
            json=dict[str, Level],
            form="pc_groups",
        ),
    ] = "{}"
    allow_pc_group_sharing: Annotated[
        bool,
        key(
            N_("PC groups share"),
            N_("On: PC groups use what belongs to one another."),
            is_honoured=False,
        ),
    ] = False
    allow_offer_cross_pc_group: Annotated[
        bool,
        key(
            N_("Packages across PC groups"),
            N_("On: a package of a higher PC group plays in a lower one."),
        ),
    ] = False
