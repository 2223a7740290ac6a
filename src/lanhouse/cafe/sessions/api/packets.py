"""Commands to PCs: checked here, sent by whoever holds the connections."""

from __future__ import annotations

from typing import Annotated, Any, cast

import msgspec

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.pcs.queries import pcs_named
from lanhouse.cafe.sessions.errors import PcOffline
from lanhouse.cafe.sessions.rules import checked_packet
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.forms import read_json_text
from lanhouse.kit.inputs import means
from lanhouse.kit.said import say
from lanhouse.web.replies import Nothing

routes = CafeRoutes("PC sessions")


class WssCommandIn(msgspec.Struct):
    """`command` holds the packet, as an object or as JSON text; without it the fields of the
    request are the packet (cafe-wire 0)."""

    command: Annotated[Any, means("action")] = None


@routes.post(
    "/pcSessions/sendWssCommand",
    right="pcs.command",
    summary="Send a packet to PCs or to the boot server",
    source="seed: PC sessions, Send wss command; cafe-wire 0; cafe-domain 20",
)
async def send_wss_command(call: CafeCall, data: WssCommandIn) -> Nothing:
    """Refuses what may not be sent, by field; a target that is not connected with `PC is offline`.

    In this release nothing connects: every packet that may be sent ends there.
    """
    with call.naming():
        packet = checked_packet(_packet(call, data))
    if packet.pc_names:
        await call.read(pcs_named, call.center.id, packet.pc_names)
    raise PcOffline


def _packet(call: CafeCall, data: WssCommandIn) -> dict[str, Any]:
    if data.command is None or data.command == "":
        return call.inputs
    command = data.command
    if isinstance(command, str):
        command = read_json_text(command, "command")
    if not isinstance(command, dict):
        raise InvalidInput({"command": say("must be an object")})
    return cast("dict[str, Any]", command)
