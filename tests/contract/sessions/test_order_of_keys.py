"""The order of the keys is that of the wire: of one PC its fields stand before the list, of several
the sum stands behind it (decision 0086)."""

from __future__ import annotations

import json
from typing import Any

from lanhouse.kit import clock
from tests.builders.client import Client
from tests.builders.floor import Floor

STARTED = [
    "pc_name",
    "member_id",
    "member_account",
    "member_group_id",
    "member_password",
    "status_connect_time_local",
    "status_disconnect_time_local",
    "status_connect_time_duration",
    "status_connect_time_left",
]


def test_keys_stand_in_their_order_for_one_pc_and_for_several(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    def text(path: str, **body: Any) -> str:
        return client.raw("POST", f"/api/v2/cafe/7777/pcSessions/{path}", json=body).text

    row = '"pc_cost":"2.00","pc_mins":60,"pc_time":"01:00:00","is_running":0'
    one, two = f'"pc_name":"PC01",{row}', f'"pc_name":"PC02",{row}'
    start, end = '{"code":200,"message":"success","data":{', "}}"
    asked = {"pc_add_value": 60}
    assert text("initAddTimeMoney", pcs="PC01", **asked) == f'{start}{one},"pcs":[{{{one}}}]{end}'
    both = f'"pcs":[{{{one}}},{{{two}}}],"pc_cost":"4.00"'
    assert text("initAddTimeMoney", pcs=["PC01", "PC02"], **asked) == f"{start}{both}{end}"

    first = text("freeSession", pcs="PC01")
    assert first.startswith(f'{start}"pc_name":"PC01","member_id":')
    assert [*json.loads(first)["data"]] == [*STARTED, "pcs"]
    several = json.loads(text("freeSession", pcs=["PC02", "PC03"]))["data"]
    assert [*several] == ["pcs"]
    assert [[*row] for row in several["pcs"]] == [STARTED, STARTED]
