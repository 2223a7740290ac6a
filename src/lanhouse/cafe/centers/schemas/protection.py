"""What seats keep guests from (protectionSettings)."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.values import Flag, JsonText, Text
from lanhouse.kit.texts import N_


class Protections(msgspec.Struct):
    """What a seat keeps guests from."""

    cmd: Flag = 0
    control_panel: Flag = 0
    download_file: Flag = 0
    power_button: Flag = 0
    usb: Flag = 0
    task_manager: Flag = 0


Programs = Annotated[list[Text], Meta(max_length=500)]


class ProtectionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What seats keep guests from."""

    label: ClassVar[str] = N_("Protection")
    about: ClassVar[str] = N_("What seats keep guests from.")

    protection_settings: Annotated[
        JsonText,
        key(
            N_("Locked"),
            N_("What guests cannot use while it is on."),
            json=Protections,
            form="flags",
            words={
                "cmd": N_("Command line"),
                "control_panel": N_("Control panel"),
                "download_file": N_("Downloads"),
                "power_button": N_("Power button"),
                "usb": N_("USB"),
                "task_manager": N_("Task manager"),
            },
            is_honoured=False,
        ),
    ] = '{"cmd":0,"control_panel":0,"download_file":0,"power_button":0,"usb":0,"task_manager":0}'
    user_block_program: Annotated[
        JsonText,
        key(
            N_("Blocked programs"),
            N_("Names of programs that seats close, one a line."),
            json=Programs,
            form="lines",
            is_honoured=False,
        ),
    ] = "[]"
    user_block_mobile: Annotated[
        JsonText,
        key(
            N_("Blocked mobile devices"),
            N_("Names of devices that seats do not let in, one a line."),
            json=Programs,
            form="lines",
            is_honoured=False,
        ),
    ] = "[]"
    enableadultfilter: Annotated[
        bool,
        key(
            N_("Filter for adult content"),
            N_("On: pages for adults are not shown."),
            is_honoured=False,
        ),
    ] = False
