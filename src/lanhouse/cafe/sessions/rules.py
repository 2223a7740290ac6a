"""Pure rules of commands to PCs: which packets may be sent, and what stands in them
(cafe-domain 16 and 20; seed: how to use the WSS command).

None carries a command line or a file: a stolen key shall switch PCs off at worst.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import COMMENT_CHARS_MAX, MAX_PC
from lanhouse.kit.said import say

CLIENT, BOOT = "client", "boot"
POWER_TYPES = ("reboot", "shutdown", "poweron")
_TO_CLIENT: dict[str, frozenset[str]] = {
    "admin_message": frozenset({"message", "from"}),
    "client_status": frozenset({"client_status"}),
    "quit": frozenset(),
    "exit": frozenset(),
    "shutdown": frozenset(),
    "reboot": frozenset(),
    "logoff": frozenset(),
    "member_register": frozenset(),
    "payment_qr": frozenset({"message", "member_group_id"}),
}
_TO_BOOT: dict[str, frozenset[str]] = {
    "power": frozenset({"power_type", "ids"}),
    "pcs_status": frozenset(),
}
ACTIONS = {CLIENT: _TO_CLIENT, BOOT: _TO_BOOT}
"""What may be sent to whom, and what its data may hold beside the PCs."""
_PC_FIELDS = ("pc_name", "pcs")


class Packet(msgspec.Struct, frozen=True, kw_only=True):
    """A packet that may be sent. `pc_names` and `ids` say to which PCs; both empty = to all."""

    action: str
    target: str
    pc_names: list[str] = []
    ids: list[int] = []
    data: dict[str, Any] = {}


def checked_packet(packet: Mapping[str, Any]) -> Packet:
    """The packet, if it may be sent. Raises InvalidInput by field: `action` for one that is unknown
    or not for this target, `type`, `from`, `version`, `data`, `power_type`, `ids`,
    `message`.
    """
    action, target = packet.get("action"), packet.get("target", CLIENT)
    fields = ACTIONS.get(target, {}) if isinstance(target, str) else {}
    if not isinstance(action, str) or action not in fields:
        raise InvalidInput({"action": say("unknown action")})
    _check_frame(packet)
    data = _data_of(packet)
    allowed = fields[action] | set(_PC_FIELDS)
    unknown = sorted(data.keys() - allowed)
    if unknown:
        reason = say("%(name)s is no part of %(action)s", name=unknown[0], action=action)
        raise InvalidInput({"data": reason})
    for name in ("message", "from"):
        text = data.get(name, "")
        if not isinstance(text, str) or len(text) > COMMENT_CHARS_MAX:
            reason = say("must be a text of at most %(count)s characters", count=COMMENT_CHARS_MAX)
            raise InvalidInput({"message": reason})
    ids: list[int] = []
    if action == "power":
        if data.get("power_type") not in POWER_TYPES:
            names = ", ".join(POWER_TYPES)
            raise InvalidInput({"power_type": say("must be one of %(names)s", names=names)})
        ids = _ids_of(data)
    return Packet(
        action=action, target=cast("str", target), pc_names=_names_of(data), ids=ids, data=data
    )


def _check_frame(packet: Mapping[str, Any]) -> None:
    if packet.get("type", "request") != "request":
        raise InvalidInput({"type": say("must be request")})
    if str(packet.get("version", 2)) != "2":
        raise InvalidInput({"version": say("must be 2")})
    if packet.get("from", "web") not in ("web", "server"):
        raise InvalidInput({"from": say("must be web")})


def _data_of(packet: Mapping[str, Any]) -> dict[str, Any]:
    """An empty list counts as nothing, as the packet of pcs_status has it."""
    data = packet.get("data") or {}
    if not isinstance(data, dict):
        raise InvalidInput({"data": say("must be an object")})
    return cast("dict[str, Any]", data)


def _ids_of(data: Mapping[str, Any]) -> list[int]:
    given = data.get("ids")
    wrong = InvalidInput({"ids": say("must be 1 to %(count)s numbers of PCs", count=MAX_PC)})
    if not isinstance(given, list) or not 0 < len(cast("list[Any]", given)) <= MAX_PC:
        raise wrong
    found: list[int] = []
    for each in cast("list[Any]", given):
        text = str(each)
        if isinstance(each, bool) or not (text.isascii() and text.isdigit() and len(text) < 19):
            raise wrong
        found.append(int(text))
    return found


def _names_of(data: Mapping[str, Any]) -> list[str]:
    given = data.get("pc_name", data.get("pcs", []))
    names = cast("list[Any]", given) if isinstance(given, list) else [given]
    if len(names) > MAX_PC or not all(isinstance(name, str) and len(name) <= 100 for name in names):
        reason = say("must be at most %(count)s names of PCs", count=MAX_PC)
        raise InvalidInput({"pc_name": reason})
    return names
