"""How PCs without a disk start."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from lanhouse.cafe.centers.schemas.game.games import GameKeys
from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.kit.texts import N_

Port = Annotated[int, Meta(ge=0, le=65_535)]


class BootKeys(GameKeys, frozen=True, kw_only=True):
    """How PCs without a disk start."""

    part: ClassVar[str] = N_("PCs without a disk")

    enable_pxe_boot: Annotated[
        bool,
        key(N_("Start from the network"), N_("On: PCs start from the network."), is_honoured=False),
    ] = False
    startdhcp: Annotated[
        bool,
        key(N_("DHCP server"), N_("On: the boot server gives addresses out."), is_honoured=False),
    ] = False
    startproxydhcp: Annotated[
        bool,
        key(
            N_("DHCP beside another one"),
            N_("On: the boot server answers beside another DHCP server."),
            is_honoured=False,
        ),
    ] = False
    proxydhcpport: Annotated[
        Port,
        key(N_("Port of DHCP beside another one"), N_("The usual one is 4011."), is_honoured=False),
    ] = 4011
    starttftp: Annotated[
        bool,
        key(N_("TFTP server"), N_("On: the boot server sends the first files."), is_honoured=False),
    ] = False
    startiscsi: Annotated[
        bool, key(N_("iSCSI server"), N_("On: the boot server serves disks."), is_honoured=False)
    ] = False
    iscsiport: Annotated[
        Port, key(N_("Port of iSCSI"), N_("0 = the usual one, 3260."), is_honoured=False)
    ] = 0
    cache_size_mb: Annotated[
        Annotated[int, Meta(ge=0, le=1_048_576)],
        key(
            N_("Cache of a PC"),
            N_("Memory that a PC keeps parts of its disk in."),
            unit=N_("MB"),
            is_honoured=False,
        ),
    ] = 256
    enable_virtual_tpm: Annotated[
        bool,
        key(N_("Virtual TPM"), N_("On: PCs without a disk have a virtual TPM."), is_honoured=False),
    ] = False
    enable_virtual_secureboot: Annotated[
        bool,
        key(
            N_("Virtual secure boot"),
            N_("On: PCs without a disk start by secure boot."),
            is_honoured=False,
        ),
    ] = False
    autoaddclient: Annotated[
        bool,
        key(
            N_("Add new PCs"),
            N_("On: a PC that starts for the first time is added."),
            is_honoured=False,
        ),
    ] = False
    enablerename: Annotated[
        bool,
        key(N_("Rename PCs"), N_("On: PCs take the name that they have here."), is_honoured=False),
    ] = False
    setmklink: Annotated[
        bool, key(N_("Link folders"), N_("On: folders of games are linked."), is_honoured=False)
    ] = False
    savelog: Annotated[
        bool, key(N_("Keep logs"), N_("On: the boot server keeps logs."), is_honoured=False)
    ] = False
    savelogdays: Annotated[
        Annotated[int, Meta(ge=1, le=366)],
        key(
            N_("Keep logs for"), N_("How many days logs are kept."), unit=N_("d"), is_honoured=False
        ),
    ] = 30
