"""sendWssCommand: what may be sent, in both framings, and what never is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.builders.client import Client
from tests.builders.floor import Floor
from tests.builders.people import bearer_of

PATH = "/pcSessions/sendWssCommand"
POWER = {"action": "power", "target": "boot", "data": {"power_type": "reboot", "ids": [24]}}
STATUS = {
    **{"action": "pcs_status", "target": "boot", "type": "request", "from": "web"},
    **{"version": 2, "data": []},
}
SHUTDOWN = {"action": "shutdown", "target": "client", "data": {"pc_name": "PC01"}}
MESSAGE = {"action": "admin_message", "target": "client", "data": {"message": "Hi", "from": "Ana"}}
OFFLINE = (400, "PC is offline")


@pytest.mark.parametrize("packet", [POWER, STATUS, SHUTDOWN, MESSAGE])
def test_all_framings_mean_the_same(client: Client, floor: Floor, packet: dict[str, Any]) -> None:
    for body in (packet, {"command": packet}, {"command": json.dumps(packet)}):
        assert client.refused("POST", PATH, json=body) == OFFLINE


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"action": "run"}, "command: unknown action"),
        ({"action": "power"}, "command: unknown action"),
        ({"action": None}, "command: unknown action"),
        ({"action": ["shutdown"]}, "command: unknown action"),
        ({"target": "web"}, "command: unknown action"),
        ({"target": {"a": 1}}, "command: unknown action"),
        ({"type": "response"}, "type: must be request"),
        ({"version": 3}, "version: must be 2"),
        ({"from": "client"}, "from: must be web"),
        ({"data": "x"}, "data: must be an object"),
        ({"data": {"cmd": "calc.exe"}}, "data: cmd is no part of shutdown"),
        ({"data": {"message": "x"}}, "data: message is no part of shutdown"),
        ({"data": {"pc_name": 5}}, "pc_name: must be at most 500 names of PCs"),
        ({"data": {"pc_name": "PC99"}}, "PC99: there is no such PC"),
    ],
)
def test_what_may_not_be_sent_is_named(
    client: Client, floor: Floor, change: dict[str, Any], said: str
) -> None:
    assert client.refused("POST", PATH, json={**SHUTDOWN, **change}) == (400, said)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"power_type": "format", "ids": [1]}, "power_type"),
        ({"ids": [1]}, "power_type"),
        ({"power_type": "reboot"}, "ids"),
        ({"power_type": "reboot", "ids": []}, "ids"),
        ({"power_type": "reboot", "ids": [True]}, "ids"),
        ({"power_type": "reboot", "ids": ["1; rm"]}, "ids"),
        ({"power_type": "reboot", "ids": list(range(501))}, "ids"),
        ({"power_type": "reboot", "ids": [1], "command": "x"}, "data"),
    ],
)
def test_power_names_its_kind_and_its_pcs(
    client: Client, floor: Floor, data: dict[str, Any], field: str
) -> None:
    code, message = client.refused("POST", PATH, json={"command": {**POWER, "data": data}})
    assert (code, message.split(":")[0]) == (400, field)


@pytest.mark.parametrize("body", [{}, {"command": ""}, {"command": "{"}, {"command": [1]}])
def test_no_packet_is_no_command(client: Client, floor: Floor, body: dict[str, Any]) -> None:
    code, message = client.refused("POST", PATH, json=body)
    assert (code, message.split(":")[0]) == (400, "command")


def test_a_long_message_is_refused(client: Client, floor: Floor) -> None:
    packet = {**MESSAGE, "data": {"message": "x" * 1001}}
    code, message = client.refused("POST", PATH, json=packet)
    assert (code, message.split(":")[0]) == (400, "message")


def test_staff_may_and_who_lost_the_right_may_not(client: Client, floor: Floor) -> None:
    token = bearer_of(floor.hall, "staff")
    assert client.refused("POST", PATH, json=SHUTDOWN, key=token) == OFFLINE
